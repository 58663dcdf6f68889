# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partner_transcript``; plugin_utils/test_contract.py tests the verdicts."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter.partner_transcript import FilterModule
from ansible_collections.partnerops.saas.plugins.module_utils.version import VERSION

partner_transcript = FilterModule().filters()["partner_transcript"]
DONE = {"status": 200, "headers": {}, "body": {"status": 'text: "ok"'}}
ENTRY = {"request": {"method": "POST", "path": "/member/1/remove/2"}, "outcome": "200", "response": DONE}


@pytest.mark.parametrize("mobsted", [None, []])
def test_a_transcript(mobsted: t.Any) -> None:
    assert partner_transcript({"mip": (ENTRY,), "mobsted": mobsted}) == {
        "collection": VERSION,
        "summary": {"as described": 1, "differs": 0, "not described": 0},
        "differences": [],
        "exchanges": [{"vendor": "mip", "verdict": "as described", "where": [], **ENTRY}],
    }


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        [ENTRY],
        {"mip": "text"},
        {"mip": 5},
        {"mip": [{}]},
        {"mip": [{**ENTRY, "request": None}]},
        {"mip": [{**ENTRY, "response": "text"}]},
        {"acme": [ENTRY]},
        {"coverage": [ENTRY]},
    ],
    ids=str,
)
def test_something_else(data: t.Any) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^partner_transcript needs \{'mobsted': \.\.\., 'mip': \.\.\.\}"):
        partner_transcript(data)
