# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Read a response tolerantly, and describe it in one line."""

from __future__ import annotations

import datetime
import email.utils
import json
import math
import re
import time
import typing as t
from dataclasses import dataclass, field

from ..errors import ApiError
from .status import rule_of

_ADVICE = {
    "auth_failed": "Check the credentials.",
    "forbidden": "Check that this account may do this.",
    "rate_limited": "Run again later, or raise 'deadline'.",
    "unreachable": "Check the proxy variables (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY) and the login in them.",
    "server_error": "Run again; if the error persists, ask the vendor.",
    "timeout": "Run again, or raise 'timeout'.",
    "invalid_response": "Check that api_url is the address of the API and that no proxy or login page responds in "
    "its place.",
    "not_found": "Check the names and ids in the task, api_url, and api_paths if the module has that option.",
    "duplicate": "Something with this name or address exists already: find it in the platform, or choose another one.",
    "invalid_input": "Correct what the API names.",
}
#: For a refusal without a reason.
_NO_REASON = "The API gives no reason: check the options of the task, and api_url."
#: For JSON, which no login page or proxy makes.
_UNDOCUMENTED = (
    "Run again later; if the error persists, check that api_url is the address of this API, or ask the vendor."
)


@dataclass
class Response:
    """One HTTP response, read completely. ``path`` is without the query."""

    method: str
    path: str
    status: int
    headers: t.Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    tries: int = 1
    #: accept a comma before a closing bracket, as MIP's page shows it
    lax: bool = False

    @property
    def kind(self) -> str:
        """Return the media type, or an empty text."""
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower()

    def retry_after(self) -> float | None:
        """Return the seconds of the ``Retry-After`` header, or None.

        An HTTP date, in any of its three forms, counts from the response's own ``Date``: the server's clock may differ.
        """
        value = (self.headers.get("Retry-After") or "").strip()
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", value):
            return float(value)
        until = _moment(value)
        if until is None:
            return None
        now = _moment(self.headers.get("Date") or "")
        return max(0.0, until - (time.time() if now is None else now))

    def parsed(self) -> t.Any:
        """Return the body as JSON, or None if it is not reliably JSON."""
        return self._read()[0]

    def json(self) -> dict[str, t.Any]:
        """Return the body as a JSON object.

        :raises ApiError: ``invalid_response`` for anything else; whether the request was executed is then unknown
        """
        found, why = self._read()
        if not isinstance(found, dict):
            raise self.invalid(why or "a JSON object was expected")
        return found

    def content(self) -> t.Any:
        """Return the body for a result: the JSON in it, otherwise its text, shortened, otherwise None."""
        found = self.parsed()
        return one_line(self.body.decode("utf-8", "replace"), 2000) or None if found is None else found

    def salvaged(self) -> dict[str, t.Any]:
        """Return what can be read of a malformed object, since a new password may be in it."""
        charset = self._charset()
        for name in ("utf-8-sig", charset, "utf-16", "latin-1"):
            try:
                found = json.loads(self.body.decode(name or "utf-8-sig"))
            except (ValueError, LookupError, RecursionError):
                continue
            if isinstance(found, dict):
                return found
        return {}

    def _charset(self) -> str | None:
        found = re.search(r"charset=[\"']?([A-Za-z0-9_.:-]+)", self.headers.get("Content-Type", ""))
        return found.group(1) if found else None

    def _read(self) -> tuple[t.Any, str | None]:
        """Return the body as JSON, or why it is not JSON."""
        encoding = (self.headers.get("Content-Encoding") or "").strip().lower()
        foreign = encoding if encoding not in ("", "identity", "gzip", "x-gzip", "deflate") else None
        try:
            text = self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            name = foreign or _bom(self.body) or self._charset()
            named = f"encoded as {one_line(name, 40)}, not as UTF-8" if name else "not UTF-8"
            return None, f"its body is {named}"
        if "\0" in text[:4]:
            return None, f"its body is encoded as {_bom(self.body) or 'UTF-16'}, not as UTF-8"
        if self.lax:
            text = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda found: found.group(1) or "", text)
        try:
            return json.loads(text, object_pairs_hook=_object, parse_constant=_constant), None
        except _Doubled as error:
            return None, f"its JSON has the key {one_line(str(error), 60)!r} twice"
        except (ValueError, RecursionError):
            return None, f"its body is encoded as {one_line(foreign, 40)}" if foreign else None

    def invalid(self, why: str) -> ApiError:
        """Return the failure for a success status without the documented content."""
        what = f"{len(self.body)} bytes {f'of {self.kind}' if self.kind else 'without a content type'}"
        said = said_by(self)
        fact = f"{self.method} {self.path} returned {self.status} with {what}, but {why}."
        fact += f" It says: {said}." if said else ""
        advice = _ADVICE["invalid_response"] if self.parsed() is None else _UNDOCUMENTED
        return ApiError(
            "invalid_response",
            f"{fact} {advice}",
            fact=fact,
            method=self.method,
            path=self.path,
            status=self.status,
            message=said,
            executed=None,
        )

    def error(self) -> ApiError:
        """Return the failure for a status other than 2xx."""
        status, rule = self.status, rule_of(self.status)
        code = rule.code
        said = said_by(self)
        more = " (a redirect, which is not followed here)" if 300 <= status < 400 else ""
        tries = f" after {self.tries} tries" if self.tries > 1 else ""
        fact = f"{self.method} {self.path} returned {status}{more}{tries}{f': {said}' if said else ''}."
        advice = _ADVICE[code] if said or code != "invalid_input" else _NO_REASON
        return ApiError(
            code,
            f"{fact} {advice}",
            fact=fact,
            method=self.method,
            path=self.path,
            status=status,
            message=said,
            executed=rule.executed,
        )


class _Doubled(ValueError):
    """A key that appears twice in one JSON object, so that it is unclear which one counts."""


def _object(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    made: dict[str, t.Any] = {}
    for key, value in pairs:
        if key in made:
            raise _Doubled(key)
        made[key] = value
    return made


def _constant(_name: str) -> float:
    """Return NaN for NaN and Infinity, which some servers write: whoever needs a number there refuses it."""
    return math.nan


def _bom(body: bytes) -> str | None:
    """Name the encoding that the first bytes of a body indicate."""
    if body.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(body) > 1 and 0 in body[:2]):
        return "UTF-16"
    return "zstd" if body.startswith(b"\x28\xb5\x2f\xfd") else None


def _moment(value: str) -> float | None:
    """Return an HTTP date (IMF-fixdate, RFC 850, asctime) as Unix time; a date without zone is UTC."""
    try:
        found = email.utils.parsedate_tz(value)
        if found is None:
            return None
        moment = datetime.datetime(*found[:6], tzinfo=datetime.timezone.utc)
        return moment.timestamp() - (found[9] or 0)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def said_plainly(response: Response) -> str | None:
    """Return the vendor's error message from a plain string or a JSON document, not from a page (``vendor-code``)."""
    return None if response.parsed() is None and b"<" in response.body else said_by(response)


def said_by(response: Response) -> str | None:
    """Return the API's own message in a response, as one short line, or None.

    Mobsted's error bodies are not published, and clients have met JSON, HTML and plain text (``code``); MIP's sister
    products return ``{"status": "error", "error": ...}`` (``page``). So every shape that was seen anywhere is read.
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
    """Return a value of a response if it is a non-empty text."""
    return value if isinstance(value, str) and value else None


def one_line(text: str, limit: int = 300) -> str:
    """Return foreign text made safe for a message: one line, no control or bidirectional characters, shortened."""
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
