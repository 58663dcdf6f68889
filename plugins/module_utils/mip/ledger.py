# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this account has done at MIP, since the API has no call that reads.

One row for each API, marketplace, kind and e-mail. Before a write is sent, the intent is committed; after its answer,
the outcome. An intent that is found without outcome means: sent or not, executed or not, nobody knows. While a resource
works on a row it holds the row's lock, so that such an intent is never one that is still under way. There is no secret
in it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from urllib.parse import urlsplit

from ..http.deadline import Deadline
from ..identity import email_key
from ..run.store import digest
from .ledger_file import LedgerFile

PRESENT, ABSENT, UNKNOWN = "present", "absent", "unknown"
_COLUMNS = ("id", "state", "blocked", "intent", "intent_at", "toggle_at", "sent_by")
_READ = (
    "SELECT id, state, blocked, intent, intent_at, toggle_at, sent_by FROM entry "
    "WHERE api = ? AND marketplace = ? AND kind = ? AND email = ?"
)
_LIST = (
    "SELECT email, id, state, blocked, intent, intent_at, toggle_at, sent_by FROM entry "
    "WHERE api = ? AND marketplace = ? AND kind = ? ORDER BY email"
)
_WRITE = (
    "INSERT OR REPLACE INTO entry (api, marketplace, kind, email, changed_at, "
    "id, state, blocked, intent, intent_at, toggle_at, sent_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True)
class Entry:
    """One row.

    :param state: ``present``, ``absent`` or ``unknown``
    :param blocked: None where it is not known
    :param intent: ``add``, ``register`` or ``remove`` that has no outcome
    :param toggle_at: when a block or unblock was about to be sent that has no outcome (UTC, ISO 8601)
    """

    id: int | None = None
    state: str = UNKNOWN
    blocked: bool | None = None
    intent: str | None = None
    intent_at: str | None = None
    toggle_at: str | None = None
    sent_by: str | None = None

    @property
    def present(self) -> bool:
        """It is there, as far as this account has seen, and nothing is open that could have removed it."""
        return self.state == PRESENT and not self.intent

    @property
    def absent(self) -> bool:
        """It was removed, as far as this account has seen, and nothing is open that could have made it again."""
        return self.state == ABSENT and not self.intent


class Ledger:
    """The ledger of one API. Threads and processes may share it.

    :param path: the file
    :param base: base URL of the API; host and prefix tell the rows of several APIs apart
    """

    def __init__(self, path: str, base: str) -> None:
        self.file = LedgerFile(path)
        parts = urlsplit(base)
        self.api = parts.netloc.lower() + parts.path

    @contextlib.contextmanager
    def row(
        self, kind: str, marketplace: int | None, email: str, deadline: Deadline, *, check_mode: bool = False
    ) -> t.Iterator[Row]:
        """Hold one row, until whatever is done about it is done. In check mode it is only read.

        :raises ApiError: where the ledger can't be used, or another task holds the row beyond the deadline
        """
        key = ("" if marketplace is None else str(marketplace), kind, email_key(email))
        if check_mode:
            yield Row(self, key, self.read(key, deadline), deadline, frozen=True)
            return
        with self.file.lock(digest(self.api, *key)[:32], deadline):
            yield Row(self, key, self.read(key, deadline), deadline)

    def peek(self, kind: str, marketplace: int | None, email: str, deadline: Deadline) -> Entry:
        """A row without holding it."""
        return self.read(("" if marketplace is None else str(marketplace), kind, email_key(email)), deadline)

    def read(self, key: tuple[str, str, str], deadline: Deadline) -> Entry:
        """A row by its key; an empty one where there is none."""
        with self.file.opened(deadline, create=False) as connection:
            if connection is None:
                return Entry()
            found = connection.execute(_READ, (self.api, *key)).fetchone()
        return Entry() if found is None else _entry(found)

    def entries(self, kind: str, marketplace: int | None, deadline: Deadline) -> list[tuple[str, Entry]]:
        """Return every row of a kind in one marketplace with its address, in the order of the addresses."""
        place = "" if marketplace is None else str(marketplace)
        with self.file.opened(deadline, create=False) as connection:
            if connection is None:
                return []
            found = connection.execute(_LIST, (self.api, place, kind)).fetchall()
        return [(row[0], _entry(row[1:])) for row in found]

    def write(self, key: tuple[str, str, str], entry: Entry, deadline: Deadline, *, sent: bool) -> None:
        """Commit a row."""
        values = [getattr(entry, name) for name in _COLUMNS]
        with self.file.opened(deadline, create=True, sent=sent) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_WRITE, (self.api, *key, _now(), *values))
            connection.execute("COMMIT")

    def fact(self, name: str, deadline: Deadline) -> str | None:
        """Something that was learned of the API itself."""
        with self.file.opened(deadline, create=False) as connection:
            query = "SELECT value FROM fact WHERE api = ? AND name = ?"
            found = connection.execute(query, (self.api, name)).fetchone() if connection is not None else None
        return found[0] if found else None

    def learn(self, name: str, value: str, deadline: Deadline) -> None:
        """Remember something of the API itself."""
        with self.file.opened(deadline, create=True, sent=True) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO fact (api, name, value) VALUES (?, ?, ?)", (self.api, name, value)
            )


