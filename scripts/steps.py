# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running one step of a check, and what came of it."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import time
import typing as t
import xml.etree.ElementTree as ET
from pathlib import Path

import environment as env

OK, FAILED, EMPTY, SKIPPED = "ok", "FAILED", "nothing there yet", "skipped"
MARKS = {OK: "✓", FAILED: "✗", EMPTY: "·", SKIPPED: "–"}


@dataclasses.dataclass
class Step:
    """One line of the summary."""

    name: str
    state: str
    seconds: float = 0.0
    detail: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def line(self) -> str:
        """For the summary."""
        state = "" if self.state == OK else self.state
        note = ", ".join(part for part in (state, self.detail) if part)
        return f"{MARKS[self.state]} {self.name:<34} {self.seconds:7.1f} s  {note}".rstrip()


def environ(**extra: str) -> dict[str, str]:
    """Environment of the tools: the programs of .venv first, the collection in place, quiet."""
    paths = [str(env.VENV / "bin"), os.environ.get("PATH", os.defpath)]
    return env.clean_environ(
        **{
            "PATH": os.pathsep.join(paths),
            "ANSIBLE_COLLECTIONS_PATH": str(env.COLLECTIONS),
            "ANSIBLE_HOME": str(env.CACHE / "ansible-home"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "PYTHONUNBUFFERED": "1",
            **extra,
        }
    )


def tool(name: str) -> str:
    """A program of .venv."""
    return str(env.VENV / "bin" / name)


def heading(text: str) -> None:
    """Say what comes now."""
    print(f"\n── {text} {'─' * max(3, 96 - len(text))}", flush=True)


def run(
    name: str,
    command: t.Sequence[str | Path],
    cwd: Path = env.ROOT,
    extra_env: t.Mapping[str, str] | None = None,
) -> Step:
    """Run a program whose exit code tells whether all is well."""
    heading(name)
    start = time.monotonic()
    words = [str(word) for word in command]
    try:
        code = subprocess.run(
            words, cwd=cwd, env=environ(**(extra_env or {})), stdin=subprocess.DEVNULL, check=False
        ).returncode
    except OSError as exc:
        print(exc)
        code = 127
    good = code == 0
    detail = "" if good else f"exit {code}"
    return Step(name, OK if good else FAILED, time.monotonic() - start, detail, passed=int(good), failed=int(not good))


def pytest(
    name: str,
    paths: t.Sequence[str],
    *arguments: str,
    python: Path | None = None,
    workers: int = 2,
    extra_env: t.Mapping[str, str] | None = None,
) -> Step:
    """Run pytest over those of PATHS which have tests; in CI a skipped test counts as a failure.

    :param workers: processes; 0 runs all in this one
    """
    there = [path for path in paths if (env.ROOT / path).is_file() or any((env.ROOT / path).rglob("test_*.py"))]
    if not there:
        return Step(name, EMPTY)
    report = env.CACHE / "junit" / f"{''.join(c if c.isalnum() or c in '.-' else '-' for c in name)}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command: list[str | Path] = [python or env.VENV / "bin" / "python", "-m", "pytest"]
    command += [
        "-c",
        "tests/config/pytest.ini",
        "--rootdir",
        env.ROOT,
        "--confcutdir",
        env.ROOT,
        "-q",
        f"--junit-xml={report}",
    ]
    command += ["-n", str(workers), "--dist", "worksteal"] if workers else ["-p", "no:xdist"]
    extra = {"PYTHONDONTWRITEBYTECODE": "1", **(extra_env or {})}
    step = run(name, [*command, *arguments, *there], extra_env=extra)
    if step.detail == "exit 5":
        return Step(name, EMPTY, step.seconds)
    skips = _read_report(report, step)
    if skips and env.IN_CI:
        step.state = FAILED
        step.detail += "; a skipped test is a failure in CI: " + "; ".join(sorted(set(skips)))
    return step


def _read_report(report: Path, step: Step) -> list[str]:
    """Put the numbers of a JUnit file in STEP; return why tests were skipped."""
    if not report.is_file():
        return []
    root = ET.parse(report).getroot()
    suites = [root] if root.tag == "testsuite" else list(root.iter("testsuite"))

    def total(key: str) -> int:
        return sum(int(suite.get(key, "0")) for suite in suites)

    step.failed = total("failures") + total("errors") or step.failed
    step.skipped = total("skipped")
    step.passed = total("tests") - total("failures") - total("errors") - step.skipped
    words = [f"{step.passed} passed"]
    words += [f"{step.failed} failed"] * bool(step.failed) + [f"{step.skipped} skipped"] * bool(step.skipped)
    step.detail = ", ".join(words + ([step.detail] if step.detail else []))
    return [skip.get("message", "?") for skip in root.iter("skipped") if skip.get("type") != "pytest.xfail"]


def summary(steps: t.Sequence[Step], seconds: float) -> int:
    """Print all steps and the closing line; return the exit code.

    :param seconds: how long all took, setting up included
    """
    heading("summary")
    for step in steps:
        print(step.line())
    passed, failed, skipped = (sum(getattr(step, key) for step in steps) for key in ("passed", "failed", "skipped"))
    bad = [step.name for step in steps if step.state == FAILED]
    print(f"\n{int(seconds // 60)} min {seconds % 60:.0f} s, setting up included")
    unchecked = [step.name for step in steps if step.state in (EMPTY, SKIPPED)]
    if unchecked:
        print(f"NOT CHECKED: {', '.join(unchecked)}")
    if bad:
        print(f"FAILED: {', '.join(bad)}")
        failed = max(failed, 1)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if bad else 0
