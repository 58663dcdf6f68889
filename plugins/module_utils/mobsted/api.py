# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Mobsted's partner API v8 for one account. It knows the API and nothing of Ansible.

Every fact is tagged in ``docs/api/mobsted.yaml``; what the vendor does not publish is in one place, the paths in
:data:`..options.MOBSTED_PATHS`, and can be overridden by ``api_paths``.
"""

from __future__ import annotations

import json
import time
import typing as t
from dataclasses import replace

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..http.exchange import Request
from ..http.response import Response, said_by, text_of
from ..http.transport import Transport, surroundings
from ..http.wrong_place import is_elsewhere, is_page, no_such_path, wrong_place
from ..identity import account_key, email_key, email_spellings, id_text, id_value
from ..run.logins import pause_for_fresh, shows_expiry
from ..run.store import digest
from .auth import Tokens
from .connection import USUAL_URL
from .envelope import error_in, read_page
from .icon import Icon
from .listing import Absent, AppListing, TenantListing
from .memory import Memory
from .paging import THREADS, read_pages
from .records import REGISTRY_ID, AppRecord, Created, TenantRecord

if t.TYPE_CHECKING:
    from ..run.context import RunContext
    from .connection import Connection

#: Rows per page. The maximum is not published; 200 is the highest that was seen in use (``code``).
PAGE_SIZE = 200
#: Rows per page of a search, which finds one.
SEARCH_SIZE = 20
#: A longer body, in bytes, is not an error.
SHORT = 4000
#: Paths of the objects, in the order in which they are tried.
OBJECTS = ("object", "objects")


class MobstedAPI:
    """One account, one session, one token."""

    def __init__(self, connection: Connection, context: RunContext) -> None:
        self.connection = connection
        self.context = context
        self.root = connection.base + "/api/v8/"
        self.transport = Transport.of(connection, context)
        self._store = context.store_for(connection.token_cache)
        self.tokens = Tokens(connection, self._store, context.secrets, self._ask)
        self._objects: str | None = None
        #: what this run created in the account
        self.made = Memory(context.store, connection.base)
        #: False for an account that was given directly, which may or may not be a master account
        self.is_tenant = False

    @classmethod
    def of(cls, connection: Connection, context: RunContext) -> MobstedAPI:
        """Return the client of an account, shared by everything in this process."""
        return context.client(cls, connection, surroundings())

    def account(self, base: str, login: str, password: str) -> MobstedAPI:
        """Return the client of a sub-account, reached and secured like this one."""
        made = self.of(replace(self.connection, base=base, login=login, password=password, token=None), self.context)
        made.is_tenant = True
        return made

    def deadline(self) -> Deadline:
        """Return a new deadline for one resource."""
        return Deadline(self.connection.deadline)

    def close(self) -> None:
        """Close the session."""
        self.transport.close()

    # -- the calls ------------------------------------------------------------------------------------------------

    def log_in(self, deadline: Deadline) -> None:
        """Make sure that there is a token."""
        self.tokens.current(deadline)

    def registry_sample(self, deadline: Deadline) -> tuple[list[dict[str, t.Any]], str]:
        """Return at most one raw row of app ID 1, and the path that returned it."""
        query = {"applicationId": REGISTRY_ID, "page": "1", "pageSize": "1"}
        page = read_page(self._objects_page(query, deadline))
        return page.rows[:1], self._objects or ""

    def tenant_listing(
        self, deadline: Deadline, *, counters: bool = True, renews: bool = False, threads: int = THREADS
    ) -> TenantListing:
        """List all records of app ID 1.

        :param counters: keep each row; without them tens of thousands of records fit in memory
        :param renews: the deadline starts over every thousand records
        :param threads: how many pages are fetched at the same time
        """

        def read(raw: t.Mapping[str, t.Any]) -> TenantRecord | None:
            return TenantRecord.listed(raw, keep=counters)

        start = time.time()
        fetch = self._fetcher(self._objects_page, {"applicationId": REGISTRY_ID}, PAGE_SIZE, deadline)
        return TenantListing(
            self.connection.base, read_pages(fetch, read, deadline, renews=renews, threads=threads), start
        )

    def search_tenants(self, email: str, deadline: Deadline) -> TenantListing:
        """Search app ID 1 for an address as the API's ``=`` compares it (``seed``).

        Each spelling of the address is tried until one is found.
        """
        start = time.time()
        doubt: str | None = None
        for spelling in email_spellings(email):
            filters = [{"field": "Email", "operation": "=", "value": spelling, "andor": "and"}]
            query = {
                "applicationId": REGISTRY_ID,
                "query": json.dumps(filters, ensure_ascii=False, separators=(",", ":")),
            }
            fetch = self._fetcher(self._objects_page, query, SEARCH_SIZE, deadline)

            def ends(records: list[TenantRecord]) -> bool:
                # Other rows show that the filter was ignored: then a short page may be one that the API cut.
                return len(records) < SEARCH_SIZE and all(record.is_of(email) for record in records)

            pages = read_pages(fetch, TenantRecord.listed, deadline, ends)
            doubt = pages.doubt = doubt or pages.doubt
            found = TenantListing(self.connection.base, pages, start, searched=email)
            if found.all_of(email):
                break
        return found

    def tenants(self, deadline: Deadline) -> list[TenantRecord]:
        """Return all records of app ID 1, each with its counters.

        :raises ApiError: ``invalid_response`` if the list is not complete
        """
        return self.tenant_listing(deadline).whole().records

    def create_tenant(self, email: str, absent: Absent, deadline: Deadline) -> Created:
        """``POST partners`` with a JSON body (``seed``). The envelope of the response is not published: each is read.

        :param absent: the proof that there is no such tenant
        :raises ApiError: with ``executed`` None if the outcome is unknown
        """
        Absent.spend(absent, self.connection.base, "tenant", email_key(email))
        body = json.dumps({"email": email}).encode()
        response = self._call("POST", "partners", deadline, data=body, headers={"Content-Type": "application/json"})
        if not 200 <= response.status < 300:
            raise response.error()
        return self._created(response)

    def app_listing(self, deadline: Deadline, *, threads: int = THREADS) -> AppListing:
        """``GET applications``, all pages (``code``).

        The list of a master account contains app ID 1. If it is missing although the account has tenants' records, the
        list is not complete.

        :param threads: how many pages are fetched at the same time
        """
        start = time.time()
        fetch = self._fetcher(self._apps_page, {}, PAGE_SIZE, deadline)
        pages = read_pages(fetch, AppRecord.listed, deadline, threads=threads)
        if not self.is_tenant and pages.doubt is None and not any(app.id == REGISTRY_ID for app in pages.records):
            pages.doubt = self._lacks_registry(deadline)
        return AppListing(self.connection.base, pages, start)

    def apps(self, deadline: Deadline) -> list[AppRecord]:
        """Return all apps.

        :raises ApiError: ``invalid_response`` if the list is not complete
        """
        return self.app_listing(deadline).whole().records

    def create_app(
        self, fields: t.Mapping[str, str], icon: Icon | None, absent: Absent, deadline: Deadline
    ) -> AppRecord:
        """``POST applications`` as multipart form-data (``seed``).

        :param absent: the proof that there is no app of this name
        :raises ApiError: with ``executed`` None if the outcome is unknown
        """
        Absent.spend(absent, self.connection.base, "app", fields["name"])
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
        data = body.get("data")
        first = data[0] if isinstance(data, list) and data else data
        app = AppRecord.read(first) if isinstance(first, dict) else None
        if app is None:
            meta = _mapping(body.get("meta"))
            inner = _mapping(meta.get("applications"))
            app = AppRecord.read({"id": meta.get("applicationId") or inner.get("applicationId")})
        if app is None:
            raise response.invalid("neither data[0].id nor meta.applicationId is present")
        return app

    def need_push_path(self) -> str:
        """Return the path of the push call, which the user sets: the vendor publishes only the body (``page``).

        :raises ApiError: ``invalid_input``
        """
        path = self.connection.path("push")
        if not path:
            raise invalid(
                "api_paths.push is missing: the vendor publishes the body of the push call but not its path. Ask "
                "the vendor, and give it as a path below /api/v8."
            )
        return path

    def push(self, app_id: str, ext_id: str, title: str, message: str, deadline: Deadline) -> Response:
        """Send a push message."""
        path = self.need_push_path()
        body = {"applicationId": id_value(app_id), "extId": ext_id, "title": title, "message": message}
        headers = {"Content-Type": "application/json"}
        response = self._call("POST", path, deadline, data=json.dumps(body).encode(), headers=headers)
        if not 200 <= response.status < 300:
            raise response.error()
        # The form of the response is not published. An HTML page (a login page, a proxy) is not a success, nor is an
        # error with status 200, which older versions of the API are known for (``code``).
        found = response.parsed()
        said = error_in(found) if isinstance(found, dict) else None
        if said:
            raise response.invalid(f"it reports an error ({said})")
        if is_page(response):
            raise response.invalid("that does not show that the message was accepted")
        return response

    # -- how ------------------------------------------------------------------------------------------------------

    def _ask(self, path: str, query: t.Mapping[str, str], deadline: Deadline, retry: bool) -> Response:
        """Send a GET without a token, to log in or refresh."""
        transport = self.transport
        request = Request("GET", self.root + path, params=query, safe=retry, login=retry, optional=not retry)
        return transport.send(lambda: request, deadline)

    def _call(self, method: str, path: str, deadline: Deadline, **how: t.Any) -> Response:
        """Send a call with the token; if that is not accepted, pause if it is fresh, and send again with another."""
        token = ""

        def build() -> Request:
            headers = {**(how.get("headers") or {}), "Authorization": f"Bearer {token}"}
            return Request(method, self.root + path, **{**how, "headers": headers})

        token = self.tokens.current(deadline)
        response = self.transport.send(build, deadline)
        safe = bool(how.get("safe"))
        paused = False
        if safe and _refuses_token(response, safe) and pause_for_fresh(self.tokens.issued_at(token), deadline):
            paused = True
            response = self.transport.send(build, deadline)
        if _refuses_token(response, safe):
            token = self.tokens.renewed(token, deadline)
            response = self.transport.send(build, deadline)
            again = not paused and _refuses_token(response, safe)
            if again and pause_for_fresh(self.tokens.issued_at(token), deadline):
                response = self.transport.send(build, deadline)
        return response

    def _apps_page(self, query: dict[str, str], deadline: Deadline) -> Response:
        found = self._call("GET", self.connection.path("applications") or "", deadline, params=query, safe=True)
        if not self.connection.fixed("applications"):
            self._reached(found)
        return found

    def _reached(self, response: Response) -> None:
        """Make sure that a call with a given token reached the API; a login would have proved it."""
        if self.connection.token and is_elsewhere(response):
            raise wrong_place(response, self.connection.base, USUAL_URL)

    def _lacks_registry(self, deadline: Deadline) -> str | None:
        """Return why a list without app ID 1 is not complete; None if a refusal shows that there is no such app."""
        try:
            self.registry_sample(deadline)
        except ApiError as error:
            if error.status is None or error.code in ("rate_limited", "auth_failed"):
                raise
            words = (error.message or "HTML page").partition("HTML page")[0]
            if error.executed is False or error.status == 501 or (error.status == 500 and words):
                return None
            return f"app ID 1 is missing from it, and whether the account has it is unknown: {error.fact}"
        return "app ID 1, which this account has, is missing from it"

    def _objects_page(self, query: dict[str, str], deadline: Deadline) -> Response:
        """Get one page of objects.

        The path is ``object`` (``code``) or ``objects`` (``inferred``): if one responds as an unknown path does, the
        other is tried, and the path that works is remembered for the run.
        """
        key = "objects-" + digest(account_key(self.connection.base))
        if self._objects is None:
            learned = None if self.connection.fixed("objects") else self._store.peek(key).get("path")
            if learned in OBJECTS or self.connection.fixed("objects"):
                self._objects = learned or self.connection.path("objects")
        if self._objects is not None:
            return self._call("GET", self._objects, deadline, params=query, safe=True)
        failures: list[Response | ApiError] = []
        for path in OBJECTS:
            found = self._tried(path, query, deadline)
            if isinstance(found, Response) and not no_such_path(found):
                if 200 <= found.status < 300:
                    self._objects = path
                    self._store.put(key, {"path": path})
                return found
            failures.append(found)
        # Of two failures, one other than a plain "unknown path" says more.
        better = next((one for one in failures if one.status not in (404, 405, 501)), failures[0])
        if isinstance(better, ApiError):
            raise better
        self._reached(better)
        return better

    def _tried(self, path: str, query: dict[str, str], deadline: Deadline) -> Response | ApiError:
        """Get a page by a path that may not exist; return the failure if an unknown path can cause it."""
        try:
            return self._call("GET", path, deadline, params=query, safe=True)
        except ApiError as error:
            if error.status != 500:
                raise
            return error

    @staticmethod
    def _fetcher(
        page: t.Callable[[dict[str, str], Deadline], Response], query: dict[str, str], size: int, deadline: Deadline
    ) -> t.Callable[[int], Response]:
        return lambda number: page({**query, "page": str(number), "pageSize": str(size)}, deadline)

    def _created(self, response: Response) -> Created:
        """Read the response to a create. The password is shown only this once, so a malformed one is read too."""
        wrong: ApiError | None = None
        try:
            body = response.json()
        except ApiError as error:
            body, wrong = response.salvaged(), error
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
        number = next((text for text in (id_text(place.get("id")) for place in found) if text), None)
        created = Created(url, texts["email"], texts["password"], number)
        if wrong is not None:
            wrong.result = {"created": created}
            raise wrong
        if not url or not created.password:
            missing = " and ".join(n for n, v in (("url", url), ("authentication.password", created.password)) if not v)
            be = "are" if " and " in missing else "is"
            keys = sorted({str(key) for place in found for key in place} | {f"authentication.{key}" for key in auth})
            incomplete = response.invalid(f"{missing} {be} missing (there is: {', '.join(keys) or 'nothing'})")
            incomplete.result = {"created": created}
            raise incomplete
        return created


def _refuses_token(response: Response, safe: bool) -> bool:
    said = None
    if 200 <= response.status < 300 and len(response.body) < SHORT:  # an error is short, a page of rows is not
        body = response.parsed()
        said = error_in(body) if isinstance(body, dict) else None
        said = said and (said_by(response) or said)
    return shows_expiry(response, said, safe)


def _mapping(value: t.Any) -> dict[str, t.Any]:
    return value if isinstance(value, dict) else {}
