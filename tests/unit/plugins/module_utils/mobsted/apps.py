# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apps as declared and as the API lists them, for the tests of apps."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import AppSpec
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import AppListing
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.paging import Pages
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import AppRecord
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Expected, Script

EMAIL = "owner@acme.example"
SITE = "https://store.acme.example"
TENANT = "https://a23r56k8-admin.mobsted.com"
#: Look-ups in a minute: at once, after 0.5, 1, 2, 3 and 5 s, then every 5 s, and at the end.
LOOKS = 16
PNG = b"\x89PNG\r\n\x1a\n and so on"


REGISTRY = {"id": "1", "type": "applications", "attributes": {"Name": "My Sub Accounts"}}


def spec(**params: t.Any) -> AppSpec:
    return AppSpec.read({"name": "Store", **params})


def app(number: int, name: str | None = "Store", **fields: t.Any) -> dict[str, t.Any]:
    return {"id": str(number), "type": "applications", "attributes": {"Name": name, **fields}}


def listed(*raw: dict[str, t.Any], doubt: str | None = None, base: str = HOST) -> AppListing:
    """Return a listing that has been read."""
    made = [record for record in map(AppRecord.listed, raw) if record]
    return AppListing(base, Pages(made, doubt, None), 1_700_000_000.0)


def listing(api: Script, *apps: dict[str, t.Any], **conditions: t.Any) -> Expected:
    """Expect a listing of apps; that of the master account has app ID 1."""
    rows = [] if conditions.get("host") == TENANT or "1" in [one["id"] for one in apps] else [REGISTRY]
    return api.expect("GET", "applications", **conditions).json({"data": [*rows, *apps], "meta": {"last_page": 1}})


def create(api: Script, **form: t.Any) -> Expected:
    return api.expect("POST", "applications", form=form)


def tenant_found(api: Script, **fields: t.Any) -> None:
    row = {"Email": EMAIL, "url": TENANT, "server": "mobsted.com", "defaultPassword": "on-record", **fields}
    api.expect("GET", "object", host=HOST).json({"data": [{"id": "17", "attributes": row}], "meta": {"last_page": 1}})


def tenant_missing(api: Script) -> None:
    """Expect a search, and then the complete listing."""
    for size in ("20", "200"):
        api.expect("GET", "object", host=HOST, query={"pageSize": size}).json({"data": [], "meta": {"last_page": 1}})
