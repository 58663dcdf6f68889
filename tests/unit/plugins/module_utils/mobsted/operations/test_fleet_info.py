# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mobsted_fleet_info`` to its result: what is requested, in which order, and reported."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.icon import SHOWN_LIMIT
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet_info import run_fleet_info
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import app_row, rows

MakeTask = t.Callable[..., t.Any]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
SITE = "https://site.example"


def row(number: int, email: str, **more: t.Any) -> dict[str, t.Any]:
    known = {"UserLogin": email, "TenantName": f"name{number}", "ServerName": "mobsted.com"}
    return {"id": number, "attributes": {**known, "UserPassword": f"password-{number}", **more}}


def inspection(make_task: MakeTask, **more: t.Any) -> dict[str, t.Any]:
    return run_fleet_info(make_task(**{"tenants": None, "apps": None, "concurrency": 1, "icons": 0, **more}))


def tenant_apps(api: Script, number: int, *apps: dict[str, t.Any]) -> None:
    host = f"https://name{number}-admin.mobsted.com"
    api.expect("GET", "auth", host=host).json({"access_token": f"tenant-token-{number}"})
    api.expect("GET", "applications", host=host).json(rows(*apps))


def test_everything_is_read(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "object").json(rows(row(1, "a@x.example", launchApp1day=5), row(2, "b@x.example")))
    api.expect("GET", "applications").json(rows(app_row(1, "My Sub Accounts"), app_row(2, "Portal")))
    tenant_apps(api, 1, app_row(1, "Store"))
    tenant_apps(api, 2)
    result = inspection(make_task)
    assert result["account"] == {"url": HOST}
    assert [one["email"] for one in result["tenants"]] == ["a@x.example", "b@x.example"]
    assert result["tenants"][0]["stats"]["launches_1_day"] == 5
    assert [app["name"] for app in result["apps"]] == ["Portal"]
    assert result["tenants"][0]["apps"][0]["declared"] is None
    assert result["summary"]["declaration"] is False


@pytest.mark.parametrize(
    ("app", "warned"), [(app_row(1, "Shop", WebSiteUrl="https://shop.example"), True), (app_row(1, "Tenants"), False)]
)
def test_a_clients_account_without_records_gets_a_warning(
    api: Script, make_task: MakeTask, app: dict[str, t.Any], warned: bool
) -> None:
    api.expect("GET", "object").json(rows())
    api.expect("GET", "applications").json(rows(app))
    task = make_task(tenants=None, apps=None, concurrency=1, icons=0)
    run_fleet_info(task)
    assert ["is probably no master account" in text for text in task.warnings] == [True] * warned


def test_a_declaration_is_compared(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "object").json(rows(row(1, "a@x.example"), row(2, "b@x.example")))
    api.expect("GET", "applications").json(rows(app_row(1, "My Sub Accounts")))
    tenant_apps(api, 1, app_row(3, "Store", WebSiteUrl="https://old.example"), app_row(4, "Twin"), app_row(5, "Twin"))
    query = {"login": "b@x.example", "password": "password-2"}
    api.expect("GET", "auth", host="https://name2-admin.mobsted.com", query=query).json({}, 401)
    declared = [
        {
            "email": "A@x.example",
            "apps": [
                {"name": "Store", "website_url": SITE, "icon": "/no/such/file"},
                {"name": "Twin"},
                {"name": "New", "website_url": SITE},
            ],
        },
        {"email": "new@x.example", "apps": [{"name": "First"}]},
    ]
    result = inspection(make_task, tenants=declared)
    first, second, new = result["tenants"]
    assert first["apps"][0]["drift"] == [{"field": "website_url", "declared": SITE, "actual": "https://old.example"}]
    assert [(app["name"], app["exists"]) for app in first["apps"][3:]] == [("Twin", False), ("New", False)]
    assert "2 apps are named 'Twin'" in first["apps"][3]["problem"]
    assert (second["declared"], second["failed"], second["failure"]["code"]) == (False, True, "stale_credentials")
    assert (new["exists"], new["apps"][0]["name"]) == (False, "First")
    assert (result["undeclared"], result["missing"]) == (["b@x.example"], ["new@x.example"])


def test_icons_are_read_in_the_order_of_the_result_and_only_from_the_account(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "object").json(rows())
    icons = ["https://evil.example/i.png", "/i/3.png", "/i/4.png", "/i/5.png", "/i/6.png", "/i/7.png"]
    apps = [app_row(number, f"App {number}", ThumbImageUrl=icon) for number, icon in enumerate(icons, 2)]
    api.expect("GET", "applications").json(rows(app_row(1, "My Sub Accounts"), *apps))

    for number, (body, status) in enumerate(
        ((PNG, 200), (b"<svg/>", 200), (PNG, 404), (PNG + b"0" * SHOWN_LIMIT, 200)), 3
    ):
        api.expect("GET", f"/i/{number}.png", host=HOST, headers={"Authorization": None}).raw(body, status)
    result = inspection(make_task, icons=5)
    found = [app["icon"] for app in result["apps"]]
    assert found[1].startswith("data:image/png;base64,iVBOR")
    assert found[0] is found[2] is found[3] is found[4] is found[5] is None


def test_an_icon_that_can_not_be_had_is_none(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "object").json(rows())
    api.expect("GET", "applications").json(rows(app_row(1, "Tenants"), app_row(2, "App", ThumbImageUrl="/i.png")))
    for _try in range(4):
        api.expect("GET", "/i.png").fails(reset())
    assert inspection(make_task, icons=1)["apps"][0]["icon"] is None


def test_the_master_has_to_be_readable(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "object").json(rows())
    api.expect("GET", "applications").json({}, 403)
    with pytest.raises(ApiError) as caught:
        inspection(make_task)
    assert caught.value.code == "forbidden"
