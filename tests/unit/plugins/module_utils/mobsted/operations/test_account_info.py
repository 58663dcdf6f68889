# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mobsted_account_info`` to its result: what works, in words."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.diagnosis import Checks
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.account_info import run_account_info
from ansible_collections.partnerops.saas.tests.support.scripted import Script, refused

MakeTask = t.Callable[..., t.Any]
ROW = {"id": 1, "attributes": {"UserLogin": "a@x.example", "TenantName": "a", "ServerName": "s.example"}}
PAIR = {"access_token": "token-1", "refresh_token": "refresh-1"}


LOGIN = {"api_token": None, "api_login": "partner@example.com", "api_password": "master-password"}


def told(result: dict[str, t.Any]) -> dict[str, str]:
    return {line[2:].split(":")[0]: line for line in result["lines"]}


def test_all_is_well(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "auth").json(PAIR)
    api.expect("GET", "refresh", query={"refresh_token": "refresh-1"}).json({"access_token": "token-2"})
    api.expect("GET", "object").json({}, 404)
    api.expect("GET", "objects").json({"data": [ROW]})
    api.expect("GET", "applications").json({"data": [{"id": 1, "Name": "x"}], "meta": {"last_page": 1}})
    result = run_account_info(make_task(**LOGIN, api_paths={"push": "push"}))
    assert result["ok"]
    assert result["account"]["paths"] == {"objects": "objects", "applications": "applications", "push": "push"}
    assert (result["account"]["spelling"], result["account"]["apps"]) == (["API page"], 1)
    lines = told(result)
    assert lines["TLS"] == "✓ TLS: the certificate is trusted"
    assert lines["refresh"].startswith("✓")
    assert lines["push"].startswith("– push: /api/v8/push is set")


def test_a_foreign_table_and_no_apps(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "auth").json({"access_token": "token-1"})
    api.expect("GET", "object").json({"data": [{"id": 1, "attributes": {"Email": "a@x.example"}}]})
    api.expect("GET", "applications").json({}, 404)
    result = run_account_info(make_task(**LOGIN, validate_certs=False))
    assert not result["ok"]
    lines = told(result)
    assert lines["TLS"].startswith("– TLS: in use, but the certificate is not verified")
    assert "a new login takes its place" in lines["refresh"]
    assert "its rows are not tenants" in lines["app ID 1"]
    assert "api_paths.applications" in lines["apps"]


def test_an_account_that_is_no_master(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "auth").json(PAIR)
    api.expect("GET", "refresh").json({}, 501)
    api.expect("GET", "object").json({}, 403)
    api.expect("GET", "applications").json({"data": [], "meta": {"last_page": 1}})
    api.expect("GET", "object").json({}, 403)
    result = run_account_info(make_task(**LOGIN))
    lines = told(result)
    assert lines["refresh"].startswith("! refresh")
    assert "Use the master account" in lines["app ID 1"]
    assert "this is not a master account" in lines["apps"]
    assert not result["ok"]


def test_the_account_of_a_tenant_whose_first_app_is_an_ordinary_one(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "auth").json({"access_token": "token-1"})
    api.expect("GET", "object").json({"data": []})
    apps = [{"id": 1, "Name": "Shop", "WebSiteUrl": "https://shop.example"}]
    api.expect("GET", "applications").json({"data": apps, "meta": {"last_page": 1}})
    result = run_account_info(make_task(**LOGIN))
    assert "app ID 1 is the ordinary app 'Shop'" in told(result)["app ID 1"]
    assert not result["ok"]


def test_the_account_of_a_tenant_with_an_empty_list(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "auth").json({"access_token": "token-1"})
    api.expect("GET", "object").json({"data": []})
    api.expect("GET", "applications").json({"data": [{"id": 5, "Name": "Shop"}], "meta": {"last_page": 1}})
    api.expect("GET", "object").json({"data": []})
    result = run_account_info(make_task(**LOGIN))
    lines = told(result)
    assert "its empty list proves nothing" in lines["app ID 1"]
    assert "not a master account" in lines["apps"]
    assert not result["ok"]


def test_no_tenants_yet(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "auth").json({"access_token": "token-1"})
    api.expect("GET", "object").json({"data": None, "meta": {"current_page": 1}})
    api.expect("GET", "applications").json({"data": [{"id": 1, "Name": "x"}], "meta": {"last_page": 1}})
    result = run_account_info(make_task(**LOGIN))
    assert "no tenants yet" in told(result)["app ID 1"]
    assert result["ok"]


def test_a_refused_login_ends_it(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "auth").json({}, 401)
    result = run_account_info(make_task(**LOGIN))
    assert list(told(result)) == ["reachable", "TLS", "login", "push"]
    assert result["checks"][2]["mend"].startswith("Check api_login")


def test_no_connection(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "auth").fails(refused())
    result = run_account_info(make_task(**LOGIN, retries=0))
    assert list(told(result)) == ["reachable", "push"]
    assert told(result)["reachable"].startswith("✗")


@pytest.mark.parametrize(("status", "login"), [(200, "–"), (401, "✗")])
def test_a_token_alone(api: Script, make_task: MakeTask, status: int, login: str) -> None:
    api.expect("GET", "object").json({"data": [ROW]}, status)
    if status == 200:
        api.expect("GET", "object").json({"data": [ROW]})
        api.expect("GET", "applications").json({"data": [{"id": 1, "Name": "x"}], "meta": {"last_page": 1}})
    result = run_account_info(make_task())
    assert told(result)["login"].startswith(login)


def test_a_token_alone_and_no_connection(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "object").fails(refused())
    result = run_account_info(make_task(retries=0))
    assert told(result)["reachable"].startswith("✗")


def test_settings_that_are_refused(make_task: MakeTask) -> None:
    result = run_account_info(make_task(api_url="http://mobsted.example"))
    assert list(told(result)) == ["settings"]
    assert not result["ok"]


def test_plain_http() -> None:
    checks = Checks()
    assert checks.connected("http://127.0.0.1:80", True, None)
    assert checks.connected("http://x.example", True, ApiError("auth_failed", "no", status=401))
    assert [line for line in checks.result()["lines"] if "TLS" in line] == [
        "– TLS: not in use: plain http to this machine",
        "– TLS: not in use: plain http to x.example",
    ]
