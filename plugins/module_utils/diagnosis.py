# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of an account works, point by point, in plain words, each with what mends it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import ApiError
from .operation import Result
from .urls import is_loopback

#: What to change, by the code of a failure.
_MEND = {
    "invalid_input": "Correct the option that is named.",
    "auth_failed": "Correct login and password (or token), and check that the URL is that of this very account.",
    "forbidden": "Ask the vendor for the right, or use the account that has it.",
    "not_found": "Check the URL of the account; where its paths differ, set api_paths.",
    "rate_limited": "Wait a while, or lower concurrency.",
    "unreachable": "Check api_url, the network, and the proxy variables (HTTPS_PROXY, NO_PROXY).",
    "tls": "Check api_url; for a CA of your own set ca_path.",
    "timeout": "Check the network, or raise timeout.",
    "server_error": "Try again later; if it stays, ask the vendor.",
    "invalid_response": "Check that api_url is the API and that no proxy or login page answers in its place.",
}


@dataclass
class Checks:
    """The points in the order in which they were looked at."""

    points: list[Result] = field(default_factory=list)

    def good(self, name: str, detail: str, *, needed: bool = True) -> None:
        """Add a point that works."""
        self._add(name, True, needed, detail, None)

    def bad(self, name: str, detail: str, mend: str | None, *, needed: bool = True) -> None:
        """Add a point that does not work; ``mend`` names the setting."""
        self._add(name, False, needed, detail, mend)

    def failed(self, name: str, error: ApiError, mend: str | None = None, *, needed: bool = True) -> None:
        """Add a point that a request has shown not to work."""
        # A message is its fact and then its advice; both in one line would hide the fact.
        advice = error.msg[len(error.fact) :].strip() if error.msg.startswith(error.fact) else ""
        own = advice if advice.startswith("Check ") else _MEND.get(error.code)
        self.bad(name, error.fact.replace("{tries}", ""), mend or own, needed=needed)

    def open(self, name: str, detail: str, mend: str | None = None) -> None:
        """Nobody knows, or it is not set up; no failure."""
        self._add(name, None, False, detail, mend)

    def connected(self, base: str, validate_certs: bool, error: ApiError | None) -> bool:
        """Whether the host answered at all, and over what, told from the first request's outcome."""
        parts = urlsplit(base)
        if error is not None and error.code in ("unreachable", "tls", "timeout", "rate_limited") and not error.status:
            self.failed("TLS" if error.code == "tls" else "reachable", error)
            return False
        self.good("reachable", f"{parts.netloc} answers")
        if parts.scheme == "http":
            name = "this machine" if is_loopback(parts.hostname) else parts.netloc
            self.open("TLS", f"not in use: plain http to {name}")
        elif not validate_certs:
            self.open("TLS", "in use, but the certificate is not verified", "Set validate_certs to true.")
        else:
            self.good("TLS", "the certificate is trusted")
        return True

    def result(self) -> Result:
        """Return the result keys."""
        return {
            "changed": False,
            "ok": not any(point["ok"] is False and point["needed"] for point in self.points),
            "checks": self.points,
            "lines": [_line(point) for point in self.points],
        }

    def _add(self, name: str, ok: bool | None, needed: bool, detail: str, mend: str | None) -> None:
        told = {"name": name, "ok": ok, "needed": needed, "detail": detail, "mend": None if ok else mend}
        self.points.append(told)


def _line(point: t.Mapping[str, t.Any]) -> str:
    mark = {True: "✓", None: "–", False: "✗" if point["needed"] else "!"}[point["ok"]]
    more = f" → {point['mend']}" if point["mend"] else ""
    return f"{mark} {point['name']}: {point['detail']}{more}"
