# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet: what is sent, in which order, and what a failure stops."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import run_fleet
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import (
    app_row,
    counts,
    created,
    failing,
    listing,
    row,
)


def test_only_what_is_missing_is_sent(api: Script, fleet: t.Any) -> None:
    listing(
        api,
        row(1, "there@a.example"),
        row(2, "Other@a.example"),
        only_query={"applicationId": "1", "page": "1", "pageSize": "200"},
    )
    api.expect("POST", "partners", json={"email": "new@a.example"}).json(created(9, "new@a.example"))
    result = run_fleet(fleet("THERE@a.example", "new@a.example", diff_mode=True))
    assert [one["email"] for one in result["tenants"]] == ["THERE@a.example", "new@a.example"]
    assert [one["changed"] for one in result["tenants"]] == [False, True]
    assert result["tenants"][0]["tenant"]["id"] == "1"
    assert "credentials" not in result["tenants"][0]
    assert result["tenants"][1]["credentials"] == {"login": "new@a.example", "password": "new-password-9"}
    assert result["tenants"][1]["tenant"]["name"] == "new9"
    assert result["undeclared"] == ["Other@a.example"]
    assert result["summary"] == {
        "tenants": counts(declared=2, created=1, unchanged=1),
        "apps": counts(),
        "undeclared": 1,
        "requests": 2,
    }
    assert result["diff"]["after"] == " tenant new@a.example (https://new9-admin.mobsted.com)\n"
    assert result["diff"]["prepared"].splitlines() == [
        "? tenant Other@a.example is not declared",
        "Done: 1 created, 0 differs, 0 unverified, 1 not declared, 1 in sync",
    ]


def test_nothing_to_do(api: Script, fleet: t.Any) -> None:
    listing(api, row(1, "there@a.example"))
    result = run_fleet(fleet("there@a.example", diff_mode=True))
    assert not result["changed"]
    line = "Done: 0 created, 0 differs, 0 unverified, 0 not declared, 1 in sync"
    assert result["diff"] == {"before": "", "after": "", "prepared": line + "\n"}
    assert result["plan"]["line"] == line


def test_apps_of_old_and_new_tenants_and_of_the_master(api: Script, fleet: t.Any) -> None:
    shop = {"name": "Shop", "website_url": "https://shop.example"}
    listing(api, row(1, "there@a.example"))
    listing(api, app_row(1, "Tenants"), path="applications", host=HOST)
    api.expect("POST", "applications", host=HOST, form={"name": "Portal"}).json({"data": [app_row(5, "Portal")]})
    api.login("t1", host="https://name1-admin.mobsted.com", query={"password": "first-password-1"})
    listing(api, app_row(3, "Shop", webSiteUrl="https://shop.example"), path="applications")
    api.expect("POST", "partners").json(created(9, "new@a.example"))
    api.login("t2", host="https://new9-admin.mobsted.com", query={"password": "new-password-9"})
    listing(api, path="applications", host="https://new9-admin.mobsted.com")
    api.expect("POST", "applications", host="https://new9-admin.mobsted.com").json({"data": [app_row(7, "Shop")]})
    result = run_fleet(
        fleet(
            {"email": "there@a.example", "apps": [shop]},
            {"email": "new@a.example", "apps": [shop]},
            apps=[{"name": "Portal", "website_url": "https://p.example"}],
        )
    )
    assert result["apps"][0]["app"]["id"] == 5
    assert [one["apps"][0]["changed"] for one in result["tenants"]] == [False, True]
    assert result["tenants"][1]["apps"][0]["app"]["tenant"] == "new@a.example"
    assert result["summary"]["apps"]["created"] == 2
    assert result["summary"]["requests"] == 9


