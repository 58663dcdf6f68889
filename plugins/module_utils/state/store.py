# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The interface of the two stores (a file, a PostgreSQL database), and which of them a task uses.

A store keeps rows: what was done at MIP, since its API has no call that reads. A shared store also keeps the create
locks of tenants and apps for all machines. It contains no secrets. A task uses the store that its options name and
never the other one instead: two half-filled stores are worse than none.
"""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..options import LEDGER_PATH
from ..run.context import RunContext
from ..run.locks import CreateLocks

PRESENT, ABSENT, UNKNOWN = "present", "absent", "unknown"
#: (API, marketplace, kind, address): what a row is about
Key = tuple[str, str, str, str]
#: seconds for which a store at least tries to record what was sent, even when the deadline is over
LEAST_WAIT = 10.0


def now() -> str:
    """Return the time in the form in which rows have it: UTC, ISO 8601, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Entry:
    """One row.

    :param state: ``present``, ``absent`` or ``unknown``
    :param blocked: None if it is not known
    :param intent: ``add``, ``register`` or ``remove`` without an outcome
    :param toggle_at: when a block or unblock without an outcome was about to be sent (UTC, ISO 8601)
    :param sent_by: process and machine that wrote the intent
    :param rev: counts the changes of the row; 0 if there is no row
    """

    id: int | None = None
    state: str = UNKNOWN
    blocked: bool | None = None
    intent: str | None = None
    intent_at: str | None = None
    toggle_at: str | None = None
    sent_by: str | None = None
    changed_at: str | None = field(default=None, compare=False)
    rev: int = field(default=0, compare=False)

    @property
    def present(self) -> bool:
        """Return whether it exists, as far as this account knows, with no open call that could have removed it."""
        return self.state == PRESENT and not self.intent

    @property
    def absent(self) -> bool:
        """Return whether it was removed, as far as this account knows, with no open call that could undo that."""
        return self.state == ABSENT and not self.intent

    @property
    def open(self) -> bool:
        """Return whether a call was about to be sent and has no outcome."""
        return bool(self.intent or self.toggle_at)


class Lease(t.Protocol):
    """A row's lock that is held. A store may need it to record what is about to be sent."""


class Store(t.Protocol):
    """Rows, facts and locks. Threads may share a store; each process makes its own.

    Everything raises :class:`ApiError`. ``sent`` means that a call was sent before, so that no message denies it.
    """

    kind: str
    place: str

    def ready(self, deadline: Deadline, *, check_mode: bool = False) -> None:
        """Check that the store can be written to, and create it if it is missing, before anything is sent."""

    def locked(self, name: str, deadline: Deadline) -> t.ContextManager[Lease]:
        """Hold a name against every other thread, process and (if shared) machine."""

    def read(self, key: Key, deadline: Deadline, *, sent: bool = False) -> Entry:
        """Return a row; an empty one if there is none."""

    def write(self, key: Key, entry: Entry, seen: Entry, deadline: Deadline, *, lease: Lease, sent: bool) -> Entry:
        """Commit a row that was last read as ``seen``; return it as it is stored.

        A row that somebody else has changed meanwhile is not touched, and the call fails.
        """

    def fact(self, api: str, name: str, deadline: Deadline, *, sent: bool = False) -> str | None:
        """Return a fact about an API itself."""

    def learn(self, api: str, name: str, value: str, deadline: Deadline) -> None:
        """Store a fact about an API itself."""

    def entries(self, deadline: Deadline, api: str | None = None) -> list[tuple[Key, Entry]]:
        """Return all rows, or those of one API, sorted by key."""

    def apis(self, deadline: Deadline) -> list[str]:
        """Return the APIs that have rows."""

    def facts(self, deadline: Deadline) -> list[tuple[str, str, str]]:
        """Return the facts about the APIs: (API, name, value)."""

    def load(
        self, rows: t.Sequence[tuple[Key, Entry]], facts: t.Sequence[tuple[str, str, str]], deadline: Deadline
    ) -> None:
        """Write rows and facts, all or none, each only if it still has the ``rev`` of its entry."""

    def status(self, deadline: Deadline) -> dict[str, t.Any]:
        """Describe the store: ``kind``, ``place``, ``exists``, ``writable``, ``version``, ``open_intents``."""

    def close(self) -> None:
        """Close what is open."""


@dataclass(frozen=True)
class StateSettings:
    """A task's options about the store; also the key under which it is kept open.

    :param missing: ``create`` or ``fail``: what to do if there is no ledger file
    """

    url: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    ledger_path: str = ""
    missing: str = "create"


