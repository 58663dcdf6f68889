# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Record the requests to an account and its responses, without anything that reveals whose account it is.

A value is never shown, only its form: ``text: e-mail``, ``integer``. Names of fields and parts of paths are shown if
the vendors' pages have them. Any other name of a field is shown only if it is made of a programmer's words and occurs
in no value: an object may be keyed by what nobody but its owner should read.
"""

from __future__ import annotations

import functools
import json
import re
import typing as t
from urllib.parse import urlsplit

from .forms import form_of
from .http.exchange import Exchange
from .http.response import Response
from .operation import Result, Task
from .published_names import FIELDS, SEGMENTS, WORDS
from .run.secrets import Secrets

#: Headers of a response that matter, each with the values that are shown. Of any other value, the form is shown.
_FORM = r"(?!)"
HEADERS = {
    "Content-Type": r"(application|text)/(json|html|plain|xml|vnd\.api\+json|problem\+json)(; *charset=utf-8)?$",
    "Content-Encoding": r"(gzip|deflate|br|zstd|identity)$",
    "WWW-Authenticate": r"(Bearer|Basic|Digest)\b",
    "Location": _FORM,
    "Retry-After": _FORM,
    "X-RateLimit-Limit": _FORM,
    "X-RateLimit-Remaining": _FORM,
    "X-RateLimit-Reset": _FORM,
    "RateLimit": _FORM,
}
#: Words of envelopes and errors that many APIs have.
_COMMON = """
code count detail details error ErrorNNumber ErrorText error_description errors from items limit links message msg next
offset path payload per_page prev result results rows success title to total
"""
KNOWN = FIELDS.union(_COMMON.split())
#: The name of a field. Only spans of time have digits: ``user17`` may be an id.
_IDENTIFIER = re.compile(r"[A-Za-z_]{2,31}(?:[0-9]{1,2}_?(?:min|hour|day|week|month|year)s?)?[A-Za-z_]{0,15}", re.ASCII)
#: How many different forms of one list's entries are shown, and how deep a body is.
MANY, DEEP = 12, 12


def _words(value: t.Any) -> t.Iterator[str]:
    """Return all words in the values of a body, of a query or of a URL, however deep."""
    rest = [value]
    while rest:
        found = rest.pop()
        if isinstance(found, dict):
            rest += found.values()
        elif isinstance(found, (list, tuple)):
            rest += found
        elif isinstance(found, str):
            yield from (word for word in re.split(r"[\W_]+", found.casefold()) if len(word) > 1)


def _parts(name: str) -> set[str]:
    """Return the words that a name is made of: ``JaneRoe2`` consists of ``jane`` and ``roe``."""
    return {part.casefold() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


class Recorder:
    """Collects exchanges, and returns them without personal data."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._kept: list[Exchange] = []

    def __call__(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self._kept.append(exchange)

    def entries(self, base: str | None) -> list[Result]:
        """Return all exchanges, redacted.

        :param base: URL of the account, whose path is not part of the calls
        """
        values: list[t.Any] = [base]
        for one in self._kept:
            values += [one.request.url, dict(one.request.params or {}), _sent(one)]
            if one.response:
                body = one.response.parsed()
                values.append(one.response.body.decode("utf-8", "replace") if body is None else body)
        words = {word for value in values for word in _words(value)}
        return [self._entry(one, base or "", words) for one in self._kept]

    def _entry(self, one: Exchange, base: str, words: set[str]) -> Result:
        prefix = urlsplit(base).path.rstrip("/")
        path = urlsplit(one.request.url).path
        inside = path.startswith(f"{prefix}/")
        entry: Result = {
            "request": {
                "method": one.request.method,
                "path": _path(path[len(prefix) :] if inside else path),
                "prefix": _path(prefix) if inside else None,
                "query": {name: self._shape(_parsed(value), words, False) for name, value in _query(one).items()},
                "headers": sorted(one.request.headers or {}),
                "body": self._shape(_sent(one), words, False),
            },
            "outcome": one.outcome,
            "response": None,
        }
        if one.response:
            entry["response"] = {
                "status": one.response.status,
                "headers": _headers(one.response, base),
                "body": self._body(one.response, words),
            }
        return entry

    def _body(self, response: Response, words: set[str]) -> t.Any:
        found = response.parsed()
        if found is not None:
            told = self._shape(found, words)
            if _contradicts(found):
                told["meta"]["total"] += ": not the number of rows"
            return told
        if not response.body:
            return "empty"
        text = response.body.decode("utf-8", "replace")
        return "page of HTML" if b"<" in response.body else "JSON null" if text.strip() == "null" else "no JSON"

    def _shape(self, value: t.Any, words: set[str], literal: bool = True, depth: int = 0) -> t.Any:
        if depth > DEEP:
            return "deeper"
        if isinstance(value, dict):
            beside = any(key in KNOWN for key in value)
            made, hidden = {}, 0
            for key, inner in value.items():
                name = str(key)
                if not (name in KNOWN or (beside and self._shown(name, words))):
                    hidden += 1
                    if hidden > MANY:
                        continue
                    name = f"key {hidden}"
                # Some servers count pages from 0 or not at all; in a counter a 0 says nothing.
                zero = name in ("current_page", "last_page") and inner == 0
                made[name] = "integer: zero" if zero else self._shape(inner, words, literal, depth + 1)
            return made
        if isinstance(value, list):
            shapes: list[t.Any] = []
            for inner in value:
                found = self._shape(inner, words, literal, depth + 1)
                if found not in shapes and len(shapes) < MANY:
                    shapes.append(found)
            return shapes
        return form_of(value, literal)

    def _shown(self, name: str, words: set[str]) -> bool:
        """Whether the name of an unpublished field may be shown."""
        if not _IDENTIFIER.fullmatch(name) or self._secrets.scrub(name) != name:
            return False
        parts = _parts(name)
        # Short words, such as "is" and "of", are in most sentences.
        return parts <= WORDS and words.isdisjoint(part for part in parts if len(part) > 2)


def _contradicts(body: t.Any) -> bool:
    """Return whether a list on one page has another total than it has rows."""
    rows, meta = (body.get("data"), body.get("meta")) if isinstance(body, dict) else (None, None)
    if not isinstance(rows, list) or not isinstance(meta, dict) or meta.get("last_page") != 1:
        return False
    total = meta.get("total")
    return isinstance(total, int) and not isinstance(total, bool) and total != len(rows)


def _path(path: str) -> str:
    return "".join(f"/{_segment(part)}" for part in path.split("/") if part)


def _segment(part: str) -> str:
    """Return a part of a path if the vendors' pages or many APIs have it; of any other, return its form."""
    if part in SEGMENTS or re.fullmatch(r"v[0-9]{1,2}|api|rest|partner-api", part):
        return part
    return "{number}" if part.isdigit() else "{text}"


def _query(one: Exchange) -> t.Mapping[str, str]:
    return one.request.params or {}


def _parsed(value: str) -> t.Any:
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, (dict, list)) else value


