# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make release`: the changelog of the version in galaxy.yml, and the tarball in dist/."""

from __future__ import annotations

import re
import subprocess
import sys

import environment as env
import package
import steps


def changelog(version: str) -> None:
    """Turn the fragments into the changelog of VERSION; again without new fragments this only writes it anew."""
    listed = env.ROOT / "changelogs" / "changelog.yaml"
    known = listed.is_file() and re.search(rf"(?m)^  {re.escape(version)}:", listed.read_text(encoding="utf-8"))
    fragments = list((env.ROOT / "changelogs" / "fragments").glob("*.y*ml"))
    command = [steps.tool("antsibull-changelog")]
    if known and not fragments:
        command.append("generate")
    else:
        command += ["release", "--version", version] + ["--update-existing"] * bool(known)
    # Not through the link, which antsibull-changelog resolves: it has to see where a collection lies.
    subprocess.run(command, cwd=env.ROOT, env=steps.environ(), check=True)


def main() -> int:
    """Set up, write the changelog, build."""
    try:
        env.ensure_main()
        found = re.search(r"(?m)^version: (\S+)", (env.ROOT / "galaxy.yml").read_text(encoding="utf-8"))
        if not found:
            raise env.SetupError("galaxy.yml has no version")
        changelog(found.group(1))
        tarball = package.build(env.ROOT / "dist")
    except (env.SetupError, subprocess.CalledProcessError) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    print(f"{tarball.relative_to(env.ROOT)}: look at the changes of changelogs/ and CHANGELOG.md, then commit and tag")
    return 0


if __name__ == "__main__":
    sys.exit(main())
