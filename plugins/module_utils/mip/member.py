# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Members of a marketplace: invite, remove, block.

Adding a member sends an e-mail and returns nothing else. So the ledger decides: an invitation is sent if the ledger has
none, at most once. An invitation without a known outcome counts as sent until the user says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from .api import MipAPI
from .block_toggle import Block
from .client import Guard, look_up
from .ledger import ABSENT, PRESENT, UNKNOWN, Entry, Ledger, Row
from .outcome import Outcome, lost
from .records import Person
from .work import Work

#: The state of a member whose invitation may or may not have been sent.
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class MemberSpec:
    """The declared state of a member. If ``blocked`` is None, it is left alone.

    :param on_unconfirmed: ``warn``, ``fail`` or ``resend``
    """

    marketplace_id: int
    email: str
    user_id: int | None = None
    password: str | None = None
    state: str = PRESENT
    blocked: bool | None = None
    on_unconfirmed: str = "warn"


class _Work(Work):
    """One member, while its row is held."""

    def __init__(self, api: MipAPI, row: Row, spec: MemberSpec, check_mode: bool, guard: Guard | None) -> None:
        super().__init__(api, row, Outcome("member", {}), check_mode)
        self.spec, self.guard = spec, guard
        self.person: Person | None = None
        self._as_user: Entry | None = None
        if spec.user_id is not None and row.entry.id not in (None, spec.user_id):
            self.outcome.warnings.append(
                f"The ledger knows the member {spec.email} as user {row.entry.id}, the task as {spec.user_id}: the "
                "task's id is used."
            )
            row.rename(spec.user_id)
        if row.entry.toggle_at and spec.state == PRESENT and spec.blocked is None:
            self.outcome.warnings.append(
                f"A call to block or unblock the member {spec.email}, started at {row.entry.toggle_at}, has no known "
                "outcome."
            )

    @property
    def may_invite(self) -> bool:
        """Return whether an invitation might be sent, as far as that is known in advance."""
        entry = self.row.entry
        if entry.intent:
            return self.spec.on_unconfirmed == "resend"
        return not entry.present and not (self.vouched and not self.spec.password)

    @property
    def vouched(self) -> bool:
        """Return whether the user's word is the only evidence: an id that neither a login nor the ledger knows."""
        entry = self.row.entry
        unknown = entry.state == UNKNOWN and not entry.intent
        return self.spec.user_id is not None and unknown and self.person is None

    @property
    def listed(self) -> bool:
        """Return whether the login shows the membership. Its absence proves nothing: the content is not published."""
        gone = self.row.predicted and self.row.entry.absent
        return bool(self.person and not gone and self.spec.marketplace_id in (self.person.marketplaces or {}))

    def look(self) -> None:
        """Look the membership up by logging in as the user, if there is a password."""
        spec = self.spec
        if spec.password:
            login = self.api.login_user(spec.email, spec.password, self.deadline)
            self.person = login.person
            if login.refusal is not None:
                self.outcome.warnings.append(
                    f"The login of {spec.email} was refused ({login.refusal.status}), so it showed nothing about the "
                    "membership."
                )
        person = self.person
        if person is not None and spec.user_id not in (None, person.id):
            raise invalid(
                f"user_id is {spec.user_id}, but the user {spec.email} has the id {person.id}, as the login shows. "
                "Nothing was changed. Correct user_id or leave it out."
            )
        if person is not None and person.id is not None and self.row.entry.id not in (None, person.id):
            self.row.rename(person.id)
        if self.listed and person is not None:
            blocked = (person.marketplaces or {}).get(spec.marketplace_id)
            self.row.learned(person.id, blocked)

    def ident(self) -> int | None:
        """Return the user's id: from the login, the task, the ledger, or the ledger's row of the user."""
        known = (self.person.id if self.person else None, self.spec.user_id, self.row.entry.id)
        found = next((one for one in known if one is not None), None)
        if found is None:
            if self._as_user is None:  # once, before anything is sent
                self._as_user = self.row.ledger.peek("user", None, self.spec.email, self.deadline, sent=self.row.sent)
            found = self._as_user.id
        return found

    @property
    def has_ident(self) -> bool:
        """Return whether a real run would know the user's id: an earlier task may be about to register the user."""
        return self.ident() is not None or (self.check_mode and self.row.ledger.registers(self.spec.email))

    def show(self, state: str) -> None:
        """Update the result."""
        self.outcome.resource = {
            "id": self.ident(),
            "email": self.spec.email,
            "marketplace_id": self.spec.marketplace_id,
            "state": state,
            "blocked": self.row.entry.blocked if state == PRESENT else None,
        }
        self.outcome.was, self.outcome.was_blocked = self.row.entry.state, self.outcome.resource["blocked"]


