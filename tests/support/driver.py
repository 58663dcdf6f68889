# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run modules inside the test's own process, as the action plugins do: milliseconds instead of half a second.

ansible-core's own validator checks the arguments, so defaults, choices and errors are those of the module.
"""

from __future__ import annotations

import importlib
import typing as t
from collections import Counter
from pathlib import Path

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.partnerops.saas.plugins.module_utils.operation import Operation, Result, Task, perform
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "ansible_collections.partnerops.saas.plugins.modules."


def modules() -> list[str]:
    """Return the names of all modules that have an operation: all but those that only document an action."""
    files = sorted((ROOT / "plugins" / "modules").glob("*.py"))
    return [path.stem for path in files if "import OPERATION" in path.read_text(encoding="utf-8")]


def virtual_modules() -> list[str]:
    """Return the names of the modules that only document an action, which does all the work on the controller."""
    files = sorted((ROOT / "plugins" / "modules").glob("*.py"))
    return [path.stem for path in files if path.stem != "__init__" and path.stem not in modules()]


def operation(name: str) -> Operation:
    """Return the operation of a module."""
    found: Operation = importlib.import_module(PREFIX + name).OPERATION
    return found


def connection(world: t.Any, vendor: str = "mobsted", **changes: t.Any) -> dict[str, t.Any]:
    """Return the connection options of a simulator's world, as a task's options."""
    if vendor == "mip":
        return {"api_url": world.mip_url, "api_email": world.mip_email, "api_password": world.mip_password, **changes}
    return {"api_url": world.mobsted_url, "api_login": world.login, "api_password": world.password, **changes}


def run(
    name: str,
    params: t.Mapping[str, t.Any],
    *,
    context: RunContext | None = None,
    check: bool = False,
    diff: bool = False,
    controller: t.Any = None,
) -> Result:
    """Run a module with these options and return its result with warnings, as a playbook would register it.

    :param context: what the tasks of a process share; default: a new one, as in a new process
    """
    made = operation(name)
    given = {made.synonyms.get(name, name): value for name, value in params.items()}
    checked = ArgumentSpecValidator(made.argument_spec(), **made.constraints).validate(given)
    if checked.error_messages:
        return {"failed": True, "changed": False, "msg": checked.errors.msg}
    own = context is None
    context = context or RunContext()
    context.secrets.add(*(value for value in checked._no_log_values if isinstance(value, str)))
    task = Task(checked.validated_parameters, check, diff, context, controller)
    try:
        result = perform(made, task)
    finally:
        if own:
            context.close()
    return {**result, "warnings": list(task.warnings)} if task.warnings else result


def snapshot(world: t.Any) -> dict[str, t.Any]:
    """Return everything at the vendors that a run can change: equal snapshots mean that nothing changed."""
    state = world.state()
    return {
        "tenants": Counter(row["email"].lower() for row in state["tenants"]),
        "apps": {account: sorted((app["id"], app["name"]) for app in apps) for account, apps in state["apps"].items()},
        "users": {user["id"]: (user["email"].lower(), user["is_blocked"]) for user in state["users"]},
        "marketplaces": {
            name: {
                "members": market["members"],
                "invited": market["invited"],
                "clients": {one["id"]: (one["email"].lower(), one["is_blocked"]) for one in market["clients"]},
            }
            for name, market in state["marketplaces"].items()
        },
        "mails": Counter((mail["kind"], str(mail["to"]).lower()) for mail in state["outbox"]),
    }


def duplicates(world: t.Any) -> list[str]:
    """Return what exists twice and must not."""
    state = snapshot(world)
    found = [f"tenant {email}" for email, number in state["tenants"].items() if number > 1]
    for account, apps in state["apps"].items():
        names = Counter(name for _number, name in apps)
        found += [f"app {name!r} of {account}" for name, number in names.items() if number > 1]
    users = Counter(email for email, _blocked in state["users"].values())
    found += [f"user {email}" for email, number in users.items() if number > 1]
    for number, market in state["marketplaces"].items():
        clients = Counter(email for email, _blocked in market["clients"].values())
        found += [f"client {email} of {number}" for email, times in clients.items() if times > 1]
    found += [f"{kind} e-mail to {to}" for (kind, to), number in state["mails"].items() if number > 1]
    return found
