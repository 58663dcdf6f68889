# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_sso_link`` against the simulator."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.mip import EMAIL, IN_MARKET, PERSON, check_refused, secrets_of
from ansible_collections.partnerops.saas.tests.support.plays import play

LINK = "partnerops.saas.mip_sso_link"
#: How long the simulator's links are.
LENGTHS = {"user": 80, "client": 82}


@pytest.mark.parametrize("kind", ["user", "client"])
def test_every_run_makes_another_link(world: t.Any, world_env: dict[str, str], kind: str) -> None:
    world.do("mip_user", **PERSON)
    world.do("mip_client", marketplace_id=7, email=EMAIL)
    args = {**IN_MARKET, "kind": kind}
    checked = run_task(LINK, args, env=world_env, check=True).check().task("Task")
    assert checked.changed
    assert checked["sso"] == {**args, "url": None, "hash": None}
    assert world.counts()["requests"] == 0

    link = {LINK: args, "register": "link"}
    keep = {"ansible.builtin.set_fact": {"links": "{{ links | default([]) + [link.sso] }}"}, "no_log": True}
    told = "{{ links | map(attribute='hash') | unique | length }} links of {{ link.sso.url | length }} characters"
    use = {"name": "Use", "ansible.builtin.debug": {"msg": told}}
    run = run_playbook(play([link, keep, link, keep, use]), env=world_env, verbosity=4).check()
    assert run.task("Use")["msg"] == f"2 links of {LENGTHS[kind]} characters"
    assert [one["email"] for one in world.state()["sso"]] == [EMAIL, EMAIL]
    assert not [secret for secret in secrets_of(world) if secret in run.output]


@pytest.mark.parametrize(("kind", "path"), [("user", "*/login-email"), ("client", "*/client/login-email")])
def test_a_lost_response(world: t.Any, world_env: dict[str, str], kind: str, path: str) -> None:
    world.do("mip_user", **PERSON)
    world.do("mip_client", marketplace_id=7, email=EMAIL)
    world.fault("reset", path=path, when="after")
    args = {**IN_MARKET, "kind": kind}
    failed = run_task(LINK, args, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "unknown_outcome"
    assert len(world.state()["sso"]) == 1
    assert run_task(LINK, args, env=world_env).check().changed == 1


@pytest.mark.parametrize("kind", ["user", "client"])
def test_nobody_of_this_address(world: t.Any, world_env: dict[str, str], kind: str) -> None:
    unknown = {"kind": kind, "email": "no@body.example", "marketplace_id": 7}
    failed = run_task(LINK, unknown, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "not_found"
    assert world.state()["sso"] == []


def test_bad_input_is_refused_before_anything_is_sent(world: t.Any, tmp_path: Path) -> None:
    cases: list[tuple[dict[str, t.Any], list[str]]] = [
        ({**IN_MARKET, "kind": "user"}, ["api_email and api_password are missing"]),
        ({**IN_MARKET, "kind": "client", "marketplace_id": 0}, ["marketplace_id is 0"]),
        ({**IN_MARKET, "kind": "client", "email": "person@"}, ["not an e-mail address"]),
    ]
    check_refused(world, LINK, cases, tmp_path)
