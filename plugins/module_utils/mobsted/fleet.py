# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Bring many tenants and apps to a declaration: one listing, then only what is needed, through a few threads.

A fleet decides nothing about a tenant or an app: :func:`.tenant.ensure_tenant` and :func:`.app.ensure_app` do, as in
the modules for one. It decides what to request when, and keeps one failing item from stopping the others.
"""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, field, replace

from ..bulk.batch import REFUSED, Batch, Recorded
from ..bulk.items import Item
from ..bulk.pool import Job
from ..errors import ApiError, counted, invalid
from ..http.deadline import Deadline
from ..identity import name_key
from ..operation import Task
from ..similar import Similar
from .accounts import enter
from .api import MobstedAPI
from .app import AppOutcome, AppSpec, confirm, ensure_app, predicted_app
from .icon import read_icon
from .listing import Absent, AppListing, TenantListing
from .match import pick
from .predictions import predicted_outcome, would_exist
from .records import REGISTRY_ID, AppRecord, TenantRecord
from .tenant import TenantOutcome, ensure_tenant, find_tenant


@dataclass
class FleetApp(Item[AppOutcome]):
    """A declared app. Its icon is read when it is needed, so that thousands of them are not kept in memory."""

    spec: AppSpec = field(default_factory=lambda: AppSpec(""))
    icon: str | None = None

    @property
    def label(self) -> str:
        """Return the name that messages use."""
        return f"app {self.spec.name!r}" + (f" of {self.spec.tenant}" if self.spec.tenant else "")

    @property
    def drifted(self) -> bool:
        """Return whether it differs from its declaration, unless ``on_drift`` is ``ignore``."""
        return bool(self.outcome and self.outcome.drift) and self.spec.on_drift != "ignore"

    def outcome_status(self) -> str:
        """Return the status under which it is counted if all went well."""
        return "drifted" if self.drifted else super().outcome_status()

    def full_spec(self) -> AppSpec:
        """Return the declaration with its icon.

        :raises ApiError: ``invalid_input`` if the file was removed after the check
        """
        return replace(self.spec, icon=read_icon(self.icon)[0]) if self.icon else self.spec


@dataclass
class FleetTenant(Item[TenantOutcome]):
    """A declared tenant, or with ``email`` None the master account itself, of which only the apps are declared."""

    email: str | None = None
    password: str | None = field(default=None, repr=False)
    apps: list[FleetApp] = field(default_factory=list)
    #: undeclared apps of the account, if it was listed
    undeclared_apps: list[AppRecord] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Return the name that messages use."""
        return f"tenant {self.email}"


