# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MIP's thirteen calls (all seed, all POST). Facts and their sources: ``docs/api/mip.yaml``."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from .answers import Answer, mip_error, ok
from .mipstore import Marketplace, Person
from .routing import Refused, Req, Route, Table

SENT = {"status": "ok", "message": "Email has been sent."}


def signature(private: str, public: str, path: str, body: bytes) -> str:
    """Return hex HMAC-SHA1 over public key + path + body bytes (page, of the sister products; inferred here)."""
    return hmac.new(private.encode(), public.encode() + path.encode() + body, hashlib.sha1).hexdigest()


def _caller(req: Req) -> Person | None:
    """Return who signed the request; None if the world requires no signature. 403 if it is wrong (page)."""
    scheme = req.world.options.mip.signing
    if scheme == "none":
        return None
    public = req.headers.get("x-public", "")
    person = req.world.mip.keys.get(public)
    if person is None:
        raise Refused(403, "AccessDenied", "unknown public key")
    if scheme == "keys":
        if not hmac.compare_digest(req.headers.get("x-private", ""), person.private):
            raise Refused(403, "AccessDenied", "wrong private key")
    elif not hmac.compare_digest(
        req.headers.get("x-hmac", ""), signature(person.private, public, req.raw_path, req.body)
    ):
        raise Refused(403, "AccessDenied", "wrong signature")
    return person


def _body(req: Req, *names: str) -> list[str]:
    """Return the texts under ``names`` of the JSON body, in that order; 400 if one is missing (inferred)."""
    if req.json_error or not isinstance(req.json, dict):
        raise Refused(400, "BadRequest", "the body must be a JSON object")
    values = []
    for name in names:
        value = req.json.get(name)
        if name == "company_id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value:
            raise Refused(400, "BadRequest", f"{name} is required")
        values.append(value)
    if names and names[0] == "email" and "@" not in values[0]:
        raise Refused(400, "BadRequest", "email is not an e-mail address")
    return values


def _market(req: Req, text: str | None = None) -> Marketplace:
    """Return the marketplace of ``cid`` (or of ``text``); 404 if there is none (inferred)."""
    text = req.params["cid"] if text is None else text
    market = req.world.mip.markets.get(int(text)) if text.isdigit() else None
    if market is None:
        raise Refused(404, "NotFound", "no such marketplace")
    return market


def _owned(req: Req, text: str | None = None) -> Marketplace:
    """Return the marketplace if the caller owns it; otherwise 403 (inferred)."""
    caller = _caller(req)
    market = _market(req, text)
    if caller is not None and caller.id != market.owner:
        raise Refused(403, "AccessDenied", "not your marketplace")
    return market


def _ident(req: Req) -> int:
    return int(req.params["id"]) if req.params["id"].isdigit() else -1


def _keys(person: Person) -> dict[str, str]:
    return {"privateKey": person.private, "publicKey": person.public}


def _answer(req: Req, body: dict[str, Any]) -> Answer:
    return ok(body, req.world.options)


def _login(req: Req, person: Person | None, password: str) -> Person:
    if person is None or person.password != password:
        raise Refused(403, "AccessDenied", "wrong e-mail or password")
    if person.is_blocked and req.world.options.mip.blocked_login == "403":
        raise Refused(403, "AccessDenied", "blocked")
    if req.world.options.mip.rotate_keys:
        req.world.mip.give_keys(person)
    req.world.totals["mip_logins"] += 1
    return person


def register(req: Req) -> Answer:
    """REGISTER USER (seed); the status for an existing e-mail is an option, since it is not published."""
    email, password = _body(req, "email", "password")
    store = req.world.mip
    if email.lower() in store.by_email:
        raise Refused(req.world.options.mip.register_existing_status, "EmailExists", "the e-mail is taken")
    user = store.add_user(email, password)
    return _answer(req, {"status": "ok", "keys": _keys(user), "user": store.user_view(user)})


def register_client(req: Req) -> Answer:
    """REGISTER CLIENT (seed)."""
    market = _market(req)
    email, password = _body(req, "email", "password")
    store = req.world.mip
    if store.client_of(market, email):
        raise Refused(req.world.options.mip.register_existing_status, "EmailExists", "the e-mail is taken")
    client = store.add_client(market, email, password)
    return _answer(req, {"status": "ok", "keys": _keys(client), "client": store.client_view(client)})


def login(req: Req) -> Answer:
    """LOGIN USER (seed); the only response with ``marketplaces``."""
    email, password = _body(req, "email", "password")
    store = req.world.mip
    user = _login(req, store.by_email.get(email.lower()), password)
    view = store.user_view(user, marketplaces=store.marketplaces_of(user))
    return _answer(req, {"status": "ok", "keys": _keys(user), "user": view})


def login_client(req: Req) -> Answer:
    """LOGIN CLIENT (seed)."""
    market = _market(req)
    email, password = _body(req, "email", "password")
    client = _login(req, req.world.mip.client_of(market, email), password)
    return _answer(req, {"status": "ok", "keys": _keys(client), "client": req.world.mip.client_view(client)})


def _sso(req: Req, cid: str, email: str, prefix: str) -> Answer:
    token = req.world.mip.token()
    req.world.mip.sso[token] = email
    return _answer(
        req, {"status": "ok", "data": {"hash": token, "url": f"{prefix}/login-otp/{token}?company_id={cid}"}}
    )


