# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to a real PostgreSQL: which are refused, statements that hang, and the layout of the tables."""

from __future__ import annotations

import os
import signal
import threading
import time
import typing as t

import psycopg
import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.state import postgresql_schema, postgresql_session
from ansible_collections.partnerops.saas.plugins.module_utils.state.postgresql_session import (
    Session,
    Watch,
    connect,
    may_write,
    prepare,
    version_of,
)
from ansible_collections.partnerops.saas.plugins.module_utils.state.postgresql_url import read_url
from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.state.machines import failure

MORE = "ALTER TABLE partnerops.entry ADD COLUMN more text;"


@pytest.fixture
def session(database: str) -> t.Iterator[Session]:
    """Yield a checked session."""
    made = opened(database)
    yield made
    made.close()


def opened(url: str, seconds: float = 10) -> Session:
    return connect(read_url(url, None), Watch(), Deadline(seconds))


def prepared(session: Session, url: str, *, change: bool = True) -> int:
    return prepare(session, read_url(url, None), Deadline(10), change=change)


# -- which connections are refused ------------------------------------------------------------------------------------


def test_a_session_has_the_settings_that_it_needs(session: Session, postgres: servers.Cluster, database: str) -> None:
    [found] = session.run("SELECT current_setting('synchronous_commit'), current_setting('tcp_keepalives_idle')")
    assert found == ("on", "15")
    assert postgres.backends(database) == [session.connection.info.backend_pid]
    usable = [session.usable]
    for _twice in range(2):
        session.close()
        usable.append(session.usable)
    assert usable == [True, False, False]


