# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger file as a store: revisions, listings, a load of all or nothing, a moved ledger, a file that is in use."""

from __future__ import annotations

import gc
import os
import sqlite3
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state import sqlite_store
from ansible_collections.partnerops.saas.plugins.module_utils.state.sqlite_store import SqliteStore
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import Entry, Key
from ansible_collections.partnerops.saas.tests.support.failures import failure

API, THEN = "cloud.mip.to", "2026-01-01T00:00:00+00:00"
KEY: Key = (API, "7", "member", "a@x.example")
INVITED = Entry(id=5, state="present")


@pytest.fixture
def store(tmp_path: Path) -> t.Iterator[SqliteStore]:
    """Yield a store whose file does not exist yet."""
    made = SqliteStore(str(tmp_path / "ledger"))
    yield made
    made.close()


def write(store: SqliteStore, entry: Entry, seen: Entry, *, sent: bool = False) -> Entry:
    with store.locked("row", Deadline(10)) as lease:
        return store.write(KEY, entry, seen, Deadline(10), lease=lease, sent=sent)


@pytest.mark.parametrize(("sent", "code"), [(False, "undetermined"), (True, "unknown_outcome")])
def test_a_row_that_was_changed_is_not_touched(sent: bool, code: str, store: SqliteStore) -> None:
    first = write(store, INVITED, Entry())
    assert (first.rev, store.read(KEY, Deadline(10)).rev) == (1, 1)
    assert write(store, Entry(5, "absent"), first).rev == 2
    error = failure(lambda: write(store, INVITED, first, sent=sent))
    assert (error.code, error.executed) == (code, sent)
    assert store.read(KEY, Deadline(10)) == Entry(5, "absent")


def test_listings(store: SqliteStore) -> None:
    assert (store.entries(Deadline(10)), store.apis(Deadline(10)), store.facts(Deadline(10))) == ([], [], [])
    keys: list[Key] = [("a.example", "", "user", "z@x.example"), KEY, (API, "7", "member", "b@x.example")]
    store.load([(key, INVITED) for key in reversed(keys)], [(API, "user_block", "sets")], Deadline(10))
    assert [key for key, _entry in store.entries(Deadline(10))] == keys
    assert [key for key, _entry in store.entries(Deadline(10), API)] == keys[1:]
    assert store.apis(Deadline(10)) == ["a.example", API]
    assert store.facts(Deadline(10)) == [(API, "user_block", "sets")]
    store.learn(API, "user_block", "toggles", Deadline(10))
    assert store.fact(API, "user_block", Deadline(10)) == "toggles"


def test_a_load_writes_all_or_nothing(store: SqliteStore) -> None:
    known = write(store, INVITED, Entry())
    new: Key = (API, "7", "member", "b@x.example")
    stale = (KEY, Entry(5, "absent", rev=known.rev + 1))
    assert failure(lambda: store.load([(new, INVITED), stale], [(API, "x", "y")], Deadline(10))).code == "undetermined"
    assert (store.read(new, Deadline(10)).rev, store.facts(Deadline(10))) == (0, [])
    store.load([(new, INVITED), (KEY, Entry(5, "absent", changed_at=THEN, rev=known.rev))], [], Deadline(10))
    assert store.read(KEY, Deadline(10)).changed_at == THEN


def test_the_status_makes_no_file(store: SqliteStore) -> None:
    told = store.status(Deadline(10))
    assert told == {
        "kind": "file", "place": store.path, "exists": False, "version": None, "open_intents": 0, "writable": True,
    }  # fmt: skip
    assert not os.path.exists(store.path)
    write(store, Entry(intent="add", intent_at=THEN), Entry())
    told = store.status(Deadline(10))
    assert (told["exists"], told["version"], told["open_intents"]) == (True, 2, 1)


