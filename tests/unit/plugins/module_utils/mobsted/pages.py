# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of rows, for the tests of the API."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.tests.support.scripted import Script

URL = "https://a23r56k8-admin.mobsted.com"


def row(number: int, email: str | None = None) -> dict[str, t.Any]:
    return {"id": str(number), "attributes": {"Email": email or f"t{number}@clients.example"}}


def rows(start: int, end: int) -> list[dict[str, t.Any]]:
    return [row(number) for number in range(start, end + 1)]


def page(api: Script, number: int, data: t.Any, last: t.Any = None, path: str = "object", **more: t.Any) -> None:
    meta = {} if last is None else {"meta": {"current_page": number, "last_page": last}}
    api.expect("GET", path, query={"page": str(number), **more}).json({"data": data, **meta})
