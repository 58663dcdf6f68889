# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_state``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_state
short_description: Check a partner's declared state, and find its files
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Checks the form of what is in a C(partner-state.yml) - unknown keys, missing keys, lists and mappings in the wrong
    place - and makes the file names in it absolute.
  - The playbook C(partnerops.saas.converge) uses it. It is of use by itself to check state files before they are
    merged.
positional: folder
options:
  _input:
    description: The content of the state file.
    type: dict
    required: true
  folder:
    description: The folder in which relative file names start, usually that of the state file.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Read the declared state
  ansible.builtin.include_vars:
    file: partner-state.yml
    name: partner_state
  no_log: true

- name: Check its form
  ansible.builtin.assert:
    that: checked.errors | length == 0
    fail_msg: "{{ checked.errors | join(' ') }}"
  vars:
    checked: "{{ partner_state | partnerops.saas.partner_state(playbook_dir) }}"
"""

RETURN = r"""
_value:
  description:
    - The key C(state) holds the state with absolute file names, the key C(errors) a list of sentences, each with the
      path of the place in the state; it is empty where nothing is wrong.
  type: dict
"""

import typing as t

from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import read_state


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_state": read_state}
