# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Make the plan of a fleet: what it creates, what differs, what is not declared."""

from __future__ import annotations

import typing as t

from ..bulk.plan import Plan
from ..identity import id_value
from ..operation import Result
from .fleet import Fleet, FleetApp, FleetTenant
from .records import LINKS, AppRecord


def fleet_plan(fleet: Fleet, undeclared: t.Sequence[str], *, check_mode: bool) -> Plan:
    """Return the plan of a fleet that has run.

    :param undeclared: addresses of the tenants that are not declared
    """
    plan = Plan(check_mode or fleet.refusal is not None)
    for app in fleet.master.apps:
        _add_app(plan, app)
    for tenant in fleet.tenants:
        _add_tenant(plan, tenant)
        for app in tenant.apps:
            # One entry reports everything unknown about an unverified tenant.
            if app.unverified is None:
                _add_app(plan, app)
    plan.undeclared = [{"kind": "tenant", "label": f"tenant {email}", "email": email} for email in undeclared]
    plan.undeclared += [
        {"kind": "app", "label": _app_label(one["name"], one["tenant"]), **one} for one in undeclared_results(fleet)
    ]
    return plan


def undeclared_results(fleet: Fleet) -> list[Result]:
    """Return the result key ``undeclared_apps``: the undeclared apps of the accounts that were listed."""
    return [_undeclared(app, place.email) for place in (fleet.master, *fleet.tenants) for app in place.undeclared_apps]


def _undeclared(app: AppRecord, tenant: str | None) -> Result:
    return {"tenant": tenant, "name": app.name, "id": id_value(app.id)}


def _app_label(name: str, tenant: str | None) -> str:
    return f"app {name!r}" + (f" of {tenant}" if tenant else "")


def _add_tenant(plan: Plan, tenant: FleetTenant) -> None:
    named: Result = {"kind": "tenant", "label": tenant.label, "email": tenant.email}
    if tenant.changed or tenant.planned:
        known = tenant.outcome.public() if tenant.outcome else {"id": None, "url": None}
        plan.create.append({**named, "id": known["id"], "link": known["url"], "attributes": {}})
    elif plan.problem(tenant, named):
        return
    elif tenant.unverified is not None:
        apps = [app.spec.name for app in tenant.apps if app.unverified]
        plan.unverified.append({**named, "apps": apps, "msg": tenant.unverified})
    else:
        plan.in_sync += 1


def _add_app(plan: Plan, app: FleetApp) -> None:
    spec, outcome = app.spec, app.outcome
    named: Result = {"kind": "app", "label": app.label, "tenant": spec.tenant, "name": spec.name}
    known = outcome.public() if outcome else {}
    if app.changed or app.planned:
        attributes = {**spec.fields, **({"icon": app.icon} if app.icon else {})}
        plan.create.append({**named, "id": known.get("id"), "link": _link(known), "attributes": attributes})
    elif app.drifted and outcome is not None:
        plan.differs.append({**named, "id": known["id"], "link": _link(known), "drift": outcome.drift})
    elif plan.problem(app, named):
        return
    else:
        plan.in_sync += 1


def _link(app: Result) -> str | None:
    """Return the URL at which a person opens the app."""
    return next((app[name] for name in LINKS if app.get(name)), None)
