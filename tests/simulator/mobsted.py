# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobsted's partner API v8. Facts and their sources: ``docs/api/mobsted.yaml``."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .answers import Answer, mobsted_error, ok
from .images import icon_image, qr_hex, qr_image
from .oddities import ident, listed_name, page_meta
from .routing import Refused, Req, Route, Table, Upload
from .store import App, Row

API = "/api/v8"
TEXT_FIELDS = (
    "name",
    "description",
    "title",
    "splashColor",
    "panelColor",
    "isPWAless",
    "webSiteUrl",
    "widgetDescription",
    "pushWidgetDescription",
    "saveWidgetDescription",
)
IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"\x00\x00\x01\x00": "image/x-icon",
    b"<svg": "image/svg+xml",
    b"<?xml": "image/svg+xml",
}


def _require_token(req: Req) -> None:
    """Check the bearer token of this account (seed); 401 if it is not valid (code)."""
    scheme, _space, token = req.headers.get("authorization", "").partition(" ")
    assert req.account
    options = req.world.options
    if scheme.lower() != "bearer" or not req.account.tokens.valid(token.strip(), options.token_valid_after_ms / 1000):
        raise Refused(options.expiry, "Unauthorized", "The access token is missing, wrong or expired")


def _int(req: Req, name: str, default: int | None = None) -> int:
    """Return a query parameter that must be a positive whole number; 400 otherwise (inferred)."""
    text = req.arg(name)
    if text is None and default is not None:
        return default
    if text is None or not re.fullmatch(r"[0-9]+", text) or int(text) < 1:
        raise Refused(400, "Bad Request", f"{name} must be a whole number from 1 on")
    return int(text)


def _pair(req: Req) -> Answer:
    """Return a new token pair; ``expires_in`` is an absolute Unix time by default (inferred from the seed's sample)."""
    options, account = req.world.options, req.account
    assert account
    issuer = urlsplit(req.world.account_url(req.base, account)).netloc
    access, refresh, end = account.tokens.issue(
        req.world.key, issuer, options.token_ttl, options.refresh_ttl, options.token_limit
    )
    body: dict[str, Any] = {"access_token": access, "refresh_token": refresh}
    if options.expires_in != "absent":
        body["expires_in"] = int(end if options.expires_in == "absolute" else options.token_ttl)
    return ok(body, options)


def auth(req: Req) -> Answer:
    """GET auth?login=&password= (seed)."""
    login, password = req.arg("login"), req.arg("password")
    if not login or not password:
        raise Refused(400, "Bad Request", "login and password are required")
    assert req.account
    if login.lower() != req.account.login.lower() or password != req.account.password:
        raise Refused(req.world.options.login_status, "Unauthorized", "Wrong login or password")
    req.world.totals["logins"] += 1
    return _pair(req)


def refresh(req: Req) -> Answer:
    """GET refresh?refresh_token= (code); a failure has been seen as 501 (code)."""
    options, account = req.world.options, req.account
    assert account
    if options.refresh is False:
        raise Refused(404, "Not Found")
    token = req.arg("refresh_token") or ""
    if options.refresh is not True or not account.tokens.valid_refresh(token):
        raise Refused(501, "Not Implemented", "The refresh token is not accepted")
    if options.refresh_rotates:
        del account.tokens.refresh[token]
    req.world.totals["refreshes"] += 1
    return _pair(req)


