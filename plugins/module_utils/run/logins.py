# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Logins of a run: one that returned no token is not repeated for a while, and how an expired token shows.

Wrong passwords lock accounts, and a loop over six items would send six of them. So a response without a token is
remembered for the run, whatever became of it: a refusal, a page, broken JSON, a connection that was lost after it was
sent. Only one that certainly did not arrive is not.
"""

from __future__ import annotations

import re
import time
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline
from ..http.response import Response, said_plainly
from ..http.status import rule_of
from .store import Slot

#: seconds for which a login that returned no token is not repeated in the same run
REFUSED_FOR = 5
#: seconds for which a valid new token may be refused: the clocks of two servers differ (``nbf``)
FRESH_FOR = 2.0
_WRONG = r"(?:expired?|invalid|revoked|wrong|missing|required|unknown|bad|not\s+(?:valid|accepted|found|provided))"
_WHAT = r"(?:token|jwt|session|signature|credentials)"
_EXPIRED = re.compile(rf"(?i)\b{_WHAT}\b\W+(?:\w+\W+){{0,4}}?{_WRONG}\b|\b{_WRONG}\W+(?:\w+\W+){{0,3}}?{_WHAT}\b")
_NO_LOGIN = re.compile(
    r"(?i)\b(?:unauthori[sz]ed|unauthenticated|not logged in|log in again)\b|^\W*(?:error\W+)?40[13]\b"
)

T = t.TypeVar("T")


def logged_in(slot: Slot, log_in: t.Callable[[], T]) -> T:
    """Log in, unless a login with the same credentials returned no token just now.

    :param slot: where the run keeps the outcome; the caller has its lock
    :param log_in: sends the login; returns the token, or raises
    :raises ApiError: that of the login; the same as before if it is remembered
    """
    found = slot.read()
    if found.get("refused_at", 0) > time.time() - REFUSED_FOR:
        raise ApiError(
            found["code"], found["msg"], fact=found["fact"], executed=found.get("executed"), **found["exchange"]
        )
    try:
        return log_in()
    except ApiError as error:
        if error.status is not None or error.executed is None:  # it arrived, or may have
            told = {"code": error.code, "msg": error.msg, "fact": error.fact, "executed": error.executed}
            slot.write({"refused_at": time.time(), "exchange": error.exchange, **told})
        raise


def pause_for_fresh(issued_at: float | None, deadline: Deadline) -> bool:
    """Wait until a token is no longer fresh; return False if it was not, or if the deadline comes first."""
    if issued_at is None:
        return False
    age = time.time() - issued_at
    return 0 <= age < FRESH_FOR and deadline.sleep(max(FRESH_FOR / 4, FRESH_FOR - age))


def shows_expiry(response: Response, said: str | None, safe: bool) -> bool:
    """Return whether a response means that the token is not accepted.

    401 does. So do other refusals and, for a read, a success that contains an error, if their words are about a token.
    A write with such a response may have been executed, and so may one with a status that leaves that open, such as
    408 or 499, whatever its words are: sending it again would do it twice.

    :param said: the error in a response of status 200, or None
    """
    if response.status == 401:
        return True
    if not safe and rule_of(response.status).executed is not False:
        return False
    if 400 <= response.status < 500:
        return response.status in (419, 440, 498) or bool(_EXPIRED.search(said_plainly(response) or ""))
    if safe and 200 <= response.status < 300 and said:
        return bool(_EXPIRED.search(said) or _NO_LOGIN.search(said))
    return False
