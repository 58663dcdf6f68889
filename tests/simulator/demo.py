# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A world worth looking at: tenants of different size and age, apps, a marketplace with clients and members."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .store import now

if TYPE_CHECKING:
    from .worlds import World

FIRMS = (
    "acme",
    "borealis",
    "cobalt",
    "dune",
    "ember",
    "fjord",
    "grove",
    "harbor",
    "iris",
    "juniper",
    "kestrel",
    "lumen",
)


def fill(world: World) -> None:
    """Add the demo data. The numbers depend only on the position, so that two demo worlds look alike."""
    store, mip = world.mobsted, world.mip
    for number, firm in enumerate(FIRMS):
        launches = (number * 37) % 101
        counters = {
            "launchApp1day": launches,
            "launchApp7days": launches * 6,
            "launchApp30days": launches * 21,
            "launchAppTotal": launches * 84 + number,
            "eventsTotal": launches * 230,
            "appsTotal": number % 4,
            "appsPwaLess": number % 4,
            "objectsTotal": launches * 11,
            "objects30days": launches * 3,
            "objects7days": launches,
            "appInstall": launches * 4,
            "appInstall7days": launches // 2,
            "appInstall1day": launches // 11,
            "appButtonInstall": launches * 2,
            "trafficTotal": launches * 5120,
        }
        account = store.add_tenant(
            f"owner@{firm}.example", counters=counters, created=now() - timedelta(days=31 * number)
        )
        for app in range(number % 4):
            suffix = ("Store", "Help", "Members")[app]
            account.add_app(
                f"{firm.title()} {suffix}",
                {
                    "title": f"{firm.title()} {suffix}",
                    "webSiteUrl": f"https://{suffix.lower()}.{firm}.example/",
                    "splashColor": "#dbdbdb",
                    "panelColor": "#ffffff",
                    "description": f"{suffix} of {firm.title()}",
                },
            )
    world.master.add_app("Partner Portal", {"title": "Partner Portal", "webSiteUrl": "https://portal.partner.example/"})
    market = mip.markets.get(7) or next(iter(mip.markets.values()))
    for firm in FIRMS[:4]:
        mip.add_client(market, f"buyer@{firm}.example", f"buyer-of-{firm}-1")
        mip.join(market, mip.add_user(f"owner@{firm}.example", f"owner-of-{firm}-1"))
