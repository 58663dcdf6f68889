# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Read one page of a listing, and decide whether it can be trusted.

The documented envelope is ``data`` (rows) and ``meta`` (``code``). A member that reports an error makes the page
unusable. One that reports anything but success (a notice, ``partial``) keeps the page from proving that anything is
absent.
"""

from __future__ import annotations

import re
import typing as t

from ..http.response import Response, one_line
from ..identity import id_text

#: Members that report an error: of v8's siblings, of v4 and v5, of common frameworks (``inferred``). Here and below,
#: names are in lower case and without underscores and hyphens.
_ERRORS = frozenset(
    (
        *("error", "errors", "err", "errs", "errortext", "errornnumber", "errornumber", "errorcode", "errormessage"),
        *("errormsg", "errordescription", "exception", "exceptions", "fault", "faults", "failure", "failures"),
    )
)
_NO_ERROR = ("", "0", "none", "null", "no", "ok", "false", "no error", "no errors", "success")
_STATES = ("status", "state", "result", "success", "ok", "code", "statuscode")
_GOOD = ("ok", "success", "successful", "succeeded", "true", "yes", "done", "complete", "completed", "active", "0", "1")
_BAD = re.compile(
    r"(?i)\b(err|errors?|fail\w*|faults?|exception|denied|forbidden|unauthor\w*|expired|invalid|unavailable|time-?out|ko|nok)\b"
)
_NOTES = ("message", "messages", "msg", "warning", "warnings", "notice", "detail", "details", "hint", "info", "reason")
_PARTLY = frozenset(
    (
        *("partial", "incomplete", "truncated", "timedout", "timeout", "stale", "degraded", "ispartial", "aborted"),
        *("failed", "terminatedearly", "limitreached", "isincomplete", "istruncated"),
    )
)
#: Members that say that more rows follow, and what counts all rows or all pages.
_MORE = frozenset(
    (
        *("more", "hasmore", "hasnext", "hasnextpage", "hasmorepages", "next", "nextpage", "nextpageurl", "nexturl"),
        *("nextlink", "nextcursor", "nextpagetoken", "nexttoken"),
    )
)
_TOTALS = ("total", "totalcount", "totalrows", "totalrecords", "totalitems", "totalelements", "totalresults")
_PAGES = ("lastpage", "totalpages", "pagecount", "pagestotal")
#: Objects in the envelope that are about paging.
_PAGING = ("meta", "pagination", "paging", "paginator", "pageinfo", "links", "cursor")
#: Members that are the rows, or only repeat the question.
_ECHOES = ("data", "query", "filter", "filters", "params", "request", "included")


class Page(t.NamedTuple):
    """One page.

    ``last`` and ``total`` are ``meta.last_page`` and ``meta.total`` if they are numbers; ``doubt`` is why the page
    does not prove absence, or None. ``members`` are the envelope's, but its rows: each in the form to compare,
    in that to show, and its value.
    """

    rows: list[dict[str, t.Any]]
    last: int | None
    total: int | None
    doubt: str | None
    members: tuple[tuple[str, str, t.Any], ...] = ()

    def gap(self, number: int) -> str | None:
        """Return why the page can't be the one with a number, counted from 1; None if nothing says so."""
        for name, shown, value in self.members:
            found = _whole(value)
            if (name == "currentpage" and found is not None and found > number) or (
                name == "from" and number == 1 and found is not None and found > 1
            ):
                return f"page {number} was asked for, and its {shown} is {found}"
        return None

    def follows(self, number: int) -> str | None:
        """Return what says that pages follow this one; None if nothing does."""
        for name, shown, value in self.members:
            found = _whole(value)
            if (name in _MORE and not _nothing(value) and value != [] and (found is None or found > number)) or (
                name in _PAGES and found is not None and found > number
            ):
                return f"it says that more rows follow ({shown}: {one_line(str(value), 60)})"
        return None


def read_page(response: Response) -> Page:
    """Read a page.

    :raises ApiError: ``invalid_response`` for anything but the documented envelope
    """
    if not 200 <= response.status < 300:
        raise response.error()
    body = response.json()
    meta = body.get("meta")
    places = [body, *([meta] if isinstance(meta, dict) else ())]
    said = error_in(body)
    if said is not None:
        raise response.invalid(f"it reports an error ({said})")
    if "data" not in body:
        raise response.invalid("'data' is missing")
    last = _whole(meta.get("last_page")) if isinstance(meta, dict) else None
    if isinstance(meta, dict) and meta.get("last_page") is not None and (last is None or last < 0):
        raise response.invalid("'meta.last_page' is not a number, so it is unknown whether more rows follow")
    rows = _rows(body["data"], meta)
    if rows is None:
        raise response.invalid("'data' is not a list of rows")
    doubt = next(filter(None, map(_doubt, places)), None) or _inner_doubt(body)
    if response.status != 200:
        doubt = doubt or f"its status is {response.status}, not 200"
    if re.search(r"\b11[0-3]\b", response.headers.get("Warning", "")):
        doubt = doubt or "a cache sent it, and says that it is out of date"
    members = tuple(_members(body))
    totals = (_whole(value) for wanted in _TOTALS for name, _shown, value in reversed(members) if name == wanted)
    total = next((found for found in totals if found is not None), None)
    return Page(rows, last, total, doubt, members)


