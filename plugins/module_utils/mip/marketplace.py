# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Bring many clients and members of one marketplace to a declaration, through a few threads."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..bulk.batch import REFUSED, Batch
from ..bulk.items import Item
from ..bulk.pool import Job
from ..errors import ApiError, counted, invalid
from ..identity import email_key
from ..operation import Result, Task
from .api import MipAPI
from .client import ClientSpec, Guard, ensure_client
from .connection import mip_connection
from .ledger import ABSENT, Entry, Ledger
from .member import UNCONFIRMED, MemberSpec, ensure_member
from .outcome import Outcome


class BulkGuard(Guard, t.Protocol):
    """A guard for many addresses."""

    def prepare(self, emails: t.Sequence[str]) -> None:
        """Look all of these up at once."""


@dataclass
class Declared(Item[Outcome]):
    """A declared client or member."""

    spec: ClientSpec | MemberSpec | None = None
    kind: str = "client"

    @property
    def email(self) -> str:
        """Return its address, as declared."""
        return self.spec.email if self.spec else ""

    @property
    def label(self) -> str:
        """Return the name that messages use."""
        return f"{self.kind} {self.email}"

    @property
    def changed(self) -> bool:
        """Return whether anything was changed, even if a later step failed: a client was registered but not blocked."""
        return super().changed or bool(self.error and self.error.result.get("changed"))

    @property
    def created(self) -> bool:
        """Return whether it was registered or invited, or would be."""
        return bool(self.outcome and self.outcome.made and self.outcome.resource.get("state") != ABSENT)

    def outcome_status(self) -> str:
        """Return the status under which it is counted if all went well."""
        if self.outcome is not None and self.outcome.resource.get("state") == UNCONFIRMED:
            return "unconfirmed"
        if not self.changed or self.created:
            return super().outcome_status()
        return "removed" if self.outcome and self.outcome.made else "updated"


class Marketplace:
    """One run over one marketplace.

    :param number: id of the marketplace
    :param clients: the declared clients; the items are filled in
    :param members: the declared members, likewise
    :param guard: looks addresses up among the tenants
    """

    def __init__(
        self,
        task: Task,
        number: int,
        clients: list[Declared],
        members: list[Declared],
        guard: BulkGuard | None = None,
    ) -> None:
        self.number = number
        self.clients, self.members = clients, members
        self.items = [*clients, *members]
        #: why nothing was created, if ``max_creates`` forbids it
        self.refusal: ApiError | None = None
        connection = mip_connection(task.params)
        self._task = task
        self._client = MipAPI.of(connection, task.context)
        self._ledger = Ledger.of(connection.state, connection.base, task.context)
        self._deadline = lambda: task.deadline(connection.deadline)
        self._guard = guard
        params = task.params
        self.batch = Batch(
            task,
            "mip_marketplace",
            len(self.items),
            concurrency=params["concurrency"],
            stop_on_error=params["on_error"] == "stop",
        )

    def run(self) -> None:
        """Bring everything to the declared state. A failing item stops no other, unless ``on_error`` says so.

        :raises ApiError: if nothing can be started
        """
        if self.members or any(
            one.spec and (one.spec.state == ABSENT or one.spec.blocked is not None) for one in self.clients
        ):
            self._client.need_signing()
        missing = self._may_be_created()
        most = self._task.params.get("max_creates")
        bounded = most is not None and len(missing) > most
        if bounded and not self._task.check_mode:
            self._plan(missing)
            self._check_bound(most or 0)
        if self._guard and self.refusal is None:
            self._guard.prepare([item.email for item in missing])
        self.batch.run([self._job(item) for item in self.items])
        if bounded and self._task.check_mode:
            self._check_bound(most or 0)
        if self._task.check_mode and self.refusal is None:
            self._ledger.predict(*(item.outcome for item in self.items if item.outcome))
        self.batch.close(self.items)

    def undeclared(self) -> list[Result]:
        """Return the clients and members that the ledger has and nobody declares. They are never touched."""
        found: list[Result] = []
        for kind, group in (("client", self.clients), ("member", self.members)):
            declared = {email_key(item.email) for item in group}
            try:
                entries = self._ledger.entries(kind, self.number, self._deadline())
            except ApiError as error:
                self._task.warn(f"The {kind}s that are not declared are unknown: {error}")
                continue
            found += [
                {"kind": kind, "email": email, "id": entry.id}
                for email, entry in entries
                if _there(entry) and email_key(email) not in declared
            ]
        return found

    def _may_be_created(self) -> list[Declared]:
        """Return the items for which something might be created, as far as the ledger and the task say."""
        names = [(item.kind, self.number, item.email) for item in self.items]
        try:
            entries = self._ledger.peek_many(names, self._deadline())
        except ApiError:  # each item will report it
            entries = [Entry()] * len(names)
        return [item for item, entry in zip(self.items, entries) if _may_create(item.spec, entry)]

    def _job(self, item: Declared) -> Job:
        def job() -> list[Job]:
            with self.batch.attempt(item):
                item.outcome = self._ensured(item)
            return []

        return job

    def _ensured(self, item: Declared, *, plan: bool = False) -> Outcome | None:
        """Bring one item to the declared state.

        :param plan: only find out what would be done, and look nothing up among the tenants
        """
        how: dict[str, t.Any] = {
            "check_mode": self._task.check_mode or plan,
            "guard": None if plan else self._guard,
        }
        if isinstance(item.spec, ClientSpec):
            return ensure_client(self._client, self._ledger, item.spec, self._deadline(), **how)
        if item.spec is not None:
            return ensure_member(self._client, self._ledger, item.spec, self._deadline(), **how)
        return None

    def _plan(self, items: list[Declared]) -> None:
        """Find out which of the items would be created. A failure here is met and reported by the run itself."""
        guesses = [Declared(spec=item.spec, kind=item.kind) for item in items]

        def look(item: Declared, guess: Declared) -> list[Job]:
            try:
                guess.outcome = self._ensured(guess, plan=True)
            except ApiError:
                return []
            item.planned = guess.created
            return []

        self.batch.run([lambda pair=pair: look(*pair) for pair in zip(items, guesses)])  # type: ignore[misc]

    def _check_bound(self, most: int) -> None:
        planned = [item for item in self.items if item.planned or item.created]
        if len(planned) <= most:
            for item in planned:
                item.planned = False
            return
        clients = sum(item.kind == "client" for item in planned)
        self.refusal = invalid(
            f"{counted(clients, 'client')} would be registered and {counted(len(planned) - clients, 'member')} "
            f"invited, and max_creates is {most}. Nothing was changed. An invitation can't be taken back: check the "
            "declaration, and raise max_creates if all of them are intended."
        )
        self.batch.stop(REFUSED)


def _may_create(spec: ClientSpec | MemberSpec | None, entry: Entry) -> bool:
    """Return whether something might be created, given the ledger's entry."""
    if spec is None or spec.state == ABSENT:
        return False
    if isinstance(spec, ClientSpec):
        return not entry.present and spec.client_id is None
    if entry.intent:
        return spec.on_unconfirmed == "resend"
    return not entry.present and not (spec.user_id is not None and not spec.password)


def _there(entry: Entry) -> bool:
    """Return whether an entry is about somebody who exists, or may exist."""
    return entry.present or entry.intent in ("add", "register")
