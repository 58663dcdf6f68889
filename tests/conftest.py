# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the collection importable under plain pytest, and give the suites their simulator.

Under ``ansible-test units`` the collection loader is already installed, and this file leaves it alone.
"""

from __future__ import annotations

import os
import sys
import typing as t
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _install_loader() -> None:
    """Do what ansible-test does: let the loader of ansible-core find ``ansible_collections.partnerops.saas``."""
    if any(type(finder).__name__ == "_AnsibleCollectionFinder" for finder in sys.meta_path):
        return
    collections = ROOT / ".cache" / "collections"
    link = collections / "ansible_collections" / "partnerops" / "saas"
    if not link.is_dir():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    _AnsibleCollectionFinder(paths=[str(collections)])._install()


_install_loader()
if os.environ.get("RECORD_MESSAGES"):
    from ansible_collections.partnerops.saas.tests.support import recorder

    recorder.start(os.environ["RECORD_MESSAGES"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run slow tests first, so that no worker waits for one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run in CI if a test was skipped: nobody would read there why it was."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI", "").lower() in ("", "0", "false", "no") or not reporter or session.exitstatus:
        return
    if reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.ensure_newline()
        reporter.write_line("A skipped test is a failure in CI.", red=True)


@pytest.fixture(scope="session")
def simulator() -> t.Iterator[t.Any]:
    """Yield the simulated vendors (see tests/simulator/client.py), one process for each pytest worker."""
    from ansible_collections.partnerops.saas.tests.simulator.client import Simulator

    # Only .venv has what the simulator needs; the environments of other ansible-core releases do not.
    python = ROOT / ".venv" / "bin" / "python"
    from ansible_collections.partnerops.saas.tests.support.contract import check_log

    with Simulator.start(python=str(python if python.exists() else sys.executable)) as running:
        running.inspect = check_log  # every request of every test is checked against the API documents
        yield running


@pytest.fixture
def world(simulator: t.Any) -> t.Iterator[t.Any]:
    """Yield a world for this test: empty accounts at both vendors."""
    with simulator.world() as made:
        yield made


@pytest.fixture
def world_env(world: t.Any) -> dict[str, str]:
    """Return the connection options of ``world`` as environment variables, for the harness."""
    from ansible_collections.partnerops.saas.tests.support.harness import connection_env

    return connection_env(world)


@pytest.fixture(scope="session")
def postgres() -> t.Iterator[t.Any]:
    """Start a PostgreSQL server (see tests/support/postgres.py), one for each pytest worker that needs it."""
    from ansible_collections.partnerops.saas.tests.support.postgres import cluster, wheel

    with cluster(wheel()) as running:
        yield running


@pytest.fixture
def database(postgres: t.Any) -> str:
    """Return the URL of an empty database, with its password."""
    return str(postgres.database())


@pytest.fixture(scope="session")
def closed_port() -> t.Iterator[int]:
    """Yield a port of 127.0.0.1 at which every connection is refused."""
    from ansible_collections.partnerops.saas.tests.support.ports import ClosedPort

    made = ClosedPort()
    yield made.number
    made.close()