def test_a_failing_tenant_fails_alone_and_its_apps_are_not_started(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("POST", "partners").json({"errors": "no such domain"}, status=422)
    api.expect("GET", "object").json({"data": []})  # does it exist after all?
    api.expect("POST", "partners").json(created(2, "b@a.example"))
    bad = {"email": "a@a.example", "apps": [{"name": "Shop", "website_url": "https://s.example"}]}
    error = failing(fleet(bad, "b@a.example"))
    assert error.msg.startswith("1 of 3 failed, 1 created, 1 not started. tenant a@a.example: ")
    assert error.code == "invalid_input"
    first, second = error.result["tenants"]
    assert first["failed"]
    assert first["failure"]["status"] == 422
    assert first["tenant"] is None
    assert first["apps"][0]["failed"] is False
    assert "its tenant failed" in first["apps"][0]["msg"]
    assert second["changed"]
    assert error.result["summary"]["apps"]["skipped"] == 1
    assert error.result["changed"]


def test_stop_starts_nothing_more(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("POST", "partners").json(created(1, "a@a.example"))
    api.expect("POST", "partners").json({"error": "forbidden"}, status=403)
    error = failing(fleet("a@a.example", "b@a.example", "c@a.example", on_error="stop"))
    states = [(one["changed"], one["failed"]) for one in error.result["tenants"]]
    assert states == [(True, False), (False, True), (False, False)]
    assert "on_error is 'stop'" in error.result["tenants"][2]["msg"]
    assert error.result["summary"]["tenants"] == counts(declared=3, created=1, failed=1, skipped=1)


def test_two_records_of_one_address_stop_before_anything_is_created(api: Script, fleet: t.Any) -> None:
    listing(api, row(1, "a@a.example"), row(2, "A@a.example"))
    error = failing(fleet("b@a.example", "a@a.example", on_error="stop"))
    assert error.code == "ambiguous"
    assert error.result["summary"]["tenants"]["skipped"] == 1


def test_stale_credentials_fail_the_apps_and_not_the_tenant(api: Script, fleet: t.Any) -> None:
    apps = [{"name": name, "website_url": "https://s.example"} for name in ("One", "Two")]
    listing(api, row(1, "a@a.example"))
    api.expect("GET", "auth").json({"error": "wrong"}, status=401)
    error = failing(fleet({"email": "a@a.example", "apps": apps}))
    assert error.code == "stale_credentials"
    assert error.result["tenants"][0]["failed"] is False
    assert [app["failure"]["code"] for app in error.result["tenants"][0]["apps"]] == ["stale_credentials"] * 2


def test_a_lost_response_is_reconciled(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("POST", "partners").fails(reset())
    api.expect("GET", "object").json({"data": [row(4, "a@a.example")]})
    result = run_fleet(fleet("a@a.example"))
    assert result["reconciled"]
    assert result["tenants"][0]["reconciled"]
    assert result["tenants"][0]["credentials"]["password"] == "first-password-4"


def test_a_new_tenant_elsewhere_is_looked_up_before_its_password_is_sent(api: Script, fleet: t.Any) -> None:
    elsewhere = {**created(1, "a@a.example"), "url": "https://new1-admin.elsewhere.example"}
    listing(api)
    api.expect("POST", "partners").json(elsewhere)
    full = row(1, "a@a.example", ServerName="elsewhere.example", TenantName="new1")
    api.expect("GET", "object").json({"data": [full]})
    api.login(host="https://new1-admin.elsewhere.example", query={"password": "first-password-1"})
    listing(api, path="applications")
    api.expect("POST", "applications").json({"data": [app_row(1, "Shop")]})
    shop = {"name": "Shop", "website_url": "https://s.example"}
    assert run_fleet(fleet({"email": "a@a.example", "apps": [shop]}))["changed"]


def test_a_long_listing_has_a_deadline_for_each_thousand(api: Script, fleet: t.Any) -> None:
    rows = [row(number, f"t{number}@a.example") for number in range(1, 2001)]
    for page in range(10):
        part = rows[200 * page : 200 * page + 200]
        api.expect("GET", "object").after(40).json({"data": part, "meta": {"last_page": 10}})
    assert run_fleet(fleet())["summary"]["undeclared"] == 2000
