# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_marketplace``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_marketplace
short_description: Bring many clients and members of a MIP marketplace to a declared state
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Brings any number of clients and members of one marketplace to a declared state, over O(concurrency) connections.
    For each of them, it does what M(partnerops.saas.mip_client) or M(partnerops.saas.mip_member) does.
  - The module checks the whole declaration before it sends anything.
  - If an item fails, the module still works through the others, unless you set O(on_error=stop). The task then fails at
    the end, names each failed item and returns the complete result.
  - The API has no call that lists clients or members. Those that the ledger knows and that are not declared are in
    RV(undeclared). The module never touches them.
  - If more than one address has to be looked up among the tenants, the module lists all tenants once.
  - On a terminal, the module shows its progress about once a second.
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
  clients:
    description:
      - The declared clients. Each e-mail address may occur only once.
    type: list
    elements: dict
    default: []
    suboptions:
      # BEGIN generated: client_options at=clients[].
      email:
        description:
          - E-mail address of the client.
        type: str
        required: true
      password:
        description:
          - Password of the client. The module uses it to look the client up by logging in, and to register the client.
            It never changes the password of an existing client.
        type: str
      client_id:
        description:
          - Id of the client. Set it for a client that exists but is not in the ledger.
        type: int
      state:
        description:
          - Whether the client is registered.
        type: str
        choices: [present, absent]
        default: present
      blocked:
        description:
          - Whether the client is blocked. If not set, the block state is left alone. The option has no
            effect with O(clients[].state=absent).
        type: bool
      # END generated
  members:
    description:
      - The declared members. Each e-mail address may occur only once.
    type: list
    elements: dict
    default: []
    suboptions:
      # BEGIN generated: member_options at=members[].
      email:
        description:
          - E-mail address of the member.
        type: str
        required: true
      user_id:
        description:
          - Id of the user. If neither the ledger nor a login with O(members[].password) knows the user, the id means
            that the user is a member. The module then sends no invitation, adds the member to the ledger, and issues a
            warning. Use this for members who were invited by hand.
          - To invite somebody, leave it out. The ledger already has the ids of users that
            M(partnerops.saas.mip_user) has seen.
        type: int
      password:
        description:
          - Password of the user. The module only uses it to look the id and the membership up by logging in.
          - If the login does not list the marketplace, that proves nothing, because the vendor does not say
            what is listed.
        type: str
      state:
        description:
          - Whether the user is a member. A user who was invited counts as V(present).
        type: str
        choices: [present, absent]
        default: present
      blocked:
        description:
          - Whether the member is blocked in this marketplace. If not set, the block state is left alone. The option has
            no effect with O(members[].state=absent).
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
  # BEGIN generated: concurrency
  concurrency:
    description:
      - How many requests to send at the same time, from 1 to 32. If the API asks to slow down, all requests wait.
    type: int
    default: 8
  # END generated
  # BEGIN generated: max_creates
  max_creates:
    description:
      - The most things that the task may create. What is created can't be removed with the API, so a mistake in a long
        declaration is worth stopping.
      - If more would be created, the task fails before it creates the first one. By default there is no limit.
    type: int
    version_added: 1.1.0
  # END generated
  # BEGIN generated: on_error msg=clients[].msg
  on_error:
    description:
      - What to do with the other items if one fails.
      - With V(continue), the module works through all of them.
      - With V(stop), it starts no further item, but finishes those that it has already started. An item that was not
        started is neither changed nor failed, and its RV(clients[].msg) says so.
    type: str
    choices: [continue, stop]
    default: continue
  # END generated
seealso:
  - module: partnerops.saas.mip_client
  - module: partnerops.saas.mip_member
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: How the modules know the state, what the ledger contains, and what happens if it is lost.
"""

EXAMPLES = r"""
- name: Bring the clients and members of a marketplace to their declared state
  partnerops.saas.mip_marketplace:
    marketplace_id: 7
    clients:
      - email: buyer@acme.example
        password: "{{ vault_buyer_password }}"
      - email: former@acme.example
        password: "{{ vault_former_password }}"
        blocked: true
    members:
      - email: owner@acme.example
  register: marketplace

- name: Only invite tenants of the Mobsted master account
  partnerops.saas.mip_marketplace:
    marketplace_id: 7
    require_tenant: true
    members:
      - email: owner@acme.example
      - email: owner@globex.example
"""

RETURN = r"""
marketplace_id:
  description: Id of the marketplace.
  returned: success, and failure after the declaration was accepted
  type: int
  sample: 7