def ensure_member(
    client: MipAPI,
    ledger: Ledger,
    spec: MemberSpec,
    deadline: Deadline,
    *,
    check_mode: bool = False,
    guard: Guard | None = None,
) -> Outcome:
    """Bring a member to the declared state.

    :param guard: looks the address up before an invitation is sent; if a tenant is required, before anything is sent
    :raises ApiError: ``undetermined`` if the state can't be known, with what the user can give; ``unknown_outcome``
    """
    client.need_signing()
    with ledger.row("member", spec.marketplace_id, spec.email, deadline, check_mode=check_mode) as row:
        work = _Work(client, row, spec, check_mode, guard)
        with work.outcome.reported():
            if spec.state == ABSENT:
                return _absent(work)
            if guard and guard.required and work.may_invite:
                look_up(guard, spec.email, work.outcome, deadline)
            return _present(work)


def _present(work: _Work) -> Outcome:
    row, spec, outcome = work.row, work.spec, work.outcome
    work.look()
    entry = row.entry
    work.show(PRESENT)
    if spec.blocked is not None and not work.has_ident:
        raise outcome.fail(_no_id(work, "blocked or unblocked in"))
    if not entry.present:
        if entry.intent and spec.on_unconfirmed != "resend":
            _unconfirmed(work)
        elif work.vouched:
            _believe(work)
        else:
            _invite(work)
    elif entry.id is None and work.ident() is not None:
        row.learned(work.ident(), None)
    if spec.blocked is not None:
        _block(work)
    return outcome


def _invite(work: _Work) -> None:
    row, spec, outcome = work.row, work.spec, work.outcome
    outcome.was, outcome.was_blocked, outcome.made = ABSENT if row.entry.absent else UNKNOWN, None, True
    outcome.resource["blocked"] = None
    if work.guard and not work.guard.required:
        look_up(work.guard, spec.email, outcome, work.deadline)
    if work.check_mode:
        return
    work.api.prepare(work.deadline)
    row.begin("add")
    try:
        work.api.add_member(spec.marketplace_id, spec.email, work.deadline)
    except ApiError as error:
        outcome.made = False
        outcome.resource["state"] = outcome.was
        if error.status == 409 and error.executed is False:  # already a member
            outcome.was = outcome.resource["state"] = PRESENT
            row.invited(work.ident())
            return
        if error.executed is False:
            row.undo()
            raise outcome.fail(error) from None
        if not _listed_now(work):
            outcome.resource["state"] = UNCONFIRMED
            raise outcome.fail(
                lost(
                    error,
                    f"The invitation of {spec.email} to marketplace {spec.marketplace_id}",
                    "Later runs don't send it either, unless you set on_unconfirmed=resend: first ask the person "
                    "whether the e-mail arrived.",
                )
            ) from None
        outcome.made = outcome.reconciled = True
        outcome.resource["state"] = PRESENT
    row.invited(work.ident())