def error_in(body: t.Mapping[str, t.Any]) -> str | None:
    """Return the error in a response's envelope, at its top or in ``meta``; None if there is none."""
    meta = body.get("meta")
    for place in (body, meta if isinstance(meta, dict) else {}):
        for name, value in place.items():
            known = _squeezed(name)
            if (
                known in _ERRORS
                and not _nothing(value)
                and not (_is_good(value) and known.endswith(("code", "number")))
            ):
                return f"{name}: {one_line(str(value), 120)}"
            if known in _STATES and _is_bad(known, value):
                return f"{name}: {one_line(str(value), 120)}"
    return None


def _squeezed(name: t.Any) -> str:
    return re.sub(r"[_\-\s]+", "", str(name)).lower()


def _members(place: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str, t.Any]]:
    """Yield the members of an envelope and of the objects in it that are about paging."""
    for name, value in place.items():
        known = _squeezed(name)
        if isinstance(value, dict) and known in _PAGING:
            yield from _members(value)
        elif known not in _ECHOES:
            yield known, one_line(str(name), 40), value


def _inner_doubt(body: t.Mapping[str, t.Any]) -> str | None:
    """Return the error that an object inside the envelope reports: of one shard, or of one of several queries."""
    todo = [value for name, value in body.items() if _squeezed(name) not in _ECHOES]
    for inner in (one for value in todo if isinstance(value, dict) for one in (value, *value.values())):
        if isinstance(inner, dict):
            said = error_in(inner) or _doubt(inner)
            if said is not None:
                return f"it reports an error ({said})"
    return None


def _is_good(value: t.Any) -> bool:
    found = _whole(value)
    return found is not None and 200 <= found < 300


def _nothing(value: t.Any) -> bool:
    return value in (None, False, 0) or value in ([], {}) or str(value).strip().lower() in _NO_ERROR


def _is_bad(name: str, value: t.Any) -> bool:
    if name in ("success", "ok") and (value in (False, 0) or str(value).strip().lower() in ("false", "no", "0")):
        return True
    if value is False:
        return name in ("status", "result")
    number = _whole(value)
    if number is not None:
        return number >= 300 or number < 0
    return isinstance(value, str) and bool(_BAD.search(value))


def _doubt(place: t.Mapping[str, t.Any]) -> str | None:
    for name, value in place.items():
        known = _squeezed(name)
        if known in _NOTES and not _nothing(value) and str(value).strip().lower().rstrip(".!") not in _GOOD:
            return f"it has a {name}: {one_line(str(value), 120)}"
        if known in _PARTLY and not _nothing(value):
            return f"it says {name}"
        if known in ("complete", "iscomplete") and value in (False, 0, "false"):
            return f"it says {name}: {value}"
        if known in ("status", "state", "result", "code") and isinstance(value, str) and not _says_success(value):
            return f"its {name} is {one_line(value, 60)!r}"
    return None


def _says_success(text: str) -> bool:
    """Return whether a status, as text, means success. A number that means an error was found before."""
    return text.strip().lower() in ("", *_GOOD) or _whole(text) is not None


def _rows(data: t.Any, meta: t.Any) -> list[dict[str, t.Any]] | None:
    """Return ``data`` as rows, or None if it is anything else.

    It may be a list, one row as an object, or a list that PHP wrote as an object with numbers for keys. Null is an
    empty list only beside the ``meta`` of a listing: alone it is what a backend returns that could not read its table.
    """
    if data is None:
        return [] if isinstance(meta, dict) and any(k in meta for k in ("current_page", "last_page", "total")) else None
    if isinstance(data, dict):
        numbered = all(re.fullmatch(r"[0-9]+", str(key)) and isinstance(row, dict) for key, row in data.items())
        data = list(data.values()) if data and numbered else [data]
    if isinstance(data, list) and all(isinstance(row, dict) and row for row in data):
        return data
    return None


def _whole(value: t.Any) -> int | None:
    """Return a count as a number: an int, ``1.0``, or either as text; else None."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}(\.0+)?", value.strip()):
        return int(float(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15:
        text = id_text(value)
        return None if text is None else int(text)
    return None
