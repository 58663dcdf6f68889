# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_password_reset`` does."""

from __future__ import annotations

import typing as t

from ...emails import check_email
from ...errors import ApiError
from ...operation import Example, Operation, Result, Task
from ..api import MipAPI
from ..connection import mip_connection
from ..outcome import lost


def run_password_reset(task: Task) -> Result:
    """Run ``partnerops.saas.mip_password_reset``."""
    kind, email = task.params["kind"], check_email(task.params["email"])
    connection = mip_connection(task.params)
    client = MipAPI.of(connection, task.context)
    about: dict[str, t.Any] = {"kind": kind, "email": email, "message": None}
    if task.check_mode:
        return {"changed": True, "password_reset": about}
    deadline = task.deadline(connection.deadline)
    send = client.forgot_user if kind == "user" else client.forgot_client
    try:
        about["message"] = send(email, deadline)
    except ApiError as error:
        if error.executed is False:
            raise
        who = f"The password reset of the {kind} {email}"
        raise lost(error, who, "Ask the person whether the e-mail arrived before you run again.") from None
    return {"changed": True, "password_reset": about}


OPERATION = Operation(
    name="mip_password_reset",
    vendor="mip",
    kind="send",
    options={
        "kind": {"type": "str", "choices": ["user", "client"], "required": True},
        "email": {"type": "str", "required": True},
    },
    run=run_password_reset,
    example=Example(
        {"kind": "user", "email": "owner@acme.example"}, "POST", "/forgot-password", login="/forgot-password"
    ),
)
