# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``partnerops.saas.mobsted_fleet_info`` does: read a whole account, and hold it against a declaration."""

from __future__ import annotations

import base64
import dataclasses
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..bulk.pool import Job, Pool
from ..emails import key_of
from ..errors import ApiError
from ..http.deadline import Deadline
from ..http.transport import Request
from ..operation import Result, Task
from .api import REGISTRY_APP, MobstedAPI
from .app import AppSpec, drift_of, pick
from .app_tasks import enter
from .fleet import FleetTenant, Registry
from .fleet_tasks import FLEET_OPTIONS, Progress, declared
from .records import AppRecord, TenantRecord
from .tenant_tasks import client_of

INSPECT_OPTIONS: dict[str, dict[str, t.Any]] = {
    # Without a default: nothing declared is something else than no declaration.
    **{name: {**FLEET_OPTIONS[name], "default": None} for name in ("tenants", "apps")},
    "concurrency": FLEET_OPTIONS["concurrency"],
    "icons": {"type": "int", "default": 0},
}
#: bytes of an icon that is still worth carrying; a 192x192 PNG is far smaller
ICON_LIMIT = 64 * 1024
#: seconds for one icon, tries included: it is a nicety
ICON_SECONDS = 5
_IMAGES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


@dataclass
class Account:
    """One account: of a tenant, or with neither record nor email the master's own."""

    email: str | None = None
    record: TenantRecord | None = None
    wanted: FleetTenant | None = None
    base: str = ""
    apps: list[AppRecord] = field(default_factory=list)
    error: ApiError | None = None
    icons: dict[int, str] = field(default_factory=dict)

    def result(self, judged: bool) -> list[Result]:
        """The apps: those that are there, in the API's order, then those that are declared and missing.

        :param judged: whether there is a declaration to hold them against
        """
        specs = [app.spec for app in self.wanted.apps] if self.wanted else []
        found: dict[int, AppSpec] = {}
        missing = []
        for spec in specs:
            record, problem = _picked(spec, self.apps)
            if record is not None:
                found[record.id] = spec
            elif not self.error:
                missing.append(_entry(spec.name, exists=False, declared=True, problem=problem))
        there = [
            _entry(
                app.name,
                exists=True,
                declared=app.id in found if judged else None,
                app=app.public(self.base, self.email),
                drift=drift_of(found[app.id], app) if app.id in found else [],
                icon=self.icons.get(app.id),
            )
            for app in self.apps
        ]
        return there + missing


def _entry(name: str | None, **told: t.Any) -> Result:
    blank: Result = {
        "name": name,
        "exists": False,
        "declared": None,
        "app": None,
        "drift": [],
        "icon": None,
        "problem": None,
    }
    return {**blank, **told}


def _picked(spec: AppSpec, apps: t.Sequence[AppRecord]) -> tuple[AppRecord | None, str | None]:
    try:
        return pick(spec, apps), None
    except ApiError as error:
        return None, str(error)


