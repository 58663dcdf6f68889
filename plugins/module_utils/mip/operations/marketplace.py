# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``partnerops.saas.mip_marketplace`` does: many clients and members through a few threads.

It decides nothing about one of them: :func:`..client.ensure_client` and :func:`.member.ensure_member` do, as in the
single modules. Their ledger keeps an invitation from being sent twice, whatever is killed when.
"""

from __future__ import annotations

import os
import threading
import typing as t
from dataclasses import dataclass

from ...bulk.items import MANY_OPTIONS, Item, Progress, Settling, check_many, failed, summary, told
from ...bulk.pool import Job, Pool
from ...errors import ApiError, invalid
from ...http.deadline import Deadline
from ...identity import email_key
from ...mobsted.tenant_guard import TenantGuard, guard_options
from ...operation import Example, Operation, Result, Task
from ..api import MipAPI
from ..client import ClientSpec, ensure_client
from ..connection import mip_connection
from ..ledger import Ledger
from ..member import MemberSpec, ensure_member
from ..outcome import Outcome
from ..session import check_id
from .client import CLIENT_OPTIONS, client_spec
from .member import MEMBER_OPTIONS, member_spec

#: From so many declared addresses on, ``require_tenant`` lists app ID 1 once instead of asking for each.
LISTING_FROM = 20

MARKETPLACE_OPTIONS: dict[str, dict[str, t.Any]] = {
    "marketplace_id": {"type": "int", "required": True},
    "clients": {"type": "list", "elements": "dict", "default": [], "options": CLIENT_OPTIONS},
    "members": {"type": "list", "elements": "dict", "default": [], "options": MEMBER_OPTIONS},
    **MANY_OPTIONS,
    **guard_options(),
}


@dataclass
class Declared(Item[Outcome]):
    """A declared client or member."""

    spec: ClientSpec | MemberSpec | None = None
    kind: str = "client"

    @property
    def email(self) -> str:
        """Its address, as declared."""
        return self.spec.email if self.spec else ""

    @property
    def name(self) -> str:
        """What a message calls it."""
        return f"{self.kind} {self.email}"


class ListingGuard(TenantGuard):
    """``require_tenant`` for many: with many addresses, all tenants are listed once, at the first question."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self._unlisted = sum(len(task.params[group]) for group in ("clients", "members")) >= LISTING_FROM
        self._listing = threading.Lock()

    def __call__(self, email: str, deadline: Deadline) -> None:
        """Pass, or raise, as the guard for one does."""
        with self._listing:
            if self._unlisted:
                for record in self._client.each_tenant(deadline):
                    self._known.update(record.addresses)
                self._unlisted = False
        super().__call__(email, deadline)


def run_marketplace(task: Task) -> Result:
    """``partnerops.saas.mip_marketplace``."""
    check_many(task.params)
    number = check_id(task.params["marketplace_id"], "marketplace_id") or 0
    clients = _declared(task.params["clients"], "clients", lambda one: client_spec(one, number))
    members = _declared(task.params["members"], "members", lambda one: member_spec(one, number))
    connection = mip_connection(task.params)
    client = MipAPI.of(connection, task.context)
    ledger = Ledger.of(connection.state, connection.base, task.context)
    guard = ListingGuard.of(task)
    if members or any(one.spec and (one.spec.state == "absent" or one.spec.blocked is not None) for one in clients):
        client.need_signing()
    pool = Pool(task.params["concurrency"])
    progress = Progress(task, "mip_marketplace", len(clients) + len(members))
    lock = threading.Lock()
    counts = {"done": 0, "failed": 0}

    def settled(item: Item[t.Any]) -> None:
        with lock:
            counts["done"] += 1
            counts["failed"] += item.error is not None
        if item.error is not None and task.params["on_error"] == "stop":
            pool.stop()

    def ensure(item: Declared) -> list[Job]:
        with Settling(item, settled):
            deadline = task.deadline(connection.deadline)
            how: dict[str, t.Any] = {"check_mode": task.check_mode, "guard": guard}
            if isinstance(item.spec, ClientSpec):
                item.outcome = ensure_client(client, ledger, item.spec, deadline, **how)
            elif item.spec is not None:
                item.outcome = ensure_member(client, ledger, item.spec, deadline, **how)
        return []

    parent = os.getppid()

    def tick() -> None:
        if task.controller and os.getppid() != parent:
            pool.stop()  # ansible-playbook was killed, and this worker outlives it
        progress.show(counts["done"], counts["failed"])

    everyone = [*clients, *members]
    pool.run([lambda item=item: ensure(item) for item in everyone], tick)  # type: ignore[misc]
    for item in everyone:
        if not item.settled:
            item.skipped = "Not started, since another item failed and on_error is 'stop'."
    return _report(task, number, clients, members)


