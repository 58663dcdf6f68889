# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the changelog of the version in galaxy.yml and the tarball in dist/, and check both (``make release``)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import environment
import sanity


def build(work: Path) -> Path:
    """Build the tarball WORK/dist/….tar.gz of a copy of the tree in WORK/tree; return it."""
    copy = sanity.copy_tree(work / "tree")
    shutil.rmtree(work / "dist", ignore_errors=True)
    galaxy = environment.VENV / "bin" / "ansible-galaxy"
    subprocess.run([galaxy, "collection", "build", "--output-path", work / "dist", copy], check=True)
    (tarball,) = (work / "dist").glob("*.tar.gz")
    return tarball


def changelog(version: str) -> None:
    """Add the fragments and the new plugins to the changelog of VERSION, whether or not it has an entry yet."""
    listed = environment.ROOT / "changelogs" / "changelog.yaml"
    known = listed.is_file() and re.search(rf"(?m)^  {re.escape(version)}:", listed.read_text(encoding="utf-8"))
    # An update also adds plugins that came after the entry was made; a tag closes the version.
    command = ["antsibull-changelog", "release", "--version", version]
    command += ["--update-existing", "--reload-plugins"] if known else []
    subprocess.run(command, cwd=environment.ROOT, check=True)


def main() -> int:
    """Write the changelog, build, and check what was built as ``make importer`` does."""
    environment.prepare()
    found = re.search(r"(?m)^version: (\S+)", (environment.ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    if not found:
        sys.exit("galaxy.yml has no version")
    changelog(found[1])
    tarball = build(environment.CACHE / "build" / "release")
    target = environment.ROOT / "dist" / tarball.name
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir()
    shutil.move(tarball, target)
    subprocess.run(["nox", "-s", "build-import-check", "install", "--", target], cwd=environment.ROOT, check=True)
    print(f"dist/{target.name} is ready. Review the changes of changelogs/ and CHANGELOG.md, then commit and tag.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
