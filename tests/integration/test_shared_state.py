# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many machines with one database. Each machine is a HOME and a TMPDIR."""

from __future__ import annotations

import subprocess
import typing as t
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import pytest

from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.background import playbook_started
from ansible_collections.partnerops.saas.tests.support.harness import (
    CONNECTIONS,
    Run,
    clean_environment,
    environment_python,
    python_of,
    run_playbook,
    run_task,
)
from ansible_collections.partnerops.saas.tests.support.processes import Sampler
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until

SAAS = "partnerops.saas."
MARKET, FLEET = f"{SAAS}mip_marketplace", f"{SAAS}mobsted_fleet"
PASSWORD = "password of the person"


@pytest.fixture
def env(world_env: dict[str, str], database: str) -> dict[str, str]:
    """Return the environment that all machines share."""
    return {**world_env, "PARTNEROPS_STATE_URL": database}


def members(count: int, **more: t.Any) -> dict[str, t.Any]:
    return {"marketplace_id": 7, "members": [{"email": f"m{number}@x.example"} for number in range(count)], **more}


def at_once(tmp_path: Path, count: int, work: t.Callable[[Path], Run]) -> list[Run]:
    """Run on this many machines at the same time."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, [tmp_path / f"machine{number}" for number in range(count)]))


def mails(world: t.Any) -> Counter[str]:
    return Counter(mail["to"] for mail in world.outbox())


def test_three_jobs_in_a_row(world: t.Any, env: dict[str, str], tmp_path: Path) -> None:
    first = run_task(MARKET, members(20), env=env, home=tmp_path / "job0").check().task("Task")
    assert first["summary"]["members"]["created"] == 20
    assert any("had no tables for the shared state" in text for text in first["warnings"])
    for number in (1, 2):
        again = run_task(MARKET, members(20), env=env, home=tmp_path / f"job{number}").check().task("Task")
        assert not again.changed
        assert "warnings" not in again.result
    assert set(mails(world).values()) == {1}
    assert len(world.outbox()) == 20
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_four_at_once(world: t.Any, env: dict[str, str], tmp_path: Path) -> None:
    runs = at_once(tmp_path, 4, lambda home: run_task(MARKET, members(20), env=env, home=home))
    created = sum(run.check().task("Task")["summary"]["members"]["created"] for run in runs)
    assert created == 20
    assert mails(world) == {f"m{number}@x.example": 1 for number in range(20)}


def test_another_machine_takes_over_from_a_killed_one(world: t.Any, env: dict[str, str], tmp_path: Path) -> None:
    world.fault("stall", path="*/member/7/add", when="after", seconds=60, nth=9)
    with playbook_started([{MARKET: members(20, concurrency=2)}], tmp_path / "killed", env) as process:
        wait_until(lambda: len(world.outbox()) >= 9, process=process)
    run = run_task(MARKET, members(20), env=env, home=tmp_path / "other").check()
    assert any("no known outcome" in text for text in run.task("Task")["warnings"])
    sent = mails(world)
    assert max(sent.values()) == 1
    info = run_task(f"{SAAS}mip_ledger_info", {"open": True}, env=env, home=tmp_path / "third").check()
    assert {one["email"] for one in info.task("Task")["entries"]} >= {f"m{n}@x.example" for n in range(20)} - set(sent)


def test_twenty_apps_from_two_machines(world: t.Any, env: dict[str, str], tmp_path: Path) -> None:
    plays = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "App",
                    f"{SAAS}mobsted_pwa_app": {"name": "App {{ item }}", "website_url": "https://site.example/"},
                    "loop": list(range(20)),
                }
            ],
        }
    ]
    runs = at_once(tmp_path, 2, lambda home: run_playbook(plays, env=env, home=home))
    assert sum(one.changed for run in runs for one in run.check().loop("App")) == 20
    names = Counter(app["name"] for app in world.apps())
    assert {name: count for name, count in names.items() if name.startswith("App ")} == {
        f"App {number}": 1 for number in range(20)
    }


def test_a_fleet_of_forty_apps_from_two_machines(world: t.Any, env: dict[str, str], tmp_path: Path) -> None:
    tenants = [
        {
            "email": f"owner{number}@x.example",
            "apps": [
                {"name": f"{name} {number}", "website_url": "https://site.example/"} for name in ("Store", "Help")
            ],
        }
        for number in range(20)
    ]
    args = {"tenants": tenants}
    for run in at_once(tmp_path, 2, lambda home: run_task(FLEET, args, env=env, home=home)):
        run.check()
    assert len(world.state()["tenants"]) == 20
    for tenant in tenants:
        names = Counter(app["name"] for app in world.apps(tenant["email"]))
        assert [names[app["name"]] for app in t.cast("t.Any", tenant)["apps"]] == [1, 1]


def test_a_block_by_another_machine_is_known(world: t.Any, env: dict[str, str], tmp_path: Path) -> None:
    ident = world.do("mip_accept", marketplace_id=7, email="m0@x.example", password=PASSWORD)["id"]
    args = {"marketplace_id": 7, "email": "m0@x.example", "user_id": ident, "blocked": True}
    first = run_task(f"{SAAS}mip_member", args, env=env, home=tmp_path / "one").check().task("Task")
    assert (first.changed, first["probed"]) == (True, True)
    world.clear_log()
    second = run_task(f"{SAAS}mip_member", args, env=env, home=tmp_path / "other").check().task("Task")
    assert (second.changed, second["probed"], second["member"]["blocked"]) == (False, False, True)
    assert not [entry for entry in world.log(vendor="mip") if "/block/" in entry["path"]]


def test_the_state_playbook_takes_the_connection_dicts(
    world: t.Any, world_env: dict[str, str], database: str, tmp_path: Path
) -> None:
    state = tmp_path / "partner-state.yml"
    state.write_text(
        "mobsted: {tenants: [{email: o@x.example}]}\nmip: {marketplaces: [{id: 7, members: [{email: o@x.example}]}]}\n"
    )
    shared = {"state_url": database}
    for number, changed in ((1, True), (2, False)):
        run = run_playbook(
            f"{SAAS}converge",
            extra_vars={
                "partner_state_file": str(state),
                "partner_mobsted_connection": shared,
                "partner_mip_connection": shared,
            },
            env=world_env,
            home=tmp_path / f"machine{number}",
        ).check()
        assert bool(run.changed) is changed
    assert len(world.outbox()) == 1


def test_preflight_says_where_the_state_is(env: dict[str, str], tmp_path: Path) -> None:
    for _again in range(2):
        run = run_playbook(f"{SAAS}preflight", env=env, home=tmp_path / "one").check()
        for task in ("Check Mobsted", "Check MIP"):
            store = run.task(task)["store"]
            assert (store["kind"], store["writable"], store["open_intents"]) == ("postgresql", True, 0)
            assert any("shared state" in line for line in run.task(task)["lines"])
        run_task(f"{SAAS}mip_member", {"marketplace_id": 7, "email": "m@x.example"}, env=env, home=tmp_path / "two")
    assert store["version"] == 1


def test_transmit_worker_process(world: t.Any, env: dict[str, str], tmp_path: Path) -> None:
    """ansible-runner sends the job to workers, each of which is a machine."""
    program = environment_python("ecosystem").with_name("ansible-runner")
    for number in range(2):
        private = tmp_path / f"private{number}"
        (private / "project").mkdir(parents=True)
        (private / "project" / "play.yml").write_text(
            f"[{{hosts: localhost, connection: local, gather_facts: false, vars: {{ansible_python_interpreter: "
            f"{python_of()}}}, tasks: [{MARKET}: {{marketplace_id: 7, members: [{{email: a@x.example}}]}}]}}]"
        )
        machine, worker = tmp_path / f"worker{number}", tmp_path / f"dir{number}"
        machine.mkdir()
        environment = {**clean_environment(machine, python_of()), **env}
        for name in ("ANSIBLE_CALLBACKS_ENABLED", "ANSIBLE_CALLBACK_PLUGINS"):
            environment.pop(name)
        how: dict[str, t.Any] = {"capture_output": True, "env": environment, "timeout": 120}
        sent = subprocess.run([str(program), "transmit", str(private), "-p", "play.yml"], check=True, **how).stdout
        worked = subprocess.run(
            [str(program), "worker", "--private-data-dir", str(worker)], input=sent, check=True, **how
        ).stdout
        done = subprocess.run([str(program), "process", str(private)], input=worked, check=True, **how)
        assert b"failed=0" in done.stdout, done.stdout.decode()
        assert ("changed=1" if number == 0 else "changed=0") in done.stdout.decode()
    assert len(world.outbox()) == 1


@pytest.mark.parametrize("how", ["url", "option", "module", "environment"])
def test_no_password_is_shown(how: str, world: t.Any, world_env: dict[str, str], database: str, tmp_path: Path) -> None:
    """No output and no file contains the password, and no arguments or environment of a process, even if it is wrong.

    Who gives it in the environment has it there, and nowhere else.
    """
    secret = unquote(servers.QUOTED)
    plain = database.replace(f":{servers.QUOTED}", "")
    wrong = "wrong: 100%/secret"
    for number, password in enumerate((secret, wrong)):
        if how == "url":
            url = database if password == secret else plain.replace("@", ":wrong%3A%20100%25%2Fsecret@", 1)
            given: dict[str, t.Any] = {"state_url": url}
        else:
            given = {"state_url": plain, "state_password": password}
        home = tmp_path / f"home{number}"
        connection = "elsewhere" if how == "module" else "local"
        task = {"vars": {"ansible_connection": connection, "ansible_python_interpreter": str(python_of())}}
        args = {"marketplace_id": 7, "email": "m@x.example", **given}
        env = {**world_env, "ANSIBLE_CONNECTION_PLUGINS": str(CONNECTIONS)}
        if how == "environment":
            env |= {f"PARTNEROPS_{name.upper()}": args.pop(name) for name in given}
        with Sampler() as processes:
            run = run_task(f"{SAAS}mip_member", args, env=env, home=home, verbosity=3, task=task)
        assert run.task("Task").failed is (password == wrong), run.describe()
        assert processes.seen
        assert (how == "module") is any("AnsiballZ" in one for one in processes.arguments)
        for text in (password, servers.QUOTED, "wrong%3A%20100%25%2Fsecret"):
            assert text not in run.output
            assert not processes.holds(text) if how != "environment" else text not in " ".join(processes.arguments)
            left = [path for path in home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
            assert left == []
        if password == wrong:
            assert run.task("Task").failure["code"] == "auth_failed"
            assert "Nothing was sent" in run.task("Task").msg
    assert len(world.outbox()) == 1
