# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What every operation on MIP starts with: the client, the ledger and the deadline of a task."""

from __future__ import annotations

import typing as t

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..operation import Result, Task
from .api import MipAPI
from .connection import mip_connection
from .ledger import Ledger
from .outcome import Outcome
from .records import MOST_ID


def connect(task: Task) -> tuple[MipAPI, Ledger, Deadline]:
    """Return client, ledger and deadline of a task."""
    connection = mip_connection(task.params)
    client = MipAPI.of(connection, task.context)
    ledger = Ledger.of(connection.state, connection.base, task.context)
    return client, ledger, task.deadline(connection.deadline)


def check_id(value: int | None, name: str) -> int | None:
    """Check an id of MIP; None means that it is not given.

    :raises ApiError: ``invalid_input``
    """
    if value is not None and not 1 <= value <= MOST_ID:
        shown = "too large" if value > MOST_ID else str(value)[:20]
        raise invalid(f"{name} is {shown}: MIP's ids are numbers, 1 or higher. Correct {name}. Nothing was sent.")
    return value


def result_of(task: Task, ledger: Ledger, work: t.Callable[[], Outcome]) -> Result:
    """Run ``work``, pass its warnings on, remember what it predicts in check mode, and return the result keys."""
    try:
        outcome = work()
    except ApiError as error:
        for text in error.result.pop("warnings", ()):
            task.warn(text)
        raise
    if task.check_mode:
        ledger.predict(outcome)
    for text in outcome.warnings:
        task.warn(text)
    return outcome.result()
