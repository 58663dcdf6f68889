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
  - Checks whether MIP can be reached, whether the login works, and whether the ledger can be written.
  - The API has no call that only reads, so the module cannot check a key pair or the way of signing without changing
    something. It reports them as not checked.
  - If something does not work, the task does not fail, but reports that in RV(checks). The playbook
    C(partnerops.saas.preflight) displays the checks, and fails if anything does not work that the modules need.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mip
options:
  transcript:
    description:
      - Whether to return RV(transcript).
    type: bool
    default: false
    version_added: 1.1.0
seealso:
  - module: partnerops.saas.mip_user
  - module: partnerops.saas.mobsted_account_info
  - ref: ansible_collections.partnerops.saas.docsite.guide_authentication
    description: How to set the credentials.
"""

EXAMPLES = r"""
- name: Find out what works
  partnerops.saas.mip_account_info:
  register: found

- name: Show the checks
  ansible.builtin.debug:
    var: found.lines
"""

RETURN = r"""
# BEGIN generated: diagnosis login=owner@mip.example
ok:
  description: Whether everything that the modules need works.
  returned: success
  type: bool
  sample: true
checks:
  description: The checks, in the order in which they were made.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What was checked.
      type: str
      sample: login
    ok:
      description: Whether it works. Null if it cannot be checked or is not set up.
      type: bool
      sample: true
    needed:
      description: Whether the modules need it.
      type: bool
      sample: true
    detail:
      description: What the check found.
      type: str
      sample: as owner@mip.example
    mend:
      description: What to set or do to make it work, or null.
      type: str
lines:
  description: The same checks as text, one line for each.
  returned: success
  type: list
  elements: str
  sample: ["✓ login: as owner@mip.example"]
# END generated
# BEGIN generated: store where="Where the ledger is kept. Null if it can't be used."
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
      description: Version of the layout of its tables.
      type: int
      sample: 1
    open_intents:
      description: How many rows have a call without an outcome.
      type: int
      sample: 0
# END generated
account:
  description: What the checks found out about the account.
  returned: success
  type: dict
  contains:
    url:
      description: URL of the API that the module used. Null if O(api_url) is not valid.
      type: str
      sample: https://cloud.mip.to
    user_id:
      description: Id of the user who logged in. Null without a login.
      type: int
      sample: 20
    marketplaces:
      description: Ids of the marketplaces that the login lists. Null if the response has no such list.
      type: list
      elements: int
      sample: [7]
# BEGIN generated: transcript
transcript:
  description:
    - Each request and its response, in order. Values are replaced by their form, such as V(integer), so that it shows
      no secret, address, name, host or id. The filter P(partnerops.saas.partner_transcript#filter) compares it with the
      description of the API.
  returned: with O(transcript=true)
  type: list
  elements: dict
  version_added: 1.1.0
  contains:
    request:
      description: Method, path, and the forms of the query and the body.
      type: dict
    outcome:
      description: Status of the response, or why there was none.
      type: str
      sample: "200"
    response:
      description: Status, headers that matter, and the form of the body. Null if there was no response.
      type: dict
# END generated
# BEGIN generated: never_reconciled why="this module only logs in"
reconciled:
  description: Always V(false), because this module only logs in.
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
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.account_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
