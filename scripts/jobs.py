# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several stages of a check at once, each a process of its own, as many as there are cores.

Half of the stages work on one core (pylint, Sphinx, pip): they run beside each other. What a stage prints is shown as a
whole when it ends, and kept in .cache/logs.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import environment as env
import steps
from steps import Step

LOGS = env.CACHE / "logs"
STEPS_FILE = "PARTNEROPS_STEPS_FILE"  # where a stage that is run by this writes its steps


@dataclasses.dataclass(frozen=True)
class Job:
    """A stage, and how many cores it keeps busy."""

    stage: str
    cores: int = 1


@dataclasses.dataclass
class _Running:
    job: Job
    process: subprocess.Popen[bytes]
    start: float

    @property
    def log(self) -> Path:
        return LOGS / f"{self.job.stage.replace(':', '-')}.log"

    @property
    def steps(self) -> Path:
        return self.log.with_suffix(".json")


def run(jobs: t.Sequence[Job]) -> list[Step]:
    """Run all of them, the earlier ones first as far as they fit; return their steps in that order."""
    LOGS.mkdir(parents=True, exist_ok=True)
    free = max(2, os.cpu_count() or 1)
    waiting, running = list(jobs), list[_Running]()
    done: dict[str, list[Step]] = {}
    try:
        while waiting or running:
            for job in list(waiting):
                if job.cores <= free or not running:
                    waiting.remove(job)
                    free -= job.cores
                    running.append(_start(job))
            time.sleep(0.05)
            for one in [one for one in running if one.process.poll() is not None]:
                running.remove(one)
                free += one.job.cores
                done[one.job.stage] = _finish(one)
    finally:
        for one in running:
            one.process.terminate()
    return [step for job in jobs for step in done[job.stage]]


def _start(job: Job) -> _Running:
    print(f"▶ {job.stage}", flush=True)
    one = _Running(job, None, time.monotonic())  # type: ignore[arg-type]
    one.steps.unlink(missing_ok=True)
    command = [sys.executable, str(env.SCRIPTS / "check.py"), job.stage]
    with open(one.log, "w", encoding="utf-8") as log:
        one.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, STEPS_FILE: str(one.steps)}
        )
    return one


def _finish(one: _Running) -> list[Step]:
    """Show what it printed; return its steps."""
    seconds = time.monotonic() - one.start
    try:
        found = [Step(**step) for step in json.loads(one.steps.read_text(encoding="utf-8"))]
    except (OSError, ValueError):
        detail = f"ended with {one.process.returncode} and no result"
        found = [Step(one.job.stage, steps.FAILED, seconds, detail, failed=1)]
    print(one.log.read_text(encoding="utf-8", errors="replace"))
    mark = steps.MARKS[steps.FAILED if any(step.state == steps.FAILED for step in found) else steps.OK]
    print(f"{mark} {one.job.stage}: {seconds:.0f} s", flush=True)
    return found


def tell(found: t.Sequence[Step]) -> bool:
    """In a stage that was started by ``run``: tell its steps. False where it was started by hand."""
    path = os.environ.get(STEPS_FILE)
    if path:
        Path(path).write_text(json.dumps([dataclasses.asdict(step) for step in found]), encoding="utf-8")
    return bool(path)
