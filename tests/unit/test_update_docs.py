# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``scripts/update_docs.py``, with parts of the tests' own. The real pages are checked in ``test_meta.py``."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.partnerops.saas.scripts import update_docs

BEGIN, END = "  # BEGIN generated: thing name=app\n", "  # END generated\n"


@pytest.fixture(autouse=True)
def own_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"thing": "$name:\n  description: The $name.\n", "bare": "a: 1\n"}
    monkeypatch.setattr(update_docs, "PARTS", parts)


def test_a_part_is_filled_in_at_the_indentation_of_its_marker() -> None:
    made = update_docs.updated(f"options:\n{BEGIN}  old: text\n{END}")
    assert made == f"options:\n{BEGIN}  app:\n    description: The app.\n{END}"
    assert update_docs.updated(made) == made


def test_what_is_outside_of_markers_stays() -> None:
    text = f"before  \n{BEGIN}{END}  own: 1\n{BEGIN.replace('app', 'icon')}{END}after\n"
    made = update_docs.updated(text)
    assert made.startswith("before  \n")
    assert made.endswith("after\n")
    assert "  own: 1\n" in made
    assert "  icon:\n    description: The icon.\n" in made


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BEGIN, "no end"),
        (END, "no beginning"),
        (f"{BEGIN}{BEGIN}{END}", "no end"),
        (f"{BEGIN}# END generated\n", "same indentation"),
        (f"# BEGIN generated: none\n{END.lstrip()}", "no part 'none'"),
        (f"# BEGIN generated: thing\n{END.lstrip()}", "needs these values: name"),
        (f"# BEGIN generated: thing nme=app\n{END.lstrip()}", "needs these values: name"),
        (f"# BEGIN generated: thing name=app more=1\n{END.lstrip()}", "needs these values: name"),
        (f"# BEGIN generated: bare word\n{END.lstrip()}", "needs these values: none"),
        (f"# BEGIN generated: bare for=modules\n{END.lstrip()}", "needs these values: none"),
    ],
)
def test_a_wrong_marker_is_refused(text: str, why: str) -> None:
    with pytest.raises(update_docs.MarkerError, match=why):
        update_docs.updated(text)


def test_a_paragraph_is_filled_and_ends_with_no_lone_word() -> None:
    words = " ".join(["word"] * 24)
    made = update_docs.wrapped(f"description:\n  - {words}\n    and more.\ntype: str\n")
    first, second = made.splitlines()[1:3]
    assert made.startswith("description:\n  - word")
    assert made.endswith("\ntype: str\n")
    assert len(first) <= update_docs.WIDTH
    assert second.startswith("    ")
    assert len(second.split()) > 2
    assert yaml.safe_load(made)["description"] == [f"{words} and more."]


def test_options_for_plugins_are_configured_by_ansible_core() -> None:
    option = (
        "url:\n  description:\n    - The URL.\n"
        "    - If not set, the value of the environment variable E(MOBSTED_URL) is used.\n"
    )
    made = yaml.safe_load(update_docs.for_plugins(f"{option}  required: true\npaths:\n  description: Some.\n"))
    assert made["url"]["description"] == ["The URL.", "Must be set in one of these ways."]
    assert made["url"]["env"] == [{"name": "MOBSTED_URL"}]
    assert made["url"]["vars"] == [{"name": "mobsted_url"}]
    assert "required" not in made["url"]
    assert made["paths"] == {"description": "Some.", "vars": [{"name": "mobsted_paths"}]}


def _one_file(monkeypatch: pytest.MonkeyPatch, tmp_path: t.Any, text: str) -> t.Any:
    file = tmp_path / "module.py"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(update_docs, "ROOT", tmp_path)
    monkeypatch.setattr(update_docs, "files", lambda: [file])
    return file


def test_check_prints_the_difference_and_changes_nothing(monkeypatch, tmp_path, capsys) -> None:
    file = _one_file(monkeypatch, tmp_path, BEGIN + END)
    assert update_docs.main(["--check"]) == 1
    assert "+    description: The app.\n" in capsys.readouterr().out
    assert file.read_text(encoding="utf-8") == BEGIN + END
    assert update_docs.main([]) == 0
    assert update_docs.main(["--check"]) == 0


def test_a_wrong_marker_is_reported_with_its_file(monkeypatch, tmp_path, capsys) -> None:
    _one_file(monkeypatch, tmp_path, BEGIN)
    assert update_docs.main([]) == 1
    assert capsys.readouterr().out.startswith("module.py: a marker has no end")
