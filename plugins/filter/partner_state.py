# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_state``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_state
short_description: Check a partner's declared state and make its file names absolute
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Checks the form of the content of a C(partner-state.yml). It finds unknown keys, missing keys, and lists and
    mappings in the wrong place.
  - Makes the file names in the state absolute.
  - It does not check values, duplicates or the content of files. The lookup P(partnerops.saas.partner_state#lookup),
    which the playbooks use, checks all of that and names the line of each error.
positional: folder
options:
  _input:
    description: The content of the state file.
    type: dict
    required: true
  folder:
    description: The folder in which relative file names start, usually the folder of the state file.
    type: str
    required: true
seealso:
  - module: partnerops.saas.mobsted_fleet
  - module: partnerops.saas.mip_marketplace
"""

EXAMPLES = r"""
- name: Read the declared state
  ansible.builtin.include_vars:
    file: partner-state.yml
    name: partner_state
  no_log: true

- name: Check the form of the state
  ansible.builtin.assert:
    that: checked.errors | length == 0
    fail_msg: "{{ checked.errors | join(' ') }}"
  vars:
    checked: "{{ partner_state | partnerops.saas.partner_state(playbook_dir) }}"
"""

RETURN = r"""
_value:
  description:
    - C(state) is the state with absolute file names. C(errors) is a list of sentences, each with the path of the place
      in the state. It is empty if there are no errors.
  type: dict
"""

import typing as t

from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import read_state


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_state": read_state}
