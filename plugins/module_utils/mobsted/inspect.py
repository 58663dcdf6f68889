# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Read a whole master account: its tenants, their apps, and where they differ from a declaration."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..bulk.batch import Batch
from ..bulk.items import Item
from ..bulk.pool import Job
from ..errors import ApiError
from ..http.deadline import Deadline
from ..identity import email_key, names_match
from ..operation import Result, Task
from .accounts import enter
from .api import MobstedAPI
from .app import AppSpec, drift_of
from .fleet import FleetTenant
from .icon import fetch_icon
from .listing import Absent, AppListing, TenantListing
from .master import warn_of_client_account
from .match import pick
from .predictions import further_apps, predicted_tenant, predicted_tenants
from .records import REGISTRY_ID, AppRecord, TenantRecord, predicted_app_result


@dataclass
class Account(Item[AppListing]):
    """One account: a tenant's, or with neither record nor email the master's own.

    Its outcome is the listing of its apps.
    """

    email: str | None = None
    record: TenantRecord | None = None
    wanted: FleetTenant | None = None
    base: str = ""
    icons: dict[str, str] = field(default_factory=dict)
    #: names of apps that this check run would have created
    new_apps: set[str] = field(default_factory=set)

    @property
    def label(self) -> str:
        """Return the name that messages use."""
        return f"tenant {self.email}" if self.email else "the master account"

    @property
    def settled(self) -> bool:
        """Return whether it was read, or could not be."""
        return self.outcome is not None or self.error is not None

    @property
    def apps(self) -> list[AppRecord]:
        """Return its apps, without the one in a master account that contains the records."""
        there = self.outcome.records if self.outcome else []
        return there if self.record else [app for app in there if app.id != REGISTRY_ID]

    def result(self, judged: bool) -> list[Result]:
        """Return the apps: first the existing ones, in the API's order, then those that are declared and missing.

        :param judged: whether there is a declaration to compare them with
        """
        specs = [app.spec for app in self.wanted.apps] if self.wanted else []
        found: dict[str, AppSpec] = {}
        missing, expected = [], set()
        for spec in specs:
            record, problem = _picked(spec, self.outcome)
            if record is None and any(names_match(spec.name, name) in ("exact", "same") for name in self.new_apps):
                expected.add(spec.name)
            elif record is not None:
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
        there += [
            _entry(
                name,
                exists=True,
                declared=name in expected if judged else None,
                app=predicted_app_result(name, self.email),
            )
            for name in sorted(self.new_apps)
        ]
        return there + missing


def _entry(name: str | None, **known: t.Any) -> Result:
    blank: Result = {
        "name": name,
        "exists": False,
        "declared": None,
        "app": None,
        "drift": [],
        "icon": None,
        "problem": None,
    }
    return {**blank, **known}


def _picked(spec: AppSpec, listing: AppListing | None) -> tuple[AppRecord | None, str | None]:
    if listing is None:
        return None, None
    try:
        found = pick(spec, listing)
    except ApiError as error:
        return None, str(error)
    return (None if isinstance(found, Absent) else found), None


class Inspection:
    """One inspection of one master account.

    :param client: of the master account
    :param tenants: the declared ones
    :param master: the declared apps of the master account itself
    :param judged: whether anything is declared at all
    """

    def __init__(
        self,
        task: Task,
        client: MobstedAPI,
        tenants: t.Sequence[FleetTenant],
        master: FleetTenant,
        *,
        judged: bool,
    ) -> None:
        self.client = client
        self.judged = judged
        self.master = Account(wanted=master, base=client.connection.base)
        self._task = task
        self._tenants = tenants
        self.accounts: list[Account] = []
        #: the accounts of tenants that this check run would have created
        self.predicted: list[Account] = []
        self.registry = TenantListing(client.connection.base, None)

    def list_tenants(self) -> None:
        """Read app ID 1, counters included."""
        self.registry = self.client.tenant_listing(self._deadline(), threads=self._task.params["concurrency"]).whole()
        by_key = {email_key(tenant.email or ""): tenant for tenant in self._tenants}
        for record in self.registry.records:
            wanted = next((by_key[address] for address in record.addresses if address in by_key), None)
            self.accounts.append(Account(email=record.email, record=record, wanted=wanted))
        there = {address for record in self.registry.records for address in record.addresses}
        for key in sorted(predicted_tenants(self._task, self.client) - there):
            self.predicted.append(Account(email=key, record=predicted_tenant(key), wanted=by_key.get(key)))

    def run(self, icons: int) -> None:
        """List the apps of each account.

        :param icons: how many icons to read
        :raises ApiError: if the master account itself can't be read
        """
        everyone = [self.master, *self.accounts]
        concurrency = self._task.params["concurrency"]
        batch = Batch(self._task, "mobsted_fleet_info", len(everyone), concurrency=concurrency)
        batch.run([self._reading(batch, one) for one in everyone])
        if self.master.error:
            raise self.master.error
        if not self.registry.records:
            warn_of_client_account(self._task, self.client.connection.base, lambda: self.master.outcome)
        self.accounts += self.predicted
        for one in [self.master, *self.accounts]:
            one.new_apps = set(further_apps(self._task, self.client, one.email, [app.name for app in one.apps]))
        there = {id(one.wanted) for one in self.accounts}
        absent = [tenant for tenant in self._tenants if id(tenant) not in there]
        self.accounts += [Account(email=tenant.email, wanted=tenant) for tenant in absent]
        if icons > 0:
            # The first ones in the order of the result, so that the next run chooses the same ones.
            chosen = [(one, app) for one in [self.master, *self.accounts] for app in one.apps][:icons]
            painted = Batch(self._task, "mobsted_fleet_info, icons", len(chosen), concurrency=concurrency)
            painted.run([self._painting(painted, one, app) for one, app in chosen])

    def _deadline(self) -> Deadline:
        """Return a fresh deadline for one account."""
        return self._task.deadline(self.client.connection.deadline)

    def _reading(self, batch: Batch, one: Account) -> Job:
        def job() -> list[Job]:
            with batch.attempt(one):
                self._read(one)
            return []

        return job

    def _read(self, one: Account) -> None:
        deadline = self._deadline()
        if one.record is None:
            one.outcome = self.client.app_listing(deadline, threads=1).whole()
            return
        if one.wanted:
            self.registry.find(one.wanted.email or "")  # fails if several records have the address
        account = enter(self.client, one.record, one.wanted.password if one.wanted else None, deadline)
        one.base = account.connection.base
        try:
            one.outcome = account.app_listing(deadline, threads=1).whole()
        finally:
            self.client.context.release(account)

    def _painting(self, batch: Batch, one: Account, app: AppRecord) -> Job:
        def job() -> list[Job]:
            batch.done += 1
            url = app.public(one.base, None)["icon_url"]
            # Only from the account's own host: a response must not choose the host to connect to.
            if url and urlsplit(url)[:2] == urlsplit(one.base)[:2]:
                icon = fetch_icon(self.client, url)
                if icon:
                    one.icons[app.id] = icon
            return []

        return job
