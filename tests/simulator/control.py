# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API: creates worlds, changes them from outside, reports what happened. JSON in, JSON out.

Every change from outside is ``POST /_control/worlds/{w}/do/{action}`` with a JSON object; see ``ACTIONS``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .faults import FaultError
from .mipstore import Marketplace, Person
from .options import OptionError, change
from .store import Account, App, Row
from .worlds import World, Worlds, app_view


class ControlError(Exception):
    """A control call that makes no sense; the response is 400."""


def _need(body: dict[str, Any], name: str) -> Any:
    if name not in body:
        raise ControlError(f"{name} is required")
    return body[name]


def _row(world: World, body: dict[str, Any]) -> Row:
    """Return the tenant's record by ``email``, or by ``id`` (several may have one e-mail)."""
    if "id" in body:
        found = [row for row in world.mobsted.rows if str(row.id) == str(body["id"])]
    else:
        found = world.mobsted.find(str(_need(body, "email")))
    if not found:
        raise ControlError("no such record")
    return found[0]


def _account(world: World, body: dict[str, Any]) -> Account:
    """Return the account by ``account`` (its name) or ``email``; without both, the master account."""
    if "account" in body:
        account = world.mobsted.accounts.get(body["account"])
    elif "email" in body:
        account = world.mobsted.by_login.get(str(body["email"]).lower())
    else:
        account = world.master
    if account is None:
        raise ControlError("no such account")
    return account


def _app(world: World, body: dict[str, Any]) -> App:
    app = _account(world, body).apps.get(int(_need(body, "app_id")))
    if app is None:
        raise ControlError("no such app")
    return app


def _market(world: World, body: dict[str, Any]) -> Marketplace:
    market = world.mip.markets.get(int(_need(body, "marketplace_id")))
    if market is None:
        raise ControlError("no such marketplace")
    return market


def _person_view(person: Person) -> dict[str, Any]:
    return asdict(person)


