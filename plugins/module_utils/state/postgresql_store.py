# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The store of many machines: a PostgreSQL database.

A lock is an advisory lock of a session, and the intent is committed in the same session: if the connection is lost, so
is the lock, but then the intent fails, too, and nothing is sent. Safety does not depend on the lock: every write names
the revision of the row that it has seen, and changes nothing if somebody else has changed the row since.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
import typing as t
from dataclasses import replace

from ..errors import ApiError, shortened
from ..http.deadline import Deadline
from ..run.context import RunContext
from ..run.locks import busy_resource
from . import postgresql_schema as schema
from .postgresql_creation import Creation
from .postgresql_session import STATEMENT, Session, Watch, connect, may_write, prepare, version_of
from .postgresql_url import driver, read_url, refused_connection
from .store import LEAST_WAIT, Entry, Key, Lease, StateSettings, now, overtaken

_COLUMNS = ("id", "state", "blocked", "intent", "intent_at", "toggle_at", "sent_by", "changed_at")
_NAMES = ", ".join(_COLUMNS)
_WHERE = "api = %(api)s AND marketplace = %(marketplace)s AND kind = %(kind)s AND email = %(email)s"
_READ = f"SELECT {_NAMES}, rev FROM partnerops.entry WHERE {_WHERE}"  # noqa: S608 - no value is in it
_WRITE = f"""
    INSERT INTO partnerops.entry AS entry (api, marketplace, kind, email, {_NAMES}, rev)
    VALUES (%(api)s, %(marketplace)s, %(kind)s, %(email)s, {", ".join(f"%({name})s" for name in _COLUMNS)}, 1)
    ON CONFLICT (api, marketplace, kind, email) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}, rev = entry.rev + 1
    WHERE entry.rev = %(seen)s RETURNING rev
"""  # noqa: S608
_LOCK = "SELECT pg_try_advisory_lock(%s)"
_LEARN = """
    INSERT INTO partnerops.fact (api, name, value) VALUES (%s, %s, %s)
    ON CONFLICT (api, name) DO UPDATE SET value = excluded.value
"""
_OPEN = "SELECT count(*) FROM partnerops.entry WHERE intent IS NOT NULL OR toggle_at IS NOT NULL"
_UNKNOWN = (
    "nobody is known, and everybody declared is registered or invited. If you came from a ledger file, stop now and "
    "import it with partnerops.saas.mip_ledger."
)
NEW = "{place} had no tables for the shared state, so they were created: " + _UNKNOWN
NONE = "{place} has no tables for the shared state yet, and a run without check mode creates them: " + _UNKNOWN

R = t.TypeVar("R")


class _Held(Lease):
    """A lock and the session that holds it."""

    def __init__(self, session: Session) -> None:
        self.session = session


