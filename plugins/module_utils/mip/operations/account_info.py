# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_account_info`` does: find out what works on an account, as far as MIP allows.

The API has no call that reads (``seed``). A login changes nothing, so it is the only check; a given key pair can't be
tried without a call that changes something.
"""

from __future__ import annotations

from ...diagnosis import Checks
from ...errors import ApiError
from ...operation import Example, Operation, Result, Task
from ...state.inspect import check_store
from ...transcript import TRANSCRIPT_OPTION, with_transcript
from ..api import MipAPI
from ..connection import mip_connection


@with_transcript
def run_account_info(task: Task) -> Result:
    """Run ``partnerops.saas.mip_account_info``."""
    checks = Checks()
    found: Result = {"url": None, "user_id": None, "marketplaces": None}
    try:
        connection = mip_connection(task.params)
        client = MipAPI.of(connection, task.context)
    except ApiError as error:
        checks.failed("settings", error)
        return {**checks.result(), "account": found, "store": None}
    found["url"] = connection.base
    if connection.can_log_in:
        _login(client, checks, task, found)
    elif connection.public_key:
        checks.open("keys", "given; they can't be tried, since the API has no call that reads")
    else:
        mend = "Set api_email and api_password of a user who owns the marketplace."
        checks.bad("login", "neither a login nor a key pair is set", mend)
    checks.open("signing", f"{connection.signing}; it can't be tried, since the API has no call that reads")
    store = check_store(checks, connection.state, task)
    scrub = task.context.secrets.scrub
    for point in checks.points:
        point["detail"] = scrub(point["detail"])
    return {**checks.result(), "account": found, "store": store}


def _login(client: MipAPI, checks: Checks, task: Task, found: Result) -> None:
    connection = client.connection
    failure: ApiError | None = None
    person = None
    try:
        deadline = task.deadline(connection.deadline)
        person, failure = client.login_user(connection.email or "", connection.password or "", deadline)
    except ApiError as error:
        failure = error
    if not checks.connected(connection.base, connection.validate_certs, failure):
        return
    if failure is not None or person is None:
        mend = "Set api_email and api_password of the owner; if the API has a prefix, put it in api_url."
        checks.failed("login", failure or ApiError("auth_failed", "The login was refused."), mend)
        return
    found["user_id"] = person.id
    checks.good("login", f"as {connection.email}")
    if person.marketplaces is not None:
        found["marketplaces"] = sorted(person.marketplaces)
        names = ", ".join(map(str, found["marketplaces"]))
        if names:
            checks.good("marketplaces", f"this user belongs to {names}", needed=False)
        else:
            checks.open("marketplaces", "the login lists none", "Use the user who owns the marketplace.")


OPERATION = Operation(
    name="mip_account_info",
    vendor="mip",
    kind="read",
    options=TRANSCRIPT_OPTION,
    run=run_account_info,
    example=Example({}, "POST", "/login", login="/login", reports_failures=True),
)
