# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does what a page of the documentation says, in its order, and compares what comes out with what the page shows.

A ``console`` block is run, line by line, in one shell for the whole page. Lines that start with ``$`` are commands; the
others are what they print, where ``...`` stands for anything. A block with a caption is a file, and is written where it
stands (in Markdown: a block after a line that names a file in backquotes and ends with a colon). A comment before a
block says what a reader does not need to know:

=============================  ===================================================================
``.. test: not run, REASON``    the block is linted, not run
``.. test: exit N``             its last command ends with this code
``.. test: background PLACE``   its command goes on while the page does, and listens at host:port
``.. test: input TEXT``         what is typed in
=============================  ===================================================================
"""

from __future__ import annotations

import base64
import os
import re
import shlex
import signal
import subprocess
import textwrap
import typing as t
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_RST_BLOCK = re.compile(r"^(?P<indent> *)\.\. code-block:: *(?P<kind>\S*) *$")
_RST_NOTE = re.compile(r"^ *\.\. test: *(?P<note>.+?) *$")
_RST_OPTION = re.compile(r"^ +:(?P<name>[a-z-]+): *(?P<value>.*?) *$")
_MD_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\S*) *$")
_MD_NOTE = re.compile(r"^ *<!-- test: *(?P<note>.+?) *-->$")
_MD_FILE = re.compile(r"`([\w./-]+\.[a-z]{2,4})`[^`]*:$")
_MARK = "\x1e"


@dataclass(frozen=True)
class Block:
    """One code block of a page."""

    page: str
    line: int
    kind: str
    text: str
    file: str | None = None
    note: str = ""

    @property
    def runs(self) -> bool:
        """Whether the page's reader, and so the test, does something with it."""
        return not self.note.startswith("not run") and (self.kind == "console" or self.file is not None)

    def commands(self) -> list[tuple[str, list[str]]]:
        """Return the commands of a console block, each with the lines that the page shows after it."""
        found: list[tuple[str, list[str]]] = []
        goes_on = False
        for line in self.text.splitlines():
            if goes_on:
                command, shown = found[-1]
                found[-1] = (f"{command}\n{line.removeprefix('> ')}", shown)
            elif line.startswith("$ "):
                found.append((line[2:], []))
            elif found:
                found[-1][1].append(line)
            else:
                raise AssertionError(f"{self.page}:{self.line}: output before the first command")
            goes_on = line.endswith("\\") and (goes_on or line.startswith("$ "))
        return found

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Return the pages with code in them: README, the guides, and those in the other folders."""
    found = [ROOT / "README.md", *sorted(DOCS.rglob("*.rst")), *sorted(DOCS.rglob("*.md"))]
    return [page for page in found if blocks(page)]


def blocks(page: Path) -> list[Block]:
    """All code blocks of a page, in their order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    name = str(page.relative_to(ROOT)) if page.is_relative_to(ROOT) else page.name
    return list(_of_markdown(name, lines) if page.suffix == ".md" else _of_rst(name, lines))


def _of_rst(page: str, lines: list[str]) -> t.Iterator[Block]:
    note = ""
    for number, line in enumerate(lines):
        said = _RST_NOTE.match(line)
        if said:
            note = said["note"]
        start = _RST_BLOCK.match(line)
        if not start:
            note = "" if line.strip() and not said else note
            continue
        depth = len(start["indent"])
        options: dict[str, str] = {}
        content: list[str] = []
        for inner in lines[number + 1 :]:
            option = _RST_OPTION.match(inner)
            if option and not any(map(str.strip, content)):
                options[option["name"]] = option["value"]
            elif inner.strip() and len(inner) - len(inner.lstrip()) <= depth:
                break
            else:
                content.append(inner)
        text = textwrap.dedent("\n".join(content)).strip("\n") + "\n"
        yield Block(page, number + 1, start["kind"], text, options.get("caption"), note)
        note = ""


def _of_markdown(page: str, lines: list[str]) -> t.Iterator[Block]:
    note = before = ""
    number = 0
    while number < len(lines):
        line = lines[number]
        said = _MD_NOTE.match(line)
        start = _MD_FENCE.match(line)
        if said:
            note = said["note"]
        elif start:
            end = next((i for i in range(number + 1, len(lines)) if lines[i].strip() == "```"), len(lines))
            text = textwrap.dedent("\n".join(lines[number + 1 : end])) + "\n"
            file = _MD_FILE.search(before)
            yield Block(page, number + 1, start["kind"], text, file[1] if file else None, note)
            number, note, before = end, "", ""
        elif line.strip():
            note, before = "", line.strip()
        number += 1