def state_settings(params: t.Mapping[str, t.Any]) -> StateSettings:
    """Read the options of the store.

    :raises ApiError: ``invalid_input``
    """
    url, password = params.get("state_url") or None, params.get("state_password") or None
    path = params.get("ledger_path") or ""
    if url and path and path != os.path.expanduser(LEDGER_PATH):
        raise invalid(
            "state_url and ledger_path are mutually exclusive: the ledger is in the database or in a file. Remove "
            "one of them (environment: PARTNEROPS_STATE_URL, MIP_LEDGER_PATH). Nothing was sent."
        )
    if password and not url:
        raise invalid(
            "state_password is set, but state_url is not: set both or none (environment: PARTNEROPS_STATE_PASSWORD, "
            "PARTNEROPS_STATE_URL). Nothing was sent."
        )
    return StateSettings(url, password, "" if url else path, params.get("ledger_missing") or "create")


def open_store(settings: StateSettings, context: RunContext) -> Store:
    """Return the one store of this process for these settings."""
    return context.client(_opened, settings, tuple(sorted(_libpq_environment())))


def create_locks(settings: StateSettings, context: RunContext) -> CreateLocks | None:
    """Return the shared create locks; None without a shared store, when lock files on this machine are used."""
    return t.cast(CreateLocks, open_store(settings, context)) if settings.url else None


def prove_locks(settings: StateSettings, task: t.Any, seconds: float) -> None:
    """Check, before anything is created, that a shared store works if there is one.

    :param task: the task; in check mode nothing is created, so nothing is checked
    """
    if settings.url and not task.check_mode:
        open_store(settings, task.context).ready(Deadline(seconds))


def _opened(settings: StateSettings, context: RunContext) -> Store:
    if settings.url:
        from .postgresql_store import PostgresqlStore  # noqa: PLC0415 - only if it is used

        context.secrets.add(settings.url, settings.password)
        return PostgresqlStore(settings, context)
    from .sqlite_store import SqliteStore  # noqa: PLC0415

    return SqliteStore(settings.ledger_path, missing=settings.missing, context=context)


def _libpq_environment() -> t.Iterator[tuple[str, str]]:
    for name, value in os.environ.items():
        if name.startswith("PG"):
            yield name, value


def merged(one: Entry, other: Entry) -> Entry:
    """Make one row from two about the same thing: the safer state wins.

    An open intent wins over ``present``, which wins over ``absent``, which wins over ``unknown``: so nothing is sent a
    second time because of the weaker row. A block state on which the two differ becomes unknown; an open toggle stays
    open.
    """
    first, second = sorted((one, other), key=_safety, reverse=True)
    toggle = first.toggle_at or second.toggle_at
    known = {entry.blocked for entry in (first, second) if entry.blocked is not None}
    same = None in (first.id, second.id) or first.id == second.id
    blocked = known.pop() if len(known) == 1 and same and not toggle else None
    return Entry(
        id=first.id if first.id is not None else second.id,
        state=first.state,
        blocked=None if first.state == ABSENT and not first.intent else blocked,
        intent=first.intent,
        intent_at=first.intent_at,
        toggle_at=toggle,
        sent_by=first.sent_by or second.sent_by,
        changed_at=max(filter(None, (first.changed_at, second.changed_at)), default=None),
        rev=one.rev,
    )


def contradicts(one: Entry, other: Entry) -> bool:
    """Return whether two rows about the same thing contradict each other."""
    if (one.state, one.intent, bool(one.toggle_at)) != (other.state, other.intent, bool(other.toggle_at)):
        return True
    return any(
        mine is not None and theirs is not None and mine != theirs
        for mine, theirs in ((one.id, other.id), (one.blocked, other.blocked))
    )


def _safety(entry: Entry) -> int:
    return 3 if entry.intent else {PRESENT: 2, ABSENT: 1}.get(entry.state, 0)


def overtaken(place: str, sent: bool) -> ApiError:
    """Return the error for a row that somebody else changed although this task held it."""
    if sent:
        return ApiError(
            "unknown_outcome",
            f"The call was sent and got a response, but its row in {place} was changed by another machine in the "
            "meantime, so the outcome was not recorded. Run again, and look at the row with mip_ledger_info first.",
            executed=True,
        )
    return ApiError(
        "undetermined",
        f"The row in {place} was changed by another machine while this task worked on it. Nothing was sent. Run again.",
    )