class Row:
    """One row that is held. Every method commits before it returns; in check mode they only change ``entry``."""

    def __init__(
        self, ledger: Ledger, key: tuple[str, str, str], entry: Entry, deadline: Deadline, *, frozen: bool = False
    ) -> None:
        self.ledger = ledger
        self.entry = entry
        self.deadline = deadline
        self.kind = key[1]
        self._key = key
        self._frozen = frozen
        self._before = entry

    def begin(self, intent: str, ident: int | None = None) -> None:
        """A write is about to be sent that makes it, or removes the one with this id."""
        self._before = self.entry
        ident = self.entry.id if ident is None else ident
        self._put(replace(self.entry, id=ident, intent=intent, intent_at=_now(), sent_by=_me()), sent=False)

    def begin_toggle(self) -> None:
        """A block or unblock is about to be sent: until its answer is here, the state is not known."""
        self._before = self.entry
        self._put(replace(self.entry, blocked=None, toggle_at=_now(), sent_by=_me()), sent=False)

    def undo(self) -> None:
        """What was begun was certainly not executed."""
        self._put(self._before, sent=True)

    def learned(self, ident: int | None, blocked: bool | None, *, sent: bool = False) -> None:
        """It is there, as a login or an answer showed; a block state that was not shown stays as it is.

        :param sent: the answer was one to a write
        """
        entry = self.entry
        if ident is not None and entry.id not in (None, ident):
            entry = Entry()  # another one with the same address: nothing that was known holds
        known: dict[str, t.Any] = {} if blocked is None else {"blocked": blocked, "toggle_at": None}
        ident = entry.id if ident is None else ident
        after = replace(entry, id=ident, state=PRESENT, intent=None, intent_at=None, sent_by=None, **known)
        if after != self.entry:
            self._put(after, sent=sent)

    def removed(self, ident: int) -> None:
        """It is not there any more."""
        self._put(Entry(id=ident, state=ABSENT), sent=True)

    def invited(self, ident: int | None) -> None:
        """It was added."""
        self._put(Entry(id=ident, state=PRESENT), sent=True)

    def toggled(self, ident: int, blocked: bool | None) -> None:
        """A block or unblock was answered, so it is there."""
        self._put(Entry(id=ident, state=PRESENT, blocked=blocked), sent=True)

    def forget_toggle(self, before: Entry) -> None:
        """The toggle that was begun at BEFORE hit somebody else and was undone there."""
        self._put(replace(before, blocked=None, toggle_at=None), sent=True)

    def other(self) -> None:
        """The task names another id than the one that is known, so nothing that is known is about it."""
        self.entry = Entry()

    def rename(self, ident: int) -> None:
        """The address has another id than was known. That it was invited holds, what was done to that id does not."""
        state = UNKNOWN if self.entry.absent else self.entry.state
        self.entry = replace(self.entry, id=ident, state=state, blocked=None, toggle_at=None)

    def _put(self, entry: Entry, *, sent: bool) -> None:
        if not self._frozen:
            self.ledger.write(self._key, entry, self.deadline, sent=sent)
        self.entry = entry


def _entry(values: t.Sequence[t.Any]) -> Entry:
    entry = Entry(**dict(zip(_COLUMNS, values)))
    return replace(entry, blocked=None if entry.blocked is None else bool(entry.blocked))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _me() -> str:
    return f"{os.getpid()}@{socket.gethostname()}"
