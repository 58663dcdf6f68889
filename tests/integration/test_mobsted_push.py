# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mobsted_push`` against the simulator."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import run_task

ACTION = "partnerops.saas.mobsted_push"
MESSAGE = {
    "app_id": 78,
    "ext_id": "User-100500",
    "title": "Your order is ready",
    "message": "Collect it {{ 'today' }}: #order",
    "api_paths": {"push": "push"},
}


@pytest.fixture
def app(world: t.Any) -> dict[str, t.Any]:
    """Return an app in a tenant's account."""
    world.do("tenant_add", email="owner@acme.example")
    return dict(world.do("app_add", email="owner@acme.example", name="Store"))


def pushes(world: t.Any) -> list[dict[str, t.Any]]:
    return [mail for mail in world.outbox() if mail["kind"] == "push"]


def test_each_run_sends_one_message(world: t.Any, world_env: dict[str, str], app: dict[str, t.Any]) -> None:
    args = {**MESSAGE, "tenant": "Owner@Acme.example", "app_id": app["id"]}
    checked = run_task(ACTION, args, env=world_env, check=True).check().task("Task")
    assert checked.changed
    assert pushes(world) == []

    done = run_task(ACTION, args, env=world_env).check().task("Task")
    assert done.changed
    assert done["push"] == {
        "tenant": "Owner@Acme.example",
        "app_id": app["id"],
        "ext_id": "User-100500",
        "title": "Your order is ready",
        "response": {"meta": {"push": {"affected": 1, "time": 0.01}}},
    }
    assert checked["push"] == {**done["push"], "response": None}
    (sent,) = pushes(world)
    assert (sent["applicationId"], sent["extId"]) == (app["id"], "User-100500")
    assert (sent["title"], sent["message"]) == ("Your order is ready", "Collect it today: #order")

    assert run_task(ACTION, args, env=world_env).check().task("Task").changed
    assert len(pushes(world)) == 2


def test_without_a_path_nothing_is_sent(world: t.Any, world_env: dict[str, str]) -> None:
    args = {key: value for key, value in MESSAGE.items() if key != "api_paths"}
    failed = run_task(ACTION, args, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "invalid_input"
    assert "api_paths.push" in failed.msg
    assert world.counts()["requests"] == 0


@pytest.mark.parametrize(("option", "value"), [("ext_id", " "), ("title", ""), ("message", "\n"), ("app_id", 0)])
def test_empty_texts_are_refused(world: t.Any, world_env: dict[str, str], option: str, value: t.Any) -> None:
    failed = run_task(ACTION, {**MESSAGE, option: value}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "invalid_input"
    assert option in failed.msg
    assert world.counts()["requests"] == 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "status", "status": 502}, "unknown_outcome"),
        ({"kind": "status", "status": 400}, "invalid_input"),
        ({"kind": "html"}, "unknown_outcome"),
        ({"kind": "status", "status": 200, "body": {"ErrorNNumber": 5, "ErrorText": "no"}}, "unknown_outcome"),
    ],
)
def test_a_doubtful_response_is_never_repeated(
    world: t.Any, world_env: dict[str, str], app: dict[str, t.Any], fault: dict[str, t.Any], code: str
) -> None:
    world.fault(**fault, method="POST", path="/api/v8/push", times=None)
    args = {**MESSAGE, "tenant": "owner@acme.example", "app_id": app["id"], "retries": 3}
    failed = run_task(ACTION, args, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == code
    assert len([entry for entry in world.log() if entry["method"] == "POST"]) == 1


def test_an_expired_token_is_renewed(world: t.Any, world_env: dict[str, str], app: dict[str, t.Any]) -> None:
    world.fault("status", status=401, method="POST", path="/api/v8/push")
    args = {**MESSAGE, "tenant": "owner@acme.example", "app_id": app["id"]}
    assert run_task(ACTION, args, env=world_env).check().task("Task").changed
    assert len(pushes(world)) == 1


def test_an_unknown_tenant(world: t.Any, world_env: dict[str, str]) -> None:
    failed = run_task(ACTION, {**MESSAGE, "tenant": "nobody@acme.example"}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "not_found"
    assert pushes(world) == []