def test_settings_of_a_role_neither_end_a_session_nor_replace_functions(postgres: servers.Cluster) -> None:
    """An administrator's limits for idle sessions are shorter than a vendor's calls."""
    database = postgres.database()
    name = database.rpartition("/")[2]
    postgres.query("CREATE SCHEMA other", database)
    postgres.query("CREATE FUNCTION other.pg_backend_pid() RETURNS integer LANGUAGE sql AS 'SELECT 1'", database)
    limits = ("idle_session_timeout", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    settings = {**dict.fromkeys(limits, "200"), "search_path": "other, pg_catalog", "DateStyle": "'SQL, DMY'"}
    for key, value in settings.items():
        postgres.query(f"ALTER DATABASE {name} SET {key} = {value}")
    session = opened(database)
    time.sleep(0.5)
    assert session.run("SELECT pg_sleep(0.5), pg_backend_pid(), 'infinity'::timestamptz, '2026-01-02'::date::text")
    assert session.run("SELECT pg_backend_pid(), '2026-01-02'::date::text").fetchone() == (
        session.connection.info.backend_pid,
        "2026-01-02",
    )
    session.close()


def test_a_wrong_password_is_not_shown(database: str) -> None:
    error = failure(lambda: opened(database.replace("secret", "wrong-word")))
    assert (error.code, error.executed) == ("auth_failed", False)
    assert "wrong-word" not in error.msg
    assert "Correct the user in state_url" in error.msg


def test_a_server_that_is_not_there(closed_port: int) -> None:
    error = failure(lambda: opened(f"postgresql://u:secret-word@127.0.0.1:{closed_port}/x?connect_timeout=2"))
    assert (error.code, error.executed) == ("unreachable", False)
    assert "secret-word" not in error.msg


def test_a_read_only_database_is_refused(postgres: servers.Cluster) -> None:
    database = postgres.database()
    postgres.query(f"ALTER DATABASE {database.rpartition('/')[2]} SET default_transaction_read_only = on")
    error = failure(lambda: opened(database))
    assert error.code == "invalid_input"
    assert "default_transaction_read_only is set for the role, the database or the server" in error.msg
    assert "standby: most" in error.msg  # nobody looks for a primary elsewhere
    postgres.wait_until_gone(database)


def test_a_pooler_is_refused(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psycopg.ConnectionInfo, "backend_pid", 1)  # as PgBouncer tells a client a number of its own
    error = failure(lambda: opened(database))
    assert error.code == "invalid_input"
    assert "connection pooler (such as PgBouncer)" in error.msg


def test_a_server_that_refuses_the_settings(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgresql_session._SETTINGS, "synchronous_commit", "never")
    error = failure(lambda: opened(database))
    assert (error.code, error.executed) == ("unreachable", False)
    assert "synchronous_commit" in error.msg


@pytest.mark.parametrize(("encoding", "kept"), [("SQL_ASCII", True), ("LATIN1", False)])
def test_text_is_text_whatever_the_encoding(encoding: str, kept: bool, postgres: servers.Cluster) -> None:
    """Bytes in place of text would make every row unequal to what it means: everybody would be invited again."""
    name = f"{encoding.lower()}_{os.getpid()}"
    postgres.query(f"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    url = postgres.url(name)
    if not kept:
        error = failure(lambda: opened(url))
        assert error.code == "invalid_input"
        assert "has the encoding LATIN1" in error.msg
        assert "createdb --encoding=UTF8" in error.msg
        postgres.wait_until_gone(url)
        return
    session = opened(url + "?client_encoding=latin1")
    assert session.run("SELECT %s::text", ["Бюро"]).fetchone() == ("Бюро",)
    prepared(session, url)
    assert session.run("SELECT column_name FROM information_schema.columns WHERE table_name = 'meta'").fetchall() == [
        ("version",)
    ]
    session.close()


# -- statements -------------------------------------------------------------------------------------------------------


def test_only_a_warning_spoils_a_statement(session: Session) -> None:
    session.run("DO $$ BEGIN RAISE NOTICE 'only a notice'; END $$")
    with pytest.raises(psycopg.OperationalError, match="not confirmed by the synchronous standby"):
        session.run("DO $$ BEGIN RAISE WARNING 'canceling wait for synchronous replication'; END $$")
    assert session.run("SELECT 1").fetchone() == (1,)  # the next one is judged by its own


def test_a_transaction_is_all_or_none(session: Session) -> None:
    def insert(*numbers: object) -> None:
        with session.transaction():
            for number in numbers:
                session.run("INSERT INTO one VALUES (%s)", [number])

    session.run("CREATE TEMPORARY TABLE one (number integer PRIMARY KEY)")
    insert(1)
    with pytest.raises(psycopg.errors.UniqueViolation):
        insert(2, 1)
    with pytest.raises(psycopg.ProgrammingError):  # of the driver: the server has not seen it
        insert(3, object())
    assert session.run("SELECT number FROM one").fetchall() == [(1,)]


def test_a_statement_that_takes_too_long_is_cancelled(session: Session) -> None:
    started = time.monotonic()
    with pytest.raises(psycopg.errors.QueryCanceled):
        session.run("SELECT pg_sleep(60)", limit=0.1)
    assert time.monotonic() - started < 30  # it would take a minute
    assert session.usable
    assert session.run("SELECT 1").fetchone() == (1,)


def test_a_server_that_hangs_is_cut_off(
    session: Session, postgres: servers.Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_session, "_GRACE", 0.2)
    [pid] = postgres.backends(database)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(psycopg.OperationalError):
            session.run("SELECT 1", limit=0.1)
        assert not session.usable
    finally:
        os.kill(pid, signal.SIGCONT)


def test_the_watching_thread_ends_when_nothing_runs(database: str) -> None:
    def watching() -> set[threading.Thread]:
        return {thread for thread in threading.enumerate() if thread.name == "state-watch"} - before

    before = set(threading.enumerate())
    session = opened(database)
    [first] = watching()
    first.join(60)
    assert not first.is_alive()
    with pytest.raises(psycopg.errors.QueryCanceled):  # another one watches
        session.run("SELECT pg_sleep(60)", limit=0.1)
    session.close()


# -- the layout of the tables -----------------------------------------------------------------------------------------


def test_tables_are_made_once(session: Session, database: str) -> None:
    assert version_of(session) == 0
    assert not prepared(session, database, change=False)
    assert version_of(session) == 0
    assert [prepared(session, database) for _twice in range(2)] == [0, postgresql_schema.VERSION]
    assert version_of(session) == postgresql_schema.VERSION


def test_an_older_layout_is_updated(
    session: Session, postgres: servers.Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(session, database)
    monkeypatch.setattr(postgresql_schema, "MIGRATIONS", (*postgresql_schema.MIGRATIONS, MORE))
    monkeypatch.setattr(postgresql_schema, "VERSION", postgresql_schema.VERSION + 1)
    before = postgresql_schema.VERSION - 1
    assert [prepared(session, database, change=change) for change in (False, True)] == [before, before]
    assert version_of(session) == postgresql_schema.VERSION
    assert postgres.query("SELECT more FROM partnerops.entry", database) == []


def test_a_newer_layout_is_refused(session: Session, postgres: servers.Cluster, database: str) -> None:
    prepared(session, database)
    postgres.query(f"UPDATE partnerops.meta SET version = {postgresql_schema.VERSION + 1}", database)
    error = failure(lambda: prepared(session, database))
    assert (error.code, error.executed) == ("invalid_input", False)
    assert f"layout {postgresql_schema.VERSION + 1}, known here: {postgresql_schema.VERSION}" in error.msg


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("DELETE FROM partnerops.meta", "the table meta has no layout"),
        ("UPDATE partnerops.meta SET version = 0", "the table meta has no layout"),
        ("ALTER TABLE partnerops.meta RENAME version TO other", 'column "version" does not exist'),
        ("DROP TABLE partnerops.entry", 'relation "partnerops.entry" does not exist'),
        ("DROP TABLE partnerops.creation", 'relation "partnerops.creation" does not exist'),
        ("DROP TABLE partnerops.meta", 'relation "entry" already exists'),
    ],
)
def test_incomplete_tables_are_refused(
    damage: str, why: str, session: Session, postgres: servers.Cluster, database: str
) -> None:
    prepared(session, database)
    postgres.query(damage, database)
    error = failure(lambda: prepared(session, database))
    assert (error.code, error.executed) == ("invalid_input", False)
    assert f"not those of partnerops.saas ({why}). Restore the schema" in error.msg
    assert error.msg.endswith("Nothing was sent.")


def test_the_owner_of_the_schema_needs_no_right_to_make_one(postgres: servers.Cluster, database: str) -> None:
    name = database.rpartition("/")[2]
    postgres.query(f"CREATE ROLE owner_{name} LOGIN PASSWORD 'role-word'")
    postgres.query(f"CREATE SCHEMA partnerops AUTHORIZATION owner_{name}", database)
    url = postgres.url(name, f"owner_{name}", "role-word")
    owner = opened(url)
    assert may_write(owner)
    assert prepared(owner, url) == 0
    assert version_of(owner) == postgresql_schema.VERSION
    assert may_write(owner)
    owner.close()


def test_a_migration_that_fails_changes_nothing(
    session: Session, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_schema, "MIGRATIONS", (*postgresql_schema.MIGRATIONS, "SELECT 1 / 0"))
    error = failure(lambda: prepared(session, database))
    assert error.code == "unreachable"
    assert "division by zero" in error.msg
    assert version_of(session) == 0


def test_machines_that_start_together_make_the_tables_once(
    session: Session, postgres: servers.Cluster, database: str
) -> None:
    other, made = opened(database), []
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
    thread = threading.Thread(target=lambda: made.append(prepared(other, database)))
    with session.transaction():
        session.run("SELECT pg_advisory_xact_lock(%s)", [postgresql_session._MIGRATION_LOCK])
        thread.start()
        wait_until(lambda: postgres.query(waiting, database))  # it has seen that there are none
        session.run(postgresql_schema.SCHEMA)
        session.run(postgresql_schema.MIGRATIONS[0])
        session.run("UPDATE partnerops.meta SET version = 1")
    thread.join(60)
    other.close()
    assert made == [
        postgresql_schema.VERSION
    ]  # there were none a moment ago, but it did not make them: it does not warn
    assert session.run("SELECT version FROM partnerops.meta").fetchall() == [(postgresql_schema.VERSION,)]


def test_a_role_without_rights_gets_the_script_for_an_administrator(
    session: Session, postgres: servers.Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = database.rpartition("/")[2]
    role = f"runner-{name}"
    postgres.query(f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'role-word'")
    url = postgres.url(name, role, "role-word")
    runner = opened(url)

    def refused() -> str:
        error = failure(lambda: prepared(runner, url))
        assert (error.code, error.executed) == ("invalid_input", False)
        assert error.msg.endswith("Nothing was sent.")
        assert "role-word" not in error.msg
        return error.msg

    def administrate(said: str) -> None:
        postgres.query(said.split(":\n", 1)[1].rpartition("\n")[0], database)

    said = refused()
    assert "has no tables for the shared state yet" in said
    monkeypatch.setattr(postgresql_schema, "RIGHTS", "")
    postgres.query(postgresql_schema.script(0, role), database)
    monkeypatch.undo()
    said = refused()
    assert "may not use the tables" in said
    administrate(said)
    assert prepared(runner, url) == postgresql_schema.VERSION
    assert version_of(runner) == postgresql_schema.VERSION
    monkeypatch.setattr(postgresql_schema, "MIGRATIONS", (*postgresql_schema.MIGRATIONS, MORE))
    monkeypatch.setattr(postgresql_schema, "VERSION", postgresql_schema.VERSION + 1)
    said = refused()
    assert "has tables of an older layout" in said
    assert "CREATE TABLE" not in said  # only what is new
    administrate(said)
    assert prepared(runner, url) == postgresql_schema.VERSION
    runner.close()
