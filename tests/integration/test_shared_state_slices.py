# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slices of a job that share an account, whose vendor answers 429: each waits within its deadline, nothing is lost."""

from __future__ import annotations

import time
import typing as t
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import Run, run_task

MARKET, FLEET = "partnerops.saas.mip_marketplace", "partnerops.saas.mobsted_fleet"


@pytest.fixture
def env(world_env: dict[str, str], database: str) -> dict[str, str]:
    """Return the environment that all slices share."""
    return {**world_env, "PARTNEROPS_STATE_URL": database}


def people(number: int) -> list[dict[str, str]]:
    return [{"email": f"m{number}-{one}@x.example"} for one in range(6)]


def sliced(env: dict[str, str], folder: Path, module: str, **more: t.Any) -> list[Run]:
    """Run three slices at once, each on a machine of its own."""

    def work(number: int) -> Run:
        args = {"tenants": people(number)} if module == FLEET else {"marketplace_id": 7, "members": people(number)}
        return run_task(module, {**args, **more}, env=env, home=folder / f"slice{number}")

    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(work, range(3)))


@pytest.mark.parametrize("module", [MARKET, FLEET])
def test_slices_share_what_the_vendor_allows(module: str, world: t.Any, env: dict[str, str], tmp_path: Path) -> None:
    world.options(rate_limit={"per_second": 8, "burst": 4, "retry_after": 1})
    for run in sliced(env, tmp_path, module):
        run.check()
    assert [entry for entry in world.log() if entry["status"] == 429]
    if module == FLEET:
        assert len(world.state()["tenants"]) == 18
    else:
        assert set(Counter(mail["to"] for mail in world.outbox()).values()) == {1}
        assert len(world.outbox()) == 18


@pytest.mark.parametrize("module", [MARKET, FLEET])
def test_a_slice_ends_with_its_deadline_and_the_next_run_goes_on(
    module: str, world: t.Any, env: dict[str, str], tmp_path: Path
) -> None:
    """However often the vendor says to come back later, and whatever ``retries`` says."""
    world.options(rate_limit={"per_second": 0.2, "burst": 2, "retry_after": 1})
    started = time.monotonic()
    runs = sliced(env, tmp_path, module, deadline=4, retries=100)
    assert time.monotonic() - started < 60
    assert any(run.task("Task").failed for run in runs)
    for run in runs:
        task = run.task("Task")
        if task.failed:
            assert "429" in str(task.result)
    sent = Counter(mail["to"] for mail in world.outbox())
    assert set(sent.values()) <= {1}
    world.options(rate_limit=None)
    for run in sliced(env, tmp_path / "again", module):
        run.check()
    if module == FLEET:
        assert len(world.state()["tenants"]) == 18
    else:
        assert Counter(mail["to"] for mail in world.outbox()) == {
            one["email"]: 1 for number in range(3) for one in people(number)
        }
