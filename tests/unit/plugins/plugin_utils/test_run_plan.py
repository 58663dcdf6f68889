# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a run over both vendors: lines, JSON, Markdown, and what ``partner_fail_on`` finds in it."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter.partner_plan import FilterModule
from ansible_collections.partnerops.saas.plugins.plugin_utils.run_plan import LISTS, SHOWN, RunPlan

HOSTILE = "x](javascript:1)<script>\n- [ ] `@everyone` {{ 7 * 7 }}"


def plan_of(*, line: str = "Plan: ", in_sync: int = 0, **lists: t.Any) -> dict[str, t.Any]:
    return {**{name: [] for name in LISTS}, **lists, "in_sync": in_sync, "line": line}


def tenant(email: str = "a@x.example", **more: t.Any) -> dict[str, t.Any]:
    return {"kind": "tenant", "label": f"tenant {email}", "email": email, "link": None, "attributes": {}, **more}


def app(name: str = "Shop", **more: t.Any) -> dict[str, t.Any]:
    blank: dict[str, t.Any] = {"id": 7, "link": None, "attributes": {}}
    return {"kind": "app", "label": f"app {name!r}", "name": name, "tenant": None, **blank, **more}


def member(**more: t.Any) -> dict[str, t.Any]:
    email = "m@x.example"
    return {"kind": "member", "label": f"member {email}", "email": email, "marketplace_id": 7, **more}


DRIFT = [{"field": "title", "declared": "Shop", "actual": "Old_Shop"}]
BLOCKED = {"before": {"state": "present", "blocked": False}, "after": {"state": "present", "blocked": True}}


def run_plan(check_mode: bool = True) -> RunPlan:
    mobsted = plan_of(create=[tenant()], differs=[app(drift=DRIFT)], undeclared=[app("Extra")], in_sync=2)
    market = plan_of(
        change=[member(**BLOCKED)],
        remove=[member(**BLOCKED)],
        unconfirmed=[member()],
        unverified=[tenant("s@x.example", msg="The password is stale.")],
        failed=[member(msg="It failed.")],
        skipped=[member(msg="It was not started.")],
        in_sync=1,
    )
    if not check_mode:
        mobsted["line"] = market["line"] = "Done: "
    return RunPlan({"plan": mobsted}, [{"marketplace_id": 7, "plan": market}, {"skipped": True}], check_mode=check_mode)


def test_the_line_has_the_rare_kinds_at_its_end() -> None:
    assert run_plan().line == (
        "Plan: 1 to create, 1 differs, 1 unverified, 1 not declared, 3 in sync, 1 to change, 1 to remove, "
        "1 unconfirmed, 1 failed, 1 not started"
    )
    assert run_plan(check_mode=False).line.startswith("Done: 1 created, ")
    assert RunPlan({}, [], check_mode=True).line == (
        "Plan: 0 to create, 0 differs, 0 unverified, 0 not declared, 0 in sync"
    )


def test_people_in_a_marketplace_that_is_not_declared_are_undeclared() -> None:
    row = {"kind": "client", "marketplace_id": 9, "email": "c@x.example", "id": 5, "state": "present", "intent": None}
    people = [
        row,
        {**row, "kind": "member", "id": None, "state": "unknown", "intent": "add"},
        {**row, "email": "toggled@x.example", "intent": "toggle"},
        {**row, "email": "gone@x.example", "state": "absent"},
        {**row, "email": "going@x.example", "intent": "remove"},
        {**row, "email": "here@x.example", "marketplace_id": 7},
        {**row, "kind": "user", "marketplace_id": None},
    ]
    plan = RunPlan({}, [{"marketplace_id": 7, "plan": plan_of()}], check_mode=True, people=people)
    assert [one["label"] for one in plan.entries["undeclared"]] == [
        "client c@x.example of marketplace 9",
        "member c@x.example of marketplace 9",
        "client toggled@x.example of marketplace 9",
    ]
    assert plan.lines() == [
        "MIP marketplace 9, clients that are not declared (reported, never touched): c@x.example, toggled@x.example",
        "MIP marketplace 9, members that are not declared (reported, never touched): c@x.example",
        "Plan: 0 to create, 0 differs, 0 unverified, 3 not declared, 0 in sync",
    ]


