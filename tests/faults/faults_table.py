# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in which one request can fail, and the honest conclusion."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

#: The request certainly never left this machine, or was refused unread.
NOT_SENT = "not sent"
#: It was refused for now: wait and send it again, whatever the method.
WAIT = "wait"
#: Nobody knows whether it was executed.
UNKNOWN = "unknown"
#: Nobody knows whether it was executed, and a second try would get the same answer.
FINAL = "final"
#: It was refused for good.
REFUSED = "refused"
#: A response that claims success and is none. It is not requested again, since it would come again.
SPOILT = "spoilt"
#: The token was refused.
TOKEN = "token"


@dataclass(frozen=True)
class Fault:
    """One fault.

    :param code: the failure code of a read that meets the fault every time
    :param sort: what is known of the request, see above
    :param net: how the connection fails (see :mod:`.network`), instead of a rule of the simulator
    :param kind: the simulator's fault, with ``when`` and ``more``
    :param final: a retry is pointless, and is not made
    """

    name: str
    code: str
    sort: str
    net: str | None = None
    kind: str | None = None
    when: str | None = None
    more: dict[str, t.Any] = field(default_factory=dict)
    final: bool = False

    @property
    def slow(self) -> bool:
        """Return whether only the passing of time shows the fault."""
        return self.kind in ("stall", "slow_headers", "drip")

    @property
    def executed(self) -> bool:
        """Return whether the API executed the request."""
        return self.when == "after"


def _status(status: int, code: str, sort: str = REFUSED, **more: t.Any) -> Fault:
    return Fault(f"{status}", code, sort, None, "status", "before", {"status": status, **more})


def _both(name: str, code: str, sort: str, kind: str, **more: t.Any) -> list[Fault]:
    return [Fault(f"{name}, {when}", code, sort, None, kind, when, more) for when in ("before", "after")]


#: A list that is none (A2 and A14 of the field's faults).
INDEX = {"data": None, "error": "index is being rebuilt", "meta": {"current_page": 1, "last_page": 1}}
DOUBLED = '{"data": [], "data": [], "meta": {"current_page": 1, "last_page": 1}}'

FAULTS: list[Fault] = [
    Fault("name not found", "unreachable", NOT_SENT, net="no_name"),
    Fault("refused", "unreachable", NOT_SENT, net="refused"),
    Fault("untrusted certificate", "tls", NOT_SENT, net="untrusted", final=True),
    Fault("certificate of another name", "tls", NOT_SENT, net="other_name", final=True),
    Fault("http on the TLS port", "tls", NOT_SENT, net="plain"),
    Fault("handshake broken off", "tls|unreachable", NOT_SENT, net="hang_up"),
    *_both("reset", "unreachable", UNKNOWN, "reset"),
    *_both("stall", "timeout", UNKNOWN, "stall"),
    _status(400, "invalid_input"),
    _status(401, "auth_failed", TOKEN),
    _status(403, "forbidden"),
    _status(404, "not_found"),
    *_both("408", "timeout", UNKNOWN, "status", status=408),
    _status(409, "duplicate"),
    _status(410, "not_found"),
    _status(413, "invalid_input"),
    _status(422, "invalid_input"),
    _status(429, "rate_limited", WAIT),
    Fault(
        "429 with Retry-After",
        "rate_limited",
        WAIT,
        None,
        "status",
        "before",
        {"status": 429, "headers": {"Retry-After": "0.1"}},
    ),
    # Varnish puts the header on each 503 that it makes, also after the backend did the work.
    *_both("503 with Retry-After", "server_error", UNKNOWN, "status", status=503, headers={"Retry-After": "0.05"}),
    *_both("501", "server_error", FINAL, "status", status=501),
    *(
        fault
        for status in (500, 502, 503, 504, 507, 520, 599)
        for fault in _both(str(status), "server_error", UNKNOWN, "status", status=status)
    ),
    Fault("redirect to another host", "invalid_response", SPOILT, None, "redirect", "before", final=True),
    *_both("html", "invalid_response", SPOILT, "html"),
    *_both("empty", "invalid_response", SPOILT, "empty"),
    Fault("duplicate key", "invalid_response", SPOILT, None, "status", "before", {"status": 200, "body": DOUBLED}),
    Fault("no rows and an error", "invalid_response", SPOILT, None, "status", "before", {"status": 200, "body": INDEX}),
    Fault("no object", "invalid_response", SPOILT, None, "status", "before", {"status": 200, "body": "[]"}),
    Fault(
        "error under 200",
        "invalid_response",
        SPOILT,
        None,
        "status",
        "before",
        {"status": 200, "body": {"ErrorNNumber": 7, "ErrorText": "no"}},
    ),
    *_both("wrong types", "invalid_response", SPOILT, "wrong_types"),
    Fault("truncated", "invalid_response", UNKNOWN, None, "truncated", "after"),
    Fault("truncated, chunked", "invalid_response", UNKNOWN, None, "truncated", "after", {"chunked": True}),
    *_both("enormous", "invalid_response", UNKNOWN, "enormous", bytes=8 << 20),
    *_both("bomb", "invalid_response", UNKNOWN, "bomb", bytes=8 << 20),
    *_both("garbage", "invalid_response", UNKNOWN, "garbage"),
    Fault("slow headers", "timeout", UNKNOWN, None, "slow_headers", "after", {"seconds": 3}),
    Fault("drip", "timeout", UNKNOWN, None, "drip", "after", {"seconds": 3}),
]
#: Only for responses with pages.
PAGING = Fault("endless paging", "invalid_response", SPOILT, None, "endless_paging", "after")
