# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a fleet: what is created, what differs, what could not be compared, what nobody declares."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import run_fleet
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import (
    app_row,
    created,
    failing,
    rows,
)

MakeTask = t.Callable[..., t.Any]
SITE = "https://site.example"


def row(number: int, email: str) -> dict[str, t.Any]:
    known = {"UserLogin": email, "TenantName": f"name{number}", "ServerName": "mobsted.com"}
    return {"id": number, "attributes": {**known, "UserPassword": f"first-password-{number}"}}


def app(name: str, **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "website_url": SITE, **more}


def host(number: int, name: str = "name") -> str:
    return f"https://{name}{number}-admin.mobsted.com"


@pytest.fixture
def fleet(make_task: MakeTask) -> t.Callable[..., t.Any]:
    """Return a function that creates a task, with one request at a time."""

    def make(*tenants: t.Any, **more: t.Any) -> t.Any:
        declared = [{"email": one, "apps": []} if isinstance(one, str) else {"apps": [], **one} for one in tenants]
        return make_task(**{"tenants": declared, "apps": [], "concurrency": 1, "on_error": "continue", **more})

    return make


def counted(result: dict[str, t.Any], kind: str) -> dict[str, int]:
    return {name: number for name, number in result["summary"][kind].items() if number and name != "declared"}


def account(api: Script, number: int, *apps: dict[str, t.Any]) -> None:
    api.login(f"t{number}", host=host(number))
    api.expect("GET", "applications", host=host(number)).json(rows(*apps))


