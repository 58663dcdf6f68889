# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member's row in a shared state, as several machines see it: each has a context, and so a connection, of its own."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger, Row
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import StateSettings
from ansible_collections.partnerops.saas.tests.support import postgres as servers

BASE, EMAIL = "https://cloud.mip.to", "person@x.example"


def machine(url: str) -> Ledger:
    """Return the ledger of another machine."""
    return Ledger.of(StateSettings(url=url), BASE, RunContext())


def member(ledger: Ledger, seconds: float = 20) -> t.ContextManager[Row]:
    """Hold the member's row."""
    return ledger.row("member", 7, EMAIL, Deadline(seconds))


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    """Return the error of a call, which must not show the password.

    Tracebacks are dropped: their frames would keep sessions open.
    """
    with pytest.raises(ApiError) as caught:
        call()
    error = caught.value
    del caught
    assert servers.PASSWORD not in error.msg
    assert servers.QUOTED not in error.msg
    one: BaseException | None = error
    while one is not None:
        one.__traceback__ = None
        one = one.__context__
    return error


def begin(url: str) -> None:
    """Commit the intent of an invitation, and stop there."""
    with member(machine(url)) as row:
        row.begin("add")
