# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobsted's partner API v8 for one account. It knows the API and nothing of Ansible.

Every fact is tagged in ``docs/api/mobsted.yaml``; what the vendor does not publish is in one place, the paths in
:data:`..options.MOBSTED_PATHS`, and can be overridden by ``api_paths``.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace

from ..errors import invalid
from ..http.deadline import Deadline
from ..http.response import Response, text_of
from ..http.transport import Request, Transport, surroundings
from ..run.store import digest
from .auth import Tokens
from .icon import Icon
from .records import AppRecord, Row, TenantRecord

if t.TYPE_CHECKING:
    from ..run.context import RunContext
    from .connection import Connection

#: The app of a master account whose objects are its sub-accounts (``seed``).
REGISTRY_APP = 1
#: Rows a page. The maximum is not published; 200 is the most that was seen in use (``code``).
PAGE_SIZE = 200
PAGE_CAP = 20_000


class Created(t.NamedTuple):
    """The answer to the creation of a tenant. ``password`` is shown this once by the vendor."""

    url: str | None
    login: str | None
    password: str | None
    id: str | None


class MobstedAPI:
    """One account, one session, one token."""

    def __init__(self, connection: Connection, context: RunContext) -> None:
        self.connection = connection
        self.context = context
        self.root = connection.base + "/api/v8/"
        self.transport = Transport(
            connection.base,
            timeout=connection.timeout,
            retries=connection.retries,
            validate_certs=connection.validate_certs,
            ca_path=connection.ca_path,
            observe=context.observe,
        )
        self._store = context.store_for(connection.token_cache)
        self.tokens = Tokens(connection, self._store, context.secrets, self._ask)
        self._objects: str | None = None

    @classmethod
    def of(cls, connection: Connection, context: RunContext) -> MobstedAPI:
        """The client of an account, shared by all that happens in this process."""
        return context.client(cls, connection, surroundings())

    def account(self, base: str, login: str, password: str) -> MobstedAPI:
        """The client of a sub-account, reached and secured as this one is."""
        return self.of(replace(self.connection, base=base, login=login, password=password, token=None), self.context)

    def deadline(self) -> Deadline:
        """A fresh deadline for one resource."""
        return Deadline(self.connection.deadline)

    def close(self) -> None:
        """Close the session."""
        self.transport.close()

    # -- the calls ------------------------------------------------------------------------------------------------

    def log_in(self, deadline: Deadline) -> None:
        """Make sure that there is a token."""
        self.tokens.current(deadline)

    def registry_sample(self, deadline: Deadline) -> tuple[list[dict[str, t.Any]], str]:
        """At most one row of app ID 1 as it came, and the path that had it."""
        query = {"applicationId": str(REGISTRY_APP), "page": "1", "pageSize": "1"}
        response = self._objects_page(query, deadline)
        if not 200 <= response.status < 300:
            raise response.error()
        rows = _rows(response.json().get("data", ()))
        if rows is None:
            raise response.invalid("'data' is not a list of rows")
        return rows[:1], self._objects or "objects"

    def tenants(self, deadline: Deadline, email: str | None = None) -> list[TenantRecord]:
        """The records of app ID 1: all, or those of one address as the API's ``=`` compares it (``seed``)."""
        query: dict[str, str] = {"applicationId": str(REGISTRY_APP)}
        if email is not None:
            filters = [{"field": "Email", "operation": "=", "value": email, "andor": "and"}]
            query["query"] = json.dumps(filters, ensure_ascii=False, separators=(",", ":"))
        size = 20 if email is not None else PAGE_SIZE

        def fits(raw: dict[str, t.Any]) -> bool:
            return email is not None and TenantRecord.read(raw).is_of(email)

        def ends(page: list[dict[str, t.Any]]) -> bool:
            # Foreign rows tell that the filter was ignored: then a short page may be a capped one.
            return email is not None and len(page) < size and all(map(fits, page))

        rows = [TenantRecord.read(raw) for raw in self._pages(self._objects_page, query, size, deadline, ends)]
        return [row for row in rows if row.addresses and (email is None or row.is_of(email))]

    def each_tenant(self, deadline: Deadline) -> t.Iterator[TenantRecord]:
        """All records of app ID 1, one by one and without their counters: tens of thousands have to fit in memory."""
        for raw in self._pages(self._objects_page, {"applicationId": str(REGISTRY_APP)}, PAGE_SIZE, deadline):
            record = TenantRecord.read(raw)
            if record.addresses:
                yield replace(record, row=None)

    def create_tenant(self, email: str, deadline: Deadline) -> Created:
        """``POST partners`` with a JSON body (``seed``). The envelope of the answer is not published: each is read.

        :raises ApiError: with ``executed`` None where nobody knows whether there is a tenant now
        """
        body = json.dumps({"email": email}).encode()
        response = self._call("POST", "partners", deadline, data=body, headers={"Content-Type": "application/json"})
        if not 200 <= response.status < 300:
            raise response.error()
        return self._created(response)

    def apps(self, deadline: Deadline) -> list[AppRecord]:
        """``GET applications``, all pages (``code``)."""
        path = self.connection.path("applications") or ""

        def page(query: dict[str, str], deadline: Deadline) -> Response:
            return self._call("GET", path, deadline, params=query, safe=True)

        rows = self._pages(page, {}, PAGE_SIZE, deadline)
        return [app for app in map(AppRecord.read, rows) if app is not None]

    def create_app(self, fields: t.Mapping[str, str], icon: Icon | None, deadline: Deadline) -> AppRecord:
        """``POST applications`` as multipart form-data (``seed``).

        :raises ApiError: with ``executed`` None where nobody knows whether there is an app now
        """
        files: list[tuple[str, tuple[str | None, t.Any] | tuple[str | None, t.Any, str]]] = [
            (name, (None, value.encode())) for name, value in fields.items()
        ]
        if icon:
            files.append(("icon", (icon.name, icon.content, icon.kind)))
        path = self.connection.path("applications") or ""
        response = self._call("POST", path, deadline, files=files)
        if not 200 <= response.status < 300:
            raise response.error()
        body = response.json()
        rows = _rows(body.get("data")) or []
        app = AppRecord.read(rows[0]) if rows else None
        if app is None:
            meta = _mapping(body.get("meta"))
            inner = _mapping(meta.get("applications"))
            number = meta.get("applicationId") or inner.get("applicationId")
            app = AppRecord.read({"id": number}) if number else None
        if app is None:
            raise response.invalid("neither data[0].id nor meta.applicationId is there")
        return app

    def push(self, app_id: int, ext_id: str, title: str, message: str, deadline: Deadline) -> t.Any:
        """Send a push message. The vendor publishes the body (``page``) but not the path, so the path is the user's."""
        path = self.connection.path("push")
        if not path:
            raise invalid(
                "api_paths.push is missing: the vendor publishes the body of the push call but not its path. Ask "
                "the vendor, and give it as a path below /api/v8."
            )
        body = {"applicationId": app_id, "extId": ext_id, "title": title, "message": message}
        headers = {"Content-Type": "application/json"}
        response = self._call("POST", path, deadline, data=json.dumps(body).encode(), headers=headers)
        if not 200 <= response.status < 300:
            raise response.error()
        # The answer's form is not published. A page of HTML (a login page, a proxy) or an error under 200, which older
        # versions of the API are known for (`code`), is no success.
        found = response.parsed()
        if isinstance(found, dict) and any(found.get(key) for key in ("errors", "error", "ErrorText", "ErrorNNumber")):
            raise response.invalid("that tells of an error")
        if found is None and b"<" in response.body:
            raise response.invalid("a message's acceptance was expected")
        return response

    # -- how ------------------------------------------------------------------------------------------------------

    def _ask(self, path: str, query: t.Mapping[str, str], deadline: Deadline, retry: bool) -> Response:
        """A GET without a token: logging in and refreshing."""
        transport = self.transport
        request = Request("GET", self.root + path, params=query, safe=retry)
        return transport.send(lambda: request, deadline)

    def _call(self, method: str, path: str, deadline: Deadline, **how: t.Any) -> Response:
        """A call with the token; on 401 once more with a renewed one."""
        token = ""

        def build() -> Request:
            headers = {**(how.get("headers") or {}), "Authorization": f"Bearer {token}"}
            return Request(method, self.root + path, **{**how, "headers": headers})

        token = self.tokens.current(deadline)
        response = self.transport.send(build, deadline)
        if response.status == 401:
            token = self.tokens.renewed(token, deadline)
            response = self.transport.send(build, deadline)
        return response

    def _objects_page(self, query: dict[str, str], deadline: Deadline) -> Response:
        """One page of objects. The path is ``objects`` (``inferred``) or ``object`` (``code``): the other is tried
        on 404."""
        wanted = self.connection.path("objects") or "objects"
        known = ("objects", "object")
        key = "objects-" + digest(self.connection.base)
        if self._objects is None:
            learned = self._store.peek(key).get("path") if wanted in known else None
            self._objects = learned or wanted
        response = self._call("GET", self._objects, deadline, params=query, safe=True)
        if response.status == 404 and self._objects in known and wanted in known:
            other = known[1 - known.index(self._objects)]
            again = self._call("GET", other, deadline, params=query, safe=True)
            if again.status != 404:
                self._objects, response = other, again
                self._store.put(key, {"path": other})
        return response

    def _pages(
        self,
        page: t.Callable[[dict[str, str], Deadline], Response],
        query: dict[str, str],
        size: int,
        deadline: Deadline,
        ends: t.Callable[[list[dict[str, t.Any]]], bool] = lambda rows: not rows,
    ) -> t.Iterator[dict[str, t.Any]]:
        """All rows of a listing, each once.

        The end is ``meta.last_page`` (``code``) where the answer has it. Where it has not, a listing goes on to the
        first page without rows, since a server may cap ``pageSize``, unless ``ends`` knows that a page is the last.
        """
        seen: set[str] = set()
        for number in range(1, PAGE_CAP + 1):
            response = page({**query, "page": str(number), "pageSize": str(size)}, deadline)
            if not 200 <= response.status < 300:
                raise response.error()
            body = response.json()
            rows = _rows(body.get("data", ()))
            if rows is None or "data" not in body:
                raise response.invalid("'data' is not a list of rows")
            new = 0
            for row in rows:
                identity = Row(row).text("id") or json.dumps(row, sort_keys=True, default=str)
                if identity not in seen:
                    seen.add(identity)
                    new += 1
                    yield row
            last = _last_page(body)
            if last is None and _has_last_page(body):
                raise response.invalid("'meta.last_page' is not a number, so nobody knows whether more rows follow")
            if last is not None and number >= last:
                return
            if last is None and (not rows or ends(rows)):
                return
            if not new:
                raise response.invalid(
                    f"page {number} repeats rows or is empty although more are promised: the list has no end"
                )
        raise response.invalid(f"the list has more than {PAGE_CAP} pages")

    def _created(self, response: Response) -> Created:
        body = response.json()
        data = body.get("data")
        first = data[0] if isinstance(data, list) and data else data
        places = [body, first, first.get("attributes") if isinstance(first, dict) else None]
        found = [place for place in places if isinstance(place, dict)]
        auth: dict[str, t.Any] = next(
            (p["authentication"] for p in found if isinstance(p.get("authentication"), dict)), {}
        )
        texts = {name: text_of(auth.get(name)) for name in ("email", "password")}
        url = next((text_of(place.get("url")) for place in found if text_of(place.get("url"))), None)
        self.context.secrets.show(texts["password"])
        number = next((str(p["id"]) for p in found if isinstance(p.get("id"), (int, str)) and p.get("id")), None)
        created = Created(url, texts["email"], texts["password"], number)
        if not url or not created.password:
            missing = " and ".join(n for n, v in (("url", url), ("authentication.password", created.password)) if not v)
            keys = sorted({str(key) for place in found for key in place} | {f"authentication.{key}" for key in auth})
            error = response.invalid(f"{missing} missing (there is: {', '.join(keys) or 'nothing'})")
            error.result = {"created": created}
            raise error
        return created


def _rows(data: t.Any) -> list[dict[str, t.Any]] | None:
    """``data`` as rows: a list, one object, or null for none; None where it is nothing of these.

    An object counts as a row only if it looks like one: what is taken for an empty or foreign row means "absent", and
    on that something is created.
    """
    if data is None:
        return []
    rows = [data] if isinstance(data, dict) else data
    if isinstance(rows, (list, tuple)) and all(isinstance(row, dict) and _is_row(row) for row in rows):
        return list(rows)
    return None


def _is_row(raw: dict[str, t.Any]) -> bool:
    fields = Row(raw).fields
    return any(name in fields for name in ("id", "email", "userlogin", "name"))


def _last_page(body: dict[str, t.Any]) -> int | None:
    meta = body.get("meta")
    value = meta.get("last_page") if isinstance(meta, dict) else None
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _has_last_page(body: dict[str, t.Any]) -> bool:
    meta = body.get("meta")
    return isinstance(meta, dict) and meta.get("last_page") is not None


def _mapping(value: t.Any) -> dict[str, t.Any]:
    return value if isinstance(value, dict) else {}
