# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Habits of Ansible's users, on the oldest and the newest ansible-core: check mode first, ``until``, ``ansible-doc``.

Other habits have tests in ``tests/integration``: inventories in ``test_inventory.py``, loops in ``test_loops.py``,
``become`` and ``--start-at-task`` in ``test_validate.py``, paths and empty variables in ``test_environment.py``, jobs
in ``test_async.py``, ``-vvv`` in ``test_verbosity.py``.
"""

from __future__ import annotations

import json
import re
import typing as t

import pytest

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
PUSH = {
    "ext_id": "u",
    "title": "T",
    "text": "x",
    "app_id": "{{ app.app.id | default(2, true) }}",
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
    task("apps", "mobsted_pwa_app_info", {"tenant": NEW}),
    task("tenant info", "mobsted_tenant_info", {"email": NEW}, register="found"),
    show("its address", "{{ found.tenants[0].email }}"),
    show("lookup", "{{ lookup('partnerops.saas.mobsted_tenant', 'new@acme.example').email }}"),
    task("push", "mobsted_push", {"tenant": NEW, **PUSH}),
    task("fleet info", "mobsted_fleet_info", {"tenants": [{"email": NEW, "apps": [{"name": "Store"}]}]}),
    task("own app", "mobsted_pwa_app", {**STORE, "name": "Own"}, register="own"),
    show("own link", "{{ own.app | partnerops.saas.mobsted_app_link('u-1') }}"),
    task("user", "mip_user", {"email": NEW, "password": "user-password"}),
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
    task("market", "mip_marketplace", {"marketplace_id": 7, "clients": [{**WORD, "email": "c@x.example"}]}),
    task("market again", "mip_marketplace", {"marketplace_id": 7, "clients": [{"email": "c@x.example"}]}),
    task("records", "mip_ledger_info", {}),
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
    assert predicted.task("link").msg == "https://predicted.invalid/pwa/?appid=predicted&utm_extid=u-1"
    assert predicted.task("its address").msg == predicted.task("lookup").msg == NEW


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
