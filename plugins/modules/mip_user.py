# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_user``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_user
short_description: Register users of the MIP platform
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Registers a user at MIP with the given password. The module first logs in as the user and only registers the user if
    the login is rejected, so you can run the task again at any time.
  - A rejected login does not prove that the user does not exist. If MIP rejects the registration as well, the address
    is most likely registered with another password. The task then fails and says so.
  - If the response to the registration is lost, the module tries to log in for up to 15 seconds. If a login works, the
    task succeeds with RV(reconciled=true).
  - Neither call is signed, so you do not need the credentials of a marketplace owner.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mip
attributes:
  check_mode:
    details:
      - The module still logs in, which changes nothing. If the login is rejected, it predicts a registration.
options:
  email:
    description:
      - E-mail address of the user.
    type: str
    required: true
  password:
    description:
      - Password of the user. The module never changes the password of an existing user.
    type: str
    required: true
  state:
    description:
      - The API has no call to remove a user, so V(present) is the only choice.
    type: str
    choices: [present]
    default: present
  # BEGIN generated: return_keys of=user null="in check mode if the user would be registered"
  return_keys:
    description:
      - Whether to return the key pair of the user, which every login and registration has in its response.
      - The result then has C(keys) with C(public_key) and C(private_key), both secret. It is null in check mode if the
        user would be registered.
      - In a template, write C(result['keys']), because C(result.keys) is a method of the dictionary.
      - From ansible-core 2.22 on, the pair is not displayed. Before, the whole result is hidden if the task runs in the
        Ansible process. If it runs as an ordinary module, only C(no_log=true) on the task hides the pair.
    type: bool
    default: false
    version_added: 1.1.0
  # END generated
seealso:
  - module: partnerops.saas.mip_member
  - module: partnerops.saas.mip_password_reset
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: How the modules know the state, what the ledger contains, and what happens if it is lost.
  - name: MIP auth API
    description: The vendor's documentation of the calls.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Register a user
  partnerops.saas.mip_user:
    email: owner@acme.example
    password: "{{ vault_owner_password }}"

- name: Register a user and get the key pair
  partnerops.saas.mip_user:
    email: owner@acme.example
    password: "{{ vault_owner_password }}"
    return_keys: true
  register: owner

- name: Sign with that pair
  partnerops.saas.mip_client:
    api_public_key: "{{ owner['keys'].public_key }}"
    api_private_key: "{{ owner['keys'].private_key }}"
    marketplace_id: 7
    email: buyer@acme.example
    password: "{{ vault_buyer_password }}"
"""

RETURN = r"""
user:
  description: The user, as the API returns it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the user. Null in check mode if the user would be registered.
      type: int
      sample: 20
    email:
      description: E-mail address of the user.
      type: str
      sample: owner@acme.example
    state:
      description: Always V(present).
      type: str
      sample: present
    blocked:
      description: Whether the user is blocked on the platform. Null if the response does not say.
      type: bool
      sample: false
    created:
      description: When the user was registered.
      type: str
      sample: "2021-06-08T16:09:25.159+02:00"
    first_name:
      description: First name, or null.
      type: str
    last_name:
      description: Last name, or null.
      type: str
    phone:
      description: Telephone number, or null.
      type: str
    avatar:
      description: Avatar, as the API returns it, or null.
      type: str
    mango_verified:
      description: Whether the user's identity is verified for payments. Null if the response does not say.
      type: bool
      version_added: 1.1.0
    mango_pay_id:
      description: Id of the user at the payment service, or null.
      type: str
      version_added: 1.1.0
    favorites:
      description: Favorites, as the API returns them. Null if the response does not say.
      type: list
      elements: raw
      version_added: 1.1.0
    marketplaces:
      description:
        - Ids of the marketplaces that the login lists. Null if the response has no such list, as right
          after a registration.
      type: list
      elements: int
      sample: [7]
# BEGIN generated: reconciled write="the registration" proof="a login" returned=success
reconciled:
  description: Whether the response to the registration was lost and a login then showed that it had worked.
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
# BEGIN generated: failure of="the error" code=duplicate method=POST path=/register status=409
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
      sample: duplicate
    method:
      description: HTTP method of the failed request. Null if no request failed.
      type: str
      sample: POST
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: /register
    status:
      description: HTTP status of the response. Null if there was no response.
      type: int
      sample: 409
    message:
      description: What the API said. Null if it said nothing.
      type: str
# END generated
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.user import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
