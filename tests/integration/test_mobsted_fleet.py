# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mobsted_fleet`` against the simulator."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.support.background import playbook_started
from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until

FLEET = "partnerops.saas.mobsted_fleet"
SHOP = {"name": "Shop", "website_url": "https://shop.example"}


def tenants(count: int, *apps: dict[str, t.Any], first: int = 0) -> list[dict[str, t.Any]]:
    return [{"email": f"owner{number}@acme.example", "apps": list(apps)} for number in range(first, first + count)]


def registered(args: dict[str, t.Any], env: dict[str, str], **how: t.Any) -> dict[str, t.Any]:
    """Return what the task registers, failed or not, with the new passwords that are not shown."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "made.json"
        copy = {"content": "{{ made | to_json }}", "dest": str(kept), "mode": "0600"}
        tasks = [
            {"name": "Task", FLEET: args, "register": "made", "ignore_errors": True},
            {"name": "Keep", "ansible.builtin.copy": copy, "no_log": True, "check_mode": False},
        ]
        interpreter = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        plays = [{"hosts": "localhost", "gather_facts": False, "vars": interpreter, "tasks": tasks}]
        run_playbook(plays, env=env, **how).check()
        return dict(json.loads(kept.read_text()))


def counts(**some: int) -> dict[str, int]:
    kinds = ("declared", "created", "unchanged", "drifted", "unverified", "failed", "skipped")
    return {**dict.fromkeys(kinds, 0), **some}


def emails(world: t.Any) -> list[str]:
    return sorted(tenant["email"] for tenant in world.state()["tenants"])


def test_do_again_check_check_again(world: t.Any, world_env: dict[str, str]) -> None:
    args = {"tenants": tenants(3, SHOP), "apps": [{"name": "Portal", "website_url": "https://portal.example"}]}
    checked = run_task(FLEET, args, env=world_env, check=True, diff=True).check()
    predicted = checked.task("Task")
    assert predicted.changed
    assert "+ tenant owner0@acme.example" in checked.stdout
    assert "+     website_url: 'https://shop.example'" in checked.stdout
    assert "Plan: 7 to create, 0 differs, 0 unverified, 0 not declared, 0 in sync" in checked.stdout
    assert "+ app 'Shop' of owner2@acme.example" in checked.stdout
    assert "+ app 'Portal'" in checked.stdout
    assert {entry["method"] for entry in world.log()} == {"GET"}
    assert emails(world) == []

    done = registered(args, world_env)
    assert done["summary"]["tenants"] == predicted["summary"]["tenants"]
    assert done["summary"]["apps"] == predicted["summary"]["apps"]
    assert [one["email"] for one in done["tenants"]] == [one["email"] for one in args["tenants"]]
    for one in done["tenants"]:
        assert one["credentials"]["password"] == world.tenant(one["email"])["password"]
        assert one["apps"][0]["app"]["id"] == world.apps(one["email"])[0]["id"]
    assert done["apps"][0]["app"]["name"] == "Portal"

    world.clear_log()
    for check in (False, True):
        again = run_task(FLEET, args, env=world_env, check=check, diff=True).check().task("Task")
        assert not again.changed
        assert again["summary"]["apps"] == counts(declared=4, unchanged=4)
        assert again["plan"]["line"].endswith("0 differs, 0 unverified, 0 not declared, 7 in sync")
        assert all("credentials" not in one for one in again["tenants"])
    assert {entry["method"] for entry in world.log()} == {"GET"}


def test_a_fresh_run_sends_no_request_too_many(simulator: t.Any) -> None:
    with simulator.world(tenants=250) as world:
        declared = [*tenants(5, SHOP), *tenants(15, first=5)]
        result = registered({"tenants": declared}, connection_env(world))
        routes = {route.partition(" ")[2]: count for route, count in world.counts()["by_route"].items()}
        assert routes == {
            "master GET /api/v8/auth": 1,
            "master GET /api/v8/object": 2,  # 250 records, 200 a page
            "master POST /api/v8/partners": 20,
            "tenant GET /api/v8/auth": 5,
            "tenant GET /api/v8/applications": 5,
            "tenant POST /api/v8/applications": 5,
        }
        assert result["summary"]["requests"] == 38
        assert result["summary"]["undeclared"] == 250


def test_a_run_without_change_makes_one_login_and_one_listing(simulator: t.Any) -> None:
    with simulator.world(tenants=1000) as world:
        declared = [{"email": one} for one in emails(world)]
        result = run_task(FLEET, {"tenants": declared}, env=connection_env(world)).check().task("Task")
        assert not result.changed
        assert result["summary"]["tenants"]["unchanged"] == 1000
        assert result["undeclared"] == []
        counts = world.counts()
        assert (counts["logins"], counts["requests"]) == (1, 6)
        assert counts["connections"] <= 5  # the pages after the first are read side by side


@pytest.mark.smoke
def test_one_failing_tenant_among_a_hundred_fails_alone(world: t.Any, world_env: dict[str, str]) -> None:
    world.fault("status", status=422, method="POST", path="/api/v8/partners", nth=42)
    run = run_task(FLEET, {"tenants": tenants(100)}, env=world_env).check(2)
    assert len(emails(world)) == 99
    # The message names them even though a result with new passwords is not shown before ansible-core 2.22.
    assert "1 of 100 failed, 99 created. tenant owner" in run.output
    for tenant in world.state()["tenants"]:
        assert tenant["password"] not in run.output
    result = registered({"tenants": tenants(100)}, world_env)
    assert result["summary"]["tenants"] == counts(declared=100, created=1, unchanged=99)
    assert len(emails(world)) == 100
    assert run.failures


def test_the_failure_names_each_item_and_the_result_is_complete(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner0@acme.example")
    world.do("tenant_password", email="owner0@acme.example", password="changed-by-its-owner")
    result = registered({"tenants": [*tenants(1, SHOP), *tenants(1, first=1)]}, world_env)
    assert result["failed"]
    assert result["failure"]["code"] == "stale_credentials"
    assert "app 'Shop' of owner0@acme.example" in result["msg"]
    assert [one["failed"] for one in result["tenants"]] == [False, False]
    assert result["tenants"][0]["apps"][0]["failure"]["code"] == "stale_credentials"
    assert result["tenants"][1]["changed"]
    declared = tenants(1, SHOP)
    declared[0]["tenant_password"] = "changed-by-its-owner"
    run = run_task(FLEET, {"tenants": declared}, env=world_env, verbosity=3).check()
    assert run.task("Task")["tenants"][0]["apps"][0]["changed"]
    assert "changed-by-its-owner" not in run.output


def test_a_stale_password_is_unverified_if_that_is_wanted(world: t.Any, world_env: dict[str, str]) -> None:
    for number in (0, 1):
        world.do("tenant_add", email=f"owner{number}@acme.example", apps=["Old", "Shop"])
    world.do("tenant_password", email="owner0@acme.example", password="changed-by-its-owner")
    args = {"tenants": tenants(3, SHOP), "on_stale_credentials": "warn"}
    run = run_task(FLEET, args, env=world_env, check=True, diff=True).check()
    result = run.task("Task")
    assert result["summary"]["tenants"] == counts(declared=3, created=1, unchanged=1, unverified=1)
    assert result["summary"]["apps"]["unverified"] == 1
    assert result["undeclared_apps"] == [
        {"tenant": "owner1@acme.example", "name": "Old", "id": world.apps("owner1@acme.example")[0]["id"]}
    ]
    assert [one["email"] for one in result["plan"]["unverified"]] == ["owner0@acme.example"]
    assert "! tenant owner0@acme.example is unverified" in run.stdout
    assert ", 1 unverified, 1 not declared, " in run.stdout


def test_max_creates_refuses_before_the_first_create(world: t.Any, world_env: dict[str, str]) -> None:
    args = {"tenants": tenants(3, SHOP), "max_creates": 5}
    refused = registered(args, world_env)
    assert refused["failure"]["code"] == "invalid_input"
    assert len(refused["plan"]["create"]) == 6
    assert {entry["method"] for entry in world.log()} == {"GET"}
    assert registered({**args, "max_creates": 6}, world_env)["summary"]["apps"]["created"] == 3


def test_stop_stops(world: t.Any, world_env: dict[str, str]) -> None:
    world.options(create_ms=50)
    world.fault("status", status=422, method="POST", path="/api/v8/partners", nth=3)
    args = {"tenants": tenants(40), "on_error": "stop", "concurrency": 2}
    result = registered(args, world_env)
    summary = result["summary"]["tenants"]
    assert summary["failed"] == 1
    assert summary["created"] == len(emails(world)) <= 5
    assert summary["skipped"] == 40 - 1 - summary["created"]


def test_too_many_requests_pause_all_threads_and_nothing_is_lost(world: t.Any, world_env: dict[str, str]) -> None:
    world.options(rate_limit={"per_second": 20, "burst": 5, "retry_after": 1})
    result = registered({"tenants": tenants(30)}, world_env)
    assert result["summary"]["tenants"]["created"] == 30
    assert len(emails(world)) == 30
    log = world.log(path="/api/v8/partners")
    refused = [entry["time"] for entry in log if entry["status"] == 429]
    assert refused
    # Requests that had not left within half a second of a 429 wait for the whole second.
    early = [entry for entry in log for time_ in refused if 0.5 < entry["time"] - time_ < 0.95]
    assert early == []


def test_a_lost_response_among_many_is_reconciled(world: t.Any, world_env: dict[str, str]) -> None:
    world.fault("reset", when="after", method="POST", path="/api/v8/partners", nth=4)
    result = registered({"tenants": tenants(10)}, world_env)
    assert result["reconciled"]
    assert sum(one["reconciled"] for one in result["tenants"]) == 1
    assert emails(world) == sorted(one["email"] for one in result["tenants"])
    assert all(one["credentials"]["password"] for one in result["tenants"])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_killed_in_the_middle_and_run_again(world: t.Any, tmp_path: Path, how: signal.Signals) -> None:
    world.options(create_ms=400)
    args: dict[str, t.Any] = {"tenants": tenants(40, SHOP), "credentials_dest": str(tmp_path / "logins.yml")}
    args["credentials_plaintext"] = True
    with playbook_started([{FLEET: args}], tmp_path / "home", connection_env(world)) as process:
        wait_until(lambda: world.counts()["tenants_created"] >= 10, process=process)
        if how is signal.SIGINT:  # a terminal signals the whole process group
            os.killpg(process.pid, how)
            process.wait(60)
    wait_until(lambda: not world.counts()["under_way"])  # the vendor has finished what it started
    made = len(emails(world))
    assert 10 <= made < 40
    result = registered(args, connection_env(world))
    summary = result["summary"]["tenants"]
    assert (summary["created"], summary["unchanged"], summary["failed"]) == (40 - made, made, 0)
    assert emails(world) == sorted(one["email"] for one in args["tenants"])
    assert all([app["name"] for app in world.apps(email)] == ["Shop"] for email in emails(world))
    kept = yaml.safe_load((tmp_path / "logins.yml").read_text())
    shown = {tenant["email"]: tenant["password"] for tenant in world.state()["tenants"]}
    assert {email: entry["password"] for email, entry in kept.items()} == shown


def test_a_bad_declaration_is_refused_before_anything_is_sent(world: t.Any, world_env: dict[str, str]) -> None:
    declared = [*tenants(2), {"email": "OWNER1@acme.example"}]
    result = registered({"tenants": declared}, world_env)
    assert result["failure"]["code"] == "invalid_input"
    assert "tenants[1].email and tenants[2].email" in result["msg"]
    typing_error = registered({"tenants": [{"email": "a@b.example", "aps": []}]}, world_env)
    assert "tenants.aps" in typing_error["msg"]
    assert world.counts()["requests"] == 0


def test_icons_are_found_next_to_the_playbook(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "shop.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 30)
    args = {"tenants": tenants(2, {**SHOP, "icon": "shop.png"}), "apps": [{**SHOP, "icon": "shop.png"}]}
    registered(args, world_env, cwd=tmp_path)
    uploads = [entry for entry in world.log(path="/api/v8/applications") if entry["method"] == "POST"]
    assert len(uploads) == 3
    assert all("shop.png" in str(entry["body"]) for entry in uploads)


def test_as_a_module(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    """On the module path (async), everything works except what needs the controller."""
    slow = {"async": 60, "poll": 1}
    world_env["ANSIBLE_ASYNC_DIR"] = str(tmp_path)  # the default does not follow the tests' HOME
    run_task(FLEET, {"tenants": tenants(3, SHOP)}, env=world_env, task=slow).check()
    assert len(emails(world)) == 3
    args = {"tenants": tenants(4), "credentials_dest": "/tmp/x.yml", "credentials_plaintext": True}
    refused = run_task(FLEET, args, env=world_env, task=slow).check(2)
    assert "controller" in refused.output
    assert len(emails(world)) == 3


def test_a_task_time_out_ends_a_fleet_at_once(world: t.Any, world_env: dict[str, str]) -> None:
    world.options(create_ms=120_000)
    run = run_task(FLEET, {"tenants": tenants(20)}, env=world_env, task={"timeout": 3}, timeout=90).check(2)
    assert "timeout" in run.output.lower() or "timed out" in run.output.lower()


def test_earlier_tasks_of_a_check_run_count(world: t.Any, world_env: dict[str, str]) -> None:
    app = {"tenant": "owner0@acme.example", **SHOP}
    tasks: list[dict[str, t.Any]] = [
        {"name": "Fleet", FLEET: {"tenants": tenants(1)}},
        {"name": "App", "partnerops.saas.mobsted_pwa_app": app},
    ]
    run = run_playbook(
        [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=world_env, check=True
    ).check()
    assert run.task("App").changed
