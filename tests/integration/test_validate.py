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
    found = run.task("Validate the state file").msg
    assert "is valid: 3 tenants, 4 apps, 1 marketplaces with 1 clients and 2 members." in found


@pytest.mark.parametrize("core", edge_cores())
def test_every_error_at_once_with_its_line(tmp_path: Path, core: str) -> None:
    (tmp_path / "state.yml").write_text(BAD)
    extra = {"partner_state_file": "state.yml"}
    run = run_playbook("partnerops.saas.validate", extra_vars=extra, home=tmp_path, cwd=tmp_path, core=core)
    run.check(2)
    found = lines_of(run.task("Validate the state file")["msg"])
    assert len(found) == len(LINES)
    for line, start in zip(found, LINES):
        assert line.startswith(start)


def test_converge_sends_nothing_to_either_vendor(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "state.yml").write_text(BAD)
    extra = {"partner_state_file": "state.yml"}
    run = run_playbook("partnerops.saas.converge", extra_vars=extra, env=world_env, home=tmp_path, cwd=tmp_path)
    run.check(2)
    assert len(lines_of(run.task("Validate the state file")["msg"])) == len(LINES)
    shown = [line.strip().lstrip('"') for line in run.stdout.splitlines()]
    assert len([line for line in shown if line.startswith("state.yml:")]) == len(LINES)  # a line for each
    assert world.counts()["requests"] == 0


@pytest.mark.parametrize("core", edge_cores())
def test_a_state_that_was_not_read_is_no_success(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str
) -> None:
    extra = {"partner_state_file": str(EXAMPLE), "vault_cobalt_password": "x"}
    start = ["--start-at-task", "Converge MIP clients and members"]
    run = run_playbook("partnerops.saas.converge", *start, extra_vars=extra, env=world_env, home=tmp_path, core=core)
    assert run.rc != 0
    assert "The state file was not read. Run the playbook from the start." in run.output


@pytest.mark.parametrize("core", edge_cores())
def test_become_in_the_configuration_does_no_harm(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str
) -> None:
    (tmp_path / "state.yml").write_text("mobsted: {tenants: [{email: owner@acme.example}]}\n")
    extra = {
        "partner_state_file": "state.yml",
        "partner_credentials_dest": "c.yml",
        "partner_credentials_plaintext": True,
    }
    env = {**world_env, "ANSIBLE_BECOME": "1"}
    run_playbook("partnerops.saas.converge", extra_vars=extra, env=env, home=tmp_path, cwd=tmp_path, core=core).check()
    assert (tmp_path / "c.yml").is_file()
