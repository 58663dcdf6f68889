# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way of doing it as a ratio to the bare script, measured side by side in one run.

A ratio is the same on a slow machine as on a fast one. It excludes the start of ``ansible-playbook`` and of the script.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.partnerops.saas.tests.simulator.client import World

if t.TYPE_CHECKING:
    from .bench import Bench

FLEET = "partnerops.saas.mobsted_fleet"
TENANT = "partnerops.saas.mobsted_tenant"
SHOP = {"name": "Shop", "website_url": "https://shop.example"}
PATTERN = "owner{}@bench.example"


@dataclasses.dataclass(frozen=True)
class Way:
    """One thing to do, by the collection and by the script.

    :param fresh: nothing exists before; otherwise everything does
    :param threads: connections of both; 1 for a loop
    :param apps: this many of the tenants have an app
    :param most: the ratio that must not be exceeded, or None if it is only reported
    :param requests: the number of requests that must not be exceeded
    """

    name: str
    count: int
    fresh: bool
    threads: int = 8
    apps: int = 0
    most: float | None = None
    requests: int | None = None

    @property
    def tasks(self) -> list[dict[str, t.Any]]:
        """What a user writes."""
        if self.name == "loop":
            emails = [PATTERN.format(number) for number in range(self.count)]
            return [{TENANT: {"email": "{{ item }}"}, "loop": emails}]
        tenants = [
            {"email": PATTERN.format(number), "apps": [SHOP] if number < self.apps else []}
            for number in range(self.count)
        ]
        return [{FLEET: {"tenants": tenants, "concurrency": self.threads}}]


@dataclasses.dataclass(frozen=True)
class Ratio:
    """The outcome. Times in seconds."""

    way: Way
    latency: int
    ours: float
    script: float
    requests: int

    @property
    def ratio(self) -> float:
        """How many times the script's time ours is."""
        return self.ours / self.script

    @property
    def missed(self) -> str | None:
        """What does not hold, or None."""
        if self.way.most is not None and self.ratio > self.way.most:
            return f"{self.ratio:.2f} times the script, at most {self.way.most}"
        if self.way.requests is not None and self.requests > self.way.requests:
            return f"{self.requests} requests, at most {self.way.requests}"
        return None


def ways(latency: int) -> list[Way]:
    """Return what to measure at a latency. The bounds apply from 100 ms on, where waiting takes most of the time."""
    slow = latency >= 100
    made = [
        Way("loop", 100, fresh=True, threads=1, most=1.15 if slow else None, requests=110),
        Way("loop", 100, fresh=False, threads=1, most=2.0 if slow else None, requests=8),
        Way("fleet", 60, fresh=False, apps=60, most=1.25 if slow else None, requests=2 * 60 + 4),
        Way("fleet", 60, fresh=True, apps=60),
        Way("fleet", 5000, fresh=False),
    ]
    made += [Way("fleet", 100, fresh=True, threads=n, most=1.25 if slow and n == 8 else None) for n in (1, 8, 32)]
    return made


def measure(bench: Bench, latency: int) -> list[Ratio]:
    """Each way beside the script."""
    found = []
    for way in ways(latency):
        script = bench.script(_world(bench, way, latency), way.count, way.threads, PATTERN, way.apps)
        ours = bench.measure(_name(way), _world(bench, way, latency), way.tasks, way.count)
        found.append(Ratio(way, latency, ours.seconds, script.seconds, ours.requests))
    return found


def _world(bench: Bench, way: Way, latency: int) -> World:
    world = bench.simulator.world()
    if not way.fresh:
        for number in range(way.count):
            apps = ["Shop"] if number < way.apps else []
            world.do("tenant_add", email=PATTERN.format(number), apps=apps)
    world.options(latency_ms=latency)
    return world


def _name(way: Way) -> str:
    what = "fresh" if way.fresh else "no change"
    apps = f", an app in each of {way.apps}" if way.apps else ""
    return f"{way.name} of {way.count}, {what}{apps}, {way.threads} connections"


def table(found: t.Sequence[Ratio]) -> str:
    """Markdown."""
    lines = [
        "| | latency | s | script, s | times the script | at most | requests |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in found:
        most = "" if one.way.most is None else f"{one.way.most}"
        numbers = f"{one.ours:.2f} | {one.script:.2f} | {one.ratio:.2f} | {most} | {one.requests}"
        lines.append(f"| {_name(one.way)} | {one.latency} ms | {numbers} |")
    return "\n".join(lines)
