# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What an HTTP status says about a request: whether it was executed, and what to do next.

One table serves the transport, the failure codes and the page on errors (``docs/docsite/rst/guide_errors.rst``, which a
test compares with it). Only 401 and 429 mean "not executed, send it again". A proxy may return any 5xx after the
server did the work: Varnish's default configuration puts ``Retry-After`` on each 503 that it makes.
"""

from __future__ import annotations

import typing as t

#: What happens next, in the words of the page.
FOLLOW = "followed on the same host, else ``invalid_response``"
SKIP = "skipped: the final response follows"
AGAIN = "tried again"
WAIT = "sent again after the pause, until the deadline"
RENEW = "sent again once, with a new token or key pair"
STOP = "fails"
LOOK = "looked up, never sent again"
EXISTS = "looked up in the whole list, since it may exist; else fails"
LEAVE = "``unknown_outcome``, never sent again"


class Rule(t.NamedTuple):
    """One row of the table.

    :param shown: the statuses as the page shows them
    :param statuses: the same as ranges
    :param code: the failure code
    :param executed: False: certainly not; None: unknown; True: done
    """

    shown: str
    statuses: tuple[range, ...]
    code: str
    executed: bool | None
    read: str
    create: str
    toggle: str
    email: str

    def row(self) -> tuple[str, ...]:
        """Return the cells of the page's table."""
        executed = {True: "yes", False: "no", None: "**unknown**"}[self.executed]
        return (self.shown, executed, self.read, self.create, self.toggle, self.email)


def _one(*statuses: int) -> tuple[range, ...]:
    return tuple(range(status, status + 1) for status in statuses)


def _refused(shown: str, statuses: tuple[range, ...], code: str, create: str = STOP) -> Rule:
    return Rule(shown, statuses, code, False, STOP, create, STOP, STOP)


def _unknown(shown: str, statuses: tuple[range, ...], code: str, read: str) -> Rule:
    return Rule(shown, statuses, code, None, read, LOOK, LEAVE, LEAVE)


#: The first rule that contains a status counts.
RULES: tuple[Rule, ...] = (
    Rule("1xx", (range(100, 200),), "invalid_response", None, SKIP, SKIP, SKIP, SKIP),
    _unknown("2xx without the documented content", (range(200, 300),), "invalid_response", STOP),
    _unknown("3xx", (range(300, 400),), "invalid_response", FOLLOW),
    Rule("401", _one(401), "auth_failed", False, RENEW, RENEW, RENEW, RENEW),
    Rule("429", _one(429), "rate_limited", False, WAIT, WAIT, WAIT, WAIT),
    _refused("400, 422", _one(400, 422), "invalid_input", EXISTS),
    _refused("409", _one(409), "duplicate", EXISTS),
    _refused("403", _one(403), "forbidden"),
    _refused("404, 410", _one(404, 410), "not_found"),
    _refused("407", _one(407), "unreachable"),
    _unknown("408", _one(408), "timeout", AGAIN),
    _unknown("444, 460, 463, 499", _one(444, 460, 463, 499), "server_error", AGAIN),
    _refused("other 4xx", (range(400, 500),), "invalid_input"),
    _unknown("501, 505, 510, 511", _one(501, 505, 510, 511), "server_error", STOP),
    _unknown("other 5xx (also 507, 509, 520 to 530, 598, 599)", (range(500, 600),), "server_error", AGAIN),
)
_OTHER = _unknown("any other", (), "invalid_response", STOP)


def rule_of(status: int) -> Rule:
    """Return the rule for a status."""
    return next((rule for rule in RULES if any(status in statuses for statuses in rule.statuses)), _OTHER)
