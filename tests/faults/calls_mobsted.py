# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call to Mobsted that a module makes, and the run in which it makes it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

#: Roles of a call: what its failure means.
LOGIN, TENANT_LOGIN, REFRESH, READ, CREATE, SEND, EXTRA = (
    "login",
    "tenant login",
    "refresh",
    "read",
    "create",
    "send",
    "extra",
)
#: Roles at MIP: a login as a look-up, of somebody missing or present; a registration, …
LOOK, LOOK_OLD, KEYS, REGISTER, TOGGLE, REMOVE, INVITE = (
    "look",
    "look at what is there",
    "keys",
    "register",
    "toggle",
    "remove",
    "invite",
)

NEW = "New.Owner@acme.example"
OLD = "owner@acme.example"
SITE = "https://store.acme.example"
APP = {"name": "Store", "website_url": SITE, "description": "All of it"}


@dataclass(frozen=True)
class Call:
    """One call of a run.

    :param name: what the call is for
    :param operation: the module that runs, with ``params``
    :param role: see above
    :param method: method of the request that the fault hits, with ``path`` (a pattern below the account), ``account``
        and ``nth``
    :param paged: whether the response has pages
    :param prepare: what happens to the world before
    :param repeats: False if each run does it again (a message that is sent)
    """

    name: str
    operation: str
    role: str
    method: str
    path: str
    params: dict[str, t.Any]
    account: str = "*"
    nth: int = 1
    vendor: str = "mobsted"
    paged: bool = False
    prepare: t.Callable[[t.Any], None] = lambda world: None
    repeats: bool = True
    options: dict[str, t.Any] = field(default_factory=dict)

    @property
    def fleet(self) -> bool:
        """Return whether the run does many things, of which the fault hits only one."""
        return self.operation in ("mobsted_fleet", "mip_marketplace")


def _old_tenant(world: t.Any) -> None:
    world.do("tenant_add", email=OLD, apps=["Other"])


def _token_ends(world: t.Any) -> None:
    _old_tenant(world)
    world.fault("expire_tokens", path="/api/v8/object", account="master")


def _many(world: t.Any) -> None:
    for number in range(3):
        world.do("tenant_add", email=f"tenant{number}@acme.example")


def _twenty(world: t.Any) -> None:
    for number in range(20):
        world.do("tenant_add", email=f"tenant{number}@acme.example")


def _app(world: t.Any) -> None:
    _old_tenant(world)
    world.do("app_add", email=OLD, name="Store")


_TENANT = {"email": NEW}
_PUSH = {"tenant": OLD, "app_id": 2, "ext_id": "User-1", "title": "T", "message": "M", "api_paths": {"push": "push"}}
_FLEET = {
    "tenants": [
        {"email": OLD, "apps": [APP, {**APP, "name": "Second"}]},
        {"email": NEW, "apps": [APP]},
        {"email": "third@acme.example", "apps": []},
    ],
    "apps": [{**APP, "name": "Master Store"}],
    "concurrency": 3,
}
_AUTH, _OBJECTS, _APPS = "/api/v8/auth", "/api/v8/object", "/api/v8/applications"

CALLS: list[Call] = [
    Call("log in", "mobsted_tenant", LOGIN, "GET", _AUTH, _TENANT),
    Call("refresh", "mobsted_tenant", REFRESH, "GET", "/api/v8/refresh", _TENANT, prepare=_token_ends),
    Call("look a tenant up", "mobsted_tenant", READ, "GET", _OBJECTS, _TENANT, paged=True),
    Call("look it up in lower case", "mobsted_tenant", READ, "GET", _OBJECTS, _TENANT, nth=2, paged=True),
    Call("create a tenant", "mobsted_tenant", CREATE, "POST", "/api/v8/partners", _TENANT),
    Call("read it back", "mobsted_tenant", EXTRA, "GET", _OBJECTS, {**_TENANT, "read_back": True}, nth=3),
    Call("list tenants", "mobsted_tenant_info", READ, "GET", _OBJECTS, {}, prepare=_many, paged=True),
    Call(
        "list tenants, second page",
        "mobsted_tenant_info",
        READ,
        "GET",
        _OBJECTS,
        {},
        nth=2,
        prepare=_many,
        options={"page_cap": 2},
    ),
    Call(
        "list tenants, pages side by side",
        "mobsted_tenant_info",
        READ,
        "GET",
        _OBJECTS,
        {},
        nth=5,
        prepare=_twenty,
        options={"page_cap": 2},
    ),
    Call(
        "look the app's tenant up",
        "mobsted_pwa_app",
        READ,
        "GET",
        _OBJECTS,
        {**APP, "tenant": OLD},
        prepare=_old_tenant,
    ),
    Call(
        "log in to the tenant",
        "mobsted_pwa_app",
        TENANT_LOGIN,
        "GET",
        _AUTH,
        {**APP, "tenant": OLD},
        "tenant",
        prepare=_old_tenant,
    ),
    Call(
        "list its apps", "mobsted_pwa_app", READ, "GET", _APPS, {**APP, "tenant": OLD}, prepare=_old_tenant, paged=True
    ),
    Call("create an app", "mobsted_pwa_app", CREATE, "POST", _APPS, {**APP, "tenant": OLD}, prepare=_old_tenant),
    Call("list the master's apps", "mobsted_pwa_app", READ, "GET", _APPS, APP, paged=True),
    Call("create the master's app", "mobsted_pwa_app", CREATE, "POST", _APPS, APP),
    Call("show the apps", "mobsted_pwa_app_info", READ, "GET", _APPS, {"tenant": OLD}, prepare=_old_tenant, paged=True),
    Call("send a push message", "mobsted_push", SEND, "POST", "/api/v8/push", _PUSH, prepare=_app, repeats=False),
    Call("fleet: log in", "mobsted_fleet", LOGIN, "GET", _AUTH, _FLEET, "master", prepare=_old_tenant),
    Call("fleet: list", "mobsted_fleet", READ, "GET", _OBJECTS, _FLEET, prepare=_old_tenant, paged=True),
    Call("fleet: create a tenant", "mobsted_fleet", CREATE, "POST", "/api/v8/partners", _FLEET, prepare=_old_tenant),
    Call(
        "fleet: log in to a tenant", "mobsted_fleet", TENANT_LOGIN, "GET", _AUTH, _FLEET, "tenant", prepare=_old_tenant
    ),
    Call("fleet: list apps", "mobsted_fleet", READ, "GET", _APPS, _FLEET, "tenant", prepare=_old_tenant, paged=True),
    Call("fleet: create an app", "mobsted_fleet", CREATE, "POST", _APPS, _FLEET, "tenant", prepare=_old_tenant),
    Call(
        "fleet: list the master's apps",
        "mobsted_fleet",
        READ,
        "GET",
        _APPS,
        _FLEET,
        "master",
        prepare=_old_tenant,
        paged=True,
    ),
    Call(
        "fleet: create the master's app", "mobsted_fleet", CREATE, "POST", _APPS, _FLEET, "master", prepare=_old_tenant
    ),
]
