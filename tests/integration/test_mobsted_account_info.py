# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mobsted_account_info`` against the simulator; test_preflight.py shows it in its playbook."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import TaskResult, run_task

INFO = "partnerops.saas.mobsted_account_info"
POINTS = ["reachable", "TLS", "login", "refresh", "app ID 1", "apps", "push"]


def account_info(env: dict[str, str], args: dict[str, t.Any] | None = None, **how: t.Any) -> TaskResult:
    """Return the result of the task, which succeeds whatever it finds."""
    result = run_task(INFO, args or {}, env=env, **how).check().task("Task")
    assert not result.changed
    assert len(result["lines"]) == len(result["checks"])
    return result


def point(result: TaskResult, name: str) -> dict[str, t.Any]:
    return dict(next(one for one in result["checks"] if one["name"] == name))


def test_everything_works(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example")
    world.do("app_add", name="Portal")
    for check in (False, True):
        result = account_info(world_env, check=check)
        assert result["ok"] is True
        assert [one["name"] for one in result["checks"]] == POINTS
        assert all(one["ok"] for one in result["checks"] if one["needed"])
        assert (result["account"]["url"], result["account"]["apps"]) == (world.mobsted_url, 2)
        assert result["account"]["paths"] == {"objects": "object", "applications": "applications", "push": None}
        assert "API page" in result["account"]["spelling"]
    assert {entry["method"] for entry in world.log()} == {"GET"}


def test_a_new_account_has_no_tenants(world: t.Any, world_env: dict[str, str]) -> None:
    result = account_info(world_env)
    assert result["ok"] is True
    assert "no tenants yet" in point(result, "app ID 1")["detail"]
    assert (result["account"]["spelling"], result["account"]["apps"]) == (None, 1)


def test_a_path_that_is_set_is_reported(world_env: dict[str, str]) -> None:
    result = account_info(world_env, {"api_paths": {"push": "push"}})
    assert result["account"]["paths"]["push"] == "push"
    assert point(result, "push")["ok"] is None


@pytest.mark.parametrize(
    ("changes", "name", "setting"),
    [
        ({"MOBSTED_API_PASSWORD": "Wrong-One-77"}, "login", "api_password"),
        ({"MOBSTED_API_URL": "http://127.0.0.1:9", "MOBSTED_RETRIES": "0"}, "reachable", "api_url"),
        ({"MOBSTED_API_URL": "http://mobsted.example"}, "settings", "https://"),
        ({"MOBSTED_API_LOGIN": "", "MOBSTED_API_PASSWORD": ""}, "settings", "api_login"),
    ],
)
def test_what_does_not_work_is_reported_with_its_setting(
    world_env: dict[str, str], changes: dict[str, str], name: str, setting: str
) -> None:
    result = account_info({**world_env, **changes})
    assert result["ok"] is False
    failed = point(result, name)
    assert (failed["ok"], failed["needed"]) == (False, True)
    assert setting in f"{failed['detail']} {failed['mend']}"
    assert "Wrong-One-77" not in str(result.result)


def test_an_account_without_the_list_of_tenants(world: t.Any, world_env: dict[str, str]) -> None:
    world.fault("status", status=403, method="GET", path="/api/v8/object*", times=None)
    result = account_info(world_env)
    assert result["ok"] is False
    assert point(result, "login")["ok"] is True
    assert point(result, "apps")["ok"] is True
    assert "master account" in point(result, "app ID 1")["mend"]
