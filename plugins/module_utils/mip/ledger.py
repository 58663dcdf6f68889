# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What this account has done at MIP, since the API has no call that reads.

There is one row for each API, marketplace, kind and e-mail address. Before a write is sent, the intent is committed;
after its response, the outcome. An intent without an outcome means: it is unknown whether the write was sent or
executed. While a task works on a row it holds the row's lock, so such an intent never belongs to a write that is still
under way. ``state/`` decides where the rows are kept.
"""

from __future__ import annotations

import contextlib
import os
import socket
import typing as t
from dataclasses import replace

from ..errors import ApiError
from ..http.deadline import Deadline
from ..identity import account_key, email_key, host_key
from ..run.context import RunContext
from ..run.store import digest
from ..state.sqlite_schema import MIGRATED
from ..state.sqlite_store import SqliteStore
from ..state.store import ABSENT, PRESENT, UNKNOWN, Entry, Key, Lease, StateSettings, Store, now, open_store

if t.TYPE_CHECKING:
    from .outcome import Outcome

__all__ = ["ABSENT", "PRESENT", "UNKNOWN", "Entry", "Ledger", "Row"]

#: From this many rows on, reading all rows of the API is quicker than reading each.
MANY = 20
NO_ENTRY = Entry()


#: Stands for all rows that a check run predicted.
_ALL_ROWS: Key = ("", "", "", "")


class Ledger:
    """The ledger of one API. Threads may share it.

    :param store: keeps the rows
    :param base: base URL of the API; its key separates the rows of several APIs
    :param context: shows warnings
    """

    def __init__(self, store: Store, base: str, context: RunContext | None = None) -> None:
        self.store = store
        self.api = account_key(base)
        self._context = context
        self._looked_around = False
        self._migrated: str | None = None
        #: in check mode: the revision of each row that predictions start from
        self._read_revs: dict[Key, int] = {}

    @classmethod
    def at(cls, path: str, base: str) -> Ledger:
        """Return the ledger in a file."""
        return cls(SqliteStore(path), base)

    @classmethod
    def of(cls, settings: StateSettings, base: str, context: RunContext) -> Ledger:
        """Return the ledger that a task's options name."""
        return cls(open_store(settings, context), base, context)

    @contextlib.contextmanager
    def row(
        self, kind: str, marketplace: int | None, email: str, deadline: Deadline, *, check_mode: bool = False
    ) -> t.Iterator[Row]:
        """Hold one row until everything about it is done. In check mode it is only read.

        :raises ApiError: if the ledger can't be used, or another task holds the row beyond the deadline
        """
        self.store.ready(deadline, check_mode=check_mode)
        self._look_around(deadline)
        key = self._key(kind, marketplace, email)
        if check_mode:
            yield self._predicted(Row(self, key, self._read(key, email, deadline), deadline))
            return
        with self.store.locked("\0".join(key), deadline) as lease:
            yield Row(self, key, self._read(key, email, deadline), deadline, lease)

    def peek(self, kind: str, marketplace: int | None, email: str, deadline: Deadline, *, sent: bool = False) -> Entry:
        """Return a row without holding it.

        :param sent: a call was sent before, so no message may deny it
        """
        return self._read(self._key(kind, marketplace, email), email, deadline, sent=sent)

    def predict(self, *outcomes: Outcome) -> None:
        """Remember what a real run would have done, for the later tasks of this check run."""
        changed = [outcome for outcome in outcomes if outcome.changed]
        if self._context is None or not self._context.predicts or not changed:
            return
        keys = []
        for outcome in changed:
            resource = outcome.resource
            key = self._key(outcome.kind, resource.get("marketplace_id"), resource["email"])
            found = {"state": resource["state"], "blocked": resource.get("blocked"), "rev": self._read_revs.get(key)}
            self._context.store.put(self._memory(key), found)
            keys.append(list(key))
        with self._context.store.locked(self._memory(_ALL_ROWS), Deadline(10)) as slot:
            slot.write({"keys": [*slot.read().get("keys", ()), *keys]})

    def predicted(self) -> dict[Key, Entry]:
        """Return the rows that earlier tasks of this check run predicted."""
        if self._context is None:
            return {}
        store = self._context.store
        keys: list[Key] = [tuple(key) for key in store.peek(self._memory(_ALL_ROWS)).get("keys", ())]
        found = {key: store.peek(self._memory(key)) for key in keys if key[0] == self.api}
        return {key: replace(Entry(), state=row["state"], blocked=row["blocked"]) for key, row in found.items()}

    def _predicted(self, row: Row) -> Row:
        """Apply to a row what an earlier task of this check run predicted, if nobody has changed the row since."""
        found = self._context.store.peek(self._memory(row.key)) if self._context else {}
        self._read_revs[row.key] = row.entry.rev
        if found.get("state") and found.get("rev") == row.entry.rev:
            row.entry = replace(Entry(), id=row.entry.id, state=found["state"], blocked=found.get("blocked"))
            row.predicted = True
        return row

    def _memory(self, key: Key) -> str:
        return "predicted-row-" + digest(self.store.place, *key)

    def peek_many(self, names: t.Sequence[tuple[str, int | None, str]], deadline: Deadline) -> list[Entry]:
        """Return many rows without holding them, by one query: each is (kind, marketplace, address)."""
        if len(names) < MANY:
            return [self.peek(*name, deadline) for name in names]
        stored = dict(self.store.entries(deadline, self.api))

        def read(key: Key) -> Entry:
            return stored.get(key, NO_ENTRY)

        return [self._read(self._key(*name), name[2], deadline, read=read) for name in names]

    def entries(self, kind: str, marketplace: int | None, deadline: Deadline) -> list[tuple[str, Entry]]:
        """Return every row of a kind in one marketplace with its address, in the order of the addresses."""
        place = (self.api, "" if marketplace is None else str(marketplace), kind)
        rows = self.store.entries(deadline, self.api)
        return sorted(((key[3], entry) for key, entry in rows if key[:3] == place), key=lambda row: row[0])

    def fact(self, name: str, deadline: Deadline, *, sent: bool = False) -> str | None:
        """Return a fact about the API itself."""
        return self.store.fact(self.api, name, deadline, sent=sent)

    def learn(self, name: str, value: str, deadline: Deadline) -> None:
        """Store a fact about the API itself."""
        self.store.learn(self.api, name, value, deadline)

    def _key(self, kind: str, marketplace: int | None, email: str) -> Key:
        return (self.api, "" if marketplace is None else str(marketplace), kind, email_key(email))

    def _read(
        self,
        key: Key,
        email: str,
        deadline: Deadline,
        *,
        sent: bool = False,
        read: t.Callable[[Key], Entry] | None = None,
    ) -> Entry:
        """Return a row, including one that version 1.0 wrote under the case-folded address.

        Such a row may belong to another address (``straße@`` and ``strasse@`` were one). It is used all the same, so
        that nobody is invited twice.

        :param read: returns a row, if not from the store
        """
        look = read or (lambda wanted: self.store.read(wanted, deadline, sent=sent))
        found = look(key)
        old = email.strip().casefold()
        if found.rev or email_key(old) == key[3]:
            return found
        if self._migrated is None:
            self._migrated = self.store.fact("", MIGRATED, deadline, sent=sent) or ""
        other = look((*key[:3], email_key(old))) if self._migrated else found
        return replace(other, rev=0) if other.rev and (other.changed_at or "") <= self._migrated else found

    def _look_around(self, deadline: Deadline) -> None:
        """Warn, once per run, of rows of the same host under another key: the URL was probably spelled differently."""
        context = self._context
        if self._looked_around or context is None:
            return
        self._looked_around = True
        memory = "ledger-apis-" + digest(self.store.place, self.api)
        if context.store.peek(memory).get("looked"):
            return
        context.store.put(memory, {"looked": True})
        host = _host(self.api)
        others = [api for api in self.store.apis(deadline) if api != self.api and _host(api) == host]
        if others:
            context.warn(
                f"{self.store.place} has rows of {', '.join(others)}, and api_url names {self.api}. If both are the "
                "same API, set api_url as before: otherwise nobody is known, and everybody declared is invited."
            )


