# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_fleet`` does: a declaration in, results in the declared order out."""

from __future__ import annotations

import collections
import typing as t

from ...bulk.items import Item, batch_error, count, item_result
from ...operation import Example, Operation, Result, Task
from ...state.store import prove_locks
from ..accounts import connect
from ..credentials import Kept, no_password
from ..declaration import FLEET_OPTIONS, declared, icons
from ..drift import not_compared, report_drift
from ..fleet import Fleet, FleetApp, FleetTenant
from ..fleet_plan import fleet_plan, undeclared_results
from ..master import warn_of_client_account
from ..predictions import predicted_apps, predicted_tenants

#: This many warnings of one kind are shown one by one. The result has all.
WARNED = 20


def run_fleet(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_fleet``."""
    tenants, master = declared(task)
    client = connect(task)
    credentials_file = task.controller.credentials_file(task.params) if task.controller else None
    prove_locks(client.connection.state, task, client.connection.deadline)
    fresh: collections.deque[FleetTenant] = collections.deque()
    fleet = Fleet(task, client, tenants, master, created=fresh.append)
    kept = Kept(task, credentials_file, fresh, fleet)
    try:
        fleet.run(kept.flush)
    finally:  # also when the task's time is up: new credentials are kept
        kept.flush(now=True)
    if fleet.refusal is None:
        kept.finish(tenants)
    return report(task, fleet, kept)


def report(task: Task, fleet: Fleet, kept: Kept) -> Result:
    """Return the result keys.

    :raises ApiError: with the whole result, if an item failed
    """
    tenants, master = fleet.tenants, fleet.master
    scrub = task.context.secrets.scrub
    undeclared = fleet.registry.undeclared(tenant.email or "" for tenant in tenants)
    all_apps = [*master.apps, *(app for tenant in tenants for app in tenant.apps)]
    plan = fleet_plan(fleet, undeclared, check_mode=task.check_mode)
    result: Result = {
        "changed": kept.changed or any(item.changed for item in fleet.items()),
        "reconciled": any(item.reconciled for item in fleet.items()),
        "tenants": [_tenant_result(task, tenant, kept) for tenant in tenants],
        "apps": [_app_result(app, scrub) for app in master.apps],
        "undeclared": undeclared,
        "undeclared_apps": undeclared_results(fleet),
        "plan": plan.result(scrub),
        "summary": {
            "tenants": count(tenants, "drifted", "unverified"),
            "apps": count(all_apps, "drifted", "unverified"),
            "undeclared": len(undeclared),
            "requests": sum(deadline.requests for deadline in task.deadlines),
        },
    }
    if task.diff_mode:
        result["diff"] = plan.diff()
    predicted_tenants(task, fleet.client, [one.email or "" for one in tenants if one.changed])
    for one in (master, *tenants):
        new = [app.spec.name for app in one.apps if app.changed]
        if new:
            predicted_apps(task, fleet.client, one.email, new)
    _warn(task, fleet, all_apps)
    if task.check_mode and fleet.tenants and not fleet.registry.records:  # a real run is refused by the API
        base = fleet.client.connection.base
        warn_of_client_account(task, base, lambda: fleet.client.app_listing(task.deadline(60)))
    failures = [(item.label, item) for item in fleet.items() if item.error]
    if kept.error:
        failures.insert(0, ("credentials_dest", Item(error=kept.error)))
    if fleet.refusal is not None:
        fleet.refusal.result = result
        raise fleet.refusal
    if failures:
        raise batch_error(failures, result, scrub, check_mode=task.check_mode)
    return result


def _tenant_result(task: Task, tenant: FleetTenant, kept: Kept) -> Result:
    scrub = task.context.secrets.scrub
    outcome = tenant.outcome
    made = {
        "email": tenant.email,
        **item_result(tenant, scrub),
        "unverified": tenant.unverified is not None,
        "tenant": outcome.public() if outcome else None,
    }
    credentials = outcome.credentials if outcome else (tenant.error.result.get("credentials") if tenant.error else None)
    predicted = task.check_mode and task.params.get("credentials_dest")
    if credentials and tenant.email not in kept.safe and not predicted:
        task.context.secrets.show(credentials["password"])
        made["credentials"] = credentials
    made["apps"] = [_app_result(app, scrub) for app in tenant.apps]
    return made


def _app_result(app: FleetApp, scrub: t.Callable[[str], str]) -> Result:
    return {
        "name": app.spec.name,
        **item_result(app, scrub),
        "unverified": app.unverified is not None,
        "app": app.outcome.public() if app.outcome else None,
        "drift": app.outcome.drift if app.outcome else [],
        "not_compared": not_compared(app.outcome, app.icon),
    }


def _warn(task: Task, fleet: Fleet, apps: t.Sequence[FleetApp]) -> None:
    for tenant in fleet.tenants:
        if tenant.outcome and tenant.outcome.reconciled and not (tenant.outcome.credentials or {}).get("password"):
            task.warn(no_password(tenant.email or ""))
    _warn_each(task, [text for app in apps if app.outcome for text in app.outcome.warnings], "warnings of apps.")
    drifted = [app for app in apps if app.outcome and app.outcome.drift and app.spec.on_drift == "warn"]
    for app in drifted[:WARNED]:
        if app.outcome is not None:
            report_drift(task, app.outcome)
    if len(drifted) > WARNED:
        task.warn(
            f"{len(drifted) - WARNED} more apps differ from their declaration: see 'drift' of each in the result."
        )
    unverified = [tenant.unverified for tenant in fleet.tenants if tenant.unverified]
    _warn_each(task, unverified, "tenants are unverified: see 'plan' in the result.")
    _warn_each(task, fleet.doubts, "new addresses are similar to those of existing tenants.")


def _warn_each(task: Task, texts: t.Sequence[str], rest: str) -> None:
    for text in texts[:WARNED]:
        task.warn(text)
    if len(texts) > WARNED:
        task.warn(f"{len(texts) - WARNED} more {rest}")


OPERATION = Operation(
    name="mobsted_fleet",
    vendor="mobsted",
    kind="write",
    options=FLEET_OPTIONS,
    run=run_fleet,
    example=Example(
        {
            "tenants": [
                {"email": "new.owner@acme.example"},
                {
                    "email": "owner@acme.example",
                    "tenant_password": "@tenant",
                    "apps": [{"name": "Store", "website_url": "https://store.acme.example"}],
                },
            ],
            "apps": [{"name": "Store", "website_url": "https://store.acme.example"}],
        },
        "POST",
        "/api/v8/partners",
        shows_secret=True,
    ),
    files=icons,
    controller_only=("credentials_dest",),
)