def test_a_moved_ledger_is_refused_but_can_be_imported_again(store: SqliteStore) -> None:
    write(store, INVITED, Entry())
    store.mark_moved("into the database x, at noon", Deadline(10))
    again = SqliteStore(store.path)
    for use in (again.status, again.ready, again.entries):
        error = failure(lambda use=use: use(Deadline(10)))  # type: ignore[misc]
        assert (error.code, error.executed) == ("invalid_input", False)
        assert "was imported elsewhere (into the database x, at noon)" in error.msg
        assert "Set state_url" in error.msg
    again.even_moved = True
    assert [key for key, _entry in again.entries(Deadline(10))] == [KEY]
    assert again.facts(Deadline(10)) == []  # the mark is not a fact about an API
    again.close()


def test_a_missing_ledger_is_warned_about_or_refused(tmp_path: Path, context: RunContext) -> None:
    path = str(tmp_path / "ledger")
    assert (
        failure(lambda: SqliteStore("")).msg
        == "ledger_path is empty: give the path of a file, or leave the option out. Nothing was sent."
    )
    assert "ledger_path is not UTF-8 text: rename the file" in failure(lambda: SqliteStore("/tmp/\udcff")).msg
    strict = SqliteStore(path, missing="fail", context=context)
    for check_mode in (True, False):
        error = failure(lambda check_mode=check_mode: strict.ready(Deadline(10), check_mode=check_mode))  # type: ignore[misc]
        assert "ledger_missing is 'fail'" in error.msg
    assert (os.path.exists(path), context.notices) == (False, [])
    SqliteStore(path, context=context).ready(Deadline(10), check_mode=True)
    assert not os.path.exists(path)
    [notice] = context.notices
    assert notice.startswith(f"There was no ledger at {path}, so a new one is started")
    SqliteStore(path, context=context).ready(Deadline(10))
    assert os.path.exists(path)
    strict.ready(Deadline(10))
    context.end_task()  # closes both


def test_a_file_that_another_process_has_locked(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "LEAST_WAIT", 0.1)
    first = write(store, INVITED, Entry())
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with store.locked("row", Deadline(10)) as lease:

        def put(sent: bool) -> ApiError:
            return failure(lambda: store.write(KEY, Entry(), first, Deadline(0), lease=lease, sent=sent))

        before, after = put(False), put(True)
    assert (before.code, before.executed) == ("timeout", False)
    assert "Another process has locked it" in before.msg
    assert (after.code, after.executed) == ("unknown_outcome", True)
    assert "Nothing was sent" not in after.msg
    other.execute("ROLLBACK")
    other.close()
    assert store.read(KEY, Deadline(10)) == INVITED


def test_a_ledger_that_another_thread_uses(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "LEAST_WAIT", 0.05)
    write(store, INVITED, Entry())
    entered, leave = threading.Event(), threading.Event()

    def work() -> None:
        with store._opened(Deadline(5), create=False):
            entered.set()
            leave.wait(60)

    thread = threading.Thread(target=work)
    thread.start()
    assert entered.wait(60)
    error = failure(lambda: store.read(KEY, Deadline(0)))
    store.rest()  # waits for it, and then leaves the connection alone
    leave.set()
    thread.join(60)
    assert error.code == "timeout"
    assert "locked by another thread" in error.msg
    assert store.read(KEY, Deadline(10)) == INVITED


def test_a_disk_that_is_full(store: SqliteStore) -> None:
    first = write(store, INVITED, Entry())
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    error = failure(lambda: store.learn(API, "x", "y" * 1_000_000, Deadline(10)))
    assert (error.code, error.executed) == ("unknown_outcome", True)
    many = [((API, "7", "member", f"{number}@x.example"), Entry(sent_by="x" * 9999)) for number in range(9)]
    store.status(Deadline(10))
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    error = failure(lambda: store.load(many, [], Deadline(10)))
    assert (error.code, error.executed) == ("invalid_input", False)
    assert "Check the disk and the folder's permissions" in error.msg
    assert [entry.rev for _key, entry in store.entries(Deadline(10))] == [first.rev]


