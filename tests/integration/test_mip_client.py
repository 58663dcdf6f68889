# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_client`` against the simulator."""

from __future__ import annotations

import sqlite3
import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.support.harness import run_playbook
from ansible_collections.partnerops.saas.tests.support.mip import (
    EMAIL,
    IN_MARKET,
    PASSWORD,
    check_refused,
    check_unknown_tenant,
    secrets_of,
    writes,
)
from ansible_collections.partnerops.saas.tests.support.plays import ROUND, check_round, play
from ansible_collections.partnerops.saas.tests.support.worlds import run_in_worlds, worlds

CLIENT = "partnerops.saas.mip_client"


def clients(world: t.Any) -> list[dict[str, t.Any]]:
    return list(world.state()["marketplaces"]["7"]["clients"])


def test_do_again_check_check_again(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    """Register, block, unblock, remove, and register blocked."""
    life: list[dict[str, t.Any]] = [
        {**IN_MARKET, "password": PASSWORD},
        {**IN_MARKET, "blocked": True},
        {**IN_MARKET, "blocked": False},
        {**IN_MARKET, "state": "absent"},
        {**IN_MARKET, "password": PASSWORD, "blocked": True},
    ]
    tasks = [
        {"name": f"{number} {name}", CLIENT: args, "check_mode": check, "diff": True}
        for number, args in enumerate(life)
        for name, check in ROUND.items()
    ]
    run = run_playbook(play(tasks), env=world_env, home=tmp_path).check()
    for number in range(len(life)):
        check_round([run.task(f"{number} {name}") for name in ROUND], "client")
    assert len(writes(world)) == len(life) + 1  # the last one registers and blocks
    assert world.outbox() == []
    (client,) = clients(world)
    assert (client["email"], client["is_blocked"]) == (EMAIL, True)
    assert run.task("4 do")["client"]["id"] == client["id"]


def test_who_is_gone_already(simulator: t.Any, tmp_path: Path) -> None:
    statuses = ("200", "404", "410")
    with worlds(simulator, {status: {"mip": {"remove_missing_status": int(status)}} for status in statuses}) as made:
        args = {**IN_MARKET, "client_id": 99, "state": "absent"}
        tasks = [{"name": "Once", CLIENT: args}, {"name": "Twice", CLIENT: args}]
        run = run_in_worlds(made, tasks, ledgers=tmp_path).check()
        for status in statuses:
            changed = [run.task(name, status).changed for name in ("Once", "Twice")]
            assert changed == [status == "200", False], status


def test_a_lost_response_registers_once(simulator: t.Any, tmp_path: Path) -> None:
    faults: dict[str, dict[str, t.Any]] = {
        "502": {"kind": "status", "status": 502},
        "reset": {"kind": "reset"},
        "stall": {"kind": "stall", "seconds": 8},
        "truncated": {"kind": "truncated"},
        "html": {"kind": "html"},
    }
    with worlds(simulator, list(faults)) as made:
        for name, world in made.items():
            world.fault(path="*/register/client/7", when="after", **faults[name])
        task: dict[str, t.Any] = {"name": "Task", CLIENT: {**IN_MARKET, "password": PASSWORD, "timeout": 2}}
        run = run_in_worlds(made, [task, {**task, "name": "Again"}], ledgers=tmp_path).check()
        for name, world in made.items():
            done, again = run.task("Task", name), run.task("Again", name)
            assert (done.changed, done["reconciled"], again.changed) == (True, True, False), name
            (client,) = clients(world)
            assert done["client"]["id"] == client["id"], name


def test_a_block_of_unknown_outcome_is_not_sent_again(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    ident = world.do("mip_client", marketplace_id=7, email=EMAIL)["id"]
    world.fault("reset", path="*/client/7/block/*", when="after")
    block = {**IN_MARKET, "client_id": ident, "blocked": True}
    tasks = [{"name": "Lost", CLIENT: block, "ignore_errors": True}]
    failed = run_playbook(play(tasks), env=world_env, home=tmp_path).check().task("Lost")
    assert failed.failure["code"] == "unknown_outcome"
    assert len(writes(world)) == 1
    found = run_playbook(play([{"name": "Next", CLIENT: block}]), env=world_env, home=tmp_path).check().task("Next")
    assert (found["probed"], found["client"]["blocked"]) == (True, True)
    assert clients(world)[0]["is_blocked"] is True


def test_bad_input_is_refused_before_anything_is_sent(world: t.Any, tmp_path: Path) -> None:
    cases: list[tuple[dict[str, t.Any], list[str]]] = [
        (IN_MARKET, ["'password'", "'client_id'"]),
        ({**IN_MARKET, "blocked": True}, ["api_email"]),
        ({**IN_MARKET, "marketplace_id": 0}, ["marketplace_id is 0"]),
        ({**IN_MARKET, "client_id": 0, "state": "absent"}, ["client_id is 0"]),
        ({**IN_MARKET, "email": "person@", "password": PASSWORD}, ["not an e-mail address"]),
    ]
    check_refused(world, CLIENT, cases, tmp_path)


def test_an_unknown_address_is_refused_before_any_call_to_mip(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    check_unknown_tenant(world, world_env, CLIENT, {**IN_MARKET, "password": PASSWORD}, tmp_path)


def test_the_module_path_does_the_same(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    task = {"name": "T", CLIENT: {**IN_MARKET, "password": PASSWORD}, "async": 60, "poll": 1}
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    env = {
        **world_env,
        "ANSIBLE_ASYNC_DIR": str(tmp_path / "async"),
        "MIP_LEDGER_PATH": str(tmp_path / "l" / "x.sqlite3"),
    }
    for changed in (1, 0):
        run = run_playbook(play([task], vars=variables), env=env, home=tmp_path, verbosity=4).check()
        assert run.changed == changed
        for secret in secrets_of(world):
            assert secret not in run.output
    connection = sqlite3.connect(tmp_path / "l" / "x.sqlite3")
    assert connection.execute("SELECT state, blocked FROM entry").fetchall() == [("present", 0)]
    connection.close()
