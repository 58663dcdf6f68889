# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``partnerops.saas.validate``: ``converge`` refuses the same states before it sends anything."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import ROOT, edge_cores, run_playbook

EXAMPLE = ROOT / "playbooks" / "example" / "partner-state.yml"
BAD = """\
mobsted:
  tenants:
    - email: owner@acme.example
      apps:
        - name: No
          website_url: https://store.acme.example
          splash_color: #1557b0
          icon: none.png
    - email: Owner@acme.example
mip:
  marketplaces:
    - id: seven
      clients:
        - email: buyer@acme.example
          password: 01234567
      members:
        - e-mail: owner@acme.example
        - {email: other@acme.example, password: "{{ vault_other }}"}
"""
LINES = [
    "state.yml:5:11: mobsted.tenants[0].apps[0].name is true or false in YAML: put it in quotes.",
    "state.yml:7:11: mobsted.tenants[0].apps[0].splash_color is empty: ",
    "state.yml:8:11: mobsted.tenants[0].apps[0].icon can't be read: ",
    "state.yml:9:7: mobsted.tenants[1].email is the same address as mobsted.tenants[0].email in line 3.",
    "state.yml:12:7: mip.marketplaces[0].id must be a whole number, not 'seven'.",
    "state.yml:15:11: mip.marketplaces[0].clients[0].password is a number in YAML: put it in quotes.",
    "state.yml:17:11: mip.marketplaces[0].members[0].e-mail is not known. Did you mean 'email'?",
    "state.yml:18:49: mip.marketplaces[0].members[1].password uses a variable that is not defined: 'vault_other'",
]


def lines_of(msg: t.Any) -> list[str]:
    return [line for line in msg if line.startswith("state.yml:")]


@pytest.mark.smoke
def test_a_valid_state_needs_no_account(tmp_path: Path) -> None:
    extra = {"partner_state_file": str(EXAMPLE), "vault_cobalt_password": "x"}
    run = run_playbook("partnerops.saas.validate", extra_vars=extra, home=tmp_path).check()
    found = run.task("Show what is in the file").msg
    assert "is valid. Tenants: 3, apps: 4, marketplaces: 1, clients: 1, members: 2." in found


@pytest.mark.parametrize("core", edge_cores())
def test_every_error_at_once_with_its_line(tmp_path: Path, core: str) -> None:
    (tmp_path / "state.yml").write_text(BAD)
    extra = {"partner_state_file": "state.yml"}
    run = run_playbook("partnerops.saas.validate", extra_vars=extra, home=tmp_path, cwd=tmp_path, core=core)
    run.check(2)
    found = lines_of(run.task("Show the errors")["msg"])
    assert run.failures[0].msg == f"The state file is not valid. {len(LINES)} errors, shown above."
    assert len(found) == len(LINES)
    for line, start in zip(found, LINES):
        assert line.startswith(start)


@pytest.mark.parametrize("core", edge_cores())
def test_an_undefined_variable_is_an_error_whatever_the_configuration(tmp_path: Path, core: str) -> None:
    """Otherwise a client would be registered with the password ``{{ vault_password }}``."""
    client = "{email: a@x.example, password: '{{ vault_password }}'}"
    (tmp_path / "state.yml").write_text(f"mip: {{marketplaces: [{{id: 7, clients: [{client}]}}]}}\n")
    how: dict[str, t.Any] = {"env": {"ANSIBLE_ERROR_ON_UNDEFINED_VARS": "0"}, "home": tmp_path, "cwd": tmp_path}
    run = run_playbook("partnerops.saas.validate", extra_vars={"partner_state_file": "state.yml"}, core=core, **how)
    assert "clients[0].password uses a variable that is not defined: 'vault_password'" in run.check(2).failures[0].msg


def test_converge_sends_nothing_to_either_vendor(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "state.yml").write_text(BAD)
    extra = {"partner_state_file": "state.yml"}
    run = run_playbook("partnerops.saas.converge", extra_vars=extra, env=world_env, home=tmp_path, cwd=tmp_path)
    run.check(2)
    assert run.failures[0].msg == f"The state file is not valid. Nothing was sent. {len(LINES)} errors, shown above."
    shown = [line.strip().lstrip('"') for line in run.stdout.splitlines()]
    assert len([line for line in shown if line.startswith("state.yml:")]) == len(LINES)  # a line for each
    assert world.counts()["requests"] == 0


#: Ways to set become or a connection for everything, by name: environment, inventory, arguments.
EVERYWHERE: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "environment": ({"ANSIBLE_BECOME": "1"}, "", []),
    "user and method": (
        {"ANSIBLE_BECOME": "1", "ANSIBLE_BECOME_USER": "nobody", "ANSIBLE_BECOME_METHOD": "su"},
        "",
        [],
    ),
    "argument": ({}, "", ["--become", "--become-user", "nobody"]),
    "host": ({}, "localhost ansible_become=true ansible_connection=ssh ansible_host=192.0.2.1\n", []),
    "group": ({}, "localhost\n[all:vars]\nansible_become=true\nansible_become_user=nobody\n", []),
    "explicit localhost": ({}, "localhost\n", []),
}


@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize("way", sorted(EVERYWHERE))
def test_c4_become_and_connections_for_everything_do_no_harm(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str, way: str
) -> None:
    (tmp_path / "state.yml").write_text("mobsted: {tenants: [{email: owner@acme.example}]}\n")
    extra = {
        "partner_state_file": "state.yml",
        "partner_credentials_dest": "c.yml",
        "partner_credentials_plaintext": True,
    }
    env, hosts, arguments = EVERYWHERE[way]
    (tmp_path / "hosts").write_text(hosts)
    how: dict[str, t.Any] = {"env": {**world_env, **env}, "home": tmp_path, "cwd": tmp_path, "core": core}
    how["inventory"] = tmp_path / "hosts" if hosts else None
    run_playbook("partnerops.saas.converge", *arguments, extra_vars=extra, **how).check()
    assert (tmp_path / "c.yml").is_file()
