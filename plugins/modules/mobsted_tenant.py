# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mobsted_tenant``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobsted_tenant
short_description: Create client sub-accounts (tenants) of a Mobsted master account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Makes sure that a client sub-account, a tenant, exists in a Mobsted master account.
  - The e-mail address is looked up in app ID 1 of the master account first, so the task can be repeated at will. A
    look-up that
    finds nothing for the spelling given is repeated in lower case before anything is created.
  - If the answer to the creation is lost, the tenant is looked up until O(settle) ends. Where it appears, the task
    succeeds and
    says RV(reconciled); the password is then taken from the record in app ID 1. It is never created twice.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mobsted
options:
  email:
    description:
      - E-mail address of the tenant's owner. Every tenant needs one of its own.
    type: str
    required: true
  state:
    description:
      - Only V(present) is possible, since the API documents no way to remove a tenant.
    type: str
    choices: [present]
    default: present
  read_back:
    description:
      - Whether to look a new tenant up once more for what the response to its creation does not show, such as C(id) and
        C(created). Without it they are null then.
    type: bool
    default: false
    version_added: 1.1.0
  credentials_dest:
    description:
      - A YAML file in which to keep the credentials, as a mapping from the e-mail address to C(url), C(login) and
        C(password).
      - Entries are merged, and the file is replaced whole, with mode V(0600). It is encrypted with Ansible Vault by
        the run's
        vault secret. The result then carries no password.
      - An entry that is missing for a tenant that exists is filled from its record in app ID 1, where that still
        holds a
        password. This counts as a change.
      - Needs the controller. With a remote connection, O(ignore:become) or O(ignore:async), it is refused before
        anything is sent.
    type: path
  credentials_vault_id:
    description:
      - Which of the run's vault identities encrypts O(credentials_dest).
    type: str
  credentials_plaintext:
    description:
      - Allow O(credentials_dest) to be written without encryption where the run has no vault secret.
    type: bool
    default: false
seealso:
  - module: partnerops.saas.mobsted_tenant_info
  - module: partnerops.saas.mobsted_pwa_app
  - name: Create Sub-Accounts by API
    description: The vendor's documentation of the call.
    link: https://docs.mobsted.com/display/KB/Create+Sub-Accounts+by+API
"""

EXAMPLES = r"""
- name: Create a tenant and keep its password in a vault
  partnerops.saas.mobsted_tenant:
    api_url: https://ppp-admin.mobsted.com
    api_login: partner@example.com
    api_password: "{{ vault_mobsted_password }}"
    email: owner@acme.example
    credentials_dest: group_vars/all/tenants.yml

- name: Create several tenants, with the connection in the environment
  partnerops.saas.mobsted_tenant:
    email: "{{ item }}"
  loop:
    - owner@acme.example
    - owner@globex.example
  register: tenants
"""

RETURN = r"""
tenant:
  description: The tenant. In check mode, what is not known yet is null.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the record in app ID 1. Null where a tenant was just created and its record isn't there yet.
      type: str
      sample: "17"
    email:
      description: E-mail address of the owner.
      type: str
      sample: owner@acme.example
    url:
      description: Admin URL of the tenant's account.
      type: str
      sample: https://a23r56k8-admin.mobsted.com
    server:
      description: Server on which the tenant lives.
      type: str
      sample: mobsted.com
    name:
      description: The tenant's name, which is part of its host name.
      type: str
      sample: a23r56k8
    login:
      description: Login of the tenant's account.
      type: str
      sample: owner@acme.example
    created:
      description: When the tenant was created, as the API tells it, without time zone.
      type: str
      sample: "2020-09-01 09:50:18.107369"
credentials:
  description:
    - Login and password of the new account. The vendor shows them this once.
    - Where the task runs in the controller's process, the value can be used but is not shown.
  returned: only where this run created the tenant, and not with O(credentials_dest)
  type: dict
  contains:
    login:
      description: Login of the tenant's account.
      type: str
      sample: owner@acme.example
    password:
      description: First password of the tenant's account. Null where the answer was lost and the record holds none.
      type: str
reconciled:
  description: Whether the answer to the creation was lost, and a look-up proved it done.
  returned: success
  type: bool
  sample: false
request_attempts:
  description: The most tries that any one request of the task took.
  returned: where anything was sent
  type: int
  sample: 1
failure:
  description: What went wrong, for programs. The codes are listed in the guide on errors and retries.
  returned: failure
  type: dict
  contains:
    code:
      description: Kind of the failure.
      type: str
      sample: unknown_outcome
    method:
      description: Method of the request, if there was one.
      type: str
      sample: POST
    path:
      description: Path of the request, without its query.
      type: str
      sample: /api/v8/partners
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      sample: 502
    message:
      description: What the API said.
      type: str
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
