# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in the results of loops: no callback shows them, and registered variables have them."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import edge_cores, run_playbook

EMAILS = ["a@acme.example", "b@acme.example"]


@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize("callback", ["default", "minimal", "oneline"])
def test_new_passwords_of_a_loop(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, callback: str, core: str
) -> None:
    kept = tmp_path / "passwords"
    passwords = "{{ created.results | map(attribute='credentials') | map(attribute='password') | to_json }}"
    tasks: list[dict[str, t.Any]] = [
        {"partnerops.saas.mobsted_tenant": {"email": "{{ item }}"}, "loop": EMAILS, "register": "created"},
        {"ansible.builtin.copy": {"content": passwords, "dest": str(kept), "mode": "0600"}, "no_log": True},
        {"partnerops.saas.mobsted_tenant": {"email": "{{ item }}"}, "loop": [*EMAILS, "none"], "ignore_errors": True},
    ]
    play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
    run = run_playbook([play], env={**world_env, "ANSIBLE_STDOUT_CALLBACK": callback}, core=core, verbosity=3).check()
    new = [world.tenant(email)["password"] for email in EMAILS]
    assert json.loads(kept.read_text(encoding="utf-8")) == new
    assert not any(password in run.output for password in new)
    assert "'none'" in run.output  # a loop without secrets is shown as usual


LOOPS: list[tuple[dict[str, t.Any], int]] = [
    ({"loop": EMAILS}, 1),
    ({"loop": "{{ emails }}"}, 1),
    ({"with_items": EMAILS}, 2),  # nothing says beforehand how many items there will be
    ({"loop": "{{ emails | sort }}"}, 2),
    ({"loop": EMAILS[:1]}, 1),
]


@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize(("loop", "listings"), LOOPS)
def test_the_items_of_a_loop_share_a_listing(
    world: t.Any, world_env: dict[str, str], loop: dict[str, t.Any], listings: int, core: str
) -> None:
    for email in EMAILS:
        world.do("tenant_add", email=email)
    tasks = [{"partnerops.saas.mobsted_tenant": {"email": "{{ item }}"}, **loop}]
    play = {"hosts": "localhost", "gather_facts": False, "vars": {"emails": EMAILS}, "tasks": tasks}
    run_playbook([play], env=world_env, core=core).check()
    asked = [one for one in world.log(method="GET") if one["path"].rstrip("s").endswith("/object")]
    assert len(asked) == listings