@dataclass
class Place:
    """Where a page is run: its folder, its environment, and the values to put in its text."""

    folder: Path
    environment: dict[str, str]
    #: what a page says, and what it is here
    real: t.Mapping[str, str]

    def made_real(self, text: str) -> str:
        """Return a page's text with the values of this place."""
        for said, real in self.real.items():
            text = text.replace(said, real)
        return text

    def as_said(self, text: str) -> str:
        """Do the opposite, for what is printed: longest first, since one may be part of another."""
        for said, real in sorted(self.real.items(), key=lambda pair: -len(pair[1])):
            if len(real) > 3:
                text = text.replace(real, said)
        return text


def do(page: Path, place: Place, timeout: float = 540) -> str:
    """Do everything that a page says; return all that was printed.

    :raises AssertionError: where a command ends or prints otherwise than its reader has to expect
    """
    script = ["trap 'kill $(jobs -p) 2>/dev/null' EXIT"]
    expected: list[tuple[Block, str, list[str], int]] = []
    for block in blocks(page):
        if not block.runs:
            continue
        if block.file:
            content = base64.b64encode(place.made_real(block.text).encode()).decode()
            target = shlex.quote(block.file)
            script.append(f'mkdir -p "$(dirname {target})"; echo {content} | base64 -d > {target}')
            continue
        commands = block.commands()
        for index, (command, shown) in enumerate(commands):
            last = index == len(commands) - 1
            code = int(block.note.removeprefix("exit ")) if last and block.note.startswith("exit ") else 0
            script += _run(place.made_real(command), block.note, place, len(expected))
            expected.append((block, command, shown, code))
    done = _shell("\n".join(script), place, timeout)
    found = _parts(done)
    for number, (block, command, shown, code) in enumerate(expected):
        assert number in found, f"{block}: {command!r} was not reached:\n{done}"
        output, ended = found[number]
        assert ended == code, f"{block}: {command!r} ended with {ended}, expected {code}:\n{output}"
        missing = _missing(shown, place.as_said(output))
        assert missing is None, f"{block}: {command!r} does not print {missing!r}:\n{place.as_said(output)}"
    return done


def _run(command: str, note: str, place: Place, number: int) -> list[str]:
    start = f"printf '\\n{_MARK}%s\\n' 'start {number}'"
    end = f"printf '\\n{_MARK}%s\\n' \"end {number} $?\""
    if note.startswith("background "):
        port = place.made_real(note.removeprefix("background "))
        there = f"(exec 3<>/dev/tcp/{port.replace(':', '/')}) 2>/dev/null"
        wait = f"for _ in $(seq 300); do {there} && break; sleep 0.1; done; {there}"
        return [start, f"{command} &", wait, end]
    if note.startswith("input "):
        typed = shlex.quote(place.made_real(note.removeprefix("input ")))
        return [start, f"{command} <<< {typed}", end]
    return [start, command, end]


def _shell(script: str, place: Place, timeout: float) -> str:
    process = subprocess.Popen(
        ["bash", "-c", script],
        cwd=place.folder,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=timeout)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(f"not done after {timeout} s:\n{process.communicate()[0]}") from None


def _parts(output: str) -> dict[int, tuple[str, int]]:
    found = {}
    pattern = rf"{_MARK}start (\d+)\n(.*?)\n{_MARK}end \1 (\d+)\n"
    for one in re.finditer(pattern, output, re.DOTALL):
        found[int(one[1])] = (re.sub(r"\x1b\[[0-9;]*m", "", one[2]), int(one[3]))
    return found


def _missing(shown: t.Iterable[str], output: str) -> str | None:
    """Return the first line that a page shows and that is not printed, in the page's order, or None."""
    printed = iter([re.sub(r"\s+", " ", line).strip() for line in output.splitlines()])
    for line in shown:
        wanted = re.sub(r"\s+", " ", line).strip()
        if wanted in ("", "..."):
            continue
        pattern = re.compile(".*?".join(map(re.escape, wanted.split("..."))))
        if not any(pattern.fullmatch(one) for one in printed):
            return line
    return None
