# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks behind the Makefile: `check.py help` lists them. `check.py matrix:2.21` does a part of one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import typing as t

import ansible_test
import core_matrix
import environment as env
import jobs
import package
import steps
from core_matrix import CORES, available, chosen
from jobs import Job
from steps import Step, tool

COVERAGE_FLOOR = 93
SUITE_FOLDERS = (
    *("unit/plugins", "integration", "contract", "faults", "security", "property", "browser", "performance"),
    "support",
)
UNIT = ("tests/unit/plugins", "tests/unit/test_meta.py")
Stage = t.Callable[..., list[Step]]


def quick() -> list[Step]:
    """ruff, mypy and the unit tests: under a minute"""
    return [*_ruff(), *_mypy(), steps.pytest("unit tests", UNIT)]


def lint() -> list[Step]:
    """ruff, mypy, yamllint, ansible-lint, docs, licences, changelog, action groups"""
    # These are the sessions of antsibull-nox.toml, run from .venv: nox makes one environment for each session, which
    # takes minutes in a fresh clone and would be done again in every run of CI. `make nox` runs them as they are.
    result = [*_ruff(), *_mypy()]
    result.append(steps.run("yamllint", [tool("yamllint"), "--strict", "."]))
    result.append(steps.run("ansible-lint", [tool("ansible-lint"), "--offline", "--strict"]))
    docs = [tool("antsibull-docs"), "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "all"]
    result.append(steps.run("antsibull-docs lint", [*docs, "--skip-rstcheck", str(env.COLLECTION)]))
    result.append(steps.run("licences (REUSE)", [tool("reuse"), "lint", "--lines"]))
    result.append(steps.run("changelog", [tool("antsibull-changelog"), "lint"]))
    result.append(steps.run("action groups", [tool("python"), "scripts/action_groups.py"]))
    return result


def _ruff() -> list[Step]:
    config = ["--config", "tests/config/ruff.toml"]
    return [
        steps.run("ruff check", [tool("ruff"), "check", *config, "."]),
        steps.run("ruff format", [tool("ruff"), "format", "--check", *config, "."]),
    ]


def _mypy() -> list[Step]:
    """Through the link, where the collection's modules have their full names; the tools by themselves."""
    base = [tool("mypy"), "--config-file", "tests/config/mypy.ini"]
    inside = env.COLLECTION.relative_to(env.ROOT)
    folders = ["plugins", *(f"tests/{folder}" for folder in SUITE_FOLDERS)]
    parts = [part for part in folders if any((env.ROOT / part).rglob("*.py"))]
    alone = ["tests/simulator", "tests/unit/simulator"]
    within = [str(inside / part) for part in [*parts, "tests/conftest.py"]]
    return [
        steps.run("mypy", [*base, *within], extra_env={"MYPYPATH": str(env.COLLECTIONS)}),
        steps.run("mypy of the simulator", [*base, *alone], extra_env={"MYPYPATH": "tests:tests/unit/simulator"}),
        steps.run("mypy of the tools", [*base, "scripts"], extra_env={"MYPYPATH": f"{env.SCRIPTS}:tests/support"}),
    ]


def units() -> list[Step]:
    """unit tests with coverage (floor 93 %)"""
    (env.CACHE / "coverage").mkdir(parents=True, exist_ok=True)
    flags = ["--cov", "--cov-config=tests/config/coverage.ini", "--cov-report=term", "--cov-report=html"]
    return [steps.pytest("unit tests with coverage", UNIT, *flags, f"--cov-fail-under={COVERAGE_FLOOR}")]


def _suite(name: str, *folders: str, workers: int = 2) -> Stage:
    return lambda: [steps.pytest(name, folders, workers=workers)]


def browser() -> list[Step]:
    """the report and the PWA snippets in a real browser"""
    return [*_ensure_browser(), steps.pytest("browser", ["tests/browser"])]


def _find_browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def _ensure_browser() -> list[Step]:
    """Install Chromium where this may be done; in CI it has to be there, elsewhere the tests that need it say so."""
    needed = any((env.ROOT / "tests" / "browser").rglob("test_*.py"))
    if _find_browser() or not needed:
        return []
    start = time.monotonic()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        steps.heading("installing chromium")
        variables = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", "-qq", *arguments],
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                check=False,
            )
    if _find_browser():
        return [Step("chromium", steps.OK, time.monotonic() - start, passed=1)]
    text = "no chromium, and it could not be installed: install it, then run `make browser`"
    if env.IN_CI:
        return [Step("chromium", steps.FAILED, time.monotonic() - start, text, failed=1)]
    return [Step("chromium", steps.SKIPPED, time.monotonic() - start, text)]


def matrix(*names: str) -> list[Step]:
    """unit tests and the smoke runs over ansible-core 2.18 to 2.22, as far as there are Pythons"""
    result = []
    for name in names or CORES:
        if name not in available():
            text = f"needs Python {env.version_text(CORES[name].oldest)}"
            result.append(Step(f"ansible-core {name}", steps.SKIPPED, detail=text))
            continue
        try:
            python = CORES[name].ensure()
        except env.SetupError as exc:
            result.append(Step(f"ansible-core {name}", steps.FAILED, detail=str(exc), failed=1))
            continue
        result.append(steps.pytest(f"core {name}: unit tests", UNIT, python=python))
        result.append(steps.pytest(f"core {name}: smoke runs", ["tests/integration"], "-m", "smoke", python=python))
    return result


