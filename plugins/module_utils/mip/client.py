# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Clients of a marketplace: register, remove, block.

What is known of a client comes, in this order, from a login with its password, from the ledger, or from an id that the
user gives. A refused login proves nothing: the client may not exist, have another password, or be blocked.
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from .api import Login, MipAPI
from .block_toggle import Block
from .ledger import ABSENT, PRESENT, UNKNOWN, Ledger, Row
from .outcome import Outcome, lost
from .records import Person
from .user import SETTLE, refused, settled, with_keys
from .work import Work


class Guard(t.Protocol):
    """Looks an address up among the tenants before it is registered or invited (``mobsted/tenant_guard.py``)."""

    #: Reject an address that is not a tenant before anything is sent to MIP.
    required: bool

    def look(self, email: str, warnings: list[str]) -> dict[str, t.Any] | None:
        """Return the tenant, or None with a warning; raise if it is required."""


def look_up(guard: Guard, email: str, outcome: Outcome, deadline: Deadline) -> None:
    """Look an address up among the tenants. The time for it is not taken from the resource's own deadline."""
    start = time.monotonic()
    try:
        outcome.tenant = guard.look(email, outcome.warnings)
    finally:
        deadline.until += time.monotonic() - start


@dataclass(frozen=True)
class ClientSpec:
    """What a client should be like. ``blocked`` None leaves it alone."""

    marketplace_id: int
    email: str
    password: str | None = None
    client_id: int | None = None
    state: str = PRESENT
    blocked: bool | None = None
    return_keys: bool = False


class _Work(Work):
    """One client, while its row is held."""

    def __init__(self, api: MipAPI, row: Row, spec: ClientSpec, check_mode: bool, guard: Guard | None) -> None:
        super().__init__(api, row, Outcome("client", {}, wants_keys=spec.return_keys), check_mode)
        self.spec, self.guard = spec, guard
        self.login: Login | None = None
        if spec.client_id is not None and row.entry.id not in (None, spec.client_id):
            self.outcome.warnings.append(
                f"The ledger knows the client {spec.email} as id {row.entry.id}, the task as {spec.client_id}: the "
                "ledger's entry is ignored."
            )
            row.other()
        if row.entry.toggle_at and spec.state == PRESENT and spec.blocked is None and not spec.password:
            self.outcome.warnings.append(
                f"A call to block or unblock the client {spec.email}, started at {row.entry.toggle_at}, has no known "
                "outcome."
            )
        self.show(None)

    def show(self, person: Person | None) -> None:
        """Update the result with what is known now."""
        entry, spec = self.row.entry, self.spec
        found = person or Person(None)
        ident = found.id or entry.id
        if ident is None and spec.state == PRESENT:
            ident = spec.client_id
        self.outcome.resource = {
            "id": ident,
            "email": spec.email,
            "marketplace_id": spec.marketplace_id,
            "state": entry.state,
            "blocked": entry.blocked,
            **found.facts(),
            "billing_data": found.billing_data,
            "favorites": found.favorites,
        }
        with_keys(self.api, self.outcome, spec, found)
        self.outcome.was, self.outcome.was_blocked = entry.state, entry.blocked

    def log_in(self) -> Person | None:
        """Look the client up by logging in as the client, if there is a password."""
        spec = self.spec
        if not spec.password or (self.row.predicted and self.row.entry.absent):
            return None
        self.login = self.api.login_client(spec.marketplace_id, spec.email, spec.password, self.deadline)
        person = self.login.person
        if person is None:
            return None
        if spec.client_id not in (None, person.id):
            raise invalid(
                f"client_id is {spec.client_id}, but the client {spec.email} of marketplace {spec.marketplace_id} has "
                f"the id {person.id}, as its login shows. Nothing was changed. Correct client_id or leave it out."
            )
        self.row.learned(person.id, person.blocked)
        self.show(person)
        return person


def ensure_client(
    client: MipAPI,
    ledger: Ledger,
    spec: ClientSpec,
    deadline: Deadline,
    *,
    check_mode: bool = False,
    guard: Guard | None = None,
) -> Outcome:
    """Bring a client to the declared state.

    :param guard: looks the address up before the client is registered; if a tenant is required, before anything is sent
    :raises ApiError: ``undetermined`` if the state can't be known, with what the user can give; ``unknown_outcome``
    """
    if spec.state == ABSENT or spec.blocked is not None:
        client.need_signing()
    with ledger.row("client", spec.marketplace_id, spec.email, deadline, check_mode=check_mode) as row:
        work = _Work(client, row, spec, check_mode, guard)
        with work.outcome.reported():
            if spec.state == ABSENT:
                return _absent(work)
            if guard and guard.required and not row.entry.present and spec.client_id is None:
                look_up(guard, spec.email, work.outcome, deadline)
            return _present(work)