def sso_user(req: Req) -> Answer:
    """SSO LOGIN USER (seed); must be signed."""
    email, cid = _body(req, "email", "company_id")
    _owned(req, cid)
    if email.lower() not in req.world.mip.by_email:
        raise Refused(404, "NotFound", "no such user")
    return _sso(req, cid, email, "https://cloud.mip.to/app")


def sso_client(req: Req) -> Answer:
    """SSO LOGIN CLIENT (seed); must be signed."""
    email, cid = _body(req, "email", "company_id")
    if not req.world.mip.client_of(_owned(req, cid), email):
        raise Refused(404, "NotFound", "no such client")
    return _sso(req, cid, email, "https://marketplace.mip.to")


def block_client(req: Req) -> Answer:
    """BLOCK/UNBLOCK CLIENT: one toggle (seed); the response has the client's keys, too."""
    client = _owned(req).clients.get(_ident(req))
    if client is None:
        raise Refused(404, "NotFound", "no such client")
    client.is_blocked = not client.is_blocked
    if req.world.options.mip.block_answer == "omit":
        return _answer(req, {"status": "ok"})
    return _answer(req, {"status": "ok", "keys": _keys(client), "client": req.world.mip.client_view(client)})


def remove_client(req: Req) -> Answer:
    """DELETE CLIENT (seed); the status for a missing one is an option, since it is not published."""
    if req.world.mip.remove_client(_owned(req), _ident(req)) is None:
        return _missing(req, "no such client")
    return _answer(req, {"status": "ok"})


def _missing(req: Req, text: str) -> Answer:
    status = req.world.options.mip.remove_missing_status
    if status < 300:
        return _answer(req, {"status": "ok"})
    raise Refused(status, "NotFound", text)


def forgot(req: Req) -> Answer:
    """FORGOT USER PASSWORD (seed): one e-mail for each call; the response does not say whether the user exists."""
    (email,) = _body(req, "email")
    if email.lower() in req.world.mip.by_email:
        req.world.mail("user_password", email)
    return _answer(req, dict(SENT))


def forgot_client(req: Req) -> Answer:
    """FORGOT CLIENT PASSWORD (seed): names no marketplace."""
    (email,) = _body(req, "email")
    if any(req.world.mip.client_of(market, email) for market in req.world.mip.markets.values()):
        req.world.mail("client_password", email)
    return _answer(req, dict(SENT))


def member_add(req: Req) -> Answer:
    """ADD MARKETPLACE MEMBER (seed): one e-mail for each call, even for somebody who is already a member."""
    market = _owned(req)
    (email,) = _body(req, "email")
    store, user = req.world.mip, req.world.mip.by_email.get(email.lower())
    req.world.mail("invitation", email, marketplace=market.id)
    if user and req.world.options.mip.member_joins == "immediate":
        store.join(market, user)
    elif not user or user.id not in market.members:
        market.invited.add(email.lower())
    return _answer(req, dict(SENT))


def member_remove(req: Req) -> Answer:
    """REMOVE MARKETPLACE MEMBER (seed); ``id`` is the user's."""
    if _owned(req).members.pop(_ident(req), None) is None:
        return _missing(req, "no such member")
    return _answer(req, {"status": "ok"})


def member_block(req: Req) -> Answer:
    """BLOCK/UNBLOCK MARKETPLACE MEMBER: one toggle; the page elides ``user`` of the response (seed)."""
    market, ident = _owned(req), _ident(req)
    if ident not in market.members:
        raise Refused(404, "NotFound", "no such member")
    market.members[ident] = not market.members[ident]
    view = req.world.mip.user_view(req.world.mip.users[ident])
    view["is_blocked"] = market.members[ident]
    shape = req.world.options.mip.member_answer
    return _answer(req, {"status": "ok", "user": view if shape == "object" else [view] if shape == "list" else []})


TABLE = Table(
    [
        Route("POST", "/register", register),
        Route("POST", "/register/client/{cid}", register_client),
        Route("POST", "/login", login),
        Route("POST", "/login-email", sso_user),
        Route("POST", "/login/client/{cid}", login_client),
        Route("POST", "/client/login-email", sso_client),
        Route("POST", "/client/{cid}/block/{id}", block_client),
        Route("POST", "/client/{cid}/remove/{id}", remove_client),
        Route("POST", "/forgot-password", forgot),
        Route("POST", "/forgot-password/client", forgot_client),
        Route("POST", "/member/{cid}/add", member_add),
        Route("POST", "/member/{cid}/remove/{id}", member_remove),
        Route("POST", "/member/{cid}/block/{id}", member_block),
    ]
)


def find(req: Req) -> tuple[Route | None, bool]:
    """Return the route for a request (set its parameters), and whether the path exists. The prefix is required."""
    prefix = req.world.options.mip.prefix
    if not req.path.startswith(prefix + "/"):
        return None, False
    route, req.params, known = TABLE.find(req.method, req.path[len(prefix) :])
    return route, known


def handle(req: Req, route: Route) -> Answer:
    """Run a handler; a refusal becomes an error in the world's shape."""
    try:
        return route.handler(req)
    except Refused as refused:
        return mip_error(req.world.options, refused.status, refused.title, refused.detail)
