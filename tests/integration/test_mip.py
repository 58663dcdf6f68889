# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules ``mip_*``, as playbooks run them against the simulator."""

from __future__ import annotations

import json
import sqlite3
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import Run, connection_env, run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.worlds import run_in_worlds, worlds

SAAS = "partnerops.saas."
USER, CLIENT, MEMBER = f"{SAAS}mip_user", f"{SAAS}mip_client", f"{SAAS}mip_member"
LINK, RESET = f"{SAAS}mip_sso_link", f"{SAAS}mip_password_reset"
PASSWORD = "s3cret of the person & more/"
EMAIL = "person@x.example"
LEDGER = ".local/share/partnerops/mip-ledger.sqlite3"


def play(tasks: list[dict[str, t.Any]], hosts: str = "localhost", **more: t.Any) -> list[dict[str, t.Any]]:
    return [{"hosts": hosts, "gather_facts": False, "tasks": tasks, **more}]


ROUND = {"check": True, "do": False, "again": False, "check again": True}


def writes(world: t.Any) -> int:
    """Calls other than logins."""
    return sum("/login" not in entry["path"] or "email" in entry["path"] for entry in world.log(vendor="mip"))


@pytest.mark.smoke
def test_do_again_check_check_again_through_a_whole_life(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    """Check, do, again, check again, diff: a whole life of a user, a client and a member."""
    person = {"email": EMAIL, "password": PASSWORD}
    life: list[tuple[str, str, dict[str, t.Any]]] = [
        (USER, "user", person),
        (CLIENT, "client", {"marketplace_id": 7, **person}),
        (CLIENT, "client", {"marketplace_id": 7, "email": EMAIL, "blocked": True}),
        (CLIENT, "client", {"marketplace_id": 7, "email": EMAIL, "blocked": False}),
        (MEMBER, "member", {"marketplace_id": 7, "email": EMAIL}),
        (MEMBER, "member", {"marketplace_id": 7, "email": EMAIL, "blocked": True}),
        (MEMBER, "member", {"marketplace_id": 7, "email": EMAIL, "blocked": False}),
        (MEMBER, "member", {"marketplace_id": 7, "email": EMAIL, "state": "absent"}),
        (CLIENT, "client", {"marketplace_id": 7, "email": EMAIL, "state": "absent"}),
        (CLIENT, "client", {"marketplace_id": 7, **person, "blocked": True}),
        (MEMBER, "member", {"marketplace_id": 7, "email": EMAIL}),
    ]
    tasks = [
        {"name": f"{number} {name}", action: args, "check_mode": check, "diff": True}
        for number, (action, _key, args) in enumerate(life)
        for name, check in ROUND.items()
    ]
    run = run_playbook(play(tasks), env=world_env, home=tmp_path).check()
    for number, (action, key, args) in enumerate(life):
        check, do, again, check_again = (run.task(f"{number} {name}") for name in ROUND)
        assert [one.changed for one in (check, do, again, check_again)] == [True, True, False, False], (action, args)
        assert check[key].keys() == do[key].keys() == again[key].keys()
        assert do["diff"]["before"] != do["diff"]["after"]
        assert again["diff"]["before"] == again["diff"]["after"] == do["diff"]["after"]
        assert not do["reconciled"]
        assert do["request_attempts"] == 1
    assert writes(world) == len(life) + 1  # one of them registers and blocks
    assert [mail["to"] for mail in world.outbox()] == [EMAIL, EMAIL]  # the member was removed in between
    path = tmp_path / LEDGER
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_all_thirteen_calls_are_reached_and_no_secret_is_shown(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    person = {"email": EMAIL, "password": PASSWORD}
    in_market = {"marketplace_id": 7, "email": EMAIL}
    used = {"name": "Use", "ansible.builtin.debug": {"msg": "{{ link.sso.url | length }} {{ link.sso.hash | length }}"}}
    tasks: list[dict[str, t.Any]] = [
        {USER: person},
        {CLIENT: {**in_market, "password": PASSWORD}},
        {CLIENT: {**in_market, "blocked": True}},
        {MEMBER: in_market},
        {MEMBER: {**in_market, "password": PASSWORD, "blocked": True}},
        {LINK: {**in_market, "kind": "user"}, "register": "link"},
        used,
        {LINK: {**in_market, "kind": "client"}, "register": "link"},
        {RESET: {"email": EMAIL, "kind": "user"}},
        {RESET: {"email": EMAIL, "kind": "client"}},
    ]
    gone = [
        {MEMBER: {**in_market, "state": "absent"}},
        {CLIENT: {**in_market, "state": "absent", "password": PASSWORD}},
    ]
    run = run_playbook(play(tasks), env=world_env, home=tmp_path, verbosity=4, diff=True).check()
    assert run.task("Use")["msg"] == "80 32"
    # The owner's, one for the whole run, and the member's; others were refused, since nobody was there yet.
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


def secrets_of(world: t.Any) -> list[str]:
    """Every key, token, signature and password that was in play."""
    state = world.state()
    found = {PASSWORD, world.mip_password, *(link["hash"] for link in state["sso"])}
    clients = [client for market in state["marketplaces"].values() for client in market["clients"]]
    for person in [*state["users"], *clients]:
        found |= {person["public"], person["private"]}
    for entry in world.log(vendor="mip"):
        found |= {value for name, value in entry["headers"].items() if name in ("x-hmac", "x-public", "x-private")}
    return sorted(found)


@pytest.mark.parametrize("signing", ["hmac_sha1", "keys", "none"])
def test_the_three_ways_of_signing(simulator: t.Any, signing: str, tmp_path: Path) -> None:
    with simulator.world(mip={"signing": signing, "prefix": "/api/v1"}) as world:
        env = connection_env(world)
        by_keys = {key: value for key, value in env.items() if not key.startswith("MIP_API_E")}
        by_keys.pop("MIP_API_PASSWORD")
        if signing != "none":
            by_keys |= {"MIP_API_PUBLIC_KEY": world.mip_public_key, "MIP_API_PRIVATE_KEY": world.mip_private_key}
        args = {"marketplace_id": 7, "email": EMAIL, "signing": signing}
        assert run_task(MEMBER, args, env=by_keys, home=tmp_path).check().changed == 1
        assert world.counts()["mip_logins"] == 0
        args = {"marketplace_id": 1, "email": EMAIL, "signing": signing}
        assert run_task(MEMBER, args, env=env, home=tmp_path).check().changed == 1
        assert world.counts()["mip_logins"] == (0 if signing == "none" else 1)
        if signing == "hmac_sha1":
            wrong = {**by_keys, "MIP_API_PRIVATE_KEY": "0" * 32}
            refused = run_task(MEMBER, {**args, "email": "v@x.example"}, env=wrong, home=tmp_path).check(2).task("Task")
            assert refused.failure["code"] == "forbidden"
            again = run_task(MEMBER, {**args, "email": "v@x.example"}, env=env, home=tmp_path).check()
            assert again.changed == 1  # it was refused, so it was not sent


def test_keys_that_change_are_had_anew(simulator: t.Any, tmp_path: Path) -> None:
    with simulator.world(mip={"rotate_keys": True}) as world:
        tasks = [{MEMBER: {"marketplace_id": 7, "email": f"u{number}@x.example"}} for number in range(3)]
        owner = {USER: {"email": world.mip_email, "password": world.mip_password}}
        run = run_playbook(play([tasks[0], owner, *tasks[1:]]), env=connection_env(world), home=tmp_path).check()
        assert run.changed == 3
        assert len(world.outbox()) == 3
        assert world.counts()["mip_logins"] == 3  # one more was the user's own, which made the first pair invalid


def test_what_is_missing_is_named_before_anything_is_sent(world: t.Any, tmp_path: Path) -> None:
    env = {"MIP_API_URL": world.mip_url}
    missing: list[tuple[str, dict[str, t.Any], list[str]]] = [
        (MEMBER, {"marketplace_id": 7, "email": EMAIL}, ["api_email and api_password missing"]),
        (CLIENT, {"marketplace_id": 7, "email": EMAIL}, ["'password'", "'client_id'"]),
        (CLIENT, {"marketplace_id": 7, "email": EMAIL, "blocked": True}, ["api_email"]),
        (CLIENT, {"marketplace_id": 0, "email": EMAIL}, ["marketplace_id is 0"]),
        (MEMBER, {"marketplace_id": 7, "email": "person@"}, ["not an e-mail address"]),
        (MEMBER, {"marketplace_id": 7, "email": EMAIL, "api_public_key": "p" * 32}, ["api_private_key is missing"]),
        (
            MEMBER,
            {"marketplace_id": 7, "email": EMAIL, "require_tenant": True},
            ["tenant_registry", "api_url is missing"],
        ),
        (LINK, {"marketplace_id": 7, "email": EMAIL, "kind": "user"}, ["api_email and api_password missing"]),
        (MEMBER, {"marketplace_id": 7, "email": EMAIL, "api_url": "http://mip.example"}, ["http://"]),
    ]
    tasks = [
        {"name": f"{number}", action: args, "ignore_errors": True}
        for number, (action, args, _words) in enumerate(missing)
    ]
    run = run_playbook(play(tasks), env=env, home=tmp_path).check()
    for number, (_action, _args, words) in enumerate(missing):
        failed = run.task(f"{number}")
        assert all(word in failed.msg for word in words), failed.msg
        assert failed.failure["code"] in ("invalid_input", "undetermined")
    assert world.counts()["requests"] == 0


@pytest.mark.parametrize("action", [CLIENT, MEMBER])
def test_an_unknown_address_is_refused_before_any_call_to_mip(
    action: str, world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    args = {"marketplace_id": 7, "email": EMAIL, "require_tenant": True}
    args |= {"password": PASSWORD} if action == CLIENT else {}
    registry = {name: value for name, value in world_env.items() if name.startswith("MOBSTED")}
    env = {name: value for name, value in world_env.items() if name not in registry}
    given = {
        "api_url": registry["MOBSTED_API_URL"],
        "api_login": registry["MOBSTED_API_LOGIN"],
        "api_password": registry["MOBSTED_API_PASSWORD"],
    }
    for how in ({"env": world_env}, {"env": env, "given": True}):
        wish = {**args, **({"tenant_registry": given} if how.get("given") else {})}
        for check in (True, False):
            failed = run_task(action, wish, env=how["env"], home=tmp_path, check=check).check(2).task("Task")
            assert failed.failure["code"] == "not_found"
            assert EMAIL in failed.msg
    assert world.log(vendor="mip") == []
    tenant = {f"{SAAS}mobsted_tenant": {"email": EMAIL}}
    foreseen = run_playbook(play([tenant, {action: args}]), env=world_env, home=tmp_path, check=True).check()
    assert foreseen.changed == 2
    world.do("tenant_add", email=EMAIL.upper())
    assert run_task(action, args, env=world_env, home=tmp_path).check().changed == 1


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


def test_a_lost_answer_sends_no_second_mail(simulator: t.Any, tmp_path: Path) -> None:
    cases = {f"{fault['kind']}-{when}": (fault, when) for fault in LOST for when in ("before", "after")}
    with worlds(simulator, list(cases)) as made:
        for name, (fault, when) in cases.items():
            made[name].fault(path="*/member/7/add", when=when, **fault)
        task: dict[str, t.Any] = {"name": "Task", MEMBER: {"marketplace_id": 7, "email": EMAIL, "timeout": 2}}
        again = {**task, "name": "Again"}
        failing = {**task, "name": "Fail", MEMBER: {**task[MEMBER], "on_unconfirmed": "fail"}, "ignore_errors": True}
        tasks = [{**task, "ignore_errors": True}, again, failing]
        run = run_in_worlds(made, tasks, ledgers=tmp_path).check()
        sent = {name: len(world.outbox()) for name, world in made.items()}
        resend = {MEMBER: {**task[MEMBER], "on_unconfirmed": "resend"}}
        mended = run_in_worlds(
            made, [{"name": "Once", **resend}, {"name": "Twice", **resend}], ledgers=tmp_path
        ).check()
        for name, world in made.items():
            lost, unsure = run.task("Task", name), run.task("Again", name)
            assert lost.failure["code"] == "unknown_outcome", name
            assert lost.failure["path"].endswith("/member/7/add")
            assert (unsure.changed, unsure["member"]["state"]) == (False, "unconfirmed"), name
            assert any("on_unconfirmed=resend" in text for text in unsure["warnings"])
            assert run.task("Fail", name).failure["code"] == "undetermined", name
            # A truncated or changed answer is made of a real one, so there the call was executed either way.
            assert sent[name] <= 1, name
            assert (mended.task("Once", name).changed, mended.task("Twice", name).changed) == (True, False), name
            assert len(world.outbox()) == sent[name] + 1, name


@pytest.mark.parametrize("joins", ["immediate", "accept"])
def test_a_member_before_and_after_accepting(simulator: t.Any, joins: str, tmp_path: Path) -> None:
    with simulator.world(mip={"member_joins": joins}) as world:
        env, args = connection_env(world), {"marketplace_id": 7, "email": EMAIL}
        run_task(MEMBER, args, env=env, home=tmp_path).check()
        user = world.do("mip_accept", marketplace_id=7, email=EMAIL, password=PASSWORD)
        found = run_task(MEMBER, {**args, "password": PASSWORD, "blocked": True}, env=env, home=tmp_path).check()
        assert found.task("Task")["member"]["id"] == user["id"]
        assert world.state()["marketplaces"]["7"]["members"][str(user["id"])] is True
        assert len(world.outbox()) == 1


def test_each_shape_of_the_elided_answer(simulator: t.Any, tmp_path: Path) -> None:
    shapes = ("object", "list", "empty")
    with worlds(simulator, {shape: {"mip": {"member_answer": shape}} for shape in shapes}) as made:
        users = {}
        for shape, world in made.items():
            users[shape] = world.do("mip_accept", marketplace_id=7, email=EMAIL)["id"]
            world.do("mip_block", marketplace_id=7, user_id=users[shape], blocked=True)
        args = {"marketplace_id": 7, "email": EMAIL, "user_id": "{{ users[inventory_hostname] }}", "blocked": True}
        task = {"name": "Task", MEMBER: args, "vars": {"users": users}, "ignore_errors": True}
        run = run_in_worlds(made, [task], ledgers=tmp_path).check()
        for shape, world in made.items():
            assert world.state()["marketplaces"]["7"]["members"][str(users[shape])] is True
            if shape == "empty":
                assert run.task("Task", shape).failure["code"] == "undetermined"
            else:
                assert run.task("Task", shape)["probed"]
            assert world.outbox() == []  # an id says that the member is there


def test_who_is_gone_already(simulator: t.Any, tmp_path: Path) -> None:
    statuses = ("200", "404", "410")
    with worlds(simulator, {status: {"mip": {"remove_missing_status": int(status)}} for status in statuses}) as made:
        args = {"marketplace_id": 7, "email": EMAIL, "client_id": 99, "state": "absent"}
        tasks = [{"name": "Once", CLIENT: args}, {"name": "Twice", CLIENT: args}]
        run = run_in_worlds(made, tasks, ledgers=tmp_path).check()
        for status in statuses:
            changed = [run.task(name, status).changed for name in ("Once", "Twice")]
            assert changed == [status == "200", False], status


def test_four_forks_send_one_mail_and_one_toggle(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    client = world.do("mip_client", marketplace_id=7, email=EMAIL)
    tasks = [
        {"name": "Invite", MEMBER: {"marketplace_id": 7, "email": EMAIL}},
        {"name": "Block", CLIENT: {"marketplace_id": 7, "email": EMAIL, "client_id": client["id"], "blocked": True}},
        {"name": "Register", CLIENT: {"marketplace_id": 1, "email": EMAIL, "password": PASSWORD}},
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
    assert world.counts()["by_route"]["mip - POST /login"] == 1  # the owner's, for all forks


def test_a_damaged_ledger_stops_everything_and_a_deleted_one_starts_anew(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    args = {"marketplace_id": 7, "email": EMAIL}
    run_task(MEMBER, args, env=world_env, home=tmp_path).check()
    path = tmp_path / LEDGER
    path.write_bytes(path.read_bytes()[:3000])
    damaged = path.read_bytes()
    for check in (True, False):
        failed = run_task(MEMBER, args, env=world_env, home=tmp_path, check=check).check(2).task("Task")
        assert failed.failure["code"] == "undetermined"
        assert str(path) in failed.msg
    assert path.read_bytes() == damaged
    assert len(world.outbox()) == 1
    path.unlink()
    assert run_task(MEMBER, args, env=world_env, home=tmp_path).check().changed == 1
    assert len(world.outbox()) == 2  # which the documentation says


def test_check_mode_makes_no_ledger(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    run_task(MEMBER, {"marketplace_id": 7, "email": EMAIL}, env=world_env, home=tmp_path, check=True).check()
    assert not (tmp_path / ".local").exists()
    assert world.log(vendor="mip") == []
    assert {entry["method"] for entry in world.log(vendor="mobsted")} == {"GET"}  # is the address a tenant?


def test_links_and_resets(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.do("mip_client", marketplace_id=7, email=EMAIL)
    link = {LINK: {"kind": "client", "email": EMAIL, "marketplace_id": 7}}
    reset = {RESET: {"kind": "client", "email": EMAIL}}
    foreseen = run_playbook(play([{"name": "L", **link}, {"name": "R", **reset}]), env=world_env, check=True).check()
    assert (foreseen.changed, world.counts()["requests"]) == (2, 0)
    assert foreseen.task("L")["sso"] == {
        "kind": "client",
        "email": EMAIL,
        "marketplace_id": 7,
        "url": None,
        "hash": None,
    }
    run: Run = run_playbook(play([link, link, reset]), env=world_env).check()
    assert run.changed == 3
    assert [one["email"] for one in world.state()["sso"]] == [EMAIL, EMAIL]
    assert [mail["kind"] for mail in world.outbox()] == ["client_password"]
    world.fault("reset", path="*/forgot-password/client", when="after")
    world.fault("reset", path="*/client/login-email", when="after")
    for action in (link, reset):
        failed = run_playbook(play([{"name": "T", **action}]), env=world_env).check(2).task("T")
        assert failed.failure["code"] == "unknown_outcome"
    assert len(world.outbox()) == 2
    unknown = {LINK: {"kind": "user", "email": "no@body.example", "marketplace_id": 7}}
    failed = run_playbook(play([{"name": "T", **unknown}]), env=world_env).check(2).task("T")
    assert failed.failure["code"] == "not_found"


def test_the_module_path_does_the_same(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    args = {"marketplace_id": 7, "email": EMAIL, "password": PASSWORD}
    task = {"name": "T", CLIENT: args, "async": 60, "poll": 1}
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
