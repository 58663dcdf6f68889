# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger's rows as an export reads them: without a login, and without making a ledger."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.state.sqlite_store import SqliteStore
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import Entry, Key
from ansible_collections.partnerops.saas.plugins.plugin_utils.ledger_entries import ledger_entries

pytestmark = pytest.mark.usefixtures("own_process")
URL, API = "https://cloud.mip.to", "cloud.mip.to"


def ledger(path: Path, *rows: tuple[Key, Entry]) -> dict[str, t.Any]:
    """Write a ledger, and return the options that name it."""
    store = SqliteStore(str(path))
    store.ready(Deadline(9))
    store.load(rows, (), Deadline(9))
    store.close()
    return {"api_url": URL, "ledger_path": str(path)}


def test_rows_are_shown_as_the_module_shows_them(tmp_path: Path) -> None:
    options = ledger(
        tmp_path / "ledger",
        ((API, "7", "member", "m@x.example"), Entry(intent="add", intent_at="2026-01-01T00:00:00Z", sent_by="1@a")),
        ((API, "7", "client", "c@x.example"), Entry(id=12, state="present", blocked=True)),
        (("other.example", "7", "client", "o@x.example"), Entry(id=13, state="present")),
    )
    client, member = ledger_entries(options)
    shown = ("kind", "marketplace_id", "email", "id", "state", "blocked", "intent", "by")
    assert [client[name] for name in shown] == ["client", 7, "c@x.example", 12, "present", True, None, None]
    assert [member[name] for name in shown] == ["member", 7, "m@x.example", None, "unknown", None, "add", "1@a"]
    assert member["at"] == "2026-01-01T00:00:00Z"


def test_no_ledger_is_no_rows_and_none_is_made(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "ledger"
    assert ledger_entries({"api_url": URL, "ledger_path": str(path)}) == []
    assert list(tmp_path.iterdir()) == [tmp_path / "temporary"]


def test_the_environment_has_the_other_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ledger(tmp_path / "ledger", ((API, "", "user", "u@x.example"), Entry(id=1, state="present")))
    monkeypatch.setenv("MIP_API_URL", URL)
    (user,) = ledger_entries({"ledger_path": options["ledger_path"]})
    assert (user["kind"], user["marketplace_id"]) == ("user", None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"api_url": URL, "ledger": "x"}, "ledger. Supported parameters include"),
        ({"api_url": URL, "deadline": "soon"}, "'deadline' is of type"),
        ({"api_url": "http://cloud.mip.to"}, "http://"),
        ({"api_url": URL, "api_public_key": "k"}, "api_private_key is missing"),
    ],
)
def test_options_that_are_wrong(options: dict[str, t.Any], words: str) -> None:
    with pytest.raises(ApiError) as caught:
        ledger_entries({**options, "api_password": "word-1234"})
    assert caught.value.code == "invalid_input"
    assert words in str(caught.value)
    assert "word-1234" not in str(caught.value)


def test_a_ledger_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_bytes(b"no database")
    with pytest.raises(ApiError, match="is damaged"):
        ledger_entries({"api_url": URL, "ledger_path": str(path)})
