# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tenants and apps at once: one listing, then only the calls that are needed, through a few threads.

A fleet decides nothing about a tenant or an app: :func:`.tenant.ensure_tenant` and :func:`.app.ensure_app` do, as in
the single modules. It decides what is asked for when, and keeps one failing item from stopping the others.
"""

from __future__ import annotations

import threading
import time
import typing as t
from dataclasses import dataclass, field, replace

from ..bulk.items import Item, Settling
from ..bulk.pool import Job, Pool
from ..errors import ApiError
from ..http.deadline import Deadline
from ..identity import email_key
from .accounts import enter
from .api import MobstedAPI
from .app import AppOutcome, AppSpec, ensure_app
from .icon import read_icon
from .records import AppRecord, TenantRecord
from .tenant import TenantOutcome, ensure_tenant, find_tenant, only


@dataclass
class FleetApp(Item[AppOutcome]):
    """A declared app. The icon is read when it is needed, lest thousands of them are held in memory."""

    spec: AppSpec = field(default_factory=lambda: AppSpec(""))
    icon: str | None = None

    def full_spec(self) -> AppSpec:
        """The declaration with its icon.

        :raises ApiError: ``invalid_input`` where the file has gone since it was checked
        """
        return replace(self.spec, icon=read_icon(self.icon)[0]) if self.icon else self.spec


@dataclass
class FleetTenant(Item[TenantOutcome]):
    """A declared tenant, or with ``email`` None the master account itself, of which only the apps are declared."""

    email: str | None = None
    password: str | None = field(default=None, repr=False)
    apps: list[FleetApp] = field(default_factory=list)


class Registry:
    """App ID 1, listed once: what is there, by address."""

    def __init__(self, records: t.Iterable[TenantRecord]) -> None:
        self.records: list[TenantRecord] = []
        self._index: dict[str, list[TenantRecord]] = {}
        for record in records:
            self.records.append(record)
            for address in set(record.addresses):
                self._index.setdefault(address, []).append(record)

    def find(self, email: str) -> TenantRecord | None:
        """The record of an address, or None.

        :raises ApiError: ``ambiguous``
        """
        return only(self._index.get(email_key(email), ()), email)

    def undeclared(self, emails: t.Iterable[str]) -> list[str]:
        """The addresses of the records that nobody declares, in the API's order."""
        declared = set(map(email_key, emails))
        rest = (record for record in self.records if declared.isdisjoint(record.addresses))
        return [record.email for record in rest if record.email]


