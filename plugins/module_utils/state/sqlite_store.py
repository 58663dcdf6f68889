# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The store of one machine: an SQLite file, created completely or not at all, checked before it is trusted.

A new ledger is made under a temporary name and renamed, so that a file at its path is always complete: an empty or
damaged one was not left by a killed run, and is an error; it is never replaced automatically. SQLite's log beside it
covers a kill in the middle of a change.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import typing as t
from urllib.parse import quote

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..run.context import RunContext
from ..run.locks import close_lock
from ..run.store import digest
from . import ledger_place as place
from .grouped import Change, Grouped, together
from .sqlite_schema import (
    ALL,
    APPLICATION,
    LEARN,
    MOVED,
    READ,
    SCHEMA,
    VERSION,
    WRITE,
    entry_of,
    migrate,
    values_of,
)
from .store import LEAST_WAIT, Entry, Key, Lease, overtaken

try:
    import sqlite3

    HAS_SQLITE = True
except ImportError:  # some builds of Python leave it out
    HAS_SQLITE = False

_OPEN = "SELECT count(*) FROM entry WHERE intent IS NOT NULL OR toggle_at IS NOT NULL"
NEW = (
    "There was no ledger at {path}, so a new one is started: nobody is known, and everybody declared is "
    "registered or invited. If there was one before, stop now and restore it. To refuse a missing ledger, set "
    "ledger_missing=fail."
)

R = t.TypeVar("R")
#: connections of a process that forked this one: kept, since the last reference to one would close it
_INHERITED: list[t.Any] = []


