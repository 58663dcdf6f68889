# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_pwa_app_info`` does."""

from __future__ import annotations

from ...emails import check_tenant
from ...identity import names_match
from ...operation import Example, Operation, Result, Task
from ..accounts import connect, enter_unless_predicted
from ..predictions import further_apps
from ..records import predicted_app_result


def run_pwa_app_info(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_pwa_app_info``."""
    tenant = check_tenant(task.params.get("tenant"))
    master = connect(task)
    deadline = task.deadline(master.connection.deadline)
    account = enter_unless_predicted(master, tenant, task, deadline) if tenant else master
    there = account.apps(deadline) if account else []
    apps = [app.public(account.connection.base, tenant) for app in there] if account else []
    more = further_apps(task, master, tenant, [app["name"] for app in apps])
    apps += [predicted_app_result(name, tenant) for name in more]
    wanted = task.params.get("name")
    return {"changed": False, "apps": [app for app in apps if wanted is None or _is_named(wanted, app)]}


def _is_named(wanted: str, app: Result) -> bool:
    return names_match(wanted, app["name"] or "") in ("exact", "same")


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
