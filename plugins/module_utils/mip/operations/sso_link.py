# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_sso_link`` does."""

from __future__ import annotations

from ...emails import check_email
from ...errors import ApiError
from ...operation import Example, Operation, Result, Task
from ..api import MipAPI
from ..connection import mip_connection
from ..outcome import lost
from ..session import check_id


def run_sso_link(task: Task) -> Result:
    """Run ``partnerops.saas.mip_sso_link``."""
    kind, email = task.params["kind"], check_email(task.params["email"])
    cid = check_id(task.params["marketplace_id"], "marketplace_id") or 0
    connection = mip_connection(task.params)
    client = MipAPI.of(connection, task.context)
    client.need_signing()
    about = {"kind": kind, "email": email, "marketplace_id": cid}
    if task.check_mode:
        return {"changed": True, "sso": {**about, "url": None, "hash": None}}
    deadline = task.deadline(connection.deadline)
    make = client.link_user if kind == "user" else client.link_client
    try:
        link = make(email, cid, deadline)
    except ApiError as error:
        if error.executed is False:
            raise
        who = f"The call for a sign-on link of the {kind} {email}"
        raise lost(error, who, "If a link was made, it is lost. Run again for another one.") from None
    return {"changed": True, "sso": {**about, "url": link.url, "hash": link.hash}}


OPERATION = Operation(
    name="mip_sso_link",
    vendor="mip",
    kind="send",
    options={
        "kind": {"type": "str", "choices": ["user", "client"], "required": True},
        "email": {"type": "str", "required": True},
        "marketplace_id": {"type": "int", "required": True},
    },
    run=run_sso_link,
    example=Example(
        {"kind": "user", "email": "owner@acme.example", "marketplace_id": 7},
        "POST",
        "/login-email",
        login="/login",
        shows_secret=True,
    ),
)
