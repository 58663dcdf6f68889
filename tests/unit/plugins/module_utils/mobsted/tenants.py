# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants as the API lists and creates them, for the tests of tenants."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.tests.support.scripted import Expected, Script

EMAIL = "owner@acme.example"
URL = "https://a23r56k8-admin.mobsted.com"
#: Look-ups in a minute: at once, after 0.5, 1, 2, 3 and 5 s, then every 5 s, and at the end.
LOOKS = 16
PASSWORD = "0123456789abcdef"
CREATED = {"url": URL, "authentication": {"email": EMAIL, "phone": "", "password": PASSWORD}}


def record(number: int = 17, **changes: t.Any) -> dict[str, t.Any]:
    fields = {
        "Email": EMAIL,
        "TenantName": "a23r56k8",
        "ServerName": "mobsted.com",
        "UserPassword": PASSWORD,
        **changes,
    }
    return {"id": str(number), "attributes": {"UserLogin": fields["Email"], **fields}}


def search(api: Script, *found: dict[str, t.Any], email: str = EMAIL) -> Expected:
    def asks(request: t.Any) -> bool:
        return email.replace("@", "%40") in request.url

    return api.expect("GET", "object", when=asks).json({"data": list(found), "meta": {"last_page": 1}})


def everything(api: Script, *found: dict[str, t.Any]) -> Expected:
    """Expect the complete listing of tenants."""

    def no_query(request: t.Any) -> bool:
        return "query=" not in request.url

    return api.expect("GET", "object", when=no_query).json({"data": list(found), "meta": {"last_page": 1}})


def create(api: Script, email: str = EMAIL) -> Expected:
    return api.expect("POST", "partners", json={"email": email})


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert PASSWORD not in str(caught.value)
    return caught.value
