# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the integration tests of MIP share: a person, the ledger's path, a world's secrets, refused options."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.support.harness import run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.plays import play

EMAIL = "person@x.example"
PASSWORD = "s3cret of the person & more/"
PERSON = {"email": EMAIL, "password": PASSWORD}
IN_MARKET = {"marketplace_id": 7, "email": EMAIL}
#: Where the ledger is by default, below HOME.
LEDGER = ".local/share/partnerops/mip-ledger.sqlite3"


def writes(world: t.Any) -> list[str]:
    """Return the path of every call that is not a login."""
    log = world.log(vendor="mip")
    return [entry["path"] for entry in log if "/login" not in entry["path"] or "email" in entry["path"]]


def secrets_of(world: t.Any) -> list[str]:
    """Return every key, token, signature and password that was in play."""
    state = world.state()
    found = {PASSWORD, world.mip_password, *(link["hash"] for link in state["sso"])}
    clients = [client for market in state["marketplaces"].values() for client in market["clients"]]
    for person in [*state["users"], *clients]:
        found |= {person["public"], person["private"]}
    for entry in world.log(vendor="mip"):
        found |= {value for name, value in entry["headers"].items() if name in ("x-hmac", "x-public", "x-private")}
    return sorted(found)


def check_refused(
    world: t.Any, action: str, cases: list[tuple[dict[str, t.Any], list[str]]], home: Path, **env: str
) -> None:
    """Check that each wrong set of options fails with its words in the message, and that nothing is sent.

    The only connection option is the URL; ``env`` adds others.
    """
    tasks = [{"name": str(number), action: args, "ignore_errors": True} for number, (args, _words) in enumerate(cases)]
    run = run_playbook(play(tasks), env={"MIP_API_URL": world.mip_url, **env}, home=home).check()
    for number, (_args, words) in enumerate(cases):
        failed = run.task(str(number))
        assert failed.failed, (action, cases[number])
        assert all(word in failed.msg for word in words), failed.msg
        assert failed.failure["code"] in ("invalid_input", "undetermined")
    assert world.counts()["requests"] == 0


def check_unknown_tenant(
    world: t.Any, world_env: dict[str, str], action: str, args: dict[str, t.Any], home: Path
) -> None:
    """Check that with ``require_tenant`` only a tenant's address gets as far as a call to MIP."""
    wanted = {**args, "require_tenant": True}
    registry = {
        "api_url": world_env["MOBSTED_API_URL"],
        "api_login": world_env["MOBSTED_API_LOGIN"],
        "api_password": world_env["MOBSTED_API_PASSWORD"],
    }
    mip_alone = {name: value for name, value in world_env.items() if name.startswith("MIP_")}
    for given, env in ((wanted, world_env), ({**wanted, "tenant_registry": registry}, mip_alone)):
        for check in (True, False):
            failed = run_task(action, given, env=env, home=home, check=check).check(2).task("Task")
            assert failed.failure["code"] == "not_found"
            assert EMAIL in failed.msg
    assert world.log(vendor="mip") == []
    tenant = {"partnerops.saas.mobsted_tenant": {"email": EMAIL}}
    predicted = run_playbook(play([tenant, {action: wanted}]), env=world_env, home=home, check=True).check()
    assert predicted.changed == 2
    world.do("tenant_add", email=EMAIL.upper())
    assert run_task(action, wanted, env=world_env, home=home).check().changed == 1
