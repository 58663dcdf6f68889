# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_ledger``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_ledger
short_description: Export the ledger of MIP, or import one
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Exports the ledger as JSON lines, or imports JSON lines or the SQLite file of another machine into the ledger that
    the connection options name. Nothing is sent to MIP, so no login is needed.
  - An import merges the rows into the ledger. Importing the same file twice changes nothing.
  - After the import of an SQLite ledger, the module marks that file as moved. From then on, all modules refuse it.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mip
attributes:
  check_mode:
    details:
      - Nothing is written. The result says what would be written.
  diff_mode:
    details:
      - The rows that an import changes, before and after.
seealso:
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: How the modules know the state, what the ledger contains, and what happens if it is lost.
  - module: partnerops.saas.mip_ledger_info
options:
  export_path:
    description:
      - File to write, with mode V(0600). It contains all rows of the ledger, including those of other APIs.
      - Exactly one of O(export_path) and O(import_path) is needed.
    type: path
  import_path:
    description:
      - File to read, either JSON lines as O(export_path) writes them, or an SQLite ledger.
    type: path
  on_conflict:
    description:
      - What to do if a row already exists and contradicts the imported one.
      - With V(fail), nothing is imported, and the message names the rows.
      - With V(safer), the safer state of the two is kept. The order is a call without an outcome, V(present),
        V(absent), V(unknown). If their block states differ, the block state becomes unknown.
    type: str
    choices: [fail, safer]
    default: fail
"""

EXAMPLES = r"""
- name: Back the ledger up
  partnerops.saas.mip_ledger:
    export_path: ledger.jsonl

- name: Move a laptop's ledger to the database of the team
  partnerops.saas.mip_ledger:
    import_path: ~/.local/share/partnerops/mip-ledger.sqlite3
    state_url: postgresql://partnerops@db.example/partnerops?sslmode=verify-full
    state_password: "{{ vault_state_password }}"
    on_conflict: safer
"""

RETURN = r"""
exported:
  description: How many rows were exported.
  returned: success
  type: int
  sample: 20
imported:
  description: How many rows an import added or changed.
  returned: success
  type: int
  sample: 18
unchanged:
  description: How many rows of an import existed already.
  returned: success
  type: int
  sample: 2
conflicts:
  description: The rows that contradicted imported ones, as they were before the import.
  returned: always
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
    imported:
      description: The row that was to be imported, with the same keys.
      type: dict
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
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.ledger import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
