# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook or the bare script, and measure its time, its memory and what it sends."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.simulator.client import Simulator, World
from ansible_collections.partnerops.saas.tests.support.harness import (
    CONNECTIONS,
    clean_environment,
    connection_env,
    python_of,
)

HERE = Path(__file__).resolve().parent
COMMON = {"hosts": "localhost", "gather_facts": False}
#: How often something is measured that takes less than ``QUICK`` seconds. The best time counts: disturbances only add.
TRIES, QUICK = 3, 3.0

Tasks = list[dict[str, t.Any]]


@dataclasses.dataclass(frozen=True)
class Measure:
    """One run. ``memory`` in MiB: the most that all its processes used together, shared pages counted once."""

    seconds: float
    requests: int = 0
    logins: int = 0
    connections: int = 0
    memory: float = 0.0


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


def best(measure: t.Callable[[], Measure]) -> Measure:
    """Measure several times if that is quick; return the run that took least time."""
    start = time.monotonic()
    found = [measure()]
    while len(found) < TRIES and time.monotonic() - start < QUICK:
        found.append(measure())
    return min(found, key=lambda one: one.seconds)


class Bench:
    """The runs of one benchmark against one simulator."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.python = python_of()

    def ours(
        self,
        world: World,
        tasks: Tasks,
        first: dict[str, t.Any] | None = None,
        more: dict[str, str] | None = None,
        **play: t.Any,
    ) -> Measure:
        """Measure a playbook.

        :param first: a task that is refused before it sends anything and is not timed, so that the libraries of its
            module are loaded: the script's time does not include its libraries either
        :param more: variables of the environment
        """
        world.clear_log()
        warm = {**(first or {"ansible.builtin.debug": {"msg": ""}}), "ignore_errors": True}
        file, timed = self.folder / "play.json", self.folder / "seconds"
        file.write_text(json.dumps([{**COMMON, **play, "tasks": [warm, *tasks]}]), encoding="utf-8")
        env = {**clean_environment(self.folder, self.python), **connection_env(world), **(more or {})}
        env["ANSIBLE_CONNECTION_PLUGINS"] = str(CONNECTIONS)
        env["ANSIBLE_CALLBACK_PLUGINS"], env["ANSIBLE_CALLBACKS_ENABLED"] = str(HERE / "callbacks"), "timed"
        env["TIMED_FILE"] = str(timed)
        _seconds, memory, _output = _run([str(self.python.with_name("ansible-playbook")), str(file)], env, self.folder)
        return _measured(world, float(timed.read_text(encoding="utf-8")), memory)

    def script(self, world: World, count: int, threads: int, pattern: str, apps: int) -> Measure:
        """Measure the bare script, with this many threads, and apps in this many of the tenants."""
        world.clear_log()
        command = [sys.executable, str(HERE / "floor.py"), world.mobsted_url, world.login, world.password]
        more = [str(count), str(threads), pattern, str(apps)]
        _seconds, memory, output = _run([*command, *more], dict(os.environ), self.folder)
        return _measured(world, float(output), memory)


def _measured(world: World, seconds: float, memory: float) -> Measure:
    counts = world.counts()
    return Measure(seconds, counts["requests"], counts["logins"], counts["connections"], memory)
