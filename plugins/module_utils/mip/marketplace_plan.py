# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Make the plan of a marketplace: who is added and removed, who is blocked, who is not declared."""

from __future__ import annotations

import typing as t

from ..bulk.plan import Plan
from ..operation import Result
from .marketplace import Declared, Marketplace


def marketplace_plan(market: Marketplace, undeclared: t.Sequence[Result], *, check_mode: bool) -> Plan:
    """Return the plan of a marketplace that has run.

    :param undeclared: the clients and members that are not declared
    """
    plan = Plan(check_mode or market.refusal is not None)
    for item in market.items:
        _add(plan, market.number, item)
    place = {"marketplace_id": market.number}
    plan.undeclared = [{"label": f"{one['kind']} {one['email']}", **one, **place} for one in undeclared]
    return plan


def _add(plan: Plan, number: int, item: Declared) -> None:
    named: Result = {"kind": item.kind, "label": item.label, "email": item.email, "marketplace_id": number}
    outcome = item.outcome
    if item.planned:
        plan.create.append({**named, "id": None, "link": None, "attributes": _attributes(item)})
    elif plan.problem(item, named) or outcome is None:
        return
    elif item.created:
        ident = outcome.resource.get("id")
        plan.create.append({**named, "id": ident, "link": None, "attributes": _attributes(item)})
    elif outcome.changed:
        entry = {**named, "id": outcome.resource.get("id"), **outcome.diff()}
        (plan.remove if outcome.made else plan.change).append(entry)
    elif item.status == "unconfirmed":
        plan.unconfirmed.append({**named, "id": outcome.resource.get("id")})
    else:
        plan.in_sync += 1


def _attributes(item: Declared) -> Result:
    blocked = item.spec.blocked if item.spec else None
    return {} if blocked is None else {"blocked": blocked}
