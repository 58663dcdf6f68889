# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists, as ``mobsted_fleet_info`` and ``mip_ledger_info`` return it, for the tests of the export."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.inspect import Account
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet_info import _tenant
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import TenantRecord
from ansible_collections.partnerops.saas.plugins.module_utils.state.lines import public
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import Entry
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import TENANT, listed

#: The first password of a tenant, as app ID 1 has it.
PASSWORD = "0123456789abcdef0123456789abcdef"
Result = dict[str, t.Any]


def app(ident: int | str, name: str, **columns: t.Any) -> Result:
    """Return a row of the list of apps."""
    return {"id": ident, "type": "applications", "attributes": {"Name": name, **columns}}


def tenant(email: str, *apps: Result, number: int = 17, error: ApiError | None = None) -> Result:
    """Return an entry of ``tenants``."""
    row = {"id": number, "Email": email, "url": TENANT, "UserPassword": PASSWORD}
    found = Account(email=email, record=TenantRecord.read(row), base=TENANT)
    found.outcome, found.error = listed(*apps), error
    return _tenant(found, False, str)


def missing(email: str) -> Result:
    """Return an entry of ``tenants`` for a declared one that does not exist."""
    return _tenant(Account(email=email), True, str)


def account(*tenants: Result, apps: t.Sequence[Result] = ()) -> Result:
    """Return a result of ``mobsted_fleet_info``, as far as an export reads it."""
    master = Account()
    master.outcome = listed(*apps)
    return {"changed": False, "tenants": list(tenants), "apps": master.result(False)}


def person(kind: str, email: str, market: int | None = 7, **known: t.Any) -> Result:
    """Return an entry of ``mip_ledger_info``."""
    key = ("cloud.mip.to", "" if market is None else str(market), kind, email)
    return public(key, Entry(**{"state": "present", **known}))
