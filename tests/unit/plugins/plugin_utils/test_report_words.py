# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report says in words."""

from __future__ import annotations

import html
import json
import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter.partner_attention import FilterModule
from ansible_collections.partnerops.saas.plugins.module_utils.errors import CODES
from ansible_collections.partnerops.saas.plugins.plugin_utils import report_words
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.test_report import data, entry, tenant


def person(**more: t.Any) -> dict[str, t.Any]:
    blank = {"marketplace_id": 7, "kind": "member", "email": "m@x.example", "state": "present"}
    return {**blank, "blocked": None, "intent": None, **more}


def test_words_are_those_of_codes_that_exist() -> None:
    assert set(report_words.WORDS) <= CODES
    assert report_words.words({"code": "stale_credentials"}) == "The client changed the password."
    assert report_words.words({"code": "something"}) == report_words.words(None) == "It could not be read."


def test_marketplaces_are_counted() -> None:
    people = [
        person(),
        person(kind="client", blocked=True),
        person(state="absent"),
        person(intent="add", state="unknown", email="open@x.example"),
        person(intent="toggle", email="toggled@x.example"),
        person(marketplace_id=3),
        person(kind="user", marketplace_id=None),
    ]
    first, second = report_words.markets(people)
    assert (first["id"], first["members"]) == (3, 1)
    assert {**second} == {
        "id": 7,
        "clients": 1,
        "members": 2,
        "blocked": 1,
        "invitations": ["open@x.example"],
        "unclear": ["toggled@x.example"],
    }


def test_growth_is_reported_from_the_numbers_of_a_page() -> None:
    now = {"tenants": 5, "apps": 2, "launches": 10, "installs": None, "people": 1, "emails": ["a", "b"]}
    before = {**now, "at": "yesterday", "tenants": 3, "launches": 1010, "emails": ["a"]}
    found = report_words.growth(now, before)
    assert found == {
        "since": "yesterday",
        "tenants": "+2",
        "apps": None,
        "launches": "\u22121,000",
        "installs": None,
        "people": None,
        "new": {"b"},
    }
    assert report_words.growth(now, None)["new"] == set()


@pytest.mark.parametrize("told", ["", "{", "[]", "{}", '{"emails": 7}', "x" * 9])
def test_numbers_that_can_not_be_used_are_none(told: str) -> None:
    page = f'<meta name="partnerops-numbers" content="{html.escape(told)}">'
    assert report_words.numbers_in(page) is None
    assert report_words.numbers_in(None) is None


def test_numbers_survive_the_page() -> None:
    wild = {"at": "\"'><b>", "emails": ["\u2028'\"@x"]}
    page = f'<meta name="partnerops-numbers" content="{html.escape(json.dumps(wild))}">'
    assert report_words.numbers_in(page) == wild


def test_wrong_numbers_of_a_page_break_nothing() -> None:
    now = {"tenants": 5, "apps": 2, "launches": 10, "installs": 0, "people": 1, "emails": []}
    wrong: dict[str, t.Any] = {"tenants": "5", "apps": None, "launches": True, "emails": [{}, 7]}
    assert report_words.growth(now, wrong)["tenants"] is None
    assert report_words.growth(now, wrong)["launches"] is None


def test_points_name_each_thing_once() -> None:
    gone = {**entry("Gone"), "exists": False, "app": None}
    drifted = entry("Shop", drift=[{"field": "title"}], declared=True)
    found = report_words.points(
        data(
            tenant("a@x.example", drifted, gone, entry("Extra", declared=False)),
            tenant("b@x.example", entry("Own", declared=False), declared=False),
            tenant("c@x.example", failed=True, failure={"code": "timeout"}),
            tenant("d@x.example", gone, exists=False),
            undeclared=["b@x.example"],
            missing=["d@x.example"],
            apps=[entry("Portal", declared=False)],
        ),
        [person(intent="add", state="unknown")],
    )
    assert found == {
        "pending": ["tenant d@x.example", "app 'Gone' of a@x.example"],
        "drift": ["app 'Shop' of a@x.example"],
        "undeclared": ["tenant b@x.example", "app 'Portal'", "app 'Extra' of a@x.example"],
        "unverified": ["tenant c@x.example (The platform did not respond in time)"],
        "unconfirmed": ["m@x.example in marketplace 7"],
    }


def test_the_filter_shortens_and_checks() -> None:
    found = FilterModule().filters()["partner_attention"]
    many = data(undeclared=[f"t{number}@x.example" for number in range(9)])
    told = found(many, fail_on=["undeclared", "drift"])
    assert told["lines"] == [
        "9 not declared: " + ", ".join(f"tenant t{number}@x.example" for number in range(5)) + " and 4 more"
    ]
    assert told["exceeded"][0].startswith("9 undeclared (tenant t0@x.example, ")
    assert len(told["points"]["undeclared"]) == 9
    with pytest.raises(AnsibleFilterError, match="only pending, drift"):
        found(many, fail_on=["typo"])
    wrongs: list[t.Any] = [{}, None, [1]]
    for wrong in wrongs:
        with pytest.raises(AnsibleFilterError, match="mobsted_fleet_info"):
            found(wrong)


def test_one_thing_and_several_are_told_apart() -> None:
    assert report_words.lines({"drift": ["app 'A'"], "unconfirmed": ["m@x.example in marketplace 7"]}) == [
        "1 differs from the state file: app 'A'",
        "1 invitation without a known outcome: m@x.example in marketplace 7",
    ]
    assert report_words.lines({"drift": ["app 'A'", "app 'B'"], "pending": []}) == [
        "2 differ from the state file: app 'A', app 'B'"
    ]
