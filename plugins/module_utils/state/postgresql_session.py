# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Connections to the shared state: how one is made and checked, and what ends a statement that hangs."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import typing as t
import weakref

from ..errors import ApiError, invalid, shortened
from ..http.deadline import Deadline
from . import postgresql_schema as schema
from .postgresql_url import Target, driver, pooler, read_only, refused_connection, wrong_encoding

#: seconds: to connect, and for one statement
CONNECT, STATEMENT = 10, 10.0
#: seconds between a cancel that didn't help and closing the connection
_GRACE = 3.0
#: What a role or database may have set otherwise. Its limits would end a session while a vendor works, and with it the
#: lock; the client has limits of its own. Functions are those of PostgreSQL, whatever a schema contains.
_SETTINGS = {
    "search_path": "pg_catalog, pg_temp",
    "DateStyle": "ISO",
    "TimeZone": "UTC",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
#: settings that older servers don't have, and the release that they came with
_NEWER = {"idle_session_timeout": 140000, "transaction_timeout": 170000}
#: the code of a commit that was not confirmed by a standby, or was cancelled while it waited for one
_WARNING = "01000"
_MIGRATION_LOCK = 0x5061727473  # an arbitrary number of our own

_THERE = """
    SELECT count(*) FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'partnerops' AND relname = 'meta'
"""
_MAY_WRITE = """
    SELECT bool_and(has_table_privilege('partnerops.' || name, what))
    FROM unnest(ARRAY['entry', 'fact', 'creation']) AS name, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS what
"""
_SCHEMA = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = 'partnerops'"
#: An administrator may have made the schema for a role that may make no others.
_MAY_CREATE = f"""
    SELECT CASE WHEN ({_SCHEMA}) = 0 THEN has_database_privilege(current_database(), 'CREATE')
    ELSE (SELECT has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid, 'USAGE')
          FROM pg_catalog.pg_namespace WHERE nspname = 'partnerops') END
"""  # noqa: S608 - no value is in it
#: the layout of tables that say none: they are being made by hand, or were damaged
BROKEN = -1
#: the encodings of a database in which every name can be kept
_ENCODINGS = ("UTF8", "SQL_ASCII")
Values = t.Union[t.Mapping[str, t.Any], t.Sequence[t.Any]]


class Session:
    """One connection, used by one thread."""

    def __init__(self, connection: t.Any, watch: Watch) -> None:
        self.connection = connection
        self._watch = watch
        self._pid = os.getpid()
        #: codes of the server's notices, which come with a statement's result
        self._notices: list[str] = []
        connection.add_notice_handler(_collector(self._notices))
        # Not __del__: where a traceback makes a cycle, the driver's own would run first, and warn. What the finalizer
        # holds is no garbage until it has run.
        weakref.finalize(self, _shut, connection, self._pid).atexit = False

    def run(self, query: str, values: Values = (), limit: float = STATEMENT) -> t.Any:
        """Execute one statement as a transaction of its own, and return its cursor.

        :raises psycopg.Error: also if the commit came back with a warning
        """
        self._notices.clear()
        with self._watch.over(self.connection, limit):
            cursor = self.connection.execute(query, values)
        if _WARNING in self._notices:
            raise driver().OperationalError("the commit was not confirmed by the synchronous standby")
        return cursor

    @contextlib.contextmanager
    def transaction(self) -> t.Iterator[None]:
        """Run several statements, all or none. Unlike the driver's own, its commit is watched, too.

        :raises psycopg.Error: also if the commit came back with a warning
        """
        self.run("BEGIN")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            with contextlib.suppress(driver().Error):
                self.run("ROLLBACK")
            raise

    @property
    def usable(self) -> bool:
        """Return whether the connection works, as far as the client knows."""
        return not self.connection.closed and not self.connection.broken

    def close(self) -> None:
        """Close the connection, which frees its locks. It is also closed when its thread ends."""
        _shut(self.connection, self._pid)


def _shut(connection: t.Any, pid: int) -> None:
    """Close a connection; not in a fork, since it would end the parent's."""
    if pid == os.getpid():
        with contextlib.suppress(Exception):
            connection.close()


def _collector(codes: list[str]) -> t.Callable[[t.Any], None]:
    """Return a handler of notices that doesn't refer to the session: otherwise only the collector would free it."""
    return lambda diagnostic: codes.append(diagnostic.sqlstate or "")


class Watch:
    """Ends statements that take too long.

    ``statement_timeout`` does not end a commit that waits for a synchronous standby, and no server-side limit helps if
    the server is stopped. So the client cancels, and if that doesn't help either, cuts the connection.
    """

    def __init__(self) -> None:
        self._busy: dict[t.Any, float] = {}
        self._cancelled: set[t.Any] = set()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def over(self, connection: t.Any, limit: float) -> t.Iterator[None]:
        """Watch a statement."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="state-watch")
                self._thread.start()
            self._busy[connection] = time.monotonic() + limit
        try:
            yield
        finally:
            self._busy.pop(connection, None)
            self._cancelled.discard(connection)

    def _run(self) -> None:
        while True:
            time.sleep(0.1)
            with self._lock:
                if not self._busy:  # the next statement starts another thread
                    self._thread = None
                    return
            now = time.monotonic()
            for connection, until in list(self._busy.items()):
                if now > until + _GRACE:
                    _cut(connection)
                elif now > until and connection not in self._cancelled:
                    self._cancelled.add(connection)
                    with contextlib.suppress(Exception):
                        connection.cancel_safe(timeout=2)


def _cut(connection: t.Any) -> None:
    with contextlib.suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as other:
        other.shutdown(socket.SHUT_RDWR)


def connect(target: Target, watch: Watch, deadline: Deadline) -> Session:
    """Return a checked connection: to a server that can be written to, not to a pooler.

    :raises ApiError: if there is none; nothing was sent then
    """
    psycopg = driver()
    asked = int(target.params.get("connect_timeout") or 0)  # 0 and less mean: without limit
    patience = max(2, min(CONNECT, asked if asked > 0 else CONNECT, int(deadline.left())))
    options = {
        **target.params,
        "connect_timeout": patience,
        "application_name": "partnerops.saas",
        "client_encoding": "UTF8",  # otherwise the driver returns bytes where the database has no encoding
        "keepalives": 1,
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30000,
    }
    try:
        connection = psycopg.connect(**options, autocommit=True, prepare_threshold=None)
    except psycopg.Error as error:
        raise refused_connection(target.place, error) from None
    session = Session(connection, watch)
    try:
        pid, standby, closed = session.run(
            "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery(), "
            "pg_catalog.current_setting('transaction_read_only')"
        ).fetchone()
        if pid != connection.info.backend_pid:
            raise pooler(target.place)
        if standby or closed == "on":
            raise read_only(target.place, standby=standby)
        encoding = connection.info.parameter_status("server_encoding")
        if encoding not in _ENCODINGS:
            raise wrong_encoding(target.place, encoding)
        settings = {
            **_SETTINGS,
            **{name: "0" for name, since in _NEWER.items() if connection.info.server_version >= since},
        }
        names = ", ".join(f"pg_catalog.set_config('{name}', '{value}', false)" for name, value in settings.items())
        session.run(f"SELECT {names}")
    except psycopg.Error as error:
        session.close()
        raise refused_connection(target.place, error) from None
    except ApiError:
        session.close()
        raise
    return session


def version_of(session: Session) -> int:
    """Return the layout of the tables; 0 if there are none, ``BROKEN`` if they have none."""
    # Not to_regclass(): within a transaction it may still return what the server cached before the lock.
    if not session.run(_THERE).fetchone()[0]:
        return 0
    found = session.run("SELECT max(version) FROM partnerops.meta").fetchone()[0] or 0
    return int(found) if found > 0 else BROKEN


def may_write(session: Session) -> bool:
    """Return whether the role may write to the tables or, if there are none, create them."""
    return bool(session.run(_MAY_WRITE if version_of(session) else _MAY_CREATE).fetchone()[0])


def prepare(session: Session, target: Target, deadline: Deadline, *, change: bool) -> int:
    """Return the layout that the tables had; make them, or update them to this release's layout.

    Machines that start together wait for each other, and only the one that makes the tables gets 0.

    :param change: False to leave the tables as they are
    :raises ApiError: ``invalid_input`` for a newer layout or incomplete tables, or without the rights
    :raises psycopg.Error: if the connection is lost
    """
    psycopg = driver()
    try:
        found = version_of(session)
        if found > schema.VERSION:
            raise invalid(
                f"The tables in {target.place} were made by a newer release of partnerops.saas (layout {found}, known "
                f"here: {schema.VERSION}). Use that release here, too. Nothing was sent."
            )
        if found == BROKEN:
            raise _incomplete(target, "the table meta has no layout")
        if found == schema.VERSION and change and not may_write(session):
            raise _no_rights(target, schema.VERSION)
    except psycopg.errors.InsufficientPrivilege:
        raise _no_rights(target, schema.VERSION) from None
    except psycopg.ProgrammingError as error:
        raise _incomplete(target, error) from None
    if found == schema.VERSION or not change:
        return found
    try:
        with session.transaction():
            wait = str(int(max(1.0, min(deadline.left(), 30.0)) * 1000))
            session.run("SELECT set_config('lock_timeout', %s, true)", [wait])
            session.run("SELECT pg_advisory_xact_lock(%s)", [_MIGRATION_LOCK], 40.0)
            found = version_of(session)
            if not found and not session.run(_SCHEMA).fetchone()[0]:
                session.run(schema.SCHEMA)
            for statements in schema.MIGRATIONS[found:]:
                session.run(statements)
            session.run("UPDATE partnerops.meta SET version = %s", [max(found, schema.VERSION)])
    except psycopg.errors.InsufficientPrivilege:
        raise _no_rights(target, found) from None
    except psycopg.ProgrammingError as error:
        raise _incomplete(target, error) from None
    except psycopg.Error as error:
        raise refused_connection(target.place, error) from None
    return found


def _no_rights(target: Target, found: int) -> ApiError:
    lack = "has no tables for the shared state yet" if not found else "has tables of an older layout"
    if found == schema.VERSION:
        return invalid(
            f"The role of state_url may not use the tables in {target.place}. Let an administrator run:\n"
            f"{schema.rights(target.role)}\nNothing was sent."
        )
    return invalid(
        f"{target.place[0].upper()}{target.place[1:]} {lack}, and the role of state_url may not create them. Let an "
        f"administrator run this in it:\n{schema.script(found, target.role)}\nNothing was sent."
    )


def _incomplete(target: Target, why: object) -> ApiError:
    return invalid(
        f"The tables in {target.place} are incomplete, or not those of partnerops.saas ({shortened(why)}). Restore the "
        "schema partnerops from a backup, as the guide for teams describes, or correct state_url. If you have just run "
        "the SQL for the tables by hand, run again. Nothing was sent."
    )
