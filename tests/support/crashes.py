# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill a piece of work at its n-th event, as ``kill -9`` does: none of its code runs any more.

Events are: a file opened for writing, made, written, synced, renamed or removed; a lock; a connection; a request before
it is sent, after its head, after its body, and after the response; a statement or commit of SQLite.
"""

from __future__ import annotations

import http.client
import os
import signal
import sqlite3
import sys
import threading
import traceback
import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport

#: Audit events of Python that come before a change of the file system, a lock or a connection.
AUDITED = frozenset(
    (
        *("os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "shutil.rmtree"),
        *("fcntl.flock", "fcntl.lockf", "socket.connect", "sqlite3.connect"),
    )
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Events:
    """Count events, and kill the process at one of them.

    :param kill_at: its number, from 1
    """

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at
        self._lock = threading.Lock()
        self._armed = True

    def passes(self) -> None:
        """Pass an event."""
        with self._lock:
            self._left -= self._armed
            if self._armed and not self._left:
                os.kill(os.getpid(), signal.SIGKILL)

    def disarm(self) -> None:
        """Let everything pass from now on."""
        self._armed = False

    def hook(self) -> None:
        """Count the events of this process. There is no way back, so call it in a child."""
        sys.addaudithook(self._audit)
        for owner, name in ((os, "fsync"), (os, "pwrite"), (os, "write")):
            self._before(owner, name)
        self._after(http.client.HTTPConnection, "send")
        self._before(Transport, "_exchange")
        self._after(Transport, "_exchange")
        connect, factory = sqlite3.connect, self._connection()

        def connected(*args: t.Any, **kwargs: t.Any) -> sqlite3.Connection:
            return connect(*args, **{"factory": factory, **kwargs})

        sqlite3.connect = connected  # type: ignore[assignment]

    def _audit(self, event: str, args: tuple[t.Any, ...]) -> None:
        if event in AUDITED or (event == "open" and isinstance(args[2], int) and args[2] & _WRITING):
            self.passes()

    def _before(self, owner: t.Any, name: str) -> None:
        method = getattr(owner, name)

        def counted(*args: t.Any, **kwargs: t.Any) -> t.Any:
            self.passes()
            return method(*args, **kwargs)

        setattr(owner, name, counted)

    def _after(self, owner: t.Any, name: str) -> None:
        method = getattr(owner, name)

        def counted(*args: t.Any, **kwargs: t.Any) -> t.Any:
            found = method(*args, **kwargs)
            self.passes()
            return found

        setattr(owner, name, counted)

    def _connection(self) -> type[sqlite3.Connection]:
        events = self

        class Counted(sqlite3.Connection):
            def execute(self, *args: t.Any) -> sqlite3.Cursor:
                events.passes()
                found = super().execute(*args)
                events.passes()
                return found

            def commit(self) -> None:
                events.passes()
                super().commit()
                events.passes()

        return Counted


def killed(work: t.Callable[[int], None], kill_at: int) -> bool:
    """Do a piece of work in a process of its own that is killed at an event; return False if it ended before.

    :param work: gets the id of its process
    """
    child = os.fork()
    if not child:
        code = 1
        try:
            events = Events(kill_at)
            events.hook()
            work(os.getpid())
            events.disarm()
            code = 0
        except BaseException:  # noqa: BLE001 -- the child must end here
            events.disarm()
            traceback.print_exc()
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed, see its trace"
    return False
