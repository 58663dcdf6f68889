# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Keep new passwords: the options, and the file that is written while a fleet runs."""

from __future__ import annotations

import collections
import time
import typing as t

from ..errors import ApiError
from ..operation import Task

if t.TYPE_CHECKING:
    from .fleet import Fleet, FleetTenant

#: The options of every module that can write new credentials to a file.
CREDENTIALS: dict[str, dict[str, t.Any]] = {
    "credentials_dest": {"type": "path"},
    "credentials_vault_id": {"type": "str", "no_log": False},
    "credentials_plaintext": {"type": "bool", "default": False, "no_log": False},
}

#: The message of an item that was not started because credentials could no longer be kept.
UNKEPT = "Not started, since credentials_dest could not be written."


def no_password(email: str) -> str:
    """Return the warning for a new tenant whose password is lost for good."""
    return f"The response to the creation of {email} was lost, and its record has no password: reset it by e-mail."


class Kept:
    """Write new credentials to ``credentials_dest`` while the fleet runs, so that no failure and no kill loses them.

    New ones are written at once, unless writing takes more than a fifth of the time: the file is replaced as a whole
    each time, which would otherwise slow a big fleet down.
    """

    def __init__(
        self, task: Task, credentials_file: t.Any, fresh: collections.deque[FleetTenant], fleet: Fleet
    ) -> None:
        self._task = task
        self._credentials_file = credentials_file
        self._fresh = fresh
        self._fleet = fleet
        self._not_before = 0.0
        self.changed = False
        self.error: ApiError | None = None
        #: addresses whose credentials are in the file
        self.safe: set[str] = set()

    def flush(self, now: bool = False) -> None:
        """Write what is new."""
        start = time.monotonic()
        if self._credentials_file is None or self.error or not self._fresh or (start < self._not_before and not now):
            return
        batch = [self._fresh.popleft() for _number in range(len(self._fresh))]
        self._write(batch)
        self._not_before = time.monotonic() + 4 * (time.monotonic() - start)

    def finish(self, tenants: t.Sequence[FleetTenant]) -> None:
        """Write the entries of older tenants that are missing from the file."""
        if self._credentials_file is not None and not self.error:
            self._write([tenant for tenant in tenants if tenant.email not in self.safe])

    def _write(self, tenants: list[FleetTenant]) -> None:
        known = {tenant.email or "": tenant.outcome for tenant in tenants if tenant.outcome is not None}
        if not known:
            return
        try:
            self.changed = self._credentials_file.keep(list(known.values()), self._task.check_mode) or self.changed
        except ApiError as error:
            # The passwords are shown once: if they can't be kept, no more are made, and the result has these.
            self.error = error
            self._fleet.batch.stop(UNKEPT)
            return
        self.safe.update(known)
