# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of several threads in one transaction: each is on the disk before its thread continues, and fails alone."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.state.grouped import Change, Grouped
from ansible_collections.partnerops.saas.plugins.module_utils.state.sqlite_store import SqliteStore
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import PRESENT, Entry, Key

WAIT = 10.0


class Base:
    """A database with one connection, whose turns a test can hold back. ``commits`` counts transactions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("CREATE TABLE row (name TEXT PRIMARY KEY, value INTEGER CHECK (value >= 0))")
        self.commits = 0
        self.connection.set_trace_callback(self._count)
        self.guard = threading.Lock()
        self.patience = WAIT
        self.grouped = Grouped()

    def _count(self, statement: str) -> None:
        self.commits += statement == "COMMIT"

    @contextlib.contextmanager
    def turn(self, _unless: t.Callable[[], bool]) -> t.Iterator[sqlite3.Connection]:
        if not self.guard.acquire(timeout=self.patience):
            raise ApiError("timeout", "locked by another thread")
        try:
            yield self.connection
        finally:
            self.guard.release()

    def write(self, name: str, value: int = 1) -> t.Any:
        return self.grouped.run(
            lambda connection: connection.execute("INSERT INTO row VALUES (?, ?)", (name, value)).rowcount, self.turn
        )

    def there(self) -> set[str]:
        """Return what another process sees."""
        with contextlib.closing(sqlite3.connect(self.path)) as other:
            return {row[0] for row in other.execute("SELECT name FROM row")}


class Threads:
    """Writes in threads of their own, with their results or errors, and what was on the disk when each returned."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.found: dict[str, t.Any] = {}
        self.seen: dict[str, bool] = {}
        self.threads: list[threading.Thread] = []

    def start(self, name: str, value: int = 1) -> None:
        def work() -> None:
            try:
                self.found[name] = self.base.write(name, value)
            except (ApiError, sqlite3.Error) as error:
                self.found[name] = error
            self.seen[name] = name in self.base.there()

        self.threads.append(threading.Thread(target=work))
        self.threads[-1].start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(WAIT)


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return Base(tmp_path / "x.sqlite3")


def waiting(base: Base, count: int) -> None:
    end = threading.Event()
    for _try in range(1000):
        if len(base.grouped._waiting) == count:
            return
        end.wait(0.01)
    raise AssertionError(f"{len(base.grouped._waiting)} wait, not {count}")


def test_changes_that_wait_are_committed_together_and_each_is_on_the_disk_when_its_thread_goes_on(base: Base) -> None:
    threads = Threads(base)
    with base.guard:
        for number in range(8):
            threads.start(f"n{number}")
        waiting(base, 8)
    threads.join()
    assert base.commits == 1
    assert threads.found == {f"n{number}": 1 for number in range(8)}
    assert all(threads.seen.values())


def test_one_alone_is_one_transaction(base: Base) -> None:
    assert base.write("a") == 1
    assert (base.commits, base.there()) == (1, {"a"})


def test_a_change_that_can_not_be_made_fails_alone(base: Base) -> None:
    threads = Threads(base)
    with base.guard:
        for name, value in (("a", 1), ("bad", -1), ("c", 1)):
            threads.start(name, value)
        waiting(base, 3)
    threads.join()
    assert isinstance(threads.found.pop("bad"), sqlite3.IntegrityError)
    assert threads.found == {"a": 1, "c": 1}
    assert base.there() == {"a", "c"}


@pytest.mark.parametrize(
    "fault", [OverflowError("too large"), UnicodeError("half a character"), ApiError("timeout", "late")]
)
def test_a_change_that_raises_something_else_fails_alone(fault: Exception, base: Base) -> None:
    """An id that is too large for SQLite is no error of SQLite: whoever commits must not get it for another's row."""
    found: list[BaseException] = []

    def wrong(_connection: sqlite3.Connection) -> int:
        raise fault

    def work() -> None:
        try:
            base.grouped.run(wrong, base.turn)
        except Exception as error:  # noqa: BLE001
            found.append(error)

    threads = Threads(base)
    with base.guard:
        threads.start("a")
        waiting(base, 1)
        threads.threads.append(threading.Thread(target=work))
        threads.threads[-1].start()
        waiting(base, 2)
        threads.start("c")
        waiting(base, 3)
    threads.join()
    assert found == [fault]
    assert threads.found == {"a": 1, "c": 1}
    assert base.there() == {"a", "c"}


