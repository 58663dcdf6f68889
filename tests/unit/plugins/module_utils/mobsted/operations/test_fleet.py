# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mobsted_fleet`` to its result: messages, diffs, warnings, failures."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.bulk import items, plan
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import fleet as fleet_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations import fleet as fleet_operation
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import run_fleet
from ansible_collections.partnerops.saas.tests.support.scripted import Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import (
    PNG,
    Controller,
    app_row,
    failing,
    listing,
    row,
    rows,
)


def test_check_mode_predicts_tenants_and_their_apps(api: Script, fleet: t.Any) -> None:
    controller = Controller()
    listing(api)
    api.expect("GET", "applications").json(rows(app_row(1, "My Sub Accounts")))  # is it a master account at all?
    declared = {"email": "New@a.example", "apps": [{"name": "Shop", "website_url": "https://s.example"}]}
    result = run_fleet(fleet(declared, check_mode=True, diff_mode=True, controller=controller))
    assert result["changed"]
    assert result["tenants"][0]["tenant"]["id"] is None
    assert result["tenants"][0]["apps"][0]["changed"]
    assert result["tenants"][0]["credentials"] == {"login": "New@a.example", "password": None}
    assert result["diff"]["after"].splitlines() == [
        " tenant New@a.example",
        " app 'Shop' of New@a.example",
        "     website_url: 'https://s.example'",
    ]
    assert result["diff"]["prepared"] == "Plan: 2 to create, 0 differs, 0 unverified, 0 not declared, 0 in sync\n"
    assert controller.remembered == {"new@a.example", "Shop"}


def test_check_mode_says_that_the_account_is_a_clients(api: Script, fleet: t.Any) -> None:
    """Otherwise the plan would create every tenant, and the run be refused."""
    listing(api)
    api.expect("GET", "applications").json(rows(app_row(1, "Shop", WebSiteUrl="https://shop.example")))
    task = fleet("new@a.example", check_mode=True)
    assert run_fleet(task)["changed"]
    [warning] = [text for text in task.warnings if "no master account" in text]
    assert "app ID 1 is the ordinary app 'Shop', so its empty list proves nothing. Set api_url" in warning


def test_check_mode_reports_an_app_that_could_not_be_created(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("GET", "applications").json({}, 403)  # then nothing is said about the account
    error = failing(fleet({"email": "new@a.example", "apps": [{"name": "Shop"}]}, check_mode=True))
    assert error.code == "invalid_input"
    assert "app 'Shop' of new@a.example: " in error.msg
    assert "website_url" in error.msg


def test_a_record_without_password_is_warned_about(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("POST", "partners").fails(reset())
    api.expect("GET", "object").json({"data": [row(4, "a@a.example", UserPassword="")]})
    task = fleet("a@a.example", settle=0)
    assert run_fleet(task)["tenants"][0]["reconciled"]
    assert "reset it by e-mail" in task.warnings[0]


def test_drift_is_warned_about_or_fails(api: Script, fleet: t.Any) -> None:
    apps = [
        {"name": name, "website_url": "https://want.example", "on_drift": drift}
        for name, drift in (("One", "warn"), ("Two", "fail"), ("Three", "ignore"))
    ]
    there = [
        app_row(number, name, webSiteUrl="https://has.example")
        for number, name in ((2, "One"), (3, "Two"), (4, "Three"))
    ]
    listing(api)
    listing(api, *there, path="applications")
    task = fleet(apps=apps, diff_mode=True)
    error = failing(task)
    assert len(task.warnings) == 1
    assert "'One'" in task.warnings[0]
    assert [one["failed"] for one in error.result["apps"]] == [False, True, False]
    assert error.result["apps"][1]["drift"][0]["actual"] == "https://has.example"
    assert error.result["diff"]["prepared"].startswith("~ app 'One': website_url is 'https://has.example', declared ")


def test_many_drifts_are_reported_once(api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_operation, "WARNED", 1)
    monkeypatch.setattr(plan, "UNDECLARED_SHOWN", 1)
    listing(api, row(1, "x@a.example"), row(2, "y@a.example"))
    listing(api, *(app_row(n, f"App{n}", webSiteUrl="https://has.example") for n in (2, 3)), path="applications")
    apps = [{"name": f"App{n}", "website_url": "https://want.example"} for n in (2, 3)]
    task = fleet(apps=apps, diff_mode=True)
    result = run_fleet(task)
    assert len(task.warnings) == 2
    assert task.warnings[1].startswith("1 more apps differ")
    assert "? and 1 more are not declared" in result["diff"]["prepared"]


def test_many_failures_are_all_named(api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "REASONS_SHOWN", 1)
    listing(api)
    for _number in range(2):
        api.expect("POST", "partners").json({"error": "no"}, status=403)
    api.expect("POST", "partners").json({"error": "not yet"}, status=403)
    error = failing(fleet("a@a.example", "b@a.example", "c@a.example"))
    assert error.msg.endswith("Also failed: tenant c@a.example.")


def test_failures_with_one_reason_are_reported_once(api: Script, fleet: t.Any) -> None:
    listing(api)
    for _number in range(2):
        api.expect("POST", "partners").json({"error": "no"}, status=403)
    error = failing(fleet("a@a.example", "b@a.example"))
    assert "tenant a@a.example, tenant b@a.example: The account may not create tenants" in error.msg
    assert error.msg.count("ask the vendor") == 1


def test_a_defect_is_reported_with_its_item(api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: t.Any, **_more: t.Any) -> t.Any:
        raise RuntimeError("a defect")

    monkeypatch.setattr(fleet_module, "ensure_tenant", broken)
    listing(api)
    error = failing(fleet("a@a.example"))
    assert error.code == "unknown_outcome"
    assert "a defect" in error.result["tenants"][0]["msg"]
    assert "RuntimeError" in error.result["exception"]


def test_a_failing_listing_fails_the_task_before_anything_is_sent(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json({"error": "no"}, status=403)
    error = failing(fleet("a@a.example"))
    assert error.code == "forbidden"
    assert error.result == {}


def test_an_icon_is_sent_and_doubts_are_reported_once(api: Script, fleet: t.Any, tmp_path: Path) -> None:
    good, odd = tmp_path / "good.png", tmp_path / "odd.png"
    good.write_bytes(PNG)
    odd.write_bytes(b"GIF89a")
    listing(api)
    listing(api, path="applications")
    for name, content in (("One", PNG), ("Two", b"GIF89a"), ("Three", b"GIF89a")):
        icon = ("good.png", "image/png", PNG) if content == PNG else ("icon.gif", "image/gif", content)
        form = {"name": name, "icon": icon}
        api.expect("POST", "applications", form=form).json({"data": [app_row(5, name)]})
    files = (("One", good), ("Two", odd), ("Three", odd))
    task = fleet(apps=[{"name": n, "icon": str(p), "website_url": "https://x.example"} for n, p in files])
    run_fleet(task)
    assert len(task.warnings) == 1