class PostgresqlStore:
    """One database. Each thread has its own connection.

    :param settings: the URL and the password
    :param context: shows warnings, and masks the password
    """

    kind = "postgresql"

    def __init__(self, settings: StateSettings, context: RunContext) -> None:
        self._target = read_url(settings.url or "", settings.password)
        self._context = context
        context.secrets.add(*self._target.secrets)
        self.place = self._target.place
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._watch = Watch()
        self._mine = threading.local()
        #: the tables are known to have this release's layout
        self._there = False
        #: so it is, and the role may write to them
        self._prepared = False

    # -- rows ---------------------------------------------------------------------------------------------------------

    def ready(self, deadline: Deadline, *, check_mode: bool = False) -> None:
        """Check that the database can be written to, and create the tables if they are missing.

        In check mode only warn that they would be created.
        """
        known = self._there if check_mode else self._prepared
        if not known and not self._running(self._layout, deadline, sent=False, change=not check_mode):
            self._warn(NONE)

    def read(self, key: Key, deadline: Deadline, *, sent: bool = False) -> Entry:
        """Return a row; an empty one if there is none."""
        return self._reading(lambda session: _read(session, key), Entry(), deadline, sent=sent)

    def write(self, key: Key, entry: Entry, seen: Entry, deadline: Deadline, *, lease: Lease, sent: bool) -> Entry:
        """Commit a row, if nobody has changed it since it was read.

        Before a call is sent there is one try, on the session that has the lock. After it, the outcome is tried on
        fresh connections until it is written, for at least ten seconds.
        """
        entry = replace(entry, changed_at=now())
        held = t.cast(_Held, lease).session
        if sent:
            return self._write_outcome(held, key, entry, seen, deadline)
        limit = max(1.0, min(deadline.left(), STATEMENT))
        try:
            rev = _write(held, key, entry, seen.rev, limit)
        except driver().Error as error:
            self._take_back(key, entry, seen)
            raise self.lost(error, sent=False) from None
        if rev is None:
            raise overtaken(self.place, sent=False)
        return replace(entry, rev=rev)

    def _write_outcome(self, session: Session, key: Key, entry: Entry, seen: Entry, deadline: Deadline) -> Entry:
        until = time.monotonic() + max(LEAST_WAIT, min(deadline.left(), 60.0))
        seen_rev, why = seen.rev, None
        while True:
            try:
                rev = _write(session, key, entry, seen_rev, STATEMENT)
                if rev is not None:
                    return replace(entry, rev=rev)
                there = _read(session, key)
                if there != entry or there.rev != seen_rev + 1:
                    raise overtaken(self.place, sent=True)
                seen_rev = there.rev  # our own write, unconfirmed: repeat it, so that a standby has it, too
                continue
            except driver().Error as error:
                why = error.with_traceback(None)  # its frames would keep the old session open
            if time.monotonic() > until:
                raise self.lost(why, sent=True)
            time.sleep(0.3)
            with contextlib.suppress(ApiError):  # the old session is tried, fails, and then a new one is tried
                session = self._fresh(Deadline(max(1.0, until - time.monotonic())))

    def _take_back(self, key: Key, entry: Entry, seen: Entry) -> None:
        """Undo an intent that may have been committed although it failed: certainly nothing is sent for it."""
        with contextlib.suppress(ApiError, driver().Error):
            session = self._fresh(Deadline(3))
            there = _read(session, key)
            if there == entry and there.rev == seen.rev + 1:
                _write(session, key, replace(seen, changed_at=now()), there.rev, 3.0)

    def fact(self, api: str, name: str, deadline: Deadline, *, sent: bool = False) -> str | None:
        """Return a fact about an API itself."""
        query = "SELECT value FROM partnerops.fact WHERE api = %s AND name = %s"
        found = self._reading(lambda session: session.run(query, (api, name)).fetchone(), None, deadline, sent=sent)
        return found[0] if found else None

    def learn(self, api: str, name: str, value: str, deadline: Deadline) -> None:
        """Store a fact about an API itself."""
        self._running(lambda session: session.run(_LEARN, (api, name, value)), deadline, sent=True)

    def entries(self, deadline: Deadline, api: str | None = None) -> list[tuple[Key, Entry]]:
        """Return all rows, or those of one API."""
        query = f"SELECT api, marketplace, kind, email, {_NAMES}, rev FROM partnerops.entry"  # noqa: S608
        order = ' ORDER BY api COLLATE "C", marketplace COLLATE "C", kind COLLATE "C", email COLLATE "C"'
        where, values = (" WHERE api = %s", (api,)) if api is not None else ("", ())
        rows: list[t.Any] = self._reading(
            lambda session: session.run(query + where + order, values).fetchall(), [], deadline
        )
        return [((row[0], row[1], row[2], row[3]), _entry(row[4:])) for row in rows]

    def apis(self, deadline: Deadline) -> list[str]:
        """Return the APIs that have rows."""
        query = """
            WITH RECURSIVE one AS (
                SELECT min(api) AS api FROM partnerops.entry
                UNION ALL SELECT (SELECT min(api) FROM partnerops.entry WHERE api > one.api) FROM one
                WHERE one.api IS NOT NULL
            ) SELECT api FROM one WHERE api IS NOT NULL
        """
        found: list[t.Any] = self._reading(lambda session: session.run(query).fetchall(), [], deadline)
        return [row[0] for row in found]

    def facts(self, deadline: Deadline) -> list[tuple[str, str, str]]:
        """Return the facts about the APIs."""
        query = "SELECT api, name, value FROM partnerops.fact ORDER BY api, name"
        found: list[t.Any] = self._reading(lambda session: session.run(query).fetchall(), [], deadline)
        return [tuple(row) for row in found]

    def load(
        self, rows: t.Sequence[tuple[Key, Entry]], facts: t.Sequence[tuple[str, str, str]], deadline: Deadline
    ) -> None:
        """Write rows and facts in one transaction."""

        def work(session: Session) -> None:
            with session.transaction():
                for key, entry in rows:
                    changed = replace(entry, changed_at=entry.changed_at or now())
                    if _write(session, key, changed, entry.rev, STATEMENT) is None:
                        raise overtaken(self.place, sent=False)
                for fact in facts:
                    session.run(_LEARN, fact)

        self._running(work, deadline, sent=False)

    def status(self, deadline: Deadline) -> dict[str, t.Any]:
        """Describe the database; missing tables are not created."""
        found = self._running(version_of, deadline, sent=False, change=False)
        count = self._reading(lambda session: session.run(_OPEN).fetchone()[0], 0, deadline)
        return {
            "kind": self.kind,
            "place": self.place,
            "exists": bool(found),
            "writable": self._running(may_write, deadline, sent=False, change=False),
            "version": found or None,
            "open_intents": count,
        }

    # -- locks --------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self, name: str, deadline: Deadline) -> t.Iterator[Lease]:
        """Hold a name against every other session; the server releases it when the connection ends."""
        digest = hashlib.sha256(f"partnerops\0{name}".encode("utf-8", "surrogatepass")).digest()
        number, pause = int.from_bytes(digest[:8], "big", signed=True), 0.02
        while True:
            session, got = self._running(
                lambda one: (one, one.run(_LOCK, [number]).fetchone()[0]), deadline, sent=False
            )
            if got:
                break
            if not deadline.sleep(pause):
                raise busy_resource(deadline)
            pause = min(0.25, pause * 1.5)
        try:
            yield _Held(session)
        finally:
            try:
                session.run("SELECT pg_advisory_unlock(%s)", [number])
            except driver().Error:
                session.close()

    @contextlib.contextmanager
    def hold(self, key: tuple[str, ...], deadline: Deadline) -> t.Iterator[Creation]:
        """Hold the create lock of a tenant or app."""
        self.ready(deadline)
        with self.locked("create\0" + "\0".join(key), deadline) as lease:
            creation = Creation(t.cast(_Held, lease).session, key, deadline, self._fresh, self.lost)
            creation.settle()
            yield creation
            creation.done()

    # -- sessions -----------------------------------------------------------------------------------------------------

    def _reading(self, look: t.Callable[[Session], R], none: R, deadline: Deadline, *, sent: bool = False) -> R:
        """Read something, which changes nothing: where there are no tables yet, there is nothing to read."""
        return self._running(
            lambda session: look(session) if self._layout(session) else none, deadline, sent, change=False
        )

    def _layout(self, session: Session) -> int:
        """Return the layout of the tables; 0 if there are none."""
        return schema.VERSION if self._there else version_of(session)

    def _running(self, work: t.Callable[[Session], R], deadline: Deadline, sent: bool, *, change: bool = True) -> R:
        """Run something on this thread's session; if that is dead, as idle ones may be, once more on a fresh one.

        :param change: create the tables if they are missing
        """
        for again in (False, True):
            session = self._session(deadline, sent, change)
            try:
                if change and not self._prepared:
                    self._prepare(session, deadline, change=True)
                return work(session)
            except driver().Error as error:
                if again or session.usable:
                    raise self.lost(error, sent) from None
        raise AssertionError  # the loop ends in one of its branches

    def _session(self, deadline: Deadline, sent: bool, change: bool = True) -> Session:
        if self._pid != os.getpid():  # forked: a connection must not be used by two processes
            self._mine.__dict__.clear()
            self._begin()
        session: Session | None = getattr(self._mine, "session", None)
        if session is None or not session.usable:
            try:
                session = self._fresh(deadline, change=change)
            except ApiError as error:
                raise self._after(error) if sent else error from None
        return session

    def _fresh(self, deadline: Deadline, *, change: bool = True) -> Session:
        session = connect(self._target, self._watch, deadline)
        if not self._prepared:
            try:
                self._prepare(session, deadline, change=change)
            except driver().Error as error:  # the connection was lost since
                raise refused_connection(self.place, error) from None
        self._mine.session = session
        return session

    def _prepare(self, session: Session, deadline: Deadline, *, change: bool) -> None:
        found = prepare(session, self._target, deadline, change=change)
        if change and not found:
            self._warn(NEW)
        self._there = self._there or change or found == schema.VERSION
        self._prepared = self._prepared or change

    def _warn(self, text: str) -> None:
        self._context.warn(text.format(place=self.place[0].upper() + self.place[1:]))

    def close(self) -> None:
        """Close this thread's connection; other threads' connections close with their threads."""
        session = getattr(self._mine, "session", None)
        if session is not None and self._pid == os.getpid():
            session.close()
            del self._mine.session

    def lost(self, error: t.Any, sent: bool) -> ApiError:
        """Return the failure for an error of the driver."""
        words = shortened(error, 200)
        if sent:
            return self._after(ApiError("unreachable", words))
        known = driver()
        gone = isinstance(error, (known.OperationalError, known.InterfaceError)) and not _said(error)
        what = f"The connection to {self.place} was lost" if gone else f"A statement failed in {self.place}"
        return ApiError("unreachable", f"{what} ({words}). Nothing was sent. Run again once it works.")

    def _after(self, error: ApiError) -> ApiError:
        words = error.msg.replace(" Nothing was sent.", "").rstrip(".")
        return ApiError(
            "unknown_outcome",
            f"The call was sent and got a response, but the outcome could not be written to {self.place} ({words}). "
            "The next run treats the outcome as unknown. Repair the database first.",
            executed=True,
        )


def _said(error: t.Any) -> bool:
    """Return whether a server that goes on refused a statement: its disk is full, or a limit was reached."""
    return bool(error.sqlstate) and not error.sqlstate.startswith(("08", "57P"))


def _values(key: Key, entry: Entry, seen: int) -> dict[str, t.Any]:
    named = dict(zip(("api", "marketplace", "kind", "email"), key))
    return {**named, **{name: getattr(entry, name) for name in _COLUMNS}, "seen": seen}


def _read(session: Session, key: Key) -> Entry:
    found = session.run(_READ, _values(key, Entry(), 0)).fetchone()
    return _entry(found) if found else Entry()


def _write(session: Session, key: Key, entry: Entry, seen: int, limit: float) -> int | None:
    found = session.run(_WRITE, _values(key, entry, seen), limit).fetchone()
    return int(found[0]) if found else None


def _entry(values: t.Sequence[t.Any]) -> Entry:
    return Entry(**dict(zip((*_COLUMNS, "rev"), values)))
