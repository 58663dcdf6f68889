# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger file: old layouts, keys, what is checked how often, and what no local fault may hide."""

from __future__ import annotations

import itertools
import sqlite3
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import Entry, StateSettings, merged
from ansible_collections.partnerops.saas.tests.support.ledgers import old_ledger


def peek(ledger: Ledger, email: str) -> Entry:
    return ledger.peek("member", 7, email, Deadline(10))


def test_old_keys_are_migrated_and_the_safer_state_wins(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    old_ledger(
        path,
        ("cloud.mip.to", "a@x.example", 4, "absent", None, None),
        ("cloud.mip.to:443", "a@x.example", None, "present", 1, None),
        ("cloud.mip.to", "b@x.example", 5, "present", 0, None),
        ("cloud.mip.to:443", "b@x.example", 5, "present", 1, None),
        ("cloud.mip.to", "c@x.example", None, "unknown", None, "add"),
        ("cloud.mip.to:443", "c@x.example", 6, "present", None, None),
        ("cloud.mip.to", "kontakt@bücher.example", 7, "present", None, None),
        ("cloud.mip.to", "strasse@x.example", 8, "present", None, None),
    )
    for url in ("https://cloud.mip.to", "https://CLOUD.mip.to.:443/"):
        ledger = Ledger.at(str(path), url)
        assert (peek(ledger, "a@x.example").state, peek(ledger, "a@x.example").id) == ("present", 4)
        found = peek(ledger, "b@x.example")
        assert (found.id, found.state, found.blocked) == (5, "present", None)
        assert peek(ledger, "c@x.example").intent == "add"
        assert peek(ledger, "kontakt@xn--bcher-kva.example").id == 7
        assert peek(ledger, "straße@x.example").id == 8  # may have been folded from it: nobody is invited twice
        assert not peek(ledger, "other@x.example").rev
    with ledger.row("member", 7, "strasse@new.example", Deadline(10)) as row:
        row.invited(9)
    assert not peek(ledger, "straße@new.example").rev  # written by this version: two addresses


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_safer(order: int) -> None:
    ladder = [
        Entry(),
        Entry(state="absent", id=1),
        Entry(state="present", id=1),
        Entry(state="absent", id=1, intent="add", intent_at="now"),
    ]
    for weak, safe in itertools.combinations(ladder, 2):
        found = merged(*(weak, safe)[::order])
        assert (found.state, found.intent) == (safe.state, safe.intent)
    blocked = merged(*(Entry(state="present", blocked=True), Entry(state="present", blocked=False))[::order])
    assert blocked.blocked is None
    assert merged(*(Entry(state="present", blocked=True), Entry(state="present"))[::order]).blocked is True
    assert merged(*(Entry(state="present", blocked=True), Entry(toggle_at="now"))[::order]).blocked is None


def test_rows_of_the_same_host_under_another_key_are_warned_about_once(tmp_path: Path) -> None:
    settings, run = StateSettings(ledger_path=str(tmp_path / "ledger")), tmp_path / "ansible-local-1abcdefgh"
    run.mkdir()
    with Ledger.at(settings.ledger_path, "https://cloud.mip.to/api").row(
        "user", None, "a@x.example", Deadline(9)
    ) as row:
        row.learned(3, None)
    said = []
    for _task in range(2):
        context = RunContext(str(run))
        with Ledger.of(settings, "https://cloud.mip.to", context).row("user", None, "a@x.example", Deadline(9)) as row:
            assert not row.entry.present
        said += context.notices
        context.close()
    assert len(said) == 1
    assert "cloud.mip.to/api" in said[0]


def test_the_whole_file_is_checked_once_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tmp_path / "ansible-local-1abcdefgh"
    run.mkdir()
    seen: list[str] = []
    connect = sqlite3.connect

    def watched(*args: t.Any, **kwargs: t.Any) -> t.Any:
        made = connect(*args, **kwargs)
        made.set_trace_callback(seen.append)
        return made

    monkeypatch.setattr(sqlite3, "connect", watched)
    for _item in range(3):
        context = RunContext(str(run))
        Ledger.of(StateSettings(ledger_path=str(tmp_path / "ledger")), "https://a.example", context).store.ready(
            Deadline(9)
        )
        context.close()
    assert sum("quick_check" in statement for statement in seen) == 1


def test_many_rows_are_read_by_one_query_and_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger"
    old_ledger(
        path,
        ("cloud.mip.to", "strasse@x.example", 8, "present", None, None),
        ("cloud.mip.to", "b@x.example", 5, "present", 1, None),
        ("other.mip.to", "c@x.example", 6, "present", None, None),
    )
    ledger = Ledger.at(str(path), "https://cloud.mip.to")
    with ledger.row("member", 7, "new@x.example", Deadline(10)) as row:
        row.begin("add")
    emails = [
        "straße@x.example",
        "B@x.example",
        "c@x.example",
        "new@x.example",
        *(f"n{n}@x.example" for n in range(40)),
    ]
    single = [peek(ledger, email) for email in emails]
    assert [entry.state for entry in single[:4]] == ["present", "present", "unknown", "unknown"]
    assert single[3].intent == "add"
    names: list[tuple[str, int | None, str]] = [("member", 7, email) for email in emails]
    with monkeypatch.context() as patch:
        patch.setattr(ledger.store, "read", None)
        assert ledger.peek_many(names, Deadline(10)) == single
    assert ledger.peek_many(names[:5], Deadline(10)) == single[:5]
    assert Ledger.at(str(tmp_path / "none"), "https://cloud.mip.to").peek_many(names, Deadline(10)) == [Entry()] * 44
    assert not (tmp_path / "none").exists()
