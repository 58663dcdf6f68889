# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The one error type of the collection, and what a program can read from it.

A message says what was tried, what came back and what to do next. It never contains a header, a request body, a cookie
or a query string, since ansible-core prints messages in places that ``no_log`` does not reach.
"""

from __future__ import annotations

import typing as t

CODES = frozenset(
    (
        "invalid_input",
        "auth_failed",
        "forbidden",
        "not_found",
        "duplicate",
        "ambiguous",
        "protected_app",
        "stale_credentials",
        "rate_limited",
        "unreachable",
        "tls",
        "timeout",
        "server_error",
        "invalid_response",
        "unknown_outcome",
        "undetermined",
    )
)


class ApiError(Exception):
    """An expected failure: shown to the user as ``failure`` of the task.

    :param code: one of ``CODES``
    :param msg: the whole sentence for a person
    :param fact: the part of ``msg`` that says what was tried and what came back, without the advice
    :param method: HTTP method, if a request was made
    :param path: path of the request, always without its query
    :param status: HTTP status, if there was a response
    :param message: what the API itself reported, shortened and scrubbed
    :param executed: False if the request certainly changed nothing, True if it did, None if that is unknown
    :param result: what was done before the failure and must not be lost, such as a new tenant's credentials
    """

    def __init__(
        self,
        code: str,
        msg: str,
        *,
        fact: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        message: str | None = None,
        executed: bool | None = False,
        result: dict[str, t.Any] | None = None,
    ) -> None:
        if code not in CODES:
            raise ValueError(f"unknown failure code {code!r}")
        super().__init__(msg)
        self.code = code
        self.msg = msg
        self.fact = fact or msg
        self.method = method
        self.path = path
        self.status = status
        self.message = message
        self.executed = executed
        self.result = result or {}

    def __str__(self) -> str:
        return self.msg

    def as_dict(self) -> dict[str, t.Any]:
        """Return the value of the result key ``failure``."""
        return {
            "code": self.code,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "message": self.message,
        }

    def because(self, code: str, msg: str) -> ApiError:
        """Return the same failure with another code and message, but with the facts of its request."""
        return ApiError(
            code,
            msg,
            method=self.method,
            path=self.path,
            status=self.status,
            message=self.message,
            executed=self.executed,
            result=self.result,
        )


def said_first(error: ApiError) -> str:
    """Return the API's own message, to begin a message with: it is usually the reason."""
    return f"The API says: {error.message}. " if error.message else ""


def invalid(msg: str) -> ApiError:
    """Return the error for input that is rejected before anything is sent."""
    return ApiError("invalid_input", msg)