clients:
  description: The declared clients, in the declared order.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  contains:
    email:
      description: E-mail address, as declared.
      returned: always
      type: str
      sample: buyer@acme.example
    # BEGIN generated: item verb=changed
    changed:
      description: Whether the task changed it.
      returned: always
      type: bool
    failed:
      description: Whether it failed.
      returned: always
      type: bool
    msg:
      description: Why it failed or was not started. Null otherwise.
      returned: always
      type: str
    failure:
      description: Details of the error, as in RV(failure). Null if it did not fail.
      returned: always
      type: dict
    # END generated
    # BEGIN generated: reconciled write="a write request" proof="a login" returned=always
    reconciled:
      description: Whether the response to a write request was lost and a login then showed that it had worked.
      returned: always
      type: bool
      sample: false
    # END generated
    # BEGIN generated: probed returned=always
    probed:
      description:
        - Whether the block state was not known before, so that a toggle had to reveal it. It is V(true) whether one
          toggle was enough or a second one had to put the state back.
      returned: always
      type: bool
      sample: false
    # END generated
    client:
      description: The client, as in RV(partnerops.saas.mip_client#module:client). Null if nothing is known about it.
      returned: always
      type: dict
    # BEGIN generated: declared_tenant
    tenant:
      description:
        - The Mobsted tenant of the address, if it was looked up before the address was registered or invited, and
          found. Null otherwise.
      returned: always
      type: dict
    # END generated
members:
  description: The declared members, in the declared order.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  contains:
    email:
      description: E-mail address, as declared.
      returned: always
      type: str
      sample: owner@acme.example
    # BEGIN generated: item verb=changed
    changed:
      description: Whether the task changed it.
      returned: always
      type: bool
    failed:
      description: Whether it failed.
      returned: always
      type: bool
    msg:
      description: Why it failed or was not started. Null otherwise.
      returned: always
      type: str
    failure:
      description: Details of the error, as in RV(failure). Null if it did not fail.
      returned: always
      type: dict
    # END generated
    # BEGIN generated: reconciled write="the invitation" proof="a login" returned=always
    reconciled:
      description: Whether the response to the invitation was lost and a login then showed that it had worked.
      returned: always
      type: bool
      sample: false
    # END generated
    # BEGIN generated: probed returned=always
    probed:
      description:
        - Whether the block state was not known before, so that a toggle had to reveal it. It is V(true) whether one
          toggle was enough or a second one had to put the state back.
      returned: always
      type: bool
      sample: false
    # END generated
    member:
      description: The member, as in RV(partnerops.saas.mip_member#module:member). Null if nothing is known about it.
      returned: always
      type: dict
    # BEGIN generated: declared_tenant
    tenant:
      description:
        - The Mobsted tenant of the address, if it was looked up before the address was registered or invited, and
          found. Null otherwise.
      returned: always
      type: dict
    # END generated
undeclared:
  description:
    - Clients and members that the ledger knows and that are not declared, each with C(kind), C(email) and C(id). They
      are never touched.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  version_added: 1.1.0
  sample: [{kind: member, email: former@acme.example, id: 20}]
# BEGIN generated: plan
plan:
  description:
    - What the run would do in check mode, and what it did otherwise, each declared thing once.
    - Every entry has C(kind), C(label) (what messages call it) and the keys that identify it.
  returned: success, and failure after the declaration was accepted
  type: dict
  version_added: 1.1.0
  contains:
    create:
      description: What is created, with C(id), C(attributes) and C(link), which are null where they are not known.
      type: list
      elements: dict
    change:
      description: People whom the run blocks or unblocks, with C(before) and C(after). Only at MIP.
      type: list
      elements: dict
    remove:
      description: People whom the run removes, with C(before) and C(after). Only at MIP.
      type: list
      elements: dict
    differs:
      description: Apps that differ from their declaration, with C(drift). No run changes them.
      type: list
      elements: dict
    unverified:
      description: Tenants whose C(apps) could not be compared, with C(msg).
      type: list
      elements: dict
    unconfirmed:
      description: Members whose invitation has no known outcome.
      type: list
      elements: dict
    undeclared:
      description: What exists and is not declared. It is never touched.
      type: list
      elements: dict
    failed:
      description: What failed, with C(msg).
      type: list
      elements: dict
    skipped:
      description: What was not started, with C(msg).
      type: list
      elements: dict
    in_sync:
      description: How many things are as declared.
      type: int
      sample: 8
    line:
      description: The last line of the diff.
      type: str
      sample: "Plan: 4 to create, 1 differs, 1 unverified, 2 not declared, 8 in sync"
# END generated
summary:
  description: Counts of the items and requests.
  returned: success, and failure after the declaration was accepted
  type: dict
  contains:
    clients:
      description:
        - How many clients are C(declared), and how many of them are C(created), C(unchanged), C(failed) and C(skipped).
        - C(updated) counts the ones that were blocked or unblocked, C(removed) the ones that were removed. Each of the
          two is left out if it is zero.
      type: dict
      sample: {declared: 3, created: 1, unchanged: 2, failed: 0, skipped: 0}
    members:
      description: The same counts for the members.
      type: dict
      sample: {declared: 1, created: 1, unchanged: 0, failed: 0, skipped: 0}
    undeclared:
      description: How many clients and members are not declared.
      type: int
    requests:
      description: How many requests the task sent, including logins.
      type: int
      sample: 6
# BEGIN generated: reconciled write="any write request" proof="a login" returned=success
reconciled:
  description: Whether the response to any write request was lost and a login then showed that it had worked.
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
# BEGIN generated: failure of="the first failed item" code=unknown_outcome method=POST path=/member/7/add status=502
failure:
  description:
    - Details of the first failed item, for use in conditions.
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
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.marketplace import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
