# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs: one login however many tasks, items, hosts and forks; every write once; no secret in the output."""

from __future__ import annotations

import json
import typing as t
import urllib.parse
import urllib.request
from pathlib import Path

from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook
from ansible_collections.partnerops.saas.tests.support.mip import (
    EMAIL,
    IN_MARKET,
    LEDGER,
    PASSWORD,
    PERSON,
    secrets_of,
)
from ansible_collections.partnerops.saas.tests.support.plays import play

TENANT = "partnerops.saas.mobsted_tenant"
USER, CLIENT, MEMBER = "partnerops.saas.mip_user", "partnerops.saas.mip_client", "partnerops.saas.mip_member"
LINK, RESET = "partnerops.saas.mip_sso_link", "partnerops.saas.mip_password_reset"


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


def test_tokens_are_gone_after_the_run(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    run_playbook(play([{TENANT: {"email": "a@x.example"}}]), env=world_env, home=tmp_path).check()
    left = [path for path in tmp_path.rglob("*") if "partnerops-saas" in path.parts]
    assert left == []


def test_without_the_cache_every_task_logs_in(world: t.Any, world_env: dict[str, str]) -> None:
    tasks = [{TENANT: {"email": "a@x.example", "token_cache": "none"}} for _two in range(2)]
    run_playbook(play(tasks), env=world_env).check()
    assert world.counts()["logins"] == 2


def test_a_token_is_sufficient_until_it_is_refused(world: t.Any, world_env: dict[str, str]) -> None:
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


def test_the_module_path_does_the_same(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    task = {"name": "T", TENANT: {"email": "a@x.example"}, "async": 60, "poll": 1, "no_log": True}
    plays = play([task], vars={"ansible_python_interpreter": "{{ ansible_playbook_python }}"})
    env = {**world_env, "ANSIBLE_ASYNC_DIR": str(tmp_path)}  # the default does not follow the tests' HOME
    assert run_playbook(plays, env=env).check().changed == 1
    assert run_playbook(plays, env=env).check().changed == 0
    assert world.counts()["tenants_created"] == 1


def test_four_forks_send_one_mail_and_one_toggle(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    client = world.do("mip_client", marketplace_id=7, email=EMAIL)
    tasks = [
        {"name": "Invite", MEMBER: IN_MARKET},
        {"name": "Block", CLIENT: {**IN_MARKET, "client_id": client["id"], "blocked": True}},
        {"name": "Register", CLIENT: {"marketplace_id": 1, **PERSON}},
    ]
    plays = play(tasks, hosts="all", connection="local")
    run = run_playbook(plays, "--forks", "4", env=world_env, home=tmp_path, inventory="a,b,c,d,").check()
    for name in ("Invite", "Block", "Register"):
        assert sorted(one.changed for one in run.tasks(name)) == [False, False, False, True]
    routes = world.counts()["by_route"]
    assert len(world.outbox()) == 1
    assert routes["mip - POST /member/{cid}/add"] == 1
    assert routes["mip - POST /client/{cid}/block/{id}"] == 1
    assert routes["mip - POST /register/client/{cid}"] == 1
    assert routes["mip - POST /login"] == 1  # the owner's, for all forks


def test_all_thirteen_calls_of_mip_are_reached_and_no_secret_is_shown(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    used = {"name": "Use", "ansible.builtin.debug": {"msg": "{{ link.sso.url | length }} {{ link.sso.hash | length }}"}}
    tasks: list[dict[str, t.Any]] = [
        {USER: PERSON},
        {CLIENT: {**IN_MARKET, "password": PASSWORD}},
        {CLIENT: {**IN_MARKET, "blocked": True}},
        {MEMBER: IN_MARKET},
        {MEMBER: {**IN_MARKET, "password": PASSWORD, "blocked": True}},
        {LINK: {**IN_MARKET, "kind": "user"}, "register": "link"},
        dict(used),
        {LINK: {**IN_MARKET, "kind": "client"}, "register": "link"},
        {RESET: {"email": EMAIL, "kind": "user"}},
        {RESET: {"email": EMAIL, "kind": "client"}},
    ]
    gone = [
        {MEMBER: {**IN_MARKET, "state": "absent"}},
        {CLIENT: {**IN_MARKET, "state": "absent", "password": PASSWORD}},
    ]
    run = run_playbook(play(tasks), env=world_env, home=tmp_path, verbosity=4, diff=True).check()
    assert run.task("Use")["msg"] == "80 32"
    # The owner's, one for the whole run, and the member's. The other logins were refused: nobody was registered yet.
    assert world.counts()["mip_logins"] == 2
    secrets = secrets_of(world)
    assert len(secrets) == 1 + 1 + 2 * 3 + 2 + 6  # passwords; pairs of owner, user and client; links; signatures
    last = run_playbook(play(gone), env=world_env, home=tmp_path, verbosity=4, diff=True).check()
    assert len({entry["template"] for entry in world.log(vendor="mip")}) == 13
    ledger = (tmp_path / LEDGER).read_bytes()
    for secret in secrets:
        for shown in (run.output, last.output):
            assert secret not in shown
            assert json.dumps(secret)[1:-1] not in shown
        assert secret.encode() not in ledger
    assert not [path for path in tmp_path.rglob("*") if "partnerops-saas" in str(path)]
