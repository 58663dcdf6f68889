# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``partnerops.saas.mobsted_tenant`` and ``partnerops.saas.mobsted_tenant_info`` do."""

from __future__ import annotations

import typing as t

from ..emails import check_email, key_of
from ..errors import ApiError
from ..http.deadline import Deadline
from ..operation import Result, Task
from ..options import mobsted_connection
from .api import MobstedAPI
from .records import TenantRecord
from .tenant import TenantOutcome, ensure_tenant, find_tenant

#: The options of every module that can keep new credentials in a file.
CREDENTIALS: dict[str, dict[str, t.Any]] = {
    "credentials_dest": {"type": "path"},
    "credentials_vault_id": {"type": "str", "no_log": False},
    "credentials_plaintext": {"type": "bool", "default": False, "no_log": False},
}


def client_of(task: Task) -> MobstedAPI:
    """The client of the account that the task's options name."""
    return MobstedAPI.of(mobsted_connection(task.params), task.context)


def run_tenant(task: Task) -> Result:
    """``partnerops.saas.mobsted_tenant``."""
    email = check_email(task.params["email"])
    client = client_of(task)
    credentials_file = task.controller.credentials_file(task.params) if task.controller else None
    deadline = task.deadline(client.connection.deadline)
    outcome = ensure_tenant(client, email, deadline, check_mode=task.check_mode)
    if outcome.changed and not task.check_mode and outcome.record and outcome.record.id is None:
        outcome.record = _read_back(client, email, outcome) or outcome.record
    if task.check_mode and outcome.changed and task.controller:
        task.controller.predicted("tenants", [key_of(email)])
    result: Result = {
        "changed": outcome.changed,
        "reconciled": outcome.reconciled,
        "tenant": outcome.public(),
        "diff": outcome.diff(),
    }
    credentials = outcome.credentials
    if outcome.reconciled and not (credentials and credentials["password"]):
        task.warn(no_password(email))
    if credentials_file is not None:
        try:
            result["changed"] = credentials_file.keep([outcome], task.check_mode) or outcome.changed
        except ApiError as error:
            if credentials:  # shown once by the vendor: with nowhere to keep them, the result has to hold them
                task.context.secrets.show(credentials["password"])
                result["credentials"] = credentials
            error.result = result
            raise
    elif credentials:
        task.context.secrets.show(credentials["password"])
        result["credentials"] = credentials
    return result


def no_password(email: str) -> str:
    """What to warn of where a new tenant's password is lost for good."""
    return f"The answer to the creation of {email} was lost, and its record holds no password: reset it by e-mail."


def _read_back(client: MobstedAPI, email: str, outcome: TenantOutcome) -> TenantRecord | None:
    """The new record, for its id and date; a nicety that is left out if it isn't there at once."""
    try:
        record = find_tenant(client, email, Deadline(10))
    except ApiError:
        return None
    if record is None or (record.url or "").rstrip("/") not in ("", (outcome.public()["url"] or "").rstrip("/")):
        return None
    return record


def run_tenant_info(task: Task) -> Result:
    """``partnerops.saas.mobsted_tenant_info``."""
    wanted = check_email(task.params["email"]) if task.params.get("email") else None
    client = client_of(task)
    deadline = task.deadline(client.connection.deadline)
    if wanted:
        found = client.tenants(deadline, wanted) or (
            client.tenants(deadline, wanted.lower()) if wanted != wanted.lower() else []
        )
    else:
        found = client.tenants(deadline)
    return {"changed": False, "tenants": [describe(row, task) for row in found]}


def describe(record: TenantRecord, task: Task) -> dict[str, t.Any]:
    """A tenant with its counters and, if asked for, its credentials."""
    told = {**record.public(), "stats": record.stats()}
    if task.params.get("include_credentials"):
        task.context.secrets.show(record.password)
        told["credentials"] = {"login": record.login, "password": record.password}
    return told
