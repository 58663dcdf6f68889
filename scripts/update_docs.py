# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy the documentation that several plugins share to the places that are marked for it, so that all copies agree.

    .venv/bin/python scripts/update_docs.py          write the plugins
    .venv/bin/python scripts/update_docs.py --check  only print what would change, and fail if anything would

The parts and the form of a marker are in ``docs_parts.yml``.
"""

from __future__ import annotations

import difflib
import re
import shlex
import string
import sys
import textwrap
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PARTS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("docs_parts.yml").read_text(encoding="utf-8"))
WIDTH = 120
_BLOCK = re.compile(
    r"^(?P<indent> *)# BEGIN generated: (?P<marker>.+)\n"
    r"(?:(?! *# (?:BEGIN|END) generated).*\n)*"
    r"(?P=indent)# END generated\n",
    re.MULTILINE,
)
#: The start of a list item or of a key; other lines continue the one above.
_START = re.compile(r" *(?:- |\w+:(?: |$))")
_ENV = re.compile(r" *- If not set, the value of the environment variable E\((\w+)\) is used\.\n")


class MarkerError(ValueError):
    """A marker that names no part, gives other values than the part needs, or has no end."""


def wrapped(text: str, indent: str = "") -> str:
    """Wrap each paragraph of YAML to the width, and leave no lone word on its last line."""
    paragraphs: list[str] = []
    for line in text.splitlines():
        if _START.match(line) or not paragraphs:
            paragraphs.append(indent + line)
        else:
            paragraphs[-1] += f" {line.strip()}"
    return "".join(f"{line}\n" for paragraph in paragraphs for line in _lines(paragraph))


def _lines(paragraph: str) -> list[str]:
    margin = " " * (len(paragraph) - len(paragraph.lstrip()) + 2)
    how: dict[str, t.Any] = {"subsequent_indent": margin, "break_long_words": False, "break_on_hyphens": False}
    # Somewhat narrower if that fills the last line.
    tried = [textwrap.wrap(paragraph, width, **how) for width in range(WIDTH, WIDTH - 20, -1)]
    return next((lines for lines in tried if len(lines) == 1 or len(lines[-1].split()) > 2), tried[0])


def for_plugins(text: str) -> str:
    """Give options the form that lookup and inventory plugins need: ansible-core reads variables for them."""
    options = []
    for option in re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]:
        found = _ENV.search(option)
        made = _ENV.sub("    - Must be set in one of these ways.\n" if "required: true" in option else "", option)
        made = made.replace("  required: true\n", "")
        made += f"  env:\n    - name: {found[1]}\n" if found else ""
        options.append(f"{made}  vars:\n    - name: mobsted_{option.partition(':')[0]}\n")
    return "".join(options)


def rendered(marker: str, indent: str = "") -> str:
    """Return the text that belongs below a marker.

    :raises MarkerError: if the part is unknown, or its placeholders are not exactly the marker's values
    """
    name, *given = shlex.split(marker)
    values = dict(one.split("=", 1) for one in given if "=" in one)
    plugins = values.pop("for", None) == "plugins"
    if name not in PARTS:
        raise MarkerError(f"there is no part {name!r} in docs_parts.yml")
    template = string.Template(PARTS[name])
    if set(values) != set(template.get_identifiers()) or len(values) + plugins != len(given):
        raise MarkerError(f"part {name!r} needs these values: {', '.join(template.get_identifiers()) or 'none'}")
    text = template.substitute(values)
    return wrapped(for_plugins(text) if plugins else text, indent)


def updated(text: str) -> str:
    """Return a file's content with all parts as they should be.

    :raises MarkerError: naming what is wrong with a marker
    """

    def fill(found: re.Match[str]) -> str:
        indent, marker = found["indent"], found["marker"]
        return f"{indent}# BEGIN generated: {marker}\n{rendered(marker, indent)}{indent}# END generated\n"

    made, number = _BLOCK.subn(fill, text)
    if not text.count("# BEGIN generated") == text.count("# END generated") == number:
        raise MarkerError("a marker has no end, or no beginning, at the same indentation")
    return made


def files() -> t.Iterator[Path]:
    """Yield the files that may have markers."""
    for kind in ("modules", "doc_fragments", "inventory", "lookup", "filter"):
        yield from sorted(path for path in (ROOT / "plugins" / kind).iterdir() if path.suffix in (".py", ".yml"))


def main(arguments: list[str]) -> int:
    """Run the command line."""
    differences: list[str] = []
    for path in files():
        before, name = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        try:
            after = updated(before)
        except MarkerError as error:
            print(f"{name}: {error}")
            return 1
        if "--check" in arguments:
            lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
            differences += difflib.unified_diff(*lines, name, f"{name} (as scripts/update_docs.py writes it)")
        elif after != before:
            path.write_text(after, encoding="utf-8")
    print("".join(differences), end="")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
