# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_variables``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_variables
short_description: Finds misspelt variables of the playbooks
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Ansible ignores a variable that nobody reads, so a misspelt one has no effect. This filter finds names that are
    nearly those of the playbooks' variables, such as C(partner_max_create), and unknown keys in
    C(partner_mobsted_connection) and C(partner_mip_connection).
  - The playbooks of this collection begin with it.
options:
  _input:
    description: The names of the variables that are set.
    type: list
    elements: str
    required: true
  mobsted:
    description: The value of C(partner_mobsted_connection).
    type: dict
    default: {}
  mip:
    description: The value of C(partner_mip_connection).
    type: dict
    default: {}
seealso:
  - ref: ansible_collections.partnerops.saas.docsite.guide_playbooks
    description: The playbooks and their variables.
"""

EXAMPLES = r"""
- name: Check the names of the variables before a playbook is imported
  ansible.builtin.assert:
    that: misspelt | length == 0
    fail_msg: "{{ misspelt | join(' ') }}"
  vars:
    misspelt: "{{ query('ansible.builtin.varnames', '^partner_') | partnerops.saas.partner_variables }}"
"""

RETURN = r"""
_value:
  description: A sentence for each mistake, with the name that was probably meant.
  type: list
  elements: str
  sample: ["partner_max_create is no variable of this playbook. Did you mean partner_max_creates? Correct its name."]
"""

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.plugin_utils.playbook_variables import mistakes
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted


def partner_variables(names: t.Any, mobsted: t.Any = None, mip: t.Any = None) -> list[str]:
    """Return a sentence for each mistake. See ``DOCUMENTATION``."""
    given = plain(names)
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise AnsibleFilterError(
            "partner_variables needs a list of names: give it what query('ansible.builtin.varnames', '^partner_') "
            "returns."
        )
    both = {"mobsted": mobsted, "mip": mip}  # their values are secret, and not needed
    connections = {vendor: list(one) if isinstance(one, t.Mapping) else [] for vendor, one in both.items()}
    return t.cast("list[str]", untrusted(mistakes(given, connections)))


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_variables": partner_variables}