class Row:
    """One held row. Every method commits before it returns; in check mode they only change ``entry``."""

    def __init__(self, ledger: Ledger, key: Key, entry: Entry, deadline: Deadline, lease: Lease | None = None) -> None:
        self.ledger = ledger
        self.entry = entry
        self.deadline = deadline
        self.kind = key[2]
        self.key = key
        #: an earlier task of a check run would have made it so
        self.predicted = False
        self._lease = lease
        self._before = self._stored = entry
        #: a call was sent while the row was held, so no message may say that nothing was sent
        self.sent = False

    def begin(self, intent: str, ident: int | None = None) -> None:
        """Record that a call is about to be sent that creates it, or removes the one with this id."""
        self._before = self.entry
        ident = self.entry.id if ident is None else ident
        self._put(replace(self.entry, id=ident, intent=intent, intent_at=now(), sent_by=_me()))
        self.sent = True

    def begin_toggle(self) -> None:
        """Record that a block or unblock is about to be sent: until its response, the state is unknown."""
        self._before = self.entry
        self._put(replace(self.entry, blocked=None, toggle_at=now(), sent_by=_me()))
        self.sent = True

    def undo(self) -> None:
        """Undo what was begun: it was certainly not executed."""
        self._put(self._before)

    def learned(self, ident: int | None, blocked: bool | None) -> None:
        """Record that it exists, as a login or a response showed; a block state that was not shown is kept."""
        entry = self.entry
        if ident is not None and entry.id not in (None, ident):
            entry = Entry()  # another one with the same address: what was known is obsolete
        known: dict[str, t.Any] = {} if blocked is None or self.predicted else {"blocked": blocked, "toggle_at": None}
        ident = entry.id if ident is None else ident
        after = replace(entry, id=ident, state=PRESENT, intent=None, intent_at=None, sent_by=None, **known)
        if after != self.entry:
            self._put(after)

    def removed(self, ident: int) -> None:
        """Record that it does not exist any more."""
        self._put(Entry(id=ident, state=ABSENT))

    def invited(self, ident: int | None) -> None:
        """Record that it was added."""
        self._put(Entry(id=ident, state=PRESENT))

    def toggled(self, ident: int, blocked: bool | None) -> None:
        """Record the response to a block or unblock, which also proves that it exists."""
        self._put(Entry(id=ident, state=PRESENT, blocked=blocked))

    def forget_toggle(self, before: Entry) -> None:
        """Record that the toggle begun at ``before`` hit somebody else and was undone there."""
        self._put(replace(before, blocked=None, toggle_at=None))

    def other(self) -> None:
        """Forget what is known: the task names another id."""
        self.entry = Entry()

    def rename(self, ident: int) -> None:
        """Give the address another id. That it was invited is kept, what was done to the old id is not."""
        state = UNKNOWN if self.entry.absent else self.entry.state
        self.entry = replace(self.entry, id=ident, state=state, blocked=None, toggle_at=None)

    def _put(self, entry: Entry) -> None:
        if self._lease is not None:
            entry = replace(entry, changed_at=None)
            self._stored = self.ledger.store.write(
                self.key, entry, self._stored, self.deadline, lease=self._lease, sent=self.sent
            )
        self.entry = entry


def ledger_failed(error: ApiError) -> bool:
    """Return whether the call succeeded and only recording its outcome failed."""
    return error.code == "unknown_outcome" and error.executed is True


def _host(api: str) -> str:
    name = api.partition("/")[0]
    return host_key(name.rpartition("]")[0] or name.partition(":")[0])


def _me() -> str:
    return f"{os.getpid()}@{socket.gethostname()}"