def test_a_fork_opens_a_connection_of_its_own(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, INVITED, Entry())
    parents = store._connection
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    assert store.read(KEY, Deadline(10)) == INVITED
    assert store._connection is not parents
    assert parents.execute("SELECT count(*) FROM entry").fetchone() == (1,)
    parents.close()


def test_a_real_fork_neither_uses_nor_closes_its_parents_connection(store: SqliteStore) -> None:
    """Not even when a thread of the parent had the turn: it does not exist in the child, and never lets go."""
    seen = write(store, INVITED, Entry())
    parents = store._connection
    parents.execute("BEGIN")
    parents.execute("SELECT count(*) FROM entry").fetchone()
    with store._guard:
        child = os.fork()
        if not child:  # pragma: no cover - another process
            code = 1
            try:
                store.close()
                store.rest()
                done = write(store, Entry(5, "absent"), seen)
                code = 0 if done.rev == 2 and any(one is parents for one in sqlite_store._INHERITED) else 2
                store.close()
                gc.collect()
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
    parents.execute("COMMIT")
    assert store._connection is parents
    assert store.read(KEY, Deadline(10)) == Entry(5, "absent")


def test_threads_of_a_fork_start_anew_once(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, INVITED, Entry())
    parents, pid = store._connection, os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    guards: list[t.Any] = []

    def work() -> None:
        store._check_process()
        guards.append(store._guard)

    with store._birth:
        threads = [threading.Thread(target=work) for _number in range(4)]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in guards}) == 1
    parents.close()


def test_a_python_without_sqlite(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "HAS_SQLITE", False)
    error = failure(lambda: store.ready(Deadline(10)))
    assert (error.code, error.executed) == ("invalid_input", False)
    assert "needs the module sqlite3" in error.msg


def test_files_that_are_no_ledger(store: SqliteStore) -> None:
    connection = sqlite3.connect(store.path)
    connection.execute("CREATE TABLE x (y)")
    connection.close()
    assert "not a ledger of this collection" in failure(lambda: store.ready(Deadline(10))).msg
    os.unlink(store.path)
    store.ready(Deadline(10))
    with store._opened(Deadline(10), create=False) as inner:
        inner.execute("PRAGMA user_version = 3")
    error = failure(lambda: SqliteStore(store.path).ready(Deadline(10)))
    assert "made by a newer release of partnerops.saas (layout 3, known here: 2)" in error.msg
    with store._opened(Deadline(10), create=False) as inner:
        inner.execute("PRAGMA user_version = 2")
        inner.execute("DROP TABLE entry")
    error = failure(lambda: SqliteStore(store.path).ready(Deadline(10)))
    assert (error.code, error.executed) == ("undetermined", False)
    assert "its tables are missing" in error.msg


def test_a_ledger_without_its_facts_is_damaged(store: SqliteStore) -> None:
    store.ready(Deadline(10))
    with store._opened(Deadline(10), create=False) as inner:
        inner.execute("DROP TABLE fact")
    error = failure(lambda: SqliteStore(store.path).ready(Deadline(10)))
    assert error.code == "undetermined"
    assert "its tables are missing" in error.msg


def test_a_migration_that_fails_changes_nothing(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, INVITED, Entry())
    with store._opened(Deadline(10), create=False) as inner:
        inner.execute("ALTER TABLE entry DROP COLUMN rev")
        inner.execute("PRAGMA user_version = 1")
    store.close()

    def broken(connection: t.Any) -> None:
        connection.execute("DELETE FROM entry")
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(sqlite_store, "migrate", broken)
        assert "disk I/O error" in failure(lambda: store.entries(Deadline(10))).msg
    assert [entry for _key, entry in store.entries(Deadline(10))] == [INVITED]
    assert store.status(Deadline(10))["version"] == 2
