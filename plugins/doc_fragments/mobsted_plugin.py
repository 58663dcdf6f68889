# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of Mobsted for lookup and inventory plugins.

They are the options of ``doc_fragments/mobsted.py``, in the form in which ansible-core configures plugins. A test
compares both with the table in ``plugins/module_utils/options.py``. The plugins register the passwords as secrets
themselves, since ``secret: true`` only works from ansible-core 2.22 on.
"""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options of one Mobsted account."""

    DOCUMENTATION = r"""
options:
  # BEGIN generated: mobsted_login for=plugins at= required=true
  api_url:
    description:
      - Admin URL of the account, such as V(https://ppp-admin.mobsted.com). A trailing V(/) or V(/api/v8) is accepted.
      - Plain V(http://) is only allowed for a loopback address.
      - Must be set in one of these ways.
    type: str
    env:
      - name: MOBSTED_API_URL
    vars:
      - name: mobsted_api_url
  api_login:
    description:
      - E-mail address used to log in.
    type: str
    env:
      - name: MOBSTED_API_LOGIN
    vars:
      - name: mobsted_api_login
  api_password:
    description:
      - Password for O(api_login).
    type: str
    env:
      - name: MOBSTED_API_PASSWORD
    vars:
      - name: mobsted_api_password
  api_token:
    description:
      - Access token to use instead of a login and password. If you set those as well, the token is used until the
        API rejects it.
    type: str
    env:
      - name: MOBSTED_API_TOKEN
    vars:
      - name: mobsted_api_token
  # END generated
  # BEGIN generated: transport for=plugins env=MOBSTED timeout=90 of="tenant or app" slow=""
  timeout:
    description:
      - How many seconds to wait for the response to one request. Connecting may take 10 of them.
    type: int
    default: 90
    env:
      - name: MOBSTED_TIMEOUT
    vars:
      - name: mobsted_timeout
  deadline:
    description:
      - How many seconds to spend on one resource (tenant or app), including all retries and waits.
    type: int
    default: 300
    env:
      - name: MOBSTED_DEADLINE
    vars:
      - name: mobsted_deadline
  retries:
    description:
      - How often to retry a request if that is safe. A write is never sent again if its outcome is unknown.
    type: int
    default: 4
    env:
      - name: MOBSTED_RETRIES
    vars:
      - name: mobsted_retries
  validate_certs:
    description:
      - Whether to verify the server's certificate.
    type: bool
    default: true
    env:
      - name: MOBSTED_VALIDATE_CERTS
    vars:
      - name: mobsted_validate_certs
  ca_path:
    description:
      - File with CA certificates in PEM format. It takes precedence over E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE).
      - A relative path starts in the folder in which the command was started.
    type: path
    env:
      - name: MOBSTED_CA_PATH
    vars:
      - name: mobsted_ca_path
  # END generated
  # BEGIN generated: mobsted_rest for=plugins
  settle:
    description:
      - How many seconds to keep looking for a new resource if the response to its create request was lost.
    type: int
    default: 60
    env:
      - name: MOBSTED_SETTLE
    vars:
      - name: mobsted_settle
  token_cache:
    description:
      - Where to keep access tokens.
      - With V(run), all tasks, forks and hosts of one C(ansible-playbook) run share one login for each account.
        The tokens are in files in Ansible's temporary folder that only the user can read, and are deleted when
        the run ends.
      - With V(none), tokens are only kept in memory.
      - A task that runs outside the Ansible process on the controller (with O(ignore:become), O(ignore:async) or a
        remote connection) never shares its token.
    type: str
    choices: [run, none]
    default: run
    env:
      - name: MOBSTED_TOKEN_CACHE
    vars:
      - name: mobsted_token_cache
  api_paths:
    description:
      - Paths below C(/api/v8) that the vendor does not publish. Set those that differ in your account.
    type: dict
    suboptions:
      objects:
        description:
          - Path of the search for records. By default, V(object) is tried first and V(objects) if the API does not know
            that path, and the one that works is used for the rest of the run.
        type: str
      applications:
        description:
          - Path of the apps. The default is V(applications).
        type: str
      refresh:
        description:
          - Path to refresh tokens. The default is V(refresh). If a refresh fails, the module logs in again.
        type: str
      push:
        description:
          - Path to send push messages. There is no default, because the vendor does not publish the path.
        type: str
    vars:
      - name: mobsted_api_paths
  # END generated
requirements:
  - requests
notes:
  - An empty environment variable counts as not set.
"""
