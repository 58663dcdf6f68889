# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fake MIP behind ``HTTPAdapter.send``, with every moment at which a run can be killed.

Moments count from 1. Every call has two (it reaches MIP or not; its response is back), and so has every commit of the
ledger (before, after). ``kill_at`` ends the run there, in the same way as SIGKILL as far as it matters: no more code
of the resources runs (:class:`Killed` is no ``Exception``), and the kernel releases the locks.
"""

from __future__ import annotations

import io
import json
import re
import typing as t
from urllib.parse import urlsplit

import pytest
import requests
import requests.adapters
import urllib3

from ansible_collections.partnerops.saas.plugins.module_utils.http.adapter import LIMIT
from ansible_collections.partnerops.saas.plugins.module_utils.state.sqlite_store import SqliteStore
from ansible_collections.partnerops.saas.tests.support.scripted import reset


class Killed(BaseException):
    """The process is gone."""


class FakeMip:
    """A marketplace (7) with clients and members. ``block_answer``: ``told`` or ``none``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clients: dict[int, dict[str, t.Any]] = {}
        self.users: dict[int, dict[str, t.Any]] = {}
        self.members: dict[int, bool] = {}
        self.mails: list[str] = []
        self.removals = 0
        self.calls: list[str] = []
        self.block_answer = "told"
        self.lists = True
        self.lose: dict[str, str] = {}
        self.kill_at = self.moment = 0
        self.next = 20
        write = SqliteStore.write

        def counted(store: SqliteStore, *args: t.Any, **kwargs: t.Any) -> t.Any:
            self.passes()
            found = write(store, *args, **kwargs)
            self.passes()
            return found

        monkeypatch.setattr(SqliteStore, "write", counted)
        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", lambda _adapter, request, **_how: self.send(request))

    # -- for the tests ------------------------------------------------------------------------------------------------

    def user(self, email: str, password: str = "user-password") -> int:
        """Register a user."""
        return self._add(self.users, email, password)

    def client(self, email: str, password: str = "user-password", *, blocked: bool = False) -> int:
        """Register a client."""
        ident = self._add(self.clients, email, password)
        self.clients[ident]["is_blocked"] = blocked
        return ident

    def of(self, email: str) -> dict[str, t.Any] | None:
        """Return the client with an address."""
        return next((one for one in self.clients.values() if one["email"] == email), None)

    def count(self, part: str) -> int:
        """Count the calls with this in their path, answered or not."""
        return sum(part in call for call in self.calls)

    def forget(self) -> None:
        """Start a new run."""
        self.calls.clear()
        self.lose.clear()
        self.kill_at = self.moment = 0

    def passes(self) -> None:
        """Pass a moment."""
        self.moment += 1
        if self.moment == self.kill_at:
            raise Killed

    # -- MIP ----------------------------------------------------------------------------------------------------------

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Replace ``HTTPAdapter.send``. ``lose`` maps a part of a path to ``before`` or ``after``."""
        path = urlsplit(str(request.url)).path
        LIMIT.sent = True
        self.passes()
        self.calls.append(path)
        lost = next((how for part, how in self.lose.items() if part in path), None)
        if lost == "before":
            raise reset()
        status, body = self.act(path, json.loads(request.body or b"{}"))
        if lost == "after":
            raise reset()
        self.passes()
        if lost is not None and lost.isdigit():
            status, body = int(lost), {"status": "error", "error": "Refused"}
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(json.dumps(body).encode()),
            headers={"Content-Type": "application/json"},
            status=status,
            preload_content=False,
        )
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    def act(self, path: str, body: dict[str, t.Any]) -> tuple[int, dict[str, t.Any]]:
        """Change the state and return the response."""
        refuse = next((how for part, how in self.lose.items() if part in path and how.isdigit()), None)
        if refuse is not None:
            return int(refuse), {}
        found = re.fullmatch(r"/(client|member)/7/(block|remove)/(\d+)", path)
        if found:
            return (self._client if found[1] == "client" else self._member)(found[2], int(found[3]))
        if path == "/member/7/add":
            self.mails.append(body["email"])
            for ident, user in self.users.items():
                if user["email"] == body["email"]:
                    self.members.setdefault(ident, False)
            return 200, {"status": "ok", "message": "Email has been sent."}
        people = self.clients if "/client" in path else self.users
        key = "client" if "/client" in path else "user"
        known = next((one for one in people.values() if one["email"] == body["email"]), None)
        if path.startswith("/login"):
            if known is None or known["password"] != body["password"]:
                return 403, {"status": "error", "error": "AccessDenied"}
            return 200, {"status": "ok", key: self._view(known, listed=key == "user")}
        if known is not None:
            return 400, {"status": "error", "error": "EmailExists"}
        return 200, {"status": "ok", key: self._view(people[self._add(people, body["email"], body["password"])])}

    def _client(self, what: str, ident: int) -> tuple[int, dict[str, t.Any]]:
        if ident not in self.clients:
            return 404, {"status": "error", "error": "NotFound"}
        if what == "remove":
            del self.clients[ident]
            return 200, {"status": "ok"}
        self.clients[ident]["is_blocked"] = not self.clients[ident]["is_blocked"]
        return 200, {"status": "ok", **({"client": self._view(self.clients[ident])} if self._tells else {})}

    def _member(self, what: str, ident: int) -> tuple[int, dict[str, t.Any]]:
        if ident not in self.members:
            return 404, {"status": "error", "error": "NotFound"}
        if what == "remove":
            del self.members[ident]
            self.removals = len(self.mails)
            return 200, {"status": "ok"}
        self.members[ident] = not self.members[ident]
        view = {**self._view(self.users[ident]), "is_blocked": self.members[ident]}
        return 200, {"status": "ok", "user": [view] if self._tells else []}

    @property
    def _tells(self) -> bool:
        return self.block_answer == "told"

    def _add(self, people: dict[int, dict[str, t.Any]], email: str, password: str) -> int:
        self.next += 1
        people[self.next] = {"id": self.next, "email": email, "password": password, "is_blocked": False}
        return self.next

    def _view(self, person: dict[str, t.Any], *, listed: bool = False) -> dict[str, t.Any]:
        view = {key: value for key, value in person.items() if key != "password"}
        if listed:
            view["marketplaces"] = [{"id": 7}] if self.lists and person["id"] in self.members else []
        return view
