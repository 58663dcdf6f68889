# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to create many tenants, side by side in one run, and what a big account costs.

``make bench`` runs this and writes the tables into ``docs/benchmark.md``. All times exclude the start of the program,
which is measured with an empty playbook in the same run.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.performance import ratios
from ansible_collections.partnerops.saas.tests.simulator.client import Simulator, World
from ansible_collections.partnerops.saas.tests.support.harness import ROOT, clean_environment, connection_env, python_of

HERE = Path(__file__).resolve().parent
PAGE = ROOT / "docs" / "benchmark.md"
THREADS = 8
COUNT = 100
#: Starting a module for each tenant takes so long that a quarter of them is enough.
FEW = 25
#: How often the quick ways are measured. The best time counts, since disturbances only ever add.
TRIES = 3
LATENCIES = (0, 50, 150)
SIZES = (1000, 5000, 20000)
COMMON = {"hosts": "localhost", "gather_facts": False}
TENANT = "partnerops.saas.mobsted_tenant"
FLEET = "partnerops.saas.mobsted_fleet"


@dataclasses.dataclass
class Measure:
    """One run. ``memory`` in MiB: the most that all its processes used together, shared pages counted once."""

    way: str
    tenants: int
    seconds: float
    requests: int = 0
    logins: int = 0
    connections: int = 0
    memory: float = 0.0

    @property
    def each(self) -> float:
        """Return milliseconds for one tenant."""
        return 1000 * self.seconds / self.tenants


class Memory(threading.Thread):
    """Watches how much memory a process and its descendants use."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        """Watch until told to stop."""
        while not self.over.wait(0.1):
            self.peak = max(self.peak, sum(map(_proportional, _descendants(self._pid))) / 1024)


def _descendants(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                stat = Path("/proc", name, "stat").read_text(encoding="utf-8", errors="replace")
                parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(name))
    found = [root]
    for pid in found:
        found += parents.get(pid, [])
    return found


def _proportional(pid: int) -> int:
    """Return the proportional set size in KiB."""
    with contextlib.suppress(OSError):
        for line in Path("/proc", str(pid), "smaps_rollup").read_text(encoding="utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _run(command: list[str], env: dict[str, str], cwd: Path) -> tuple[float, float, str]:
    """Return seconds, MiB and output of a command."""
    start = time.monotonic()
    process = subprocess.Popen(command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    memory = Memory(process.pid)
    memory.start()
    output = process.communicate()[0]
    seconds = time.monotonic() - start
    memory.over.set()
    memory.join()
    if process.returncode:
        raise RuntimeError(f"{command} failed:\n{output}")
    return seconds, memory.peak, output


def uri_tasks(count: int) -> list[dict[str, t.Any]]:
    """Return what a user writes from the vendor's page: log in, look each address up, create what is missing."""
    root = "{{ lookup('env', 'MOBSTED_API_URL') }}/api/v8"
    log_in = f"{root}/auth?login={{{{ lookup('env', 'MOBSTED_API_LOGIN') | urlencode }}}}"
    log_in += "&password={{ lookup('env', 'MOBSTED_API_PASSWORD') | urlencode }}"
    headers = {"Authorization": "Bearer {{ auth.json.access_token }}"}
    filters = [{"field": "Email", "operation": "=", "value": "{{ item }}", "andor": "and"}]
    query = f"{{{{ {json.dumps(filters)!r} | replace('ITEM', item) | urlencode }}}}".replace("{{ item }}", "ITEM")
    look = f"{root}/objects?applicationId=1&page=1&pageSize=20&query={query}"
    return [
        {"ansible.builtin.uri": {"url": log_in}, "register": "auth"},
        {
            "ansible.builtin.uri": {"url": look, "headers": headers},
            "loop": [f"owner{number}@bench.example" for number in range(count)],
            "register": "looked",
        },
        {
            "ansible.builtin.uri": {
                "url": f"{root}/partners",
                "method": "POST",
                "headers": headers,
                "body_format": "json",
                "body": {"email": "{{ item.item }}"},
            },
            "loop": "{{ looked.results }}",
            "when": "item.json.data | length == 0",
        },
    ]


def loop_tasks(count: int) -> list[dict[str, t.Any]]:
    """Return one module task for each tenant."""
    return [{TENANT: {"email": "owner{{ item }}@bench.example"}, "loop": list(range(count))}]


def fleet_tasks(count: int, pattern: str = "owner{}@bench.example", first: int = 0) -> list[dict[str, t.Any]]:
    """Return one task for all."""
    emails = [{"email": pattern.format(number)} for number in range(first, first + count)]
    return [{FLEET: {"tenants": emails, "concurrency": THREADS}}]


