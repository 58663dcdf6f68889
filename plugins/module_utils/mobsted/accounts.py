# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Reach the accounts that a task works in: the master account, and those of its tenants."""

from __future__ import annotations

from ..errors import ApiError
from ..http.deadline import Deadline
from ..identity import email_key
from ..operation import Task
from ..run.settle import settle
from .api import MobstedAPI
from .connection import mobsted_connection
from .directory import TenantDirectory
from .predictions import predicted_tenants
from .records import TenantRecord


def connect(task: Task) -> MobstedAPI:
    """Return the client of the account that the task's options name."""
    return MobstedAPI.of(mobsted_connection(task.params), task.context)


def no_tenant(master: MobstedAPI, email: str) -> ApiError:
    """Return the error for a tenant that is not in app ID 1."""
    near = TenantDirectory.of(master).nearest(email)
    hint = f" The nearest address in it is {near}." if near else ""
    return ApiError(
        "not_found",
        f"The master account has no tenant {email} in app ID 1.{hint} Create it with partnerops.saas.mobsted_tenant "
        "first, or correct the address. Nothing was changed.",
    )


def enter(master: MobstedAPI, record: TenantRecord, password: str | None, deadline: Deadline) -> MobstedAPI:
    """Return a client in the tenant's own account, logged in.

    :param password: given if the client changed the one on record
    :raises ApiError: ``stale_credentials`` if the password on record no longer opens the account (which happens as soon
        as the client changes it, ``page``), ``auth_failed`` if the given one doesn't
    """
    if not (password or record.password) and master.made.tenant(record.email or ""):
        record = _filled_in(master, record, deadline)
    base = record.trusted_base(master.connection.base)
    login = record.login or ""
    secret = password or record.password
    if not secret:
        raise ApiError(
            "stale_credentials",
            f"The record of {record.email} in app ID 1 has no password. Set tenant_password to the tenant's password.",
        )
    account = master.account(base, login, secret)
    try:
        account.log_in(deadline)
    except ApiError as error:
        if error.code in ("not_found", "invalid_response"):
            where = f"Check the url that app ID 1 has for {record.email}: {base}."
            raise error.because(error.code, f"{error.fact} {where}") from None
        if error.code != "auth_failed":
            raise
        if password:
            said = f": {error.message}" if error.message else ""
            raise error.because(
                "auth_failed",
                f"The tenant {record.email} at {base} refused tenant_password for the login {login} ({error.method} "
                f"{error.path} returned {error.status}{said}). Set tenant_password to the current password of this "
                "account.",
            ) from None
        raise error.because(
            "stale_credentials",
            f"The tenant {record.email} at {base} refused the password that app ID 1 has on record ({error.method} "
            f"{error.path} returned {error.status}). Most likely its owner changed it: give the current one as "
            "tenant_password.",
        ) from None
    return account


def _filled_in(master: MobstedAPI, record: TenantRecord, deadline: Deadline) -> TenantRecord:
    """Wait for the complete record of a tenant that this run created: its password may be listed later."""
    email = record.email or ""
    found = settle(
        lambda: master.search_tenants(email, deadline).find(email),
        lambda row: row.complete,
        master.connection.settle,
        deadline,
    )
    return found or record


def find_shared(master: MobstedAPI, tenant: str, task: Task, deadline: Deadline) -> TenantRecord | None:
    """Look a tenant up in app ID 1; the items of a loop share one listing.

    If a search doesn't find it, all tenants are listed, unless this check run would have created it.
    """
    directory = TenantDirectory.of(master)
    found = directory.find(tenant, deadline, lambda: task.deadline(master.connection.deadline))
    if found is None and email_key(tenant) not in predicted_tenants(task, master):
        found = directory.find_listed(tenant, deadline)
    return found


def enter_unless_predicted(master: MobstedAPI, tenant: str, task: Task, deadline: Deadline) -> MobstedAPI | None:
    """Return a client in a tenant's account; None for a tenant that this check run would have created."""
    record = find_shared(master, tenant, task, deadline)
    if record is None and email_key(tenant) in predicted_tenants(task, master):
        return None
    if record is None:
        raise no_tenant(master, tenant)
    return enter(master, record, task.params.get("tenant_password"), deadline)
