# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins of a run: one that ended without a token is not tried again for a moment, and how an expiry shows.

Wrong passwords lock accounts, and a loop over six items would send six of them. So whatever a server answered instead
of a token is remembered for the run, whichever status it had: a refusal, a page, broken JSON.
"""

from __future__ import annotations

import re
import time
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline
from ..http.response import Response, said_plainly
from .store import Slot

#: seconds for which a login that ended without a token is not tried again in the same run
REFUSED_FOR = 5
#: seconds for which a new token may be refused although it is right: the clocks of two servers differ (``nbf``)
FRESH_FOR = 2.0
_FACTS = ("method", "path", "status", "message")
_WRONG = r"(?:expired?|invalid|revoked|wrong|missing|required|unknown|bad|not\s+(?:valid|accepted|found|provided))"
_WHAT = r"(?:token|jwt|session|signature|credentials)"
_EXPIRED = re.compile(rf"(?i)\b{_WHAT}\b\W+(?:\w+\W+){{0,4}}?{_WRONG}\b|\b{_WRONG}\W+(?:\w+\W+){{0,3}}?{_WHAT}\b")
_NO_LOGIN = re.compile(
    r"(?i)\b(?:unauthori[sz]ed|unauthenticated|not logged in|log in again)\b|^\W*(?:error\W+)?40[13]\b"
)

T = t.TypeVar("T")


def logged_in(slot: Slot, log_in: t.Callable[[], T]) -> T:
    """Log in, unless a login with the same credentials ended without a token just now.

    :param slot: where the run keeps what became of it; held
    :param log_in: sends the login; returns the token, or raises
    :raises ApiError: that of the login; the same as before if it is remembered
    """
    found = slot.read()
    if found.get("refused_at", 0) > time.time() - REFUSED_FOR:
        raise ApiError(found["code"], found["msg"], fact=found["fact"], **found["facts"])
    try:
        return log_in()
    except ApiError as error:
        if error.status is not None:  # an answer came; a lost connection says nothing of the password
            facts = {name: getattr(error, name) for name in _FACTS}
            slot.write(
                {"refused_at": time.time(), "code": error.code, "msg": error.msg, "fact": error.fact, "facts": facts}
            )
        raise


def pause_for_fresh(issued_at: float | None, deadline: Deadline) -> bool:
    """Wait until a token is no longer fresh; False if it was not, or if the deadline comes first."""
    if issued_at is None:
        return False
    age = time.time() - issued_at
    return 0 <= age < FRESH_FOR and deadline.sleep(max(FRESH_FOR / 4, FRESH_FOR - age))


def shows_expiry(response: Response, said: str | None, safe: bool) -> bool:
    """Say whether a response means that the token is not accepted.

    401 says so; other refusals and, for a read, a success that holds an error do if their words are about a token. A
    write that got such a success may have been executed.

    :param said: what a response of status 200 says of an error, or None
    """
    if response.status == 401:
        return True
    if 400 <= response.status < 500:
        return response.status in (419, 440, 498) or bool(_EXPIRED.search(said_plainly(response) or ""))
    if safe and 200 <= response.status < 300 and said:
        return bool(_EXPIRED.search(said) or _NO_LOGIN.search(said))
    return False
