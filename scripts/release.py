# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make release`: the changelog of the version in galaxy.yml, and the tarball in dist/, checked and installed once."""

from __future__ import annotations

import re
import subprocess
import sys

import environment as env
import package
import steps


def changelog(version: str) -> None:
    """Turn the fragments and the new plugins into the changelog of VERSION, begun already or not."""
    listed = env.ROOT / "changelogs" / "changelog.yaml"
    known = listed.is_file() and re.search(rf"(?m)^  {re.escape(version)}:", listed.read_text(encoding="utf-8"))
    # Updating also takes in plugins that came after the version was begun; tag a version to close it.
    command = [steps.tool("antsibull-changelog"), "release", "--version", version]
    command += ["--update-existing", "--reload-plugins"] if known else []
    subprocess.run(command, cwd=env.ROOT, env=steps.environ(), check=True)


def main() -> int:
    """Set up, write the changelog, build, have galaxy-importer look at it, install it in an empty folder."""
    try:
        env.ensure_main()
        found = re.search(r"(?m)^version: (\S+)", (env.ROOT / "galaxy.yml").read_text(encoding="utf-8"))
        if not found:
            raise env.SetupError("galaxy.yml has no version")
        changelog(found.group(1))
        tarball = package.build(env.ROOT / "dist")
        found_wrong = [step for step in package.inspect(tarball) if step.state != steps.OK]
    except (env.SetupError, subprocess.CalledProcessError) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    for step in found_wrong:
        print(f"error: {step.name}: {step.detail}", file=sys.stderr)
    if found_wrong:
        return 1
    print(f"{tarball.relative_to(env.ROOT)}: look at the changes of changelogs/ and CHANGELOG.md, then commit and tag")
    return 0


if __name__ == "__main__":
    sys.exit(main())