class SqliteStore:
    """One SQLite file. Threads share one connection, which a task closes at its end.

    :param path: where it is, expanded
    :param missing: ``create`` or ``fail``
    :param context: shows warnings, and remembers for the run which files were checked
    """

    kind = "file"

    def __init__(self, path: str, *, missing: str = "create", context: RunContext | None = None) -> None:
        self.path = place.checked(path)
        self.place = f"the ledger {self.path}"
        self._missing = missing
        self._context = context
        self._connection: t.Any = None
        self._file: tuple[int, int] | None = None
        self._pid = os.getpid()
        self._birth = threading.Lock()
        self._guard = threading.Lock()
        self._grouped = Grouped()
        #: the seconds for which the open connection waits for other processes
        self._patience = 0
        #: also open a ledger that was moved to a database, to import it a second time
        self.even_moved = False

    # -- use ----------------------------------------------------------------------------------------------------------

    def ready(self, deadline: Deadline, *, check_mode: bool = False) -> None:
        """Create the file if it is missing; in check mode only warn that it would be created."""
        with self._opened(deadline, create=not check_mode) as connection:
            if connection is None:
                self._new()

    def read(self, key: Key, deadline: Deadline, *, sent: bool = False) -> Entry:
        """Return a row; an empty one if there is none."""
        found = self._look(READ, key, deadline, sent)
        return entry_of(found[0]) if found else Entry()

    def write(self, key: Key, entry: Entry, seen: Entry, deadline: Deadline, *, lease: Lease, sent: bool) -> Entry:
        """Commit a row."""
        del lease  # the kernel does not lose a lock
        values = values_of(key, entry, seen.rev)
        self._check_process()
        written = self._grouped.run(
            lambda connection: connection.execute(WRITE, values).rowcount,
            lambda unless: self._opened(deadline, create=True, sent=sent, unless=unless),
        )
        if not written:
            raise overtaken(self.place, sent)
        return Entry(**{**entry.__dict__, "rev": seen.rev + 1})

    def fact(self, api: str, name: str, deadline: Deadline, *, sent: bool = False) -> str | None:
        """Return a fact about an API itself."""
        found = self._look("SELECT value FROM fact WHERE api = ? AND name = ?", (api, name), deadline, sent)
        return found[0][0] if found else None

    def learn(self, api: str, name: str, value: str, deadline: Deadline) -> None:
        """Store a fact about an API itself."""
        self._commit(lambda connection: connection.execute(LEARN, (api, name, value)), deadline, sent=True)

    def entries(self, deadline: Deadline, api: str | None = None) -> list[tuple[Key, Entry]]:
        """Return all rows, or those of one API."""
        order = " ORDER BY api, marketplace, kind, email"
        if api is None:
            rows = self._look(ALL + order, (), deadline, sent=False)
        else:
            rows = self._look(ALL + " WHERE api = ?" + order, (api,), deadline, sent=False)
        return [((row[0], row[1], row[2], row[3]), entry_of(row[4:])) for row in rows]

    def apis(self, deadline: Deadline) -> list[str]:
        """Return the APIs that have rows, by jumping from one to the next in the index."""
        found: list[str] = []
        query = "SELECT min(api) FROM entry WHERE api > ?"
        while True:
            rows = self._look(query, (found[-1] if found else "",), deadline, sent=False)
            if not rows or rows[0][0] is None:
                return found
            found.append(rows[0][0])

    def facts(self, deadline: Deadline) -> list[tuple[str, str, str]]:
        """Return the facts about the APIs."""
        rows = self._look("SELECT api, name, value FROM fact WHERE name <> ?", (MOVED,), deadline, sent=False)
        return [(row[0], row[1], row[2]) for row in rows]

    def load(
        self, rows: t.Sequence[tuple[Key, Entry]], facts: t.Sequence[tuple[str, str, str]], deadline: Deadline
    ) -> None:
        """Write rows and facts in one transaction."""

        def work(connection: t.Any) -> None:
            for key, entry in rows:
                if not connection.execute(WRITE, values_of(key, entry, entry.rev)).rowcount:
                    raise overtaken(self.place, sent=False)
            for fact in facts:
                connection.execute(LEARN, fact)

        self._commit(work, deadline, sent=False)

    def mark_moved(self, text: str, deadline: Deadline) -> None:
        """Record that the ledger is in a database now, so that nobody continues with this file."""
        self._commit(lambda connection: connection.execute(LEARN, ("", MOVED, text)), deadline, sent=False)

    def status(self, deadline: Deadline) -> dict[str, t.Any]:
        """Describe the file."""
        status: dict[str, t.Any] = {"kind": self.kind, "place": self.path, "exists": False, "version": None}
        with self._opened(deadline, create=False) as connection:
            if connection is not None:
                status["exists"] = True
                status["version"] = connection.execute("PRAGMA user_version").fetchone()[0]
                status["open_intents"] = connection.execute(_OPEN).fetchone()[0]
        status.setdefault("open_intents", 0)
        status["writable"] = place.writable(self.path)
        return status

    @contextlib.contextmanager
    def locked(self, name: str, deadline: Deadline) -> t.Iterator[Lease]:
        """Hold a name against every thread and process; the kernel releases it if the holder is killed."""
        try:
            path = os.path.join(place.lock_folder(self.path), digest(name)[:32])
            handle = place.locked_file(path, deadline)
        except OSError as error:
            raise place.unusable(self.path, error) from None
        try:
            yield self
        finally:
            with contextlib.suppress(OSError):
                os.unlink(path)  # still locked: a waiting process sees that it is gone
            close_lock(handle)

    def rest(self) -> None:
        """Close the connection until it is needed again, so that the ledger is a single file between tasks."""
        self._check_process()
        if self._guard.acquire(timeout=LEAST_WAIT):
            try:
                with contextlib.suppress(sqlite3.Error):  # committed data is safe
                    self.close()
            finally:
                self._guard.release()

    def close(self) -> None:
        """Close the connection."""
        self._check_process()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # -- reads and changes --------------------------------------------------------------------------------------------

    def _look(self, query: str, values: t.Sequence[t.Any], deadline: Deadline, sent: bool) -> list[t.Any]:
        with self._opened(deadline, create=False, sent=sent) as connection:
            return [] if connection is None else list(connection.execute(query, tuple(values)))

    def _commit(self, work: t.Callable[[t.Any], R], deadline: Deadline, sent: bool) -> R:
        """Run a change in a transaction, and return once it is on the disk."""
        with self._opened(deadline, create=True, sent=sent) as connection:
            change = Change(work)
            together(connection, [change])
            return t.cast(R, change.result)

    def _check_process(self) -> None:
        """After a fork, start over: a connection of SQLite may neither be used nor closed in another process."""
        if self._pid == os.getpid():
            return
        with self._birth:
            if self._pid != os.getpid():
                _INHERITED.append(self._connection)
                self._guard, self._connection, self._grouped = threading.Lock(), None, Grouped()
                self._pid = os.getpid()  # last: other threads go on once it is set

    @contextlib.contextmanager
    def _opened(
        self, deadline: Deadline, *, create: bool, sent: bool = False, unless: t.Callable[[], bool] = lambda: False
    ) -> t.Iterator[t.Any]:
        """Yield the connection, to one thread at a time; None if there is no ledger and none is to be created.

        :param unless: the connection is not needed any more, once it is this thread's turn
        """
        if not HAS_SQLITE:
            raise invalid(
                f"The ledger {self.path} needs the module sqlite3, and {sys.executable} has none. Run Ansible with "
                "another Python, or set state_url. Nothing was sent."
            )
        self._check_process()
        wait = max(LEAST_WAIT, min(deadline.left(), 60.0))
        if not self._guard.acquire(timeout=wait):
            raise self._translated(sqlite3.OperationalError("locked by another thread"), sent)
        try:
            connection = None if unless() else self._connect(deadline, create, sent)
            if connection is not None and self._patience != int(wait):
                self._patience = int(wait)
                connection.execute(f"PRAGMA busy_timeout = {self._patience * 1000}")
            yield connection
        except sqlite3.Error as error:
            self.close()
            raise self._translated(error, sent) from None
        finally:
            self._guard.release()

    # -- the file -----------------------------------------------------------------------------------------------------

    def _connect(self, deadline: Deadline, create: bool, sent: bool) -> t.Any:
        try:
            found = place.look(self.path)
            if found is None:
                self.close()
                if not create:
                    return None
                with self.locked("new", deadline):
                    found = place.look(self.path) or self._make()
        except OSError as error:
            raise self._translated(error, sent) if sent else place.unusable(self.path, error) from None
        except ApiError as error:
            raise self._translated(error, sent) if sent else error from None
        which = (found.st_dev, found.st_ino)
        if self._connection is not None and self._file == which:
            return self._connection
        self.close()
        connection = sqlite3.connect(
            f"file:{quote(self.path)}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            self._check(connection, which, deadline)  # first: the file may belong to another program
            # With a write-ahead log, a commit waits for the disk once instead of three times. It is removed when the
            # last connection is closed; a file system without support for it keeps the rollback journal.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
        self._connection, self._file, self._patience = connection, which, 0
        if self._context is not None:
            self._context.at_end(self.rest)
        return connection

    def _new(self) -> None:
        """Warn that a new ledger is started, or refuse to start one."""
        if self._missing == "fail":
            raise invalid(
                f"There is no ledger at {self.path}, and ledger_missing is 'fail'. Without it nobody is known, and "
                "everybody declared would be invited again. Restore it, or correct ledger_path; for the very "
                "first run set ledger_missing=create once. Nothing was sent."
            )
        if self._context is not None:
            self._context.warn(NEW.format(path=self.path))

    def _make(self) -> os.stat_result:
        """Create a new ledger, under the lock."""
        self._new()
        with place.scratch(self.path) as name:
            connection = sqlite3.connect(name, isolation_level=None)
            try:
                connection.execute("BEGIN")
                for statement in SCHEMA:
                    connection.execute(statement)
                connection.execute("COMMIT")
            finally:
                connection.close()
            os.rename(name, self.path)
        return os.lstat(self.path)

    def _check(self, connection: t.Any, which: tuple[int, int], deadline: Deadline) -> None:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION:
            raise invalid(
                f"{self.path} is an SQLite file, but not a ledger of this collection. Set another 'ledger_path'. "
                "Nothing was sent."
            )
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise invalid(
                f"The ledger {self.path} was made by a newer release of partnerops.saas (layout {version}, known here: "
                f"{VERSION}). Use that release. Nothing was sent."
            )
        self._quick_check(connection, which)
        columns = {row[1] for row in connection.execute("PRAGMA table_info(entry)")}
        facts = {row[1] for row in connection.execute("PRAGMA table_info(fact)")}
        if not {"api", "email", "state", "intent", "toggle_at"} <= columns or not {"api", "name", "value"} <= facts:
            raise place.damaged(self.path, "its tables are missing")
        if version < VERSION:
            self._migrate(connection, deadline)
        moved = connection.execute("SELECT value FROM fact WHERE api = '' AND name = ?", (MOVED,)).fetchone()
        if moved and not self.even_moved:
            raise invalid(
                f"The ledger {self.path} was imported elsewhere ({moved[0]}), and lacks what happened since. "
                "Set state_url (PARTNEROPS_STATE_URL) to use that store. To go back to a file, export that store with "
                "partnerops.saas.mip_ledger and import it into a new ledger_path. Nothing was sent."
            )

    def _quick_check(self, connection: t.Any, which: tuple[int, int]) -> None:
        """Let SQLite check the file, once per run: it reads all of it."""
        store = self._context.store if self._context else None
        key = "ledger-" + digest(self.path, *map(str, which))
        if store is not None and store.peek(key).get("checked"):
            return
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise place.damaged(self.path, str(said).splitlines()[0][:100])
        if store is not None:
            store.put(key, {"checked": True})

    def _migrate(self, connection: t.Any, deadline: Deadline) -> None:
        with self.locked("new", deadline):
            connection.execute("BEGIN IMMEDIATE")
            try:
                if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
                    migrate(connection)
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def _translated(self, error: BaseException, sent: bool) -> ApiError:
        text = str(error).replace(" Nothing was sent.", "")
        if sent:
            return ApiError(
                "unknown_outcome",
                f"The call was sent and got a response, but {self.place} could not be used afterwards ({text}). The "
                "next run treats the outcome as unknown. Repair the ledger first.",
                executed=True,
            )
        if isinstance(error, sqlite3.OperationalError):
            busy = "locked" in text or "busy" in text
            advice = (
                "Another process has locked it: run again when that has ended."
                if busy
                else "Check the disk and the folder's permissions."
            )
            return ApiError(
                "timeout" if busy else "invalid_input",
                f"{self.place[0].upper()}{self.place[1:]} can't be used ({text}). {advice} Nothing was sent.",
            )
        return place.damaged(self.path, text)