class Bench:
    """One run of the benchmark."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.python = python_of()
        self.empty = 0.0

    def playbook(self, world: World, tasks: list[dict[str, t.Any]], **play: t.Any) -> tuple[float, float]:
        """Return seconds and MiB of a playbook, including the start of the program."""
        file = self.folder / "play.json"
        file.write_text(json.dumps([{**COMMON, **play, "tasks": tasks}]), encoding="utf-8")
        env = {**clean_environment(self.folder, self.python), **connection_env(world)}
        env["ANSIBLE_CONNECTION_PLUGINS"] = str(HERE / "connections")
        env.pop("ANSIBLE_CALLBACKS_ENABLED")
        command = [str(self.python.with_name("ansible-playbook")), str(file)]
        return _run(command, env, self.folder)[:2]

    def start_up(self) -> float:
        """Return the seconds of a playbook that does nothing."""
        tasks = [{"ansible.builtin.meta": "noop"}]
        self.empty = min(self.playbook(self.simulator.default, tasks)[0] for _try in range(TRIES))
        print(f"start of ansible-playbook: {self.empty:.2f} s, taken off below", flush=True)
        return self.empty

    def measure(self, way: str, world: World, tasks: list[dict[str, t.Any]], count: int, **play: t.Any) -> Measure:
        """Measure one way of doing it."""
        world.clear_log()
        seconds, memory = self.playbook(world, tasks, **play)
        return self._measured(way, world, count, seconds - self.empty, memory)

    def floor(self, world: World) -> Measure:
        """Measure the bare threaded script."""
        return self.script(world, COUNT, THREADS)

    def script(
        self, world: World, count: int, threads: int, pattern: str = "owner{}@bench.example", apps: int = 0
    ) -> Measure:
        """Measure the bare script, with this many threads, and apps in this many of the tenants."""
        command = [sys.executable, str(HERE / "floor.py"), world.mobsted_url, world.login, world.password]
        more = [str(count), str(threads), pattern, str(apps)]
        _seconds, memory, output = _run([*command, *more], dict(os.environ), self.folder)
        return self._measured("bare threaded script (the floor)", world, count, float(output), memory)

    def _measured(self, way: str, world: World, count: int, seconds: float, memory: float) -> Measure:
        counts = world.counts()
        made = Measure(way, count, seconds, counts["requests"], counts["logins"], counts["connections"], memory)
        print(f"  {made.way:<40} {made.tenants:>6} {made.seconds:8.2f} s {made.memory:6.0f} MiB", flush=True)
        return made

    def side_by_side(self, latency: int) -> list[Measure]:
        """Measure all ways at one latency, the bare script first."""

        def world() -> World:
            return self.simulator.world(latency_ms=latency)

        def best(measure: t.Callable[[], Measure]) -> Measure:
            return min((measure() for _try in range(TRIES)), key=lambda made: made.seconds)

        self.start_up()
        module_vars = {"ansible_connection": "notlocal", "ansible_python_interpreter": str(self.python)}
        return [
            best(lambda: self.floor(world())),
            best(lambda: self.measure("mobsted_fleet", world(), fleet_tasks(COUNT), COUNT)),
            self.measure("loop of mobsted_tenant, in process", world(), loop_tasks(COUNT), COUNT),
            self.measure("loop of mobsted_tenant, as a module", world(), loop_tasks(FEW), FEW, vars=module_vars),
            self.measure("playbook with uri", world(), uri_tasks(FEW), FEW),
        ]

    def unchanged(self, size: int) -> Measure:
        """Measure a fleet that has nothing to do."""
        world = self.simulator.world(tenants=size)
        tasks = fleet_tasks(size, "tenant{:05d}@clients.example", first=1)
        return self.measure("mobsted_fleet, no change", world, tasks, size)


def table(rows: list[Measure], floor: Measure | None = None) -> str:
    """Return a Markdown table."""
    head = "| | tenants | s | ms each | requests | logins | TCP connections | peak MiB |"
    line = "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    text = [head + (" times the floor |" if floor else ""), line + (" ---: |" if floor else "")]
    for row in rows:
        cells = [row.way, str(row.tenants), f"{row.seconds:.2f}", f"{row.each:.1f}"]
        cells += [str(number) for number in (row.requests, row.logins, row.connections)] + [f"{row.memory:.0f}"]
        cells += [f"{row.each / floor.each:.1f}"] if floor else []
        text.append("| " + " | ".join(cells) + " |")
    return "\n".join(text)


def write(name: str, text: str) -> None:
    """Put a table between its markers in the page."""
    page = PAGE.read_text(encoding="utf-8")
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    head, rest = page.split(start)
    PAGE.write_text(f"{head}{start}\n\n{text}\n\n{end}{rest.split(end)[1]}", encoding="utf-8")


def run() -> tuple[dict[int, list[Measure]], list[Measure], list[ratios.Ratio]]:
    """Measure everything and write the page; returns the measures by latency, those by size, and the ratios.

    The page is only written if the machine was idle at the start: on a busy one, ways that start a program for each
    item look ten times slower.
    """
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    quiet = load < 0.5 * cores
    with tempfile.TemporaryDirectory() as scratch, Simulator.start() as simulator:
        bench = Bench(simulator, Path(scratch))
        by_latency = {}
        for latency in LATENCIES:
            print(f"{latency} ms:")
            by_latency[latency] = bench.side_by_side(latency)
        print("nothing to do:")
        bench.start_up()
        by_size = [bench.unchanged(size) for size in SIZES]
        beside = [one for latency in LATENCIES for one in ratios.measure(bench, latency)]
        print(ratios.table(beside), flush=True)
    if not quiet:
        print(f"{PAGE.name} is left as it is: the machine was busy (load {load:.1f} on {cores} cores)")
        return by_latency, by_size, beside
    version = subprocess.run(
        [sys.executable, "-c", "import ansible.release as r; print(r.__version__)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    write("machine", f"ansible-core {version}, Python {platform.python_version()}, {cores} cores.")
    parts = [f"### {latency} ms\n\n{table(rows, rows[0])}" for latency, rows in by_latency.items()]
    write("side by side", "\n\n".join(parts))
    write("nothing to do", table(by_size))
    write("ratios", ratios.table(beside))
    return by_latency, by_size, beside
