# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobsted's state in one world: the master account, the tenants, their apps, and app ID 1."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .options import Options
from .tokens import TokenBook

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"

#: Counters of a tenant's row, and the general columns of any Objects row (both: page).
COUNTERS = (
    "launchApp1day",
    "launchApp7days",
    "launchApp30days",
    "launchAppTotal",
    "eventsTotal",
    "appsPwaLess",
    "appsTotal",
    "appsMu",
    "trafficTotal",
    "objectsTotal",
    "objects7days",
    "objects30days",
    "appInstall",
    "appInstall1day",
    "appInstall7days",
    "appButtonInstall",
)

HOSTILE = (
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    'O\'Brien "quoted" \\ back',
    "line\nbreak\ttab",
    "{% raw %}x{% endraw %}",
    "emoji \U0001f680 \u05e2\u05d1\u05e8\u05d9\u05ea \u202eabc",
    "!vault |",
    "--option",
    "x" * 300,
)


def vendor_date(moment: datetime) -> str:
    """Return a date as Mobsted writes it: no zone, microseconds (seed)."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


@dataclass
class App:
    """An app of an account; ``fields`` are those of the create form (seed)."""

    id: int
    name: str
    fields: dict[str, str] = field(default_factory=dict)
    uuid: str = ""
    created: str = ""
    short: str = ""
    icon: bytes | None = None
    icon_type: str = "image/png"
    #: monotonic time
    made_at: float = field(default_factory=time.monotonic)


class Account:
    """The master account or a tenant: its own login, tokens and apps."""

    __slots__ = ("_apps", "_hostile", "_rng", "_seeded", "kind", "login", "name", "next_app", "password", "tokens")

    def __init__(
        self,
        name: str,
        *,
        kind: str,
        login: str,
        password: str,
        rng: random.Random,
        seeded: int = 0,
        hostile: bool = False,
    ) -> None:
        self.name, self.kind, self.login, self.password = name, kind, login, password
        self._apps: dict[int, App] | None = None
        self._seeded, self._rng, self._hostile = seeded, rng, hostile
        self.next_app = 1
        self.tokens = TokenBook()

    @property
    def apps(self) -> dict[int, App]:
        """Return the apps by ID; seeded ones are created at the first access (20000 tenants must start quickly)."""
        if self._apps is None:
            self._apps = {}
            for number in range(1, self._seeded + 1):
                name = HOSTILE[number % len(HOSTILE)] if self._hostile else f"App {number}"
                app = self.add_app(name, {"webSiteUrl": f"https://site{number}.example/", "title": name})
                app.made_at = 0.0  # it was there before
        return self._apps

    @property
    def app_count(self) -> int:
        """Return how many apps there are, without creating those that nobody has accessed."""
        return self._seeded if self._apps is None else len(self._apps)

    def add_app(
        self, name: str, fields: dict[str, str] | None = None, icon: bytes | None = None, icon_type: str = "image/png"
    ) -> App:
        """Add an app with the next ID (an integer that is never reused)."""
        apps = self.apps if self._apps is None else self._apps
        app = App(
            self.next_app,
            name,
            dict(fields or {}),
            str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            vendor_date(now()),
            "".join(self._rng.choices(ALPHABET, k=5)),
            icon,
            icon_type,
        )
        self.next_app += 1
        apps[app.id] = app
        return app


@dataclass(slots=True, eq=False)
class Row:
    """A tenant's record in app ID 1. ``edits`` are column values set from outside, which override computed ones."""

    id: int
    email: str
    tenant: str
    password: str
    created: str
    visible_at: float = 0.0
    counters: dict[str, int] | None = None
    edits: dict[str, Any] | None = None


