# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Decide whether a request is tried again, and wait until it is time.

What may be sent twice is decided by what is known of the last try: see :mod:`.status`.
"""

from __future__ import annotations

import random

from ..errors import ApiError
from .deadline import Deadline, RateLimit
from .exceptions import NO_TLS
from .exchange import Request
from .response import Response, said_plainly

#: the longest pause, in seconds, after a server error with ``Retry-After``
LONGEST_PAUSE = 60.0


class Tries:
    """The tries of one request. Each pause returns when it is time for another try, or raises what ends them.

    :param most: further tries after the first, if the request fails
    :param rate_limit: of the account, which all its requests share
    """

    def __init__(self, most: int, rate_limit: RateLimit, deadline: Deadline) -> None:
        #: of the current try, from 1
        self.number = 0
        self._most = most
        self._rate_limit = rate_limit
        self._deadline = deadline
        #: tries without a usable response
        self._failures = 0
        #: refusals for too many requests in a row, while no other request of the account was served
        self._limited = 0
        #: requests of the account that were served before the current try
        self._served = 0
        #: what the last try failed with, where the same again would be final
        self._said: str | None = None
        #: the last refusal for too many requests
        self._refused: Response | None = None

    def begin(self) -> None:
        """Wait until the account may be used, and count a try.

        :raises ApiError: ``rate_limited`` if that is after the deadline
        """
        self._rate_limit.wait(self._deadline)
        self.number += 1
        self._served = self._rate_limit.served
        self._deadline.tried(self.number)

    def pause_after_error(self, error: ApiError, request: Request) -> None:
        """Pause after a try without a response.

        :raises ApiError: the error itself, or ``rate_limited`` if waiting used up the time
        """
        harmless = error.executed is False or request.safe
        if self._refused is not None and not self._deadline.left() and harmless:
            raise _limited(self._refused, self._refused.retry_after() or 1.0) from None
        # A balancer may say something in plain HTTP once. A port that does so again speaks no TLS.
        again = NO_TLS in error.fact and error.fact == self._said
        self._said = error.fact
        if error.final or again or not harmless or not self._pauses():
            raise with_tries(error, self.number) from None

    def pause_for_the_limit(self, response: Response, request: Request) -> None:
        """Hold all requests of the account back after a 429.

        :raises ApiError: ``rate_limited`` if the pause would not end before the deadline
        """
        # Other requests of the account may succeed while this one is unlucky: then it isn't stuck.
        self._limited = 1 if self._rate_limit.served > self._served else self._limited + 1
        pause = max(backoff(self._limited + 1), response.retry_after() or 0.0)
        # A request that starts with too little time left would end as unknown.
        if request.optional or pause + min(1.0, self._deadline.seconds / 10) >= self._deadline.left():
            raise _limited(response, pause)
        self._rate_limit.close(pause)
        self._refused = response

    def pause_before_another_read(self, response: Response, request: Request) -> None:
        """Pause after a server error. A 500 that comes with the same message again is taken as final.

        :raises ApiError: the response as an error
        """
        words = said_plainly(response) if response.status == 500 else None
        again = (words is not None and words == self._said) or (
            response.status == 500 and request.login and self._failures > 0
        )
        self._said = words
        if again or not self._pauses(asked_pause(response)):
            raise response.error()

    def _pauses(self, least: float = 0.0) -> bool:
        """Count a failure and pause; return False if there may be no further try."""
        self._failures += 1
        return self._failures <= self._most and self._deadline.sleep(max(backoff(self._failures), least))


def asked_pause(response: Response) -> float:
    """Return the seconds of ``Retry-After``, as far as they are waited for after a server error."""
    return min(response.retry_after() or 0.0, LONGEST_PAUSE)


def backoff(failures: int) -> float:
    """Return the seconds before the next try: doubling from half a second, at most 15, with jitter."""
    return min(15.0, 0.25 * 2.0**failures) * random.uniform(0.5, 1.0)  # noqa: S311 -- not used for a secret


def with_tries(error: ApiError, tries: int) -> ApiError:
    """Add the number of tries to the message."""
    said = f" after {tries} tries" if tries > 1 else ""
    error.msg, error.fact = (text.replace("{tries}", said) for text in (error.msg, error.fact))
    return error


def _limited(response: Response, wait: float) -> ApiError:
    after = f" after {response.tries} tries" if response.tries > 1 else ""
    return response.error().because(
        "rate_limited",
        f"{response.method} {response.path} was refused ({response.status}) for too many requests{after}; the API asks "
        f"for a pause of {wait:.0f} s. It was not executed. Run again later, or raise 'deadline'.",
    )
