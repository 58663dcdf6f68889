# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of statuses: every status has one rule, and the page on errors shows the same table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import CODES
from ansible_collections.partnerops.saas.plugins.module_utils.http.status import (
    AGAIN,
    EXISTS,
    LEAVE,
    LOOK,
    RENEW,
    RULES,
    STOP,
    WAIT,
    rule_of,
)

PAGE = Path(__file__).resolve().parents[5] / "docs" / "docsite" / "rst" / "guide_errors.rst"


@pytest.mark.parametrize(
    ("statuses", "executed", "read", "create", "toggle", "code"),
    [
        ((401,), False, RENEW, RENEW, RENEW, "auth_failed"),
        ((429,), False, WAIT, WAIT, WAIT, "rate_limited"),
        ((400, 422), False, STOP, EXISTS, STOP, "invalid_input"),
        ((409,), False, STOP, EXISTS, STOP, "duplicate"),
        ((403,), False, STOP, STOP, STOP, "forbidden"),
        ((404, 410), False, STOP, STOP, STOP, "not_found"),
        ((407,), False, STOP, STOP, STOP, "unreachable"),
        ((402, 405, 413, 418, 423, 451), False, STOP, STOP, STOP, "invalid_input"),
        ((408,), None, AGAIN, LOOK, LEAVE, "timeout"),
        ((499, 500, 502, 503, 504, 507, 509, 520, 524, 530, 598, 599), None, AGAIN, LOOK, LEAVE, "server_error"),
        ((501, 505, 511), None, STOP, LOOK, LEAVE, "server_error"),
        ((600, 999, 0, 99), None, STOP, LOOK, LEAVE, "invalid_response"),
    ],
)
def test_what_a_status_means(statuses, executed, read, create, toggle, code):
    for status in statuses:
        rule = rule_of(status)
        assert (rule.executed, rule.read, rule.create, rule.toggle, rule.code) == (executed, read, create, toggle, code)
        assert rule.email == rule.toggle


def test_only_two_statuses_let_a_write_be_sent_again():
    again = {status for status in range(1000) if rule_of(status).create in (WAIT, RENEW)}
    assert again == {401, 429}


def test_codes_are_those_of_the_collection():
    assert {rule.code for rule in RULES} <= CODES


def test_the_page_on_errors_shows_the_table():
    text = PAGE.read_text(encoding="utf-8")
    table = text.partition(".. begin-status-table")[2].partition(".. end-status-table")[0]
    rows = [re.split(r"\n     - ", row.strip()) for row in re.split(r"\n   \* - ", table)[2:]]
    assert rows == [list(rule.row()) for rule in RULES]
