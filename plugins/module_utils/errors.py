# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The one error type of the collection, and what a program can read from it.

A message says what was tried, what came back and what to do next. It never contains a header, a request body, a cookie
or a query string, since ansible-core prints messages in places that ``no_log`` does not reach.
"""

from __future__ import annotations

import re
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


#: How an API says that a name or an address is in use, and how it says the opposite.
_TAKEN = ("exist", "taken", "already", "duplicate", "in use", "registered", "not unique")
_NOT_TAKEN = ("not exist", "n't exist", "not registered", "n't registered", "nonexist", "non-exist")


class ApiError(Exception):
    """An expected failure: shown to the user as ``failure`` of the task.

    ``final`` is True if another try would change nothing.

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

    final = False

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

    @property
    def exchange(self) -> dict[str, t.Any]:
        """Return what is known of the request and its response, by the names of the parameters."""
        return {"method": self.method, "path": self.path, "status": self.status, "message": self.message}

    def as_dict(self) -> dict[str, t.Any]:
        """Return the value of the result key ``failure``."""
        return {"code": self.code, **self.exchange}

    @property
    def says_taken(self) -> bool:
        """Return whether the API's own words say that the name or address is in use. Few APIs use 409 for that."""
        words = (self.message or "").lower()
        return any(word in words for word in _TAKEN) and not any(word in words for word in _NOT_TAKEN)

    def because(self, code: str, msg: str) -> ApiError:
        """Return the same failure with another code and message, but with the facts of its request."""
        return ApiError(code, msg, executed=self.executed, result=self.result, **self.exchange)


def words_and_fact(error: ApiError) -> tuple[str, str]:
    """Return the API's own message as a sentence to begin with, since it is usually the reason, and the rest."""
    if not error.message:
        return "", error.fact
    rest = error.fact.replace(f" It says: {error.message}.", "")
    return f"The API says: {error.message}. ", rest.replace(f": {error.message}.", ".")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as ``1 tenant`` and ``2 tenants``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shortened(error: object, most: int = 300) -> str:
    """Return the first words of another program's error, on one line and without an end of sentence.

    PostgreSQL adds the statement after ``LINE 1:``, which says nothing to a user.
    """
    return " ".join(re.split(r"\s+LINE \d+:", str(error))[0].split())[:most].rstrip(" .?!")


def invalid(msg: str) -> ApiError:
    """Return the error for input that is rejected before anything is sent."""
    return ApiError("invalid_input", msg)
