# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mobsted_tenant_info`` against the simulator."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.plays import play
from ansible_collections.partnerops.saas.tests.support.worlds import run_in_worlds, worlds

INFO = "partnerops.saas.mobsted_tenant_info"
EMAIL = "owner@acme.example"


@pytest.mark.parametrize("last_page", [True, False])
def test_all_pages_are_read(simulator: t.Any, last_page: bool) -> None:
    with simulator.world(tenants=45, page_cap=10, last_page=last_page) as world:
        for check in (False, True):
            found = run_task(INFO, {}, env=connection_env(world), check=check).check().task("Task")
            assert not found.changed
            emails = sorted(tenant["email"] for tenant in world.state()["tenants"])
            assert sorted(row["email"] for row in found["tenants"]) == emails
            assert all("credentials" not in row for row in found["tenants"])
            assert found["tenants"][7]["stats"]["apps_total"] is not None
        assert {entry["method"] for entry in world.log()} == {"GET"}


def test_one_tenant_is_found_by_its_address(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="other@acme.example")
    world.do("tenant_add", email=EMAIL, counters={"appsTotal": 3})
    for email in (EMAIL, "Owner@ACME.example"):
        (found,) = run_task(INFO, {"email": email}, env=world_env).check().task("Task")["tenants"]
        tenant = world.tenant(EMAIL)
        assert {key: found[key] for key in ("email", "url", "name")} == {
            key: tenant[key] for key in ("email", "url", "name")
        }
        assert found["id"] == str(tenant["id"])
        assert found["stats"]["apps_total"] == 3
        assert "credentials" not in found


def test_credentials_come_only_on_request_and_are_not_shown(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email=EMAIL)
    password = world.tenant(EMAIL)["password"]
    tasks = [
        {INFO: {"email": EMAIL, "include_credentials": True}, "register": "found"},
        {"name": "Use", "ansible.builtin.debug": {"var": "found.tenants[0].credentials"}},
    ]
    run = run_playbook(play(tasks), env=world_env).check()
    assert run.task("Use")["found.tenants[0].credentials"] == {"login": EMAIL, "password": password}
    quiet = run_playbook(play(tasks[:1]), env=world_env, verbosity=4).check()
    assert password not in quiet.output


def test_nothing_to_find(world: t.Any, world_env: dict[str, str]) -> None:
    assert run_task(INFO, {}, env=world_env).check().task("Task")["tenants"] == []
    world.do("tenant_add", email=EMAIL)
    assert run_task(INFO, {"email": "no@body.example"}, env=world_env).check().task("Task")["tenants"] == []


def test_a_list_that_cannot_be_read_is_never_empty(simulator: t.Any) -> None:
    codes = {"500": "server_error", "403": "forbidden", "404": "not_found"}
    with worlds(simulator, list(codes)) as made:
        for name, world in made.items():
            world.fault("status", status=int(name), method="GET", path="/api/v8/object*", times=None)
        wanted: tuple[dict[str, t.Any], ...] = ({}, {"email": EMAIL})
        tasks = [
            {"name": str(number), INFO: {**args, "retries": 1}, "ignore_errors": True}
            for number, args in enumerate(wanted)
        ]
        run = run_in_worlds(made, tasks).check()
        for name in made:
            for task in tasks:
                assert run.task(str(task["name"]), name).failure["code"] == codes[name]


def test_bad_input_is_refused_before_anything_is_sent(world: t.Any, world_env: dict[str, str]) -> None:
    failed = run_task(INFO, {"email": "owner@"}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "invalid_input"
    assert "email" in failed.msg
    assert world.counts()["requests"] == 0
