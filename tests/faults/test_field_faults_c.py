# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Habits of Ansible's users, on the oldest and the newest ansible-core: check mode first, ``until``, ``ansible-doc``.

Other habits have tests in ``tests/integration``: inventories in ``test_inventory.py``, loops in ``test_loops.py``,
``become`` in ``test_validate.py``, paths and empty variables in ``test_environment.py``, jobs in ``test_async.py``,
``-vvv`` in ``test_verbosity.py``.
"""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.support.driver import modules, snapshot
from ansible_collections.partnerops.saas.tests.support.harness import (
    ROOT,
    connection_env,
    edge_cores,
    run_ansible,
    run_playbook,
)
from ansible_collections.partnerops.saas.tests.support.plays import play

OURS = "partnerops.saas."
NEW = "new@acme.example"
STORE = {"name": "Store", "website_url": "https://store.acme.example"}
BUYER = {"marketplace_id": 7, "email": "buyer@x.example"}
WORD = {"password": "client-password"}
TENANT = {"email": NEW, "apps": [STORE]}
OTHER = {"email": "other@acme.example", "apps": [STORE]}
#: Tasks whose message is the same in check mode and in the real run.
SAME = ("its address", "lookup", "names of apps", "addresses", "what is missing", "export", "own names", "clients")
PUSH = {
    "ext_id": "u",
    "title": "T",
    "text": "x",
    "app_id": "{{ app.app.id }}",
    "api_paths": {"push": "push"},
}


def task(name: str, module: str, args: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, OURS + module: args, **more}


def show(name: str, value: str) -> dict[str, t.Any]:
    return {"name": name, "ansible.builtin.debug": {"msg": value}}


#: Each task needs what those before it create, or finds out about it.
FOLLOWING = [
    task("tenant", "mobsted_tenant", {"email": NEW}, register="tenant"),
    task("app", "mobsted_pwa_app", {"tenant": NEW, **STORE}, register="app"),
    show("link", "{{ app.app | partnerops.saas.mobsted_app_link('u-1') }}"),
    show("link with the tenant", "{{ app.app | partnerops.saas.mobsted_app_link('u-1', tenant=tenant.tenant) }}"),
    task("app again", "mobsted_pwa_app", {"tenant": NEW, "name": "Store", "app_id": "{{ app.app.id }}"}),
    task("apps", "mobsted_pwa_app_info", {"tenant": NEW}, register="apps"),
    show("names of apps", "{{ apps.apps | map(attribute='name') | sort | join(', ') }}"),
    task("one app", "mobsted_pwa_app_info", {"tenant": NEW, "name": "Store"}, register="one"),
    show("link of an info module", "{{ one.apps[0] | partnerops.saas.mobsted_app_link('u-1') }}"),
    task("tenant again", "mobsted_tenant", {"email": NEW}),
    task("all tenants", "mobsted_tenant_info", {}, register="all"),
    show("addresses", "{{ all.tenants | map(attribute='email') | join(', ') }}"),
    task("tenant info", "mobsted_tenant_info", {"email": NEW}, register="found"),
    show("its address", "{{ found.tenants[0].email }}"),
    show("lookup", "{{ lookup('partnerops.saas.mobsted_tenant', 'new@acme.example').email }}"),
    task("push", "mobsted_push", {"tenant": NEW, **PUSH}),
    task("fleet info", "mobsted_fleet_info", {"tenants": [{"email": NEW, "apps": [{"name": "Store"}]}]}),
    task("fleet", "mobsted_fleet", {"tenants": [TENANT, OTHER], "apps": [{**STORE, "name": "Mine"}]}),
    task("fleet again", "mobsted_fleet", {"tenants": [TENANT, OTHER], "apps": [{"name": "Mine"}]}, register="fleet"),
    show("link of a fleet", "{{ fleet.tenants[1].apps[0].app | partnerops.saas.mobsted_app_link('u-1') }}"),
    task("app of the fleet", "mobsted_pwa_app", {"tenant": OTHER["email"], "name": "Store"}),
    task("the account", "mobsted_fleet_info", {"tenants": [TENANT, OTHER]}, register="account"),
    show("what is missing", "{{ account.missing }} {{ account.summary.apps }}"),
    show("export", "{{ (account | partnerops.saas.partner_export).counts }}"),
    task("own app", "mobsted_pwa_app", {**STORE, "name": "Own"}, register="own"),
    task("own app again", "mobsted_pwa_app", {"name": "Own"}),
    task("own apps", "mobsted_pwa_app_info", {}, register="mine"),
    show("own names", "{{ mine.apps | map(attribute='name') | sort | join(', ') }}"),
    show("own link", "{{ own.app | partnerops.saas.mobsted_app_link('u-1') }}"),
    task("user", "mip_user", {"email": NEW, "password": "user-password"}),
    task("user again", "mip_user", {"email": NEW, "password": "user-password"}),
    task("sign-on link", "mip_sso_link", {"kind": "user", "marketplace_id": 7, "email": NEW}),
    task("reset", "mip_password_reset", {"kind": "user", "email": NEW}),
    task("client", "mip_client", {**BUYER, **WORD}),
    task("client again", "mip_client", BUYER),
    task("client blocked", "mip_client", {**BUYER, "blocked": True}),
    task("client blocked again", "mip_client", {**BUYER, **WORD, "blocked": True}),
    task("client's link", "mip_sso_link", {"kind": "client", **BUYER}),
    task("client removed", "mip_client", {**BUYER, **WORD, "state": "absent"}),
    task("client removed again", "mip_client", {**BUYER, "state": "absent"}),
    task("client back", "mip_client", {**BUYER, **WORD}),
    task("tenant as client", "mip_client", {**BUYER, **WORD, "email": NEW, "require_tenant": True}),
    task("member", "mip_member", {"marketplace_id": 7, "email": NEW}),
    task("member again", "mip_member", {"marketplace_id": 7, "email": NEW}),
    task("member blocked", "mip_member", {"marketplace_id": 7, "email": NEW, "blocked": True}),
    task("member unblocked", "mip_member", {"marketplace_id": 7, "email": NEW, "blocked": False}),
    task("member removed", "mip_member", {"marketplace_id": 7, "email": NEW, "state": "absent"}),
    task("member removed again", "mip_member", {"marketplace_id": 7, "email": NEW, "state": "absent"}),
    task("member back", "mip_member", {"marketplace_id": 7, "email": NEW}),
    task("market", "mip_marketplace", {"marketplace_id": 7, "clients": [{**WORD, "email": "c@x.example"}]}),
    task("market again", "mip_marketplace", {"marketplace_id": 7, "clients": [{"email": "c@x.example"}]}),
    task("records", "mip_ledger_info", {"kind": "client"}, register="records"),
    show("clients", "{{ records.entries | map(attribute='email') | sort | join(', ') }}"),
    task("account", "mip_account_info", {}),
    task("master account", "mobsted_account_info", {}),
]


@pytest.mark.slow
@pytest.mark.parametrize("core", edge_cores())
def test_c8_check_mode_predicts_what_the_real_run_does(simulator: t.Any, core: str) -> None:
    with simulator.world() as world:
        how: dict[str, t.Any] = {"env": connection_env(world), "core": core}
        before = snapshot(world)
        predicted = run_playbook(play(FOLLOWING), check=True, **how).check()
        assert snapshot(world) == before
        done = run_playbook(play(FOLLOWING), **how).check()
        assert snapshot(world) != before
    names = [one["name"] for one in FOLLOWING]
    assert {name: predicted.task(name).changed for name in names} == {name: done.task(name).changed for name in names}
    for name in ("link", "link of an info module", "link of a fleet", "own link"):
        assert predicted.task(name).msg == "https://predicted.invalid/pwa/?appid=predicted&utm_extid=u-1"
    assert {name: predicted.task(name).msg for name in SAME} == {name: done.task(name).msg for name in SAME}
    assert predicted.task("its address").msg == NEW


@pytest.mark.parametrize("core", edge_cores())
def test_c6_ansibles_counter_of_tries_is_not_overwritten(world: t.Any, world_env: dict[str, str], core: str) -> None:
    again = {"register": "r", "until": "r.tenants | length == 1", "retries": 2, "delay": 0}
    tasks = [task("tenant", "mobsted_tenant_info", {"email": NEW}, ignore_errors=True, **again)]
    found = run_playbook(play(tasks), env=world_env, core=core).check().task("tenant")
    assert found.failed
    assert found["attempts"] == 2
    assert found["request_attempts"] == 1


@pytest.mark.parametrize("core", edge_cores())
def test_c10_pages_show_the_action_group_and_no_note_twice(core: str) -> None:
    names = [OURS + name for name in modules()]
    shown = run_ansible(["ansible-doc", "--type", "module", *names], core=core).check().stdout
    assert len(re.findall(r"\baction_group\b", shown)) == len(names)
    for vendor in ("mobsted", "mip"):
        assert shown.count(f"partnerops.saas.{vendor}") >= sum(name.startswith(OURS + vendor) for name in names)
    pages = json.loads(run_ansible(["ansible-doc", "--json", "--type", "module", *names], core=core).check().stdout)
    for name in names:
        notes = pages[name]["doc"].get("notes", [])
        assert len(notes) == len(set(notes)), name


@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize("kind", ["lookup", "filter", "inventory"])
def test_c10_pages_of_other_plugins(core: str, kind: str) -> None:
    names = sorted(
        {f"{OURS}{path.stem}" for path in (ROOT / "plugins" / kind).iterdir() if path.suffix in (".py", ".yml")}
        - {f"{OURS}{name}" for name in ("__init__", "snippets")}
    )
    assert names
    pages = json.loads(run_ansible(["ansible-doc", "--json", "--type", kind, *names], core=core).check().stdout)
    assert set(pages) == set(names)
    for page in pages.values():
        notes = page["doc"].get("notes", [])
        assert len(notes) == len(set(notes))


@pytest.mark.parametrize("core", edge_cores())
def test_c11_keys_that_yaml_reads_as_numbers(world: t.Any, world_env: dict[str, str], core: str) -> None:
    source = f"""
