# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_user`` does."""

from __future__ import annotations

from ...emails import check_email
from ...errors import invalid
from ...operation import Example, Operation, Result, Task
from ..session import connect, result_of
from ..user import UserSpec, ensure_user


def run_user(task: Task) -> Result:
    """Run ``partnerops.saas.mip_user``."""
    email, password = check_email(task.params["email"]), task.params["password"]
    if not password.strip():
        raise invalid("password is empty: give it a value. Nothing was sent.")
    spec = UserSpec(email, password, bool(task.params.get("return_keys")))
    client, ledger, deadline = connect(task)
    return result_of(task, ledger, lambda: ensure_user(client, ledger, spec, deadline, check_mode=task.check_mode))


OPERATION = Operation(
    name="mip_user",
    vendor="mip",
    kind="write",
    options={
        "email": {"type": "str", "required": True},
        "password": {"type": "str", "required": True, "no_log": True},
        "state": {"type": "str", "choices": ["present"], "default": "present"},
        "return_keys": {"type": "bool", "default": False},
    },
    run=run_user,
    example=Example(
        {"email": "new.owner@acme.example", "password": "@other", "return_keys": True},
        "POST",
        "/register",
        login="/login",
        shows_secret=True,
    ),
)
