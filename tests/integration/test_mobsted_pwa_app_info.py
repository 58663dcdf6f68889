# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mobsted_pwa_app_info`` against the simulator."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import run_task

INFO = "partnerops.saas.mobsted_pwa_app_info"
EMAIL = "owner@acme.example"


@pytest.fixture
def tenant(world: t.Any) -> dict[str, t.Any]:
    """Return a tenant with two apps."""
    return dict(world.do("tenant_add", email=EMAIL, apps=["Store", "Help"]))


def found(args: dict[str, t.Any], env: dict[str, str], **how: t.Any) -> list[dict[str, t.Any]]:
    result = run_task(INFO, args, env=env, **how).check().task("Task")
    assert not result.changed
    return list(result["apps"])


@pytest.mark.usefixtures("tenant")
def test_the_apps_of_a_tenant(world: t.Any, world_env: dict[str, str]) -> None:
    made = world.apps(EMAIL)
    for check in (False, True):
        apps = found({"tenant": "Owner@ACME.example"}, world_env, check=check)
        assert [(app["id"], app["name"]) for app in apps] == [(app["id"], app["name"]) for app in made]
        for app in apps:
            assert app["tenant"].lower() == EMAIL
            assert app["icon_url"].startswith("http://127.0.0.1:")
    assert {entry["method"] for entry in world.log()} == {"GET"}


@pytest.mark.usefixtures("tenant")
def test_apps_are_found_by_exact_name(world: t.Any, world_env: dict[str, str]) -> None:
    assert [app["name"] for app in found({"tenant": EMAIL, "name": "Help"}, world_env)] == ["Help"]
    for name in ("help", "Hel", "Nothing"):
        assert found({"tenant": EMAIL, "name": name}, world_env) == []
    world.do("app_add", email=EMAIL, name="Help")
    assert len(found({"tenant": EMAIL, "name": "Help"}, world_env)) == 2


def test_the_apps_of_the_account_itself(world: t.Any, world_env: dict[str, str]) -> None:
    (registry,) = world.apps()
    world.do("app_add", name="Mine")
    apps = found({}, world_env)
    assert [(app["name"], app["tenant"]) for app in apps] == [(registry["name"], None), ("Mine", None)]


def test_a_tenant_without_apps(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email=EMAIL)
    assert found({"tenant": EMAIL}, world_env) == []


def test_an_unknown_tenant_is_not_found(world_env: dict[str, str]) -> None:
    failed = run_task(INFO, {"tenant": EMAIL}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "not_found"
    assert EMAIL in failed.msg


@pytest.mark.usefixtures("tenant")
def test_a_changed_password_can_be_given(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_password", email=EMAIL, password="changed&word/+1")
    failed = run_task(INFO, {"tenant": EMAIL}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "stale_credentials"
    assert "tenant_password" in failed.msg
    run = run_task(INFO, {"tenant": EMAIL, "tenant_password": "changed&word/+1"}, env=world_env, verbosity=4).check()
    assert len(run.task("Task")["apps"]) == 2
    assert "changed&word/+1" not in run.output


@pytest.mark.parametrize(("status", "code"), [(500, "server_error"), (403, "forbidden"), (404, "not_found")])
@pytest.mark.usefixtures("tenant")
def test_a_list_that_cannot_be_read_is_never_empty(
    world: t.Any, world_env: dict[str, str], status: int, code: str
) -> None:
    world.fault("status", status=status, method="GET", path="/api/v8/applications", times=None)
    failed = run_task(INFO, {"tenant": EMAIL, "retries": 1}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == code
