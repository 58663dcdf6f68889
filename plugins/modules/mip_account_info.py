# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_account_info``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_account_info
short_description: Find out what works on a MIP account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Tries whether MIP can be reached and logged in to, and whether the ledger can be written.
  - MIP documents no call that reads. A key pair and the way of signing can't be tried without a call that changes
    something, so that is left open.
  - It does not fail where something does not work, but tells so in RV(checks). The playbook
    C(partnerops.saas.preflight) shows it, and fails where something needed does not work.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes.mip
seealso:
  - module: partnerops.saas.mip_user
  - module: partnerops.saas.mobsted_account_info
"""

EXAMPLES = r"""
- name: Find out what works
  partnerops.saas.mip_account_info:
  register: found

- name: Show it
  ansible.builtin.debug:
    var: found.lines
"""

RETURN = r"""
ok:
  description: Whether all that is needed works.
  returned: success
  type: bool
  sample: true
checks:
  description: The points that were looked at, in order.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What was looked at.
      type: str
      sample: login
    ok:
      description: Whether it works. Null where nobody knows, or where it is not set up.
      type: bool
    needed:
      description: Whether the modules need it.
      type: bool
    detail:
      description: What was found.
      type: str
    mend:
      description: What to set or do, where it does not work.
      type: str
lines:
  description: The same in one line for each point, for people.
  returned: success
  type: list
  elements: str
store:
  description: Where the ledger is kept. Null if it can't be used.
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
      description: Its layout.
      type: int
      sample: 1
    open_intents:
      description: How many rows have a call without an outcome.
      type: int
      sample: 0
account:
  description: What was found out.
  returned: success
  type: dict
  contains:
    url:
      description: URL of the API, as it is used.
      type: str
      sample: https://cloud.mip.to
    user_id:
      description: Id of the user that logged in.
      type: int
    marketplaces:
      description: Marketplaces of the user, as far as the login tells.
      type: list
      elements: int
attempts:
  description: The most tries that any one request of the task took.
  returned: where anything was sent
  type: int
  sample: 1
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.account_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
