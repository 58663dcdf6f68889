# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Create locks of tenants and apps in the shared state: who created something, and when, by the server's clock."""

from __future__ import annotations

import contextlib
import hashlib
import time
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline
from .postgresql_session import STATEMENT, Session
from .postgresql_url import driver

_CREATED = """
    INSERT INTO partnerops.creation (key, at) VALUES (%s, {at})
    ON CONFLICT (key) DO UPDATE SET at = excluded.at
"""
_UNDER_WAY = "SELECT 1 FROM partnerops.creation WHERE key = %s AND at = 'infinity'"
#: seconds for which the vendor may go on with a call whose machine was killed or lost its lock
GRACE = 10.0
#: characters of a key that are stored, far less than an index takes
_LONGEST = 300


def stored_key(key: tuple[str, ...]) -> str:
    """Return a key as the table keeps it: readable, and without anything that PostgreSQL can't keep in a text.

    A NUL or half of a surrogate pair is escaped, and a key that is too long for an index ends in its digest.
    """
    text = "".join(
        one if one.isprintable() and one != "\\" else one.encode("unicode_escape").decode() for one in " ".join(key)
    )
    if len(text) <= _LONGEST:
        return text
    return f"{text[:200]}… {hashlib.sha256(text.encode()).hexdigest()}"


class Lost(t.Protocol):
    """Makes the error for an error of the driver."""

    def __call__(self, error: t.Any, sent: bool) -> ApiError:
        """Return the error; ``sent`` if a call was sent before."""


class Creation:
    """A held create lock, with the time of the last creation by the server's clock.

    :param fresh: returns a session on a new connection
    :param lost: makes the error if the database can't be used
    """

    def __init__(
        self,
        session: Session,
        key: tuple[str, ...],
        deadline: Deadline,
        fresh: t.Callable[[Deadline], Session],
        lost: Lost,
    ) -> None:
        self._session, self._key, self._deadline = session, stored_key(key), deadline
        self._fresh, self._lost = fresh, lost
        self._before: str | None = None
        self._used = False

    def settle(self) -> None:
        """Wait for a creation that is under way although its lock is free, until it ends or should have ended.

        Its machine was killed or lost its connection, and the vendor may still be creating: who looked now would find
        nothing, and create a second one.
        """
        until = time.monotonic() + min(GRACE, self._deadline.left() / 3)
        while self._run(_UNDER_WAY, (self._key,)).fetchone():
            if time.monotonic() >= until or not self._deadline.sleep(0.25):
                self._run(_CREATED.format(at="clock_timestamp()"), (self._key,))
                return

    def used_since(self, moment: float) -> bool:
        """Return whether anybody created something under the key since then, by its age: clocks of machines differ."""
        age = max(0.0, time.time() - moment) + 1.0
        query = "SELECT at >= clock_timestamp() - make_interval(secs => %s) FROM partnerops.creation WHERE key = %s"
        found = self._run(query, (min(age, 1e8), self._key)).fetchone()
        return bool(found and found[0])

    def unfinished(self) -> float:
        """Return 0: :meth:`settle` has waited."""
        return 0.0

    def use(self) -> None:
        """Record that something is about to be created."""
        found = self._run("SELECT at::text FROM partnerops.creation WHERE key = %s", (self._key,)).fetchone()
        self._before = found[0] if found else "-infinity"
        self._run(_CREATED.format(at="'infinity'"), (self._key,))
        self._used = True

    def refused(self) -> None:
        """Undo :meth:`use`."""
        if self._used:
            self._used = False
            with contextlib.suppress(ApiError):  # the mark stays, which only makes others look again
                self._run(_CREATED.format(at="%s"), (self._key, self._before))

    def done(self) -> None:
        """Record when the creation ended. A lost database must not hide that it succeeded."""
        if self._used:
            self._used = False
            query = _CREATED.format(at="clock_timestamp()")
            with contextlib.suppress(ApiError):
                self._run(query, (self._key,))
                return
            # Others wait for this. If it fails, too, the mark "under way" stays, and they wait a while.
            with contextlib.suppress(ApiError, driver().Error):
                self._fresh(Deadline(3)).run(query, (self._key,), 3.0)

    def _run(self, query: str, values: t.Sequence[t.Any]) -> t.Any:
        try:
            return self._session.run(query, values, max(1.0, min(self._deadline.left(), STATEMENT)))
        except driver().Error as error:
            raise self._lost(error, sent=False) from None
