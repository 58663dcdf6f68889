# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Report point by point what works on an account, in plain words, with what to do about the rest."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import ApiError
from .operation import Result
from .urls import is_loopback

#: What to do, by failure code.
_MEND = {
    "invalid_input": "Correct the option that is named.",
    "auth_failed": "Correct login and password (or token), and check that the URL belongs to this account.",
    "forbidden": "Ask the vendor for the permission, or use an account that has it.",
    "not_found": "Check the account's URL; if its paths differ, set api_paths.",
    "rate_limited": "Wait a while, or lower concurrency.",
    "unreachable": "Check api_url, the network, and the proxy variables (HTTPS_PROXY, NO_PROXY).",
    "tls": "Check api_url; for a CA of your own set ca_path.",
    "timeout": "Check the network, or raise timeout.",
    "server_error": "Try again later; if the error persists, ask the vendor.",
    "invalid_response": "Check that api_url is the API and that no proxy or login page responds in its place.",
}


@dataclass
class Checks:
    """The points, in the order in which they were checked."""

    points: list[Result] = field(default_factory=list)

    def good(self, name: str, detail: str, *, needed: bool = True) -> None:
        """Add a point that works."""
        self._add(name, True, needed, detail, None)

    def bad(self, name: str, detail: str, mend: str | None, *, needed: bool = True) -> None:
        """Add a point that fails; ``mend`` says what to do."""
        self._add(name, False, needed, detail, mend)

    def failed(self, name: str, error: ApiError, mend: str | None = None) -> None:
        """Add a point that fails with the error of a request."""
        # A message is a fact followed by advice. With both on one line, nobody would see the fact.
        advice = error.msg[len(error.fact) :].strip() if error.msg.startswith(error.fact) else ""
        own = advice if advice.startswith("Check ") else _MEND.get(error.code)
        self.bad(name, error.fact.replace("{tries}", ""), mend or own)

    def open(self, name: str, detail: str, mend: str | None = None) -> None:
        """Add a point that is unknown or not set up, which is no failure."""
        self._add(name, None, False, detail, mend)

    def connected(self, base: str, validate_certs: bool, error: ApiError | None) -> bool:
        """Report from the first request's outcome whether the host responded at all, and whether over TLS."""
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
        point = {"name": name, "ok": ok, "needed": needed, "detail": detail, "mend": None if ok else mend}
        self.points.append(point)


def _line(point: t.Mapping[str, t.Any]) -> str:
    mark = {True: "✓", None: "–", False: "✗" if point["needed"] else "!"}[point["ok"]]
    more = f" → {point['mend']}" if point["mend"] else ""
    return f"{mark} {point['name']}: {point['detail']}{more}"
