# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a whole master account: its tenants, their apps, and where they differ from a declaration."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..bulk.pool import Job, Pool
from ..errors import ApiError
from ..http.deadline import Deadline
from ..identity import email_key
from ..operation import Result
from .accounts import enter
from .api import REGISTRY_APP, MobstedAPI
from .app import AppSpec, drift_of, pick
from .fleet import FleetTenant, Registry
from .icon import fetch_icon
from .records import AppRecord, TenantRecord


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
        by_key = {email_key(tenant.email or ""): tenant for tenant in self._tenants}
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
                icon = fetch_icon(self.client, url)
                if icon:
                    one.icons[app.id] = icon
            return []

        return job