def _present(work: _Work) -> Outcome:
    row, spec, outcome = work.row, work.spec, work.outcome
    if work.log_in() is None:
        gone = row.entry.absent and spec.client_id in (None, row.entry.id)
        if row.entry.present or (spec.client_id is not None and not gone):
            _trusted(work)
        elif not spec.password:
            raise _no_password(work)
        else:
            _register(work)
    outcome.resource["state"] = PRESENT
    if spec.blocked is not None:
        ident = outcome.resource["id"]
        if ident is None and not work.check_mode:
            raise outcome.fail(_no_id(work, "blocked or unblocked"))
        known = outcome.resource["blocked"]
        if ident is None:  # it would be registered; a new client is taken as not blocked
            known = bool(known)
        block = Block(
            row, outcome, ident, spec.blocked, lambda: work.api.toggle_client(spec.marketplace_id, ident, work.deadline)
        )
        block.reach(known, check_mode=work.check_mode)
    return outcome


def _trusted(work: _Work) -> None:
    """Take the client as present because the ledger or the user says so."""
    row, spec, outcome = work.row, work.spec, work.outcome
    if work.login and work.login.refusal and not row.entry.blocked and not row.predicted:
        source = "the ledger" if row.entry.present else "client_id"
        outcome.warnings.append(
            f"The login of the client {spec.email} was refused ({work.login.refusal.status}), so it is taken as "
            f"present because of {source}. Its password may have been changed, or it may be blocked or removed "
            "elsewhere."
        )
    outcome.was = PRESENT
    if spec.return_keys:
        outcome.warnings.append(
            f"'keys' of the client {spec.email} is null: only a login or a registration returns the key pair. "
            "Set the client's password."
        )


def _register(work: _Work) -> None:
    row, spec, outcome = work.row, work.spec, work.outcome
    cid, password = spec.marketplace_id, spec.password or ""
    outcome.was = ABSENT if row.entry.absent else UNKNOWN
    outcome.made = True
    outcome.resource["id"] = outcome.resource["blocked"] = None
    if work.guard and not work.guard.required:
        look_up(work.guard, spec.email, outcome, work.deadline)
    if work.check_mode:
        return
    if work.api.connection.can_sign:
        work.api.prepare(work.deadline)
    row.begin("register")
    who = f"the client {spec.email} of marketplace {cid}"
    try:
        person = work.api.register_client(cid, spec.email, password, work.deadline)
    except ApiError as error:
        if error.executed is False:
            row.undo()
            raise refused(error, work.login or Login(None, None), who) from None
        again = settled(lambda: work.api.login_client(cid, spec.email, password, work.deadline), work.deadline)
        if again is None:
            raise lost(
                error,
                f"The registration of {who}",
                f"Logins were refused for {SETTLE:.0f} s. Run again: the login comes first, so nobody is registered "
                "twice.",
            ) from None
        person, outcome.reconciled = again, True
    outcome.resource.update(id=person.id, state=PRESENT, **person.facts())
    row.learned(person.id, person.blocked)
    was = outcome.was
    work.show(person)
    outcome.was, outcome.was_blocked = was, None


def _absent(work: _Work) -> Outcome:
    row, spec, outcome = work.row, work.spec, work.outcome
    person = work.log_in()
    gone = row.entry.absent and spec.client_id in (None, row.entry.id)
    if person is None and gone:
        return work.gone()
    ident = person.id if person else spec.client_id or row.entry.id
    outcome.resource["id"] = ident
    if row.predicted and row.entry.present:  # the id is not known yet
        outcome.made = True
        return work.gone()
    if ident is None:
        raise outcome.fail(_no_id(work, "removed"))
    return work.remove(
        ident,
        lambda: work.api.remove_client(spec.marketplace_id, ident, work.deadline),
        unknown=UNKNOWN,
        what=f"The removal of the client {spec.email} (id {ident})",
        then="Run again: a client that is gone already counts as removed.",
    )


def _no_password(work: _Work) -> ApiError:
    spec, entry = work.spec, work.row.entry
    if entry.absent:
        return invalid(
            f"password is missing: the client {spec.email} was removed from marketplace {spec.marketplace_id}, and it "
            "takes a password to register it again. Set 'password'. Nothing was sent."
        )
    return ApiError(
        "undetermined",
        f"Cannot tell whether {spec.email} is a client of marketplace {spec.marketplace_id}: MIP has no lookup, and "
        f"{_on_record(work)}. Set 'password', which is used to look it up and, if it is missing, to register it, "
        "or 'client_id', if you know that it exists. Nothing was sent.",
    )


def _no_id(work: _Work, verb: str) -> ApiError:
    spec = work.spec
    login = ""
    if work.login and work.login.refusal:
        login = f" Its login was refused ({work.login.refusal.status}), which does not prove that it is absent."
    return ApiError(
        "undetermined",
        f"The client {spec.email} of marketplace {spec.marketplace_id} can't be {verb}: its id is not known. MIP "
        f"has no lookup, and {_on_record(work)}.{login} Set 'client_id', or the 'password' with which it "
        "can log in. Nothing was changed.",
    )


def _on_record(work: _Work) -> str:
    entry = work.row.entry
    if entry.intent:
        return f"the ledger has a call to {entry.intent} it, started at {entry.intent_at}, without a known outcome"
    return "the ledger has no entry"
