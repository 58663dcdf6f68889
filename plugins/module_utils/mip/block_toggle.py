# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Blocking and unblocking, for which MIP has one toggle (``seed``).

The toggle is sent only if the known state differs from the wanted one. Its response, the state after the call, is
compared with the wanted one. If no state is known, the toggle itself finds it out. It is sent at most twice per
request, the second time only to undo the first one, and never again while the outcome of one is unknown.
"""

from __future__ import annotations

import typing as t

from ..errors import ApiError
from .ledger import Row
from .outcome import Outcome, lost
from .records import Person

Send = t.Callable[[], t.Optional[Person]]

#: A fact about APIs whose responses to a toggle don't show the state: there, an unknown state can't be found out.
SILENT = "silent"


class Block:
    """One request to block or unblock.

    :param row: the row, which is held
    :param outcome: gets the result
    :param ident: id of the client or user
    :param wish: True to block, False to unblock
    :param send: sends the toggle; returns what its response says about the person
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
        """Bring the block state to the wanted one.

        :param known: the state as far as it is known
        :raises ApiError: its ``result`` has the state that is left behind
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
        reported = first.blocked if first else None
        if reported is None and known is None:
            self._silent()
        elif reported is None or reported == wish:
            self._now(not wish, wish)
            self._row.toggled(self._ident, wish)
        else:
            self._went_wrong(known, reported)

    def _went_wrong(self, known: bool | None, reported: bool) -> None:
        """Toggle again: the state was the wanted one before the toggle."""
        outcome, wish = self._outcome, self._wish
        if known is not None:
            outcome.warnings.append(
                f"The {self._what} was {_word(wish)} already, not {_word(known)} as was known here: somebody changed "
                "it elsewhere."
            )
        outcome.probed = True
        self._now(wish, reported)  # this is the state until it is toggled back
        self._row.toggled(self._ident, reported)
        second = self._toggle("block" if wish else "unblock", again=True)
        after = second.blocked if second and second.blocked is not None else wish
        self._now(wish, after)
        self._row.toggled(self._ident, after)
        if after != wish:
            raise outcome.fail(
                ApiError(
                    "undetermined",
                    f"The {self._what} is {_word(after)}, and two toggles both returned that state. Somebody "
                    "else may be changing it at the same time. No third toggle was sent. Run again.",
                    executed=True,
                )
            )

    def _silent(self) -> t.NoReturn:
        """Undo a toggle from an unknown state whose response doesn't show the state."""
        self._toggle("put back", again=True)
        self._row.toggled(self._ident, None)
        self._row.ledger.learn(self._fact, SILENT, self._row.deadline)
        raise self._outcome.fail(self._unknowable("The toggle was sent twice, so the state is as before."))

    def _somebody_else(self, found: Person) -> t.NoReturn:
        """Undo a toggle whose id belongs to another address."""
        before = self._row.entry
        self._toggle("put back", again=True)
        self._row.forget_toggle(before)
        option = "client_id" if self._outcome.kind == "client" else "user_id"
        raise self._outcome.fail(
            ApiError(
                "invalid_input",
                f"The id {self._ident} does not belong to {self._outcome.resource['email']}, but to {found.email}. The "
                f"toggle was sent twice there, so its state is as before. Correct {option}.",
            )
        )

    def _toggle(self, verb: str, *, again: bool = False) -> Person | None:
        """Send a toggle, with its intent recorded before it; the caller records its outcome."""
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
                    f"The {'second ' if again else ''}call to {verb} {self._what}",
                    f"{now}Run again: with 'password', the state is looked up; without it, a toggle reveals the state.",
                )
            ) from None

    def _refused(self, error: ApiError, verb: str, again: bool) -> ApiError:
        if again:
            blocked = self._outcome.resource["blocked"]
            state = "the opposite of what it was" if blocked is None else _word(blocked)
            return error.because(
                error.code,
                f"The {self._what} is {state} now, which is not what was asked for: the toggle went the other way, and "
                f"the second one, to {verb} it, was refused. {error.fact} Run again.",
            )
        if error.code == "not_found":
            more = " Somebody who was invited and has not accepted can't be blocked." * (self._outcome.kind == "member")
            return error.because(
                "not_found",
                f"The {self._what} does not exist, so it could not be {_word(self._wish)}. {error.fact}{more} If it "
                "was removed elsewhere, run with state=absent once.",
            )
        return error

    def _unknowable(self, sent: str) -> ApiError:
        return ApiError(
            "undetermined",
            f"Cannot tell whether the {self._what} is blocked: this API's response to a toggle does not show it, and "
            f"the ledger has no entry. {sent} {_HELP[self._outcome.kind]}",
        )

    def _now(self, before: bool | None, after: bool) -> None:
        self._outcome.was_blocked, self._outcome.resource["blocked"] = before, after
        self._outcome.moved = before != after


_HELP = {
    "client": "Set 'password', which is used to look the state up.",
    "member": "Set 'password', which is used to look the state up if the API shows it.",
}


def _word(blocked: bool) -> str:
    return "blocked" if blocked else "not blocked"
