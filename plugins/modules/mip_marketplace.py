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
  - Does for any number of clients and members of one marketplace what M(partnerops.saas.mip_client) and
    M(partnerops.saas.mip_member) do for one, over O(concurrency) connections at the same time.
  - The whole declaration is checked before anything is sent.
  - An item that fails does not stop the others, unless O(on_error=stop). The task then fails at the end and names
    each failed item; its result is complete.
  - The API has no call that lists clients or members. Those that the ledger knows and that are not declared are
    returned in RV(undeclared), and never touched.
  - If more than one address has to be looked up among the tenants, all tenants are listed once.
  - On a terminal, a line about once a second tells how far it is.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.mip.tenant
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mip
attributes:
  check_mode:
    details:
      - Logins and look-ups, which change nothing, are sent in check mode too. Nothing is written to the ledger.
      - Where a block state is not known, a change is predicted, since the toggle would be sent.
options:
  marketplace_id:
    description:
      - Id of the marketplace, which the API calls C(cid) or C(company_id).
    type: int
    required: true
  clients:
    description:
      - The declared clients, each address once.
    type: list
    elements: dict
    default: []
    suboptions:
      email:
        description:
          - E-mail address of the client.
        type: str
        required: true
      password:
        description:
          - Password of the client. It is used to look the client up by logging in, and to register it.
          - It is never changed for a client that exists.
        type: str
      client_id:
        description:
          - Id of the client, where you know that it exists and the ledger doesn't hold it.
        type: int
      state:
        description:
          - Whether the client is registered.
        type: str
        choices: [present, absent]
        default: present
      blocked:
        description:
          - Whether the client is blocked. Left alone if omitted. It has no effect with O(clients[].state=absent).
        type: bool
  members:
    description:
      - The declared members, each address once.
    type: list
    elements: dict
    default: []
    suboptions:
      email:
        description:
          - E-mail address of the member.
        type: str
        required: true
      user_id:
        description:
          - Id of the user, such as M(partnerops.saas.mip_user) returns it. It does not tell that the user is a
            member.
        type: int
      password:
        description:
          - Password of the user, only to look the id and the membership up by logging in. A marketplace that the
            login doesn't list proves nothing, since what is listed is not published.
        type: str
      state:
        description:
          - Whether the user is a member. Who was invited counts as V(present).
        type: str
        choices: [present, absent]
        default: present
      blocked:
        description:
          - Whether the member is blocked in this marketplace. Left alone if omitted. It has no effect with
            O(members[].state=absent).
        type: bool
      on_unconfirmed:
        description:
          - What to do where an earlier invitation has no known outcome, because its answer was lost or the run was
            killed.
          - With V(warn), nothing is sent, nothing is changed, and there is a warning.
          - With V(fail), nothing is sent and the task fails.
          - With V(resend), the invitation is sent once more. The person may get a second e-mail.
          - The task in which the answer is lost always fails, with the code V(unknown_outcome) in RV(failure).
        type: str
        choices: [warn, fail, resend]
        default: warn
  max_creates:
    description:
      - A plan that would register more clients and invite more members than this is refused before the first of them,
        since an invitation can't be taken back.
      - In check mode, the task fails and returns the plan.
    type: int
    version_added: 1.1.0
  concurrency:
    description:
      - How many requests are under way at the same time, 1 to 32. If the API asks to slow down, all of them wait.
    type: int
    default: 8
  on_error:
    description:
      - With V(continue), all other items are done although one fails.
      - With V(stop), no further item is started after a failure. Those under way are finished. What was not started
        is reported as neither changed nor failed, with a RV(clients[].msg) that says so.
    type: str
    choices: [continue, stop]
    default: continue
seealso:
  - module: partnerops.saas.mip_client
  - module: partnerops.saas.mip_member
"""

EXAMPLES = r"""
- name: Bring a marketplace to what is declared
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

