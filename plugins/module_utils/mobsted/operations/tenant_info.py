# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_tenant_info`` does."""

from __future__ import annotations

import typing as t

from ...emails import check_email
from ...identity import email_key
from ...operation import Example, Operation, Result, Task
from ..accounts import connect
from ..listing import Absent
from ..predictions import predicted_tenant, predicted_tenants
from ..records import TenantRecord
from ..tenant import look_up


def run_tenant_info(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_tenant_info``."""
    wanted = check_email(task.params["email"]) if task.params.get("email") else None
    client = connect(task)
    deadline = task.deadline(client.connection.deadline)
    if wanted:
        listing = client.search_tenants(wanted, deadline)
        found = listing.all_of(wanted)
        if not found:
            other = look_up(client, wanted, deadline, listing)
            found = [] if isinstance(other, Absent) else [other]
        if not found and email_key(wanted) in predicted_tenants(task, client):
            found = [predicted_tenant(wanted)]
    else:
        found = client.tenants(deadline)
        there = {address for row in found for address in row.addresses}
        found = [*found, *map(predicted_tenant, sorted(predicted_tenants(task, client) - there))]
    return {"changed": False, "tenants": [describe(row, task) for row in found]}


def describe(record: TenantRecord, task: Task) -> dict[str, t.Any]:
    """Return a tenant with its counters and, if asked for, its credentials."""
    result = {**record.public(), "stats": record.stats()}
    if task.params.get("include_credentials"):
        task.context.secrets.show(record.password)
        result["credentials"] = {"login": record.login, "password": record.password}
    return result


OPERATION = Operation(
    name="mobsted_tenant_info",
    vendor="mobsted",
    kind="read",
    options={"email": {"type": "str"}, "include_credentials": {"type": "bool", "default": False}},
    run=run_tenant_info,
    example=Example({"include_credentials": True}, "GET", "/api/v8/object", shows_secret=True),
)