class Fleet:
    """One run over one master account.

    :param client: of the master account
    :param tenants: what is declared; the items are filled in
    :param master: the apps of the master account itself
    :param effort: makes a fresh deadline for each resource
    :param stop_on_error: start nothing new after the first failure
    :param created: called, in a thread, with each new tenant
    """

    def __init__(
        self,
        client: MobstedAPI,
        tenants: t.Sequence[FleetTenant],
        master: FleetTenant,
        *,
        deadline: t.Callable[[], Deadline],
        check_mode: bool = False,
        stop_on_error: bool = False,
        concurrency: int = 8,
        created: t.Callable[[FleetTenant], None] = lambda _tenant: None,
    ) -> None:
        self.client = client
        self.tenants = tenants
        self.master = master
        self.pool = Pool(concurrency)
        self.registry = Registry(())
        #: items that are settled, and those of them that failed
        self.done = self.failed = 0
        self._effort = deadline
        self._check_mode = check_mode
        self._stop = stop_on_error
        self._created = created
        self._lock = threading.Lock()
        self._listed_at = 0.0

    def run(self, tick: t.Callable[[], None] = lambda: None) -> None:
        """List, create what is missing, compare the apps. Nothing is raised but the failure of the one listing."""
        self._listed_at = time.time()
        self.registry = Registry(self._listed())
        jobs = [job for tenant in self.tenants for job in self._look(tenant)]
        if self.master.apps:
            jobs.insert(0, lambda: self._list_apps(self.master))
        if jobs and not self.pool.stopped:
            self.pool.run(jobs, tick)
        for item in self.items():
            if not item.settled:
                item.skipped = "Not started, since another item failed and on_error is 'stop'."

    def items(self) -> t.Iterator[Item[t.Any]]:
        """Every declared thing, in the order of the results."""
        yield from self.master.apps
        for tenant in self.tenants:
            yield tenant
            yield from tenant.apps

    def _listed(self) -> t.Iterator[TenantRecord]:
        """All records. Each thousand has its own deadline: one for all would end the listing of a big account."""
        deadline = self._effort()
        for number, record in enumerate(self.client.each_tenant(deadline), 1):
            if number % 1000 == 0:
                deadline.renew()
            yield record

    # -- one tenant -----------------------------------------------------------------------------------------------

    def _look(self, tenant: FleetTenant) -> list[Job]:
        """What the listing tells of a tenant, and what is left to be done for it."""
        email = tenant.email or ""
        if self.pool.stopped:
            return []
        with self._settling(tenant):
            record = self.registry.find(email)
            if record is not None:
                tenant.outcome = TenantOutcome(email, False, record)
            elif self._check_mode:
                tenant.outcome = TenantOutcome(email, True, None)
            else:
                return [lambda: self._create(tenant)]
        if tenant.error is not None:
            return self._give_up(tenant)
        if tenant.apps and record is None:
            return [lambda: self._predict(tenant)]
        return [lambda: self._list_apps(tenant)] if tenant.apps else []

    def _create(self, tenant: FleetTenant) -> list[Job]:
        with self._settling(tenant):
            tenant.outcome = ensure_tenant(self.client, tenant.email or "", self._effort(), looked_at=self._listed_at)
        if tenant.outcome is None:
            return self._give_up(tenant)
        if tenant.outcome.changed:
            self._created(tenant)
        return [lambda: self._list_apps(tenant)] if tenant.apps else []

    def _predict(self, tenant: FleetTenant) -> list[Job]:
        for app in tenant.apps:
            self._settle_app(app, self.client, ())
        return []

    def _give_up(self, tenant: FleetTenant) -> list[Job]:
        for app in tenant.apps:
            app.skipped = "Not started, since its tenant failed."
            self._count(app)
        return []

    # -- its apps -------------------------------------------------------------------------------------------------

    def _list_apps(self, tenant: FleetTenant) -> list[Job]:
        """Enter the account and list its apps once; if that fails, each of the declared apps fails with it."""
        common: Item[list[AppRecord]] = Item()
        account = self.client
        listed_at = time.time()
        with Settling(common):
            deadline = self._effort()
            if tenant.outcome is not None:
                account = enter(self.client, self._reachable(tenant.outcome, deadline), tenant.password, deadline)
            common.outcome = account.apps(deadline)
        found = common.outcome
        if found is None:
            for app in tenant.apps:
                app.error, app.trace = common.error, common.trace
                self._count(app)
            self._leave(account)
            return []
        left = len(tenant.apps)

        def one(app: FleetApp) -> list[Job]:
            nonlocal left
            self._settle_app(app, account, found, listed_at)
            with self._lock:
                left -= 1
                last = not left
            if last:
                self._leave(account)
            return []

        return [lambda app=app: one(app) for app in tenant.apps]  # type: ignore[misc]

    def _reachable(self, outcome: TenantOutcome, deadline: Deadline) -> TenantRecord:
        """The record to enter with. What a create answers names no server: if its address isn't plainly the master's
        neighbour, the full record has to tell where the tenant lives before a password is sent there."""
        record = outcome.record or TenantRecord(id=None, email=outcome.email)
        if outcome.changed:
            try:
                record.trusted_base(self.client.connection.base)
            except ApiError:
                return find_tenant(self.client, outcome.email, deadline) or record
        return record

    def _leave(self, account: MobstedAPI) -> None:
        """A thousand tenants must not keep a thousand connections."""
        if account is not self.client:
            self.client.context.release(account)

    def _settle_app(
        self, app: FleetApp, account: MobstedAPI, found: t.Sequence[AppRecord], listed_at: float = 0.0
    ) -> None:
        with self._settling(app):
            app.outcome = ensure_app(
                account,
                app.full_spec(),
                self._effort(),
                check_mode=self._check_mode,
                apps=found,
                listed_at=listed_at,
            )
            app.outcome.spec = app.spec  # without the icon's bytes
            if app.outcome.drift and app.spec.on_drift == "fail":
                raise ApiError("invalid_input", "It differs from its declaration, and on_drift is 'fail'.")

    # -- what became of it ----------------------------------------------------------------------------------------

    def _settling(self, item: Item[t.Any]) -> Settling:
        return Settling(item, self._count)

    def _count(self, item: Item[t.Any]) -> None:
        if not item.settled:
            return
        with self._lock:
            self.done += 1
            self.failed += item.error is not None
        if item.error is not None and self._stop:
            self.pool.stop()
