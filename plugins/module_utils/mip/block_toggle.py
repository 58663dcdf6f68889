# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocking and unblocking, for which MIP has one toggle (``seed``).

The toggle is sent only where the known state differs from the wish. Its answer, the state after the call, is compared
with the wish. Where no state is known, the toggle itself finds it out. It is sent at most twice for one wish, the
second time only to put back what the first one did wrong, and never again while the outcome of one is unknown.
"""

from __future__ import annotations

import typing as t

from ..errors import ApiError
from .ledger import Row
from .outcome import Outcome, lost
from .records import Person

Send = t.Callable[[], t.Optional[Person]]

#: Learned of an API whose answers to a toggle don't tell the state: there, an unknown state can't be found out.
SILENT = "silent"


class Block:
    """One wish.

    :param row: the row that is held
    :param outcome: told what comes of it
    :param ident: id of the client or user
    :param wish: True to block
    :param send: sends the toggle; returns what its answer tells of the person
    """

    def __init__(self, row: Row, outcome: Outcome, ident: int, wish: bool, send: Send) -> None:
        self._row = row
        self._outcome = outcome
        self._ident = ident
        self._wish = wish
        self._send = send
        self._what = f"{outcome.kind} {outcome.resource['email']} (id {ident})"
        self._fact = f"{outcome.kind}-block-answer"

    def reach(self, known: bool | None, *, check_mode: bool) -> None:
        """Bring the block state to the wish.

        :param known: the state as far as it is known
        :raises ApiError: its ``result`` tells the state that is left behind
        """
        outcome, wish = self._outcome, self._wish
        outcome.was_blocked = outcome.resource["blocked"] = known
        if known == wish:
            return
        if known is None and self._row.ledger.fact(self._fact, self._row.deadline, sent=self._row.sent) == SILENT:
            raise outcome.fail(self._unknowable("Nothing was sent."))
        outcome.probed = known is None
        if check_mode:
            self._now(known, wish)
            return
        first = self._toggle("block" if wish else "unblock")
        if first is not None and first.is_other_than(outcome.resource["email"]):
            self._somebody_else(first)
        told = first.blocked if first else None
        if told is None and known is None:
            self._silent()
        elif told is None or told == wish:
            self._now(not wish, wish)
            self._row.toggled(self._ident, wish)
        else:
            self._went_wrong(known, told)

    def _went_wrong(self, known: bool | None, told: bool) -> None:
        """What was wished was there before the toggle, so put it back."""
        outcome, wish = self._outcome, self._wish
        if known is not None:
            outcome.warnings.append(
                f"The {self._what} was {_word(wish)} already, not {_word(known)} as was known here: somebody changed "
                "it elsewhere."
            )
        outcome.probed = True
        self._now(wish, told)  # until it is back, this is the truth
        self._row.toggled(self._ident, told)
        second = self._toggle("block" if wish else "unblock", again=True)
        after = second.blocked if second and second.blocked is not None else wish
        self._now(wish, after)
        self._row.toggled(self._ident, after)
        if after != wish:
            raise outcome.fail(
                ApiError(
                    "undetermined",
                    f"The {self._what} is {_word(after)}, and two toggles were both answered with that state. Somebody "
                    "else may be changing it at the same time. It was not sent again. Run again.",
                    executed=True,
                )
            )

    def _silent(self) -> t.NoReturn:
        """The state was not known and the answer doesn't tell it: leave it as it was."""
        self._toggle("put back", again=True)
        self._row.toggled(self._ident, None)
        self._row.ledger.learn(self._fact, SILENT, self._row.deadline)
        raise self._outcome.fail(self._unknowable("The toggle was sent twice, so the state is what it was."))

    def _somebody_else(self, found: Person) -> t.NoReturn:
        """The id belongs to another address: undo it there."""
        before = self._row.entry
        self._toggle("put back", again=True)
        self._row.forget_toggle(before)
        option = "client_id" if self._outcome.kind == "client" else "user_id"
        raise self._outcome.fail(
            ApiError(
                "invalid_input",
                f"The id {self._ident} does not belong to {self._outcome.resource['email']}, but to {found.email}. The "
                f"toggle was sent twice there, so its state is what it was. Correct {option}.",
            )
        )

    def _toggle(self, verb: str, *, again: bool = False) -> Person | None:
        """One toggle, with its intent before it; its outcome is the caller's to keep."""
        outcome = self._outcome
        self._row.begin_toggle()
        try:
            return self._send()
        except ApiError as error:
            if error.executed is False:
                self._row.undo()
                raise outcome.fail(self._refused(error, verb, again)) from None
            outcome.resource["blocked"] = None
            now = "It may be blocked or not. "
            raise outcome.fail(
                lost(
                    error,
                    f"The call to {verb} {self._what}{', the second one,' if again else ''}",
                    f"{now}Run again: with a 'password' its state is looked up, without one it is found out by a "
                    "toggle.",
                )
            ) from None

    def _refused(self, error: ApiError, verb: str, again: bool) -> ApiError:
        if again:
            blocked = self._outcome.resource["blocked"]
            state = "another than it was" if blocked is None else _word(blocked)
            return error.because(
                error.code,
                f"The {self._what} is {state} now, which is not what was wished: the toggle went the other way, and "
                f"the second one, to {verb} it, was refused. {error.fact} Run again.",
            )
        if error.code == "not_found":
            more = " Somebody who was invited and has not accepted can't be blocked." * (self._outcome.kind == "member")
            return error.because(
                "not_found",
                f"The {self._what} is not there, so it could not be {_word(self._wish)}. {error.fact}{more} If it was "
                "removed elsewhere, run with state=absent once.",
            )
        return error

    def _unknowable(self, sent: str) -> ApiError:
        return ApiError(
            "undetermined",
            f"Whether the {self._what} is blocked can't be known: this API's answer to a toggle doesn't tell, and "
            f"nothing is on record. {sent} {_HELP[self._outcome.kind]}",
        )

    def _now(self, before: bool | None, after: bool) -> None:
        self._outcome.was_blocked, self._outcome.resource["blocked"] = before, after
        self._outcome.moved = before != after


_HELP = {
    "client": "Give 'password', with which the state is looked up.",
    "member": "Give 'password', with which the state is looked up where the API tells it.",
}


def _word(blocked: bool) -> str:
    return "blocked" if blocked else "not blocked"
