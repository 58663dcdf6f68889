# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The releases of ansible-core to test with, each in its own environment, made when first asked for.

core_matrix.py list            which releases can be had with the Pythons found, as JSON core_matrix.py ensure 2.21 make
.cache/venvs/core-2.21; the last line printed is its Python
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
import threading
from pathlib import Path

import environment as env


@dataclasses.dataclass(frozen=True)
class Core:
    """One release: what pip is asked for, and the controller Pythons it runs on."""

    name: str
    requirement: str
    oldest: env.Version
    newest: env.Version
    always: bool = True  # whether `make test` has it, or only `make matrix` and what CORES=all asks for

    @property
    def folder(self) -> Path:
        """Its virtual environment; that of the tests, where it has this release."""
        if env.core_of_main() == self.name:
            return env.VENV
        return env.CACHE / "venvs" / f"core-{self.name}"

    def interpreter(self) -> tuple[env.Version, Path] | None:
        """A Python of this machine that it runs on, the oldest one, or None."""
        fitting = [item for item in env.interpreters().items() if self.oldest <= item[0] <= self.newest]
        return fitting[0] if fitting else None

    def version(self) -> env.Version:
        """The Python that its environment gets."""
        if self.folder == env.VENV:
            return env.version_of_main()
        found = self.interpreter()
        if not found:
            span = f"{env.version_text(self.oldest)} to {env.version_text(self.newest)}"
            raise env.SetupError(f"ansible-core {self.name} needs Python {span}; there is none on this machine")
        return found[0]

    def ensure(self) -> Path:
        """Make its environment; return the Python in it."""
        if self.folder == env.VENV:
            return env.ensure_main()
        python = env.interpreters()[self.version()]
        env.ensure_collection()
        return env.ensure_venv(self.folder, python, env.requirement_files("run", "test"), [self.requirement])


# Each on the oldest of its Pythons that is here, which spreads them over 3.11, 3.12 and 3.13.
CORES = {
    core.name: core
    for core in (
        Core("2.18", "ansible-core==2.18.*", (3, 11), (3, 13)),
        Core("2.19", "ansible-core==2.19.*", (3, 11), (3, 13)),
        Core("2.20", "ansible-core==2.20.*", (3, 12), (3, 14), always=False),
        Core("2.21", "ansible-core==2.21.*", (3, 12), (3, 14)),
        Core("2.22", "ansible-core>=2.22.0rc1,<2.23", (3, 13), (3, 15)),
    )
}


def begin() -> None:
    """Make the environments of ``chosen`` beside whatever else is done; ``Core.ensure`` waits for its own."""

    def make() -> None:
        for name in chosen():
            with contextlib.suppress(env.SetupError):  # told by the stage that needs it
                CORES[name].ensure()

    threading.Thread(target=make, daemon=True).start()


def available() -> dict[str, str]:
    """Releases that can be had here, each with the Python it gets."""
    found = {name: core.interpreter() for name, core in CORES.items()}
    return {name: env.version_text(item[0]) for name, item in found.items() if item}


def chosen() -> list[str]:
    """Those of them that `make test` has: all with ``CORES=all``."""
    return [name for name in available() if CORES[name].always or env.ALL_CORES]


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
