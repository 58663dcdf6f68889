# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mobsted_push`` does."""

from __future__ import annotations

from ...emails import check_tenant
from ...errors import ApiError, invalid, words_and_fact
from ...identity import id_value
from ...operation import Example, Operation, Result, Task, scrubbed
from ..accounts import connect, enter_unless_predicted
from ..predictions import predicted_apps
from ..records import check_app_id


def run_push(task: Task) -> Result:
    """Run ``partnerops.saas.mobsted_push``."""
    params = task.params
    tenant = check_tenant(params.get("tenant"))
    for name, called in (("ext_id", "ext_id"), ("title", "title"), ("text", "message")):
        if not params[name].strip():
            raise invalid(f"{called} is empty: give it a value. Nothing was sent.")
    account = connect(task)
    # The id of an app that would be created is not known.
    unknown = params["app_id"] in (None, "") and bool(predicted_apps(task, account, tenant))
    app_id = "" if unknown else check_app_id(params["app_id"])
    account.need_push_path()
    deadline = task.deadline(account.connection.deadline)
    push = {
        "tenant": tenant,
        "app_id": id_value(app_id) if app_id else None,
        "ext_id": params["ext_id"],
        "title": params["title"],
    }
    push["response"] = None
    if tenant:
        entered = enter_unless_predicted(account, tenant, task, deadline)
        if entered is None:
            return {"changed": True, "push": push}
        account = entered
    if task.check_mode:
        return {"changed": True, "push": push}
    try:
        response = account.push(app_id, params["ext_id"], params["title"], params["text"], deadline)
    except ApiError as error:
        if error.executed is None:
            said, fact = words_and_fact(error)
            raise error.because(
                "unknown_outcome",
                f"{said}The outcome of the push message to {params['ext_id']} is unknown: {fact} "
                "It is not sent again automatically. Run again only if a second message would do no harm.",
            ) from None
        raise
    push["response"] = scrubbed(response.content(), task.context.secrets.scrub)
    return {"changed": True, "push": push}


OPERATION = Operation(
    name="mobsted_push",
    vendor="mobsted",
    kind="send",
    options={
        "tenant": {"type": "str"},
        "tenant_password": {"type": "str", "no_log": True},
        "app_id": {"type": "raw", "required": True},
        "ext_id": {"type": "str", "required": True},
        "title": {"type": "str", "required": True},
        "text": {"type": "str", "required": True},
    },
    run=run_push,
    example=Example(
        {
            "tenant": "owner@acme.example",
            "app_id": 2,
            "ext_id": "u1",
            "title": "T",
            "message": "M",
            "api_paths": {"push": "push"},
        },
        "POST",
        "/api/v8/push",
    ),
    synonyms={"message": "text"},
)
