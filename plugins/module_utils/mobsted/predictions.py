# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What the earlier tasks of a check run would have created: tenants in a master account, and apps in an account.

Later tasks find it as they would find it in a real run. Only the controller's process remembers it.
"""

from __future__ import annotations

import typing as t

from ..identity import account_key, email_key, names_match
from ..operation import Task
from ..run.store import digest
from .api import MobstedAPI
from .app import AppOutcome, AppSpec
from .records import TenantRecord


def predicted_tenants(task: Task, master: MobstedAPI, emails: t.Iterable[str] = ()) -> set[str]:
    """Return the keys of the tenants that this check run would have created in the account, and add ``emails``."""
    if not (task.check_mode and task.controller):
        return set()
    kind = "tenants-" + digest(account_key(master.connection.base))[:16]
    return task.controller.predicted(kind, map(email_key, emails))


def would_exist(task: Task, master: MobstedAPI, email: str) -> bool:
    """Return whether an earlier task would have created the tenant, so that this one would not."""
    return task.context.predicts and email_key(email) in predicted_tenants(task, master)


def predicted_tenant(email: str) -> TenantRecord:
    """Return the record of a tenant that this check run would have created, as far as it is known."""
    return TenantRecord(id=None, email=email, login=email)


def predicted_apps(task: Task, master: MobstedAPI, tenant: str | None, names: t.Iterable[str] = ()) -> set[str]:
    """Return the names of the apps that this check run would have created, and add ``names``.

    :param tenant: the tenant in whose account they would be; None for the master account itself
    """
    if not (task.check_mode and task.controller):
        return set()
    place = digest(account_key(master.connection.base), email_key(tenant) if tenant else None)
    return task.controller.predicted("apps-" + place[:16], names)


def further_apps(task: Task, master: MobstedAPI, tenant: str | None, there: t.Iterable[str | None]) -> list[str]:
    """Return the names of the apps that this check run would have created beside those that are there."""
    names = [name or "" for name in there]
    new = predicted_apps(task, master, tenant)
    return sorted(one for one in new if not any(names_match(one, name) in ("exact", "same") for name in names))


def predicted_outcome(task: Task, master: MobstedAPI, spec: AppSpec, tenant: str | None) -> AppOutcome | None:
    """Return the outcome of an app that an earlier task would have created, or None."""
    if not task.context.predicts:
        return None
    known = predicted_apps(task, master, tenant)
    if any(names_match(spec.name, name) in ("exact", "same") for name in known):
        return AppOutcome(spec, False, None, master.connection.base)
    return None
