# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_ledger_info`` against the simulator."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import run_task

SAAS = "partnerops.saas."
INFO = f"{SAAS}mip_ledger_info"


@pytest.mark.parametrize("kind", ["file", "postgresql"])
def test_what_the_ledger_knows(
    kind: str, world: t.Any, world_env: dict[str, str], database: str, tmp_path: Path
) -> None:
    env = {**world_env, "PARTNEROPS_STATE_URL": database} if kind == "postgresql" else world_env
    how: dict[str, t.Any] = {"env": env, "home": tmp_path}
    empty = run_task(INFO, {}, check=True, **how).check().task("Task")
    assert (empty["entries"], empty["store"]["exists"], empty["store"]["kind"]) == ([], False, kind)
    world.fault("reset", when="after", vendor="mip", method="POST", path="*/member/7/add", nth=2)
    members = [{"email": "Lost@x.example"}, {"email": "a@x.example"}]
    args = {"marketplace_id": 7, "members": members[::-1], "concurrency": 1}
    run_task(f"{SAAS}mip_marketplace", args, **how).check(2)
    world.clear_log()
    found = run_task(INFO, {"marketplace_id": 7, "kind": "member"}, **how).check().task("Task")
    assert [one["email"] for one in found["entries"]] == ["a@x.example", "lost@x.example"]
    lost = found["entries"][1]
    assert {name: lost[name] for name in ("kind", "marketplace_id", "id", "state", "blocked", "intent")} == {
        "kind": "member", "marketplace_id": 7, "id": None, "state": "unknown", "blocked": None, "intent": "add",
    }  # fmt: skip
    assert lost["at"]
    assert "@" in lost["by"]
    assert (found["store"]["open_intents"], found["store"]["writable"], found["store"]["exists"]) == (1, True, True)
    assert [one["email"] for one in run_task(INFO, {"open": True}, **how).check().task("Task")["entries"]] == [
        "lost@x.example"
    ]
    one = run_task(INFO, {"email": "LOST@X.example"}, **how).check().task("Task")
    assert not one.changed
    assert len(one["entries"]) == 1
    assert run_task(INFO, {"marketplace_id": 8}, **how).check().task("Task")["entries"] == []
    assert world.log() == []
