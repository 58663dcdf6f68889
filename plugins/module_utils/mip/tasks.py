# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules ``mip_*`` do."""

from __future__ import annotations

import typing as t

from ..emails import check_email
from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..mobsted.tenant_guard import TenantGuard
from ..operation import Result, Task
from ..options import mip_connection
from .api import MipAPI
from .client import ClientSpec, ensure_client
from .ledger import Ledger
from .member import MemberSpec, ensure_member
from .outcome import Outcome, lost
from .user import UserSpec, ensure_user


def session(task: Task) -> tuple[MipAPI, Ledger, Deadline]:
    """Client, ledger and deadline of a task."""
    connection = mip_connection(task.params)
    client = MipAPI.of(connection, task.context)
    return client, Ledger(connection.ledger_path, connection.base), task.deadline(connection.deadline)


def identity(value: int | None, name: str) -> int | None:
    """An id as MIP has them, or None where it isn't given.

    :raises ApiError: ``invalid_input``
    """
    if value is not None and value < 1:
        raise invalid(f"{name} is {value}: ids of MIP are positive numbers. Nothing was sent.")
    return value


def client_spec(params: t.Mapping[str, t.Any], marketplace_id: int) -> ClientSpec:
    """The options of one client, checked."""
    return ClientSpec(
        marketplace_id=marketplace_id,
        email=check_email(params["email"]),
        password=params.get("password") or None,
        client_id=identity(params.get("client_id"), "client_id"),
        state=params.get("state") or "present",
        blocked=params.get("blocked"),
    )


def member_spec(params: t.Mapping[str, t.Any], marketplace_id: int) -> MemberSpec:
    """The options of one member, checked."""
    return MemberSpec(
        marketplace_id=marketplace_id,
        email=check_email(params["email"]),
        user_id=identity(params.get("user_id"), "user_id"),
        password=params.get("password") or None,
        state=params.get("state") or "present",
        blocked=params.get("blocked"),
        on_unconfirmed=params.get("on_unconfirmed") or "warn",
    )


def run_user(task: Task) -> Result:
    """``partnerops.saas.mip_user``."""
    spec = UserSpec(check_email(task.params["email"]), task.params["password"])
    client, ledger, deadline = session(task)
    return _told(task, lambda: ensure_user(client, ledger, spec, deadline, check_mode=task.check_mode))


def run_client(task: Task) -> Result:
    """``partnerops.saas.mip_client``."""
    spec = client_spec(task.params, identity(task.params["marketplace_id"], "marketplace_id") or 0)
    client, ledger, deadline = session(task)
    guard = TenantGuard.of(task)
    return _told(task, lambda: ensure_client(client, ledger, spec, deadline, check_mode=task.check_mode, guard=guard))


def run_member(task: Task) -> Result:
    """``partnerops.saas.mip_member``."""
    spec = member_spec(task.params, identity(task.params["marketplace_id"], "marketplace_id") or 0)
    client, ledger, deadline = session(task)
    guard = TenantGuard.of(task)
    return _told(task, lambda: ensure_member(client, ledger, spec, deadline, check_mode=task.check_mode, guard=guard))


def run_sso_link(task: Task) -> Result:
    """``partnerops.saas.mip_sso_link``."""
    kind, email = task.params["kind"], check_email(task.params["email"])
    cid = identity(task.params["marketplace_id"], "marketplace_id") or 0
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
        raise lost(error, who, "If a link was made, nobody has it. Run again for another one.") from None
    return {"changed": True, "sso": {**about, "url": link.url, "hash": link.hash}}


def run_password_reset(task: Task) -> Result:
    """``partnerops.saas.mip_password_reset``."""
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
        raise lost(error, who, "Ask the person whether the e-mail came before you run again.") from None
    return {"changed": True, "password_reset": about}


def _told(task: Task, work: t.Callable[[], Outcome]) -> Result:
    try:
        outcome = work()
    except ApiError as error:
        for text in error.result.pop("warnings", ()):
            task.warn(text)
        raise
    for text in outcome.warnings:
        task.warn(text)
    return outcome.result()