def tenant_add(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Create a tenant as somebody else would: ``email``, ``apps`` (names), ``counters``."""
    account = world.mobsted.add_tenant(
        _need(body, "email"), counters=body.get("counters"), password=body.get("password")
    )
    for name in body.get("apps", ()):
        account.add_app(name, {"webSiteUrl": "https://site.example/", "title": name})
    row = world.mobsted.find(account.login)[-1]
    return {"id": row.id, "name": account.name, "email": account.login, "password": account.password}


def tenant_get(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Return one tenant, as in the state, with its apps."""
    row = _row(world, body)
    account = world.mobsted.accounts.get(row.tenant)
    apps = [app_view(app) for app in account.apps.values()] if account else []
    return {**world.tenant_view(row, world.base), "apps": apps}


def tenant_delete(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Remove the record; with ``account_too``, also the account."""
    row = _row(world, body)
    world.mobsted.remove_row(row)
    if body.get("account_too"):
        account = world.mobsted.accounts.pop(row.tenant, None)
        if account:
            world.mobsted.by_login.pop(account.login, None)
    return {"id": row.id}


def tenant_password(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Change ``password`` as the client would; the record keeps the old one. Without ``email``: the master account."""
    _account(world, body).password = str(_need(body, "password"))
    return {}


def tenant_duplicate(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Add a second record with the same e-mail (``same_tenant``: also of the same tenant)."""
    row = _row(world, body)
    copy = Row(0, body.get("as_email", row.email), row.tenant, row.password, row.created)
    if not body.get("same_tenant"):
        copy.tenant, copy.password = world.mobsted._name(), "0" * 32
    world.mobsted.add_row(copy)
    return {"id": copy.id}


def tenant_edit(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Set columns of a record: ``attributes`` {name: value}, null allowed."""
    row = _row(world, body)
    world.mobsted.edit_row(row, dict(_need(body, "attributes")))
    return {"id": row.id}


def tenant_show(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """End the record delay: every row is visible now."""
    for row in world.mobsted.rows:
        row.visible_at = 0.0
    world.mobsted.pending = 0.0
    return {}


def app_add(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Create an app as somebody else would: ``name``, ``fields``."""
    return app_view(_account(world, body).add_app(str(_need(body, "name")), body.get("fields") or {}))


def apps_get(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Return the apps of an account."""
    return {"apps": [app_view(app) for app in _account(world, body).apps.values()]}


def app_edit(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Change ``name`` and ``fields`` of ``app_id``."""
    app = _app(world, body)
    app.name = body.get("name", app.name)
    app.fields.update(body.get("fields") or {})
    return app_view(app)


def app_delete(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Remove ``app_id``."""
    return app_view(_account(world, body).apps.pop(_app(world, body).id))


def tokens_expire(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Expire access tokens of one account, or of ``all``; with ``refresh_too``, refresh tokens as well."""
    accounts = (
        list(world.mobsted.accounts.values())
        if body.get("all", True) and not ("account" in body or "email" in body)
        else [_account(world, body)]
    )
    return {"expired": sum(account.tokens.expire(bool(body.get("refresh_too"))) for account in accounts)}


def mip_accept(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Accept an invitation of ``email`` for ``marketplace_id``; ``password`` is what a new user picks."""
    return _person_view(
        world.mip.accept(_market(world, body), _need(body, "email"), body.get("password", "accepted-1"))
    )


def mip_user(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Register a user from outside: ``email``, ``password``; ``owns``: marketplace IDs."""
    email = str(_need(body, "email"))
    user = world.mip.by_email.get(email.lower()) or world.mip.add_user(email, body.get("password", "user-password-1"))
    for number in body.get("owns", ()):
        market = world.mip.markets.setdefault(int(number), Marketplace(int(number), f"Marketplace {number}", user.id))
        market.owner = user.id
    return _person_view(user)


def mip_client(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Register a client from outside: ``marketplace_id``, ``email``, ``password``."""
    return _person_view(
        world.mip.add_client(_market(world, body), _need(body, "email"), body.get("password", "client-password-1"))
    )


def mip_block(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Set ``blocked`` of a client (``client_id``), a member (``user_id``), or with ``platform`` of the user itself."""
    blocked = bool(body.get("blocked", True))
    if "client_id" in body:
        person = _market(world, body).clients.get(int(body["client_id"]))
        if person is None:
            raise ControlError("no such client")
        person.is_blocked = blocked
    elif body.get("platform"):
        world.mip.users[int(_need(body, "user_id"))].is_blocked = blocked
    else:
        _market(world, body).members[int(_need(body, "user_id"))] = blocked
    return {"blocked": blocked}


def mip_remove(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Remove a client (``client_id``) or a member (``user_id``) from outside."""
    market = _market(world, body)
    if "client_id" in body:
        return {"removed": world.mip.remove_client(market, int(body["client_id"])) is not None}
    return {"removed": market.members.pop(int(_need(body, "user_id")), None) is not None}


def mip_rotate(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Give a user (``email``) new keys; without it, the owner."""
    person = world.mip.by_email.get(str(body.get("email", world.mip.owner.email)).lower())
    if person is None:
        raise ControlError("no such user")
    world.mip.give_keys(person)
    return _person_view(person)


ACTIONS: dict[str, Callable[[World, dict[str, Any]], dict[str, Any]]] = {
    "tenant_add": tenant_add,
    "tenant_get": tenant_get,
    "tenant_delete": tenant_delete,
    "tenant_password": tenant_password,
    "tenant_duplicate": tenant_duplicate,
    "tenant_edit": tenant_edit,
    "tenant_show": tenant_show,
    "app_add": app_add,
    "apps_get": apps_get,
    "app_edit": app_edit,
    "app_delete": app_delete,
    "tokens_expire": tokens_expire,
    "mip_accept": mip_accept,
    "mip_user": mip_user,
    "mip_client": mip_client,
    "mip_block": mip_block,
    "mip_remove": mip_remove,
    "mip_rotate": mip_rotate,
}


def _log_view(world: World, query: Any) -> list[dict[str, Any]]:
    """Return the log from ``since`` (seq) on, filtered by vendor, account, kind, method, path, template."""
    since = int(query.get("since", 0))
    names = [name for name in ("vendor", "account", "kind", "method", "path", "template") if name in query]
    return [entry for entry in world.log if entry["seq"] > since and all(entry[name] == query[name] for name in names)]


async def _body(request: Request) -> dict[str, Any]:
    """Return the JSON object in the request; an empty body is an empty object."""
    raw = await request.body()
    try:
        value = json.loads(raw) if raw else {}
    except ValueError:
        raise ControlError("the body is not JSON") from None
    if not isinstance(value, dict):
        raise ControlError("the body must be an object")
    return value


class Control:
    """The calls of the control API."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    def _world(self, request: Request) -> World:
        world = self.worlds.worlds.get(request.path_params["world"])
        if world is None:
            raise LookupError
        return world

    async def root(self, request: Request) -> Response:
        """GET: base URLs, worlds and actions."""
        actions = {name: (handler.__doc__ or "").split("\n")[0] for name, handler in ACTIONS.items()}
        return JSONResponse({"bases": self.worlds.bases, "worlds": list(self.worlds.worlds), "actions": actions})

    async def all_worlds(self, request: Request) -> Response:
        """GET: their IDs. POST: create one."""
        if request.method == "GET":
            return JSONResponse({"worlds": list(self.worlds.worlds)})
        return JSONResponse(self.worlds.create(await _body(request)).describe(self.worlds.bases), 201)

    async def one_world(self, request: Request) -> Response:
        """GET: the whole state. DELETE: delete it."""
        world = self._world(request)
        if request.method == "DELETE":
            self.worlds.delete(world.id)
            return JSONResponse({"deleted": world.id})
        return JSONResponse(world.dump(self.worlds.bases))

    async def faults(self, request: Request) -> Response:
        """GET: the rules. POST: add one. DELETE: remove one or all."""
        world = self._world(request)
        if request.method == "POST":
            return JSONResponse(asdict(world.faults.add(await _body(request))), 201)
        if request.method == "DELETE":
            return JSONResponse({"deleted": world.faults.clear(request.path_params.get("rule"))})
        return JSONResponse({"faults": world.faults.view()})

    async def options(self, request: Request) -> Response:
        """POST: change options of the running world."""
        world = self._world(request)
        change(world.options, await _body(request))
        world.buckets.clear()
        return JSONResponse(asdict(world.options))

    async def log(self, request: Request) -> Response:
        """GET: the requests. POST (clear) and DELETE: forget them."""
        world = self._world(request)
        if request.method != "GET":
            world.clear_log()
            return JSONResponse({})
        return JSONResponse({"log": _log_view(world, request.query_params)})

    async def counts(self, request: Request) -> Response:
        """GET: the counters."""
        return JSONResponse(self._world(request).count_view())

    async def outbox(self, request: Request) -> Response:
        """GET: e-mails and pushes. DELETE: forget them."""
        world = self._world(request)
        if request.method == "DELETE":
            world.outbox.clear()
        return JSONResponse({"outbox": world.outbox})

    async def do(self, request: Request) -> Response:
        """POST: make a change from outside."""
        action = ACTIONS.get(request.path_params["action"])
        world = self._world(request)
        if action is None:
            raise ControlError(f"no such action; there are: {', '.join(ACTIONS)}")
        try:
            return JSONResponse(action(world, await _body(request)))
        except (KeyError, TypeError, ValueError) as error:
            raise ControlError(f"{type(error).__name__}: {error}") from None


async def _refused(request: Request, exc: Exception) -> Response:
    return JSONResponse({"error": str(exc)}, 400)


async def _missing(request: Request, exc: Exception) -> Response:
    return JSONResponse({"error": "no such world"}, 404)


def control_app(worlds: Worlds) -> Starlette:
    """Return the control API as an ASGI application."""
    control, base = Control(worlds), "/_control/worlds"
    return Starlette(
        routes=[
            Route("/_control", control.root),
            Route(base, control.all_worlds, methods=["GET", "POST"]),
            Route(base + "/{world}", control.one_world, methods=["GET", "DELETE"]),
            Route(base + "/{world}/faults", control.faults, methods=["GET", "POST", "DELETE"]),
            Route(base + "/{world}/faults/{rule:int}", control.faults, methods=["DELETE"]),
            Route(base + "/{world}/options", control.options, methods=["POST"]),
            Route(base + "/{world}/log", control.log, methods=["GET", "DELETE"]),
            Route(base + "/{world}/log/clear", control.log, methods=["POST"]),
            Route(base + "/{world}/counts", control.counts),
            Route(base + "/{world}/outbox", control.outbox, methods=["GET", "DELETE"]),
            Route(base + "/{world}/do/{action}", control.do, methods=["POST"]),
        ],
        exception_handlers={
            ControlError: _refused,
            OptionError: _refused,
            FaultError: _refused,
            LookupError: _missing,
        },
    )
