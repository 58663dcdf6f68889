# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_plan``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_plan
short_description: The plan of a whole run, over both platforms
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Joins the plans of M(partnerops.saas.mobsted_fleet) and M(partnerops.saas.mip_marketplace) into lines for a
    terminal, JSON for programs, and Markdown for pull requests.
  - The playbook C(partnerops.saas.converge) uses this filter.
options:
  _input:
    description: The result of M(partnerops.saas.mobsted_fleet). An empty dictionary if the task did not run.
    type: dict
    required: true
  markets:
    description: Results of M(partnerops.saas.mip_marketplace).
    type: list
    elements: dict
    default: []
  people:
    description:
      - The entries that M(partnerops.saas.mip_ledger_info) returns. Clients and members of marketplaces that are not in
        O(markets) are undeclared.
    type: list
    elements: dict
    default: []
  check_mode:
    description: Whether the run is in check mode, so that nothing was changed.
    type: bool
    default: false
  fail_on:
    description: Kinds of things to report in RV(_value.exceeded).
    type: list
    elements: str
    choices: [pending, drift, undeclared, unverified, unconfirmed]
    default: []
  credentials_kept:
    description:
      - Whether the passwords of new tenants are kept. If they are not, and there are new tenants, the filter
        issues a warning.
    type: bool
    default: true
seealso:
  - module: partnerops.saas.mobsted_fleet
  - module: partnerops.saas.mip_marketplace
"""

EXAMPLES = r"""
- name: Create what is missing
  partnerops.saas.mobsted_fleet:
    tenants:
      - email: owner@acme.example
    credentials_dest: tenants.yml
  register: fleet

- name: Write the plan for the pull request
  ansible.builtin.copy:
    content: "{{ (fleet | partnerops.saas.partner_plan(check_mode=ansible_check_mode)).markdown }}"
    dest: plan.md
    mode: "0600"
  check_mode: false
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    line:
      description: The plan in one line.
      type: str
      sample: "Plan: 4 to create, 1 differs, 1 unverified, 2 not declared, 8 in sync"
    lines:
      description: What the run shows at its end. RV(_value.line) is the last one.
      type: list
      elements: str
    create:
      description: The number of things to create, or that were created.
      type: int
    creates:
      description: The same in words. Null if there are none.
      type: str
      sample: 12 things (3 tenants, 9 apps)
    json:
      description: The plan as JSON, with every thing by name.
      type: str
    markdown:
      description: The plan as Markdown.
      type: str
    exceeded:
      description: A sentence for each kind of O(fail_on) that there is.
      type: list
      elements: str
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.module_utils.errors import counted
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain
from ansible_collections.partnerops.saas.plugins.plugin_utils.run_plan import FAIL_ON, RunPlan
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted

DROPPED = (
    "{tenants}, and nobody keeps the passwords: set partner_credentials_dest to a file. They are in app "
    "ID 1 until the clients change them; partnerops.saas.mobsted_tenant_info reads them."
)


def partner_plan(
    mobsted: t.Any,
    markets: t.Any = (),
    check_mode: bool = False,
    fail_on: t.Any = (),
    credentials_kept: bool = True,
    people: t.Any = (),
) -> dict[str, t.Any]:
    """See ``DOCUMENTATION``."""
    wrong = sorted(set(fail_on) - set(FAIL_ON))
    if wrong:
        raise AnsibleFilterError(f"fail_on can't contain {', '.join(wrong)}, only {', '.join(FAIL_ON)}.")
    try:
        plan = RunPlan(plain(mobsted), plain(markets), check_mode=bool(check_mode), people=plain(people))
    except (KeyError, TypeError, AttributeError):
        raise AnsibleFilterError(
            "partner_plan needs the result of partnerops.saas.mobsted_fleet: register that task, and filter its "
            "variable."
        ) from None
    tenants = sum(one["kind"] == "tenant" for one in plan.entries["create"])
    if tenants and not credentials_kept:
        Display().warning(DROPPED.format(tenants=counted(tenants, "new tenant")))
    made = {
        "line": plan.line,
        "lines": plan.lines(),
        "create": len(plan.entries["create"]),
        "creates": plan.creates(),
        "json": plan.as_json(),
        "markdown": plan.as_markdown(),
        "exceeded": plan.exceeded(fail_on),
    }
    return t.cast("dict[str, t.Any]", untrusted(made))


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_plan": partner_plan}
