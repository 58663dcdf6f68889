# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came back: reading an answer tolerantly, and saying what it was in one line."""

from __future__ import annotations

import email.utils
import json
import re
import time
import typing as t
from dataclasses import dataclass, field

from ..errors import ApiError

#: Statuses after which nobody knows whether a write was executed.
UNKNOWN = frozenset((408, 500, 502, 503, 504))

_CODES = {400: "invalid_input", 401: "auth_failed", 403: "forbidden", 404: "not_found", 408: "timeout"}
_CODES.update({409: "duplicate", 410: "not_found", 429: "rate_limited"})

_ADVICE = {
    "auth_failed": "Check the credentials.",
    "forbidden": "Check that this account may do this.",
    "rate_limited": "Run again later, or raise 'retries' or 'deadline'.",
    "server_error": "Run again; if it stays, ask the vendor.",
    "timeout": "Run again, or raise 'timeout'.",
    "invalid_response": "Check that api_url is the address of the API and that no proxy or login page answers in "
    "its place.",
    "not_found": "Check what the task names, api_url, and where there is that option, api_paths.",
    "duplicate": "Something with this name or address exists already.",
    "invalid_input": "Correct what the API names.",
}


@dataclass
class Response:
    """One HTTP answer, read whole. ``path`` is without the query."""

    method: str
    path: str
    status: int
    headers: t.Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    tries: int = 1

    @property
    def kind(self) -> str:
        """The media type, or 'no content type'."""
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower() or "no content type"

    def retry_after(self) -> float | None:
        """Seconds of the ``Retry-After`` header (a number or an HTTP date), or None."""
        value = (self.headers.get("Retry-After") or "").strip()
        if not value:
            return None
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value)
        try:
            return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
        except (TypeError, ValueError, OverflowError):
            return None

    def parsed(self) -> t.Any:
        """The body as JSON, or None where it is none (HTML, empty, truncated)."""
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None

    def json(self) -> dict[str, t.Any]:
        """The body as a JSON object.

        :raises ApiError: ``invalid_response`` for anything else; whether the request was executed is then unknown.
        """
        found = self.parsed()
        if not isinstance(found, dict):
            raise self.invalid("a JSON object was expected")
        return found

    def invalid(self, why: str) -> ApiError:
        """A success that is none: the documented content is missing."""
        what = f"{len(self.body)} bytes of {self.kind}"
        said = said_by(self)
        fact = f"{self.method} {self.path} answered {self.status} with {what}, but {why}."
        fact += f" It says: {said}." if said else ""
        return ApiError(
            "invalid_response",
            f"{fact} {_ADVICE['invalid_response']}",
            fact=fact,
            method=self.method,
            path=self.path,
            status=self.status,
            message=said,
            executed=None,
        )

    def error(self) -> ApiError:
        """The failure that a status other than 2xx means."""
        status = self.status
        if status in _CODES:
            code = _CODES[status]
        elif 300 <= status < 400:
            code = "invalid_response"
        elif status >= 500:
            code = "server_error"
        else:
            code = "invalid_input" if 400 <= status < 500 else "invalid_response"
        said = said_by(self)
        more = " (a redirect, which is not followed here)" if 300 <= status < 400 else ""
        tries = f" after {self.tries} tries" if self.tries > 1 else ""
        executed = None if status in UNKNOWN or status >= 500 or status < 400 else False
        fact = f"{self.method} {self.path} answered {status}{more}{tries}{f': {said}' if said else ''}."
        return ApiError(
            code,
            f"{fact} {_ADVICE[code]}",
            fact=fact,
            method=self.method,
            path=self.path,
            status=status,
            message=said,
            executed=executed,
        )


def said_by(response: Response) -> str | None:
    """The API's own words in an answer, as one short line, or None.

    Mobsted's error bodies are not published, and clients have met JSON, HTML and plain text (``code``); MIP's sister
    products answer ``{"status": "error", "error": ...}`` (``page``). So every shape that was seen anywhere is read.
    """
    body = response.parsed()
    text = _words(body) if body is not None else ""
    if not text and body is None and response.body:
        raw = response.body[:4000].decode("utf-8", "replace")
        title = re.search(r"<title[^>]*>(.*?)</title>", raw, re.IGNORECASE | re.DOTALL)
        if title:
            text = f"HTML page '{title.group(1)}'"
        elif "<" not in raw and response.status >= 400:
            text = raw
    return one_line(text) or None


def text_of(value: t.Any) -> str | None:
    """A value of an answer, if it is a text and not an empty one."""
    return value if isinstance(value, str) and value else None


def one_line(text: str, limit: int = 300) -> str:
    """Text from outside made fit for a message: one line, no control or bidirectional marks, shortened."""
    clean = "".join(c if c.isprintable() and not 0x202A <= ord(c) <= 0x2069 else " " for c in text)
    clean = re.sub(r"\s+", " ", clean).strip().rstrip(". ")
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def _words(body: t.Any, depth: int = 0) -> str:
    if isinstance(body, str):
        return body
    if depth > 4:
        return ""
    if isinstance(body, list):
        return "; ".join(filter(None, (_words(item, depth + 1) for item in body[:3])))
    if isinstance(body, dict):
        for key in ("errors", "error", "ErrorText", "detail", "message", "msg", "error_description", "title"):
            if body.get(key):
                words = _words(body[key], depth + 1)
                if words:
                    return words
        if depth:  # {"email": ["is taken"]}
            words_of = ((str(key), _words(value, depth + 1)) for key, value in list(body.items())[:3])
            return "; ".join(f"{key}: {words}" for key, words in words_of if words)
    return ""
