# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous tasks: the files of their jobs are private, and contain no more secrets than necessary."""

from __future__ import annotations

import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import edge_cores, run_playbook
from ansible_collections.partnerops.saas.tests.support.leaks import files_below, leaks
from ansible_collections.partnerops.saas.tests.support.messages import secrets_of

EMAIL = "owner@acme.example"
TENANT = "partnerops.saas.mobsted_tenant"
CASES: dict[str, dict[str, t.Any]] = {
    "creates": {TENANT: {"email": EMAIL}},
    "wrong option": {TENANT: {"email": EMAIL, "nope": 1}},
    "wrong value": {TENANT: {"email": EMAIL, "retries": -1}},
    "secret in an option": {TENANT: {"email": EMAIL, "api_token": "Given-Token-7"}},
    "with MIP's keys": {"partnerops.saas.mip_sso_link": {"kind": "user", "email": EMAIL, "marketplace_id": 7}},
}


@pytest.mark.parametrize("core", edge_cores())
def test_the_files_of_jobs(world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str) -> None:
    jobs, kept = tmp_path / "jobs", tmp_path / "password"
    tasks: list[dict[str, t.Any]] = []
    for name, task in CASES.items():
        tasks += [
            {"name": f"start {name}", **task, "async": 60, "poll": 0, "register": "started"},
            {
                "name": name,
                "ansible.builtin.async_status": {"jid": "{{ started.ansible_job_id }}"},
                "register": "ended",
                "until": "ended.finished",
                "retries": 100,
                "delay": 0.3,
                "ignore_errors": True,
                "no_log": True,  # a module's result before 2.22
            },
        ]
        if name == "creates":
            content = {"content": "{{ ended.credentials.password }}", "dest": str(kept), "mode": "0600"}
            tasks.append({"name": "Keep", "ansible.builtin.copy": content, "no_log": True})
    env = {**world_env, "ANSIBLE_ASYNC_DIR": str(jobs), "ANSIBLE_INJECT_INVOCATION": "true"}
    play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
    run = run_playbook([play], env=env, core=core, verbosity=3).check()
    new = world.tenant(EMAIL)["password"]
    assert kept.read_text(encoding="utf-8") == new
    files = dict(files_below(jobs))
    assert len(files) == len(CASES), sorted(files)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    content_of_all = "".join(files.values())
    assert "Unsupported parameters" in content_of_all
    assert "it must be at least 0" in content_of_all
    secrets = {"Given-Token-7", *secrets_of(world)} - {new}
    assert leaks(content_of_all, secrets) == []
    assert leaks(run.output, {*secrets, new}) == []


@pytest.mark.parametrize("core", edge_cores())
def test_a_new_password_is_masked_when_the_job_is_polled(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str
) -> None:
    env = {**world_env, "ANSIBLE_ASYNC_DIR": str(tmp_path / "jobs")}
    task = {"name": "Tenant", TENANT: {"email": EMAIL}, "async": 60, "poll": 1, "no_log": core != "2.22"}
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [task]}
    run = run_playbook([play], env=env, core=core, verbosity=3).check()
    assert leaks(run.output, [world.password, world.tenant(EMAIL)["password"]]) == []
    assert list((tmp_path / "jobs").iterdir()) == []  # ansible-core removes it
