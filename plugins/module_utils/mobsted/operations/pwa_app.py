# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_pwa_app`` does."""

from __future__ import annotations

from ...errors import ApiError
from ...http.deadline import Deadline
from ...identity import email_key
from ...operation import Example, Operation, Result, Task
from ...state.store import prove_locks
from ..accounts import connect, enter, find_shared, no_tenant
from ..api import MobstedAPI
from ..app import APP_OPTIONS, AppOutcome, AppSpec, confirm, ensure_app, predicted_app
from ..directory import AppDirectory
from ..drift import not_compared, report_drift
from ..listing import Absent
from ..match import pick
from ..predictions import predicted_apps, predicted_outcome, predicted_tenants


def run_pwa_app(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_pwa_app``."""
    if task.check_mode and task.params.get("app_id") == "":
        task.params["app_id"] = None  # the id of an app that would be created, as ansible-core 2.18 passes it
    spec = AppSpec.read(task.params)
    if spec.doubt:
        task.warn(spec.doubt)
    master = account = connect(task)
    prove_locks(master.connection.state, task, master.connection.deadline)
    deadline = task.deadline(master.connection.deadline)
    known = predicted_outcome(task, master, spec, spec.tenant)
    if spec.tenant is None:
        outcome = _ensured(task, master, spec, deadline, known)
    else:
        record = find_shared(master, spec.tenant, task, deadline)
        if record is None:
            if email_key(spec.tenant) not in predicted_tenants(task, master):
                raise no_tenant(master, spec.tenant)
            outcome = known or predicted_app(spec, master.connection.base)
        else:
            account = enter(master, record, spec.tenant_password, deadline)
            outcome = _ensured(task, account, spec, deadline, known)
    if outcome.changed:
        predicted_apps(task, master, spec.tenant, [spec.name])
    result: Result = {
        "changed": outcome.changed,
        "reconciled": outcome.reconciled,
        "app": outcome.public(),
        "drift": outcome.drift,
        "not_compared": not_compared(outcome, task.params.get("icon")),
        "diff": outcome.diff(),
    }
    names = AppDirectory.of(account)
    if outcome.changed and not task.check_mode and (outcome.misnamed or not names.keeps(spec.name)):
        try:
            if confirm(account, outcome, deadline):
                names.kept(spec.name)
            result["app"] = outcome.public()
        except ApiError as error:
            names.forget()  # what was listed before the create does not show under which name it is known
            error.result = result
            raise
    report_drift(task, outcome, task.params.get("icon"))
    return result


def _ensured(
    task: Task, account: MobstedAPI, spec: AppSpec, deadline: Deadline, known: AppOutcome | None
) -> AppOutcome:
    """Make sure that the app exists; the items of a loop share one listing of the account.

    :param known: what an earlier task of this check run predicted
    """
    directory = AppDirectory.of(account)
    listing = directory.list(deadline)
    if known is not None and isinstance(pick(spec, listing), Absent):
        return known
    try:
        return ensure_app(account, spec, deadline, check_mode=task.check_mode, listing=listing)
    except ApiError:
        directory.forget()
        raise


OPERATION = Operation(
    name="mobsted_pwa_app",
    vendor="mobsted",
    kind="write",
    options={"tenant": {"type": "str"}, "tenant_password": {"type": "str", "no_log": True}, **APP_OPTIONS},
    run=run_pwa_app,
    example=Example(
        {
            "name": "New Store",
            "website_url": "https://store.acme.example",
            "tenant": "owner@acme.example",
            "tenant_password": "@tenant",
        },
        "POST",
        "/api/v8/applications",
    ),
    files=lambda params: [(params, "icon")],
)
