# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A world: one partner's accounts at both vendors, with options, faults, outbox and request log."""

from __future__ import annotations

import gc
import random
import secrets
import time
from collections import Counter, deque
from dataclasses import asdict
from typing import Any

from .demo import fill as fill_demo
from .faults import FaultBook
from .mipstore import MipStore
from .options import Options, parse
from .store import Account, MobstedStore, Row, seed_store

LOG_SIZE = 200_000
LARGE = 1000


class Bucket:
    """A token bucket for one account."""

    def __init__(self, burst: float) -> None:
        self.tokens, self.at = burst, time.monotonic()

    def take(self, per_second: float, burst: float) -> bool:
        """Return whether a request may pass now."""
        moment = time.monotonic()
        self.tokens = min(burst, self.tokens + (moment - self.at) * per_second)
        self.at = moment
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class World:
    """All state of one world. Everything runs in one event loop, so a handler is atomic."""

    def __init__(
        self, ident: str, options: Options, *, master_name: str, claim: Any, login: str, password: str
    ) -> None:
        self.id, self.options, self.base = ident, options, ""
        self.rng = random.Random(options.seed) if options.seed else random.Random(secrets.randbits(128))
        self.key = self.rng.randbytes(32)
        self.master = Account(master_name, kind="master", login=login, password=password, rng=self.rng)
        self.mobsted = MobstedStore(options, self.master, self.rng, claim)
        owner_password = options.mip.owner_password or f"mip+{secrets.token_hex(6)}&%/"
        self.mip = MipStore(options.mip, self.rng, options.mip.owner_email, owner_password)
        self.faults = FaultBook(self.rng)
        self.outbox: list[dict[str, Any]] = []
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_SIZE)
        self.counts: Counter[str] = Counter()
        self.totals: Counter[str] = Counter()
        self.connections: set[int] = set()
        self.seq = self.active = self.max_active = 0
        self.buckets: dict[str, Bucket] = {}
        if options.tenants:
            pattern = options.tenant_pattern
            addresses = [pattern.replace("{n}", f"{number:05d}") for number in range(1, options.tenants + 1)]
            seed_store(self.mobsted, addresses, options.apps_per_tenant)
        if options.hostile:
            self._hostile()
        if options.demo:
            fill_demo(self)

    def _hostile(self) -> None:
        """Add tenants and apps whose texts look like templates, markup, paths or options."""
        for number, email in enumerate(
            (
                "{{lookup('pipe','id')}}@evil.example",
                "o'brien+a&b=c%41@evil.example",
                "../../x@evil.example",
                "<b>@evil.example",
            ),
            1,
        ):
            account = self.mobsted.add_tenant(email, max(3, self.options.apps_per_tenant))
            row = self.mobsted.find(email)[0]
            row.edits = {"Phone": "{{ 7 * 7 }}", "Timezone": "</script><script>alert(1)</script>", "hostile": number}
            assert account.apps
        for name in ("{{ 7 * 7 }}", "</script><script>alert(1)</script>"):
            self.master.add_app(name, {"title": name, "webSiteUrl": "javascript:alert(1)"})

    def limited(self, account: str) -> float | None:
        """Return the seconds to wait if the account is over its rate limit; otherwise None."""
        limit = self.options.rate_limit
        if limit is None:
            return None
        bucket = self.buckets.setdefault(account, Bucket(limit.burst))
        return None if bucket.take(limit.per_second, limit.burst) else limit.retry_after

    def mail(self, kind: str, to: str, **more: Any) -> None:
        """Put an e-mail or push in the outbox."""
        self.totals["pushes" if kind == "push" else "mails"] += 1
        self.outbox.append({"seq": len(self.outbox) + 1, "time": time.time(), "kind": kind, "to": to, **more})

    def clear_log(self) -> None:
        """Forget the requests so far and their counts; the outbox stays."""
        self.log.clear()
        self.counts.clear()
        self.totals.clear()
        self.connections.clear()
        self.max_active = self.active

    def count_view(self) -> dict[str, Any]:
        """Return counters of the requests since the log was cleared."""
        return {
            "requests": sum(self.counts.values()),
            "by_route": dict(self.counts),
            **{
                name: self.totals[name]
                for name in (
                    "logins",
                    "refreshes",
                    "tenants_created",
                    "apps_created",
                    "executed",
                    "faulted",
                    "rate_limited",
                    "mip_logins",
                    "mails",
                    "pushes",
                )
            },
            "connections": len(self.connections),
            "under_way": self.active,
            "max_concurrent": self.max_active,
        }

    def describe(self, bases: dict[str, str]) -> dict[str, Any]:
        """Return ID, URLs and credentials. ``bases``: scheme -> base URL."""
        base = bases["http"]
        view: dict[str, Any] = {
            "id": self.id,
            "mobsted": {
                "url": self.account_url(base, self.master),
                "login": self.master.login,
                "password": self.master.password,
                "name": self.master.name,
            },
            "mip": {
                "url": f"{base}/w/{self.id}/mip{self.options.mip.prefix}",
                "email": self.mip.owner.email,
                "password": self.mip.owner.password,
                "public_key": self.mip.owner.public,
                "private_key": self.mip.owner.private,
                "marketplaces": list(self.mip.markets),
            },
        }
        if "https" in bases:
            view["mobsted"]["tls_url"] = self.account_url(bases["https"], self.master)
            view["mip"]["tls_url"] = f"{bases['https']}/w/{self.id}/mip{self.options.mip.prefix}"
        return view

    def account_url(self, base: str, account: Account) -> str:
        """Return the admin URL of an account below ``base`` (``http://127.0.0.1:PORT``)."""
        if self.options.addressing == "host":
            scheme, _sep, rest = base.partition("://")
            return f"{scheme}://{account.name}-admin.localhost:{rest.rpartition(':')[2]}"
        return f"{base}/w/{self.id}/mobsted" if account.kind == "master" else f"{base}/w/{self.id}/t/{account.name}"

    def server_name(self, base: str) -> str:
        """Return what a record says as the server."""
        host = base.partition("://")[2]
        return f"localhost:{host.rpartition(':')[2]}" if self.options.addressing == "host" else host

    def tenant_view(self, row: Row, base: str) -> dict[str, Any]:
        """Return a record and its account for the control API; ``base`` is the server's base URL."""
        account = self.mobsted.accounts.get(row.tenant)
        url = self.account_url(base, account) if account else ""
        return {
            "id": row.id,
            "email": row.email,
            "name": row.tenant,
            "url": url,
            "visible": row.visible_at <= time.monotonic(),
            "password": account.password if account else None,
            "recorded_password": row.password,
            "columns": self.mobsted.columns(row, url, self.server_name(base)),
        }

    def dump(self, bases: dict[str, str]) -> dict[str, Any]:
        """Return the whole state, secrets included: this is a test tool."""
        store = self.mobsted
        markets = {
            str(market.id): {
                "name": market.name,
                "owner": market.owner,
                "invited": sorted(market.invited),
                "members": {str(key): value for key, value in market.members.items()},
                "clients": [asdict(item) for item in market.clients.values()],
            }
            for market in self.mip.markets.values()
        }
        return {
            **self.describe(bases),
            "options": asdict(self.options),
            "tenants": [self.tenant_view(row, bases["http"]) for row in store.rows],
            "apps": {
                account.name: [app_view(app) for app in account.apps.values()] for account in store.accounts.values()
            },
            "users": [asdict(user) for user in self.mip.users.values()],
            "marketplaces": markets,
            "sso": [{"hash": token, "email": email} for token, email in self.mip.sso.items()],
            "outbox": self.outbox,
            "faults": self.faults.view(),
        }


