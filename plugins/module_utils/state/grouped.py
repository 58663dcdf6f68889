# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Commit what several threads want to write in one transaction, since a commit waits for the disk.

Each thread returns only when its own change is on the disk, as it would with a transaction of its own. The thread whose
turn it is commits the changes of all that wait behind it.
"""

from __future__ import annotations

import contextlib
import threading
import typing as t

from ..errors import ApiError

with contextlib.suppress(ImportError):  # some builds of Python leave it out; the store refuses to work then
    import sqlite3

Work = t.Callable[[t.Any], t.Any]


class Change:
    """One thread's change, its result or its error."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.result: t.Any = None
        self.error: BaseException | None = None
        #: set once it is committed, or has failed
        self.over = threading.Event()


class Grouped:
    """The changes of the threads of one process that wait to be committed."""

    def __init__(self) -> None:
        self._waiting: list[Change] = []
        self._lock = threading.Lock()

    def run(self, work: Work, turn: t.Callable[[t.Callable[[], bool]], t.ContextManager[t.Any]]) -> t.Any:
        """Run a statement and return its result once it is on the disk.

        :param turn: yields the connection, to one thread at a time; it gets a function that returns whether the
            connection is not needed any more
        :raises sqlite3.Error: inside ``turn``, for the caller to translate
        """
        change = Change(work)
        with self._lock:
            self._waiting.append(change)
        try:
            with turn(change.over.is_set) as connection:
                if not change.over.is_set():
                    self._commit(connection)
                if change.error is not None:
                    raise change.error
        except BaseException as error:
            withdrawn = self._withdraw(change)
            if withdrawn or change.error is not None or not isinstance(error, ApiError):
                raise
            # Its turn did not come in time, and meanwhile another thread has committed it.
        return change.result

    def _withdraw(self, change: Change) -> bool:
        """Return whether a change was not committed and will not be. If it is under way, wait until that is over."""
        with self._lock:
            if change in self._waiting:
                self._waiting.remove(change)
                return True
        change.over.wait()
        return False

    def _commit(self, connection: t.Any) -> None:
        """Commit all that wait. Failures are kept in the changes; an interruption is raised.

        An interruption may come between any two steps. What it leaves in the list although it is over is not run again.
        """
        group: list[Change] = []
        try:
            with self._lock:
                group = [change for change in self._waiting if not change.over.is_set()]
                self._waiting = []
            together(connection, group)
        except sqlite3.OperationalError as error:  # the file is locked, the disk is full: true for each of them
            _failed(group, error)
        except Exception:  # noqa: BLE001 - one may be at fault, and the others must not suffer
            for change in group:
                try:
                    together(connection, [change])
                except Exception as error:  # noqa: BLE001 - its own thread raises it
                    change.error = error
        except BaseException as error:
            _failed(group, error)
            raise
        finally:
            for change in group:
                change.over.set()


def together(connection: t.Any, group: t.Sequence[Change]) -> None:
    """Run changes in one transaction, all or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for change in group:
            change.result = change.work(connection)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _failed(group: t.Sequence[Change], error: BaseException) -> None:
    for change in group:
        change.error = error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError("interrupted")