- hosts: localhost
  gather_facts: false
  tasks:
    - name: In process
      partnerops.saas.mobsted_tenant: {{email: {NEW}, api_paths: {{1: objects}}}}
      ignore_errors: true
    - name: As a module
      partnerops.saas.mobsted_fleet: {{tenants: [{{email: {NEW}, 7: x}}]}}
      environment: {{X: y}}
      ignore_errors: true
"""
    run = run_playbook(source, env=world_env, core=core).check()
    for name, key in (("In process", "1"), ("As a module", "7")):
        found = run.task(name)
        assert found.failed
        assert key in found.msg
        assert found.failure["code"] == "invalid_input"
        assert "Traceback" not in run.output
    assert world.counts()["requests"] == 0


#: The playbooks, and from which task on they need what an earlier task finds out.
STARTS = {
    "converge": "Show the errors",
    "validate": "Show the warnings",
    "preflight": "Mobsted",
    "report": "Write the page",
    "export": "Read the ledger of MIP",
    "handover": "Check the addresses",
}


def _names(tasks: list[dict[str, t.Any]]) -> list[str]:
    """Return the names of the tasks outside of blocks, in which ansible-core finds none to start at."""
    return [str(one["name"]) for one in tasks if "block" not in one]


@pytest.mark.slow
@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize("name", sorted(STARTS))
def test_c9_a_start_in_the_middle_is_no_success(simulator: t.Any, tmp_path: Path, name: str, core: str) -> None:
    (tmp_path / "state.yml").write_text(yaml.safe_dump({"mobsted": {"tenants": [{"email": NEW}]}}))
    tasks = _names(yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8"))[0]["tasks"])
    extra = {"partner_state_file": "state.yml", "partner_transcript_path": "transcript.yml"}
    with simulator.world() as world:
        how: dict[str, t.Any] = {"env": connection_env(world), "core": core, "cwd": tmp_path, "extra_vars": extra}
        for start in tasks[tasks.index(STARTS[name]) :]:
            run = run_playbook(f"partnerops.saas.{name}", "--start-at-task", start, **how)
            assert run.rc != 0, (start, run.output)
            assert "Run the playbook from the start." in " ".join(run.output.split()), (start, run.output)
        assert world.counts()["tenants_created"] == 0
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["state.yml"]


WRONG_VARIABLES = {"MOBSTED_TIMEOUT": "30s", "MOBSTED_VALIDATE_CERTS": "yess", "MOBSTED_RETRIES": "1.5"}


@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize("variable", sorted(WRONG_VARIABLES))
def test_c7_a_wrong_variable_is_named_wherever_it_is_read(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, variable: str, core: str
) -> None:
    env = {**world_env, variable: WRONG_VARIABLES[variable], "ANSIBLE_ASYNC_DIR": str(tmp_path)}
    look_up = show("Lookup", "{{ lookup('partnerops.saas.mobsted_tenant', 'new@acme.example').email }}")
    tasks = [
        task("In process", "mobsted_tenant", {"email": NEW}, ignore_errors=True),
        task("As a module", "mobsted_tenant", {"email": NEW}, ignore_errors=True, **{"async": 60, "poll": 1}),
        {**look_up, "ignore_errors": True},
    ]
    run = run_playbook(play(tasks), env=env, core=core).check()
    for name in ("In process", "As a module", "Lookup"):
        assert run.task(name).failed
        assert variable in run.task(name).msg
    source = tmp_path / "mobsted_tenants.yml"
    source.write_text("plugin: partnerops.saas.mobsted_tenants\n", encoding="utf-8")
    listed = run_ansible(["ansible-inventory", "-i", str(source), "--list"], env=env, core=core)
    assert variable in listed.stderr
    assert world.counts()["requests"] == 0


@pytest.mark.parametrize("core", edge_cores())
def test_c7_a_blank_variable_is_not_set(world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str) -> None:
    world.do("tenant_add", email=NEW)
    blank = dict.fromkeys(("MOBSTED_TIMEOUT", "MOBSTED_VALIDATE_CERTS", "MOBSTED_API_TOKEN", "MIP_LEDGER_PATH"), " ")
    tasks = [
        task("Tenant", "mobsted_tenant", {"email": NEW}),
        task("Member", "mip_member", {"marketplace_id": 7, "email": NEW}),
        show("Lookup", "{{ lookup('partnerops.saas.mobsted_tenant', 'new@acme.example').email }}"),
    ]
    run = run_playbook(play(tasks), env={**world_env, **blank}, core=core, cwd=tmp_path).check()
    assert run.task("Lookup").msg == NEW
    assert list(tmp_path.iterdir()) == []  # no ledger of a blank name


DROPPED = "New credentials were created, and nobody keeps them"
KEYS = {**BUYER, **WORD, "return_keys": True}
#: Tasks that create credentials, and the warning that is on the screen if nobody keeps them.
CREATING: dict[str, tuple[dict[str, t.Any], str]] = {
    "tenant": (task("T", "mobsted_tenant", {"email": NEW}), DROPPED),
    "loop": (task("T", "mobsted_tenant", {"email": "{{ item }}@acme.example"}, loop=["x", "y"]), DROPPED),
    "fleet": (task("T", "mobsted_fleet", {"tenants": [TENANT]}), DROPPED),
    "keys": (task("T", "mip_client", KEYS), DROPPED),
    "hidden": (task("T", "mobsted_tenant", {"email": NEW}, no_log=True), DROPPED),
    "background": (task("T", "mobsted_tenant", {"email": NEW}, **{"async": 60, "poll": 0}), "has no 'register'"),
}


@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize("way", sorted(CREATING))
def test_credentials_that_nobody_keeps_are_no_secret_of_the_result(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, way: str, core: str
) -> None:
    """Before 2.19, a result that is hidden takes its warnings with it."""
    one, said = CREATING[way]
    env = {**world_env, "ANSIBLE_ASYNC_DIR": str(tmp_path)}
    run = run_playbook(play([one]), env=env, core=core).check()
    assert " ".join(run.stderr.split()).count(said) == 1, run.describe()
    kept = run_playbook(
        play([{**one, "register": "kept"}]), env={**env, "MIP_LEDGER_PATH": str(tmp_path / "l")}, core=core
    )
    assert said not in " ".join(kept.check().stderr.split())


def test_c8_what_exists_meanwhile_is_no_prediction(world: t.Any, world_env: dict[str, str]) -> None:
    """Check mode is also a keyword of single tasks, between which real ones may run."""
    made = {"tenants": [TENANT]}
    tasks = [
        task("foreseen", "mobsted_fleet", made, check_mode=True),
        task("done", "mobsted_fleet", made, register="done"),
        task("app", "mobsted_pwa_app", {"tenant": NEW, **STORE}, check_mode=True),
        task("apps", "mobsted_pwa_app_info", {"tenant": NEW}, check_mode=True),
        task("fleet", "mobsted_fleet", made, check_mode=True),
        task("account", "mobsted_fleet_info", made, check_mode=True),
    ]
    run = run_playbook(play(tasks), env=world_env).check()
    number = world.apps(NEW)[0]["id"]
    assert (run.task("app").changed, run.task("app")["app"]["id"]) == (False, number)
    assert [app["id"] for app in run.task("apps")["apps"]] == [number]
    assert run.task("fleet")["tenants"][0]["apps"][0]["app"]["id"] == number
    assert run.task("account")["summary"]["apps"]["found"] == 1


def test_c8_a_single_task_in_check_mode_makes_nothing_for_the_next(world: t.Any, world_env: dict[str, str]) -> None:
    """Nothing of what it predicts happens, so the next one predicts the same."""
    member = {"marketplace_id": 7, "email": "m@acme.example"}
    tasks = [
        task(f"{name} {time}", module, options, check_mode=True)
        for time in (1, 2)
        for name, module, options in (
            ("tenant", "mobsted_tenant", {"email": NEW}),
            ("app", "mobsted_pwa_app", STORE),
            ("fleet", "mobsted_fleet", {"tenants": [TENANT]}),
            ("member", "mip_member", member),
        )
    ]
    run = run_playbook(play(tasks), env=world_env).check()
    assert [one["name"] for one in tasks if not run.task(one["name"]).changed] == []
