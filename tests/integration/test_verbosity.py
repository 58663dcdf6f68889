# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``-vvv`` shows: where a task runs and why, a line for each request, and never a secret."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import CONNECTIONS, edge_cores, run_playbook
from ansible_collections.partnerops.saas.tests.support.leaks import leaks
from ansible_collections.partnerops.saas.tests.support.messages import secrets_of

EMAIL = "owner@acme.example"
TENANT = "partnerops.saas.mobsted_tenant"
LINE = re.compile(r"<(?P<host>\w+)> (?P<method>GET|POST) (?P<path>\S+): (?P<status>\d+) in \d+ ms, try (?P<tries>\d+) ")
WAYS = {
    "in_process": ({"ansible_connection": "local"}, {}, "runs in this process: the connection is local."),
    "elsewhere": ({"ansible_connection": "elsewhere"}, {}, "runs as a module: the connection is elsewhere."),
    "background": ({"ansible_connection": "local"}, {"async": 60, "poll": 1}, "runs as a module: async is set."),
}


@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize("way", sorted(WAYS))
def test_each_request_has_a_line(world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str, way: str) -> None:
    connection, keywords, where = WAYS[way]
    env = {**world_env, "ANSIBLE_CONNECTION_PLUGINS": str(CONNECTIONS), "ANSIBLE_ASYNC_DIR": str(tmp_path / "jobs")}
    world.fault("status", status=502, method="GET", path="/api/v8/object*", nth=1)
    task = {"name": "Tenant", TENANT: {"email": EMAIL}, "no_log": way == "elsewhere", **keywords}
    variables = {**connection, "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    play = {"hosts": "all", "gather_facts": False, "vars": variables, "tasks": [task]}
    run = run_playbook([play], env=env, core=core, inventory="one,", verbosity=5).check()
    assert f"<one> {TENANT} {where}" in run.stdout, run.describe()
    secrets = secrets_of(world)
    if way == "background" and core != "2.22":  # a module's own result, which only no_log hides
        secrets.discard(world.tenant(EMAIL)["password"])
    assert len(secrets) > 3
    assert leaks(run.output, secrets) == []
    assert "applicationId" not in run.output  # a query
    sent = [(entry["method"], entry["path"], str(entry["status"])) for entry in world.log()]
    if way == "background":  # no action sees the end of the job, so the job's result has the lines
        assert "requests_log" in run.output
        return
    shown = [match.groupdict() for match in LINE.finditer(run.stdout)]
    assert [(one["method"], one["path"].rpartition("/mobsted")[2], one["status"]) for one in shown] == sent
    assert [one["tries"] for one in shown if one["status"] == "502"] == ["1"]
    assert "2" in [one["tries"] for one in shown]
    assert "requests_log" not in run.output


def test_without_verbosity_nothing_is_shown_or_returned(world_env: dict[str, str], tmp_path: Path) -> None:
    env = {**world_env, "ANSIBLE_ASYNC_DIR": str(tmp_path)}
    for keywords in ({}, {"async": 60, "poll": 1}):
        task = {"name": "Tenant", TENANT: {"email": EMAIL}, **keywords}
        run = run_playbook(
            [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}], env=env, verbosity=2
        ).check()
        assert not LINE.search(run.output)
        assert "requests_log" not in run.task("Tenant").result


@pytest.mark.parametrize("core", edge_cores())
def test_requests_of_a_lookup_and_an_inventory(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str
) -> None:
    world.do("tenant_add", email=EMAIL)
    source = tmp_path / "mobsted_tenants.yml"
    source.write_text("plugin: partnerops.saas.mobsted_tenants\n", encoding="utf-8")
    look_up = f"{{{{ lookup('partnerops.saas.mobsted_tenant', '{EMAIL}').id }}}}"
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.debug": {"msg": look_up}}]}
    run = run_playbook([play], env=world_env, core=core, inventory=source, verbosity=3).check()
    assert len(re.findall(r"GET \S+/object\S*: 200 in \d+ ms, try 1", run.stdout)) == 2
