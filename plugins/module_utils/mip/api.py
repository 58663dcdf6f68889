# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""MIP's thirteen calls. It knows the API and nothing of Ansible; every fact is tagged in ``docs/api/mip.yaml``.

All calls are POST with a JSON object (``seed``). A call without documented body sends ``{}``, so that what is signed
and declared as JSON is JSON. Calls are signed as those of sister products are (``page``; ``inferred`` for MIP): the hex
HMAC-SHA1, by the private key, of public key + request path + body, all exactly as sent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import typing as t
from dataclasses import replace
from types import MappingProxyType

from ..errors import ApiError
from ..http.deadline import Deadline
from ..http.exchange import Request
from ..http.response import Response
from ..http.transport import Transport, surroundings, wire_path
from ..http.wrong_place import is_elsewhere, wrong_place
from ..run.logins import pause_for_fresh, shows_expiry
from .auth import KeyRing, keys_of
from .connection import USUAL_URL
from .records import Pair, Person, person_in

if t.TYPE_CHECKING:
    from ..run.context import RunContext
    from .connection import MipConnection

T = t.TypeVar("T")


class Login(t.NamedTuple):
    """The outcome of a login. ``person`` is None if it was refused, though the person may exist."""

    person: Person | None
    refusal: ApiError | None


class Link(t.NamedTuple):
    """A sign-on link: both values are secrets."""

    url: str
    hash: str | None