def partners(req: Req) -> Answer:
    """POST partners: create a sub-account, and its record in app ID 1 (seed)."""
    _require_token(req)
    world, options, account = req.world, req.world.options, req.account
    assert account
    if account.kind != "master" or not options.partner:
        raise Refused(403, "Forbidden", "This account is not a partner")
    if req.json_error or not isinstance(req.json, dict):
        raise Refused(400, "Bad Request", "The body must be a JSON object")
    email = req.json.get("email")
    if not isinstance(email, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise Refused(422, "Unprocessable Entity", "email is not an e-mail address")
    if set(req.json) - {"email"}:
        raise Refused(422, "Unprocessable Entity", f"unknown fields: {sorted(set(req.json) - {'email'})}")
    if email.lower() in world.mobsted.by_login or world.mobsted.find(email):
        raise Refused(options.duplicate_status, "Conflict", "This e-mail is taken")
    tenant = world.mobsted.add_tenant(email, 0, options.record_delay_ms / 1000)
    world.totals["tenants_created"] += 1
    payload = {
        "url": world.account_url(req.base, tenant),
        "authentication": {"email": tenant.login, "phone": "", "password": tenant.password},
    }
    row_id = ident(world.mobsted.find(email)[-1].id, options)
    shapes: dict[str, dict[str, Any]] = {
        "top": payload,
        "data": {"data": payload},
        "attributes": {"data": {"attributes": payload}},
        "list": {"data": [{"id": row_id, "type": "partners", "attributes": payload}]},
    }
    return ok(shapes[options.envelope], options, options.create_status)


def _conditions(req: Req) -> list[dict[str, Any]]:
    """Return the ``query`` parameter: a JSON array of {field, operation, value, andor} (seed); strict."""
    text = req.arg("query")
    if text is None:
        return []
    try:
        conditions = json.loads(text)
    except ValueError:
        raise Refused(400, "Bad Request", "query is not JSON") from None
    if not isinstance(conditions, list):
        raise Refused(400, "Bad Request", "query must be an array")
    for item in conditions:
        if not isinstance(item, dict) or set(item) != {"field", "operation", "value", "andor"}:
            raise Refused(400, "Bad Request", "a condition has field, operation, value and andor")
        if item["operation"] != "=" or item["andor"] != "and" or not isinstance(item["field"], str):
            raise Refused(400, "Bad Request", "only the operation = joined by and is known")
        if not isinstance(item["value"], (str, int, float)):
            raise Refused(400, "Bad Request", "value must be text or a number")
    return conditions


def _render(req: Req, row: Row) -> dict[str, Any]:
    world = req.world
    account = world.mobsted.accounts.get(row.tenant)
    url = world.account_url(req.base, account) if account else ""
    columns = world.mobsted.columns(row, url, world.server_name(req.base))
    head = {"id": ident(row.id, world.options), "type": "objects"}
    return {**head, "attributes": columns} if world.options.attributes == "nested" else {**head, **columns}


def _page(req: Req, items: list[Any], page: int, size: int) -> tuple[list[Any], dict[str, Any]]:
    """Return one page of ``items`` and its ``meta`` (``current_page``, ``last_page``: code)."""
    options = req.world.options
    if options.page_cap:
        size = min(size, options.page_cap)
    meta = page_meta(page, max(1, -(-len(items) // size)), len(items), options)
    return items[(page - 1) * size : page * size], meta


def unknown_route(req: Req) -> Answer:
    """Respond to a path that does not exist: 404 (code), 501 or 400 (vendor-code), a page of the front end."""
    options = req.world.options
    if options.unknown_route == "html":
        return Answer(200, b"<!DOCTYPE html><html><head><title>Mobsted</title></head></html>", "text/html")
    return mobsted_error(options, int(options.unknown_route), "Not Found", "No such route")


def objects(req: Req) -> Answer:
    """GET objects (or object): records of an app; app ID 1 of the master account lists the tenants (seed)."""
    _require_token(req)
    world, options, account = req.world, req.world.options, req.account
    assert account
    if req.path.rpartition("/")[2] != options.objects_path:
        return unknown_route(req)
    app_id, page, size = _int(req, "applicationId"), _int(req, "page"), _int(req, "pageSize")
    conditions = _conditions(req)
    if app_id not in account.apps:
        raise Refused(404, "Not Found", "No such application")
    rows: list[Row] = []
    if account.kind == "master" and app_id == 1:
        rows = world.mobsted.visible()
        fold: Callable[[Any], str] = str if options.case_sensitive_query else _lower
        for item in conditions:
            if item["field"] == "Email":
                shown = time.monotonic()
                here = set(map(id, rows)) if len(conditions) > 1 else None
                rows = [
                    row
                    for row in world.mobsted.find(str(item["value"]))
                    if row.visible_at <= shown
                    and fold(row.email) == fold(item["value"])
                    and (here is None or id(row) in here)
                ]
            else:
                rows = [row for row in rows if _column(req, row, item["field"], fold) == fold(item["value"])]
    part, meta = _page(req, rows, page, size)
    data: Any = [_render(req, row) for row in part]
    if not data and options.empty_shape == "null":
        data = None
    return ok({"data": data, "meta": meta}, options)


def _lower(value: Any) -> str:
    return str(value).lower()


def _column(req: Req, row: Row, name: str, fold: Callable[[Any], str]) -> str | None:
    rendered = _render(req, row)
    columns = rendered.get("attributes", rendered)
    if name not in columns:
        raise Refused(400, "Bad Request", f"no column {name}")
    return None if columns[name] is None else fold(columns[name])


def _created_attributes(req: Req, app: App) -> dict[str, Any]:
    """Return the attributes in the response to a creation (seed). Links are inferred: the examples lack values."""
    assert req.account
    world, tenant = req.world, req.account.name
    link = ""
    if world.options.long_links:
        scheme = req.base.partition("://")[0]
        link = f"{scheme}://{tenant}.{world.server_name(req.base)}/pwa/?appid={app.id}"
    return {
        "ShortCodeUrl": f"https://w2m.local/{app.short}",
        "QRCodeUrl": f"/tenants/{tenant}/qr/{app.id}/qr.png",
        "DateCreate": app.created,
        "ThumbImageUrl": f"/tenants/{tenant}/iconapp/{app.id}/icon192x192.png",
        "uuid": app.uuid,
        "LonglinkInstant": f"{link}&widget=instant" if link else "",
        "LonglinkManaged": link,
    }


def list_apps(req: Req) -> Answer:
    """GET applications (code): rows with ``Name``; the other attributes of a row are inferred."""
    _require_token(req)
    assert req.account
    options = req.world.options
    now = time.monotonic()
    shown = [app for app in req.account.apps.values() if now - app.made_at >= options.app_delay_ms / 1000]
    if req.account.kind == "master" and not options.registry_listed:
        shown = [app for app in shown if app.id != 1]
    part, meta = _page(req, sorted(shown, key=lambda app: app.id), _int(req, "page", 1), _int(req, "pageSize", 20))
    data: Any = []
    for app in part:
        attributes: dict[str, Any] = {"Name": listed_name(app.name, options)}
        if options.app_attributes == "full":
            attributes.update({key[0].upper() + key[1:]: value for key, value in app.fields.items() if key != "name"})
        elif options.app_attributes == "create":
            attributes = {"name": app.name, **app.fields}
        data.append(
            {
                "id": ident(app.id, options),
                "type": "applications",
                "attributes": {**attributes, **_created_attributes(req, app)},
            }
        )
    if not data and options.empty_shape == "null":
        data = None
    return ok({"data": data, "meta": meta}, options)


def _icon(upload: Upload) -> str:
    """Return the image type of an icon by its first bytes; 422 if it is no image (the limits are not published)."""
    start = upload.data[:64].lstrip()
    for magic, kind in IMAGES.items():
        if start.startswith(magic) or upload.data.startswith(magic):
            return kind
    raise Refused(422, "Unprocessable Entity", "icon is not an image")


def _form(req: Req) -> tuple[dict[str, str], Upload | None]:
    """Return the fields and the icon of a multipart body (names: seed). Unknown or double: 422 (inferred)."""
    if req.form is None:
        raise Refused(415, "Unsupported Media Type", "The body must be multipart/form-data")
    fields: dict[str, str] = {}
    icon: Upload | None = None
    for name, value in req.form:
        if name in fields or (name == "icon" and icon):
            raise Refused(422, "Unprocessable Entity", f"{name} is given twice")
        if name == "icon" and isinstance(value, Upload):
            icon = value
        elif name in TEXT_FIELDS and isinstance(value, str):
            fields[name] = value
        else:
            raise Refused(422, "Unprocessable Entity", f"unknown field, or of the wrong kind: {name}")
    return fields, icon


def _check_fields(fields: dict[str, str]) -> None:
    """Check what a creation needs (inferred; only ``isPWAless = 1`` and the form of colours are the seed's)."""
    if not fields.get("name", "").strip():
        raise Refused(422, "Unprocessable Entity", "name is required")
    if fields.get("isPWAless") != "1":
        raise Refused(422, "Unprocessable Entity", "isPWAless must be 1")
    site = urlsplit(fields.get("webSiteUrl", ""))
    if site.scheme not in ("http", "https") or not site.netloc:
        raise Refused(422, "Unprocessable Entity", "webSiteUrl must be a URL")
    for name in ("splashColor", "panelColor"):
        if name in fields and not re.fullmatch(r"#[0-9a-fA-F]{6}", fields[name]):
            raise Refused(422, "Unprocessable Entity", f"{name} must be #rrggbb")


def create_app(req: Req) -> Answer:
    """POST applications, multipart form-data (fields: seed; method, path and checks: inferred)."""
    _require_token(req)
    world, options, account = req.world, req.world.options, req.account
    assert account
    fields, icon = _form(req)
    _check_fields(fields)
    if options.unique_names and any(app.name == fields["name"] for app in account.apps.values()):
        raise Refused(options.duplicate_status, "Conflict", "This name is taken")
    kind = _icon(icon) if icon else "image/png"
    app = account.add_app(fields.pop("name"), fields, icon.data if icon else None, kind)
    world.totals["apps_created"] += 1
    affected = {"applications": {"affected": 1, "time": 0.84383988380432129}}
    number = ident(app.id, options) if options.ids == "uuid" else app.id
    meta: dict[str, Any] = {**affected, "applicationId": number}
    if options.app_meta == "nested":
        meta = {"applications": {**affected["applications"], "applicationId": number}}
    return ok(
        {
            "meta": meta,
            "data": [
                {"id": ident(app.id, options), "type": "applications", "attributes": _created_attributes(req, app)}
            ],
        },
        options,
        options.create_status,
    )


def push(req: Req) -> Answer:
    """POST to the world's ``push_path``; the body is published (page), the path and the response are not."""
    _require_token(req)
    assert req.account
    if req.json_error or not isinstance(req.json, dict):
        raise Refused(400, "Bad Request", "The body must be a JSON object")
    for name, kind in (("applicationId", int), ("extId", str), ("title", str), ("message", str)):
        if not isinstance(req.json.get(name), kind) or isinstance(req.json.get(name), bool):
            raise Refused(422, "Unprocessable Entity", f"{name} must be {kind.__name__}")
    if set(req.json) - {"applicationId", "extId", "title", "message"}:
        raise Refused(422, "Unprocessable Entity", "unknown fields")
    if req.json["applicationId"] not in req.account.apps:
        raise Refused(404, "Not Found", "No such application")
    req.world.mail("push", req.json["extId"], account=req.account.name, **req.json)
    return ok({"meta": {"push": {"affected": 1, "time": 0.01}}}, req.world.options)


TABLE = Table(
    [
        Route("GET", f"{API}/auth", auth),
        Route("GET", f"{API}/refresh", refresh),
        Route("POST", f"{API}/partners", partners, creates=True),
        Route("GET", f"{API}/objects", objects),
        Route("GET", f"{API}/object", objects),
        Route("GET", f"{API}/applications", list_apps),
        Route("POST", f"{API}/applications", create_app, creates=True),
        Route("GET", f"{API}/qr/imagehex", qr_hex),
        Route("GET", "/tenants/{tenant}/qr/{app}/qr.png", qr_image),
        Route("GET", "/tenants/{tenant}/iconapp/{app}/icon192x192.png", icon_image),
    ]
)
PUSH = Route("POST", "{push_path}", push)


def find(req: Req) -> tuple[Route | None, bool]:
    """Return the route for a request (set its parameters), and whether the path exists."""
    if req.path == req.world.options.push_path:
        return (PUSH if req.method == "POST" else None), True
    route, req.params, known = TABLE.find(req.method, req.path)
    return route, known


def handle(req: Req, route: Route) -> Answer:
    """Run a handler; a refusal becomes an error in the world's shape."""
    try:
        return route.handler(req)
    except Refused as refused:
        return mobsted_error(req.world.options, refused.status, refused.title, refused.detail)
