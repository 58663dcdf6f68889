# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmark compares, what it asks of each way, and what it writes (tests/performance measures it)."""

from __future__ import annotations

import json
import subprocess
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.performance import page
from ansible_collections.partnerops.saas.tests.performance.bench import Members, Result
from ansible_collections.partnerops.saas.tests.performance.measuring import Measure, best
from ansible_collections.partnerops.saas.tests.performance.ways import FLEET, NAMES, Way, ways

MEMBERS = Members(500, 0.5, 0.75)


def result(way: Way, seconds: float = 2.0, requests: int = 1, memory: float = 60, script: float = 1.0) -> Result:
    return Result(way, Measure(seconds, requests, 1, 8, memory), Measure(script))


@pytest.mark.parametrize(
    ("way", "measured", "missed"),
    [
        (Way("loop", 100, 100, fresh=False), {"seconds": 2.0, "requests": 8}, []),
        (Way("loop", 100, 100, fresh=False), {"seconds": 2.1, "requests": 8}, ["ratio 2.10, at most 2.0"]),
        (Way("loop", 100, 0, fresh=False), {"seconds": 9.0, "requests": 9}, ["requests 9.00, at most 8"]),
        (Way("loop", 100, 150, fresh=True), {"seconds": 1.2, "requests": 110}, ["ratio 1.20, at most 1.15"]),
        (Way("fleet", 100, 100, fresh=True, threads=8), {"seconds": 1.3}, ["ratio 1.30, at most 1.25"]),
        (Way("fleet", 100, 100, fresh=True, threads=1), {"seconds": 1.3}, []),
        (Way("fleet", 60, 0, fresh=False, threads=8, apps=60), {"requests": 124}, []),
        (Way("fleet", 60, 0, fresh=False, threads=8, apps=60), {"requests": 125}, ["requests 125.00, at most 124"]),
        (Way("fleet", 5000, 100, fresh=False, threads=8, declared=1), {"seconds": 1.1}, ["seconds 1.10, at most 1.0"]),
        (Way("fleet", 5000, 100, fresh=False, threads=8, declared=1), {"seconds": 1.0, "requests": 27}, []),
        (Way("fleet", 5000, 100, fresh=False, threads=8), {"requests": 28}, ["requests 28.00, at most 27"]),
        (Way("fleet", 20000, 0, fresh=False, threads=8), {"memory": 251}, ["memory 251.00, at most 250"]),
        (Way("uri", 25, 150, fresh=True), {"seconds": 900, "requests": 900}, []),
    ],
)
def test_what_must_hold(way: Way, measured: dict[str, t.Any], missed: list[str]) -> None:
    assert result(way, **measured).missed == missed


def test_what_must_hold_of_members() -> None:
    assert MEMBERS.missed == []
    assert Members(500, 2.6, 2.6).missed == ["2.60 s, at most 2.5"]
    assert Members(500, 1.0, 1.6).missed == ["1.20 ms more with a database, at most 1.0"]


def test_the_grid_has_what_the_page_promises() -> None:
    found = ways()
    assert len(set(found)) == len(found)
    assert {way.kind for way in found} == set(NAMES)
    fleets = [way for way in found if way.kind == "fleet"]
    assert {way.threads for way in fleets} == {1, 8, 32}
    assert {0, 50, 100, 150} == {way.latency for way in fleets}
    assert {100, 1000, 5000, 20000} == {way.count for way in fleets if not way.fresh and not way.apps}
    assert {True, False} == {way.fresh for way in fleets if way.apps}
    small = ways(small=True)
    assert {(way.kind, way.fresh, way.threads, bool(way.apps)) for way in small} == {
        (way.kind, way.fresh, way.threads, bool(way.apps)) for way in found
    }
    assert max(way.count for way in small) < 1000


def test_tasks_of_a_fleet_have_apps_where_the_way_says_so() -> None:
    (task,) = Way("fleet", 3, 0, fresh=True, threads=4, apps=1).tasks
    assert task[FLEET]["concurrency"] == 4
    assert ["apps" in tenant for tenant in task[FLEET]["tenants"]] == [True, False, False]


def test_the_best_run_counts_and_long_runs_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([3.0, 1.0, 2.0, 0.5])
    assert best(lambda: Measure(next(times))).seconds == 1.0
    monkeypatch.setattr("ansible_collections.partnerops.saas.tests.performance.measuring.QUICK", -1)
    assert best(lambda: Measure(next(times))).seconds == 0.5


def test_the_page_and_what_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [result(way, requests=5) for way in ways()]
    drawn: dict[str, t.Any] = {}

    def draw(command: list[t.Any], **_how: t.Any) -> None:
        drawn.update(json.loads(Path(command[2]).read_text()))
        assert command[3] == tmp_path

    monkeypatch.setattr(subprocess, "run", draw)
    monkeypatch.setattr(page, "environment_python", lambda _name: Path("python"))
    page.write(tmp_path, found, MEMBERS)
    text = (tmp_path / page.PAGE.name).read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and " ms |" in line]
    assert len(rows) == len(found)  # each is in exactly one table
    assert (
        "| `mobsted_fleet`, 8 connections | 100 | 100 ms | 2.00 | 20.0 | 1.00 | 2.00 (≤ 1.25) | 5 | 1 | 8 | 60 |"
        in text
    )
    assert "| PostgreSQL | 500 | 0.75 | 1.50 |" in text
    page.write(tmp_path, found, MEMBERS)  # what is between the markers is replaced
    assert (tmp_path / page.PAGE.name).read_text() == text
    size, latency = (drawn[file] for file in page.PICTURES)
    assert [x for x, _y in size["lines"]["mobsted_fleet, no change"]] == [100, 1000, 5000, 20000]
    assert [x for x, _y in size["lines"]["loop, in process, new"]] == [30, 100, 300]
    assert latency["lines"]["mobsted_fleet"] == [[x, 20.0] for x in (0, 50, 100, 150)]
    assert latency["lines"]["uri"] == [[x, 80.0] for x in (0, 50, 150)]
    assert set(latency["lines"]) == {*page.LINES.values(), "bare script, 8 connections", "bare script, 1 connection"}
