# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``scripts/prose.py``, with a vocabulary of its own; and messages, whose fields have to be filled in."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ansible_collections.partnerops.saas.scripts import prose

ROOT = Path(__file__).resolve().parents[2]
WORDS = {re.compile(r"\bgadgets?\b", re.IGNORECASE): "tool", re.compile(r"\bof[\s#]+old\b"): "formerly"}
LINE = "a line of prose that is about as long as a line of this project gets"


def test_a_word_of_the_vocabulary_is_found_on_its_line_and_over_two() -> None:
    text = "# first\n# A gadget of\n# old\n"
    assert [line for line, _problem in prose.unwanted_words(text, WORDS)] == [2, 2]


def test_a_word_in_code_or_in_another_word_is_not_found() -> None:
    assert list(prose.unwanted_words("``gadget`` `gadgets` gadgetry", WORDS)) == []


def test_every_line_of_the_vocabulary_is_read() -> None:
    lines = prose.VOCABULARY.read_text(encoding="utf-8").splitlines()
    assert len(prose.vocabulary()) == len([line for line in lines if line and not line.startswith("#")])


def test_a_lone_word_between_two_full_lines_is_found() -> None:
    for margin in ("", "    ", "# ", "      # "):
        text = f"{margin}{LINE}\n{margin}that\n{margin}{LINE}\n"
        assert [line for line, _problem in prose.lone_words(text)] == [2]
    assert [line for line, _problem in prose.lone_words(f"  - {LINE}\n    that\n    {LINE}\n")] == [2]


def test_a_short_line_a_last_line_and_code_are_not_lone_words() -> None:
    for text in (f"{LINE}\nthat\n\n{LINE}\n", f"{LINE}\nthat\nends\n", f"{LINE}\nthat is\n{LINE}\n"):
        assert list(prose.lone_words(text)) == []
    assert list(prose.lone_words(f"    if {LINE.replace(' ', '_')}:\n        return\n    {LINE}\n")) == []


def test_a_seam_in_a_docstring_is_found_and_one_in_code_is_not() -> None:
    assert [line for line, _problem in prose.seams('def one():\n    """Say this" "and that."""\n')] == [2]
    assert list(prose.seams('"""Find a ``" "``."""\nx = "a" "b"\n')) == []


UNFILLED = re.compile(r"\{[A-Za-z_][\w.]*(?:\[[^]]*\])?(?:![rsa])?(?::[^{}]*)?\}")


def unfilled(source: str) -> list[int]:
    """Return the lines of messages in which a part without ``f`` has a field, beside a part with it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr) or "{{" in (ast.get_source_segment(source, node) or ""):
            continue
        parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        found += [node.lineno for part in parts if UNFILLED.search(str(part))]
    return found


def test_no_message_shows_the_name_of_a_field_instead_of_its_value() -> None:
    assert unfilled('x = f"{a} is" " not {b}"\n') == [1]
    assert unfilled('x = f"{a} is" f" not {b}"\ny = f"{{a}} {a}"\n') == []
    files = sorted((ROOT / "plugins").rglob("*.py"))
    assert [(path.name, line) for path in files for line in unfilled(path.read_text(encoding="utf-8"))] == []
