# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Keep looking for the result of a write whose response was lost: the one loop for both vendors."""

from __future__ import annotations

import time
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline

#: Seconds between two looks; the last one is repeated.
PAUSES = (0.5, 1.0, 2.0, 3.0, 5.0)

T = t.TypeVar("T")


def settle(
    look: t.Callable[[], T | None], enough: t.Callable[[T], bool], seconds: float, deadline: Deadline
) -> T | None:
    """Keep looking for what a lost write may have made: until it is complete, or the time is over.

    A look-up that fails proves nothing; one that finds several records raises ``ambiguous``.
    """
    until = time.monotonic() + seconds
    found: T | None = None
    looks = 0
    while True:
        try:
            found = look() or found
        except ApiError as error:
            if error.code == "ambiguous":
                raise
        if found is not None and enough(found):
            return found
        pause = PAUSES[min(looks, len(PAUSES) - 1)]
        looks += 1
        left = until - time.monotonic()
        if left <= 0 or not deadline.sleep(min(pause, left)):
            return found
