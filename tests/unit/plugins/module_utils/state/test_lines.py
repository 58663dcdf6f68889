# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger as JSON lines: nothing is lost on the way out and back, and no broken line is half imported."""

from __future__ import annotations

import json
import os
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.state.lines import (
    export,
    is_sqlite,
    line_of,
    name_of,
    public,
    read_lines,
    write_file,
)
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import Entry, Key

API, THEN, LATER = "cloud.mip.to", "2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00"
ROWS: list[tuple[Key, Entry]] = [
    ((API, "", "user", "me@x.example"), Entry(3, "present", changed_at=THEN)),
    ((API, "7", "client", "c@x.example"), Entry(4, "present", True, changed_at=THEN)),
    ((API, "7", "member", "a@x.example"), Entry(5, "absent", changed_at=THEN)),
    ((API, "7", "member", "grüße@x.example"), Entry(None, "unknown", None, "add", THEN, None, "1@pc", LATER)),
    (("other.example/api", "8", "client", "t@x.example"), Entry(6, "present", None, None, None, THEN, "2@pc", LATER)),
]
FACTS = [(API, "user_block", "toggles"), ("other.example/api", "user_block", "sets")]
PLAIN: dict[str, t.Any] = {"kind": "member", "marketplace_id": 7, "email": "a@x.example", "state": "present"}


def failure(path: Path) -> str:
    with pytest.raises(ApiError) as caught:
        read_lines(str(path), API)
    assert (caught.value.code, caught.value.executed) == ("invalid_input", False)
    assert caught.value.msg.endswith("Nothing was imported.")
    return caught.value.msg


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a file that a test writes."""
    return tmp_path / "ledger.jsonl"


def test_what_is_exported_is_imported(file: Path) -> None:
    file.write_text(export(ROWS, FACTS), encoding="utf-8")
    rows, facts = read_lines(str(file), "unused.example")
    assert (rows, facts) == (ROWS, FACTS)
    assert [entry.changed_at for _key, entry in rows] == [entry.changed_at for _key, entry in ROWS]
    assert export(rows, facts) == file.read_text(encoding="utf-8")
    assert "grüße@" in file.read_text(encoding="utf-8")


def test_results_show_an_open_toggle_as_an_intent() -> None:
    shown = [public(key, entry) for key, entry in ROWS]
    assert [one["intent"] for one in shown] == [None, None, None, "add", "toggle"]
    assert [one["at"] for one in shown] == [THEN, THEN, THEN, THEN, THEN]
    assert [one["marketplace_id"] for one in shown] == [None, 7, 7, 7, 8]
    assert [name_of(one) for one in shown[:2]] == ["user me@x.example", "client c@x.example of marketplace 7"]


def test_a_row_written_by_hand_may_leave_out_what_is_not_known(file: Path) -> None:
    file.write_text(f"\n{json.dumps({**PLAIN, 'email': ' A@X.example'})}\n  \n")
    assert read_lines(str(file), API) == ([((API, "7", "member", "a@x.example"), Entry(state="present"))], [])


def test_a_toggle_without_its_own_time_takes_that_of_the_row(file: Path) -> None:
    file.write_text(json.dumps({**PLAIN, "intent": "toggle", "at": THEN, "by": "1@pc"}))
    [(_key, entry)], _facts = read_lines(str(file), API)
    assert (entry.toggle_at, entry.intent, entry.intent_at, entry.sent_by) == (THEN, None, None, "1@pc")


def test_two_lines_about_the_same_row_become_the_safer_one(file: Path) -> None:
    again = {**PLAIN, "api": "CLOUD.mip.to:443", "intent": "remove", "at": LATER, "id": 9}
    file.write_text(f"{json.dumps(PLAIN)}\n{json.dumps(again)}\n")
    [(key, entry)], _facts = read_lines(str(file), API)
    assert key == (API, "7", "member", "a@x.example")
    assert (entry.intent, entry.intent_at, entry.id) == ("remove", LATER, 9)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"kind": "owner"}, "kind 'owner' and state 'present' do not occur"),
        ({"state": "gone"}, "state 'gone'"),
        ({"id": "5"}, "id is '5', not a number"),
        ({"id": True}, "id is True, not a number"),
        ({"marketplace_id": "7"}, "marketplace_id is '7', not a number"),
        ({"marketplace_id": None}, "a client or member has a marketplace_id"),
        ({"kind": "user"}, "a user has none"),
        ({"blocked": "no"}, "blocked is 'no'"),
        ({"intent": "rename"}, "intent 'rename'"),
        ({"email": 5}, "email is 5, not a text"),
        ({"email": None}, "email is null, not an address"),
        ({"email": ""}, 'email is "", not an address'),
        ({"email": "a\0@x.example"}, "a character that can't be kept"),
        ({"by": "1@\ud800"}, "a character that can't be kept"),
        ({"id": 2**63}, "id is 9223372036854775808, which is no id"),
        ({"marketplace_id": 0}, "marketplace_id is 0, which is no id"),
        ({"blocked": 1}, "blocked is 1, not true, false or null"),
        ({"api": "[::1"}, "api is '[::1', which is neither a host with a path nor a URL"),
    ],
)
def test_a_wrong_value_names_its_line(more: dict[str, t.Any], why: str, file: Path) -> None:
    file.write_text(f"{json.dumps(PLAIN)}\n\n{json.dumps({**PLAIN, **more})}\n")
    said = failure(file)
    assert f"import_path {file}, line 3: " in said
    assert why in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"kind": "member"', "line 1: it is not valid JSON. "),
        ("[1, 2]", "line 1: it is not a JSON object ({...}). "),
        ("null", "line 1: it is not a JSON object"),
        ('{"kind": "user", "state": "present"}', "line 1: 'email' is missing"),
        ('{"state": "present"}', "line 1: 'kind' is missing"),
        ('{"api": "a.example", "fact": "x"}', "line 1: 'value' is missing"),
        ('{"api": "a.example", "fact": "x", "value": null}', "line 1: value is null, not a text"),
        ("[" * 100_000, "line 1: it is not valid JSON"),
    ],
)
def test_a_line_that_is_no_row(line: str, why: str, file: Path) -> None:
    file.write_text(line)
    assert why in failure(file)


def test_texts_keep_what_looks_like_the_end_of_a_line(file: Path) -> None:
    """Some characters end a line for Python's ``splitlines``, but not in JSON; some editors write a mark in front."""
    entry = Entry(5, "present", sent_by="1@pc\u2028\x85", changed_at=THEN)
    file.write_text("\ufeff" + export([(ROWS[0][0], entry)], ()) + "\r\n", encoding="utf-8")
    [(key, found)] = read_lines(str(file), API)[0]
    assert (key, found.sent_by) == (ROWS[0][0], "1@pc\u2028\x85")