def test_the_lines_name_each_thing() -> None:
    assert run_plan(check_mode=False).lines()[:-1] == [
        "Created: tenant a@x.example",
        "Changed: member m@x.example (present to blocked)",
        "Removed: member m@x.example",
        "Differs: app 'Shop', title is 'Old_Shop', declared 'Shop'",
        "Unverified: tenant s@x.example. The password is stale.",
        "Unconfirmed: member m@x.example, the invitation may or may not have been sent",
        "Mobsted apps that are not declared (reported, never touched): 'Extra'",
    ]


def test_with_several_marketplaces_people_are_told_apart() -> None:
    entries: dict[str, t.Any] = {"create": [member(attributes={}, link=None)], "undeclared": [member()]}
    markets = [{"marketplace_id": number, "plan": plan_of(**entries)} for number in (1, 7)]
    both = RunPlan({"plan": plan_of(create=[tenant()])}, markets, check_mode=True)
    assert both.lines()[:3] == [
        "To create: tenant a@x.example",
        "To create: member m@x.example of marketplace 1",
        "To create: member m@x.example of marketplace 7",
    ]
    assert both.exceeded(["undeclared"]) == [
        "2 undeclared (member m@x.example of marketplace 1, member m@x.example of marketplace 7)."
    ]
    assert "example of marketplace 7\n" in both.as_markdown()
    one = RunPlan({}, [*markets[:1], {"skipped": True}], check_mode=True)
    assert "To create: member m@x.example" in one.lines()


def test_many_things_are_shortened_on_the_screen_alone() -> None:
    many = RunPlan(
        {"plan": plan_of(create=[tenant(f"t{number}@x.example") for number in range(300)])}, [], check_mode=True
    )
    assert len(many.lines()) == SHOWN + 2
    assert "and 250 more" in many.lines()[-2]
    assert many.as_markdown().count("\n- tenant ") == 300
    assert len(json.loads(many.as_json())["create"]) == 300
    assert many.creates() == "300 things (300 tenants)"
    assert many.exceeded(["pending"]) == [
        "300 pending (" + ", ".join(f"tenant t{number}@x.example" for number in range(5)) + " and 295 more)."
    ]


def test_markdown_shows_text_as_it_is() -> None:
    entry = app(HOSTILE, label=HOSTILE, attributes={"title": HOSTILE}, link=HOSTILE)
    drift = app(drift=[{"field": "title", "declared": HOSTILE, "actual": None}])
    mobsted = {"msg": HOSTILE, "plan": plan_of(create=[entry], differs=[drift])}
    text = RunPlan(mobsted, [], check_mode=True).as_markdown()
    assert "<script" not in text.replace("\\<script", "")
    assert "](javascript" not in text.replace("\\]\\(javascript", "")
    assert "\n- [ ]" not in text
    assert "@everyone" not in text
    for line in text.splitlines():
        assert line.count("`") == line.count("\\`")
    good = RunPlan({"plan": plan_of(create=[app(link="https://w.example/a_b?c=1&d=2")])}, [], check_mode=False)
    assert "<https://w.example/a_b?c=1&d=2>" in good.as_markdown()


def test_a_task_that_failed_at_once_is_reported() -> None:
    failed = RunPlan({"msg": "No connection.", "failed": False}, [], check_mode=False)
    assert json.loads(failed.as_json())["errors"] == ["No connection."]
    assert "> No connection." in failed.as_markdown()


def test_the_filter_checks_what_it_gets() -> None:
    found = FilterModule().filters()["partner_plan"]
    with pytest.raises(AnsibleFilterError, match="only pending, drift"):
        found({}, fail_on=["typo"])
    for wrong in ("x", [1], {"plan": {"line": ""}}):
        with pytest.raises(AnsibleFilterError, match="mobsted_fleet"):
            found(wrong)
    assert found({"plan": plan_of(undeclared=[app()])}, fail_on=["undeclared"])["exceeded"] == [
        "1 undeclared (app 'Shop')."
    ]


def test_a_warning_if_nobody_keeps_the_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    name = "ansible_collections.partnerops.saas.plugins.filter.partner_plan.Display.warning"
    monkeypatch.setattr(name, lambda _self, text: texts.append(text))
    found = FilterModule().filters()["partner_plan"]
    found({"plan": plan_of(create=[app()])}, credentials_kept=False)
    found({"plan": plan_of(create=[tenant()])})
    assert texts == []
    found({"plan": plan_of(create=[tenant()])}, credentials_kept=False)
    assert "partner_credentials_dest" in texts[0]