def app_view(app: Any) -> dict[str, Any]:
    """Return an app for the state dump; the icon as its size in bytes."""
    return {
        "id": app.id,
        "name": app.name,
        "fields": app.fields,
        "uuid": app.uuid,
        "created": app.created,
        "icon_bytes": len(app.icon) if app.icon else 0,
        "icon_type": app.icon_type,
    }


class Worlds:
    """All worlds of one server. Account names are unique across all of them, since they may be host names."""

    def __init__(self, bases: dict[str, str]) -> None:
        self.bases = bases
        self.worlds: dict[str, World] = {}
        self.names: dict[str, World | None] = {}
        self._next = 1

    def create(self, changes: dict[str, Any], ident: str | None = None) -> World:
        """Create a world. Raise :class:`~.options.OptionError` for bad options."""
        options = parse(changes)
        if ident is None:
            ident, self._next = f"w{self._next}", self._next + 1
        name = "ppp" if ident == "default" else f"ppp{ident}"
        claimed: list[str] = [name]

        def claim(candidate: str) -> bool:
            if candidate in self.names:
                return False
            self.names[candidate] = world_of[0] if world_of else None
            claimed.append(candidate)
            return True

        world_of: list[World] = []
        login = options.login or f"partner@{ident}.example"
        password = options.password or f"pw+{secrets.token_hex(8)}&%/?#="
        world = World(ident, options, master_name=name, claim=claim, login=login, password=password)
        world_of.append(world)
        for item in claimed:
            self.names[item] = world
        world.base = self.bases["http"]
        self.worlds[ident] = world
        if options.tenants > LARGE:
            gc.collect()
            gc.freeze()  # so that it is not traversed again and again while requests are served
        return world

    def delete(self, ident: str) -> bool:
        """Delete a world; return whether there was one."""
        world = self.worlds.pop(ident, None)
        if world is None:
            return False
        for name in [name for name, owner in self.names.items() if owner is world]:
            del self.names[name]
        if world.options.tenants > LARGE:
            gc.unfreeze()
        return True
