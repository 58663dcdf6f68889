# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_tenant`` does."""

from __future__ import annotations

from ...emails import check_email
from ...errors import ApiError
from ...http.deadline import Deadline
from ...operation import Example, Operation, Result, Task
from ...state.store import prove_locks
from ..accounts import connect
from ..api import MobstedAPI
from ..credentials import CREDENTIALS, no_password
from ..directory import TenantDirectory
from ..predictions import predicted_tenants, would_exist
from ..records import TenantRecord
from ..tenant import TenantOutcome, ensure_tenant


def run_tenant(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_tenant``."""
    email = check_email(task.params["email"])
    client = connect(task)
    prove_locks(client.connection.state, task, client.connection.deadline)
    credentials_file = task.controller.credentials_file(task.params) if task.controller else None
    deadline = task.deadline(client.connection.deadline)
    directory = TenantDirectory.of(client)
    listing = directory.listed_for(
        email, lambda: task.deadline(client.connection.deadline), several=task.context.items > 1
    )
    try:
        outcome = ensure_tenant(client, email, deadline, check_mode=task.check_mode, listing=listing)
    except ApiError:
        directory.forget()
        raise
    if outcome.changed and would_exist(task, client, email):
        outcome = TenantOutcome(email, False, None)  # an earlier task would have created it
    if task.params.get("read_back") and outcome.changed and not task.check_mode and not outcome.reconciled:
        outcome.record = _read_back(client, email, outcome) or outcome.record
    if outcome.changed:
        predicted_tenants(task, client, [email])
    result: Result = {
        "changed": outcome.changed,
        "reconciled": outcome.reconciled,
        "tenant": outcome.public(),
        "diff": outcome.diff(),
    }
    if outcome.reconciled and not (outcome.credentials and outcome.credentials["password"]):
        task.warn(no_password(email))
    if credentials_file is None:
        _show_credentials(task, outcome, result)
        return result
    try:
        result["changed"] = credentials_file.keep([outcome], task.check_mode) or outcome.changed
    except ApiError as error:
        _show_credentials(task, outcome, result)
        error.result = result
        raise
    return result


def _show_credentials(task: Task, outcome: TenantOutcome, result: Result) -> None:
    """Put new credentials into the result: the vendor shows them once, and no file has them."""
    if outcome.credentials:
        task.context.secrets.show(outcome.credentials["password"])
        result["credentials"] = outcome.credentials


def _read_back(client: MobstedAPI, email: str, outcome: TenantOutcome) -> TenantRecord | None:
    """Return the new record, for its id and date, or None if it is not there at once."""
    try:
        record = client.search_tenants(email, Deadline(10)).find(email)
    except ApiError:
        return None
    if record is None or (record.url or "").rstrip("/") not in ("", (outcome.public()["url"] or "").rstrip("/")):
        return None
    return record


OPERATION = Operation(
    name="mobsted_tenant",
    vendor="mobsted",
    kind="write",
    options={
        "email": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present"], "default": "present"},
        "read_back": {"type": "bool", "default": False},
        **CREDENTIALS,
    },
    run=run_tenant,
    example=Example({"email": "new.owner@acme.example"}, "POST", "/api/v8/partners", shows_secret=True),
    controller_only=("credentials_dest",),
)
