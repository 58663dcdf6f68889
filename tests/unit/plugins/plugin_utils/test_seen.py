# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of an event source: nothing in it is lost or half, at whatever moment the process is killed."""

from __future__ import annotations

import os
import re
import shutil

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.seen import Seen


@pytest.fixture
def path(tmp_path):
    return tmp_path / "seen"


def reopened(path):
    seen = Seen(str(path))
    seen.close()
    return seen


def test_in_memory():
    seen = Seen(None)
    assert not seen.begun
    seen.keep("1", {"a": 1})
    seen.tidy()
    assert (seen.begun, seen.entries) == (True, {"1": {"a": 1}})
    seen.close()


def test_the_first_listing_is_there_as_a_whole_or_not_at_all(path):
    seen = Seen(str(path))
    seen.keep("1", {"a": 1})
    seen.keep("2", {"a": 2})
    assert not path.exists()  # killed now, the next one learns again what there is
    seen.tidy()
    seen.close()
    again = reopened(path)
    assert (again.begun, again.entries) == (True, {"1": {"a": 1}, "2": {"a": 2}})
    assert oct(path.stat().st_mode)[-3:] == "600"


def test_an_empty_account_counts_as_seen(path):
    seen = Seen(str(path))
    seen.tidy()
    seen.close()
    assert reopened(path).begun


def test_the_last_line_of_a_key_counts(path):
    seen = Seen(str(path))
    seen.tidy()
    for number in range(3):
        seen.keep("1", {"a": number})
        assert path.read_text(encoding="utf-8").endswith(f'"a": {number}}}\n')  # before the next event
    seen.close()
    assert reopened(path).entries == {"1": {"a": 2}}


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_torn_last_line_is_dropped(path, cut):
    seen = Seen(str(path))
    seen.keep("1", {"a": 1})
    seen.tidy()
    seen.keep("2", {"a": 2})
    seen.close()
    os.truncate(path, path.stat().st_size - cut)
    assert reopened(path).entries in ({"1": {"a": 1}}, {"1": {"a": 1}, "2": {"a": 2}})
    again = Seen(str(path))
    again.keep("3", {"a": 3})  # the torn line doesn't swallow it
    again.close()
    assert reopened(path).entries["3"] == {"a": 3}


def test_the_file_does_not_grow_for_ever(path):
    seen = Seen(str(path))
    seen.tidy()
    for number in range(500):
        seen.keep("1", {"a": number})
        seen.tidy()
    seen.close()
    assert len(path.read_text(encoding="utf-8").splitlines()) < 110
    assert reopened(path).entries == {"1": {"a": 499}}


@pytest.mark.parametrize("text", ["a: b\nc: d\n", "a: b", "[1]\n[2]\n", "{}", "\n"])
def test_another_file_is_never_overwritten(path, text):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(f"{path} was not written by this event source")):
        Seen(str(path))
    assert path.read_text(encoding="utf-8") == text


def test_an_empty_file_is_nothing_seen(path):
    path.touch()
    assert not reopened(path).begun


@pytest.mark.parametrize("line", ["[1]", "{}", "x", ""])
def test_a_damaged_file_is_refused(path, line):
    seen = Seen(str(path))
    seen.keep("1", {"a": 1})
    seen.tidy()
    seen.close()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('{"key"', f'{line}\n{{"key"'), encoding="utf-8")
    with pytest.raises(ValueError, match="has a line that can't be read"):
        Seen(str(path))


def test_two_rulebooks_cannot_use_one_file(path):
    seen = Seen(str(path))
    with pytest.raises(ValueError, match="in use by another rulebook"):
        Seen(str(path))
    seen.close()
    reopened(path)


def test_a_folder(tmp_path):
    with pytest.raises(ValueError, match="can't be read"):
        Seen(str(tmp_path))


def test_a_folder_that_is_gone_meanwhile_is_named(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    seen = Seen(str(folder / "seen"))
    seen.tidy()
    shutil.rmtree(folder)
    with pytest.raises(ValueError, match=r"can't be written: No such file or directory.*is reported again"):
        seen.keep("1", {"a": 1})


def test_a_file_that_is_refused_is_not_held(path):
    path.write_text("other", encoding="utf-8")
    for _twice in range(2):
        with pytest.raises(ValueError, match="was not written by this event source"):
            Seen(str(path))
    path.unlink()
    reopened(path)


def test_a_file_without_an_account_fits_every_account(path):
    """Earlier releases wrote none."""
    seen = Seen(str(path))
    seen.write()
    seen.close()
    assert Seen(str(path), "a.example").begun


def test_a_file_that_is_no_text_is_refused(path):
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"can't be read: correct the path, or the permissions of the file"):
        Seen(str(path))
