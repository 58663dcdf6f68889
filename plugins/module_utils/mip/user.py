# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Users of the platform: log in, register if that is refused, find out the outcome of a registration."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..errors import ApiError
from ..http.deadline import Deadline
from ..run.settle import settle
from .api import Login, MipAPI
from .ledger import UNKNOWN, Ledger
from .outcome import Outcome, lost
from .records import Person

#: Seconds to keep logging in after a registration whose response was lost.
SETTLE = 15.0


@dataclass(frozen=True)
class UserSpec:
    """The declared state of a user."""

    email: str
    password: str
    return_keys: bool = False


def user_view(email: str, person: Person | None) -> dict[str, t.Any]:
    """Return the result key ``user``."""
    found = person or Person(None)
    return {
        "id": found.id,
        "email": found.email or email,
        "state": "present",
        "blocked": found.blocked,
        "avatar": found.avatar,
        **found.facts(),
        "mango_verified": found.mango_verified,
        "mango_pay_id": found.mango_pay_id,
        "favorites": found.favorites,
        "marketplaces": None if found.marketplaces is None else sorted(found.marketplaces),
    }


def ensure_user(
    client: MipAPI, ledger: Ledger, spec: UserSpec, deadline: Deadline, *, check_mode: bool = False
) -> Outcome:
    """Make sure that the user is registered, with this password.

    :raises ApiError: ``duplicate`` or ``auth_failed`` if neither login nor registration is accepted,
        ``unknown_outcome`` if a registration was sent and its outcome can't be found out
    """
    with ledger.row("user", None, spec.email, deadline, check_mode=check_mode) as row:
        login = client.login_user(spec.email, spec.password, deadline)
        if login.person is not None:
            row.learned(login.person.id, None)
            return with_keys(client, Outcome("user", user_view(spec.email, login.person)), spec, login.person)
        outcome = Outcome("user", user_view(spec.email, None), made=True, was=UNKNOWN, wants_keys=spec.return_keys)
        if check_mode:
            outcome.made = not row.predicted  # otherwise an earlier task would have registered the user
            return outcome
        row.begin("register")
        try:
            person = client.register_user(spec.email, spec.password, deadline)
        except ApiError as error:
            if error.executed is False:
                row.undo()
                raise refused(error, login, f"the user {spec.email}") from None
            again = settled(lambda: client.login_user(spec.email, spec.password, deadline), deadline)
            if again is None:
                raise lost(error, f"The registration of the user {spec.email}", _NEXT) from None
            person, outcome.reconciled = again, True
        outcome.resource = user_view(spec.email, person)
        with_keys(client, outcome, spec, person)
        with outcome.reported():
            row.learned(person.id, None)
        return outcome


class WantsKeys(t.Protocol):
    """A declared user or client, who may ask for the key pair."""

    @property
    def return_keys(self) -> bool:
        """Return the pair to the user."""


def with_keys(client: MipAPI, outcome: Outcome, spec: WantsKeys, person: Person) -> Outcome:
    """Put the key pair of a login or a registration in the result if it is asked for."""
    outcome.wants_keys = spec.return_keys
    if spec.return_keys and person.keys:
        client.context.secrets.show(*person.keys)
        outcome.keys = person.keys
    return outcome


_NEXT = f"Logins were refused for {SETTLE:.0f} s. Run again: the login comes first, so nobody is registered twice."


def refused(error: ApiError, login: Login, who: str) -> ApiError:
    """Return the error if neither the login nor the registration was accepted."""
    if error.status not in (400, 401, 403, 409, 422):
        return error
    taken = error.status == 409 or error.says_taken
    first = login.refusal.fact if login.refusal else ""
    return error.because(
        "duplicate" if taken else "auth_failed",
        f"{who[0].upper()}{who[1:]} could neither log in nor be registered. {first} {error.fact} The address is most "
        "likely registered with another password: give that one. If it isn't, correct what the API names.",
    )


def settled(login: t.Callable[[], Login], deadline: Deadline) -> Person | None:
    """Keep logging in until the result of a lost registration shows; return None if it does not."""
    return settle(lambda: login().person, lambda _person: True, SETTLE, deadline)
