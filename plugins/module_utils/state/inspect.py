# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Report which store is used and whether it works, for ``preflight``."""

from __future__ import annotations

import typing as t

from ..diagnosis import Checks
from ..errors import ApiError
from ..operation import Task
from .store import StateSettings, open_store

_PLACE = "Set ledger_path to a file that you may write."


def check_store(checks: Checks, settings: StateSettings, task: Task) -> dict[str, t.Any] | None:
    """Add what is known of the store to the checks, and return it."""
    name = "shared state" if settings.url else "ledger"
    try:
        status = open_store(settings, task.context).status(task.deadline(30))
    except ApiError as error:
        checks.failed(name, error, None if settings.url else _PLACE)
        return None
    place, version, count = status["place"], status["version"], status["open_intents"]
    intents = f"{count} open intent{'' if count == 1 else 's'}"
    if not status["writable"]:
        mend = "Use the primary server, with a role that may write." if settings.url else _PLACE
        checks.bad(name, f"{place} can't be written to", mend)
    elif not status["exists"] and settings.missing == "fail" and not settings.url:
        checks.bad(name, f"there is none at {place}, and ledger_missing is 'fail'", "Restore it, or set ledger_path.")
    elif not status["exists"]:
        checks.good(name, f"can be kept in {place}; there is none yet")
    else:
        checks.good(name, f"{place}, layout {version}, {intents}")
    return status


def check_shared(checks: Checks, settings: StateSettings, task: Task) -> dict[str, t.Any] | None:
    """Do the same for a task that only needs the create locks of a shared store, if there is one."""
    return check_store(checks, settings, task) if settings.url else None
