# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_member``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_member
short_description: Invite, remove, block and unblock members of a MIP marketplace
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Makes sure that a user is a member of a marketplace or is not, and is blocked in it or not.
  - Adding a member sends an e-mail, and the API has no call that tells who is a member. The ledger (O(ledger_path))
    remembers who was invited, so that at most one e-mail is sent for one invitation, whatever fails or is killed at
    whatever moment and however often the play runs. If the ledger is lost, that memory is lost.
  - A member whom this module removed may be invited again.
  - Removing, blocking and unblocking take the user's id. It comes from a login with O(password), from O(user_id), or
    from the ledger, which also holds the ids of the users that M(partnerops.saas.mip_user) has seen.
  - Blocking and unblocking are one call, a toggle. It is sent only where the known state differs from O(blocked). Where
    none is known, it is sent once and, if its answer shows that it went the wrong way, once more to put it back, and
    the result says RV(probed). Where the answer doesn't tell the state, it is put back and the task fails with
    V(undetermined).
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.mip.tenant
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mip
attributes:
  check_mode:
    details:
      - Logins and look-ups, which change nothing, are sent in check mode too. Nothing is written to the ledger.
      - Where the block state is not known, a change is predicted, since the toggle would be sent.
options:
  marketplace_id:
    description:
      - Id of the marketplace, which the API calls C(cid) or C(company_id).
    type: int
    required: true
  email:
    description:
      - E-mail address of the member.
    type: str
    required: true
  user_id:
    description:
      - Id of the user. It says that the user is a member where neither the ledger nor a login with O(password) tells,
        so nobody is invited then, and there is a warning. This is how members who were invited by hand get in the
        ledger.
      - Leave it out to invite somebody. The id of a user whom M(partnerops.saas.mip_user) has seen is in the ledger.
    type: int
  password:
    description:
      - Password of the user, only to look the id and the membership up by logging in. A marketplace that the login
        doesn't list proves nothing, since what is listed is not published.
    type: str
  state:
    description:
      - Whether the user is a member. Who was invited counts as V(present).
    type: str
    choices: [present, absent]
    default: present
  blocked:
    description:
      - Whether the member is blocked in this marketplace. Left alone if omitted. It has no effect with O(state=absent).
    type: bool
  on_unconfirmed:
    description:
      - What to do where an earlier invitation has no known outcome, because its answer was lost or the run was killed.
      - With V(warn), nothing is sent, nothing is changed, and there is a warning.
      - With V(fail), nothing is sent and the task fails.
      - With V(resend), the invitation is sent once more. The person may get a second e-mail.
      - The task in which the answer is lost always fails, with the code V(unknown_outcome) in RV(failure).
    type: str
    choices: [warn, fail, resend]
    default: warn
seealso:
  - module: partnerops.saas.mip_user
  - module: partnerops.saas.mip_sso_link
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: Where the state comes from, what the ledger holds, and what follows from deleting it.
  - name: MIP auth API
    description: The vendor's page.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Invite a member, once
  partnerops.saas.mip_member:
    marketplace_id: 7
    email: owner@acme.example

- name: Invite only who is a tenant of the Mobsted master account
  partnerops.saas.mip_member:
    marketplace_id: 7
    email: owner@acme.example
    require_tenant: true
    tenant_registry:
      api_url: https://ppp-admin.mobsted.com
      api_login: partner@example.com
      api_password: "{{ vault_mobsted_password }}"

- name: Block a member
  partnerops.saas.mip_member:
    marketplace_id: 7
    email: owner@acme.example
    user_id: 20
    blocked: true
"""

RETURN = r"""
member:
  description: The member. What is not known is null.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the user.
      type: int
      sample: 20
    email:
      description: E-mail address.
      type: str
      sample: owner@acme.example
    marketplace_id:
      description: Id of the marketplace.
      type: int
      sample: 7
    state:
      description:
        - V(present), V(absent), or V(unconfirmed) where an invitation or removal has no known outcome.
        - On a failure it may be V(unknown).
      type: str
      sample: present
    blocked:
      description: Whether the member is blocked in this marketplace.
      type: bool
probed:
  description:
    - Whether the block state was not known and was found out by the toggle itself, or turned out to be another than the
      one that was known. The toggle was then sent once or twice.
  returned: success
  type: bool
  sample: false
tenant:
  description:
    - The Mobsted tenant of the address, as M(partnerops.saas.mobsted_tenant) returns it, if it was looked up before the
      address was registered or invited, and found. Null otherwise.
  returned: always
  type: dict
  version_added: 1.1.0
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
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.member import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