def _believe(work: _Work) -> None:
    """Trust the user: an id is the only evidence. The ledger keeps it."""
    spec, outcome = work.spec, work.outcome
    outcome.was = PRESENT
    outcome.warnings.append(
        f"{spec.email} is taken as a member of marketplace {spec.marketplace_id} because of user_id, so no invitation "
        "was sent. To invite somebody who has an id, leave user_id out, or give the password as well."
    )
    work.row.learned(spec.user_id, None)


def _listed_now(work: _Work) -> bool:
    """Return whether a login shows the membership that a lost response may hide. A failed login proves nothing."""
    if not work.spec.password or work.listed:
        return False
    try:
        work.person = work.api.login_user(work.spec.email, work.spec.password, work.deadline).person or work.person
    except ApiError:
        return False
    return work.listed


def _unconfirmed(work: _Work) -> None:
    """Report a write without a known outcome in the ledger."""
    row, spec, outcome = work.row, work.spec, work.outcome
    entry = row.entry
    outcome.was = outcome.resource["state"] = UNCONFIRMED
    outcome.resource["blocked"] = None
    if entry.intent == "remove":
        text = (
            f"A removal of {spec.email} from marketplace {spec.marketplace_id}, started at {entry.intent_at}, has no "
            "known outcome, so it is unknown whether an invitation is needed. None was sent. Run with state=absent "
            "first, or with on_unconfirmed=resend to send one."
        )
    else:
        text = (
            f"The invitation of {spec.email} to marketplace {spec.marketplace_id}, started at {entry.intent_at}, has "
            "no known outcome: the e-mail may or may not have been sent. It was not sent again. Ask the person, and "
            "run with on_unconfirmed=resend if it did not arrive; with 'password', the membership is looked up."
        )
    if spec.on_unconfirmed == "fail":
        raise outcome.fail(ApiError("undetermined", text))
    outcome.warnings.append(text)


def _block(work: _Work) -> None:
    row, spec, outcome = work.row, work.spec, work.outcome
    if spec.blocked is None or not work.has_ident:
        return
    outcome.resource["id"] = work.ident()
    ident = outcome.resource["id"]  # None in check mode, if an earlier task would register the user
    known = row.entry.blocked if row.entry.present and not outcome.made else None
    block = Block(
        row, outcome, ident, spec.blocked, lambda: work.api.toggle_member(spec.marketplace_id, ident, work.deadline)
    )
    block.reach(known, check_mode=work.check_mode)
    if not work.check_mode:
        outcome.resource["state"] = row.entry.state if row.entry.present else outcome.resource["state"]


def _absent(work: _Work) -> Outcome:
    row, spec, outcome = work.row, work.spec, work.outcome
    work.look()
    entry = row.entry
    work.show(entry.state)
    ident = work.ident()
    if entry.absent and not work.listed and spec.user_id in (None, entry.id):
        return work.gone()
    if ident is None and work.has_ident:
        outcome.made = True
        return work.gone()
    if ident is None:
        raise outcome.fail(_no_id(work, "removed from"))
    work.remove(
        ident,
        lambda: work.api.remove_member(spec.marketplace_id, ident, work.deadline),
        unknown=UNCONFIRMED,
        what=f"The removal of the member {spec.email} (user {ident})",
        then="Run again: a member who is gone already counts as removed.",
    )
    if not outcome.made and (entry.state == PRESENT or entry.intent == "add"):
        outcome.warnings.append(
            f"{spec.email} was invited to marketplace {spec.marketplace_id}, but is not a member of it. If the "
            "invitation is still open, it can be accepted later: the API has no call that withdraws it."
        )
    return outcome


def _no_id(work: _Work, verb: str) -> ApiError:
    spec = work.spec
    return ApiError(
        "undetermined",
        f"{spec.email} can't be {verb} marketplace {spec.marketplace_id}: this needs the user's id, which is not "
        "known. MIP has no lookup. Set 'user_id', or the user's 'password', which is used to look it "
        "up. Nothing was changed.",
    )
