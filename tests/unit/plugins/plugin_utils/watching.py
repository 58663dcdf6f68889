# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the event source share: rows of tenants, and a look at them."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.plugins.plugin_utils.tenant_watch import TenantWatch
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.tenants import record

Event = dict[str, t.Any]
Row = dict[str, t.Any]
FIRST, NEW = "first@acme.example", "new@acme.example"


def row(number: int, email: str = FIRST, **columns: t.Any) -> Row:
    return record(number, **{"Email": email, "appInstall": 10, **columns})


def look(watch: TenantWatch, limit: int | None = None) -> list[Event]:
    """Look once as the event source does.

    :param limit: number of events after which the process is killed, before the last one is kept
    """
    events: list[Event] = []
    for step in watch.poll():
        if step.event is not None:
            if len(events) == limit:
                return events
            events.append(step.event)
        watch.keep(step)
    watch.tidy()
    return events


def about(event: Event) -> tuple[t.Any, ...]:
    return (event["type"], event.get("email"), event.get("limit") or tuple(event.get("fields", ())))
