# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vendor in memory whose responses are drawn at random: honest, odd but right, or recognizably wrong.

A wrong response always shows it: an error member, a count that disagrees, a row without an id. A list that leaves
rows out without such a mark looks like a true one, so none is drawn.
"""

from __future__ import annotations

import html
import io
import json
import random
import re
import typing as t
import unicodedata
from urllib.parse import parse_qs, urlsplit

import requests
import requests.adapters
import urllib3

from ansible_collections.partnerops.saas.plugins.module_utils.http.adapter import LIMIT
from ansible_collections.partnerops.saas.tests.support.scripted import form, read_timeout, reset

Answer = tuple[int, bytes, dict[str, str]]
JSON = {"Content-Type": "application/json"}
ERRORS: list[dict[str, t.Any]] = [
    {"error": "index is being rebuilt"},
    {"errors": [{"detail": "shard 2"}]},
    {"ErrorNNumber": 7, "ErrorText": "no"},
    {"status": "error"},
    {"status": 500},
    {"success": False},
    {"ok": "false"},
    {"code": 503},
    {"message": "The list is not available"},
    {"warning": "results may be incomplete"},
    {"partial": True},
    {"truncated": 1},
    {"complete": False},
    {"state": "pending"},
    {"exception": "PDOException"},
]
HARMLESS: list[dict[str, t.Any]] = [
    {},
    {"error": None},
    {"errors": []},
    {"status": "ok"},
    {"status": 200},
    {"success": True},
    {"message": ""},
    {"time": 0.01},
    {"links": {"next": None}},
    {"jsonapi": {"version": "1.0"}},
    {"code": 0},
]
UNKNOWN = (408, 499, 500, 502, 503, 504, 507, 509, 520, 522, 524, 530, 598, 599, 501, 505, 301, 302, 201)
REFUSED = (400, 403, 404, 405, 409, 410, 413, 418, 422, 423, 451)
PAUSES = ("0", "1", "0.5", "-3", "soon", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "9" * 30)


class Vendor:
    """A master account with tenants and apps. ``odd`` is the probability of a wrong response."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.tenants: list[dict[str, t.Any]] = []
        self.apps: list[dict[str, t.Any]] = [{"id": 1, "name": "My Sub Accounts"}]
        self.pushes = 0
        self.creates = 0
        self.odd = 0.0
        #: responses that were drawn, and those that were not honest
        self.answers = self.drawn = 0
        #: of the whole account: how it writes ids, names and counts
        self.ids = rng.choice(("text", "number", "float", "uuid"))
        self.names = rng.choice(("exact", "exact", "escaped", "collapsed", "nfd", "ascii", "cut"))
        self.flat = rng.random() < 0.3
        self.last = rng.choice(("number", "text", "float", "zero", "absent"))
        self.total = rng.choice(("absent", "absent", "number", "text", "words"))
        self.cap = rng.choice((2, 3, 200))
        self.extra = rng.choice(HARMLESS)

    # -- the wire -------------------------------------------------------------------------------------------------

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """In place of ``HTTPAdapter.send``."""
        LIMIT.sent = True
        url = urlsplit(str(request.url))
        path = url.path.partition("/api/v8/")[2]
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.answers += 1
        odd = self.rng.random() < self.odd
        self.drawn += odd
        if request.method == "POST":
            status, body, headers = self._write(path, request, odd)
        else:
            status, body, headers = self._list(path, query, odd)
        raw = urllib3.HTTPResponse(body=io.BytesIO(body), headers=headers, status=status, preload_content=False)
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    # -- lists ----------------------------------------------------------------------------------------------------

    def _list(self, path: str, query: dict[str, str], odd: bool) -> Answer:
        if path == "object":
            rows = [self._row(one["id"], self._record(one)) for one in self._found(query.get("query"))]
        elif path == "applications":
            rows = [self._row(one["id"], {"Name": self._name(one)}) for one in self.apps]
        else:
            return 404, b"{}", JSON
        page, size = int(query["page"]), min(int(query["pageSize"]), self.cap)
        body = self._page(rows, page, size)
        if not odd:
            return 200, json.dumps(body).encode(), JSON
        return self.rng.choice((self._failed, self._marked, self._bad_rows, self._unreadable, self._moved))(body)

    def _found(self, query: str | None) -> list[dict[str, t.Any]]:
        if query is None:
            return self.tenants
        wanted = json.loads(query)[0]["value"]
        return [one for one in self.tenants if one["email"] == wanted]

    def _page(self, rows: list[dict[str, t.Any]], page: int, size: int) -> dict[str, t.Any]:
        last = max(1, -(-len(rows) // size))
        meta: dict[str, t.Any] = {"current_page": page}
        forms: dict[str, t.Any] = {"number": last, "text": str(last), "float": float(last), "zero": 0}
        if self.last in forms:
            meta["last_page"] = forms[self.last]
        totals: dict[str, t.Any] = {"number": len(rows), "text": str(len(rows)), "words": "many"}
        if self.total in totals:
            meta["total"] = totals[self.total]
        return {"data": rows[(page - 1) * size : page * size], "meta": meta, **self.extra}

    def _row(self, number: int, columns: dict[str, t.Any]) -> dict[str, t.Any]:
        forms: dict[str, t.Any] = {
            "text": str(number),
            "number": number,
            "float": float(number),
            "uuid": f"a-{number}-f",
        }
        ident = "1" if number == 1 else forms[self.ids]
        return {"id": ident, **columns} if self.flat else {"id": ident, "type": "x", "attributes": columns}

    def _record(self, one: dict[str, t.Any]) -> dict[str, t.Any]:
        return {
            "Email": one["email"],
            "UserPassword": one["password"],
            "TenantName": "abc",
            "ServerName": "mobsted.com",
        }

    def _name(self, app: dict[str, t.Any]) -> str:
        name = str(app["name"])
        forms: dict[str, t.Callable[[str], str]] = {
            "escaped": lambda text: html.escape(text, quote=True),
            "collapsed": lambda text: " ".join(text.split()),
            "nfd": lambda text: unicodedata.normalize("NFD", text),
            "ascii": lambda text: text.encode("ascii", "replace").decode(),
            "cut": lambda text: text[:24],
        }
        return forms.get(self.names, str)(name)

    # -- wrong lists, each with a mark ----------------------------------------------------------------------------

    def _failed(self, body: dict[str, t.Any]) -> Answer:
        status = self.rng.choice((*UNKNOWN, *REFUSED, 202, 203, 206, 207))
        if self.rng.random() < 0.2:
            raise self._lost()
        empty = {"data": [], "meta": {"last_page": 1}} if 200 <= status < 300 else self.rng.choice(ERRORS)
        return status, json.dumps(empty).encode(), {**JSON, "Retry-After": self.rng.choice(PAUSES)}

    def _marked(self, body: dict[str, t.Any]) -> Answer:
        mark = self.rng.choice(ERRORS)
        kept: list[t.Any] = self.rng.choice((body["data"], [], body["data"][:1]))
        made = {**body, "data": kept, **mark}
        if self.rng.random() < 0.2:
            made = {"data": kept, "meta": {**body["meta"], **mark}}
        return 200, json.dumps(made).encode(), JSON

    def _bad_rows(self, body: dict[str, t.Any]) -> Answer:
        bad = self.rng.choice(
            (
                {"id": None, "attributes": {"Name": "x", "Email": "x@x.example"}},
                {"id": True, "attributes": {"Name": "x", "Email": "x@x.example"}},
                {"id": [], "attributes": {"Name": "x", "Email": "x@x.example"}},
                {"id": "77", "attributes": {"Name": None, "Email": None}},
                {"id": "77", "attributes": {"Name": "", "Email": ""}},
                {"id": "77"},
                {"error": "locked"},
                {},
                None,
                "row",
                7,
            )
        )
        return 200, json.dumps({**body, "data": [bad]}).encode(), JSON

    def _unreadable(self, body: dict[str, t.Any]) -> Answer:
        text = json.dumps({**body, "data": []})
        made: list[tuple[bytes, dict[str, str]]] = [
            (b"", JSON),
            (text[:-3].encode(), JSON),
            (b"<html><title>Sign in</title></html>", {"Content-Type": "text/html"}),
            (text.encode("utf-16"), JSON),
            (text.replace("{", '{"data": [], ', 1).encode(), JSON),
            (b"\x0b\x02\x80\xff" + text.encode(), {**JSON, "Content-Encoding": "br"}),
            (b"[]", JSON),
            (b"null", JSON),
            (b'"no such index"', JSON),
            (b'{"data": null}', JSON),
            (b'{"data": {}, "meta": {"last_page": 1}}', JSON),
            (b'{"data": "", "meta": {"last_page": 1}}', JSON),
            (b'{"data": [], "meta": {"last_page": "many"}}', JSON),
            (b'{"data": [], "meta": {"last_page": -1}}', JSON),
            (b'{"meta": {"last_page": 1}}', JSON),
            (b'{"data": [], "meta": {"last_page": 1, "total": 4}}', JSON),
            (b'{"data": [], "meta": {"last_page": 1}, "total": "9"}', JSON),
        ]
        content, headers = self.rng.choice(made)
        return 200, content, headers

    def _moved(self, body: dict[str, t.Any]) -> Answer:
        rows = body["data"] or [self._row(77, {"Name": "Other", "Email": "other@x.example"})]
        return 200, json.dumps({**body, "data": [rows[0], rows[0]]}).encode(), JSON

    # -- writes ---------------------------------------------------------------------------------------------------

    def _write(self, path: str, request: requests.PreparedRequest, odd: bool) -> Answer:
        if path == "partners" and self._taken(json.loads(request.body or b"{}")["email"]):
            return self.rng.choice((400, 409, 422)), b'"This e-mail is taken"', JSON
        if not odd:
            return 200, json.dumps(self._executed(path, request)).encode(), JSON
        kind = self.rng.random()
        if kind < 0.25:  # refused: certainly not executed
            status = self.rng.choice((*REFUSED, 429, 401))
            return (
                status,
                json.dumps(self.rng.choice(ERRORS)).encode(),
                {**JSON, "Retry-After": self.rng.choice(PAUSES)},
            )
        honest = self._executed(path, request) if self.rng.random() < 0.6 else None
        if kind < 0.4:
            raise self._lost()
        if kind < 0.7 or honest is None:
            status = self.rng.choice(UNKNOWN)
            headers = {**JSON, "Retry-After": self.rng.choice(PAUSES)} if self.rng.random() < 0.5 else JSON
            return status, self._error(), headers
        text = json.dumps(honest)
        doubled = re.sub(r"\{", '{"a": 1, "a": 2, ', text, count=1).encode()
        spoilt = self.rng.choice((b"", b"<html>", text[: len(text) // 2].encode(), doubled))
        return 200, self.rng.choice((spoilt, self._error())), JSON

    def _error(self) -> bytes:
        return json.dumps(self.rng.choice(ERRORS)).encode()

    def _lost(self) -> Exception:
        return reset() if self.rng.random() < 0.5 else read_timeout()

    def _taken(self, email: str) -> bool:
        return any(one["email"].lower() == email.lower() for one in self.tenants)

    def _executed(self, path: str, request: requests.PreparedRequest) -> dict[str, t.Any]:
        self.creates += 1
        if path == "push":
            self.pushes += 1
            return {"meta": {"push": {"affected": 1}}}
        if path == "partners":
            email = json.loads(request.body or b"{}")["email"]
            one = {"id": len(self.tenants) + 10, "email": email, "password": f"secret-{self.rng.getrandbits(40):x}"}
            self.tenants.append(one)
            login = {"email": email, "phone": "", "password": one["password"]}
            return {"url": "https://abc-admin.mobsted.com", "authentication": login}
        app = {"id": len(self.apps) + 10, "name": form(request)["name"]}
        self.apps.append(app)
        return {"data": [self._row(app["id"], {"uuid": "u"})], "meta": {"applications": {"affected": 1}}}
