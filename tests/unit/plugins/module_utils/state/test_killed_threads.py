# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process is killed while its threads write: what the store confirmed to a thread is there, in both stores."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import StateSettings

THREADS, ROWS = 6, 200


def work(ledger: Ledger, number: int, told: int) -> None:
    """Invite, and tell what is on the disk: ``i`` for an intent, ``o`` for an outcome."""
    for one in range(ROWS):
        with ledger.row("member", 7, f"m{number}-{one}@x.example", Deadline(60)) as row:
            row.begin("add")
            os.write(told, f"i {number} {one}\n".encode())
            row.invited(one)
            os.write(told, f"o {number} {one}\n".encode())


def child(settings: StateSettings, told: int) -> None:  # pragma: no cover - another process, which is killed
    ledger = Ledger.of(settings, "https://cloud.mip.to", RunContext())
    threads = [threading.Thread(target=work, args=(ledger, number, told)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("kind", ["file", "postgresql"])
@pytest.mark.parametrize("after", [1, 40, 90])
def test_what_was_told_to_be_written_is_there(kind: str, after: int, database: str, tmp_path: Path) -> None:
    settings = StateSettings(database) if kind == "postgresql" else StateSettings(ledger_path=str(tmp_path / "ledger"))
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:  # pragma: no cover
        try:
            child(settings, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with open(reading, encoding="ascii") as lines:
        told = [next(lines).split() for _line in range(after)]
        os.kill(pid, signal.SIGKILL)
        told += [line.split() for line in lines if line.endswith("\n")]
    os.waitpid(pid, 0)
    outcomes = {(number, one) for what, number, one in told if what == "o"}
    intents = {(number, one) for what, number, one in told if what == "i"}
    assert len(outcomes) < THREADS * ROWS
    ledger = Ledger.of(settings, "https://cloud.mip.to", RunContext())
    stored = dict(ledger.entries("member", 7, Deadline(30)))
    for number, one in intents:
        entry = stored[f"m{number}-{one}@x.example"]
        assert entry.intent == "add" or entry.present
        if (number, one) in outcomes:
            assert (entry.present, entry.id) == (True, int(one))
    # A row is written at most one step further than its thread could tell.
    further = {email for email, entry in stored.items() if entry.present} - {f"m{n}-{o}@x.example" for n, o in outcomes}
    assert len(further) <= THREADS
    for number, one in intents - outcomes:  # nobody holds what the killed one held
        with ledger.row("member", 7, f"m{number}-{one}@x.example", Deadline(20)) as row:
            row.invited(7)
    ledger.store.close()
