# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mobsted_account_info``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobsted_account_info
short_description: Find out what works on a Mobsted account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Tries, by reading alone, whether the account can be reached and logged in to, whether its tokens can be renewed,
    whether it has the list of tenants in app ID 1, and whether its apps can be listed.
  - Tells which of the paths and spellings that the vendor does not publish this account has.
  - It does not fail where something does not work, but tells so in RV(checks). The playbook
    C(partnerops.saas.preflight) shows it, and fails where something needed does not work.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes.mobsted
seealso:
  - module: partnerops.saas.mobsted_fleet_info
  - module: partnerops.saas.mip_account_info
"""

EXAMPLES = r"""
- name: Find out what works
  partnerops.saas.mobsted_account_info:
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
  description: Where the create locks are kept. Null without a shared state, since the locks are on this machine then.
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
      sample: https://ppp-admin.mobsted.com
    paths:
      description: Paths below C(/api/v8) that answered, and C(push), if it is set.
      type: dict
      sample:
        objects: objects
        applications: applications
        push: null
    spelling:
      description: By which of the vendor's pages the columns of app ID 1 are named. Null without tenants.
      type: list
      elements: str
      sample: [API page]
    apps:
      description: How many apps the account has, with app ID 1.
      type: int
attempts:
  description: The most tries that any one request of the task took.
  returned: where anything was sent
  type: int
  sample: 1
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.account_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
