# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_user`` against the simulator."""

from __future__ import annotations

import ast
import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.support.harness import run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.mip import EMAIL, PASSWORD, PERSON, check_refused, writes
from ansible_collections.partnerops.saas.tests.support.plays import ROUND, check_round, play
from ansible_collections.partnerops.saas.tests.support.worlds import run_in_worlds, worlds

USER = "partnerops.saas.mip_user"


def test_do_again_check_check_again(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    tasks = [{"name": name, USER: PERSON, "check_mode": check, "diff": True} for name, check in ROUND.items()]
    run = run_playbook(play(tasks), env=world_env, home=tmp_path, verbosity=4).check()
    check_round([run.task(name) for name in ROUND], "user")
    assert run.task("check")["user"]["id"] is None
    (user,) = [one for one in world.state()["users"] if one["email"] == EMAIL]
    for name in ("do", "again", "check again"):
        found = run.task(name)["user"]
        assert (found["id"], found["state"]) == (user["id"], "present")
        assert (found["favorites"], found["mango_verified"], found["mango_pay_id"]) == ([], False, None)
    assert run.task("do")["user"]["marketplaces"] is None
    assert run.task("again")["user"]["marketplaces"] == []
    assert writes(world) == ["/register"]
    assert not [secret for secret in (PASSWORD, user["public"], user["private"]) if secret in run.output]


def test_keys_are_returned_on_request_only(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    """The pair of a registration and of a login can be used in later tasks and is shown nowhere."""
    wanted = {**PERSON, "return_keys": True}
    tasks: list[dict[str, t.Any]] = [
        {"name": "predicted", USER: wanted, "check_mode": True},
        {"name": "registered", USER: wanted, "register": "registered"},
        {"name": "logged in", USER: wanted, "loop": [1], "register": "again"},
        {"name": "not asked for", USER: PERSON},
        {
            "name": "used",
            "ansible.builtin.copy": {
                "content": "{{ [registered['keys'], again.results[0]['keys']] }}",
                "dest": str(tmp_path / "keys"),
            },
            "no_log": True,
        },
    ]
    run = run_playbook(play(tasks), env=world_env, home=tmp_path, verbosity=4).check()
    (user,) = [one for one in world.state()["users"] if one["email"] == EMAIL]
    pair = {"public_key": user["public"], "private_key": user["private"]}
    assert ast.literal_eval((tmp_path / "keys").read_text(encoding="utf-8")) == [pair, pair]
    assert run.task("predicted")["keys"] is None
    assert "keys" not in run.task("not asked for").result
    assert not [secret for secret in (PASSWORD, *pair.values()) if secret in run.output]


def test_no_owner_is_needed(world: t.Any, tmp_path: Path) -> None:
    run = run_task(USER, PERSON, env={"MIP_API_URL": world.mip_url}, home=tmp_path).check()
    assert run.changed == 1
    assert world.counts()["mip_logins"] == 0  # the person's own login was refused, and nobody else logged in


def test_another_password_is_never_set(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.do("mip_user", email=EMAIL, password="chosen-by-the-person")
    failed = run_task(USER, PERSON, env=world_env, home=tmp_path).check(2).task("Task")
    assert failed.failure["code"] == "duplicate"
    assert "another password" in failed.msg
    (user,) = [one for one in world.state()["users"] if one["email"] == EMAIL]
    assert user["password"] == "chosen-by-the-person"
    found = run_task(USER, {**PERSON, "password": "chosen-by-the-person"}, env=world_env, home=tmp_path).check()
    assert found.changed == 0
    assert found.task("Task")["user"]["id"] == user["id"]


def test_a_lost_response_registers_once(simulator: t.Any, tmp_path: Path) -> None:
    faults: dict[str, dict[str, t.Any]] = {
        "502": {"kind": "status", "status": 502},
        "reset": {"kind": "reset"},
        "stall": {"kind": "stall", "seconds": 8},
        "html": {"kind": "html"},
        "empty": {"kind": "empty"},
    }
    with worlds(simulator, list(faults)) as made:
        for name, world in made.items():
            world.fault(path="/register", when="after", **faults[name])
        task: dict[str, t.Any] = {"name": "Task", USER: {**PERSON, "timeout": 2}}
        run = run_in_worlds(made, [task, {**task, "name": "Again"}], ledgers=tmp_path).check()
        for name, world in made.items():
            done, again = run.task("Task", name), run.task("Again", name)
            assert (done.changed, done["reconciled"], again.changed) == (True, True, False), name
            assert done["user"]["id"] == again["user"]["id"], name
            assert writes(world) == ["/register"], name


def test_a_lost_call_is_not_sent_again(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.fault("reset", path="/register", when="before")
    failed = run_task(USER, PERSON, env=world_env, home=tmp_path).check(2).task("Task")
    assert failed.failure["code"] == "unknown_outcome"
    assert writes(world) == ["/register"]
    assert run_task(USER, PERSON, env=world_env, home=tmp_path).check().changed == 1


def test_bad_input_is_refused_before_anything_is_sent(world: t.Any, tmp_path: Path) -> None:
    cases: list[tuple[dict[str, t.Any], list[str]]] = [
        ({**PERSON, "email": "person@"}, ["not an e-mail address"]),
        ({**PERSON, "api_url": "http://mip.example"}, ["http://"]),
        ({**PERSON, "api_public_key": "p" * 32}, ["api_private_key is missing"]),
    ]
    check_refused(world, USER, cases, tmp_path)


def test_a_login_that_cannot_be_tried_registers_nobody(simulator: t.Any, tmp_path: Path) -> None:
    faults: dict[str, dict[str, t.Any]] = {
        "server_error": {"kind": "status", "status": 500},
        "invalid_response": {"kind": "html"},
        "unreachable": {"kind": "reset"},
    }
    with worlds(simulator, list(faults)) as made:
        for code, world in made.items():
            world.fault(path="/login", times=None, **faults[code])
        task = {"name": "Task", USER: {**PERSON, "retries": 1}, "ignore_errors": True}
        run = run_in_worlds(made, [task], ledgers=tmp_path).check()
        for code, world in made.items():
            assert run.task("Task", code).failure["code"] == code
            assert writes(world) == []
