# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare each way of having many tenants with the bare script, one after the other in one run.

A ratio is the same on a slow machine as on a fast one. ``make bench`` runs this, and writes ``docs/benchmark.md`` and
its pictures if the machine is idle. On a busy one, or with ``BENCH=small`` (two minutes, to try the benchmark itself),
they are written to ``.cache/bench``; ``BENCH=write`` writes the page on any machine.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.performance import page
from ansible_collections.partnerops.saas.tests.performance.measuring import Bench, Measure, best
from ansible_collections.partnerops.saas.tests.performance.ways import PATTERN, REFUSED, Way, ways
from ansible_collections.partnerops.saas.tests.simulator.client import Simulator, World
from ansible_collections.partnerops.saas.tests.support import postgres
from ansible_collections.partnerops.saas.tests.support.harness import ROOT

MARKETPLACE = "partnerops.saas.mip_marketplace"
#: Seconds for 500 new members without latency, and milliseconds by which the database may be slower for each.
MEMBERS_MOST, DATABASE_MORE = 2.5, 1.0
MEMBERS = 500


@dataclasses.dataclass(frozen=True)
class Result:
    """A way, what it took, and what the bare script took."""

    way: Way
    ours: Measure
    script: Measure

    @property
    def each(self) -> float:
        """Return milliseconds for one tenant."""
        return 1000 * self.ours.seconds / self.way.count

    @property
    def ratio(self) -> float:
        """Return how many times the script's time ours is."""
        return self.ours.seconds / self.script.seconds

    @property
    def missed(self) -> list[str]:
        """Return what does not hold."""
        found = {
            "ratio": self.ratio,
            "requests": self.ours.requests,
            "seconds": self.ours.seconds,
            "memory": self.ours.memory,
        }
        return [
            f"{name} {found[name]:.2f}, at most {most}" for name, most in self.way.bounds.items() if found[name] > most
        ]


@dataclasses.dataclass(frozen=True)
class Members:
    """What new members of a marketplace took, in seconds, with the ledger in a file and in a database."""

    count: int
    file: float
    database: float

    @property
    def more(self) -> float:
        """Return by how many milliseconds the database is slower for each member."""
        return 1000 * (self.database - self.file) / self.count

    @property
    def missed(self) -> list[str]:
        """Return what does not hold."""
        found = []
        if self.count == MEMBERS and self.file > MEMBERS_MOST:
            found.append(f"{self.file:.2f} s, at most {MEMBERS_MOST}")
        if self.more > DATABASE_MORE:
            found.append(f"{self.more:.2f} ms more with a database, at most {DATABASE_MORE}")
        return found


def _world(simulator: Simulator, way: Way) -> World:
    """Return a world in which nothing or everything exists."""
    if way.fresh:
        return simulator.world(latency_ms=way.latency)
    if not way.apps:
        return simulator.world(tenants=way.count, latency_ms=way.latency)
    world = simulator.world()
    for number in range(1, way.count + 1):
        world.do("tenant_add", email=PATTERN.format(number), apps=["Shop"] if number <= way.apps else [])
    world.options(latency_ms=way.latency)
    return world


def measure(bench: Bench, way: Way) -> Result:
    """Measure a way and the script."""

    def script() -> Measure:
        with _world(bench.simulator, way) as world:
            return bench.script(world, way.declared or way.count, way.threads, PATTERN, way.apps)

    def ours() -> Measure:
        with _world(bench.simulator, way) as world:
            more = {}
            if way.kind == "module":
                more = {"vars": {"ansible_connection": "elsewhere", "ansible_python_interpreter": str(bench.python)}}
            return bench.ours(world, way.tasks, REFUSED.get(way.kind), **more)

    found = Result(way, best(ours), best(script))
    print(f"  {page.line(found)}{'  MISSED: ' if found.missed else ''}{'; '.join(found.missed)}", flush=True)
    return found


def members(bench: Bench, count: int) -> Members:
    """Measure new members of a marketplace without latency, with both kinds of ledger."""
    emails = [{"email": f"member{number}@clients.example"} for number in range(count)]
    refused = {MARKETPLACE: {"marketplace_id": 7, "members": emails[:1], "concurrency": 0}}

    def run(more: t.Callable[[], dict[str, str]]) -> float:
        def once() -> Measure:
            with bench.simulator.world() as world:
                return bench.ours(world, [{MARKETPLACE: {"marketplace_id": 7, "members": emails}}], refused, more())

        return best(once).seconds

    number = iter(range(1000))
    # The server waits for the disk, as one does that is in use, and as the file does.
    with postgres.cluster(postgres.debian(), fsync="on") as server:
        found = Members(
            count,
            run(lambda: {"MIP_LEDGER_PATH": str(bench.folder / f"ledger{next(number)}")}),
            run(lambda: {"PARTNEROPS_STATE_URL": server.database()}),
        )
    print(f"  {count} members: {found.file:.2f} s, with a database {found.database:.2f} s", flush=True)
    return found


def run() -> tuple[list[Result], Members]:
    """Measure everything, and write the page with its pictures."""
    mode = os.environ.get("BENCH", "")
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    quiet = load < 0.5 * cores
    with tempfile.TemporaryDirectory() as scratch, Simulator.start() as simulator:
        bench = Bench(simulator, Path(scratch))
        found = [measure(bench, way) for way in ways(small=mode == "small")]
        of_members = members(bench, 20 if mode == "small" else MEMBERS)
    place = ROOT / "docs"
    if mode == "small" or not (quiet or mode == "write"):
        place = ROOT / ".cache" / "bench"
        print(f"written to {place.relative_to(ROOT)}, not to docs (load at the start: {load:.1f} on {cores} cores)")
    page.write(place, found, of_members)
    return found, of_members
