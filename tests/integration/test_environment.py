# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the environment means to modules, lookup and inventory, in process and as a module."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.module_utils.vendors import VENDORS
from ansible_collections.partnerops.saas.tests.support.harness import edge_cores, run_ansible, run_playbook

EMAIL = "owner@acme.example"
INFO = "partnerops.saas.mobsted_tenant_info"
AS_MODULE = {"async": 60, "poll": 1}


@pytest.mark.parametrize("core", edge_cores())
def test_an_empty_variable_is_not_set(world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str) -> None:
    world.do("tenant_add", email=EMAIL)
    empty = {option.env: "" for options in VENDORS.values() for option in options if option.env}
    env = {**empty, **world_env, "ANSIBLE_ASYNC_DIR": str(tmp_path / "jobs")}
    look_up = f"{{{{ lookup('partnerops.saas.mobsted_tenant', '{EMAIL}').email }}}}"
    tasks: list[dict[str, t.Any]] = [
        {"name": "In process", INFO: {}},
        {"name": "As a module", INFO: {}, **AS_MODULE},
        {"name": "From the task", INFO: {"api_url": world.mobsted_url}, "environment": {"MOBSTED_API_URL": ""}},
        {"name": "MIP", "partnerops.saas.mip_user": {"email": world.mip_email, "password": world.mip_password}},
        {"name": "Lookup", "ansible.builtin.debug": {"msg": look_up}},
    ]
    run = run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=env, core=core).check()
    for name in ("In process", "As a module", "From the task"):
        assert [tenant["email"] for tenant in run.task(name)["tenants"]] == [EMAIL]
    assert run.task("Lookup")["msg"] == EMAIL
    source = tmp_path / "mobsted_tenants.yml"
    source.write_text("plugin: partnerops.saas.mobsted_tenants\n", encoding="utf-8")
    graph = run_ansible(["ansible-inventory", "-i", str(source), "--graph"], env=env, core=core).check()
    assert f"--{EMAIL}" in graph.stdout


LEDGER = "mip-ledger.sqlite3"
MEMBER = {"marketplace_id": 7, "email": "member@acme.example"}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folder in which the command starts, and that of the playbook."""
    for name in ("start", "playbooks"):
        (tmp_path / name).mkdir()
    return tmp_path / "start", tmp_path / "playbooks"


@pytest.mark.parametrize("core", edge_cores())
def test_relative_paths_start_where_the_command_was_started(
    world: t.Any, world_env: dict[str, str], folders: tuple[Path, Path], core: str
) -> None:
    """One ledger and one e-mail for all playbooks, the user's and the collection's, in process and as a module."""
    start, playbooks = folders
    state = {"mip": {"marketplaces": [{"id": 7, "members": [{"email": MEMBER["email"]}]}]}}
    (start / "state.yml").write_text(yaml.safe_dump(state))
    module = "partnerops.saas.mip_member"
    tasks: list[dict[str, t.Any]] = [
        {"name": "In process", module: MEMBER},
        {"name": "As a module", module: MEMBER, **AS_MODULE},
        {"name": "By the option", module: {**MEMBER, "ledger_path": LEDGER}, **AS_MODULE},
        {"name": "No bundle", module: {**MEMBER, "ca_path": "missing.pem"}, "ignore_errors": True},
    ]
    site = playbooks / "site.yml"
    site.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    env = {**world_env, "MIP_LEDGER_PATH": LEDGER, "ANSIBLE_ASYNC_DIR": str(start / "jobs")}
    how: dict[str, t.Any] = {"env": env, "core": core, "cwd": start}
    converged = run_playbook("partnerops.saas.converge", extra_vars={"partner_state_file": "state.yml"}, **how).check()
    assert converged.changed == 1
    own = run_playbook(site, **how).check()
    assert own.changed == 0
    assert "missing.pem" in own.task("No bundle").msg
    assert len(world.outbox()) == 1
    assert (start / LEDGER).is_file()
    assert list(playbooks.iterdir()) == [site]


@pytest.mark.parametrize("core", edge_cores())
def test_a_ledger_next_to_the_playbook_is_not_left_behind(
    world: t.Any, world_env: dict[str, str], folders: tuple[Path, Path], core: str
) -> None:
    """Release 1.0 kept the ledger there. A new one would invite everybody again."""
    start, playbooks = folders
    (playbooks / LEDGER).touch()
    tasks = [
        {"name": name, "partnerops.saas.mip_member": MEMBER, "ignore_errors": True, **more}
        for name, more in (("In process", {}), ("As a module", AS_MODULE))
    ]
    site = playbooks / "site.yml"
    site.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    env = {**world_env, "MIP_LEDGER_PATH": LEDGER}
    run = run_playbook(site, env=env, core=core, cwd=start).check()
    for name in ("In process", "As a module"):
        assert run.task(name).failure["code"] == "invalid_input"
        assert str(playbooks / LEDGER) in run.task(name).msg
    assert world.counts()["requests"] == 0
    assert list(start.iterdir()) == []
