# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: finds world, vendor and account, applies faults, keeps the log."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from . import mip, mobsted, wire
from .answers import Answer, mip_error, mobsted_error, ok
from .control import control_app
from .faults import RAW, Rule, fake
from .options import Options
from .routing import Req, Route, Upload
from .shapes import reshape
from .store import Account
from .worlds import World, Worlds

BODY_LIMIT = 64 << 20


class Simulator:
    """``bases`` maps the scheme (``http``, and ``https`` with the TLS option) to the base URL."""

    def __init__(self, bases: dict[str, str], login: str, password: str, default: dict[str, Any] | None = None) -> None:
        self.worlds = Worlds(bases)
        given = default or {}
        owner = {"owner_password": password, **given.get("mip", {})}
        self.worlds.create({**given, "login": login, "password": password, "mip": owner}, "default")
        self.control = control_app(self.worlds)

    async def __call__(self, scope: Any, receive: wire.Receive, send: wire.Send) -> None:
        """Serve, as an ASGI application."""
        if scope["type"] != "http":
            return
        if scope["path"].startswith("/_control"):
            await self.control(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        target = self._target(scope, headers.get("host", ""))
        body = await _read(receive)
        if body is None:
            return
        if target is None:
            await wire.plain(
                ok(
                    {"errors": [{"status": "404", "title": "Not Found", "detail": "no such world or account"}]},
                    Options(),
                    404,
                ),
                send,
            )
            return
        world, vendor, account, path = target
        req = Req(
            world,
            vendor,
            account,
            scope["method"],
            path,
            scope["raw_path"].decode("latin-1"),
            parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            headers,
            body,
            self.worlds.bases[scope["scheme"]],
        )
        await _parse(req)
        await _serve(req, scope, receive, send)

    def _target(self, scope: Any, host: str) -> tuple[World, str, Account | None, str] | None:
        """Return world, vendor, account and the path below the account root."""
        path = scope["path"]
        name = host.partition(":")[0]
        if name.endswith("-admin.localhost"):
            return self._account(name[: -len("-admin.localhost")], path)
        parts = path.split("/", 3)
        if len(parts) == 4 and parts[1] == "tenants":
            return self._account(parts[2], path)
        if len(parts) < 4 or parts[1] != "w" or parts[2] not in self.worlds.worlds:
            return None
        world = self.worlds.worlds[parts[2]]
        place, _slash, rest = parts[3].partition("/")
        if place == "mip":
            return world, "mip", None, f"/{rest}"
        if place == "mobsted":
            return world, "mobsted", world.master, f"/{rest}"
        if place == "t":
            name, _slash, rest = rest.partition("/")
            account = world.mobsted.accounts.get(name)
            return (world, "mobsted", account, f"/{rest}") if account else None
        return None

    def _account(self, name: str, path: str) -> tuple[World, str, Account | None, str] | None:
        world = self.worlds.names.get(name)
        account = world.mobsted.accounts.get(name) if world else None
        return (world, "mobsted", account, path) if world and account else None


async def _read(receive: wire.Receive) -> bytes | None:
    """Return the whole body; None if the peer has gone."""
    parts = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body") or size > BODY_LIMIT:
            return b"".join(parts)


async def _parse(req: Req) -> None:
    """Read the body as its content type says; JSON is also tried without one (``raw (json)``, seed)."""
    kind = req.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):

        async def stream() -> Any:
            yield req.body
            yield b""

        try:
            form = await MultiPartParser(Headers(headers={"content-type": kind}), stream()).parse()
        except (MultiPartException, KeyError):
            req.form = []
            return
        req.form = []
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                req.form.append((name, Upload(value.filename or "", value.content_type or "", await value.read())))
            else:
                req.form.append((name, value))
        await form.close()
        return
    if not req.body:
        return
    try:
        req.json = json.loads(req.body)
    except ValueError:
        req.json_error = True


def _logged_body(req: Req) -> Any:
    """Return the body for the log: parsed JSON, a form as fields and files, or text."""
    if req.form is not None:
        fields = {name: value for name, value in req.form if isinstance(value, str)}
        files = {
            name: {
                "filename": value.filename,
                "size": len(value.data),
                "type": value.content_type,
                "sha256": hashlib.sha256(value.data).hexdigest(),
            }
            for name, value in req.form
            if isinstance(value, Upload)
        }
        return {"fields": fields, "files": files}
    if req.json is not None:
        return req.json
    return req.body.decode("utf-8", "replace") if req.body else None


