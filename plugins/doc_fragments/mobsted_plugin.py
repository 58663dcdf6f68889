# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of Mobsted for plugins that are no modules (lookup, inventory).

They are those of ``doc_fragments/mobsted.py``, with the ways in which ansible-core itself configures plugins. A test
compares both with the table ``plugins/module_utils/options.py``. The passwords are registered as secrets by the
plugins, not by ``secret: true``, which ansible-core before 2.22 does not know.
"""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options of one Mobsted account."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Admin URL of the account, such as V(https://ppp-admin.mobsted.com). A trailing V(/) or V(/api/v8) is
        accepted.
      - Plain V(http://) is refused, except to a loopback address.
      - It has to be given in one of these ways.
    type: str
    env:
      - name: MOBSTED_API_URL
    vars:
      - name: mobsted_api_url
  api_login:
    description:
      - E-mail address with which the account is logged in to.
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
      - An access token. It is sufficient without login and password; with them, it is used until the API
        refuses it.
    type: str
    env:
      - name: MOBSTED_API_TOKEN
    vars:
      - name: mobsted_api_token
  timeout:
    description:
      - Seconds for the answer of one request. Creating a tenant can take a minute. Connecting gets 10 seconds
        of it.
    type: int
    default: 90
    env:
      - name: MOBSTED_TIMEOUT
    vars:
      - name: mobsted_timeout
  deadline:
    description:
      - Seconds for one resource (a tenant, an app), with all retries and waits.
    type: int
    default: 300
    env:
      - name: MOBSTED_DEADLINE
    vars:
      - name: mobsted_deadline
  retries:
    description:
      - Further tries after the first one, where a retry is safe. A write whose outcome is unknown is never
        sent again.
    type: int
    default: 4
    env:
      - name: MOBSTED_RETRIES
    vars:
      - name: mobsted_retries
  settle:
    description:
      - Seconds to keep looking a resource up after a create whose answer was lost.
    type: int
    default: 60
    env:
      - name: MOBSTED_SETTLE
    vars:
      - name: mobsted_settle
  validate_certs:
    description:
      - Whether the server's certificate is verified.
    type: bool
    default: true
    env:
      - name: MOBSTED_VALIDATE_CERTS
    vars:
      - name: mobsted_validate_certs
  ca_path:
    description:
      - A bundle of CA certificates in PEM format. It wins over E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE).
    type: path
    env:
      - name: MOBSTED_CA_PATH
    vars:
      - name: mobsted_ca_path
  token_cache:
    description:
      - With V(run), there is one login for each account in a whole run of C(ansible-playbook), shared by its
        tasks, forks and hosts. The tokens are in files that only the user can read, in Ansible's temporary
        folder of the run, and are gone when the run ends.
      - With V(none), a token lives in the memory of this process.
    type: str
    choices: [run, none]
    default: run
    env:
      - name: MOBSTED_TOKEN_CACHE
    vars:
      - name: mobsted_token_cache
  api_paths:
    description:
      - Paths below C(/api/v8) that the vendor does not publish, for accounts where they differ.
    type: dict
    suboptions:
      objects:
        description:
          - Path of the objects' search. Without it V(object) is tried first, then V(objects), and the one that
            works is used for the whole run.
        type: str
      applications:
        description:
          - Path of the apps. The default is V(applications).
        type: str
      refresh:
        description:
          - Path of the token refresh. The default is V(refresh). If it fails, there is a fresh login.
        type: str
      push:
        description:
          - Path of the push call. There is no default, since the vendor does not publish it.
        type: str
    vars:
      - name: mobsted_api_paths
requirements:
  - requests
"""
