# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record every message that a run of the tests makes the collection say, with the lines of the code that made it.

``tests/conftest.py`` starts it if ``RECORD_MESSAGES`` names a folder; each process writes a file of its own there.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import typing as t
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
OURS = "ansible_collections.partnerops.saas.plugins."
#: A class of messages, and which argument is the text.
CLASSES = (
    (OURS + "module_utils.errors", "ApiError", "msg"),
    (OURS + "plugin_utils.handover", "HandoverError", None),
    (OURS + "plugin_utils.snippets", "SnippetError", None),
    (OURS + "plugin_utils.seen", "WatchError", None),
    (OURS + "plugin_utils.state_file", "Problem", None),
    ("ansible.errors", "AnsibleError", "message"),
)


class Message(t.NamedTuple):
    """A message, and the lines of ``plugins/`` that were running when it was made, the innermost first."""

    kind: str
    code: str | None
    text: str
    lines: tuple[tuple[str, int], ...]


def start(folder: str) -> None:
    """Record from now on, in this process and in its forks."""
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    for module, name, argument in CLASSES:
        made = getattr(importlib.import_module(module), name)
        made.__init__ = _recording(made.__init__, name, argument, path)
    hints = importlib.import_module(OURS + "module_utils.hints")
    ansible_module, in_process = (
        importlib.import_module(OURS + name) for name in ("module_utils.ansible_module", "plugin_utils.in_process")
    )
    real = hints.with_hint

    def with_hint(message: str, operation: t.Any, given: t.Any = None) -> str:
        text = real(message, operation, given)
        _write(path, "option", "invalid_input", text)
        return str(text)

    for user in (hints, ansible_module, in_process):
        if getattr(user, "with_hint", None) is real:
            user.with_hint = with_hint  # type: ignore[attr-defined]


def read(folder: str | Path) -> set[Message]:
    """Return what was recorded, each message once."""
    found = set()
    for file in Path(folder).glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            kind, code, text, lines = json.loads(line)
            found.add(Message(kind, code, text, tuple((name, number) for name, number in lines)))
    return found


def _recording(init: t.Callable[..., None], kind: str, argument: str | None, folder: Path) -> t.Callable[..., None]:
    @functools.wraps(init)
    def made(self: t.Any, *args: t.Any, **kwargs: t.Any) -> None:
        init(self, *args, **kwargs)
        text = (
            self.text("partner-state.yml") if kind == "Problem" else getattr(self, argument) if argument else str(self)
        )
        _write(folder, kind, getattr(self, "code", None) if kind == "ApiError" else None, str(text))

    return made


def _write(folder: Path, kind: str, code: str | None, text: str) -> None:
    lines = list(_lines())
    if all(name == "module_utils/errors.py" for name, _number in lines):
        return  # made by a test
    with open(folder / f"{os.getpid()}.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps([kind, code, text, lines]) + "\n")


def _lines() -> t.Iterator[tuple[str, int]]:
    """Yield the lines of ``plugins/`` from the one that made the message outwards, as far as they follow each other."""
    frame: t.Any = sys._getframe(1)
    while frame and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    for _number in range(8):
        path = frame and Path(frame.f_code.co_filename).resolve()
        if not (path and path.is_relative_to(PLUGINS)):
            return
        yield str(path.relative_to(PLUGINS)), frame.f_lineno
        frame = frame.f_back
