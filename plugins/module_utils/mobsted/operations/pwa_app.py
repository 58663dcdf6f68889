# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``partnerops.saas.mobsted_pwa_app`` does."""

from __future__ import annotations

from ...http.deadline import Deadline
from ...identity import email_key
from ...operation import Example, Operation, Result, Task
from ...state.store import prove_locks
from ..accounts import connect, enter, no_tenant
from ..api import MobstedAPI
from ..app import APP_OPTIONS, AppOutcome, AppSpec, ensure_app
from ..drift import report_drift
from ..tenant import find_tenant


def run_pwa_app(task: Task) -> Result:
    """``partnerops.saas.mobsted_pwa_app``."""
    spec = AppSpec.read(task.params)
    if spec.doubt:
        task.warn(spec.doubt)
    master = connect(task)
    prove_locks(master.connection.state, task, master.connection.deadline)
    deadline = task.deadline(master.connection.deadline)
    if spec.tenant is None:
        outcome = ensure_app(master, spec, deadline, check_mode=task.check_mode)
    else:
        record = find_tenant(master, spec.tenant, deadline)
        if record is None:
            if not (
                task.check_mode and task.controller and email_key(spec.tenant) in task.controller.predicted("tenants")
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
