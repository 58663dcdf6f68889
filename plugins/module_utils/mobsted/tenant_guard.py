# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``require_tenant``: nothing is created and nobody is invited whose address is no tenant of the Mobsted master "
"account."""

from __future__ import annotations

import threading
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline
from ..identity import email_key
from ..operation import Task
from .api import MobstedAPI
from .connection import mobsted_connection, registry_spec
from .tenant import find_tenant


def guard_options() -> dict[str, dict[str, t.Any]]:
    """``require_tenant`` and ``tenant_registry``."""
    return {"require_tenant": {"type": "bool", "default": False}, "tenant_registry": registry_spec()}


class TenantGuard:
    """Looks addresses up in app ID 1 of the Mobsted master account. Threads may share it."""

    def __init__(self, task: Task) -> None:
        try:
            self._client = MobstedAPI.of(mobsted_connection(task.params.get("tenant_registry") or {}), task.context)
        except ApiError as error:
            raise error.because(
                error.code, f"require_tenant is set, but tenant_registry can't be used: {error.msg}"
            ) from None
        # What an earlier task of the same check run would have created is there when it comes to a real run.
        foreseen = task.controller.predicted("tenants") if task.check_mode and task.controller else ()
        self._known = {email_key(email) for email in foreseen}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, task: Task) -> TenantGuard | None:
        """The guard that a task's options ask for."""
        return cls(task) if task.params.get("require_tenant") else None

    def __call__(self, email: str, deadline: Deadline) -> None:
        """Pass, or raise.

        :raises ApiError: ``not_found`` for an address that is no tenant; any failure of the look-up
        """
        with self._lock:
            if email_key(email) in self._known:
                return
        if find_tenant(self._client, email, deadline) is None:
            raise ApiError(
                "not_found",
                f"{email} is no tenant: app ID 1 of the Mobsted account at {self._client.connection.base} has no "
                "record of it. Because of require_tenant, nothing was sent to MIP. Correct the address, or create the "
                "tenant first.",
            )
        with self._lock:
            self._known.add(email_key(email))
