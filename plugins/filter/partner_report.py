# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_report``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_report
short_description: HTML report of a Mobsted master account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Returns one self-contained HTML page with the tenants, the apps, their usage, their QR codes, and the differences
    from a declaration. Text from the API is escaped.
  - The playbook C(partnerops.saas.report) uses this filter and writes the page to a file.
  - QR codes need the Python library C(segno) in the Python that runs Ansible. Without it, the filter issues a warning
    and the page only has links.
positional: _input
options:
  _input:
    description:
      - The result of M(partnerops.saas.mobsted_fleet_info).
    type: dict
    required: true
  previous:
    description:
      - The existing page. If its content is still up to date, the filter returns it unchanged, including its date.
        Otherwise the new page shows the growth since then.
    type: str
  people:
    description:
      - The clients and members of MIP, RV(partnerops.saas.mip_ledger_info#module:entries). None leaves MIP out.
    type: list
    elements: dict
    default: []
    version_added: 1.1.0
  generated:
    description:
      - Date and time to show on the page. The default is the current time.
    type: str
seealso:
  - module: partnerops.saas.mobsted_fleet_info
"""

EXAMPLES = r"""
- name: Read all tenants and apps
  partnerops.saas.mobsted_fleet_info:
  register: all

- name: Write the page
  ansible.builtin.copy:
    content: "{{ all | partnerops.saas.partner_report }}"
    dest: "{{ playbook_dir }}/partner-report.html"
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The HTML page.
  type: str
"""

import sys
import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.plugin_utils.html_parts import HAS_SEGNO
from ansible_collections.partnerops.saas.plugins.plugin_utils.report import render


def partner_report(data: t.Any, previous: str | None = None, generated: str | None = None, people: t.Any = ()) -> str:
    """Return the page. See ``DOCUMENTATION``."""
    if not HAS_SEGNO:
        Display().warning(
            "The report has no QR codes, since the Python library segno is not installed for "
            f"{sys.executable}, the Python that runs Ansible. Install it with: {sys.executable} -m pip install segno"
        )
    try:
        return render(data, generated, previous, people)
    except (KeyError, TypeError, AttributeError):
        raise AnsibleFilterError(
            "partner_report needs the result of partnerops.saas.mobsted_fleet_info: register that task, and filter its "
            "variable."
        ) from None


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_report": partner_report}
