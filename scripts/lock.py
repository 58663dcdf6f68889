# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lock what the tests and the example workflow install: every version, with the hashes of its files (``make lock``).

The workflows of a release and of the web site install from these (``LOCKED=1``), so nothing gets in that was not there
when they were reviewed. Everywhere else the ranges of tests/requirements count, so newer releases are tested early. The
releases of ansible-core in the matrix are not locked: it is there to test their latest.
"""

from __future__ import annotations

import subprocess
import sys

import environment

#: What is locked, and from what.
LOCKS = {
    "tests/requirements/locked/main.txt": [
        *(f"tests/requirements/{name}.txt" for name in environment.MAIN),
        "tests/simulator/requirements.txt",
    ],
    **{f"tests/requirements/locked/{name}.txt": [f"tests/requirements/{name}.txt"] for name in environment.OTHERS},
    "docs/gitops/requirements.txt": ["tests/requirements/run.txt"],
}
HEAD = "# Made by `make lock`: do not edit.\n"


def main() -> int:
    """Write all of them. No address of an index gets into a file."""
    environment.prepare()
    for target, sources in LOCKS.items():
        path = environment.ROOT / target
        path.parent.mkdir(exist_ok=True)
        how = ("--universal", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header")
        command = [str(environment.UV), "pip", "compile", "--quiet", *how, "--python-version", "3.11", *sources]
        done = subprocess.run(
            [*command, *sys.argv[1:]], cwd=environment.ROOT, check=True, capture_output=True, text=True
        )
        license_head = "".join((environment.ROOT / sources[0]).read_text(encoding="utf-8").splitlines(True)[:3])
        path.write_text(f"{license_head}\n{HEAD}{done.stdout}", encoding="utf-8")
        print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