def test_what_an_interruption_left_in_the_list_is_not_run_again(base: Base) -> None:
    change = Change(lambda connection: connection.execute("INSERT INTO row VALUES ('old', 1)").rowcount)
    change.over.set()
    base.grouped._waiting.append(change)
    assert base.write("new") == 1
    assert base.there() == {"new"}
    assert base.grouped._waiting == []


def test_a_locked_file_is_the_failure_of_all_and_nothing_is_written(base: Base) -> None:
    threads = Threads(base)
    base.connection.execute("PRAGMA busy_timeout = 0")
    with contextlib.closing(sqlite3.connect(base.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with base.guard:
            for name in "abc":
                threads.start(name)
            waiting(base, 3)
        threads.join()
        other.execute("ROLLBACK")
    assert {type(found) for found in threads.found.values()} == {sqlite3.OperationalError}
    assert base.there() == set()
    assert base.write("a") == 1


def test_a_change_whose_turn_does_not_come_is_never_committed(base: Base) -> None:
    base.patience = 0.05
    with base.guard, pytest.raises(ApiError, match="locked by another thread"):
        base.write("late")
    base.patience = WAIT
    base.write("next")
    assert base.there() == {"next"}


def test_a_turn_that_comes_too_late_for_a_change_that_is_committed_already_is_no_failure(base: Base) -> None:
    base.patience = 2.0
    threads = Threads(base)
    inside, go = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> int:
        inside.set()
        assert go.wait(WAIT)
        return connection.execute("INSERT INTO row VALUES ('slow', 1)").rowcount

    with base.guard:
        threads.start("other")
        waiting(base, 1)
        first = threading.Thread(target=lambda: base.grouped.run(slow, base.turn))
        first.start()
        waiting(base, 2)
    assert inside.wait(WAIT)
    threading.Event().wait(base.patience + 0.5)  # whichever has the turn, the other gives up waiting for it
    go.set()
    first.join(WAIT)
    threads.join()
    assert threads.found == {"other": 1}
    assert base.there() == {"slow", "other"}


def test_an_interruption_is_raised_and_nothing_is_written(base: Base) -> None:
    def interrupted(_connection: sqlite3.Connection) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        base.grouped.run(interrupted, base.turn)
    assert base.there() == set()
    assert base.write("a") == 1


def test_the_store_writes_the_rows_of_threads_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(str(tmp_path / "ledger"))
    store.ready(Deadline(30))
    groups: list[int] = []
    commit = Grouped._commit

    def counted(self: Grouped, connection: t.Any) -> None:
        groups.append(len(self._waiting))
        commit(self, connection)

    monkeypatch.setattr(Grouped, "_commit", counted)

    def key(number: int) -> Key:
        return ("api", "7", "member", f"n{number}@x.example")

    def write(number: int) -> None:
        store.write(key(number), Entry(state=PRESENT), Entry(), Deadline(30), lease=t.cast(t.Any, store), sent=False)

    with store._guard:
        threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        while len(store._grouped._waiting) < 6:
            threading.Event().wait(0.01)
    for thread in threads:
        thread.join(WAIT)
    assert groups == [6]
    assert [store.read(key(number), Deadline(30)).state for number in range(6)] == [PRESENT] * 6
    with pytest.raises(ApiError):  # somebody else has changed the row: only this one fails
        store.write(key(0), Entry(), Entry(rev=5), Deadline(30), lease=t.cast(t.Any, store), sent=False)
    store.close()
