# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process works for a long time, with occasional faults: its memory and its open files stay level.

``SOAK_MINUTES`` says how long (20). All runs share clients, tokens and secrets, as the items of an endless loop do.
"""

from __future__ import annotations

import gc
import itertools
import os
import random
import statistics
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.driver import connection, run

MINUTES = float(os.environ.get("SOAK_MINUTES", "20"))
SITE = "https://store.acme.example"
FAULTS: tuple[dict[str, t.Any], ...] = (
    {"kind": "reset"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 401},
    {"kind": "html"},
    {"kind": "truncated"},
    {"kind": "garbage"},
)


class Sample(t.NamedTuple):
    """What the process uses: KiB of memory, open files, threads."""

    memory: int
    files: int
    threads: int

    @classmethod
    def take(cls) -> Sample:
        """Measure now, after a garbage collection."""
        gc.collect()
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        values = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        memory, threads = int(values["VmRSS"].split()[0]), int(values["Threads"])
        return cls(memory, len(os.listdir("/proc/self/fd")), threads)


def steps(world: t.Any, ledger: Path) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """Yield the same few steps, over and over, so that nothing has a reason to grow."""
    mobsted = connection(world, retries=1, settle=1)
    mip = {**connection(world, "mip", retries=1), "ledger_path": str(ledger), "marketplace_id": 7}
    app = {"name": "Store", "website_url": SITE}
    for number in itertools.count():
        email = f"owner{number % 20}@acme.example"
        yield "mobsted_tenant", {**mobsted, "email": email}
        yield "mobsted_pwa_app", {**mobsted, **app, "tenant": email}
        yield "mobsted_tenant_info", {**mobsted, "include_credentials": True}
        yield "mip_client", {**mip, "email": email, "password": "a-password-1", "blocked": bool(number % 2)}
        yield "mip_member", {**mip, "email": email}
        if number % 10 == 0:
            fleet = [{"email": f"owner{one}@acme.example", "apps": [app]} for one in range(20)]
            yield "mobsted_fleet", {**mobsted, "tenants": fleet}


@pytest.mark.slow
def test_memory_and_files_stay_level(simulator: t.Any, tmp_path: Path) -> None:
    rng = random.Random(7)
    context = RunContext(str(tmp_path))
    samples: list[Sample] = []
    done = failed = 0
    start = time.monotonic()
    end, every = start + MINUTES * 60, max(1.0, MINUTES * 60 / 40)
    with simulator.world() as world:
        for module, params in steps(world, tmp_path / "ledger.sqlite3"):
            if rng.random() < 0.02:
                world.fault(**rng.choice(FAULTS), nth=rng.randint(1, 3))
            failed += bool(run(module, params, context=context).get("failed"))
            done += 1
            if time.monotonic() >= start + every * (len(samples) + 1):
                samples.append(Sample.take())
                world.clear_log()
            if time.monotonic() >= end:
                break
    context.close()
    warm = samples[len(samples) // 4 :]
    half = len(warm) // 2
    first, last = warm[:half], warm[half:]
    memory = [max(one.memory for one in part) for part in (first, last)]
    print(f"{done} runs in {MINUTES:g} minutes, {failed} failed on purpose; memory {memory[0]} to {memory[1]} KiB")
    print(f"open files {[one.files for one in warm]}, threads {[one.threads for one in warm]}")
    assert memory[1] <= memory[0] * 1.03 + 1024, [one.memory for one in samples]
    # Each tenant keeps a connection until the fleet is done with it, so the number goes up and down.
    middle = [statistics.median(one.files for one in part) for part in (first, last)]
    assert middle[1] <= middle[0] + 3, [one.files for one in samples]
    assert max(one.files for one in warm) <= 64, [one.files for one in samples]
    # The threads of a fleet may be ending while they are counted.
    assert statistics.median(one.threads for one in last) <= statistics.median(one.threads for one in first)
    assert max(one.threads for one in warm) <= 16, [one.threads for one in samples]
    assert failed < done / 10