def test_an_api_may_be_given_as_a_url(file: Path) -> None:
    file.write_text(json.dumps({**PLAIN, "api": "https://Cloud.mip.to:443/"}))
    assert read_lines(str(file), "other.example")[0][0][0][0] == API


def test_a_line_can_not_mark_a_ledger_as_moved(file: Path) -> None:
    file.write_text('{"api": "", "fact": "moved", "value": "elsewhere"}')
    assert read_lines(str(file), API) == ([], [])


def test_a_row_of_a_marketplace_that_is_no_number_is_shown() -> None:
    """Somebody may have written it into the database by hand."""
    assert public((API, "seven", "member", "a@x.example"), Entry())["marketplace_id"] == "seven"


def test_files_that_cannot_be_read(file: Path) -> None:
    assert "can't be read: No such file or directory" in failure(file)
    with pytest.raises(ApiError, match="No such file or directory"):
        is_sqlite(str(file))
    file.write_bytes(b'{"email": "\xff"}')
    assert "it is not UTF-8" in failure(file)
    assert not is_sqlite(str(file))
    file.write_bytes(b"SQLite format 3\0 and more")
    assert is_sqlite(str(file))


def test_a_file_is_written_when_its_content_changes(file: Path) -> None:
    row = line_of(*ROWS[0])
    assert write_file(str(file), row, check_mode=True)
    assert not file.exists()
    for changed in (True, False):
        assert write_file(str(file), row, check_mode=False) is changed
        assert not write_file(str(file), row, check_mode=True)
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (row, 0o600)
    assert write_file(str(file), "", check_mode=True)
    assert file.read_text() == row


def test_a_failed_write_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("old")

    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ApiError) as caught:
        write_file(str(file), "new", check_mode=False)
    assert (
        caught.value.msg
        == f"export_path {file} can't be written: No space left on device. Correct export_path, or free some space."
    )
    assert file.read_text() == "old"
    assert [one.name for one in file.parent.iterdir() if one.is_file()] == [file.name]


def test_a_folder_that_is_missing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match="can't be written: No such file or directory"):
        write_file(str(tmp_path / "none" / "ledger.jsonl"), "x", check_mode=False)
    assert not (tmp_path / "none").exists()
