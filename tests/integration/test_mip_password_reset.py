# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_password_reset`` against the simulator."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import run_task
from ansible_collections.partnerops.saas.tests.support.mip import EMAIL, PERSON, check_refused

RESET = "partnerops.saas.mip_password_reset"
PATHS = {"user": "*/forgot-password", "client": "*/forgot-password/client"}


@pytest.fixture
def env(world: t.Any) -> dict[str, str]:
    """Create a user and a client, and return the URL alone: these calls are not signed."""
    world.do("mip_user", **PERSON)
    world.do("mip_client", marketplace_id=7, email=EMAIL)
    return {"MIP_API_URL": world.mip_url}


@pytest.mark.parametrize("kind", list(PATHS))
def test_every_run_sends_one_mail(world: t.Any, env: dict[str, str], kind: str) -> None:
    args = {"kind": kind, "email": EMAIL}
    checked = run_task(RESET, args, env=env, check=True).check().task("Task")
    assert checked.changed
    assert checked["password_reset"] == {**args, "message": None}
    assert world.counts()["requests"] == 0
    for number in (1, 2):
        done = run_task(RESET, args, env=env).check().task("Task")
        assert done.changed
        assert done["password_reset"] == {**args, "message": "Email has been sent."}
        assert [(mail["kind"], mail["to"]) for mail in world.outbox()] == [(f"{kind}_password", EMAIL)] * number


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", list(PATHS))
def test_a_lost_response_sends_no_second_mail(world: t.Any, env: dict[str, str], kind: str, when: str) -> None:
    world.fault("reset", path=PATHS[kind], when=when)
    failed = run_task(RESET, {"kind": kind, "email": EMAIL}, env=env).check(2).task("Task")
    assert failed.failure["code"] == "unknown_outcome"
    assert len(world.log(vendor="mip")) == 1
    assert len(world.outbox()) == (when == "after")


def test_the_response_does_not_say_whether_the_address_is_known(world: t.Any, env: dict[str, str]) -> None:
    done = run_task(RESET, {"kind": "user", "email": "no@body.example"}, env=env).check().task("Task")
    assert done["password_reset"]["message"] == "Email has been sent."
    assert world.outbox() == []


def test_a_refused_call_fails(world: t.Any, env: dict[str, str]) -> None:
    world.fault("status", status=403, path=PATHS["user"])
    failed = run_task(RESET, {"kind": "user", "email": EMAIL}, env=env).check(2).task("Task")
    assert failed.failure["code"] == "forbidden"
    assert world.outbox() == []


def test_bad_input_is_refused_before_anything_is_sent(world: t.Any, tmp_path: Path) -> None:
    cases: list[tuple[dict[str, t.Any], list[str]]] = [
        ({"kind": "user", "email": "person@"}, ["not an e-mail address"]),
        ({"kind": "user", "email": EMAIL, "api_url": "http://mip.example"}, ["http://"]),
    ]
    check_refused(world, RESET, cases, tmp_path)
