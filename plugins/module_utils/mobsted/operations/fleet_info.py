# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_fleet_info`` does: compare a whole account with a declaration."""

from __future__ import annotations

import dataclasses
import typing as t

from ...bulk.items import failure_result
from ...operation import Example, Operation, Result, Task
from ..accounts import connect
from ..declaration import FLEET_OPTIONS, declared
from ..inspect import Account, Inspection

INSPECT_OPTIONS: dict[str, dict[str, t.Any]] = {
    # No default: declaring nothing differs from not declaring.
    **{name: {**FLEET_OPTIONS[name], "default": None} for name in ("tenants", "apps")},
    "concurrency": FLEET_OPTIONS["concurrency"],
    "icons": {"type": "int", "default": 0},
}


def run_fleet_info(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_fleet_info``."""
    params = {**task.params, "apps": _without_icons(task.params["apps"] or ())}
    params["tenants"] = [{**one, "apps": _without_icons(one.get("apps") or ())} for one in task.params["tenants"] or ()]
    tenants, master = declared(dataclasses.replace(task, params=params))
    client = connect(task)
    judged = task.params["tenants"] is not None or task.params["apps"] is not None
    inspection = Inspection(task, client, tenants, master, judged=judged)
    inspection.list_tenants()
    inspection.run(params["icons"])
    return report(task, inspection)


def _without_icons(apps: t.Iterable[Result]) -> list[Result]:
    """Remove icons, so that no file is read: the API shows nothing to compare an icon with."""
    return [{**app, "icon": None} for app in apps]


def report(task: Task, inspection: Inspection) -> Result:
    """Return the result keys."""
    scrub = task.context.secrets.scrub
    judged = inspection.judged
    tenants = [_tenant(one, judged, scrub) for one in inspection.accounts]
    apps = inspection.master.result(judged)
    every = [app for one in tenants for app in one["apps"]] + apps
    undeclared = (
        inspection.registry.undeclared(one.email or "" for one in inspection.accounts if one.wanted) if judged else []
    )
    missing = [one["email"] for one in tenants if not one["exists"]]
    return {
        "changed": False,
        "account": {"url": inspection.client.connection.base},
        "tenants": tenants,
        "apps": apps,
        "undeclared": undeclared,
        "undeclared_apps": [
            {"tenant": app["app"]["tenant"], "name": app["name"], "id": app["app"]["id"]}
            for app in every
            if app["exists"] and app["declared"] is False
        ],
        "missing": missing,
        "summary": {
            "declaration": judged,
            "tenants": {
                "found": sum(one["exists"] for one in tenants),
                "unreadable": sum(one["failed"] for one in tenants),
                "undeclared": len(undeclared),
                "missing": len(missing),
            },
            "apps": {
                "found": sum(app["exists"] for app in every),
                "drifted": sum(bool(app["drift"]) for app in every),
                "undeclared": sum(app["exists"] and app["declared"] is False for app in every),
                "missing": sum(not app["exists"] for app in every),
            },
            "requests": sum(deadline.requests for deadline in task.deadlines),
        },
    }


def _tenant(one: Account, judged: bool, scrub: t.Callable[[str], str]) -> Result:
    record = one.record
    return {
        "email": one.email,
        "exists": record is not None,
        "declared": one.wanted is not None if judged else None,
        **failure_result(one, scrub),
        "tenant": record.public() if record else None,
        "stats": record.stats() if record else None,
        "apps": one.result(judged),
    }


OPERATION = Operation(
    name="mobsted_fleet_info",
    vendor="mobsted",
    kind="read",
    options=INSPECT_OPTIONS,
    run=run_fleet_info,
    example=Example({"tenants": [{"email": "owner@acme.example"}]}, "GET", "/api/v8/object"),
)