class MobstedStore:
    """Accounts and records, indexed by name and by e-mail (lower case)."""

    def __init__(self, options: Options, master: Account, rng: random.Random, claim: Any) -> None:
        self.options, self.master, self.rng, self._claim = options, master, rng, claim
        self.accounts: dict[str, Account] = {master.name: master}
        self.rows: list[Row] = []
        self.by_email: dict[str, list[Row]] = {}
        self.by_login: dict[str, Account] = {}
        self.pending = 0.0
        self.next_row = 1
        system = master.add_app("My Sub Accounts", {"description": "System app: the sub-accounts of this master"})
        system.made_at = 0.0
        assert system.id == 1

    def _name(self) -> str:
        """Return a tenant name like the sample ``a23r56k8`` (seed)."""
        while True:
            name = self.rng.choice(ALPHABET[:26]) + "".join(self.rng.choices(ALPHABET, k=7))
            if self._claim(name):
                return name

    def add_tenant(
        self,
        email: str,
        apps: int = 0,
        delay: float = 0.0,
        *,
        counters: dict[str, int] | None = None,
        created: datetime | None = None,
        password: str | None = None,
    ) -> Account:
        """Add an account and its row; ``delay`` in seconds until the row is visible. E-mails become lower case."""
        email = email.lower()
        account = Account(
            self._name(),
            kind="tenant",
            login=email,
            password=password or f"{self.rng.getrandbits(128):032x}",
            rng=self.rng,
            seeded=apps,
            hostile=self.options.hostile,
        )
        self.accounts[account.name] = account
        self.by_login[email] = account
        row = Row(
            self.next_row, email, account.name, account.password, vendor_date(created or now()), counters=counters
        )
        if delay:
            row.visible_at = time.monotonic() + delay
            self.pending = max(self.pending, row.visible_at)
        self.add_row(row)
        return account

    def add_row(self, row: Row) -> None:
        """Add a record, which may repeat an e-mail."""
        row.id = self.next_row
        self.next_row += 1
        self.rows.append(row)
        self.by_email.setdefault(row.email.lower(), []).append(row)

    def remove_row(self, row: Row) -> None:
        """Remove a record; its account stays."""
        self.rows.remove(row)
        self.by_email[row.email.lower()].remove(row)
        if not self.by_email[row.email.lower()]:
            del self.by_email[row.email.lower()]

    def edit_row(self, row: Row, edits: dict[str, Any]) -> None:
        """Set columns of a record; a new ``Email`` moves it in the index."""
        row.edits = {**(row.edits or {}), **edits}
        if "Email" in edits:
            self.remove_row(row)
            row.email = str(edits["Email"] or "")
            self.rows.append(row)
            self.rows.sort(key=lambda item: item.id)
            self.by_email.setdefault(row.email.lower(), []).append(row)

    def visible(self) -> list[Row]:
        """Return the records that are visible now, by ID."""
        moment = time.monotonic()
        if self.pending <= moment:
            return self.rows
        return [row for row in self.rows if row.visible_at <= moment]

    def find(self, email: str) -> list[Row]:
        """Return the records (visible or not) with this e-mail, ignoring case."""
        return self.by_email.get(email.lower(), [])

    def columns(self, row: Row, account_url: str, server: str) -> dict[str, Any]:
        """Return the columns of a record in the world's spelling (seed, page, code)."""
        options = self.options
        spelling = options.spelling
        if spelling == "mixed":
            spelling = "seed" if row.id % 2 else "page"
        result: dict[str, Any] = {
            "ID": row.id,
            "Enabled": 1,
            "LoginUrl": None,
            "PIN": None,
            "LastLogin": None,
            "HomeScreen": 0,
            "LastModified": row.created,
            "CreateDate": row.created,
            "Timezone": "UTC",
            "Tester": 0,
            "Email": row.email,
            "Phone": "",
            "bcLastLogin": None,
        }
        if spelling in ("seed", "both"):
            result.update(ServerName=server, TenantName=row.tenant, UserLogin=row.email, UserPassword=row.password)
        if spelling in ("page", "both"):
            result.update(server=server, tenant=row.tenant, defaultPassword=row.password, tenantCreated=row.created)
        if spelling == "code":
            result.update(server=server, tenant=row.tenant, tenentCreated=row.created)
        result["url"] = account_url if options.addressing == "path" else None
        if options.stats:
            result.update(self.counters(row))
        if row.edits:
            result.update(row.edits)
        return result

    def counters(self, row: Row) -> dict[str, int]:
        """Return the counters of a record: those given, or numbers that depend only on its ID."""
        if row.counters is not None:
            return {**dict.fromkeys(COUNTERS, 0), **row.counters}
        account = self.accounts.get(row.tenant)
        apps = account.app_count if account else 0
        day = row.id % 17
        return {
            **dict.fromkeys(COUNTERS, 0),
            "launchApp1day": day,
            "launchApp7days": day * 6,
            "launchApp30days": day * 25,
            "launchAppTotal": day * 90,
            "eventsTotal": day * 240,
            "appsTotal": apps,
            "appsPwaLess": apps,
            "objectsTotal": day * 31,
            "objects30days": day * 9,
            "objects7days": day * 2,
            "appInstall": day * 12,
        }


def seed_store(store: MobstedStore, addresses: Iterable[str], apps: int) -> None:
    """Fill a store with tenants, one for each e-mail, created an hour apart up to now."""
    start = now() - timedelta(days=30)
    for number, email in enumerate(addresses):
        store.add_tenant(email, apps, created=start + timedelta(seconds=number))
