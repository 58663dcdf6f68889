# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_export``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_export
short_description: Write a state file from what exists
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Returns the text of a state file that declares what exists, so that converging to it changes nothing. It is sorted,
    and what cannot be declared is in a comment. It never has a password.
  - The playbook C(partnerops.saas.export) uses this filter and writes the text to a file.
options:
  _input:
    description: The result of M(partnerops.saas.mobsted_fleet_info). Anything else leaves Mobsted out.
    type: dict
    required: true
  people:
    description: The clients and members, RV(partnerops.saas.mip_ledger_info#module:entries). None leaves MIP out.
    type: list
    elements: dict
    default: []
  name:
    description: The name of the file, for the comment at its head.
    type: str
    default: partner-state.yml
seealso:
  - module: partnerops.saas.mobsted_fleet_info
  - module: partnerops.saas.mip_ledger_info
  - plugin: partnerops.saas.partner_state
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Read all tenants and apps
  partnerops.saas.mobsted_fleet_info:
  register: all

- name: Write the state file
  ansible.builtin.copy:
    content: "{{ (all | partnerops.saas.partner_export).text }}"
    dest: partner-state.yml
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The text, and how much is in it.
  type: dict
  contains:
    text:
      description: The text of the state file.
      type: str
    counts:
      description:
        - The number of C(tenants), C(apps), C(marketplaces), C(clients) and C(members), of things that are left out
          (C(left_out)), and of tenants whose apps could not be read (C(unread)).
      type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.plugin_utils.export import Export
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted


def partner_export(account: t.Any, people: t.Any = (), name: str = "partner-state.yml") -> dict[str, t.Any]:
    """See ``DOCUMENTATION``."""
    account = plain(account)
    export = Export(account if isinstance(account, dict) and "tenants" in account else None, plain(people))
    try:
        made = {"text": export.text(str(name)), "counts": dict(export.counts)}
    except (KeyError, TypeError, AttributeError):
        raise AnsibleFilterError(
            "partner_export needs the result of partnerops.saas.mobsted_fleet_info: register that task, and filter its "
            "variable."
        ) from None
    return t.cast("dict[str, t.Any]", untrusted(made))


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_export": partner_export}
