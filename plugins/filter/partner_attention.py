# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_attention``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_attention
short_description: What needs attention in a Mobsted master account
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Lists what is missing, what differs, what is not declared, which accounts could not be read, and which invitations
    have no known outcome, in plain words.
  - The playbook C(partnerops.saas.report) shows these lines, and fails if it is asked to.
options:
  _input:
    description: The result of M(partnerops.saas.mobsted_fleet_info).
    type: dict
    required: true
  people:
    description: The clients and members of MIP, RV(partnerops.saas.mip_ledger_info#module:entries).
    type: list
    elements: dict
    default: []
  fail_on:
    description: Kinds of things to report in RV(_value.exceeded).
    type: list
    elements: str
    choices: [pending, drift, undeclared, unverified, unconfirmed]
    default: []
seealso:
  - module: partnerops.saas.mobsted_fleet_info
"""

EXAMPLES = r"""
- name: Compare the account with a declaration
  partnerops.saas.mobsted_fleet_info:
    tenants:
      - email: owner@acme.example
  register: all

- name: Show what needs attention
  ansible.builtin.debug:
    msg: "{{ (all | partnerops.saas.partner_attention).lines }}"
"""

RETURN = r"""
_value:
  description: What needs attention.
  type: dict
  contains:
    lines:
      description: A line for each kind of thing.
      type: list
      elements: str
      sample: ["2 could not be read: tenant owner@acme.example (The client changed the password)"]
    points:
      description: Every single thing, by kind.
      type: dict
    exceeded:
      description: A sentence for each kind of O(fail_on) that there is.
      type: list
      elements: str
"""

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain
from ansible_collections.partnerops.saas.plugins.plugin_utils.report_words import FAIL_ON, lines, points, shortened
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted


def partner_attention(data: t.Any, people: t.Any = (), fail_on: t.Any = ()) -> dict[str, t.Any]:
    """Return what needs attention. See ``DOCUMENTATION``."""
    wrong = sorted(set(fail_on) - set(FAIL_ON))
    if wrong:
        raise AnsibleFilterError(f"fail_on can't contain {', '.join(wrong)}, only {', '.join(FAIL_ON)}.")
    try:
        found = points(plain(data), plain(people))
    except (KeyError, TypeError, AttributeError):
        raise AnsibleFilterError(
            "partner_attention needs the result of partnerops.saas.mobsted_fleet_info: register that task, and filter "
            "its variable."
        ) from None
    exceeded = [
        f"{len(names)} {kind} ({shortened(names)})." for kind, names in found.items() if names and kind in fail_on
    ]
    return t.cast("dict[str, t.Any]", untrusted({"lines": lines(found), "points": found, "exceeded": exceeded}))


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_attention": partner_attention}