class Inspection:
    """One reading of one master account.

    :param client: of the master account
    :param tenants: the declared ones
    :param master: the declared apps of the master account itself
    :param judged: whether anything is declared at all
    :param effort: makes a fresh deadline for each account
    """

    def __init__(
        self,
        client: MobstedAPI,
        tenants: t.Sequence[FleetTenant],
        master: FleetTenant,
        *,
        judged: bool,
        deadline: t.Callable[[], Deadline],
        concurrency: int,
    ) -> None:
        self.client = client
        self.judged = judged
        self.master = Account(wanted=master, base=client.connection.base)
        self._tenants = tenants
        self._effort = deadline
        self._concurrency = concurrency
        self.accounts: list[Account] = []
        self.registry = Registry(())
        self.done = self.failed = 0

    def list_tenants(self) -> None:
        """Read app ID 1, counters included."""
        self.registry = Registry(self.client.tenants(self._effort()))
        by_key = {key_of(tenant.email or ""): tenant for tenant in self._tenants}
        for record in self.registry.records:
            wanted = next((by_key[address] for address in record.addresses if address in by_key), None)
            self.accounts.append(Account(record.email, record, wanted))

    def run(self, icons: int, tick: t.Callable[[], None]) -> None:
        """List the apps of each account.

        :param icons: how many icons to read
        :raises ApiError: where the master account itself can't be read
        """
        Pool(self._concurrency).run([self._reading(one) for one in [self.master, *self.accounts]], tick)
        if self.master.error:
            raise self.master.error
        there = {id(one.wanted) for one in self.accounts}
        absent = [tenant for tenant in self._tenants if id(tenant) not in there]
        self.accounts += [Account(tenant.email, None, tenant) for tenant in absent]
        if icons > 0:
            # The first ones in the order of the result, so that the next run chooses the same.
            chosen = [(one, app) for one in [self.master, *self.accounts] for app in one.apps][:icons]
            Pool(self._concurrency).run([self._painting(one, app) for one, app in chosen], tick)

    def _reading(self, one: Account) -> Job:
        def job() -> list[Job]:
            try:
                self._read(one)
            except ApiError as error:
                one.error = error
                self.failed += 1
            self.done += 1
            return []

        return job

    def _read(self, one: Account) -> None:
        deadline = self._effort()
        if one.record is None:
            one.apps = [app for app in self.client.apps(deadline) if app.id != REGISTRY_APP]
            return
        if one.wanted:
            self.registry.find(one.wanted.email or "")  # says so where several records have the address
        account = enter(self.client, one.record, one.wanted.password if one.wanted else None, deadline)
        one.base = account.connection.base
        try:
            one.apps = account.apps(deadline)
        finally:
            self.client.context.release(account)

    def _painting(self, one: Account, app: AppRecord) -> Job:
        def job() -> list[Job]:
            url = app.public(one.base, None)["icon_url"]
            # Only from the account's own host: an address from an answer is not a host to talk to.
            if url and urlsplit(url)[:2] == urlsplit(one.base)[:2]:
                icon = _image(self.client, url)
                if icon:
                    one.icons[app.id] = icon
            return []

        return job


def _image(client: MobstedAPI, url: str) -> str | None:
    """A picture as a ``data:`` URI, without the account's token; None where there is none that is fit."""
    request = Request("GET", url, safe=True, headers={"Accept": "image/*"})
    try:
        response = client.transport.send(lambda: request, Deadline(ICON_SECONDS))
    except ApiError:
        return None
    # By content: whatever else it is, it is shown as a picture or not at all.
    kind = next((found for start, found in _IMAGES if response.body.startswith(start)), None)
    if response.status != 200 or kind is None or len(response.body) > ICON_LIMIT:
        return None
    return f"data:{kind};base64,{base64.b64encode(response.body).decode()}"


def run_fleet_info(task: Task) -> Result:
    """``partnerops.saas.mobsted_fleet_info``."""
    params = {**task.params, "apps": _without_icons(task.params["apps"] or ())}
    params["tenants"] = [{**one, "apps": _without_icons(one.get("apps") or ())} for one in task.params["tenants"] or ()]
    tenants, master = declared(dataclasses.replace(task, params=params))
    client = client_of(task)
    judged = task.params["tenants"] is not None or task.params["apps"] is not None
    inspection = Inspection(
        client,
        tenants,
        master,
        judged=judged,
        deadline=lambda: task.deadline(client.connection.deadline),
        concurrency=params["concurrency"],
    )
    inspection.list_tenants()
    progress = Progress(task, "mobsted_fleet_info", len(inspection.accounts) + 1)
    inspection.run(params["icons"], lambda: progress.show(inspection.done, inspection.failed))
    return report(task, inspection)


def _without_icons(apps: t.Iterable[Result]) -> list[Result]:
    """Files are not read: what the API tells of an icon can't be compared with one."""
    return [{**app, "icon": None} for app in apps]


def report(task: Task, inspection: Inspection) -> Result:
    """The result keys."""
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
    failure = one.error.as_dict() if one.error else None
    if failure and failure["message"]:
        failure["message"] = scrub(failure["message"])
    return {
        "email": one.email,
        "exists": record is not None,
        "declared": one.wanted is not None if judged else None,
        "failed": one.error is not None,
        "msg": scrub(str(one.error)) if one.error else None,
        "failure": failure,
        "tenant": record.public() if record else None,
        "stats": record.stats() if record else None,
        "apps": one.result(judged),
    }
