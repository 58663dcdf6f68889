# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways of having many tenants that the benchmark compares, and what must hold of each."""

from __future__ import annotations

import dataclasses
import json
import typing as t

FLEET = "partnerops.saas.mobsted_fleet"
TENANT = "partnerops.saas.mobsted_tenant"
#: As the simulator's tenants have it, so that nothing differs.
SHOP = {"name": "Shop", "title": "Shop", "website_url": "https://site.example/"}
#: Addresses of tenants, the first with number 1: those that a world of the simulator starts with.
PATTERN = "tenant{:05d}@clients.example"
#: Rows of a page, milliseconds from which waiting takes most of the time, and the part of it that a listing may take.
PAGE, SLOW, SIDE_BY_SIDE = 200, 100, 0.4

NAMES = {
    "fleet": "`mobsted_fleet`",
    "loop": "loop of `mobsted_tenant`, in process",
    "module": "loop of `mobsted_tenant`, as a module",
    "uri": "playbook with `uri`",
}
#: Tasks that are refused before anything is sent.
REFUSED: dict[str, dict[str, t.Any]] = {
    "fleet": {FLEET: {"tenants": [{"email": "a@b.example"}], "concurrency": 0}},
    "loop": {TENANT: {"email": "no address"}},
}


@dataclasses.dataclass(frozen=True)
class Way:
    """One thing to do, by the collection (or what replaces it) and by the bare script.

    :param kind: a key of ``NAMES``
    :param latency: milliseconds before each response
    :param fresh: nothing exists before; otherwise everything does
    :param threads: connections of both; 1 for everything but a fleet
    :param apps: this many of the tenants have an app
    :param declared: this many of the tenants are declared; None for all
    """

    kind: str
    count: int
    latency: int
    fresh: bool
    threads: int = 1
    apps: int = 0
    declared: int | None = None

    @property
    def label(self) -> str:
        """Return it as the tables name it."""
        threads = f", {self.threads} connection{'s' if self.threads > 1 else ''}" if self.kind == "fleet" else ""
        state = (", new" if self.fresh else ", no change") if self.apps else ""
        return NAMES[self.kind] + threads + state + (f", {self.declared} of them declared" if self.declared else "")

    @property
    def tasks(self) -> list[dict[str, t.Any]]:
        """Return what a user writes."""
        emails = [PATTERN.format(number) for number in range(1, (self.declared or self.count) + 1)]
        if self.kind == "uri":
            return uri_tasks(emails)
        if self.kind != "fleet":
            return [{TENANT: {"email": "{{ item }}"}, "loop": emails}]
        tenants = [
            {"email": email, "apps": [SHOP]} if number < self.apps else {"email": email}
            for number, email in enumerate(emails)
        ]
        return [{FLEET: {"tenants": tenants, "concurrency": self.threads}}]

    @property
    def bounds(self) -> dict[str, float]:
        """Return what must not be exceeded: ``ratio`` to the script, ``requests``, ``seconds``, ``memory`` in MiB."""
        found: dict[str, float] = {}
        slow = self.latency >= SLOW
        if self.kind == "loop":
            found["requests"] = self.count + 10 if self.fresh else 8
            if slow:
                found["ratio"] = 1.15 if self.fresh else 2.0
        elif self.kind == "fleet" and self.apps and not self.fresh:
            found["requests"] = 2 * self.apps + 4
            if slow:
                found["ratio"] = 1.25
        elif self.kind == "fleet" and not self.apps:
            pages = -(-self.count // PAGE)
            if self.fresh and slow and self.threads == 8:
                found["ratio"] = 1.25
            if not self.fresh:
                found["requests"] = pages + 2
                if slow and self.declared:
                    found["seconds"] = SIDE_BY_SIDE * pages * self.latency / 1000
                if self.count == 20000:
                    found["memory"] = 250
        return found


def ways(small: bool = False) -> list[Way]:
    """Return what is measured.

    :param small: a few seconds of each, to try the benchmark itself
    """
    latencies: tuple[int, ...]
    sizes: tuple[int, ...]
    if small:
        latencies, hundred, sizes, few, some = (0, 20), 10, (10, 900), 2, 4
    else:
        latencies, hundred, sizes, few, some = (0, 50, 100, 150), 100, (100, 1000, 5000, 20000), 25, 60
    found: list[Way] = []
    for latency in latencies:
        found += [Way("fleet", hundred, latency, fresh=True, threads=threads) for threads in (1, 8, 32)]
        found += [Way("loop", hundred, latency, fresh=fresh) for fresh in (True, False)]
        found += [Way("fleet", some, latency, fresh=fresh, threads=8, apps=some) for fresh in (True, False)]
        found += [Way("fleet", size, latency, fresh=False, threads=8) for size in sizes]
        found.append(Way("fleet", sizes[len(sizes) // 2], latency, fresh=False, threads=8, declared=1))
        if latency != 100:
            found += [Way(kind, few, latency, fresh=True) for kind in ("module", "uri")]
    # More sizes at one latency, for the picture.
    latency = latencies[1]
    found += [Way("fleet", hundred * times, latency, fresh=True, threads=8) for times in (3, 10)]
    found += [Way("loop", hundred * times, latency, fresh=False) for times in (3, 10)]
    found += [Way("loop", size, latency, fresh=True) for size in (hundred * 3 // 10, hundred * 3)]
    found += [Way(kind, few // 2, latency, fresh=True) for kind in ("module", "uri")]
    return found


def uri_tasks(emails: t.Sequence[str]) -> list[dict[str, t.Any]]:
    """Return what a user writes from the vendor's page: log in, look each address up, create what is missing."""
    root = "{{ lookup('env', 'MOBSTED_API_URL') }}/api/v8"
    log_in = f"{root}/auth?login={{{{ lookup('env', 'MOBSTED_API_LOGIN') | urlencode }}}}"
    log_in += "&password={{ lookup('env', 'MOBSTED_API_PASSWORD') | urlencode }}"
    headers = {"Authorization": "Bearer {{ auth.json.access_token }}"}
    filters = [{"field": "Email", "operation": "=", "value": "{{ item }}", "andor": "and"}]
    query = f"{{{{ {json.dumps(filters)!r} | replace('ITEM', item) | urlencode }}}}".replace("{{ item }}", "ITEM")
    look = f"{root}/object?applicationId=1&page=1&pageSize=20&query={query}"
    return [
        {"ansible.builtin.uri": {"url": log_in}, "register": "auth"},
        {"ansible.builtin.uri": {"url": look, "headers": headers}, "loop": list(emails), "register": "looked"},
        {
            "ansible.builtin.uri": {
                "url": f"{root}/partners",
                "method": "POST",
                "headers": headers,
                "body_format": "json",
                "body": {"email": "{{ item.item }}"},
            },
            "loop": "{{ looked.results }}",
            "when": "item.json.data | length == 0",
        },
    ]
