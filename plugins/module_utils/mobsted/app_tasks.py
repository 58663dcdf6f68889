# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``partnerops.saas.mobsted_pwa_app``, ``partnerops.saas.mobsted_pwa_app_info`` and "
"``partnerops.saas.mobsted_push`` do."""

from __future__ import annotations

from ..emails import check_email, key_of
from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..operation import Result, Task
from .api import MobstedAPI
from .app import AppOutcome, AppSpec, ensure_app
from .records import TenantRecord
from .tenant import find_tenant
from .tenant_tasks import client_of


def run_app(task: Task) -> Result:
    """``partnerops.saas.mobsted_pwa_app``."""
    spec = AppSpec.read(task.params)
    if spec.doubt:
        task.warn(spec.doubt)
    master = client_of(task)
    deadline = task.deadline(master.connection.deadline)
    if spec.tenant is None:
        outcome = ensure_app(master, spec, deadline, check_mode=task.check_mode)
    else:
        record = find_tenant(master, spec.tenant, deadline)
        if record is None:
            if not (
                task.check_mode and task.controller and key_of(spec.tenant) in task.controller.predicted("tenants")
            ):
                raise no_tenant(spec.tenant)
            outcome = _predicted(spec, master)
        else:
            account = enter(master, record, spec.tenant_password, deadline)
            outcome = ensure_app(account, spec, deadline, check_mode=task.check_mode)
    report_drift(task, outcome)
    return {
        "changed": outcome.changed,
        "reconciled": outcome.reconciled,
        "app": outcome.public(),
        "drift": outcome.drift,
        "diff": outcome.diff(),
    }


def _predicted(spec: AppSpec, master: MobstedAPI) -> AppOutcome:
    """An app in a tenant that an earlier task of this check run would create."""
    return ensure_app(master, spec, Deadline(1), check_mode=True, apps=())


def no_tenant(email: str) -> ApiError:
    """A tenant that is not in app ID 1."""
    return ApiError(
        "not_found",
        f"The master account has no tenant {email} in app ID 1. Create it with partnerops.saas.mobsted_tenant first, "
        "or correct the address. Nothing was changed.",
    )


def enter(master: MobstedAPI, record: TenantRecord, password: str | None, deadline: Deadline) -> MobstedAPI:
    """A client in the tenant's own account, logged in.

    :param password: where the client changed the one on record
    :raises ApiError: ``stale_credentials`` where the password on record doesn't open the account any more (which
        happens as soon as the client changes it, ``page``), ``auth_failed`` where the one given doesn't
    """
    base = record.trusted_base(master.connection.base)
    login = record.login or ""
    secret = password or record.password
    if not secret:
        raise ApiError(
            "stale_credentials",
            f"The record of {record.email} in app ID 1 holds no password. Give the tenant's password as "
            "tenant_password.",
        )
    account = master.account(base, login, secret)
    try:
        account.log_in(deadline)
    except ApiError as error:
        if error.code != "auth_failed":
            raise
        if password:
            raise error.because(
                "auth_failed", f"The tenant {record.email} refused tenant_password for the login {login}. {error.msg}"
            ) from None
        raise error.because(
            "stale_credentials",
            f"The tenant {record.email} at {base} refused the password that app ID 1 has on record ({error.method} "
            f"{error.path} answered {error.status}). Most likely its owner changed it: give the current one as "
            "tenant_password.",
        ) from None
    return account


def report_drift(task: Task, outcome: AppOutcome) -> None:
    """Warn or fail, as ``on_drift`` says."""
    if not outcome.drift or outcome.spec.on_drift == "ignore":
        return
    message = drift_message(outcome)
    if outcome.spec.on_drift == "fail":
        result = {"app": outcome.public(), "drift": outcome.drift}
        raise ApiError("invalid_input", message + " on_drift is 'fail'.", result=result)
    task.warn(message)


def drift_message(outcome: AppOutcome) -> str:
    """One sentence on what differs."""
    names = ", ".join(item["field"] for item in outcome.drift)
    place = f" of {outcome.spec.tenant}" if outcome.spec.tenant else ""
    return (
        f"The app {outcome.spec.name!r}{place} differs from its declaration in {names}. The API documents no update: "
        "change the app in the platform, or the declaration."
    )


def run_app_info(task: Task) -> Result:
    """``partnerops.saas.mobsted_pwa_app_info``."""
    tenant = check_email(task.params["tenant"], "tenant") if task.params.get("tenant") else None
    account = client_of(task)
    deadline = task.deadline(account.connection.deadline)
    if tenant:
        account = _tenant_account(account, tenant, task, deadline)
    wanted = task.params.get("name")
    apps = [app for app in account.apps(deadline) if wanted is None or app.name == wanted]
    return {"changed": False, "apps": [app.public(account.connection.base, tenant) for app in apps]}


def _tenant_account(master: MobstedAPI, tenant: str, task: Task, deadline: Deadline) -> MobstedAPI:
    record = find_tenant(master, tenant, deadline)
    if record is None:
        raise no_tenant(tenant)
    return enter(master, record, task.params.get("tenant_password"), deadline)


def run_push(task: Task) -> Result:
    """``partnerops.saas.mobsted_push``."""
    params = task.params
    tenant = check_email(params["tenant"], "tenant") if params.get("tenant") else None
    for name, called in (("ext_id", "ext_id"), ("title", "title"), ("text", "message")):
        if not params[name].strip():
            raise invalid(f"{called} is empty. Nothing was sent.")
    if params["app_id"] < 1:
        raise invalid(f"app_id is {params['app_id']}: ids start at 1. Nothing was sent.")
    account = client_of(task)
    if not account.connection.path("push"):
        account.push(0, "", "", "", Deadline(1))  # says what is missing, before anything is sent
    deadline = task.deadline(account.connection.deadline)
    push = {"tenant": tenant, "app_id": params["app_id"], "ext_id": params["ext_id"], "title": params["title"]}
    if tenant:
        account = _tenant_account(account, tenant, task, deadline)
    if task.check_mode:
        return {"changed": True, "push": push}
    try:
        account.push(params["app_id"], params["ext_id"], params["title"], params["text"], deadline)
    except ApiError as error:
        if error.executed is None:
            raise error.because(
                "unknown_outcome",
                f"The push message to {params['ext_id']} was sent, but nobody knows what became of it: {error.fact} "
                "It is never sent again by itself.",
            ) from None
        raise
    return {"changed": True, "push": push}
