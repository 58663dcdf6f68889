# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file behind the ledger: made whole or not at all, checked before it is trusted, never started anew by itself.

A new ledger is made under a temporary name and renamed, so that what stands at its path is always complete: an empty or
damaged file there was not left by a run that was killed, and is an error. SQLite's rollback journal takes care of a
kill in the middle of a change.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
import typing as t
from urllib.parse import quote

from ..errors import ApiError, invalid
from ..http.deadline import Deadline

try:
    import sqlite3

    HAS_SQLITE = True
except ImportError:  # some builds of Python leave it out
    HAS_SQLITE = False

#: "MIP1": marks the file as a ledger of this collection
APPLICATION = 0x4D495031
VERSION = 1
#: seconds for which a change waits at least for other processes, also where the deadline is over: what was sent has to
#: be written down
LEAST_WAIT = 10.0

SCHEMA = (
    """
    CREATE TABLE entry (
        api TEXT NOT NULL,          -- host and prefix of the API
        marketplace TEXT NOT NULL,  -- empty for users of the platform
        kind TEXT NOT NULL CHECK (kind IN ('user', 'client', 'member')),
        email TEXT NOT NULL,        -- case-folded
        id INTEGER,
        state TEXT NOT NULL CHECK (state IN ('present', 'absent', 'unknown')),
        blocked INTEGER CHECK (blocked IN (0, 1)),  -- null: not known
        intent TEXT,                -- a write that was about to be sent and has no outcome
        intent_at TEXT,
        toggle_at TEXT,             -- the same for a block or unblock
        sent_by TEXT,               -- process that wrote the intent
        changed_at TEXT NOT NULL,
        PRIMARY KEY (api, marketplace, kind, email)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE fact (api TEXT NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY (api, name)) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)


class LedgerFile:
    """One SQLite file. Every use has a connection of its own, so threads and processes may share the object.

    :param path: where it is, expanded
    """

    def __init__(self, path: str) -> None:
        if not path:
            raise invalid("ledger_path is empty. Nothing was sent.")
        self.path = os.path.abspath(path)
        self._checked: tuple[int, int] | None = None

    # -- use ----------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def opened(self, deadline: Deadline, *, create: bool, sent: bool = False) -> t.Iterator[t.Any]:
        """A connection, or None where there is no ledger and none is to be made.

        :param sent: what is written is the outcome of a call that was sent
        :raises ApiError: ``undetermined`` for a damaged ledger, ``invalid_input`` for one that must not be used
        """
        if not HAS_SQLITE:
            raise invalid("This Python has no sqlite3 module, in which the ledger is kept. Nothing was sent.")
        connection = None
        try:
            connection = self._connect(deadline, create)
            yield connection
        except sqlite3.Error as error:
            raise self._translated(error, sent) from None
        finally:
            if connection is not None:
                connection.close()

    @contextlib.contextmanager
    def lock(self, name: str, deadline: Deadline) -> t.Iterator[None]:
        """Hold a name against every thread and process; the kernel lets go where the holder is killed.

        :raises ApiError: ``timeout`` where another holds it beyond the deadline
        """
        folder = self.path + ".locks"
        try:
            self._make_folder(os.path.dirname(self.path))
            self._check_folder(os.path.dirname(self.path))  # before anything is sent, also where there is no ledger yet
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o700)
            found = os.lstat(folder)
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
                raise invalid(f"{folder} is not a folder of this user's own. Remove it. Nothing was sent.")
            handle = _locked(os.path.join(folder, name), deadline)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, name))  # still under the lock: who waits for it sees that it is gone
            os.close(handle)

    # -- the file -----------------------------------------------------------------------------------------------------

    def _connect(self, deadline: Deadline, create: bool) -> t.Any:
        try:
            found = self._stat()
            if found is None:
                if not create:
                    return None
                with self.lock("new", deadline):
                    found = self._stat() or self._make()
        except OSError as error:
            raise self._unusable(error) from None
        connection = sqlite3.connect(
            f"file:{quote(self.path)}?mode=rw",
            uri=True,
            timeout=max(LEAST_WAIT, min(deadline.left(), 60.0)),
            isolation_level=None,
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            if self._checked != (found.st_dev, found.st_ino):
                self._check(connection)
                self._checked = (found.st_dev, found.st_ino)
        except Exception:
            connection.close()
            raise
        return connection

    def _stat(self) -> os.stat_result | None:
        """What stands at the path, if it may be used. ``lstat``: opening and closing it would drop SQLite's own "
        "locks."""
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(found.st_mode):
            kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "not a file"
            raise invalid(f"The ledger {self.path} is {kind}. Give 'ledger_path' as the file itself. Nothing was sent.")
        if found.st_uid != os.geteuid():
            raise invalid(
                f"The ledger {self.path} belongs to another user, so it is not trusted. Give another 'ledger_path', or "
                "run as its owner. Nothing was sent."
            )
        self._check_folder(os.path.dirname(self.path))
        journal = self.path + "-journal"
        with contextlib.suppress(FileNotFoundError):
            other = os.lstat(journal)
            if not stat.S_ISREG(other.st_mode) or other.st_uid != os.geteuid():
                raise invalid(f"{journal} is not a file of this user's own. Remove it. Nothing was sent.")
        if found.st_mode & 0o077:
            os.chmod(self.path, 0o600)
        if not found.st_size:
            raise self._damaged("it is empty")
        return found

    def _make(self) -> os.stat_result:
        """A new ledger, under the lock."""
        folder, name = os.path.split(self.path)
        self._check_folder(folder)
        for left in os.listdir(folder):
            # What a killed run left behind, and what belonged to a ledger that was deleted: SQLite would apply it.
            if left.startswith(f".{name}.new-") or left in (f"{name}-journal", f"{name}-wal", f"{name}-shm"):
                os.unlink(os.path.join(folder, left))
        handle, scratch = tempfile.mkstemp(prefix=f".{name}.new-", dir=folder)  # 0600
        os.close(handle)
        connection = sqlite3.connect(scratch, isolation_level=None)
        try:
            connection.execute("BEGIN")
            for statement in SCHEMA:
                connection.execute(statement)
            connection.execute("COMMIT")
        finally:
            connection.close()
        os.rename(scratch, self.path)
        return os.lstat(self.path)

    def _check(self, connection: t.Any) -> None:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if application != APPLICATION:
            raise invalid(
                f"{self.path} is an SQLite file, but no ledger of this collection. Give another 'ledger_path'. "
                "Nothing was sent."
            )
        if version > VERSION:
            raise invalid(
                f"The ledger {self.path} was made by a newer release of partnerops.saas (layout {version}, known here: "
                f"{VERSION}). Use that release. Nothing was sent."
            )
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise self._damaged(str(said).splitlines()[0][:100])
        columns = {row[1] for row in connection.execute("PRAGMA table_info(entry)")}
        if not {"api", "email", "state", "intent", "toggle_at"} <= columns:
            raise self._damaged("its tables are not there")

    def _make_folder(self, folder: str) -> None:
        """The folder with those above it that are missing, each 0700."""
        missing = []
        while not os.path.isdir(folder):
            missing.append(folder)
            folder, last = os.path.split(folder)
            if not last:
                break
        for one in reversed(missing):
            with contextlib.suppress(FileExistsError):
                os.mkdir(one, 0o700)

    def _check_folder(self, folder: str) -> None:
        found = os.stat(folder)
        loose = found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX
        if loose or found.st_uid not in (0, os.geteuid()):
            why = "everybody may write to" if loose else "belongs to another user"
            raise invalid(
                f"The ledger can't be kept in {folder}, which {why}. Give another 'ledger_path'. Nothing was sent."
            )

    # -- what went wrong ----------------------------------------------------------------------------------------------

    def _damaged(self, why: str) -> ApiError:
        return ApiError(
            "undetermined",
            f"The ledger {self.path} is damaged ({why}). It says what was sent to MIP before, which the API can't "
            "tell, so it is not started anew. Restore it from a backup, or move it away: the guide on MIP's state says "
            "what follows from that. Nothing was sent.",
        )

    def _unusable(self, error: OSError) -> ApiError:
        return invalid(
            f"The ledger {self.path} can't be used: {error.strerror}. Give 'ledger_path' a place where this user may "
            "write. Nothing was sent."
        )

    def _translated(self, error: t.Any, sent: bool) -> ApiError:
        text = str(error)
        if sent:
            return ApiError(
                "unknown_outcome",
                f"The call was sent and answered, but the ledger {self.path} could not be written ({text}). The next "
                "run will take the outcome for unknown. Mend the ledger's place first.",
                executed=True,
            )
        if isinstance(error, sqlite3.OperationalError):
            busy = "locked" in text or "busy" in text
            advice = "Another process holds it." if busy else "Check the disk and the folder's permissions."
            return ApiError(
                "timeout" if busy else "invalid_input",
                f"The ledger {self.path} can't be used ({text}). {advice} Nothing was sent.",
            )
        return self._damaged(text)


def _locked(path: str, deadline: Deadline) -> int:
    """An open handle that holds the lock file PATH. The file is removed on release, so it may be gone by the time."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    pause = 0.01
    while True:
        handle = os.open(path, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.lstat(path)):
                    return handle
            os.close(handle)
            continue
        except BlockingIOError:
            os.close(handle)
        except BaseException:
            os.close(handle)
            raise
        if not deadline.sleep(pause):
            raise ApiError(
                "timeout",
                f"Another task works on the same address for longer than the deadline of {deadline.seconds:.0f} s. "
                "Nothing was sent. Run again, or raise 'deadline'.",
            )
        pause = min(0.1, pause * 1.5)
