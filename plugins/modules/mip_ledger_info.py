# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_ledger_info``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_ledger_info
short_description: Show what the ledger knows of MIP
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Returns the rows of the ledger, the only record of what was done at MIP. Nothing is sent to MIP, so no
    login is needed.
  - With O(open), it returns only calls that were about to be sent and have no outcome, such as an invitation that may
    or may not have been sent.
  - The result has only the rows of the API that O(api_url) names.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mip
seealso:
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: How the modules know the state, what the ledger contains, and what happens if it is lost.
  - module: partnerops.saas.mip_ledger
  - module: partnerops.saas.mip_member
options:
  marketplace_id:
    description:
      - Only rows of this marketplace.
    type: int
  kind:
    description:
      - Only rows of this kind.
    type: str
    choices: [user, client, member]
  email:
    description:
      - Only rows of this address.
    type: str
  open:
    description:
      - Only rows with a call that has no outcome.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Look for invitations without a known outcome
  partnerops.saas.mip_ledger_info:
    marketplace_id: 7
    kind: member
    open: true
  register: ledger

- name: Show whom to ask
  ansible.builtin.debug:
    msg: "{{ ledger.entries | map(attribute='email') | list }}"
"""

RETURN = r"""
entries:
  description: The rows, sorted.
  returned: success
  type: list
  elements: dict
  contains:
    # BEGIN generated: ledger_row
    kind:
      description: V(user), V(client) or V(member).
      type: str
      sample: member
    marketplace_id:
      description: Id of the marketplace. Null for a user.
      type: int
      sample: 7
    email:
      description: E-mail address, as addresses are compared.
      type: str
      sample: owner@acme.example
    id:
      description: Id at MIP, if it is known.
      type: int
      sample: 21
    state:
      description: V(present), V(absent) or V(unknown).
      type: str
      sample: present
    blocked:
      description: Whether it is blocked. Null if that is not known.
      type: bool
      sample: false
    intent:
      description: A call without an outcome (V(add), V(register), V(remove), V(toggle)), or null.
      type: str
      sample: add
    at:
      description: When that call was about to be sent. Without one, when the row last changed.
      type: str
      sample: "2026-11-25T10:20:18+00:00"
    by:
      description: Process and machine that wrote the intent.
      type: str
      sample: 4711@runner-2
    # END generated
# BEGIN generated: store where="Where the ledger is kept."
store:
  description: Where the ledger is kept.
  returned: success
  type: dict
  contains:
    kind:
      description: V(file) or V(postgresql).
      type: str
      sample: postgresql
    place:
      description: The file, or host and name of the database.
      type: str
      sample: the database partnerops at db.example
    exists:
      description: Whether there is a ledger yet.
      type: bool
      sample: true
    writable:
      description: Whether it can be written to.
      type: bool
      sample: true
    version:
      description: Version of the layout of its tables.
      type: int
      sample: 1
    open_intents:
      description: How many rows have a call without an outcome.
      type: int
      sample: 0
# END generated
# BEGIN generated: never_reconciled why="this module sends nothing to MIP"
reconciled:
  description: Always V(false), because this module sends nothing to MIP.
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
# BEGIN generated: failure of="the error" code=undetermined method=null path=null status=null
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
      sample: undetermined
    method:
      description: HTTP method of the failed request. Null if no request failed.
      type: str
      sample: null
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: null
    status:
      description: HTTP status of the response. Null if there was no response.
      type: int
      sample: null
    message:
      description: What the API said. Null if it said nothing.
      type: str
# END generated
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.ledger_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
