# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The releases of ansible-core to test with, each in its own environment, made when first asked for.

core_matrix.py list            which releases can be had with the Pythons found, as JSON
core_matrix.py ensure 2.21     make .cache/venvs/core-2.21; the last line printed is its Python
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path

import environment as env


@dataclasses.dataclass(frozen=True)
class Core:
    """One release: what pip is asked for, and the controller Pythons it runs on."""

    name: str
    requirement: str
    oldest: env.Version
    newest: env.Version
    prefer_newest: bool = False
    always: bool = True  # whether `make test` has it, or only `make matrix` and what CORES=all asks for

    @property
    def folder(self) -> Path:
        """Its virtual environment."""
        return env.CACHE / "venvs" / f"core-{self.name}"

    def interpreter(self) -> tuple[env.Version, Path] | None:
        """A Python of this machine that it runs on, or None."""
        fitting = [item for item in env.interpreters().items() if self.oldest <= item[0] <= self.newest]
        if not fitting:
            return None
        return fitting[-1 if self.prefer_newest else 0]

    def version(self) -> env.Version:
        """The Python that its environment gets."""
        found = self.interpreter()
        if not found:
            span = f"{env.version_text(self.oldest)} to {env.version_text(self.newest)}"
            raise env.SetupError(f"ansible-core {self.name} needs Python {span}; there is none on this machine")
        return found[0]

    def ensure(self) -> Path:
        """Make its environment; return the Python in it."""
        python = env.interpreters()[self.version()]
        env.ensure_collection()
        return env.ensure_venv(self.folder, python, env.requirement_files("run", "test"), [self.requirement])


# 2.19 is what .venv gets with Python 3.11, so here it runs on the newest Python that it knows.
CORES = {
    core.name: core
    for core in (
        Core("2.18", "ansible-core==2.18.*", (3, 11), (3, 13)),
        Core("2.19", "ansible-core==2.19.*", (3, 11), (3, 13), prefer_newest=True),
        Core("2.20", "ansible-core==2.20.*", (3, 12), (3, 14), always=False),
        Core("2.21", "ansible-core==2.21.*", (3, 12), (3, 14), prefer_newest=True),
        Core("2.22", "ansible-core>=2.22.0rc1,<2.23", (3, 13), (3, 15)),
    )
}


def available() -> dict[str, str]:
    """Releases that can be had here, each with the Python it gets."""
    found = {name: core.interpreter() for name, core in CORES.items()}
    return {name: env.version_text(item[0]) for name, item in found.items() if item}


def chosen() -> list[str]:
    """Those of them that `make test` has: all with C(CORES=all)."""
    return [name for name in available() if CORES[name].always or os.environ.get("CORES") == "all"]


def main(arguments: list[str]) -> int:
    """The command line."""
    if arguments == ["list"]:
        print(json.dumps(available()))
    elif len(arguments) == 2 and arguments[0] == "ensure" and arguments[1] in CORES:
        print(CORES[arguments[1]].ensure())
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except env.SetupError as error:
        sys.exit(f"error: {error}")
