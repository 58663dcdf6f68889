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
  - Creates a client sub-account, called a tenant, in a Mobsted master account if it does not exist.
  - The module first looks the e-mail address up in app ID 1 of the master account, so you can run the task again at any
    time. Case does not matter. If the look-up finds nothing for the given spelling, the module repeats it in lower case
    before it creates anything.
  - If the response to the create request is lost, the module keeps looking for the tenant until O(settle) ends. If the
    tenant appears, the task succeeds with RV(reconciled=true) and takes the password from the record in app ID 1. The
    module never sends the request twice.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mobsted
options:
  email:
    description:
      - E-mail address of the tenant's owner. Each tenant needs its own.
    type: str
    required: true
  state:
    description:
      - The API has no call to remove a tenant, so V(present) is the only choice.
    type: str
    choices: [present]
    default: present
  read_back:
    description:
      - Whether to read a new tenant's record for its RV(tenant.id) and RV(tenant.created), which the response to the
        creation does not have. It costs one more request.
    type: bool
    default: false
    version_added: 1.1.0
  # BEGIN generated: credentials
  credentials_dest:
    description:
      - YAML file to keep the credentials in. It maps each e-mail address to C(url), C(login) and C(password), and the
        result then contains no password.
      - The module merges its entries into the file, encrypts it with Ansible Vault, using the vault secret of the run,
        and replaces it as a whole, with mode V(0600).
      - If the entry of an existing tenant is missing, the module fills it from the tenant's record in app ID 1, if the
        password is still there. This counts as a change.
      - Only works in the Ansible process on the controller. With a remote connection, O(ignore:become) or
        O(ignore:async), the task fails before it sends anything.
      - A relative path starts in the folder in which the command was started.
    type: path
  credentials_vault_id:
    description:
      - Id of the vault secret that encrypts O(credentials_dest), if the run has several.
    type: str
  credentials_plaintext:
    description:
      - Whether O(credentials_dest) may be written without encryption if the run has no vault secret.
    type: bool
    default: false
  # END generated
seealso:
  - module: partnerops.saas.mobsted_tenant_info
  - module: partnerops.saas.mobsted_pwa_app
  - module: partnerops.saas.mobsted_fleet
  - ref: ansible_collections.partnerops.saas.docsite.guide_secrets
    description: How to keep the passwords of new tenants.
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
  description: The tenant. In check mode, values that are not known yet are null.
  returned: success
  type: dict
  contains:
    # BEGIN generated: tenant
    id:
      description: Id of the tenant's record in app ID 1. Null if the tenant is so new that it has no record yet.
      type: str
      sample: "17"
    email:
      description: E-mail address of the tenant's owner.
      type: str
      sample: owner@acme.example
    url:
      description: Admin URL of the tenant's account.
      type: str
      sample: https://a23r56k8-admin.mobsted.com
    server:
      description: Server that hosts the tenant's account.
      type: str
      sample: mobsted.com
    name:
      description: Name of the tenant, which is part of its host name.
      type: str
      sample: a23r56k8
    login:
      description: Login of the tenant's account.
      type: str
      sample: owner@acme.example
    created:
      description: When the tenant was created, as the API returns it, without a time zone.
      type: str
      sample: "2020-09-01 09:50:18.107369"
    # END generated
credentials:
  description:
    - Login and password of the new account. The vendor shows them only once.
    - If the task runs in the Ansible process on the controller, later tasks can use the value, but it is not displayed.
      If it runs as an ordinary module on ansible-core before 2.22, only C(no_log=true) on the task hides it.
  returned: when the task created the tenant, unless the credentials are in O(credentials_dest)
  type: dict
  contains:
    login:
      description: Login of the tenant's account.
      type: str
      sample: owner@acme.example
    password:
      description: First password of the tenant's account. Null in check mode, or if the response was lost and the
        record has no password.
      type: str
# BEGIN generated: reconciled write="the create request" proof="a look-up" returned=success
reconciled:
  description: Whether the response to the create request was lost and a look-up then showed that it had worked.
  returned: success
  type: bool
  sample: false
# END generated
# BEGIN generated: request_attempts
request_attempts:
  description: The highest number of tries that any one request of the task took.
  returned: when requests were sent
  type: int
  sample: 1
# END generated
# BEGIN generated: failure of="the error" code=unknown_outcome method=POST path=/api/v8/partners status=502
failure:
  description:
    - Details of the error, for use in conditions.
    - The R(guide on errors and retries,ansible_collections.partnerops.saas.docsite.guide_errors) explains each code.
  returned: failure
  type: dict
  contains:
    code:
      description: Code of the error.
      type: str
      sample: unknown_outcome
    method:
      description: HTTP method of the failed request. Null if no request failed.
      type: str
      sample: POST
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: /api/v8/partners
    status:
      description: HTTP status of the response. Null if there was no response.
      type: int
      sample: 502
    message:
      description: What the API said. Null if it said nothing.
      type: str
# END generated
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
