# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_pwa_app_info`` does."""

from __future__ import annotations

from ...emails import check_email
from ...identity import names_match
from ...operation import Example, Operation, Result, Task
from ..accounts import connect, enter_unless_predicted
from ..records import AppRecord


def run_pwa_app_info(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_pwa_app_info``."""
    tenant = check_email(task.params["tenant"], "tenant") if task.params.get("tenant") else None
    account = connect(task)
    deadline = task.deadline(account.connection.deadline)
    if tenant:
        entered = enter_unless_predicted(account, tenant, task, deadline)
        if entered is None:
            return {"changed": False, "apps": []}
        account = entered
    wanted = task.params.get("name")
    apps = [app for app in account.apps(deadline) if wanted is None or _is_named(wanted, app)]
    return {"changed": False, "apps": [app.public(account.connection.base, tenant) for app in apps]}


def _is_named(wanted: str, app: AppRecord) -> bool:
    return names_match(wanted, app.name or "") in ("exact", "same")


OPERATION = Operation(
    name="mobsted_pwa_app_info",
    vendor="mobsted",
    kind="read",
    options={
        "tenant": {"type": "str"},
        "tenant_password": {"type": "str", "no_log": True},
        "name": {"type": "str"},
    },
    run=run_pwa_app_info,
    example=Example({"tenant": "owner@acme.example"}, "GET", "/api/v8/applications"),
)