async def _serve(req: Req, scope: Any, receive: wire.Receive, send: wire.Send) -> None:
    """Serve one vendor request from its arrival to the last byte of its response, and log it throughout."""
    world, extra = req.world, scope["extensions"]["simulator"]
    room = mip if req.vendor == "mip" else mobsted
    route, known = room.find(req)
    name, kind = (req.account.name, req.account.kind) if req.account else ("", "")
    world.seq += 1
    world.active += 1
    world.max_active = max(world.max_active, world.active)
    world.connections.add(extra["connection"])
    template = route.template if route else "?"
    world.counts[f"{req.vendor} {kind or '-'} {req.method} {template}"] += 1
    entry: dict[str, Any] = {
        "seq": world.seq,
        "time": time.time(),
        "vendor": req.vendor,
        "account": name,
        "kind": kind,
        "method": req.method,
        "path": req.path,
        "template": template,
        "query": dict(req.query),
        "headers": req.headers,
        "body": _logged_body(req),
        "status": None,
        "executed": False,
        "fault": None,
        "connection": extra["connection"],
        "peer_port": (scope["client"] or ("", 0))[1],
        "scheme": scope["scheme"],
    }
    world.log.append(entry)
    rule = world.faults.strike(req.vendor, name, kind, req.method, req.path)
    try:
        if world.options.latency_ms:
            await asyncio.sleep(world.options.latency_ms / 1000)
        answer = await _answer(req, room, route, known=known, rule=rule, entry=entry)
        if rule is not None:
            world.totals["faulted"] += 1
            entry["fault"] = {"id": rule.id, "kind": rule.kind, "when": rule.when}
        if rule is not None and rule.kind in RAW:
            entry["status"] = None if rule.kind in ("reset", "stall", "garbage") else answer.status
            await wire.raw(rule, answer, extra["transport"], receive)
        else:
            entry["status"] = answer.status
            await wire.plain(answer, send, req.method == "HEAD")
    finally:
        entry["seconds"] = round(time.time() - entry["time"], 6)
        world.active -= 1


async def _answer(
    req: Req, room: Any, route: Route | None, *, known: bool, rule: Rule | None, entry: dict[str, Any]
) -> Answer:
    """Return the response, after the rule (if any) has changed it."""
    world = req.world
    error = mip_error if req.vendor == "mip" else mobsted_error
    answer: Answer | None = None
    if rule is not None and rule.kind == "expire_tokens" and req.account:
        req.account.tokens.expire()
    if rule is not None and rule.kind == "endless_paging":
        req.query = [(key, value) for key, value in req.query if key != "page"] + [("page", "1")]
    if rule is None or rule.when == "after" or rule.kind == "expire_tokens":
        answer = await _execute(req, room, route, known, entry)
    if rule is None or rule.kind == "expire_tokens":
        assert answer
        return answer
    if rule.kind == "endless_paging" and answer and isinstance(answer.data, dict):
        page = entry["query"].get("page", "1")
        if isinstance(answer.data.get("meta"), dict) and page.isdigit():
            answer.data["meta"]["current_page"] = int(page)
    other = world_elsewhere(req)
    status = int(rule.fault.get("status", 500))
    return fake(
        rule, req.vendor, answer, error(world.options, status, "InternalError" if status >= 500 else "Error"), other
    )


def world_elsewhere(req: Req) -> str:
    """Return the same resource under another host name: the default target of a redirect."""
    host = req.base.replace("127.0.0.1", "localhost")
    query = "&".join(f"{key}={value}" for key, value in req.query if key != "password")
    return f"{host}{req.raw_path}{'?' + query if query else ''}"


async def _execute(req: Req, room: Any, route: Route | None, known: bool, entry: dict[str, Any]) -> Answer:
    """Run the handler: first the rate limit, then the time that a creation takes."""
    world = req.world
    error = mip_error if req.vendor == "mip" else mobsted_error
    wait = world.limited(entry["account"] or "mip")
    if wait is not None:
        world.totals["rate_limited"] += 1
        answer = error(world.options, 429, "TooManyRequests", "Too many requests")
        answer.headers["Retry-After"] = str(int(wait) if wait == int(wait) else wait)
        return answer
    if route is None:
        if known:
            return error(world.options, 405, "MethodNotAllowed", "Method not allowed")
        return error(world.options, 404, "NotFound", "No such route")
    if route.creates and world.options.create_ms:
        await asyncio.sleep(world.options.create_ms / 1000)
    entry["executed"] = True
    world.totals["executed"] += 1
    result: Answer = room.handle(req, route)
    shapes = {
        key[len(req.vendor) + 1 :]: one for key, one in world.options.shapes.items() if key.startswith(req.vendor)
    }
    return reshape(result, req.method, req.path, world.options, shapes) if shapes else result