class Fleet:
    """One run over one master account.

    :param client: of the master account
    :param tenants: the declared ones; the items are filled in
    :param master: the apps of the master account itself
    :param created: called, in a thread, with each new tenant
    """

    def __init__(
        self,
        task: Task,
        client: MobstedAPI,
        tenants: t.Sequence[FleetTenant],
        master: FleetTenant,
        *,
        created: t.Callable[[FleetTenant], None] = lambda _tenant: None,
    ) -> None:
        self.client = client
        self.tenants = tenants
        self.master = master
        self.registry = TenantListing(client.connection.base, None)
        #: warnings of new addresses that are similar to those of existing tenants
        self.doubts: list[str] = []
        #: why nothing was created, if ``max_creates`` forbids it
        self.refusal: ApiError | None = None
        params = task.params
        self.batch = Batch(
            task,
            "mobsted_fleet",
            sum(1 for _item in self.items()),
            concurrency=params["concurrency"],
            stop_on_error=params["on_error"] == "stop",
        )
        self._task = task
        self._created = created
        self._check_mode = task.check_mode
        self._tolerates_stale = params.get("on_stale_credentials") == "warn"
        self._lock = threading.Lock()
        self._addresses: Similar | None = None
        #: while ``max_creates`` is checked: nothing is created, and jobs that would create are kept here
        self._later: list[Job] | None = None

    def run(self, tick: t.Callable[[], None] = lambda: None) -> None:
        """List, create what is missing, compare the apps. Only a failure of the first listing is raised."""
        self.registry = self.client.tenant_listing(
            self._deadline(), counters=False, renews=True, threads=self._task.params["concurrency"]
        ).whole()
        most = self._task.params.get("max_creates")
        bounded = most is not None and sum(1 for _item in self.items()) > most
        if bounded and not self._check_mode:
            self._later = []
        jobs = [job for tenant in self.tenants for job in self._look(tenant)]
        if self.master.apps:
            jobs.insert(0, lambda: self._list_apps(self.master))
        self.batch.run(jobs, tick)
        if bounded:
            self._check_bound(most or 0)
        if self._later and self.refusal is None:
            jobs, self._later = self._later, None
            self.batch.run(jobs, tick)
        self.batch.close(self.items())

    def items(self) -> t.Iterator[Item[t.Any]]:
        """Yield every declared thing, in the order of the results."""
        yield from self.master.apps
        for tenant in self.tenants:
            yield tenant
            yield from tenant.apps

    def _deadline(self) -> Deadline:
        """Return a fresh deadline for one resource."""
        return self._task.deadline(self.client.connection.deadline)

    def _check_bound(self, most: int) -> None:
        planned = [item for item in self.items() if item.planned or item.changed]
        if len(planned) <= most:
            for item in planned:
                item.planned = False
            return
        tenants = sum(isinstance(item, FleetTenant) for item in planned)
        self.refusal = invalid(
            f"{counted(len(planned), 'thing')} would be created ({counted(tenants, 'tenant')}, "
            f"{counted(len(planned) - tenants, 'app')}), and "
            f"max_creates is {most}. Nothing was created. They can't be removed again: check the declaration, and "
            "raise max_creates if all of them are intended."
        )
        self.batch.stop(REFUSED)

    # -- one tenant -----------------------------------------------------------------------------------------------

    def _look(self, tenant: FleetTenant) -> list[Job]:
        """Settle what the listing shows of a tenant, and return what is left to do for it."""
        email = tenant.email or ""
        if self.batch.stopped:
            return []
        with self.batch.attempt(tenant):
            record = self.registry.find(email) or self.client.made.tenant(email)
            if record is not None:
                tenant.outcome = TenantOutcome(email, False, record)
            elif self._check_mode:
                tenant.outcome = TenantOutcome(email, not would_exist(self._task, self.client, email), None)
        if tenant.error is not None:
            return self._give_up(tenant)
        if record is not None:
            return [lambda: self._list_apps(tenant)] if tenant.apps else []
        self._doubt(email)
        if self._check_mode:
            return [lambda: self._predict(tenant)] if tenant.apps else []
        if self._later is not None:
            tenant.planned = True
            self._later.append(lambda: self._create(tenant))
            return [lambda: self._predict(tenant)] if tenant.apps else []
        return [lambda: self._create(tenant)]

    def _create(self, tenant: FleetTenant) -> list[Job]:
        with self.batch.attempt(tenant):
            tenant.outcome = ensure_tenant(self.client, tenant.email or "", self._deadline(), listing=self.registry)
        if tenant.outcome is None:
            return self._give_up(tenant)
        if tenant.outcome.changed:
            self._created(tenant)
        return [lambda: self._list_apps(tenant)] if tenant.apps else []

    def _predict(self, tenant: FleetTenant) -> list[Job]:
        for app in tenant.apps:
            with self.batch.attempt(app):
                outcome = predicted_outcome(self._task, self.client, app.spec, tenant.email)
                self._take(app, outcome or predicted_app(app.spec, self.client.connection.base), plan=True)
        return []

    def _give_up(self, tenant: FleetTenant) -> list[Job]:
        for app in tenant.apps:
            if not app.settled:
                self.batch.skip(app, "Not started, since its tenant failed.")
        return []

    # -- its apps -------------------------------------------------------------------------------------------------

    def _list_apps(self, tenant: FleetTenant) -> list[Job]:
        """Enter the account and list its apps once. If that fails, each of the declared apps fails with it."""
        listing: Item[AppListing] = Item()
        account = self.client
        with Recorded(listing):
            deadline = self._deadline()
            if tenant.outcome is not None:
                account = enter(self.client, self._reachable(tenant.outcome, deadline), tenant.password, deadline)
            listing.outcome = account.app_listing(deadline, threads=1)
        found = listing.outcome
        if found is None:
            self._unreadable(tenant, listing)
            self._leave(account)
            return []
        tenant.undeclared_apps = undeclared_apps(tenant, found)
        missing = self._compare(tenant, account, found)
        left = len(missing)

        def one(app: FleetApp) -> list[Job]:
            nonlocal left
            self._settle_app(app, account, found)
            with self._lock:
                left -= 1
                last = not left
            if last:
                self._leave(account)
            return []

        if not missing:
            self._leave(account)
        return self._now_or_later([lambda app=app: one(app) for app in missing], account)  # type: ignore[misc]

    def _compare(self, tenant: FleetTenant, account: MobstedAPI, found: AppListing) -> list[FleetApp]:
        """Settle the apps that exist or have to fail, and return those that have to be created."""
        for app in tenant.apps:
            if not app.settled:
                self._settle_app(app, account, found, plan=True)
        return [app for app in tenant.apps if app.planned and not app.settled]

    def _now_or_later(self, jobs: list[Job], account: MobstedAPI) -> list[Job]:
        if self._later is None or not jobs:
            return jobs
        if account is not self.client:
            account.close()  # its next request opens it again
        with self._lock:
            self._later += jobs
        return []

    def _unreadable(self, tenant: FleetTenant, listing: Item[t.Any]) -> None:
        """Record why the apps of an account could not be compared."""
        stale = listing.error is not None and listing.error.code == "stale_credentials"
        if stale and self._tolerates_stale:
            tenant.unverified = str(listing.error)
        for app in tenant.apps:
            if app.settled:
                continue
            if tenant.unverified:
                app.unverified = "Not compared, since the password on record does not open its tenant's account."
            else:
                app.error, app.trace = listing.error, listing.trace
            self.batch.count(app)

    def _reachable(self, outcome: TenantOutcome, deadline: Deadline) -> TenantRecord:
        """Return the record to log in with.

        The response to a create names no server. Unless its address is clearly next to the master's, the full record
        must show where the tenant is before a password is sent there.
        """
        record = outcome.record or TenantRecord(id=None, email=outcome.email)
        if outcome.changed:
            try:
                record.trusted_base(self.client.connection.base)
            except ApiError:
                return find_tenant(self.client, outcome.email, deadline) or record
        return record

    def _leave(self, account: MobstedAPI) -> None:
        """Close the account's connections: a thousand tenants must not keep a thousand of them."""
        if account is not self.client:
            self.client.context.release(account)

    def _settle_app(
        self,
        app: FleetApp,
        account: MobstedAPI,
        found: AppListing,
        *,
        plan: bool = False,
    ) -> None:
        """Ensure one app.

        :param plan: only compare it, and mark it as planned if it would be created
        """
        with self.batch.attempt(app):
            predicted = self._check_mode or plan
            deadline = self._deadline()
            spec = app.spec if plan else app.full_spec()
            outcome = self._predicted(app, found) or ensure_app(
                account, spec, deadline, check_mode=predicted, listing=found
            )
            self._take(app, outcome, plan=plan)
            if outcome.misnamed:
                confirm(account, outcome, deadline)

    def _predicted(self, app: FleetApp, found: AppListing) -> AppOutcome | None:
        known = predicted_outcome(self._task, self.client, app.spec, app.spec.tenant)
        return known if known is not None and isinstance(pick(app.spec, found), Absent) else None

    def _take(self, app: FleetApp, outcome: AppOutcome, *, plan: bool) -> None:
        outcome.spec = app.spec  # without the icon's bytes
        app.planned = plan and outcome.changed and not self._check_mode
        if not app.planned:
            app.outcome = outcome
        if outcome.drift and app.spec.on_drift == "fail":
            names = ", ".join(item["field"] for item in outcome.drift)
            raise ApiError(
                "invalid_input",
                f"It differs from its declaration in {names}, and on_drift is 'fail'. Change the app in the platform, "
                "or the declaration.",
            )

    def _doubt(self, email: str) -> None:
        """Warn of a new address that is similar to an existing one."""
        if self._addresses is None:
            self._addresses = Similar([record.email for record in self.registry.records if record.email])
        known = self._addresses.nearest(email)
        if known is not None:
            self.doubts.append(f"There is no tenant {email} yet, but there is {known}. Check for a typo.")


def undeclared_apps(tenant: FleetTenant, found: AppListing) -> list[AppRecord]:
    """Return the undeclared apps of an account, without the one that contains the tenants' records."""
    ids = {app.spec.app_id for app in tenant.apps if app.spec.app_id is not None}
    names = {name_key(app.spec.name) for app in tenant.apps if app.spec.app_id is None}
    return [
        app
        for app in found.records
        if app.id not in ids
        and name_key(app.name or "") not in names
        and not (tenant.email is None and app.id == REGISTRY_ID)
    ]
