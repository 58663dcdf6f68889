# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mobsted_fleet_info`` against the simulator."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.modules import mobsted_fleet_info
from ansible_collections.partnerops.saas.tests.support.harness import run_playbook, run_task

ACTION = "partnerops.saas.mobsted_fleet_info"
SITE = "https://site.example/"


def names(entries: list[dict[str, t.Any]], **wanted: t.Any) -> list[str]:
    return [one["name"] for one in entries if all(one[key] == value for key, value in wanted.items())]


def test_all_that_is_there(world: t.Any, world_env: dict[str, str]) -> None:
    for number in range(5):
        world.do("tenant_add", email=f"owner{number}@acme.example", apps=["Store", "Help"], counters={"appsTotal": 2})
    world.do("app_add", name="Portal")
    result = run_task(ACTION, {"concurrency": 3}, env=world_env).check().task("Task")
    assert not result.changed
    assert [one["email"] for one in result["tenants"]] == [f"owner{number}@acme.example" for number in range(5)]
    one = result["tenants"][4]
    assert (one["exists"], one["declared"], one["failed"]) == (True, None, False)
    assert one["tenant"]["url"] == world.tenant("owner4@acme.example")["url"]
    assert one["stats"]["apps_total"] == 2
    assert names(one["apps"]) == ["Store", "Help"]
    assert one["apps"][0]["app"]["id"] == world.apps("owner4@acme.example")[0]["id"]
    assert names(result["apps"]) == ["Portal"]  # without app ID 1
    assert (result["undeclared"], result["missing"]) == ([], [])
    assert result["summary"]["tenants"] == {"found": 5, "unreadable": 0, "undeclared": 0, "missing": 0}
    assert result["summary"]["apps"] == {"found": 11, "drifted": 0, "undeclared": 0, "missing": 0}
    assert result["summary"]["requests"] == world.counts()["requests"]
    assert not any(entry["method"] == "POST" for entry in world.log())


def test_against_a_declaration(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Store", "Other"])
    world.do("tenant_add", email="stranger@acme.example")
    declared = [
        {
            "email": "Owner@ACME.example",
            "apps": [
                {"name": "Store", "website_url": "https://new.example/", "icon": "no/such/file.png"},
                {"name": "New", "website_url": SITE},
            ],
        },
        {"email": "new@acme.example", "apps": [{"name": "First", "website_url": SITE}]},
    ]
    apps = [{"name": "Portal", "website_url": SITE}]
    result = run_task(ACTION, {"tenants": declared, "apps": apps}, env=world_env).check().task("Task")
    owner, stranger, new = result["tenants"]
    assert (owner["declared"], stranger["declared"], new["declared"]) == (True, False, True)
    assert (new["exists"], new["tenant"], names(new["apps"], exists=False)) == (False, None, ["First"])
    assert names(owner["apps"], declared=False) == ["Other"]
    assert names(owner["apps"], exists=False) == ["New"]
    drift = {"field": "website_url", "declared": "https://new.example/", "actual": SITE}
    assert owner["apps"][0]["drift"] == [drift]
    assert names(result["apps"], exists=False) == ["Portal"]
    assert result["undeclared"] == ["stranger@acme.example"]
    assert result["missing"] == ["new@acme.example"]
    assert result["summary"]["apps"] == {"found": 2, "drifted": 1, "undeclared": 1, "missing": 3}


def test_an_empty_declaration_is_one(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example")
    result = run_task(ACTION, {"tenants": []}, env=world_env).check().task("Task")
    assert result["undeclared"] == ["owner@acme.example"]


def test_what_can_not_be_read_does_not_stop_the_rest(world: t.Any, world_env: dict[str, str]) -> None:
    for name in ("one", "two"):
        world.do("tenant_add", email=f"{name}@acme.example", apps=["Store"])
    world.do("tenant_password", email="one@acme.example", password="Changed-By-Owner-1")
    result = run_task(ACTION, {}, env=world_env).check().task("Task")
    one, two = result["tenants"]
    assert (one["failed"], one["failure"]["code"], one["apps"]) == (True, "stale_credentials", [])
    assert "tenant_password" in one["msg"]
    assert names(two["apps"]) == ["Store"]
    assert result["summary"]["tenants"]["unreadable"] == 1

    declared = [{"email": "one@acme.example", "tenant_password": "Changed-By-Owner-1"}]
    run = run_task(ACTION, {"tenants": declared}, env=world_env).check()
    assert names(run.task("Task")["tenants"][0]["apps"]) == ["Store"]
    assert "Changed-By-Owner-1" not in run.stdout


def test_two_apps_and_two_records_of_one_name(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="twin@acme.example", apps=["Store", "Store"])
    world.do("tenant_add", email="double@acme.example")
    world.do("tenant_duplicate", email="double@acme.example", same_tenant=True)
    declared = [
        {"email": "twin@acme.example", "apps": [{"name": "Store", "website_url": SITE}]},
        {"email": "double@acme.example"},
    ]
    result = run_task(ACTION, {"tenants": declared}, env=world_env).check().task("Task")
    twin, first, second = result["tenants"]
    assert "2 apps are named" in twin["apps"][-1]["problem"]
    assert {first["failure"]["code"], second["failure"]["code"]} == {"ambiguous"}


def test_icons_come_from_the_account_alone(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Store", "Help"])
    result = run_task(ACTION, {"icons": 1}, env=world_env).check().task("Task")
    first, second = result["tenants"][0]["apps"]
    assert first["icon"].startswith("data:image/png;base64,iVBOR")
    assert second["icon"] is None
    paintings = [entry for entry in world.log() if "iconapp" in entry["path"]]
    assert len(paintings) == 1


def test_a_master_that_can_not_be_read_fails(world: t.Any, world_env: dict[str, str]) -> None:
    world.fault("status", status=403, path="/api/v8/applications", times=None)
    failed = run_task(ACTION, {}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "forbidden"
    for args in ({"concurrency": 0}, {"tenants": [{"email": "no address"}]}):
        assert run_task(ACTION, args, env=world_env).check(2).task("Task").failure["code"] == "invalid_input"


@pytest.mark.smoke
def test_the_examples(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store"])
    tasks = yaml.safe_load(mobsted_fleet_info.EXAMPLES)
    run = run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=world_env).check()
    assert run.loop("Show the apps of each tenant")[0]["msg"] == "owner@acme.example: Acme Store"
    assert run.task("Compare with a declaration")["tenants"][0]["declared"]
