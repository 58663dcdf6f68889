# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shared state that fails: refused before anything is sent, or at most one e-mail and a true result.

The threads of one process stand for machines where the moment matters; each has a context, and so a connection, of its
own.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.run.locks import hold
from ansible_collections.partnerops.saas.plugins.module_utils.state import (
    postgresql_schema,
    postgresql_session,
    postgresql_store,
)
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import (
    StateSettings,
    create_locks,
    state_settings,
)
from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.harness import run_task
from ansible_collections.partnerops.saas.tests.support.pooler import stand_in
from ansible_collections.partnerops.saas.tests.support.state import EMAIL, begin, failure, machine, member

SAAS = "partnerops.saas."
TASKS: dict[str, dict[str, t.Any]] = {
    "mip_member": {"marketplace_id": 7, "email": EMAIL},
    "mip_marketplace": {"marketplace_id": 7, "members": [{"email": EMAIL}]},
    "mobsted_tenant": {"email": EMAIL},
    "mobsted_pwa_app": {"name": "Store", "website_url": "https://site.example/"},
    "mobsted_fleet": {"tenants": [{"email": EMAIL}]},
}


# -- refused before anything is sent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("module", sorted(TASKS))
def test_nothing_is_created_without_the_database(
    module: str, world: t.Any, world_env: dict[str, str], tmp_path: Path, closed_port: int
) -> None:
    url = f"postgresql://u:secret-word@127.0.0.1:{closed_port}/db"
    failed = run_task(f"{SAAS}{module}", TASKS[module], env={**world_env, "PARTNEROPS_STATE_URL": url}, home=tmp_path)
    task = failed.check(2).task("Task")
    said = str(task.result)
    assert "No other store is used instead" in said
    assert "unreachable" in said
    assert "secret-word" not in failed.output
    assert [entry for entry in world.log() if entry["method"] == "POST" and "login" not in entry["path"]] == []
    assert not list(tmp_path.rglob("*.sqlite3"))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://u@db.example/x", "without verified TLS (sslmode is prefer)"),
        ("postgresql://u@db.example/x?sslmode=require", "sslmode is require"),
        ("postgresql://u@127.0.0.1,db.example/x", "db.example"),
        ("postgresql://u@127.0.0.1/x?hostaddr=192.0.2.1", "192.0.2.1"),
        ("postgresql://u@/x?service=prod", "service"),
        ("mysql://u:secret-word@127.0.0.1/x", "must be the URL of a PostgreSQL database"),
        ("postgresql://u:secret-word@127.0.0.1/x?nonsense=1", "not a valid URL"),
        ("postgresql://u:secret%zz-word@127.0.0.1/x", "percent-encoded"),
    ],
)
def test_urls_that_are_refused(url: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    error = failure(lambda: machine(url))
    assert error.code == "invalid_input"
    assert why in error.msg
    assert "Nothing was sent" in error.msg
    assert "secret" not in error.msg


def test_verified_tls_is_let_through() -> None:
    assert machine("postgresql://u@db.example/x?sslmode=verify-full").store.place == "the database x at db.example"
    assert machine("postgresql:///x").store.place == "the database x at a local socket"


def test_two_memories_exclude_each_other() -> None:
    error = failure(lambda: state_settings({"state_url": "postgresql:///x", "ledger_path": "/else/where"}))
    assert "mutually exclusive" in error.msg
    assert "state_url is not" in failure(lambda: state_settings({"state_password": "x"})).msg
    default = os.path.expanduser("~/.local/share/partnerops/mip-ledger.sqlite3")
    assert state_settings({"state_url": "postgresql:///x", "ledger_path": default}).ledger_path == ""


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = failure(lambda: machine("postgresql:///x"))
    assert (error.code, error.executed) == ("invalid_input", False)
    assert "pip install 'psycopg[binary]>=3.2'" in error.msg


def test_a_newer_layout_is_refused(postgres: servers.Cluster, database: str) -> None:
    begin(database)
    postgres.query(f"UPDATE partnerops.meta SET version = {postgresql_schema.VERSION + 1}", database)
    error = failure(lambda: begin(database))
    assert error.code == "invalid_input"
    assert "newer release" in error.msg


def test_a_read_only_server_is_refused(postgres: servers.Cluster, database: str) -> None:
    name = database.rpartition("/")[2]
    postgres.query(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    error = failure(lambda: begin(database))
    assert error.code == "invalid_input"
    assert "read-only" in error.msg


def test_a_wrong_password(postgres: servers.Cluster) -> None:
    error = failure(lambda: begin(postgres.url(password="another")))
    assert error.code == "auth_failed"
    assert "state_password" in error.msg


def test_a_pooler_is_refused(postgres: servers.Cluster) -> None:
    with servers.pooler(postgres) as url:
        error = failure(lambda: begin(url))
    assert error.code == "invalid_input"
    assert "pooler" in error.msg


def test_what_gives_a_pooler_away(postgres: servers.Cluster) -> None:
    with stand_in(postgres.port) as port:
        error = failure(lambda: begin(postgres.url().replace(f":{postgres.port}/", f":{port}/")))
    assert error.code == "invalid_input"
    assert "pooler" in error.msg


def test_without_rights_the_message_holds_the_sql(postgres: servers.Cluster, database: str) -> None:
    """The SQL of the message, run by the owner, is all that the role needs."""
    postgres.query("DROP ROLE IF EXISTS runner")
    postgres.query("CREATE ROLE runner LOGIN PASSWORD 'runs'")
    url = database.replace(f"{servers.USER}:{servers.QUOTED}", "runner:runs")
    error = failure(lambda: begin(url))
    assert error.code == "invalid_input"
    sql = error.msg[error.msg.index("CREATE SCHEMA") : error.msg.index("Nothing was sent")]
    postgres.query(sql, database)
    begin(url)
    with member(machine(url)) as row:
        assert row.entry.intent == "add"
        row.invited(None)
    locks = create_locks(StateSettings(url=url), RunContext())
    with hold(("x", "app", "Store"), Deadline(10), locks) as held:
        assert not held.used_since(0)
        held.use()
    postgres.query("DROP OWNED BY runner", database)
    assert "GRANT" in failure(lambda: begin(url)).msg


def test_many_machines_make_the_tables_once(database: str) -> None:
    errors: list[Exception] = []

    def work() -> None:
        try:
            machine(database).store.ready(Deadline(30))
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


# -- between the lock, the intent and the outcome ---------------------------------------------------------------------


def test_an_idle_connection_that_died_is_replaced(postgres: servers.Cluster, database: str) -> None:
    ledger = machine(database)
    with member(ledger) as row:
        row.begin("add")
        row.invited(5)
    postgres.terminate(database)
    assert ledger.peek("member", 7, EMAIL, Deadline(10)).id == 5
    postgres.terminate(database)
    with member(ledger) as row:
        assert row.entry.present


def test_a_lost_lock_fails_the_intent(postgres: servers.Cluster, database: str) -> None:
    first, second = machine(database), machine(database)
    with member(first) as row:
        postgres.terminate(database)
        with member(second) as taken:  # the lock went with the connection
            error = failure(lambda: row.begin("add"))
            assert (error.code, error.executed) == ("unreachable", False)
            assert "Nothing was sent" in error.msg
            taken.begin("add")
            taken.invited(None)
    assert machine(database).peek("member", 7, EMAIL, Deadline(10)).present


def test_an_outcome_survives_a_lost_connection_and_a_restart(other: servers.Cluster) -> None:
    for how in ("terminate", "restart"):
        url = other.database()
        with member(machine(url)) as row:
            row.begin("add")
            comes_back = threading.Timer(1.0, other.start)
            if how == "terminate":
                other.terminate(url)
            else:
                other.stop()
                comes_back.start()
            row.invited(9)
        if how == "restart":
            comes_back.join()
        entry = machine(url).peek("member", 7, EMAIL, Deadline(10))
        assert (entry.id, entry.present) == (9, True)


def test_an_outcome_that_can_not_be_written_is_unknown(
    postgres: servers.Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_store, "LEAST_WAIT", 1.0)
    with member(machine(database), 1) as row:
        row.begin("add")
        postgres.query("ALTER TABLE partnerops.entry ADD CONSTRAINT no CHECK (intent IS NOT NULL) NOT VALID", database)
        error = failure(lambda: row.invited(None))
    assert (error.code, error.executed) == ("unknown_outcome", True)
    assert "Nothing was sent" not in error.msg
    assert machine(database).peek("member", 7, EMAIL, Deadline(10)).intent == "add"


def test_a_row_that_somebody_else_changed_is_left_alone(postgres: servers.Cluster, database: str) -> None:
    begin(database)
    with member(machine(database)) as row:
        postgres.query("UPDATE partnerops.entry SET state = 'absent', rev = rev + 1", database)
        error = failure(lambda: row.begin("add"))
        assert error.code == "undetermined"
        assert "Nothing was sent" in error.msg
    with member(machine(database)) as row:
        row.begin("remove", 5)
        postgres.query("UPDATE partnerops.entry SET state = 'present', rev = rev + 1", database)
        error = failure(lambda: row.removed(5))
        assert (error.code, error.executed) == ("unknown_outcome", True)
    assert machine(database).peek("member", 7, EMAIL, Deadline(10)).state == "present"


def test_a_stopped_holder_is_waited_for_within_the_deadline(database: str) -> None:
    machine(database).store.ready(Deadline(10))
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover
        try:
            with member(machine(database)) as row:
                row.begin("add")
                os.write(writing, b"x")
                time.sleep(60)
        finally:
            os._exit(1)
    try:
        assert os.read(reading, 1) == b"x"
        os.kill(child, signal.SIGSTOP)
        started = time.monotonic()
        error = failure(lambda: member(machine(database), 0.5).__enter__())
        assert error.code == "timeout"
        assert time.monotonic() - started < 20  # the holder sleeps for a minute
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
    with member(machine(database)) as row:
        assert row.entry.intent == "add"


def test_a_stopped_server_does_not_hold_a_run_for_ever(
    postgres: servers.Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_session, "_GRACE", 0.3)
    ledger = machine(database)
    with member(ledger) as row:
        (pid,) = postgres.backends(database)
        os.kill(pid, signal.SIGSTOP)
        try:
            row.deadline = Deadline(1)
            started = time.monotonic()
            assert failure(lambda: row.begin("add")).code == "unreachable"
            assert time.monotonic() - started < 20
        finally:
            os.kill(pid, signal.SIGCONT)
    # The server may have read the intent before it was stopped, and commit it now: nobody counts on what was not sent.
    assert machine(database).peek("member", 7, EMAIL, Deadline(10)).state == "unknown"


# -- create locks -----------------------------------------------------------------------------------------------------


def test_a_create_lock_knows_what_other_machines_created(database: str) -> None:
    one, two = (create_locks(StateSettings(url=database), RunContext()) for _number in range(2))
    key, before = ("x.example", "app", "Store"), time.time()
    with hold(key, Deadline(10), one) as held:
        assert not held.used_since(0)
        held.use()
        held.refused()
    with hold(key, Deadline(10), two) as held:
        assert not held.used_since(0)
        held.use()
        busy = failure(lambda: hold(key, Deadline(0.3), one).__enter__())
        assert busy.code == "timeout"
    with hold(key, Deadline(10), one) as held:
        assert held.used_since(before)
        time.sleep(1.2)
        assert not held.used_since(time.time())


def test_a_creation_whose_connection_was_lost_is_known_to_others(postgres: servers.Cluster, database: str) -> None:
    locks, began = create_locks(StateSettings(url=database), RunContext()), time.time()
    with hold(("x.example", "app", "Store"), Deadline(10), locks) as held:
        held.use()
        postgres.terminate(database)  # what was created stays created: no error
    with hold(("x.example", "app", "Store"), Deadline(10), locks) as held:
        assert held.used_since(began)
