# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find every place in ``plugins/`` where the text of a failure is written, from the source itself."""

from __future__ import annotations

import ast
import re
import typing as t
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
#: What makes a failure that a user reads, besides each function that returns one.
MAKERS = {
    "ApiError",
    "because",
    "Problem",
    "_problem",
    "HandoverError",
    "SnippetError",
    "WatchError",
    "ValueError",
    "TypeError",
    "RuntimeError",
    "AnsibleError",
    "AnsibleFilterError",
    "AnsibleLookupError",
    "AnsibleParserError",
    "AnsibleActionFail",
    "error",
}
#: Signs by which a text is more than a key or a name.
_WORDS = re.compile(r"\w+\W+\w+")


class Site(t.NamedTuple):
    """A text of a failure in the source.

    :param pattern: matches the text with any values in it
    """

    file: str
    first: int
    last: int
    text: str
    pattern: str

    @property
    def name(self) -> str:
        """Name the site without its line, which every edit changes."""
        return f"{self.file}: {self.text}"


def sites() -> list[Site]:
    """Return all texts, in the order of the source."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PLUGINS.rglob("*.py"))}
    makers = MAKERS | {
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "ApiError"
    }
    found = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and _called(node) in makers):
                continue
            for argument in [*node.args, *(one.value for one in node.keywords)]:
                pattern = _pattern(argument)
                if _WORDS.search(_literal(argument)) and node.end_lineno:
                    text = ast.unparse(argument)
                    name = str(path.relative_to(PLUGINS))
                    found[name, node.lineno, text] = Site(name, node.lineno, node.end_lineno, text, pattern)
    return [found[key] for key in sorted(found)]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _literal(node: ast.expr) -> str:
    """Return the fixed parts of a text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp):
        return f"{_literal(node.left)} {_literal(node.right)}"
    if isinstance(node, ast.IfExp):
        return f"{_literal(node.body)} {_literal(node.orelse)}"
    return ""


def _pattern(node: ast.expr) -> str:
    """Return a regular expression for a text with any values in it."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in node.values)
    if isinstance(node, ast.BinOp):
        return _pattern(node.left) + _pattern(node.right)
    if isinstance(node, ast.IfExp):
        return f"(?:{_pattern(node.body)}|{_pattern(node.orelse)})"
    return ".*"