def _declared(
    given: t.Sequence[Result], group: str, read: t.Callable[[Result], ClientSpec | MemberSpec]
) -> list[Declared]:
    places: dict[str, str] = {}
    made = []
    for number, one in enumerate(given):
        where = f"{group}[{number}]"
        try:
            spec = read(one)
        except ApiError as error:
            raise invalid(f"{where}.{error}") from None
        key = email_key(spec.email)
        if key in places:
            raise invalid(
                f"{places[key]}.email and {where}.email are the same address, {spec.email}. Nothing was sent."
            )
        places[key] = where
        made.append(Declared(spec=spec, kind=group[:-1]))
    return made


def _report(task: Task, number: int, clients: list[Declared], members: list[Declared]) -> Result:
    everyone = [*clients, *members]
    result: Result = {
        "changed": any(item.outcome and item.outcome.changed for item in everyone) or any(map(_half_done, everyone)),
        "reconciled": any(item.outcome and item.outcome.reconciled for item in everyone),
        "marketplace_id": number,
        "clients": [_told(task, item) for item in clients],
        "members": [_told(task, item) for item in members],
        "summary": {
            "clients": summary(clients, _what),
            "members": summary(members, _what),
            "requests": sum(deadline.requests for deadline in task.deadlines),
        },
    }
    if task.diff_mode:
        result["diff"] = plan(everyone)
    for item in everyone:
        texts = item.outcome.warnings if item.outcome else item.error.result.get("warnings", ()) if item.error else ()
        for text in texts:
            task.warn(text)
    failures = [(f"{item.name} of marketplace {number}", item) for item in everyone if item.error]
    if failures:
        raise failed(failures, result, task.context.secrets.scrub)
    return result


def _half_done(item: Declared) -> bool:
    """A failure after something had been changed, such as a client that was registered but not blocked."""
    return bool(item.error and item.error.result.get("changed"))


def _told(task: Task, item: Declared) -> Result:
    common = told(item, task.context.secrets.scrub)
    common["changed"] = common["changed"] or _half_done(item)
    known = item.outcome.result() if item.outcome else item.error.result if item.error else {}
    return {
        "email": item.email,
        **common,
        "probed": bool(known.get("probed")),
        item.kind: known.get(item.kind),
    }


def _what(outcome: Outcome) -> str:
    if not outcome.made:
        return "updated"
    return "removed" if outcome.resource.get("state") == "absent" else "created"


def plan(everyone: t.Sequence[Declared]) -> dict[str, str]:
    """A diff that reads like a plan: who comes, who goes, who is blocked or unblocked."""
    before: list[str] = []
    after: list[str] = []
    for item in everyone:
        if item.outcome is None or not item.outcome.changed:
            continue
        change = item.outcome.diff()
        for lines, state in ((before, change["before"]), (after, change["after"])):
            if state.get("state") == "present":
                lines.append(f" {item.name}{' (blocked)' if state.get('blocked') else ''}\n")
    return {"before": "".join(before), "after": "".join(after)}


OPERATION = Operation(
    name="mip_marketplace",
    vendor="mip",
    kind="write",
    options=MARKETPLACE_OPTIONS,
    run=run_marketplace,
    example=Example(
        {
            "marketplace_id": 7,
            "clients": [{"email": "buyer@acme.example", "password": "@client", "blocked": True}],
            "members": [{"email": "owner@acme.example", "password": "@user"}],
        },
        "POST",
        "/member/7/add",
        login="/login",
    ),
)
