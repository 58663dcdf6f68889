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
  - Invites a user to a marketplace or removes the member, and blocks or unblocks the member.
  - Inviting sends an e-mail, and the API has no call that shows who is a member. The module records its invitations in
    the ledger (O(ledger_path)) and sends at most one e-mail for an invitation, no matter what fails, when a run is
    killed, or how often the play runs. Only O(on_unconfirmed=resend) sends another one. If the ledger is lost, that
    memory is lost.
  - The module may invite a member again after it has removed that member.
  - Removing, blocking and unblocking need the user's id. It comes from a login with O(password), from O(user_id), or
    from the ledger, which also has the ids of the users that M(partnerops.saas.mip_user) has seen.
  - Blocking and unblocking are the same call, a toggle. The module only sends it if the known block state differs from
    O(blocked). If the state is not known, the module sends the toggle once. If the response shows that it went the
    wrong way, the module sends it once more to put the state back. The result then has RV(probed=true).
  - If the response to a toggle does not show the block state and the state was not known before, the module puts it
    back with a second toggle, and fails with RV(failure.code=undetermined). It never sends more than two.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.mip.tenant
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mip
attributes:
  check_mode:
    details:
      # BEGIN generated: check_mode
      - The module still logs in and looks up what it needs, which changes nothing. It writes nothing to the ledger.
      - If a block state is not known, the module predicts a change, because a real run would send the toggle.
      # END generated
options:
  # BEGIN generated: marketplace_id called="C(cid) or C(company_id)"
  marketplace_id:
    description:
      - Id of the marketplace, which the API calls C(cid) or C(company_id).
    type: int
    required: true
  # END generated
  # BEGIN generated: member_options at=
  email:
    description:
      - E-mail address of the member.
    type: str
    required: true
  user_id:
    description:
      - Id of the user. If neither the ledger nor a login with O(password) knows the user, the id means that the user is
        a member. The module then sends no invitation, adds the member to the ledger, and issues a warning. Use this for
        members who were invited by hand.
      - To invite somebody, leave it out. The ledger already has the ids of users that
        M(partnerops.saas.mip_user) has seen.
    type: int
  password:
    description:
      - Password of the user. The module only uses it to look the id and the membership up by logging in.
      - If the login does not list the marketplace, that proves nothing, because the vendor does not say what is listed.
    type: str
  state:
    description:
      - Whether the user is a member. A user who was invited counts as V(present).
    type: str
    choices: [present, absent]
    default: present
  blocked:
    description:
      - Whether the member is blocked in this marketplace. If not set, the block state is left alone. The option has no
        effect with O(state=absent).
    type: bool
  on_unconfirmed:
    description:
      - What to do if the outcome of an earlier invitation is unknown, because its response was lost or the
        run was killed.
      - With V(warn), the module sends nothing, changes nothing and issues a warning.
      - With V(fail), the module sends nothing and fails.
      - With V(resend), the module sends the invitation again. The person may get a second e-mail.
      - The task that loses the response always fails, with the code V(unknown_outcome) in RV(failure).
    type: str
    choices: [warn, fail, resend]
    default: warn
  # END generated
seealso:
  - module: partnerops.saas.mip_marketplace
  - module: partnerops.saas.mip_user
  - module: partnerops.saas.mip_sso_link
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: How the modules know the state, what the ledger contains, and what happens if it is lost.
  - name: MIP auth API
    description: The vendor's documentation of the calls.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Invite a member once
  partnerops.saas.mip_member:
    marketplace_id: 7
    email: owner@acme.example

- name: Only invite a tenant of the Mobsted master account
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
# BEGIN generated: looked_up_tenant
tenant:
  description:
    - Record of the tenant with this address in app ID 1 of the Mobsted account, without credentials. Null if it was not
      looked up, or if there is none.
  returned: success
  type: dict
  version_added: 1.1.0
# END generated
member:
  description: The member. Values that are not known are null.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the user.
      type: int
      sample: 20
    email:
      description: E-mail address of the member.
      type: str
      sample: owner@acme.example
    marketplace_id:
      description: Id of the marketplace.
      type: int
      sample: 7
    state:
      description:
        - V(present), V(absent), or V(unconfirmed) if the outcome of an invitation or removal is unknown.
        - If the task fails, it may also be V(unknown).
      type: str
      sample: present
    blocked:
      description: Whether the member is blocked in this marketplace.
      type: bool
      sample: false
# BEGIN generated: probed returned=success
probed:
  description:
    - Whether the block state was not known before, so that a toggle had to reveal it. It is V(true) whether one toggle
      was enough or a second one had to put the state back.
  returned: success
  type: bool
  sample: false
# END generated
# BEGIN generated: reconciled write="the invitation" proof="a login" returned=success
reconciled:
  description: Whether the response to the invitation was lost and a login then showed that it had worked.
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
# BEGIN generated: failure of="the error" code=unknown_outcome method=POST path=/member/7/add status=502
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
      sample: /member/7/add
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
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.member import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
