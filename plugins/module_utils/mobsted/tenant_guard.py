# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Look an address up in app ID 1 before MIP registers or invites it: a mistyped address gets an invitation, too.

``tenant_lookup`` warns of an address that is not a tenant. ``require_tenant`` rejects it.
"""

from __future__ import annotations

import threading
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline
from ..identity import email_key
from ..operation import Result, Task
from .api import MobstedAPI
from .connection import mobsted_connection, registry_spec
from .directory import PATIENCE, TenantDirectory
from .predictions import predicted_tenants
from .records import TenantRecord

_NOT_LOOKED_UP = "Whether {} of the Mobsted account could not be looked up. The task continued without that check."
#: This many addresses get a warning each.
WARNED = 20


def guard_options() -> dict[str, dict[str, t.Any]]:
    """Return the options of every module that looks addresses up."""
    return {
        "require_tenant": {"type": "bool", "default": False},
        "tenant_lookup": {"type": "str", "choices": ["auto", "off"], "default": "auto"},
        "tenant_registry": registry_spec(),
    }


class TenantGuard:
    """Looks addresses up in app ID 1 of the Mobsted master account. Threads may share it.

    :param required: reject an address that is not a tenant
    :raises ApiError: ``invalid_input`` if it is required and the connection can't be used
    """

    def __init__(self, task: Task, *, required: bool) -> None:
        self.required = required
        self._task = task
        self._directory: TenantDirectory | None = None
        self._unusable: ApiError | None = None
        self._quiet = False
        self._warned = 0
        self._lock = threading.Lock()
        try:
            client = MobstedAPI.of(mobsted_connection(task.params.get("tenant_registry") or {}), task.context)
        except ApiError as error:
            if required:
                raise error.because(
                    error.code, f"require_tenant is set, but tenant_registry can't be used: {error.msg}"
                ) from None
            self._unusable = error
            return
        self._directory = TenantDirectory.of(client)
        # What an earlier task of the same check run would have created exists in a real run.
        self._predicted = predicted_tenants(task, client)

    @classmethod
    def of(cls, task: Task) -> TenantGuard | None:
        """Return the guard that a task's options ask for, or None."""
        registry = task.params.get("tenant_registry") or {}
        if task.params.get("require_tenant"):
            return cls(task, required=True)
        configured = registry.get("api_url") and (registry.get("api_login") or registry.get("api_token"))
        if configured and task.params.get("tenant_lookup") != "off":
            return cls(task, required=False)
        return None

    def prepare(self, emails: t.Sequence[str]) -> None:
        """List all tenants once, with a deadline of its own, if more than one address has to be looked up."""
        if len(emails) < 2 or self._directory is None:
            return
        try:
            self._directory.list(self._deadline())
        except ApiError as error:
            self._unusable = error
            if not self.required:
                self._quiet = True
                self._task.warn(f"{_NOT_LOOKED_UP.format(f'these {len(emails)} addresses are tenants')} {error}")

    def look(self, email: str, warnings: list[str]) -> Result | None:
        """Return the tenant's record without credentials, or None if there is none, with a warning.

        :param warnings: gets the warning
        :raises ApiError: if ``require_tenant`` is set: ``not_found`` for an address that is not a tenant, and any
            failure of the look-up
        """
        try:
            record = self._find(email)
        except ApiError as error:
            if self.required:
                raise
            if self._directory is not None:
                self._directory.broken = error
            if not self._quiet:
                self._warn(warnings, f"{_NOT_LOOKED_UP.format(f'{email} is a tenant')} {error}")
            return None
        if record is not None:
            return record.public()
        if self.required:
            raise self._refusal(email)
        self._warn(warnings, f"{self._unknown(email)} Check the address: an invitation can't be taken back.")
        return None

    def closing_warning(self) -> str | None:
        """Return a warning for the addresses that got none of their own."""
        more = self._warned - WARNED
        return f"{more} more addresses are not tenants, or could not be looked up." if more > 0 else None

    def _find(self, email: str) -> TenantRecord | None:
        directory = self._directory
        failure = self._unusable or (directory.broken if directory and not self.required else None)
        if failure is not None or directory is None:
            raise failure or ApiError("undetermined", "There is no connection.")
        if email_key(email) in self._predicted:
            return TenantRecord(id=None, email=email)
        if directory.listing is not None and not self.required:
            return directory.listing.find(email)
        deadline = self._deadline()
        return directory.find(email, deadline, self._deadline) or directory.find_listed(email, deadline)

    def _unknown(self, email: str) -> str:
        directory = t.cast(TenantDirectory, self._directory)
        near = None
        try:
            directory.list(self._deadline())
            near = directory.nearest(email)
        except ApiError:
            pass  # only the hint is missing then
        hint = f" The nearest address in it is {near}." if near else ""
        base = directory.client.connection.base
        return f"{email} is not a tenant: app ID 1 of the Mobsted account at {base} has no record of it.{hint}"

    def _refusal(self, email: str) -> ApiError:
        return ApiError(
            "not_found",
            f"{self._unknown(email)} Because of require_tenant, nothing was sent to MIP. Correct the address, or "
            "create the tenant first.",
        )

    def _warn(self, warnings: list[str], text: str) -> None:
        with self._lock:
            self._warned += 1
            if self._warned <= WARNED:
                warnings.append(text)

    def _deadline(self) -> Deadline:
        """Return a new deadline for one look-up: it must not use up that of the client or member."""
        directory = t.cast(TenantDirectory, self._directory)
        seconds = directory.client.connection.deadline
        return self._task.deadline(seconds if self.required else min(seconds, PATIENCE))
