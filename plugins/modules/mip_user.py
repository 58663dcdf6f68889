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
  - Makes sure that a user is registered at MIP with a given password. The task logs in first, and registers the user
    where that is refused, so it can be repeated at will.
  - A login that is refused does not tell that there is no such user. If the registration is refused as well, the
    address is most likely registered with another password, and the task fails and says so.
  - If the answer to the registration is lost, the task logs in for up to 15 seconds. Where that works, it succeeds and
    says RV(reconciled).
  - Neither call is signed, so no credentials of an owner are needed.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mip
attributes:
  check_mode:
    details:
      - The login, which changes nothing, is sent in check mode too. Where it is refused, a registration is predicted.
options:
  email:
    description:
      - E-mail address of the user.
    type: str
    required: true
  password:
    description:
      - Password of the user. It is never changed for a user who exists.
    type: str
    required: true
  state:
    description:
      - Only V(present) is possible, since the API documents no way to remove a user.
    type: str
    choices: [present]
    default: present
seealso:
  - module: partnerops.saas.mip_member
  - module: partnerops.saas.mip_password_reset
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: Where the state comes from, what the ledger holds, and what follows from deleting it.
  - name: MIP auth API
    description: The vendor's page.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Register a user
  partnerops.saas.mip_user:
    email: owner@acme.example
    password: "{{ vault_owner_password }}"
"""

RETURN = r"""
user:
  description: The user, as the API tells it. The key pair in the API's answer is never returned.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the user. Null in check mode, where the user would be registered.
      type: int
      sample: 20
    email:
      description: E-mail address.
      type: str
      sample: owner@acme.example
    state:
      description: V(present).
      type: str
      sample: present
    blocked:
      description: Whether the user is blocked on the platform. Null where the answer doesn't tell.
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
      description: The avatar as the API tells it, or null.
      type: str
    marketplaces:
      description:
        - Ids of the marketplaces that the login lists. Null where it lists none, which is so right after a
          registration.
      type: list
      elements: int
      sample: [7]
reconciled:
  description: Whether the answer to a call was lost, and a login proved it done.
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
      sample: undetermined
    method:
      description: Method of the request, if there was one.
      type: str
      sample: POST
    path:
      description: Path of the request, without its query.
      type: str
      sample: /member/7/add
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      sample: 502
    message:
      description: What the API said.
      type: str
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.user import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
