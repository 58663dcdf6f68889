# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What one resource may spend: one deadline over all its requests and waits, and a count of its tries."""

from __future__ import annotations

import threading
import time

from ..errors import ApiError


class Deadline:
    """The deadline of one resource and what it has cost so far. Times are in seconds of the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.until = time.monotonic() + seconds
        #: the most tries that any one request took
        self.attempts = 1
        #: requests sent, whatever their outcome
        self.requests = 0
        #: logins sent
        self.logins = 0
        self._lock = threading.Lock()

    def left(self) -> float:
        """Return the seconds until the deadline, never negative."""
        return max(0.0, self.until - time.monotonic())

    def renew(self) -> None:
        """Start over: for each part of something that has no fixed size."""
        self.until = time.monotonic() + self.seconds

    def tried(self, tries: int) -> None:
        """Count a request that is about to be sent, for the given time (1 is the first)."""
        with self._lock:
            self.requests += 1
            self.attempts = max(self.attempts, tries)

    def sleep(self, seconds: float) -> bool:
        """Wait and return True; return False at once if the deadline comes first."""
        if seconds >= self.left():
            return False
        time.sleep(seconds)
        return True


class RateLimit:
    """Holds back all threads that use one account while the API asks to wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open_at = 0.0
        #: requests that were served; shows a waiting thread whether the account makes progress at all
        self.served = 0

    def close(self, seconds: float) -> None:
        """Let no request through for this many seconds from now."""
        with self._lock:
            self._open_at = max(self._open_at, time.monotonic() + seconds)

    def passed(self) -> None:
        """Count a request that was served."""
        with self._lock:
            self.served += 1

    def wait(self, deadline: Deadline) -> None:
        """Block until the gate is open.

        :raises ApiError: ``rate_limited`` if it opens only after the deadline
        """
        while True:
            with self._lock:
                wait = self._open_at - time.monotonic()
            if wait <= 0:
                return
            if not deadline.sleep(wait):
                raise ApiError(
                    "rate_limited",
                    f"The API asks to wait {wait:.0f} s more, which is beyond the deadline of {deadline.seconds:.0f} "
                    "s. Nothing was sent. Run again later, or raise 'deadline'.",
                    executed=False,
                )
