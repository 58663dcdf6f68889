# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_account_info`` does: find out, only by reading, what works on an account."""

from __future__ import annotations

import typing as t

from ...diagnosis import Checks
from ...errors import ApiError
from ...http.deadline import Deadline
from ...operation import Example, Operation, Result, Task
from ...state.inspect import check_shared
from ...transcript import TRANSCRIPT_OPTION, with_transcript
from ..api import MobstedAPI
from ..connection import mobsted_connection
from ..listing import AppListing
from ..master import USE_MASTER, no_registry
from ..records import Row

#: The two spellings of a record's columns: that of the API's page, and that of the table's page.
_SPELLINGS = {
    "API page": ("UserLogin", "TenantName", "ServerName", "UserPassword"),
    "table page": ("tenant", "server", "url", "defaultPassword"),
}
T = t.TypeVar("T")


@with_transcript
def run_account_info(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_account_info``."""
    checks = Checks()
    found: Result = {"url": None, "paths": {}, "spelling": None, "apps": None}
    try:
        connection = mobsted_connection(task.params)
        client = MobstedAPI.of(connection, task.context)
    except ApiError as error:
        checks.failed("settings", error)
        return {**checks.result(), "account": found, "store": None}
    found["url"] = connection.base
    deadline = task.deadline(connection.deadline)
    if _login(client, checks, deadline):
        sample = _had(lambda: client.registry_sample(deadline))
        apps = _had(lambda: client.app_listing(deadline))
        _registry(checks, found, sample, apps)
        _apps(client, checks, found, apps)
    push = connection.path("push")
    found["paths"]["push"] = push
    if push:
        checks.open("push", f"/api/v8/{push} is set; a message can't be tried without sending one")
    else:
        checks.open("push", "not set up; the vendor does not publish its path", "Set api_paths.push for mobsted_push.")
    store = check_shared(checks, connection.state, task)
    scrub = task.context.secrets.scrub
    for point in checks.points:
        point["detail"] = scrub(point["detail"])
    return {**checks.result(), "account": found, "store": store}


def _login(client: MobstedAPI, checks: Checks, deadline: Deadline) -> bool:
    connection = client.connection
    if connection.token and not client.tokens.can_log_in:
        try:
            client.registry_sample(deadline)
        except ApiError as error:
            if not checks.connected(connection.base, connection.validate_certs, error):
                return False
            if error.code == "auth_failed":
                checks.failed("login", error, "Set a fresh api_token, or api_login and api_password.")
                return False
        else:
            checks.connected(connection.base, connection.validate_certs, None)
        checks.open("login", "not needed, since api_token is given", "Set api_login and api_password to renew it.")
        return True
    failure: ApiError | None = None
    try:
        client.log_in(deadline)
    except ApiError as error:
        failure = error
    if not checks.connected(connection.base, connection.validate_certs, failure):
        return False
    if failure is not None:
        checks.failed("login", failure)
        return False
    checks.good("login", f"as {connection.login}")
    renewed = client.tokens.refreshes(deadline)
    path = f"/api/v8/{connection.path('refresh')}"
    if renewed:
        checks.good("refresh", f"tokens are renewed at {path}", needed=False)
    elif renewed is None:
        checks.open("refresh", "not possible here; a new login takes its place")
    else:
        mend = "Nothing needs to be done; api_paths.refresh sets another path."
        checks.bad("refresh", f"{path} does not renew tokens; a new login takes its place", mend, needed=False)
    return True


def _registry(
    checks: Checks, found: Result, sample: tuple[list[Result], str] | ApiError, apps: AppListing | ApiError
) -> None:
    name = "app ID 1"
    mend = "Use the master account: only it has the list of tenants. If its path differs, set api_paths.objects."
    if isinstance(sample, ApiError):
        checks.failed(name, sample, mend if sample.code in ("not_found", "forbidden", "invalid_input") else None)
        return
    rows, path = sample
    found["paths"]["objects"] = path
    at = f"read at /api/v8/{path}"
    if not rows:
        why = no_registry(apps) if isinstance(apps, AppListing) else None
        if why:
            checks.bad(name, f"{at}, but {why}, so its empty list proves nothing", USE_MASTER)
        else:
            checks.good(name, f"{at}; it has no tenants yet")
        return
    columns = Row(rows[0]).fields
    spellings = [one for one, names in _SPELLINGS.items() if any(n.lower() in columns for n in names)]
    found["spelling"] = spellings
    if not spellings or not ("email" in columns or "userlogin" in columns):
        checks.bad(name, f"{at}, but its rows are not tenants", "Check that api_url is the master account.")
        return
    checks.good(name, f"{at}, columns as on the vendor's {' and '.join(spellings)}")


def _had(read: t.Callable[[], T]) -> T | ApiError:
    try:
        return read()
    except ApiError as error:
        return error


def _apps(client: MobstedAPI, checks: Checks, found: Result, apps: AppListing | ApiError) -> None:
    path = client.connection.path("applications")
    if isinstance(apps, ApiError):
        mend = "If the path differs, set api_paths.applications." if apps.code == "not_found" else None
        checks.failed("apps", apps, mend)
        return
    number = len(apps.records)
    found["apps"] = number
    found["paths"]["applications"] = path
    at = f"{number} listed at /api/v8/{path}"
    why = no_registry(apps) if not found["spelling"] else None
    if why:
        checks.bad("apps", f"{at}; {why}: this is not a master account", USE_MASTER)
    elif apps.incomplete:
        checks.bad("apps", f"{at}, but the list can't be trusted: {apps.incomplete}", "Ask the vendor.")
    else:
        checks.good("apps", f"{at}, with app ID 1")


OPERATION = Operation(
    name="mobsted_account_info",
    vendor="mobsted",
    kind="read",
    options=TRANSCRIPT_OPTION,
    run=run_account_info,
    example=Example({}, "GET", "/api/v8/object", reports_failures=True),
)
