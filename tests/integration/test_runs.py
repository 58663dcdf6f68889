# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a whole run costs: one login, whatever its tasks, items, hosts and forks."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook

TENANT = "partnerops.saas.mobsted_tenant"


def play(tasks: list[dict[str, t.Any]], hosts: str = "localhost", **keys: t.Any) -> list[dict[str, t.Any]]:
    return [{"hosts": hosts, "gather_facts": False, **keys, "tasks": tasks}]


def test_ten_tasks_log_in_once(world: t.Any, world_env: dict[str, str]) -> None:
    tasks = [{"name": f"T{number}", TENANT: {"email": f"u{number}@x.example"}} for number in range(10)]
    assert run_playbook(play(tasks), env=world_env).check().changed == 10
    assert world.counts()["logins"] == 1


def test_a_hundred_items_log_in_once_over_one_connection(world: t.Any, world_env: dict[str, str]) -> None:
    task = {TENANT: {"email": "u{{ item }}@x.example"}, "loop": list(range(100))}
    run_playbook(play([task]), env=world_env).check()
    counts = world.counts()
    assert counts["tenants_created"] == 100
    assert (counts["logins"], counts["connections"]) == (1, 1)


def test_five_hosts_on_five_forks_log_in_once(world: t.Any, world_env: dict[str, str]) -> None:
    task = {TENANT: {"email": "{{ inventory_hostname }}@x.example"}}
    plays = play([task], hosts="all", connection="local")
    run_playbook(plays, "--forks", "5", env=world_env, inventory="a,b,c,d,e,").check()
    counts = world.counts()
    assert (counts["tenants_created"], counts["logins"]) == (5, 1)


def test_hosts_that_declare_the_same_tenant_make_it_once(world: t.Any, world_env: dict[str, str]) -> None:
    task = {TENANT: {"email": "same@x.example"}, "run_once": True}
    plays = play([task], hosts="all", connection="local")
    run_playbook(plays, "--forks", "5", env=world_env, inventory="a,b,c,d,e,").check()
    assert world.counts()["tenants_created"] == 1


def test_tokens_are_gone_after_the_run(world: t.Any, world_env: dict[str, str], tmp_path: t.Any) -> None:
    run_playbook(play([{TENANT: {"email": "a@x.example"}}]), env=world_env, home=tmp_path).check()
    left = [path for path in tmp_path.rglob("*") if "partnerops-saas" in path.parts]
    assert left == []


def test_without_the_cache_every_task_logs_in(world: t.Any, world_env: dict[str, str]) -> None:
    tasks = [{TENANT: {"email": "a@x.example", "token_cache": "none"}} for _two in range(2)]
    run_playbook(play(tasks), env=world_env).check()
    assert world.counts()["logins"] == 2


def test_a_token_is_sufficient_until_it_is_refused(world: t.Any, world_env: dict[str, str]) -> None:
    import json
    import urllib.parse
    import urllib.request

    query = urllib.parse.urlencode({"login": world.login, "password": world.password})
    with urllib.request.urlopen(f"{world.mobsted_url}/api/v8/auth?{query}") as answer:
        token = json.load(answer)["access_token"]
    env = {"MOBSTED_API_URL": world.mobsted_url, "MOBSTED_API_TOKEN": token}
    task = {"name": "T", TENANT: {"email": "a@x.example"}}
    assert run_playbook(play([task]), env=env).check().changed == 1
    assert world.counts()["logins"] == 1
    world.do("tokens_expire")
    failed = run_playbook(play([task]), env=env).check(2).task("T")
    assert failed.failure["code"] == "auth_failed"
    assert "api_token" in failed.msg
    both = {**env, "MOBSTED_API_LOGIN": world.login, "MOBSTED_API_PASSWORD": world.password}
    assert run_playbook(play([task]), env=both).check().changed == 0


def test_expired_tokens_are_refreshed_and_a_failed_refresh_logs_in(simulator: t.Any) -> None:
    for refresh, logins, refreshes in ((True, 1, 1), (501, 2, 1), (False, 2, 1)):
        with simulator.world(refresh=refresh) as world:
            tasks = [{TENANT: {"email": f"u{number}@x.example"}} for number in range(2)]
            world.fault("expire_tokens", method="GET", path="/api/v8/object", nth=2)
            run_playbook(play(tasks), env=connection_env(world)).check()
            counts = world.counts()
            asked = counts["by_route"].get("mobsted master GET /api/v8/refresh", 0)
            assert (counts["logins"], asked) == (logins, refreshes)


def test_the_module_path_does_the_same(world: t.Any, world_env: dict[str, str], tmp_path: t.Any) -> None:
    task = {"name": "T", TENANT: {"email": "a@x.example"}, "async": 60, "poll": 1, "no_log": True}
    plays = play([task], vars={"ansible_python_interpreter": "{{ ansible_playbook_python }}"})
    env = {**world_env, "ANSIBLE_ASYNC_DIR": str(tmp_path)}  # the default is told apart from the tests' HOME
    assert run_playbook(plays, env=env).check().changed == 1
    assert run_playbook(plays, env=env).check().changed == 0
    assert world.counts()["tenants_created"] == 1
