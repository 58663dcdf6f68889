# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call to MIP that a module makes, and the run in which it makes it."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.tests.faults.calls_mobsted import (
    EXTRA,
    INVITE,
    KEYS,
    LOOK,
    LOOK_OLD,
    READ,
    REGISTER,
    REMOVE,
    SEND,
    TOGGLE,
    Call,
)

USER, BUYER, SECRET = "user@acme.example", "buyer@acme.example", "buyer-password-1"
_CLIENT = {"marketplace_id": 7, "email": BUYER, "password": SECRET}
_USER = {"email": USER, "password": "user-password-1"}
_MEMBER = {"marketplace_id": 7, "email": USER}
_MARKET = {
    "marketplace_id": 7,
    "clients": [{"email": BUYER, "password": SECRET, "blocked": True}],
    "members": [{"email": USER}],
    "concurrency": 2,
}
_SSO = {"kind": "client", "email": BUYER, "marketplace_id": 7}


def _user(world: t.Any) -> None:
    world.do("mip_user", email=USER, password="user-password-1")


def _client(world: t.Any) -> None:
    world.do("mip_client", marketplace_id=7, email=BUYER, password=SECRET)


def _member(world: t.Any) -> None:
    _user(world)
    world.do("mip_accept", marketplace_id=7, email=USER)


def _tenant(world: t.Any) -> None:
    world.do("tenant_add", email=USER)


def _call(name: str, module: str, role: str, path: str, params: dict[str, t.Any], **more: t.Any) -> Call:
    return Call(name, module, role, "POST", path, params, vendor="mip", **more)


CALLS: list[Call] = [
    _call("look a new user up", "mip_user", LOOK, "/login", _USER),
    _call("look a user up", "mip_user", LOOK_OLD, "/login", _USER, prepare=_user),
    _call("register a user", "mip_user", REGISTER, "/register", _USER),
    _call("look a new client up", "mip_client", LOOK, "/login/client/7", _CLIENT),
    _call("look a client up", "mip_client", LOOK_OLD, "/login/client/7", _CLIENT, prepare=_client),
    _call("get a key pair", "mip_client", KEYS, "/login", _CLIENT),
    _call("register a client", "mip_client", REGISTER, "/register/client/7", _CLIENT),
    _call("block a client", "mip_client", TOGGLE, "/client/7/block/*", {**_CLIENT, "blocked": True}, prepare=_client),
    _call(
        "remove a client", "mip_client", REMOVE, "/client/7/remove/*", {**_CLIENT, "state": "absent"}, prepare=_client
    ),
    _call("invite a member", "mip_member", INVITE, "/member/7/add", _MEMBER),
    _call("invite a user", "mip_member", INVITE, "/member/7/add", _MEMBER, prepare=_user),
    _call("get a key pair to invite", "mip_member", KEYS, "/login", _MEMBER),
    _call(
        "block a member",
        "mip_member",
        TOGGLE,
        "/member/7/block/*",
        {**_MEMBER, "password": "user-password-1", "blocked": True},
        prepare=_member,
    ),
    _call(
        "remove a member",
        "mip_member",
        REMOVE,
        "/member/7/remove/*",
        {**_MEMBER, "password": "user-password-1", "state": "absent"},
        prepare=_member,
    ),
    _call(
        "make a link for a user",
        "mip_sso_link",
        SEND,
        "/login-email",
        {**_SSO, "kind": "user", "email": USER},
        prepare=_user,
        repeats=False,
    ),
    _call(
        "make a link for a client", "mip_sso_link", SEND, "/client/login-email", _SSO, prepare=_client, repeats=False
    ),
    _call(
        "reset a user's password",
        "mip_password_reset",
        SEND,
        "/forgot-password",
        {"kind": "user", "email": USER},
        prepare=_user,
        repeats=False,
    ),
    _call(
        "reset a client's password",
        "mip_password_reset",
        SEND,
        "/forgot-password/client",
        {"kind": "client", "email": BUYER},
        prepare=_client,
        repeats=False,
    ),
    _call("many: get a key pair", "mip_marketplace", KEYS, "/login", _MARKET),
    _call("many: look a client up", "mip_marketplace", LOOK, "/login/client/7", _MARKET),
    _call("many: register a client", "mip_marketplace", REGISTER, "/register/client/7", _MARKET),
    _call("many: block a client", "mip_marketplace", TOGGLE, "/client/7/block/*", _MARKET, prepare=_client),
    _call("many: invite a member", "mip_marketplace", INVITE, "/member/7/add", _MARKET),
    Call(
        "see whether it is a tenant", "mip_member", EXTRA, "GET", "/api/v8/object", _MEMBER, prepare=_tenant, paged=True
    ),
    Call(
        "see whether many are tenants",
        "mip_marketplace",
        EXTRA,
        "GET",
        "/api/v8/object",
        {"marketplace_id": 7, "members": [{"email": "a@acme.example"}, {"email": "b@acme.example"}]},
        paged=True,
    ),
    Call(
        "see that it is a tenant",
        "mip_member",
        READ,
        "GET",
        "/api/v8/object",
        {**_MEMBER, "require_tenant": True},
        prepare=_tenant,
        paged=True,
    ),
]
