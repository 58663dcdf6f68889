# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_member`` does."""

from __future__ import annotations

import typing as t

from ...emails import check_email
from ...mobsted.tenant_guard import TenantGuard, guard_options
from ...operation import Example, Operation, Result, Task
from ..member import MemberSpec, ensure_member
from ..records import PERSON_OPTIONS
from ..session import check_id, connect, result_of

MEMBER_OPTIONS: dict[str, dict[str, t.Any]] = {
    **PERSON_OPTIONS,
    "user_id": {"type": "int"},
    "on_unconfirmed": {"type": "str", "choices": ["warn", "fail", "resend"], "default": "warn"},
}


def member_spec(params: t.Mapping[str, t.Any], marketplace_id: int) -> MemberSpec:
    """Return the checked options of one member."""
    return MemberSpec(
        marketplace_id=marketplace_id,
        email=check_email(params["email"]),
        user_id=check_id(params.get("user_id"), "user_id"),
        password=params.get("password") or None,
        state=params.get("state") or "present",
        blocked=params.get("blocked"),
        on_unconfirmed=params.get("on_unconfirmed") or "warn",
    )


def run_member(task: Task) -> Result:
    """Run ``partnerops.saas.mip_member``."""
    spec = member_spec(task.params, check_id(task.params["marketplace_id"], "marketplace_id") or 0)
    client, ledger, deadline = connect(task)
    guard = TenantGuard.of(task)
    return result_of(
        task, ledger, lambda: ensure_member(client, ledger, spec, deadline, check_mode=task.check_mode, guard=guard)
    )


OPERATION = Operation(
    name="mip_member",
    vendor="mip",
    kind="write",
    options={"marketplace_id": {"type": "int", "required": True}, **MEMBER_OPTIONS, **guard_options()},
    run=run_member,
    example=Example(
        {"marketplace_id": 7, "email": "owner@acme.example", "password": "@user"},
        "POST",
        "/member/7/add",
        login="/login",
    ),
)
