# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what was measured into ``docs/benchmark.md``: tables between markers, and two pictures."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import tempfile
import typing as t
from pathlib import Path

from ansible.release import __version__ as core

from ansible_collections.partnerops.saas.tests.performance.ways import NAMES
from ansible_collections.partnerops.saas.tests.support.harness import ROOT, environment_python

if t.TYPE_CHECKING:
    from .bench import Members, Result

PAGE = ROOT / "docs" / "benchmark.md"
PLOT = Path(__file__).with_name("plot.py")
HEAD = ("", "tenants", "latency", "s", "ms each", "script, s", "times the script", "requests", "logins", "TCP", "MiB")
PICTURES = {
    "benchmark-size.svg": "Time over the number of tenants",
    "benchmark-latency.svg": "Time for one new tenant over the latency",
}
#: Name of a line in the pictures, by the kind of a way; the script is drawn with the threads of the fleet and with one.
LINES = {
    "fleet": "mobsted_fleet",
    "loop": "loop, in process",
    "module": "loop, as a module",
    "uri": "uri",
}


def line(found: Result) -> str:
    """Return a result as it is shown while the benchmark runs."""
    way, ours = found.way, found.ours
    what = ("fresh" if way.fresh else "no change") + (f", {way.apps} with an app" if way.apps else "")
    numbers = f"{ours.seconds:8.2f} s {found.ratio:8.2f} times {ours.requests:6} requests {ours.memory:5.0f} MiB"
    return f"{way.label:<38} {way.count:>6} {what:<24} {way.latency:>4} ms {numbers}"


def table(found: t.Sequence[Result]) -> str:
    """Return a Markdown table. A limit is shown next to what it limits."""
    lines = ["| " + " | ".join(HEAD) + " |", "| --- |" + " ---: |" * (len(HEAD) - 1)]
    for one in found:
        way, ours, bounds = one.way, one.ours, one.way.bounds

        def most(name: str, bounds: dict[str, float] = bounds) -> str:
            return f" (≤ {bounds[name]:g})" if name in bounds else ""

        cells = [
            way.label,
            str(way.count),
            f"{way.latency} ms",
            f"{ours.seconds:.2f}{most('seconds')}",
            f"{one.each:.1f}",
            f"{one.script.seconds:.2f}",
            f"{one.ratio:.2f}{most('ratio')}",
            f"{ours.requests}{most('requests')}",
            str(ours.logins),
            str(ours.connections),
            f"{ours.memory:.0f}{most('memory')}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def parts(found: t.Sequence[Result], members: Members) -> dict[str, str]:
    """Return what comes between the markers of the page, by the name of the marker."""
    ordered = sorted(found, key=lambda one: (one.way.latency, list(NAMES).index(one.way.kind), one.way.count))
    chosen = {
        "creating": [one for one in ordered if one.way.fresh and not one.way.apps],
        "nothing to do": [one for one in ordered if not one.way.fresh and not one.way.apps],
        "apps": [one for one in ordered if one.way.apps],
    }
    texts = {name: table(rows) for name, rows in chosen.items()}
    texts["machine"] = f"ansible-core {core}, Python {platform.python_version()}, {os.cpu_count()} cores."
    texts["pictures"] = "\n\n".join(f"![{title}]({file})" for file, title in PICTURES.items())
    texts["members"] = (
        "| ledger | members | s | ms each |\n| --- | ---: | ---: | ---: |\n"
        f"| a file | {members.count} | {members.file:.2f} | {1000 * members.file / members.count:.2f} |\n"
        f"| PostgreSQL | {members.count} | {members.database:.2f} | {1000 * members.database / members.count:.2f} |"
    )
    return texts


def filled(text: str, name: str, content: str) -> str:
    """Return a page with the content between the markers of a name."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    head, rest = text.split(start)
    return f"{head}{start}\n\n{content}\n\n{end}{rest.split(end)[1]}"


def drawn(found: t.Sequence[Result]) -> dict[str, t.Any]:
    """Return what the pictures show: for each file its axes and its lines, each a list of points."""
    middle = sorted({one.way.latency for one in found})[1]
    plain = [one for one in found if not one.way.apps and not one.way.declared and one.way.threads in (1, 8)]
    size: dict[str, list[tuple[float, float]]] = {}
    latency: dict[str, list[tuple[float, float]]] = {}
    usual = {one.way.kind: one.way.count for one in plain if one.way.fresh and one.way.latency != middle}
    for one in plain:
        way = one.way
        if way.kind == "fleet" and way.threads == 1:
            continue
        name = LINES[way.kind]
        script = f"bare script, {way.threads} connection{'s' if way.threads > 1 else ''}"
        if way.latency == middle:
            state = ", new" if way.fresh else ", no change"
            size.setdefault(name + state, []).append((way.count, one.ours.seconds))
            if way.kind in ("fleet", "loop") and way.fresh:
                size.setdefault(script + state, []).append((way.count, one.script.seconds))
        if way.fresh and way.count == usual.get(way.kind):
            latency.setdefault(name, []).append((way.latency, one.each))
            if way.kind in ("fleet", "loop"):
                latency.setdefault(script, []).append((way.latency, 1000 * one.script.seconds / way.count))
    files = list(PICTURES)
    return {
        files[0]: {"x": f"tenants (latency {middle} ms)", "y": "seconds", "log": True, "lines": _sorted(size)},
        files[1]: {"x": "latency, ms", "y": "ms for each new tenant", "log": False, "lines": _sorted(latency)},
    }


def _sorted(lines: dict[str, list[tuple[float, float]]]) -> dict[str, list[tuple[float, float]]]:
    return {name: sorted(set(points)) for name, points in lines.items()}


def write(place: Path, found: t.Sequence[Result], members: Members) -> None:
    """Write the page and its pictures.

    :param place: the folder: ``docs``, or another one to look at what would be there
    """
    place.mkdir(parents=True, exist_ok=True)
    text = PAGE.read_text(encoding="utf-8")
    for name, content in parts(found, members).items():
        text = filled(text, name, content)
    (place / PAGE.name).write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch, "data.json")
        data.write_text(json.dumps(drawn(found)), encoding="utf-8")
        subprocess.run([environment_python("plot"), PLOT, data, place], check=True)
