# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup plugin ``partnerops.saas.partner_state``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_state
short_description: Read and check a partner's declared state
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Reads a state file (C(partner-state.yml)), evaluates its templates with the variables of the play, and checks all of
    it - form, values, duplicate addresses and names, icons. Every error is reported with its line and column.
  - The playbooks C(partnerops.saas.converge), C(partnerops.saas.report) and C(partnerops.saas.validate) use it. Nothing
    is sent anywhere.
  - The file may be encrypted with Ansible Vault, as a whole or value by value.
options:
  _terms:
    description: State files.
    type: list
    elements: path
    required: true
  only:
    description:
      - Read only these of the outermost keys. The others are left out, so their secrets need not be at hand.
    type: list
    elements: str
    choices: [mobsted, mip]
  files:
    description:
      - Whether to check the files that the state names, such as icons.
    type: bool
    default: true
  required:
    description:
      - Whether a file with errors fails the lookup. Without it, the errors are in the result.
    type: bool
    default: false
seealso:
  - plugin: partnerops.saas.partner_state
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check a state file before it is merged
  ansible.builtin.assert:
    that: checked.errors | length == 0
    fail_msg: "{{ checked.lines }}"
  vars:
    checked: "{{ lookup('partnerops.saas.partner_state', 'partner-state.yml') }}"
"""

RETURN = r"""
_value:
  description: One entry for each file.
  type: list
  elements: dict
  contains:
    state:
      description: The state, with absolute file names. It contains the secrets of the file.
      type: dict
    errors:
      description: What is wrong. Empty for a valid file.
      type: list
      elements: dict
      contains:
        file:
          description: The state file.
          type: str
        line:
          description: Line, from 1. Null if the error is not about a place.
          type: int
        column:
          description: Column, from 1.
          type: int
        path:
          description: Path of the value, such as C(mobsted.tenants[0].email).
          type: str
        message:
          description: What is wrong, and what to do.
          type: str
    lines:
      description: The errors as lines that start with C(file:line:column), as compilers and editors write them.
      type: list
      elements: str
    warnings:
      description: What is valid but may be a mistake, as lines.
      type: list
      elements: str
"""

import os
import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import PartnerState
from ansible_collections.partnerops.saas.plugins.plugin_utils.state_file import Problem, StateFile
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted


class LookupModule(LookupBase):
    """Read and check state files. See ``DOCUMENTATION``."""

    def run(self, terms: list[t.Any], variables: t.Any = None, **kwargs: t.Any) -> list[t.Any]:
        """Return one entry for each file."""
        self.set_options(var_options=variables, direct=kwargs)
        return [self._one(str(term)) for term in self._flatten(terms)]

    def _one(self, name: str) -> t.Any:
        path = os.path.abspath(os.path.expanduser(name))
        only = self.get_option("only") or ()
        document = StateFile(path, self._loader, self._templar, only).read()
        checked = PartnerState(
            document, os.path.dirname(path), partial=bool(only), files=self.get_option("files")
        ).check()
        lines = [problem.text(name) for problem in checked.problems]
        if lines and self.get_option("required"):
            raise AnsibleLookupError(f"{name} is not a valid state. {'  '.join(lines)}")
        return untrusted(
            {
                "state": checked.state,
                "errors": [_entry(name, problem) for problem in checked.problems],
                "lines": lines,
                "warnings": [problem.text(name) for problem in checked.warnings],
            }
        )


def _entry(file: str, problem: Problem) -> dict[str, t.Any]:
    place = problem.place
    return {
        "file": file,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "path": problem.path or None,
        "message": problem.message,
    }