class MipAPI:
    """One account, one session, one key pair. Threads may share it."""

    def __init__(self, connection: MipConnection, context: RunContext) -> None:
        self.connection = connection
        self.context = context
        self.transport = Transport.of(connection, context, lax_json=True)
        self.keys = KeyRing(connection, context.store, context.secrets, self._owner_login)

    @classmethod
    def of(cls, connection: MipConnection, context: RunContext) -> MipAPI:
        """Return the client of an account, shared by everything in this process."""
        return context.client(cls, connection, surroundings())

    def close(self) -> None:
        """Close the session."""
        self.transport.close()

    def need_signing(self) -> None:
        """Make sure that calls can be signed, before anything is sent.

        :raises ApiError: ``invalid_input``
        """
        self.keys.need()

    def prepare(self, deadline: Deadline) -> None:
        """Get a key pair in advance, so that nothing else is sent between an intent and its call."""
        if self.connection.signing != "none":
            self._pair(deadline)

    # -- users --------------------------------------------------------------------------------------------------------

    def login_user(self, email: str, password: str, deadline: Deadline) -> Login:
        """LOGIN USER: return the user with the list of marketplaces."""
        return self._login("/login", "user", email, password, deadline)

    def register_user(self, email: str, password: str, deadline: Deadline) -> Person:
        """REGISTER USER."""
        return self._register("/register", "user", email, password, deadline, signed=False)

    def link_user(self, email: str, cid: int, deadline: Deadline) -> Link:
        """SSO LOGIN USER."""
        return self._link("/login-email", email, cid, deadline)

    def forgot_user(self, email: str, deadline: Deadline) -> str | None:
        """FORGOT USER PASSWORD: send an e-mail, and return the API's message."""
        return self._mail("/forgot-password", email, deadline, signed=False)

    # -- clients ------------------------------------------------------------------------------------------------------

    def login_client(self, cid: int, email: str, password: str, deadline: Deadline) -> Login:
        """LOGIN CLIENT."""
        return self._login(f"/login/client/{cid}", "client", email, password, deadline)

    def register_client(self, cid: int, email: str, password: str, deadline: Deadline) -> Person:
        """REGISTER CLIENT. Whether it must be signed is not published, so it is signed if there are keys."""
        signed = self.connection.can_sign
        return self._register(f"/register/client/{cid}", "client", email, password, deadline, signed=signed)

    def link_client(self, email: str, cid: int, deadline: Deadline) -> Link:
        """SSO LOGIN CLIENT."""
        return self._link("/client/login-email", email, cid, deadline)

    def toggle_client(self, cid: int, ident: int, deadline: Deadline) -> Person | None:
        """BLOCK/UNBLOCK CLIENT: one toggle. Return the client after the call, None if the response has none."""
        body = self._done(self._call(f"/client/{cid}/block/{ident}", {}, deadline, signed=True))
        client = body.get("client")
        return Person.read(client) if isinstance(client, dict) else None

    def remove_client(self, cid: int, ident: int, deadline: Deadline) -> bool:
        """DELETE CLIENT: return False if the API reports that there is none."""
        return self._remove(f"/client/{cid}/remove/{ident}", deadline)

    def forgot_client(self, email: str, deadline: Deadline) -> str | None:
        """FORGOT CLIENT PASSWORD: send an e-mail. The call names no marketplace (``seed``)."""
        return self._mail("/forgot-password/client", email, deadline, signed=False)

    # -- members ------------------------------------------------------------------------------------------------------

    def add_member(self, cid: int, email: str, deadline: Deadline) -> str | None:
        """ADD MARKETPLACE MEMBER: send an e-mail. The response does not contain the user's id."""
        return self._mail(f"/member/{cid}/add", email, deadline, signed=True)

    def toggle_member(self, cid: int, ident: int, deadline: Deadline) -> Person | None:
        """BLOCK/UNBLOCK MARKETPLACE MEMBER: one toggle; the page leaves the response's content out."""
        body = self._done(self._call(f"/member/{cid}/block/{ident}", {}, deadline, signed=True))
        return person_in(body.get("user"), ident)

    def remove_member(self, cid: int, ident: int, deadline: Deadline) -> bool:
        """REMOVE MARKETPLACE MEMBER: return False if the API reports that there is none."""
        return self._remove(f"/member/{cid}/remove/{ident}", deadline)

    # -- how ----------------------------------------------------------------------------------------------------------

    def _login(self, path: str, key: str, email: str, password: str, deadline: Deadline) -> Login:
        self.context.secrets.add(password)
        response = self._call(path, {"email": email, "password": password}, deadline, safe=True)
        if is_elsewhere(response):
            raise wrong_place(response, self.connection.base, USUAL_URL)
        if not 200 <= response.status < 300:
            error = response.error()
            if error.executed is False and error.code != "rate_limited":
                return Login(None, error)
            raise error
        body = response.json()
        if isinstance(body.get("status"), str) and not _is_ok(body):
            return Login(None, response.invalid("its status is not 'ok'"))
        return Login(self._person(response, key), None)

    def _register(self, path: str, key: str, email: str, password: str, deadline: Deadline, *, signed: bool) -> Person:
        self.context.secrets.add(password)
        response = self._call(path, {"email": email, "password": password}, deadline, signed=signed)
        self._done(response)
        return self._person(response, key)

    def _person(self, response: Response, key: str) -> Person:
        body = self._done(response)
        raw = body.get(key)
        person = Person.read(raw) if isinstance(raw, dict) else None
        if person is None or person.id is None:
            raise response.invalid(f"'{key}' with its 'id' is missing (there is: {', '.join(sorted(map(str, body)))})")
        return replace(person, keys=keys_of(response, self.context.secrets))

    def _link(self, path: str, email: str, cid: int, deadline: Deadline) -> Link:
        fields = {"email": email, "company_id": str(cid)}
        response = self._call(path, fields, deadline, signed=True)
        data = self._done(response, fields).get("data")
        found = {key: value for key, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}
        self.context.secrets.show(found.get("url"), found.get("hash"))
        if not found.get("url"):
            raise response.invalid("'data.url' is missing")
        return Link(found["url"], found.get("hash"))

    def _mail(self, path: str, email: str, deadline: Deadline, *, signed: bool) -> str | None:
        message = self._done(self._call(path, {"email": email}, deadline, signed=signed)).get("message")
        return message if isinstance(message, str) else None

    def _remove(self, path: str, deadline: Deadline) -> bool:
        response = self._call(path, {}, deadline, signed=True)
        # A web page in place of a response means that api_url is wrong, not that the client is gone.
        # Nor does a marketplace that isn't this login's prove anything of its clients.
        if response.status in (404, 410) and isinstance(response.parsed(), dict) and not self._listed(path, {}):
            return False
        self._done(response)
        return True

    def _done(self, response: Response, fields: t.Mapping[str, str] = MappingProxyType({})) -> dict[str, t.Any]:
        """Return the body of a success: 2xx with ``"status": "ok"`` (``seed``).

        :param fields: what was sent, which may name the marketplace
        :raises ApiError: ``executed`` is None for a 2xx without it, since errors have another HTTP status (``page``)
        """
        keys_of(response, self.context.secrets)
        if is_elsewhere(response):
            raise wrong_place(response, self.connection.base, USUAL_URL)
        if not 200 <= response.status < 300:
            error = response.error()
            if error.code != "not_found":
                raise error
            listed = self._listed(response.path, fields)
            advice = "Check the ids and the marketplace in the task, and api_url."
            raise error.because(error.code, f"{error.fact}{listed} {advice}")
        body = response.json()
        if not _is_ok(body):
            raise response.invalid("its status is not 'ok'")
        return body

    def _owner_login(self, email: str, password: str, deadline: Deadline) -> Response:
        return self._call("/login", {"email": email, "password": password}, deadline, safe=True)

    def _call(
        self,
        path: str,
        fields: dict[str, str],
        deadline: Deadline,
        *,
        signed: bool = False,
        safe: bool = False,
    ) -> Response:
        """Send a call; if its key pair is refused, send it once more with a new one, if there is one."""
        url, body = self.connection.base + path, json.dumps(fields, separators=(",", ":")).encode()
        pair: Pair | None = None

        def build() -> Request:
            headers = {"Content-Type": "application/json", **self._signature(pair, url, body)}
            return Request("POST", url, data=body, headers=headers, safe=safe, login=safe)

        fresh = True
        if signed and self.connection.signing != "none":
            pair, fresh = self._pair(deadline)
        response = self.transport.send(build, deadline)
        if pair is None:
            if signed and response.status in (401, 403):
                raise self._not_allowed(response, self._listed(path, fields))
            return response
        fresh_and_refused = fresh and shows_expiry(response, None, safe)
        if fresh_and_refused and pause_for_fresh(self.keys.issued_at, deadline):
            response = self.transport.send(build, deadline)
        elif response.status in (401, 403) and not fresh:
            refused = pair
            other = _before(lambda: self.keys.renewed(refused, deadline))
            if other is not None:
                pair = other
                response = self.transport.send(build, deadline)
        if response.status in (401, 403):
            raise self._not_allowed(response, self._listed(path, fields))
        return response

    def _pair(self, deadline: Deadline) -> tuple[Pair, bool]:
        return _before(lambda: self.keys.current(deadline))

    def _signature(self, pair: Pair | None, url: str, body: bytes) -> dict[str, str]:
        if pair is None:
            return {}
        if self.connection.signing == "keys":
            return {"X-public": pair.public, "X-private": pair.private}
        signed = pair.public.encode() + wire_path(url).encode() + body
        return {
            "X-public": pair.public,
            "X-hmac": hmac.new(pair.private.encode(), signed, hashlib.sha1).hexdigest(),
        }

    def _not_allowed(self, response: Response, listed: str) -> ApiError:
        error = response.error()
        if self.connection.signing == "none":
            return error.because(
                error.code,
                f"{error.fact} It was not signed, since signing is 'none'. If this API expects signed calls, set "
                "signing (MIP_SIGNING) to hmac_sha1 or keys, and give api_email and api_password of the marketplace's "
                "owner.",
            )
        return error.because(
            error.code,
            f"{error.fact} It was signed (signing is {self.connection.signing}).{listed} Check that the account of the "
            "key pair owns the marketplace, that the pair is right, and how this API expects calls to be "
            "signed ('signing').",
        )

    def _listed(self, path: str, fields: t.Mapping[str, str]) -> str:
        """Say which marketplaces the login listed, if a call is about another one; nothing is asked for this."""
        found = re.search(r"/(?:client|member)/([0-9]+)(?:/|$)", path)
        meant = found[1] if found else fields.get("company_id")
        listed = [str(ident) for ident in self.keys.listed]
        if not listed or meant is None or meant in listed:
            return ""
        names = ", ".join(listed)
        return f" The login of {self.connection.email} lists the marketplaces {names}, and {meant} is not one of them."


def _before(step: t.Callable[[], T]) -> T:
    """Run a step before a call: if the step fails, the call itself was certainly not executed."""
    try:
        return step()
    except ApiError as error:
        error.executed = False
        raise


def _is_ok(body: dict[str, t.Any]) -> bool:
    return str(body.get("status")).lower() == "ok"
