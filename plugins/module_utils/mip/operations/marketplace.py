# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_marketplace`` does: many clients and members through a few threads.

It decides nothing about one of them: :func:`..client.ensure_client` and :func:`..member.ensure_member` do, as in the
modules for one. Their ledger ensures that no invitation is sent twice, whatever is killed at any time.
"""

from __future__ import annotations

import typing as t

from ...bulk.batch import BATCH_OPTIONS, MAX_CREATES, check_batch_options
from ...bulk.items import batch_error, count, item_result
from ...errors import ApiError, invalid
from ...identity import email_key
from ...mobsted.tenant_guard import TenantGuard, guard_options
from ...operation import Example, Operation, Result, Task
from ..client import ClientSpec
from ..marketplace import Declared, Marketplace
from ..marketplace_plan import marketplace_plan
from ..member import MemberSpec
from ..session import check_id
from .client import CLIENT_OPTIONS, client_spec
from .member import MEMBER_OPTIONS, member_spec

MARKETPLACE_OPTIONS: dict[str, dict[str, t.Any]] = {
    "marketplace_id": {"type": "int", "required": True},
    "clients": {"type": "list", "elements": "dict", "default": [], "options": CLIENT_OPTIONS},
    "members": {"type": "list", "elements": "dict", "default": [], "options": MEMBER_OPTIONS},
    **BATCH_OPTIONS,
    **MAX_CREATES,
    **guard_options(),
}


def run_marketplace(task: Task) -> Result:
    """Run ``partnerops.saas.mip_marketplace``."""
    check_batch_options(task.params)
    number = check_id(task.params["marketplace_id"], "marketplace_id") or 0
    clients = _declared(task.params["clients"], "clients", lambda one: client_spec(one, number))
    members = _declared(task.params["members"], "members", lambda one: member_spec(one, number))
    guard = TenantGuard.of(task)
    market = Marketplace(task, number, clients, members, guard)
    market.run()
    more = guard.closing_warning() if guard else None
    if more:
        task.warn(more)
    return _report(task, market)


def _declared(
    given: t.Sequence[Result], group: str, read: t.Callable[[Result], ClientSpec | MemberSpec]
) -> list[Declared]:
    places: dict[str, str] = {}
    made = []
    for number, one in enumerate(given):
        where = f"{group}[{number}]"
        try:
            spec = read(one)
        except ApiError as error:
            raise invalid(f"{where}.{error}") from None
        key = email_key(spec.email)
        if key in places:
            raise invalid(
                f"{places[key]}.email and {where}.email are the same address, {spec.email}. Remove one. Nothing was "
                "sent."
            )
        places[key] = where
        made.append(Declared(spec=spec, kind=group[:-1]))
    return made


def _report(task: Task, market: Marketplace) -> Result:
    scrub = task.context.secrets.scrub
    undeclared = market.undeclared()
    plan = marketplace_plan(market, undeclared, check_mode=task.check_mode)
    result: Result = {
        "changed": any(item.changed for item in market.items),
        "reconciled": any(item.reconciled for item in market.items),
        "marketplace_id": market.number,
        "clients": [_item_result(task, item) for item in market.clients],
        "members": [_item_result(task, item) for item in market.members],
        "undeclared": undeclared,
        "plan": plan.result(scrub),
        "summary": {
            "clients": count(market.clients),
            "members": count(market.members),
            "undeclared": len(undeclared),
            "requests": sum(deadline.requests for deadline in task.deadlines),
        },
    }
    if task.diff_mode:
        result["diff"] = plan.diff()
    for item in market.items:
        texts = item.outcome.warnings if item.outcome else item.error.result.get("warnings", ()) if item.error else ()
        for text in texts:
            task.warn(text)
    failures = [(f"{item.label} of marketplace {market.number}", item) for item in market.items if item.error]
    if market.refusal is not None:
        market.refusal.result = result
        raise market.refusal
    if failures:
        raise batch_error(failures, result, scrub, check_mode=task.check_mode)
    return result


def _item_result(task: Task, item: Declared) -> Result:
    known = item.outcome.result() if item.outcome else item.error.result if item.error else {}
    return {
        "email": item.email,
        **item_result(item, task.context.secrets.scrub),
        "probed": bool(known.get("probed")),
        item.kind: known.get(item.kind),
        "tenant": known.get("tenant"),
    }


OPERATION = Operation(
    name="mip_marketplace",
    vendor="mip",
    kind="write",
    options=MARKETPLACE_OPTIONS,
    run=run_marketplace,
    example=Example(
        {
            "marketplace_id": 7,
            "clients": [{"email": "buyer@acme.example", "password": "@client", "blocked": True}],
            "members": [{"email": "owner@acme.example", "password": "@user"}],
        },
        "POST",
        "/member/7/add",
        login="/login",
    ),
)
