# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``partnerops.saas.mobsted_fleet`` does: a declaration in, results in the declared order out."""

from __future__ import annotations

import collections
import os
import typing as t

from ...bulk.items import Item, Progress, failed, summary, told
from ...identity import email_key
from ...operation import Example, Operation, Result, Task
from ...state.store import prove_locks
from ..accounts import connect
from ..credentials import Kept, no_password
from ..declaration import FLEET_OPTIONS, declared, icons
from ..drift import report_drift
from ..fleet import Fleet, FleetApp, FleetTenant

#: So many drifts are warned of one by one; the result holds all.
TOLD = 20
#: So many undeclared tenants are listed in a diff.
LISTED = 50


def run_fleet(task: Task) -> Result:
    """``partnerops.saas.mobsted_fleet``."""
    params = task.params
    tenants, master = declared(task)
    client = connect(task)
    prove_locks(client.connection.state, task, client.connection.deadline)
    credentials_file = task.controller.credentials_file(params) if task.controller else None
    fresh: collections.deque[FleetTenant] = collections.deque()
    fleet = Fleet(
        client,
        tenants,
        master,
        deadline=lambda: task.deadline(client.connection.deadline),
        check_mode=task.check_mode,
        stop_on_error=params["on_error"] == "stop",
        concurrency=params["concurrency"],
        created=fresh.append,
    )
    progress = Progress(task, "mobsted_fleet", sum(1 for _item in fleet.items()))
    kept = Kept(task, credentials_file, fresh, fleet)
    parent = os.getppid()

    def tick() -> None:
        if task.controller and os.getppid() != parent:
            # ansible-playbook was killed; from ansible-core 2.19 on, a worker outlives it. Nobody wants the rest.
            fleet.pool.stop()
        kept.flush()
        progress.show(fleet.done, fleet.failed)

    try:
        fleet.run(tick)
    finally:  # also when the task's time is up: what was made is kept
        kept.flush(now=True)
    kept.finish(tenants)
    return report(task, fleet, kept)


def report(task: Task, fleet: Fleet, kept: Kept) -> Result:
    """The result keys.

    :raises ApiError: with the whole result, where an item failed
    """
    tenants, master = fleet.tenants, fleet.master
    scrub = task.context.secrets.scrub
    emails = [tenant.email or "" for tenant in tenants]
    undeclared = fleet.registry.undeclared(emails)
    all_apps = [*master.apps, *(app for tenant in tenants for app in tenant.apps)]
    result: Result = {
        "changed": kept.changed or any(item.outcome and item.outcome.changed for item in fleet.items()),
        "reconciled": any(item.outcome and item.outcome.reconciled for item in fleet.items()),
        "tenants": [_tenant_result(task, tenant, kept) for tenant in tenants],
        "apps": [_app_result(app, scrub) for app in master.apps],
        "undeclared": undeclared,
        "summary": {
            "tenants": summary(tenants),
            "apps": summary(all_apps),
            "undeclared": len(undeclared),
            "requests": sum(deadline.requests for deadline in task.deadlines),
        },
    }
    if task.diff_mode:
        result["diff"] = plan(fleet, undeclared)
    if task.check_mode and task.controller:
        foreseen = [email_key(one.email or "") for one in tenants if one.outcome and one.outcome.changed]
        task.controller.predicted("tenants", foreseen)
    for tenant in tenants:
        if tenant.outcome and tenant.outcome.reconciled and not (tenant.outcome.credentials or {}).get("password"):
            task.warn(no_password(tenant.email or ""))
    _warn(task, all_apps)
    failures = [(name_of(item), item) for item in fleet.items() if item.error]
    if kept.error:
        failures.insert(0, ("credentials_dest", Item(error=kept.error)))
    if failures:
        raise failed(failures, result, scrub)
    return result


def name_of(item: Item[t.Any]) -> str:
    """What a message calls a declared thing."""
    if isinstance(item, FleetTenant):
        return f"tenant {item.email}"
    spec = t.cast(FleetApp, item).spec
    return f"app {spec.name!r}" + (f" of {spec.tenant}" if spec.tenant else "")


def _tenant_result(task: Task, tenant: FleetTenant, kept: Kept) -> Result:
    scrub = task.context.secrets.scrub
    outcome = tenant.outcome
    made = {"email": tenant.email, **told(tenant, scrub), "tenant": outcome.public() if outcome else None}
    credentials = outcome.credentials if outcome else (tenant.error.result.get("credentials") if tenant.error else None)
    foreseen = task.check_mode and task.params.get("credentials_dest")
    if credentials and tenant.email not in kept.safe and not foreseen:
        task.context.secrets.show(credentials["password"])
        made["credentials"] = credentials
    made["apps"] = [_app_result(app, scrub) for app in tenant.apps]
    return made


def _app_result(app: FleetApp, scrub: t.Callable[[str], str]) -> Result:
    return {
        "name": app.spec.name,
        **told(app, scrub),
        "app": app.outcome.public() if app.outcome else None,
        "drift": app.outcome.drift if app.outcome else [],
    }


def plan(fleet: Fleet, undeclared: t.Sequence[str]) -> dict[str, str]:
    """Return a diff that reads like a plan.

    ``+`` marks what the run creates. ``~`` and ``?`` mark what no run changes, so they are in ``prepared``, which
    Ansible shows as it is.
    """
    items = list(fleet.items())
    made = [f" {name_of(item)}\n" for item in items if item.outcome and item.outcome.changed]
    notes = [
        f"~ {name_of(app)}: {entry['field']} is {entry['actual']!r}, declared {entry['declared']!r}\n"
        for app in items
        if isinstance(app, FleetApp) and app.outcome
        for entry in app.outcome.drift
    ]
    notes += [f"? tenant {email} is not declared\n" for email in undeclared[:LISTED]]
    if len(undeclared) > LISTED:
        notes.append(f"? and {len(undeclared) - LISTED} more tenants are not declared\n")
    made_diff = {"before_header": "there", "after_header": "declared"} if made else {}
    return {"before": "", "after": "".join(made), **made_diff, **({"prepared": "".join(notes)} if notes else {})}


def _warn(task: Task, apps: t.Sequence[FleetApp]) -> None:
    drifted = [app for app in apps if app.outcome and app.outcome.drift and app.spec.on_drift == "warn"]
    for app in drifted[:TOLD]:
        if app.outcome is not None:
            report_drift(task, app.outcome)
    if len(drifted) > TOLD:
        task.warn(f"{len(drifted) - TOLD} more apps differ from their declaration: see 'drift' of each in the result.")


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
