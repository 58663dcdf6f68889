# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One good use of every module, for suites that go through all of them. A test sees to it that none is missing."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

NEW, OLD, BUYER = "new.owner@acme.example", "owner@acme.example", "buyer@acme.example"


@dataclass(frozen=True)
class Use:
    """How a module is used.

    :param args: its options; ``@tenant``, ``@user``, ``@client``, ``@other`` stand for passwords of the world
    :param path: of the call that is its purpose
    :param login: of the call with which it logs in
    :param shows: it returns a secret that the user is meant to get
    :param tells: it does not fail where the API does, but tells of it
    """

    args: dict[str, t.Any]
    method: str
    path: str
    login: str = "/api/v8/auth"
    shows: bool = False
    tells: bool = False

    @property
    def vendor(self) -> str:
        """Whose API it uses."""
        return "mobsted" if self.path.startswith("/api/") else "mip"

    def filled(self, passwords: t.Mapping[str, str]) -> dict[str, t.Any]:
        """The options with other values for the ``@…``."""
        return {key: _filled(value, passwords) for key, value in self.args.items()}


def _filled(value: t.Any, passwords: t.Mapping[str, str]) -> t.Any:
    if isinstance(value, dict):
        return {key: _filled(inner, passwords) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, passwords) for inner in value]
    return passwords[value[1:]] if isinstance(value, str) and value.startswith("@") else value


_APP = {"name": "Store", "website_url": "https://store.acme.example"}
_OBJECTS, _APPS = "/api/v8/objects", "/api/v8/applications"
_FLEET = {"tenants": [{"email": NEW}, {"email": OLD, "tenant_password": "@tenant", "apps": [_APP]}], "apps": [_APP]}
_CLIENT = {"email": BUYER, "password": "@client", "blocked": True}
_MEMBER = {"email": OLD, "password": "@user"}
_PUSH = {"tenant": OLD, "app_id": 2, "ext_id": "u1", "title": "T", "message": "M", "api_paths": {"push": "push"}}

USES: dict[str, Use] = {
    "mobsted_account_info": Use({}, "GET", _OBJECTS, tells=True),
    "mobsted_tenant": Use({"email": NEW}, "POST", "/api/v8/partners", shows=True),
    "mobsted_tenant_info": Use({"include_credentials": True}, "GET", _OBJECTS, shows=True),
    "mobsted_pwa_app": Use({**_APP, "name": "New Store", "tenant": OLD, "tenant_password": "@tenant"}, "POST", _APPS),
    "mobsted_pwa_app_info": Use({"tenant": OLD}, "GET", _APPS),
    "mobsted_push": Use(_PUSH, "POST", "/api/v8/push"),
    "mobsted_fleet": Use(_FLEET, "POST", "/api/v8/partners", shows=True),
    "mobsted_fleet_info": Use({"tenants": [{"email": OLD}]}, "GET", _OBJECTS),
    "mip_account_info": Use({}, "POST", "/login", "/login", tells=True),
    "mip_user": Use({"email": NEW, "password": "@other"}, "POST", "/register", "/login"),
    "mip_client": Use({**_CLIENT, "marketplace_id": 7}, "POST", "/client/7/block/*", "/login"),
    "mip_member": Use({**_MEMBER, "marketplace_id": 7}, "POST", "/member/7/add", "/login"),
    "mip_sso_link": Use(
        {"kind": "user", "email": OLD, "marketplace_id": 7}, "POST", "/login-email", "/login", shows=True
    ),
    "mip_password_reset": Use({"kind": "user", "email": OLD}, "POST", "/forgot-password", "/forgot-password"),
    "mip_marketplace": Use(
        {"marketplace_id": 7, "clients": [_CLIENT], "members": [_MEMBER]}, "POST", "/member/7/add", "/login"
    ),
}


def prepare(world: t.Any, passwords: t.Mapping[str, str]) -> None:
    """What the uses build on."""
    world.do("tenant_add", email=OLD, password=passwords["tenant"], apps=["Other"])
    world.do("app_add", email=OLD, name="Store", fields={"webSiteUrl": "https://elsewhere.example"})
    world.do("mip_user", email=OLD, password=passwords["user"])
    world.do("mip_client", marketplace_id=7, email=BUYER, password=passwords["client"])
