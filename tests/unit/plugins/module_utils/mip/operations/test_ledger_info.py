# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_ledger_info`` to its result: which rows are shown, and that nothing is made."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.ledger import run_ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.ledger_info import run_ledger_info
from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import Make

THEN = "2026-01-01T00:00:00+00:00"
Show = t.Callable[..., list[str]]


@pytest.fixture
def show(make: Make, tmp_path: Path) -> Show:
    """Return a function that returns the addresses shown with these options, of a ledger with five rows."""
    row = {"kind": "member", "marketplace_id": 7, "state": "present"}
    rows: list[dict[str, t.Any]] = [
        {**row, "email": "a@x.example", "id": 3},
        {**row, "email": "b@x.example", "intent": "toggle", "at": THEN},
        {**row, "email": "c@x.example", "marketplace_id": 8, "kind": "client", "intent": "add", "at": THEN},
        {**row, "email": "d@x.example", "marketplace_id": None, "kind": "user"},
        {**row, "email": "e@x.example", "api": "other.example"},
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    run_ledger(make(import_path=str(path), on_conflict="fail"))

    def run(**params: t.Any) -> list[str]:
        shown = run_ledger_info(make(**{"email": None, "marketplace_id": None, **params}))["entries"]
        return [one["email"][0] for one in shown]

    return run


def test_which_rows_are_shown(show: Show) -> None:
    assert sorted(show()) == ["a", "b", "c", "d"]
    assert show(api_url="https://OTHER.example/") == ["e"]
    assert show(marketplace_id=7) == ["a", "b"]
    assert show(kind="user") == ["d"]
    assert show(kind="client", marketplace_id=7) == []
    assert show(email=" B@X.example") == ["b"]
    assert sorted(show(open=True)) == ["b", "c"]
    assert show(open=True, kind="member") == ["b"]


def test_a_row_and_its_store(show: Show, make: Make) -> None:
    result = run_ledger_info(make(email="a@x.example"))
    [entry] = result["entries"]
    assert {name: entry[name] for name in ("kind", "marketplace_id", "email", "id", "state", "blocked", "intent")} == {
        "kind": "member", "marketplace_id": 7, "email": "a@x.example", "id": 3, "state": "present", "blocked": None,
        "intent": None,
    }  # fmt: skip
    assert (result["store"]["kind"], result["store"]["open_intents"]) == ("file", 2)


def test_a_missing_store_is_empty_and_is_not_made(make: Make, database: str, tmp_path: Path) -> None:
    for _twice in range(2):
        result = run_ledger_info(make(email=None))
        assert (result["entries"], result["store"]["exists"]) == ([], False)
        result = run_ledger_info(make(email=None, ledger_path=None, state_url=database))
        assert (result["entries"], result["store"]["exists"], result["store"]["kind"]) == ([], False, "postgresql")
        assert servers.PASSWORD not in str(result)
    assert not list(tmp_path.glob("*.sqlite3"))


def test_options_that_are_refused(make: Make, database: str) -> None:
    assert "marketplace_id" in failure(lambda: run_ledger_info(make(marketplace_id=0))).msg
    both = failure(lambda: run_ledger_info(make(state_url=database)))
    assert (both.code, both.executed) == ("invalid_input", False)
    assert "mutually exclusive" in both.msg