def test_every_kind_in_one_plan(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json(
        rows(*(row(n, f"{name}@a.example") for n, name in enumerate(("old", "stale", "other"), 1)))
    )
    stale = host(2)
    account(
        api,
        1,
        app_row(4, "Shop", webSiteUrl="https://has.example"),
        app_row(5, "Help", webSiteUrl=SITE),
        app_row(6, "Extra"),
    )
    api.expect("GET", "auth", host=stale).json({"error": "wrong"}, status=401)
    task = fleet(
        {
            "email": "old@a.example",
            "apps": [app("Shop"), app("Help", widget_html="<b>"), app("News", title="The news")],
        },
        {"email": "stale@a.example", "apps": [app("Shop"), app("Help")]},
        {"email": "new@b.example", "apps": [app("Shop")]},
        on_stale_credentials="warn",
        check_mode=True,
        diff_mode=True,
    )
    result = run_fleet(task)
    plan = result["plan"]
    assert plan["line"] == "Plan: 3 to create, 1 differs, 1 unverified, 2 not declared, 2 in sync"
    assert [(one["kind"], one["label"], one["attributes"]) for one in plan["create"]] == [
        ("app", "app 'News' of old@a.example", {"title": "The news", "website_url": SITE}),
        ("tenant", "tenant new@b.example", {}),
        ("app", "app 'Shop' of new@b.example", {"website_url": SITE}),
    ]
    assert plan["differs"] == [
        {
            "kind": "app",
            "label": "app 'Shop' of old@a.example",
            "tenant": "old@a.example",
            "name": "Shop",
            "id": 4,
            "link": None,
            "drift": [{"field": "website_url", "declared": SITE, "actual": "https://has.example"}],
        }
    ]
    assert [(one["email"], one["apps"]) for one in plan["unverified"]] == [("stale@a.example", ["Shop", "Help"])]
    assert [one["label"] for one in plan["undeclared"]] == ["tenant other@a.example", "app 'Extra' of old@a.example"]
    assert plan["in_sync"] == 2
    assert result["undeclared_apps"] == [{"tenant": "old@a.example", "name": "Extra", "id": 6}]
    assert counted(result, "tenants") == {"created": 1, "unchanged": 1, "unverified": 1}
    assert counted(result, "apps") == {"created": 2, "unchanged": 1, "drifted": 1, "unverified": 2}
    assert result["diff"]["after"].splitlines() == [
        " app 'News' of old@a.example",
        "     title: 'The news'",
        f"     website_url: '{SITE}'",
        " tenant new@b.example",
        " app 'Shop' of new@b.example",
        f"     website_url: '{SITE}'",
    ]
    notes = result["diff"]["prepared"].splitlines()
    assert notes[-1] == plan["line"]
    assert [line[0] for line in notes[:-1]] == ["~", "!", "?", "?"]
    assert result["tenants"][1]["unverified"]
    assert [one["unverified"] for one in result["tenants"][1]["apps"]] == [True, True]
    assert result["tenants"][0]["apps"][1]["not_compared"] == ["widget_html"]
    assert any("stale@a.example" in text for text in task.warnings)
    json.dumps(result)


def test_every_declared_thing_is_in_the_plan_once(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json(rows(row(1, "a@a.example"), row(2, "b@a.example")))
    account(api, 1, app_row(3, "One", webSiteUrl="https://has.example"))
    api.expect("GET", "auth", host=host(2)).json({"error": "wrong"}, status=401)
    error = failing(
        fleet(
            {"email": "a@a.example", "apps": [app("One", on_drift="fail"), {"name": "Two"}]},
            {"email": "b@a.example", "apps": [app("One")]},
            check_mode=True,
        )
    )
    plan = error.result["plan"]
    assert len(plan["differs"]) == 1
    assert [one["label"] for one in plan["failed"]] == ["app 'Two' of a@a.example", "app 'One' of b@a.example"]
    assert "password" in plan["failed"][1]["msg"]
    assert plan["in_sync"] == 2
    assert plan["line"].endswith("2 in sync, 2 failed")


def test_a_real_run_names_what_it_created_with_its_link(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json(rows())
    api.expect("POST", "partners").json(created(1, "a@a.example"))
    api.login("t", host=host(1, "new"))
    api.expect("GET", "applications", host=host(1, "new")).json(rows())
    made = app_row(7, "Shop", ShortCodeUrl="https://mbst.example/s7")
    api.expect("POST", "applications", host=host(1, "new")).json({"data": [made]})
    result = run_fleet(fleet({"email": "a@a.example", "apps": [app("Shop")]}, diff_mode=True))
    assert [(one["label"], one["link"]) for one in result["plan"]["create"]] == [
        ("tenant a@a.example", "https://new1-admin.mobsted.com"),
        ("app 'Shop' of a@a.example", "https://mbst.example/s7"),
    ]
    assert result["plan"]["create"][1]["id"] == 7
    assert result["diff"]["after"].splitlines() == [
        " tenant a@a.example (https://new1-admin.mobsted.com)",
        " app 'Shop' of a@a.example (https://mbst.example/s7)",
    ]
    assert result["plan"]["line"].startswith("Done: 2 created, ")


def test_ignored_drift_is_in_sync(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json(rows(row(1, "a@a.example")))
    account(api, 1, app_row(3, "One", webSiteUrl="https://has.example"))
    result = run_fleet(fleet({"email": "a@a.example", "apps": [app("One", on_drift="ignore", icon=None)]}))
    assert result["tenants"][0]["apps"][0]["drift"]
    assert counted(result, "apps") == {"unchanged": 1}
    assert result["plan"]["differs"] == []


def test_a_stale_password_fails_unless_it_is_tolerated(api: Script, fleet: t.Any) -> None:
    declared = {"email": "a@a.example", "apps": [app("One")]}
    api.expect("GET", "object").json(rows(row(1, "a@a.example")))
    api.expect("GET", "auth", host=host(1)).json({"error": "wrong"}, status=401)
    assert failing(fleet(declared)).code == "stale_credentials"
    # A password that the user gave does not count as stale.
    api.expect("GET", "object").json(rows(row(1, "a@a.example")))
    api.expect("GET", "auth", host=host(1)).json({"error": "wrong"}, status=401)
    given = {**declared, "tenant_password": "not-the-right-one"}
    assert failing(fleet(given, on_stale_credentials="warn")).code == "auth_failed"


# -- max_creates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [False, True])
def test_a_plan_that_would_create_too_much_is_refused_before_the_first(api: Script, fleet: t.Any, check: bool) -> None:
    api.expect("GET", "object").json(rows(row(1, "old@a.example")))
    account(api, 1, app_row(3, "One", webSiteUrl=SITE))
    task = fleet(
        {"email": "new@b.example", "apps": [app("One"), app("Two")]},
        {"email": "old@a.example", "apps": [app("One"), app("Two")]},
        max_creates=3,
        check_mode=check,
        diff_mode=True,
    )
    error = failing(task)
    assert error.code == "invalid_input"
    assert "4 things would be created (1 tenants, 3 apps), and max_creates is 3. Nothing was created." in error.msg
    assert [one["label"] for one in error.result["plan"]["create"]] == [
        "tenant new@b.example",
        "app 'One' of new@b.example",
        "app 'Two' of new@b.example",
        "app 'Two' of old@a.example",
    ]
    assert error.result["changed"] is check
    assert error.result["plan"]["line"].startswith("Plan: 4 to create, ")
    assert error.result["plan"]["in_sync"] == 2


def test_a_plan_within_the_bound_is_carried_out(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json(rows(row(1, "old@a.example")))
    account(api, 1, app_row(3, "One", webSiteUrl=SITE))
    api.expect("POST", "partners").json(created(9, "new@b.example"))
    api.login("t9", host=host(9, "new"))
    api.expect("GET", "applications", host=host(9, "new")).json(rows())
    api.expect("POST", "applications", host=host(9, "new")).json({"data": [app_row(3, "One")]})
    api.expect("POST", "applications", host=host(1)).json({"data": [app_row(4, "Two")]})
    result = run_fleet(
        fleet(
            {"email": "old@a.example", "apps": [app("One"), app("Two")]},
            {"email": "new@b.example", "apps": [app("One")]},
            max_creates=3,
        )
    )
    assert counted(result, "apps") == {"created": 2, "unchanged": 1}
    assert counted(result, "tenants") == {"created": 1, "unchanged": 1}


def test_what_is_within_the_bound_anyway_costs_nothing(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json(rows())
    api.expect("POST", "partners").json(created(9, "new@b.example"))
    assert run_fleet(fleet("new@b.example", max_creates=1))["changed"]
    assert failing(fleet("new@b.example", max_creates=-1)).code == "invalid_input"


# -- doubts -----------------------------------------------------------------------------------------------------------


def test_an_address_that_is_nearly_one_that_exists_is_warned_about(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json(rows(row(1, "owner@acme.example"), row(2, "owner1@shop.example")))
    task = fleet("owner@acne.example", "owner2@shop.example", check_mode=True)
    run_fleet(task)
    assert len(task.warnings) == 1
    assert "owner@acne.example" in task.warnings[0]
    assert "owner@acme.example" in task.warnings[0]


def test_the_master_account_and_its_apps(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json(rows())
    api.expect("GET", "applications", host=HOST).json(rows(app_row(1, "Tenants"), app_row(5, "Extra")))
    result = run_fleet(fleet(apps=[app("Portal")], check_mode=True))
    assert result["undeclared_apps"] == [{"tenant": None, "name": "Extra", "id": 5}]
    assert [one["label"] for one in result["plan"]["create"]] == ["app 'Portal'"]
