# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_ledger_info`` does: show the content of the ledger. Nothing is sent to MIP."""

from __future__ import annotations

from ...identity import account_key, email_key
from ...operation import Example, Operation, Result, Task
from ...state.lines import public
from ...state.store import open_store
from ..connection import mip_connection
from ..session import check_id


def run_ledger_info(task: Task) -> Result:
    """Run ``partnerops.saas.mip_ledger_info``."""
    params = task.params
    number = check_id(params.get("marketplace_id"), "marketplace_id")
    connection = mip_connection(params)
    store = open_store(connection.state, task.context)
    deadline = task.deadline(connection.deadline)
    status = store.status(deadline)
    rows = store.entries(deadline, account_key(connection.base)) if status["exists"] else []
    entries = []
    for key, entry in rows:
        _api, marketplace, kind, email = key
        if number is not None and marketplace != str(number):
            continue
        if params.get("kind") and kind != params["kind"]:
            continue
        if params.get("email") and email != email_key(params["email"]):
            continue
        if params.get("open") and not entry.open:
            continue
        entries.append(public(key, entry))
    return {"entries": entries, "store": status}


OPERATION = Operation(
    name="mip_ledger_info",
    vendor="mip",
    kind="read",
    options={
        "marketplace_id": {"type": "int"},
        "kind": {"type": "str", "choices": ["user", "client", "member"]},
        "email": {"type": "str"},
        "open": {"type": "bool", "default": False},
    },
    run=run_ledger_info,
    example=Example({"open": True}, "", "", sends_nothing=True),
)
