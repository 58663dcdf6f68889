# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``partnerops.saas.mobsted_fleet`` does: declaration in, results in the declared order out."""

from __future__ import annotations

import collections
import os
import time
import typing as t
import unicodedata

from ..bulk.items import MANY_OPTIONS, Item, Progress, check_many, failed, summary, told
from ..emails import check_email, key_of
from ..errors import ApiError, invalid
from ..operation import Result, Task
from .app import APP_OPTIONS, AppSpec, read_icon
from .app_tasks import report_drift
from .fleet import Fleet, FleetApp, FleetTenant
from .tenant_tasks import CREDENTIALS, client_of, no_password

#: So many drifts are warned of one by one; the result holds all.
TOLD = 20
#: So many undeclared tenants are listed in a diff.
LISTED = 50

_APPS: dict[str, t.Any] = {"type": "list", "elements": "dict", "default": [], "options": APP_OPTIONS}

FLEET_OPTIONS: dict[str, dict[str, t.Any]] = {
    "tenants": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "email": {"type": "str", "required": True},
            "tenant_password": {"type": "str", "no_log": True},
            "apps": _APPS,
        },
    },
    "apps": _APPS,
    **MANY_OPTIONS,
    **CREDENTIALS,
}


def icons(params: Result) -> t.Iterator[tuple[Result, str]]:
    """Where the names of files stand in the parameters, which may not have been checked yet."""
    tenants = params.get("tenants")
    places = [params, *(tenants if isinstance(tenants, list) else ())]
    for group in (place.get("apps") for place in places if isinstance(place, dict)):
        for app in group if isinstance(group, list) else ():
            if isinstance(app, dict):
                yield app, "icon"


def run_fleet(task: Task) -> Result:
    """``partnerops.saas.mobsted_fleet``."""
    params = task.params
    tenants, master = declared(task)
    client = client_of(task)
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


# -- the declaration ----------------------------------------------------------------------------------------------


def declared(task: Task) -> tuple[list[FleetTenant], FleetTenant]:
    """The declaration, wholly checked before anything is sent.

    :raises ApiError: ``invalid_input``, naming the place
    """
    params = task.params
    check_many(params)
    checked: dict[str, str | None] = {}
    places: dict[str, str] = {}
    tenants = []
    for number, tenant in enumerate(params["tenants"]):
        where = f"tenants[{number}]"
        email = check_email(tenant["email"], f"{where}.email")
        key = key_of(email)
        if key in places:
            raise invalid(f"{places[key]}.email and {where}.email are the same address, {email}. Nothing was sent.")
        places[key] = where
        apps = _apps(task, tenant.get("apps") or (), where + ".", email, checked)
        tenants.append(FleetTenant(email=email, password=tenant.get("tenant_password") or None, apps=apps))
    return tenants, FleetTenant(apps=_apps(task, params["apps"], "", None, checked))


def _apps(
    task: Task, apps: t.Sequence[Result], where: str, tenant: str | None, icons_read: dict[str, str | None]
) -> list[FleetApp]:
    places: dict[str, tuple[str, int | None]] = {}
    made = []
    for number, app in enumerate(apps):
        place = f"{where}apps[{number}]"
        spec = AppSpec.read({**app, "icon": None, "tenant": tenant}, place + ".")
        icon = app.get("icon") or None
        if icon and icon not in icons_read:
            icons_read[icon] = read_icon(icon, place + ".")[1]
            if icons_read[icon]:
                task.warn(icons_read[icon] or "")
        name = unicodedata.normalize("NFC", spec.name)
        before, app_id = places.get(name, ("", None))
        # Two apps of one name can only be told apart by their ids.
        if before and (app_id is None or spec.app_id is None or app_id == spec.app_id):
            raise invalid(f"{before}.name and {place}.name are the same, {spec.name!r}. Nothing was sent.")
        places[name] = (place, spec.app_id)
        made.append(FleetApp(spec=spec, icon=icon))
    return made


# -- while it runs ------------------------------------------------------------------------------------------------


class Kept:
    """New credentials go to ``credentials_dest`` while the fleet runs, so that no failure and no kill loses them.

    All that came since the last writing is written at once, and writing takes at most a fifth of the time: the file is
    replaced whole each time, which would else slow a big fleet down.
    """

    def __init__(
        self, task: Task, credentials_file: t.Any, fresh: collections.deque[FleetTenant], fleet: Fleet
    ) -> None:
        self._task = task
        self._credentials_file = credentials_file
        self._fresh = fresh
        self._fleet = fleet
        self._not_before = 0.0
        self.changed = False
        self.error: ApiError | None = None
        #: addresses whose credentials are in the file
        self.safe: set[str] = set()

    def flush(self, now: bool = False) -> None:
        """Write what is new."""
        start = time.monotonic()
        if self._credentials_file is None or self.error or not self._fresh or (start < self._not_before and not now):
            return
        batch = [self._fresh.popleft() for _number in range(len(self._fresh))]
        self._write(batch)
        self._not_before = time.monotonic() + 4 * (time.monotonic() - start)

    def finish(self, tenants: t.Sequence[FleetTenant]) -> None:
        """Write the entries of older tenants that are missing in the file."""
        if self._credentials_file is not None and not self.error:
            self._write([tenant for tenant in tenants if tenant.email not in self.safe])

    def _write(self, tenants: list[FleetTenant]) -> None:
        known = {tenant.email or "": tenant.outcome for tenant in tenants if tenant.outcome is not None}
        if not known:
            return
        try:
            self.changed = self._credentials_file.keep(list(known.values()), self._task.check_mode) or self.changed
        except ApiError as error:
            # The passwords are shown once: with nowhere to keep them no more are made, and the result has these.
            self.error = error
            self._fleet.pool.stop()
            return
        self.safe.update(known)


# -- the result ---------------------------------------------------------------------------------------------------


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
        foreseen = [key_of(one.email or "") for one in tenants if one.outcome and one.outcome.changed]
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
