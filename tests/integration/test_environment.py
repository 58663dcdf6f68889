# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the environment means to modules, lookup and inventory, in process and as a module."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.options import VENDORS
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
