# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader of pages notices what a reader would."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.documentation.literate import Place, blocks, do

PAGE = """\
Title
=====

.. code-block:: text
    :caption: notes/here.txt

    one
    two

.. test: exit 3
.. code-block:: console

    $ cat notes/here.txt
    one
    ...
    $ export NAME=said; \\
      echo "$NAME and more"
    said and ...
    $ (exit 3)

.. test: input typed
.. code-block:: console

    $ read -r LINE

.. code-block:: console

    $ echo "$LINE $NAME"
    typed said

.. test: not run, it would fail
.. code-block:: console

    $ false
"""


def _do(tmp_path: Path, text: str, name: str = "page.rst") -> str:
    page = tmp_path / name
    page.write_text(text, encoding="utf-8")
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    return do(page, Place(folder, {"PATH": os.environ["PATH"]}, {"said": "real-value"}))


def test_a_page_is_done_in_its_order_in_one_shell(tmp_path: Path) -> None:
    _do(tmp_path, PAGE)
    assert (tmp_path / "work" / "notes" / "here.txt").read_text(encoding="utf-8") == "one\ntwo\n"


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("    one\n    ...", "    two\n    one", "does not print"),
        ("said and ...", "said or ...", "does not print"),
        ("(exit 3)", "(exit 2)", "ended with 2, expected 3"),
        ("cat notes", "cat note", "ended with 1, expected 0"),
        ("typed said", "typed", "does not print"),
        ("$ read -r LINE", "$ exit", "was not reached"),
        ("not run, it would fail", "exit 0", "ended with 1, expected 0"),
    ],
)
def test_what_does_not_happen_as_written_is_noticed(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    assert right in PAGE
    with pytest.raises(AssertionError, match=says):
        _do(tmp_path, PAGE.replace(right, wrong))


def test_markdown_files_are_named_in_the_line_before(tmp_path: Path) -> None:
    text = (
        "Save `a.txt`, then `b.txt`:\n\n```text\nB\n```\n\n```console\n$ cat b.txt\nB\n```\n\n```text\nnothing\n```\n"
    )
    _do(tmp_path, text, "page.md")
    assert [block.file for block in blocks(tmp_path / "page.md")] == ["b.txt", None, None]