- name: Only invite whoever is a tenant of the Mobsted master account
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
    changed:
      description: Whether the run changed it.
      returned: always
      type: bool
    failed:
      description: Whether it failed.
      returned: always
      type: bool
    msg:
      description: Why it failed, or why it was not started. Null else.
      returned: always
      type: str
    failure:
      description: What went wrong, for programs, as RV(failure). Null where it did not fail.
      returned: always
      type: dict
    reconciled:
      description: Whether the answer to a call was lost, and a login proved it done.
      returned: always
      type: bool
    probed:
      description: Whether the block state was found out by the toggle itself.
      returned: always
      type: bool
    client:
      description: The client, as M(partnerops.saas.mip_client) returns it. Null where nothing is known.
      returned: always
      type: dict
    tenant:
      description:
        - The Mobsted tenant of the address, if it was looked up before the address was registered or invited, and
          found. Null otherwise.
      returned: always
      type: dict
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
      sample: buyer@acme.example
    changed:
      description: Whether the run changed it.
      returned: always
      type: bool
    failed:
      description: Whether it failed.
      returned: always
      type: bool
    msg:
      description: Why it failed, or why it was not started. Null else.
      returned: always
      type: str
    failure:
      description: What went wrong, for programs, as RV(failure). Null where it did not fail.
      returned: always
      type: dict
    reconciled:
      description: Whether the answer to a call was lost, and a login proved it done.
      returned: always
      type: bool
    probed:
      description: Whether the block state was found out by the toggle itself.
      returned: always
      type: bool
    member:
      description: The member, as M(partnerops.saas.mip_member) returns it. Null where nothing is known.
      returned: always
      type: dict
    tenant:
      description:
        - The Mobsted tenant of the address, if it was looked up before the address was registered or invited, and
          found. Null otherwise.
      returned: always
      type: dict
undeclared:
  description:
    - Clients and members that the ledger knows and that are not declared, each with C(kind), C(email) and C(id). They
      are never touched.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  version_added: 1.1.0
  sample: [{kind: member, email: former@acme.example, id: 20}]
plan:
  description:
    - What the run would do in check mode, and what it did otherwise, each declared thing once.
    - Every entry has C(kind), C(label) (what messages call it) and the keys that name it.
  returned: success, and failure after the declaration was accepted
  type: dict
  version_added: 1.1.0
  contains:
    create:
      description: What is created, with C(id), C(attributes) and C(link), which are null where they are not known.
      type: list
      elements: dict
    change:
      description: Whom the run blocks or unblocks, with C(before) and C(after). Only at MIP.
      type: list
      elements: dict
    remove:
      description: Whom the run removes, with C(before) and C(after). Only at MIP.
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
summary:
  description: How many there were of what.
  returned: success, and failure after the declaration was accepted
  type: dict
  contains:
    clients:
      description:
        - The clients by what became of them, as C(declared), C(created), C(unchanged), C(failed) and C(skipped), and
          if there are any, C(updated) (blocked or unblocked), C(removed) and C(unconfirmed).
      type: dict
      sample: {declared: 3, created: 1, unchanged: 2, failed: 0, skipped: 0}
    members:
      description: The members, likewise.
      type: dict
      sample: {declared: 1, created: 1, unchanged: 0, failed: 0, skipped: 0}
    undeclared:
      description: How many clients and members are not declared.
      type: int
    requests:
      description: How many requests were sent, logins included.
      type: int
reconciled:
  description: Whether any answer to a call was lost, and a login proved it done.
  returned: success
  type: bool
  sample: false
request_attempts:
  description: The most tries that any one request of the task took.
  returned: where anything was sent
  type: int
  sample: 1
failure:
  description:
    - What went wrong with the first item that failed, for programs. The codes are listed in the guide on errors and
      retries.
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
      sample: /api/v8/applications
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      sample: 502
    message:
      description: What the API said.
      type: str
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.marketplace import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
