# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the unit tests: a scripted API, a clock that takes no time, a client of a master account."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import typing as t
from pathlib import Path

import pytest
import requests.adapters

from ansible_collections.partnerops.saas.plugins.module_utils.http import retry
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import Connection
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run import locks, secrets
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Clock, Script

PLUGINS = "ansible_collections.partnerops.saas.plugins."


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove this machine's proxies, CA bundles and accounts from the environment."""
    for name in list(os.environ):
        if name.startswith(("MOBSTED_", "MIP_", "PARTNEROPS_", "PG")) or name.lower().endswith(
            ("_proxy", "_ca_bundle")
        ):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a temporary folder of this test, so that its locks meet no other run."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(locks, "PLACES", (str(folder),))


@pytest.fixture(autouse=True)
def no_core_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work as before ansible-core 2.22, whichever release runs the tests."""
    monkeypatch.setattr(secrets, "_register_secrets", None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Replace the time of every module of the collection.

    The thread that watches the statements of a real server keeps the real time: it runs beside the test.
    """
    made = Clock()
    for name, module in list(sys.modules.items()):
        if name.endswith(".postgresql_session"):
            continue
        if name.startswith(PLUGINS) and getattr(module, "time", None) is time:
            monkeypatch.setattr(module, "time", made)
    monkeypatch.setattr(retry.random, "uniform", lambda low, high: high)
    return made


@pytest.fixture
def api(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Script]:
    """Yield a scripted API; an unexpected or missing call fails the test."""
    script = Script(clock)

    def send(adapter: t.Any, *args: t.Any, **kwargs: t.Any) -> t.Any:
        return script.send(adapter, *args, **kwargs)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    yield script
    script.finish()


@pytest.fixture(scope="session")
def one_database(postgres: t.Any) -> str:
    """Return the URL of a database that the unit tests share: making one for each test takes longer than the test."""
    return str(postgres.database())


@pytest.fixture
def database(postgres: t.Any, one_database: str) -> str:
    """Return the URL of a database without tables and without connections of the collection, with its password."""
    postgres.query(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        one_database,
    )
    postgres.query("DROP SCHEMA IF EXISTS partnerops CASCADE", one_database)
    return one_database


@pytest.fixture
def context() -> t.Iterator[RunContext]:
    """Yield what the tasks of a process share, in memory."""
    made = RunContext()
    yield made
    made.close()


@pytest.fixture
def connection() -> Connection:
    """Return a connection to a master account by login and password."""
    return Connection(base=HOST, login="partner@example.com", password="master-password")


@pytest.fixture
def client(api: Script, connection: Connection, context: RunContext) -> MobstedAPI:
    """Return a client of the master account against the scripted API."""
    return MobstedAPI.of(connection, context)


@pytest.fixture
def token_client(api: Script, connection: Connection, context: RunContext) -> MobstedAPI:
    """Return a client that already has a token, for tests that are not about logging in."""
    return MobstedAPI.of(Connection(base=HOST, token="given-token"), context)


@pytest.fixture
def deadline(clock: Clock) -> Deadline:
    """Return a deadline of 300 s."""
    return Deadline(300)


@pytest.fixture
def make_task(api: Script, context: RunContext) -> t.Callable[..., Task]:
    """Return a function that creates a task of the master account, with a token."""

    def make(**params: t.Any) -> Task:
        modes = {name: params.pop(name) for name in ("check_mode", "diff_mode", "controller") if name in params}
        return Task({"api_url": HOST, "api_token": "given-token", **params}, context=context, **modes)

    return make