def _sent(one: Exchange) -> t.Any:
    """Return the body of a request."""
    return _parsed(one.request.data.decode("utf-8", "replace")) if one.request.data else None


def _headers(response: Response, base: str) -> dict[str, str]:
    headers = {}
    for name, shown in HEADERS.items():
        value = response.headers.get(name)
        if value:
            found = re.match(shown, value, re.IGNORECASE)
            headers[name] = found.group() if found else form_of(value, False)
            if name == "Location" and headers[name] == "text: URL":
                headers[name] = "the same host" if _origin(value) == _origin(base) else "another host"
    return headers


def _origin(url: str) -> tuple[str, str] | None:
    """Return scheme and host; None for what a server sends as a URL and is none."""
    try:
        return urlsplit(url)[:2]
    except ValueError:
        return None


def with_transcript(run: t.Callable[[Task], Result]) -> t.Callable[[Task], Result]:
    """Give an operation the option ``transcript``, which adds all requests and responses to its result."""

    @functools.wraps(run)
    def recorded(task: Task) -> Result:
        if not task.params.get("transcript"):
            return run(task)
        task.context.recorder = recorder = Recorder(task.context.secrets)
        try:
            result = run(task)
        finally:
            task.context.recorder = None
        return {**result, "transcript": recorder.entries(result["account"]["url"])}

    return recorded


TRANSCRIPT_OPTION: dict[str, dict[str, t.Any]] = {"transcript": {"type": "bool", "default": False}}
