# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_member`` against the simulator."""

from __future__ import annotations

import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.mip import (
    EMAIL,
    IN_MARKET,
    LEDGER,
    PASSWORD,
    PERSON,
    check_refused,
    check_unknown_tenant,
    writes,
)
from ansible_collections.partnerops.saas.tests.support.plays import ROUND, check_round, play
from ansible_collections.partnerops.saas.tests.support.worlds import run_in_worlds, worlds

MEMBER = "partnerops.saas.mip_member"


@pytest.mark.smoke
def test_do_again_check_check_again(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    """Invite, block, unblock, remove, and invite again."""
    world.do("mip_user", **PERSON)
    life: list[dict[str, t.Any]] = [
        IN_MARKET,
        {**IN_MARKET, "password": PASSWORD, "blocked": True},
        {**IN_MARKET, "blocked": False},
        {**IN_MARKET, "state": "absent"},
        IN_MARKET,
    ]
    tasks = [
        {"name": f"{number} {name}", MEMBER: args, "check_mode": check, "diff": True}
        for number, args in enumerate(life)
        for name, check in ROUND.items()
    ]
    run = run_playbook(play(tasks), env=world_env, home=tmp_path).check()
    for number in range(len(life)):
        check_round([run.task(f"{number} {name}") for name in ROUND], "member")
    assert len(writes(world)) == len(life)
    assert [mail["to"] for mail in world.outbox()] == [EMAIL, EMAIL]  # the member was removed in between
    path = tmp_path / LEDGER
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("signing", ["hmac_sha1", "keys", "none"])
def test_the_three_ways_of_signing(simulator: t.Any, signing: str, tmp_path: Path) -> None:
    with simulator.world(mip={"signing": signing, "prefix": "/api/v1"}) as world:
        env = connection_env(world)
        by_keys = {key: value for key, value in env.items() if not key.startswith("MIP_API_E")}
        by_keys.pop("MIP_API_PASSWORD")
        if signing != "none":
            by_keys |= {"MIP_API_PUBLIC_KEY": world.mip_public_key, "MIP_API_PRIVATE_KEY": world.mip_private_key}
        args = {**IN_MARKET, "signing": signing}
        assert run_task(MEMBER, args, env=by_keys, home=tmp_path).check().changed == 1
        assert world.counts()["mip_logins"] == 0
        args = {**args, "marketplace_id": 1}
        assert run_task(MEMBER, args, env=env, home=tmp_path).check().changed == 1
        assert world.counts()["mip_logins"] == (0 if signing == "none" else 1)
        if signing == "hmac_sha1":
            wrong = {**by_keys, "MIP_API_PRIVATE_KEY": "0" * 32}
            refused = run_task(MEMBER, {**args, "email": "v@x.example"}, env=wrong, home=tmp_path).check(2).task("Task")
            assert refused.failure["code"] == "forbidden"
            again = run_task(MEMBER, {**args, "email": "v@x.example"}, env=env, home=tmp_path).check()
            assert again.changed == 1  # a refused call was not executed


def test_keys_that_rotate_are_fetched_again(simulator: t.Any, tmp_path: Path) -> None:
    with simulator.world(mip={"rotate_keys": True}) as world:
        tasks = [{MEMBER: {"marketplace_id": 7, "email": f"u{number}@x.example"}} for number in range(3)]
        owner = {"partnerops.saas.mip_user": {"email": world.mip_email, "password": world.mip_password}}
        run = run_playbook(play([tasks[0], owner, *tasks[1:]]), env=connection_env(world), home=tmp_path).check()
        assert run.changed == 3
        assert len(world.outbox()) == 3
        assert world.counts()["mip_logins"] == 3  # the user's own login made the first pair invalid


def test_bad_input_is_refused_before_anything_is_sent(world: t.Any, tmp_path: Path) -> None:
    cases: list[tuple[dict[str, t.Any], list[str]]] = [
        (IN_MARKET, ["api_email and api_password are missing"]),
        ({**IN_MARKET, "marketplace_id": -1}, ["marketplace_id is -1"]),
        ({**IN_MARKET, "email": "person@"}, ["not an e-mail address"]),
        ({**IN_MARKET, "api_public_key": "p" * 32}, ["api_private_key is missing"]),
        ({**IN_MARKET, "require_tenant": True}, ["tenant_registry", "api_url is missing"]),
        ({**IN_MARKET, "api_url": "http://mip.example"}, ["http://"]),
    ]
    check_refused(world, MEMBER, cases, tmp_path)


def test_an_unknown_address_is_refused_before_any_call_to_mip(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    check_unknown_tenant(world, world_env, MEMBER, IN_MARKET, tmp_path)


LOST: list[dict[str, t.Any]] = [
    {"kind": "status", "status": 502},
    {"kind": "reset"},
    {"kind": "stall", "seconds": 8},
    {"kind": "truncated"},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "wrong_types"},
    {"kind": "redirect", "status": 302, "location": "https://elsewhere.example/"},
]


def test_a_lost_response_sends_no_second_mail(simulator: t.Any, tmp_path: Path) -> None:
    cases = {f"{fault['kind']}-{when}": (fault, when) for fault in LOST for when in ("before", "after")}
    with worlds(simulator, list(cases)) as made:
        for name, (fault, when) in cases.items():
            made[name].fault(path="*/member/7/add", when=when, **fault)
        task: dict[str, t.Any] = {"name": "Task", MEMBER: {**IN_MARKET, "timeout": 2}}
        again = {**task, "name": "Again"}
        failing = {**task, "name": "Fail", MEMBER: {**task[MEMBER], "on_unconfirmed": "fail"}, "ignore_errors": True}
        tasks = [{**task, "ignore_errors": True}, again, failing]
        run = run_in_worlds(made, tasks, ledgers=tmp_path).check()
        sent = {name: len(world.outbox()) for name, world in made.items()}
        resend = {MEMBER: {**task[MEMBER], "on_unconfirmed": "resend"}}
        resent = run_in_worlds(
            made, [{"name": "Once", **resend}, {"name": "Twice", **resend}], ledgers=tmp_path
        ).check()
        for name, world in made.items():
            lost, unsure = run.task("Task", name), run.task("Again", name)
            assert lost.failure["code"] == "unknown_outcome", name
            assert lost.failure["path"].endswith("/member/7/add")
            assert (unsure.changed, unsure["member"]["state"]) == (False, "unconfirmed"), name
            assert any("on_unconfirmed=resend" in text for text in unsure["warnings"])
            assert run.task("Fail", name).failure["code"] == "undetermined", name
            # A truncated or altered response is made from a real one: there the call was executed either way.
            assert sent[name] <= 1, name
            assert (resent.task("Once", name).changed, resent.task("Twice", name).changed) == (True, False), name
            assert len(world.outbox()) == sent[name] + 1, name


@pytest.mark.parametrize("joins", ["immediate", "accept"])
def test_a_member_before_and_after_accepting(simulator: t.Any, joins: str, tmp_path: Path) -> None:
    with simulator.world(mip={"member_joins": joins}) as world:
        env = connection_env(world)
        run_task(MEMBER, IN_MARKET, env=env, home=tmp_path).check()
        user = world.do("mip_accept", marketplace_id=7, email=EMAIL, password=PASSWORD)
        found = run_task(MEMBER, {**IN_MARKET, "password": PASSWORD, "blocked": True}, env=env, home=tmp_path).check()
        assert found.task("Task")["member"]["id"] == user["id"]
        assert world.state()["marketplaces"]["7"]["members"][str(user["id"])] is True
        assert len(world.outbox()) == 1


def test_each_shape_of_the_elided_response(simulator: t.Any, tmp_path: Path) -> None:
    shapes = ("object", "list", "empty")
    with worlds(simulator, {shape: {"mip": {"member_answer": shape}} for shape in shapes}) as made:
        users = {}
        for shape, world in made.items():
            users[shape] = world.do("mip_accept", marketplace_id=7, email=EMAIL)["id"]
            world.do("mip_block", marketplace_id=7, user_id=users[shape], blocked=True)
        args = {**IN_MARKET, "user_id": "{{ users[inventory_hostname] }}", "blocked": True}
        task = {"name": "Task", MEMBER: args, "vars": {"users": users}, "ignore_errors": True}
        run = run_in_worlds(made, [task], ledgers=tmp_path).check()
        for shape, world in made.items():
            assert world.state()["marketplaces"]["7"]["members"][str(users[shape])] is True
            if shape == "empty":
                assert run.task("Task", shape).failure["code"] == "undetermined"
            else:
                assert run.task("Task", shape)["probed"]
            assert world.outbox() == []  # an id proves the membership


def test_a_damaged_ledger_stops_everything_and_a_deleted_one_starts_over(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    run_task(MEMBER, IN_MARKET, env=world_env, home=tmp_path).check()
    path = tmp_path / LEDGER
    path.write_bytes(path.read_bytes()[:3000])
    damaged = path.read_bytes()
    for check in (True, False):
        failed = run_task(MEMBER, IN_MARKET, env=world_env, home=tmp_path, check=check).check(2).task("Task")
        assert failed.failure["code"] == "undetermined"
        assert str(path) in failed.msg
    assert path.read_bytes() == damaged
    assert len(world.outbox()) == 1
    path.unlink()
    assert run_task(MEMBER, IN_MARKET, env=world_env, home=tmp_path).check().changed == 1
    assert len(world.outbox()) == 2  # as the documentation says


def test_check_mode_makes_no_ledger(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    run_task(MEMBER, IN_MARKET, env=world_env, home=tmp_path, check=True).check()
    assert not (tmp_path / ".local").exists()
    assert world.log(vendor="mip") == []
    assert {entry["method"] for entry in world.log(vendor="mobsted")} == {"GET"}  # is the address a tenant?
