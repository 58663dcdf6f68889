# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make` calls: the test suites and gates of this project. antsibull-nox.toml has further sessions.

`make` lists the targets and `.venv/bin/nox -l` the sessions. The suites run in .venv, which `make setup` fills.
Sessions that need other libraries get an environment from nox.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import antsibull_nox  # `make setup` installs it next to nox, in .venv
import nox

sys.path.insert(0, "scripts")
import environment
import release

environment.prepare()
antsibull_nox.load_antsibull_nox_toml()
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"

UNIT = "tests/unit --ignore=tests/unit/simulator"
COVERAGE = "--cov --cov-config=tests/config/coverage.ini --cov-report=term --cov-report=html --cov-fail-under=93"
#: Suites that are one run of pytest in .venv: how many processes share the work, and where the tests are.
SUITES = {
    "units": f"-n 2 {UNIT} {COVERAGE}",
    "simulator-test": "-n 2 tests/unit/simulator",
    "contract": "-n 4 tests/contract",
    "integration": "-n 4 tests/integration",
    "faults": "-n 4 tests/faults tests/security/test_files.py tests/security/test_where_secrets_go.py",
    "property": "-n 2 tests/property",
    "redaction": "-n 3 tests/security/test_redaction.py",
    "browser": "-n 2 tests/browser",
    "docs-test": "-n 4 tests/documentation",
    "bench": "-n 0 tests/performance/test_benchmark.py tests/performance/test_load.py",
    "soak": "-n 0 tests/performance/test_soak.py",
}


def pytest(session: nox.Session, arguments: str, python: str = "python") -> None:
    """Run pytest, with its numbers in .cache/junit for the summary of ``make test``."""
    folder = Path(".cache", "junit", session.name)
    report = f"--junit-xml={folder}/{len(list(folder.glob('*.xml')))}.xml"
    command = (python, "-m", "pytest", "-c", "tests/config/pytest.ini", "--rootdir", ".", "--confcutdir", ".", "-q")
    words = (*command, report, "--dist", "worksteal", *arguments.split(), *session.posargs)
    session.run(*words, env={"PYTHONDONTWRITEBYTECODE": "1"}, external=True)


def add_suite(name: str) -> None:
    """Add the session of one of ``SUITES``."""

    @nox.session(name=name, python=False, default=False)
    def suite(session: nox.Session) -> None:
        pytest(session, SUITES[name])


for suite_name in SUITES:
    add_suite(suite_name)


@nox.session(python=False, default=False)
def ruff(session: nox.Session) -> None:
    """Check the code's style and format."""
    session.run("ruff", "format", "--check", "--config", "tests/config/ruff.toml", ".")
    session.run("ruff", "check", "--config", "tests/config/ruff.toml", ".")


@nox.session(python=False, default=False)
def mypy(session: nox.Session) -> None:
    """Check the types."""
    inside = environment.COLLECTION.relative_to(environment.ROOT)  # where modules have their full names
    others = ["--exclude", "tests/(config|simulator|unit/simulator)"]
    for path, parts in (
        (".cache/collections", [*others, f"{inside}/plugins", f"{inside}/tests"]),
        ("tests:tests/unit/simulator", ["tests/simulator", "tests/unit/simulator"]),
        ("scripts:tests/support", ["scripts", "noxfile.py"]),
    ):
        session.run("mypy", "--config-file", "tests/config/mypy.ini", *parts, env={"MYPYPATH": path})


@nox.session(python=False, default=False)
def text(session: nox.Session) -> None:
    """Check the changelog's fragments, the spelling and the prose."""
    session.run("antsibull-changelog", "lint")
    session.run(
        "codespell",
        "--ignore-words",
        "tests/config/codespell.txt",
        "--skip",
        "./dist,./playbooks/templates/handover",
        ".",
    )
    session.run("python", "scripts/prose.py")


def add_core(core: str) -> None:
    """Add the sessions of one release of ansible-core."""

    def available(session: nox.Session) -> None:
        if core not in environment.available():
            session.skip(f"ansible-core {core} needs Python 3.{environment.CORES[core][1]}")

    @nox.session(name=f"matrix-{core}", python=False, default=False)
    def matrix(session: nox.Session) -> None:
        available(session)
        python = str(environment.ensure(f"core-{core}"))
        pytest(session, f"-n 2 {UNIT}", python)
        pytest(session, "-n 2 tests/integration -m smoke", python)

    @nox.session(name=f"sanity-{core}", python=False, default=False)
    def sanity(session: nox.Session) -> None:
        available(session)
        session.run("python", "scripts/sanity.py", core)


for release_name in environment.CORES:
    add_core(release_name)


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Make a web site of the documentation, in .cache/site."""
    locked = ("--require-hashes", "-r", "tests/requirements/locked/docs.txt")
    session.install(*(locked if os.environ.get("LOCKED") else ("-r", "tests/requirements/docs.txt")))
    work = Path(session.create_tmp())
    shutil.rmtree(work)
    (work / "rst").mkdir(mode=0o700, parents=True)  # antsibull-docs insists on the mode
    shutil.copy("tests/config/sphinx_conf.py", work / "conf.py")
    made = ("--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(work / "rst"))
    session.run("antsibull-docs", "collection", *made, "partnerops.saas")
    strictly = ("-q", "-W", "--keep-going", "-c", str(work), "-d", str(work / "trees"))
    session.run("sphinx-build", *strictly, str(work / "rst"), ".cache/site")


@nox.session(python=False, default=False)
def install(session: nox.Session) -> None:
    """Install a tarball in an empty folder: the one given as an argument, otherwise a new one."""
    work = environment.CACHE / "build" / "install"
    tarball = Path(session.posargs[0]) if session.posargs else release.build(work)
    shutil.rmtree(work / "installed", ignore_errors=True)
    place = {"ANSIBLE_COLLECTIONS_PATH": str(work / "installed")}
    session.run("ansible-galaxy", "collection", "install", "--offline", "--pre", str(tarball), env=place)
    session.run("ansible-doc", "--metadata-dump", "partnerops.saas", env=place, silent=True)  # reads every plugin's


@nox.session(python=False, default=False)
def chromium(session: nox.Session) -> None:
    """Install Chromium if it is missing and this user may; without it the browser's tests say what to do."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if not any(map(shutil.which, names)) and os.geteuid() == 0 and shutil.which("apt-get"):
        session.env["DEBIAN_FRONTEND"] = "noninteractive"
        session.run("apt-get", "-qq", "update", success_codes=range(256))
        session.run("apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium", success_codes=range(256))
