# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the text of this project: pages, documentation of plugins, docstrings, comments and messages.

It reports words of tests/config/vocabulary.txt, a lone word on a line between two full ones, and a ``" "`` that a
wrapper left in a docstring. Arguments are the files to check; without any, all files are checked.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VOCABULARY = ROOT / "tests" / "config" / "vocabulary.txt"
KINDS = (".md", ".rst", ".py", ".yml", ".yaml", ".toml", ".j2", ".ini", ".cfg")
#: Legal texts, what is generated, and the history, which is not rewritten.
OTHERS = ("LICENSES/", "CHANGELOG.md", "changelogs/changelog.yaml", "docs/benchmark.md")
CODE = re.compile(r"``.+?``|`[^`\n]+`", re.DOTALL)
LONE = re.compile(r"[\w'-]+[.,;]?")
#: A line of prose that is about as long as lines get: six words at least, 60 characters at least.
FULL = re.compile(r"(?=.{60})\W*\w+(?:\W+\w+){5,}\W*")

Found = t.Iterator[tuple[int, str]]


def vocabulary() -> dict[re.Pattern[str], str]:
    """Return what is searched for, with what to write instead."""
    lines = (line for line in VOCABULARY.read_text(encoding="utf-8").splitlines() if " -> " in line)
    pairs = ((words.replace(" ", r"[\s#]+"), better) for words, better in (line.split(" -> ") for line in lines))
    return {re.compile(rf"\b(?:{words})\b", re.IGNORECASE): better for words, better in pairs}


def unwanted_words(text: str, words: dict[re.Pattern[str], str]) -> Found:
    """Find words of the vocabulary, on one line or over two, but not in code."""
    prose = CODE.sub(lambda code: re.sub(r"\S", "_", code[0]), text)
    for pattern, better in words.items():
        for found in pattern.finditer(prose):
            yield text.count("\n", 0, found.start()) + 1, f"{' '.join(found[0].split())!r}: write {better}"


def lone_words(text: str) -> Found:
    """Find a lone word between two full lines of a paragraph: its lines were wrapped one by one."""
    lines = text.splitlines()
    for number, (before, line, after) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 2):
        margin = line[: len(line) - len(line.lstrip(" #"))]
        inside = after.startswith(margin) and before.startswith((margin, f'{margin}"""', f"{margin[:-2]}- "))
        if inside and LONE.fullmatch(line.lstrip(" #")) and FULL.fullmatch(before) and FULL.fullmatch(after):
            yield number, f"{line.strip()!r} by itself on a line: wrap the paragraph"


def seams(text: str) -> Found:
    """Find a ``" "`` in a docstring, where a wrapper joined two strings."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            docstring = ast.get_docstring(node, clean=False)
            if docstring and '" "' in CODE.sub("", docstring):
                yield getattr(node.body[0], "lineno", 1), 'a " " in a docstring'


def files() -> list[str]:
    """Return the files that git tracks, or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in listed if name.endswith(KINDS) and (ROOT / name).is_file()]


def main(names: list[str]) -> int:
    """Print what was found; return the exit code."""
    count, words = 0, vocabulary()
    for name in names or files():
        if name.endswith(KINDS) and not name.startswith(OTHERS):
            text = (ROOT / name).read_text(encoding="utf-8")
            found = [*unwanted_words(text, words), *lone_words(text), *(seams(text) if name.endswith(".py") else ())]
            for line, problem in sorted(found):
                print(f"{name}:{line}: {problem}")
            count += len(found)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
