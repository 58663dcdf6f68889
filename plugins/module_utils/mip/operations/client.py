# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_client`` does."""

from __future__ import annotations

import typing as t

from ...emails import check_email
from ...mobsted.tenant_guard import TenantGuard, guard_options
from ...operation import Example, Operation, Result, Task
from ..client import ClientSpec, ensure_client
from ..records import PERSON_OPTIONS
from ..session import check_id, connect, result_of

CLIENT_OPTIONS: dict[str, dict[str, t.Any]] = {**PERSON_OPTIONS, "client_id": {"type": "int"}}


def client_spec(params: t.Mapping[str, t.Any], marketplace_id: int) -> ClientSpec:
    """Return the checked options of one client."""
    return ClientSpec(
        marketplace_id=marketplace_id,
        email=check_email(params["email"]),
        password=params.get("password") or None,
        client_id=check_id(params.get("client_id"), "client_id"),
        state=params.get("state") or "present",
        blocked=params.get("blocked"),
        return_keys=bool(params.get("return_keys")),
    )


def run_client(task: Task) -> Result:
    """Run ``partnerops.saas.mip_client``."""
    spec = client_spec(task.params, check_id(task.params["marketplace_id"], "marketplace_id") or 0)
    client, ledger, deadline = connect(task)
    guard = TenantGuard.of(task)
    return result_of(
        task, ledger, lambda: ensure_client(client, ledger, spec, deadline, check_mode=task.check_mode, guard=guard)
    )


OPERATION = Operation(
    name="mip_client",
    vendor="mip",
    kind="write",
    options={
        "marketplace_id": {"type": "int", "required": True},
        **CLIENT_OPTIONS,
        "return_keys": {"type": "bool", "default": False},
        **guard_options(),
    },
    run=run_client,
    example=Example(
        {
            "marketplace_id": 7,
            "email": "buyer@acme.example",
            "password": "@client",
            "blocked": True,
            "return_keys": True,
        },
        "POST",
        "/client/7/block/*",
        login="/login",
        shows_secret=True,
    ),
)