def nox() -> list[Step]:
    """the sessions of antsibull-nox.toml, each in an environment of its own"""
    python = env.ensure_named("nox")
    sessions = ["lint", "docs-check", "license-check", "extra-checks", "build-import-check", "ansible-lint"]
    return [steps.run("antsibull-nox", [python.with_name("nox"), "-e", *sessions])]


def setup() -> list[Step]:
    """only set everything up"""
    found = ", ".join(map(env.version_text, env.interpreters()))
    steps.heading("set up")
    print(f"Python: {found}\nansible-core: {', '.join(available())}\nchromium: {_find_browser() or 'none'}")
    return _ensure_browser()


STAGES: dict[str, Stage] = {
    "setup": setup,
    "quick": quick,
    "lint": lint,
    "units": units,
    "simulator-test": _suite("simulator", "tests/unit/simulator"),
    "contract": _suite("contract", "tests/contract"),
    "integration": _suite("integration", "tests/integration", workers=3),
    "faults": _suite(
        "faults", "tests/faults", "tests/security/test_files.py", "tests/security/test_where_secrets_go.py"
    ),
    "property": _suite("property", "tests/property"),
    "redaction": _suite("redaction", "tests/security/test_redaction.py", workers=3),
    "browser": browser,
    "docs": package.docs,
    "docs-test": _suite("documentation", "tests/documentation", workers=3),
    "matrix": matrix,
    "sanity": ansible_test.sanity,
    "importer": package.importer,
    "bench": _suite("benchmark", "tests/performance/test_benchmark.py", "tests/performance/test_load.py", workers=0),
    "soak": _suite("soak", "tests/performance/test_soak.py", workers=0),
    "nox": nox,
}
SUITES = {
    "simulator-test": "the simulated vendors do what the real ones are known to do",
    "contract": "the OpenAPI descriptions, the simulator and the clients agree",
    "integration": "playbooks against the simulator, on this ansible-core",
    "faults": "lost answers, resets, rate limits, bad inputs; where secrets go and what files are trusted",
    "property": "whatever is done in whatever order, nothing is doubled or lost",
    "docs-test": "every page of the documentation is done as it says, every example is linted and run",
    "redaction": "no secret in any output, file or process list",
    "bench": "how long many resources take; 20 runs at once; 5000 tenants",
    "soak": "20 minutes of work, with memory and open files level (SOAK_MINUTES)",
}
NOT_IN_TEST = ("setup", "quick", "bench", "soak", "nox")


def everything() -> list[Job]:
    """What `make test` does: what fails soonest first, then the longest."""
    found = [Job("lint"), Job("units"), *(Job(f"sanity:{name}") for name in reversed(chosen()))]
    found += [Job("integration", 2), Job("faults"), Job("redaction", 2), Job("docs-test", 2)]
    # The release in .venv has just had all of it.
    found += [Job(f"matrix:{name}") for name in chosen() if name != env.core_of_main()]
    found += [Job(f"matrix:{name}") for name in CORES if name not in available()]  # told in the summary
    found += [Job("importer"), Job("browser"), Job("docs"), Job("contract"), Job("property"), Job("simulator-test")]
    return found


def usage() -> None:
    """Print the targets."""
    print("make demo          a partner's state on both platforms, from nothing, against the simulator")
    print("make test          everything below but what is marked *\n")
    for name, stage in STAGES.items():
        mark = "*" if name in NOT_IN_TEST else " "
        print(f"make {name:<12} {mark} {SUITES.get(name) or (stage.__doc__ or '').splitlines()[0]}")
    print("make release      * the changelog and the tarball in dist/\nmake clean        * remove all that was set up")


def main(arguments: list[str]) -> int:
    """The command line: one or more stages, `test`, or `help`."""
    if not arguments or arguments[0] == "help":
        usage()
        return 0
    unknown = [name for name in arguments if name.partition(":")[0] not in (*STAGES, "test")]
    if unknown:
        print(f"no such stage: {', '.join(unknown)}", file=sys.stderr)
        return 2
    done: list[Step] = []
    start = time.monotonic()
    try:
        env.ensure_main()
        if "test" in arguments:
            core_matrix.begin()
    except env.SetupError as exc:
        return steps.summary(
            [Step("set up", steps.FAILED, time.monotonic() - start, str(exc), failed=1)], time.monotonic() - start
        )
    done.append(Step("set up", steps.OK, time.monotonic() - start))
    for name in arguments:
        done += jobs.run(everything()) if name == "test" else _stage(name)
    if jobs.tell(done[1:]):
        return 0
    return steps.summary(done, time.monotonic() - start)


def _stage(name: str) -> list[Step]:
    """Run one, or a part of one (``matrix:2.21``)."""
    stage, _colon, part = name.partition(":")
    try:
        return STAGES[stage](*filter(None, [part]))
    except env.SetupError as exc:
        return [Step(name, steps.FAILED, detail=str(exc), failed=1)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
