# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a world: everything that the vendors do not publish, and the load."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


class OptionError(ValueError):
    """An option that does not exist, or a value that it does not take."""


#: Allowed values of each choice; the first one is the default.
CHOICES: dict[str, tuple[Any, ...]] = {
    "spelling": ("seed", "page", "both", "mixed", "code"),
    "attributes": ("nested", "flat"),
    "envelope": ("top", "data", "attributes", "list"),
    "objects_path": ("object", "objects"),
    "app_meta": ("nested", "flat"),
    "app_attributes": ("full", "minimal", "create"),
    "empty_shape": ("list", "null"),
    "expires_in": ("absolute", "duration", "absent"),
    "refresh": (True, False, 501),
    "addressing": ("path", "host"),
    "error_shape": ("errors", "message", "text", "string", "html", "legacy", "legacy200"),
    "error_status": ("http", "v8"),
    "json_style": ("plain", "php"),
    "ids": ("text", "number", "float", "uuid"),
    "listed_names": ("exact", "escaped", "collapsed", "decomposed", "ascii", "cut"),
    "last_page_form": ("number", "text", "float", "zero"),
    "total": ("absent", "number", "text", "words", "wrong"),
    "unknown_route": (404, 400, 405, 500, 501, "html"),
    "expiry": (401, 403, 200),
}

MIP_CHOICES: dict[str, tuple[Any, ...]] = {
    "signing": ("hmac_sha1", "keys", "none"),
    "error_shape": ("error", "message", "object"),
    "member_answer": ("object", "list", "empty"),
    "block_answer": ("client", "omit"),
    "member_joins": ("immediate", "accept"),
    "blocked_login": ("ok", "403"),
}


@dataclass
class RateLimit:
    """A token bucket for each account: ``per_second`` and ``burst`` in requests, ``retry_after`` in seconds."""

    per_second: float = 10.0
    burst: float = 10.0
    retry_after: float = 1.0


@dataclass
class MipOptions:
    """What MIP does not publish."""

    signing: str = "hmac_sha1"
    prefix: str = ""
    error_shape: str = "error"
    register_existing_status: int = 400
    remove_missing_status: int = 404
    member_answer: str = "object"
    block_answer: str = "client"
    member_joins: str = "immediate"
    blocked_login: str = "ok"
    rotate_keys: bool = False
    owner_email: str = "owner@mip.example"
    owner_password: str | None = None
    marketplaces: list[int] = field(default_factory=lambda: [1, 7])


@dataclass
class Options:
    """The options of a world. Times: ``*_ms`` in milliseconds, ``token_ttl`` and ``refresh_ttl`` in seconds."""

    spelling: str = "seed"
    attributes: str = "nested"
    envelope: str = "top"
    objects_path: str = "object"
    app_meta: str = "nested"
    app_attributes: str = "full"
    page_cap: int | None = None
    last_page: bool = True
    empty_shape: str = "list"
    latency_ms: float = 0
    create_ms: float = 0
    record_delay_ms: float = 0
    token_ttl: float = 7 * 86400
    refresh_ttl: float = 28 * 86400
    expires_in: str = "absolute"
    refresh: bool | int = True
    refresh_rotates: bool = True
    token_limit: int | None = None
    unique_names: bool = False
    create_status: int = 200
    duplicate_status: int = 409
    case_sensitive_query: bool = True
    rate_limit: RateLimit | None = None
    tenants: int = 0
    tenant_pattern: str = "tenant{n}@clients.example"
    apps_per_tenant: int = 0
    hostile: bool = False
    stats: bool = True
    addressing: str = "path"
    error_shape: str = "errors"
    error_status: str = "http"
    json_style: str = "plain"
    ids: str = "text"
    listed_names: str = "exact"
    last_page_form: str = "number"
    total: str = "absent"
    unknown_route: int | str = 404
    expiry: int = 401
    token_valid_after_ms: float = 0
    login_status: int = 401
    app_delay_ms: float = 0
    registry_listed: bool = True
    push_path: str = "/api/v8/push"
    demo: bool = False
    partner: bool = True
    long_links: bool = True
    login: str | None = None
    password: str | None = None
    seed: str | None = None
    #: status and body by vendor, method and path, in the words of a transcript (``shapes.py``)
    shapes: dict[str, Any] = field(default_factory=dict)
    mip: MipOptions = field(default_factory=MipOptions)


_KINDS: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "str": (str,), "bool": (bool,)}


def _checked(cls: Any, name: str, value: Any, choices: dict[str, tuple[Any, ...]]) -> Any:
    """Return ``value`` if the field ``name`` of ``cls`` takes it; raise :class:`OptionError` otherwise."""
    known = {item.name: str(item.type) for item in fields(cls)}
    if name not in known:
        raise OptionError(f"no option {name!r}; there are: {', '.join(sorted(known))}")
    if name in choices:
        if isinstance(value, str) and value.isdigit() and int(value) in choices[name]:
            value = int(value)
        if not any(value is choice or (value == choice and type(value) is type(choice)) for choice in choices[name]):
            raise OptionError(f"{name}: {value!r} is not one of {list(choices[name])}")
        return value
    allowed = [part.strip() for part in known[name].split("|")]
    if value is None:
        if "None" in allowed:
            return None
        raise OptionError(f"{name}: null is not allowed")
    for part in allowed:
        kinds = _KINDS.get(part)
        if kinds and isinstance(value, kinds) and (part == "bool" or not isinstance(value, bool)):
            return value
        if part.startswith("list") and isinstance(value, list):
            return value
        if part.startswith("dict") and isinstance(value, dict):
            return value
    raise OptionError(f"{name}: {value!r} is not {known[name]}")


def change(options: Options, changes: dict[str, Any]) -> Options:
    """Apply ``changes`` (a JSON object) to ``options`` in place, all or nothing.

    Raise :class:`OptionError` for an unknown name or a value of the wrong type.
    """
    if not isinstance(changes, dict):
        raise OptionError("options must be an object")
    checked: dict[str, Any] = {}
    mip: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "mip":
            if not isinstance(value, dict):
                raise OptionError("mip: must be an object")
            mip = {key: _checked(MipOptions, key, item, MIP_CHOICES) for key, item in value.items()}
        elif name == "rate_limit" and isinstance(value, dict):
            checked[name] = RateLimit(**{key: _checked(RateLimit, key, item, {}) for key, item in value.items()})
        else:
            checked[name] = _checked(Options, name, value, CHOICES)
    for name, value in checked.items():
        setattr(options, name, value)
    for name, value in mip.items():
        setattr(options.mip, name, value)
    return options


def parse(changes: dict[str, Any]) -> Options:
    """Return new options: the defaults with ``changes`` (a JSON object) over them."""
    return change(Options(), changes)
