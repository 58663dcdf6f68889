# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check run predicts for its later tasks, and many rows read at once, in both kinds of store."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import MANY, Entry, Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.outcome import Outcome
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import StateSettings

BASE, EMAIL = "https://cloud.mip.to", "A@x.example"


@pytest.fixture(params=["file", "postgresql"])
def settings(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> StateSettings:
    if request.param == "file":
        return StateSettings(ledger_path=str(tmp_path / "ledger"))
    return StateSettings(database)


@pytest.fixture
def ledger(settings: StateSettings, context: RunContext) -> t.Iterator[Ledger]:
    made = Ledger.of(settings, BASE, context)
    yield made
    made.store.close()


def predicted(ledger: Ledger, state: str, *, made: bool = True) -> None:
    """Do what a task in check mode does: look at the row, and remember what a real run would have done."""
    foreseen(ledger)
    resource = {"marketplace_id": 7, "email": EMAIL, "state": state, "blocked": None}
    ledger.predict(Outcome(kind="member", resource=resource, made=made))


def foreseen(ledger: Ledger) -> tuple[str, bool]:
    with ledger.row("member", 7, EMAIL, Deadline(10), check_mode=True) as row:
        return row.entry.state, row.predicted


def done(ledger: Ledger) -> None:
    with ledger.row("member", 7, EMAIL, Deadline(10)) as row:
        assert not row.predicted
        row.begin("add")
        row.invited(5)


def test_a_prediction_counts_for_later_tasks_of_the_check_run(ledger: Ledger, context: RunContext) -> None:
    assert foreseen(ledger) == ("unknown", False)
    predicted(ledger, "present", made=False)
    assert foreseen(ledger) == ("unknown", False)
    for state in ("present", "absent", "present"):
        predicted(ledger, state)
        assert foreseen(ledger) == (state, True)
    again = Ledger(ledger.store, BASE, context)
    assert foreseen(again) == ("present", True)
    assert foreseen(Ledger(ledger.store, "https://else.example", context)) == ("unknown", False)
    assert ledger.peek("member", 7, EMAIL, Deadline(10)) == Entry()


def test_what_was_done_since_wins_over_a_prediction(ledger: Ledger) -> None:
    """A task with ``check_mode: true``, then a real one, then another with ``check_mode: true``."""
    predicted(ledger, "absent")
    done(ledger)
    assert foreseen(ledger) == ("present", False)
    predicted(ledger, "absent")
    assert foreseen(ledger) == ("absent", True)


@pytest.mark.parametrize("count", [1, MANY - 1, MANY, MANY + 30])
def test_many_rows_are_the_rows(count: int, ledger: Ledger) -> None:
    names = [("member", 7, f"M{number}@x.example") for number in range(count)]
    assert ledger.peek_many(names, Deadline(10)) == [Entry()] * count
    done(ledger)
    for kind, number, email in names[::2]:
        with ledger.row(kind, number, email, Deadline(10)) as row:
            row.begin("add")
    found = ledger.peek_many(names, Deadline(10))
    assert found == [ledger.peek(*name, Deadline(10)) for name in names]
    assert [entry.intent for entry in found] == ["add" if number % 2 == 0 else None for number in range(count)]
    assert ledger.peek_many([*names, ("client", 7, EMAIL), ("member", 8, EMAIL)], Deadline(10))[count:] == [Entry()] * 2
