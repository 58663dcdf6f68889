# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a release of the version in galaxy.yml (``make release``): the tarball, its SBOM and signed checksums, in dist/.

Nothing but dist/ is written. ``make release ARGS=--changelog`` writes the changelog instead, to be reviewed and
committed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
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


def has_changelog(version: str) -> bool:
    """Return whether the changelog has an entry for VERSION."""
    listed = environment.ROOT / "changelogs" / "changelog.yaml"
    text = listed.read_text(encoding="utf-8") if listed.is_file() else ""
    return bool(re.search(rf"(?m)^  {re.escape(version)}:", text))


def changelog(version: str) -> None:
    """Add the fragments and the new plugins to the changelog of VERSION, whether or not it has an entry yet."""
    known = has_changelog(version)
    # An update also adds plugins that came after the entry was made; a tag closes the version.
    command = ["antsibull-changelog", "release", "--version", version]
    command += ["--update-existing", "--reload-plugins"] if known else []
    subprocess.run(command, cwd=environment.ROOT, check=True)


def changed_files() -> str:
    """Return what differs from the last commit, or may differ, as git lists it, whatever git is configured to hide."""
    status = _git("status", "--porcelain", "--untracked-files=all", "--ignore-submodules=none")
    hidden = [line for line in _git("ls-files", "-v").splitlines() if line[0] == "S" or line[0].islower()]
    return status + "".join(
        f"{line[2:]} (git is set not to look at it: git update-index --no-assume-unchanged --no-skip-worktree)\n"
        for line in hidden
    )


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=environment.ROOT, check=True, capture_output=True, text=True).stdout


def other_tag(version: str) -> str | None:
    """Return the tag of this commit if it is of another version: users would get something else than it says."""
    tags = _git("tag", "--points-at", "HEAD", "v*").split()
    return None if f"v{version}" in tags else next(iter(tags), None)


def bill_of_materials(tarball: Path, version: str, work: Path) -> Path:
    """Write the SBOM of a release: the collection, and the libraries that it runs with, as CycloneDX."""
    made = tarball.with_name(tarball.name.replace(".tar.gz", ".cdx.json"))
    python = environment.ensure("release")
    locked = environment.ROOT / "docs" / "gitops" / "requirements.txt"
    # As a module: the first line of its script names the folder in which the environment was made.
    command = [str(python), "-m", "cyclonedx_py", "requirements", str(locked), "--output-reproducible"]
    subprocess.run([*command, "--output-file", str(work / "sbom.json")], check=True)
    sbom = json.loads((work / "sbom.json").read_text(encoding="utf-8"))
    sbom.setdefault("metadata", {})["component"] = {
        "type": "library",
        "bom-ref": "partnerops.saas",
        "name": "partnerops.saas",
        "version": version,
        "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(tarball.read_bytes()).hexdigest()}],
    }
    made.write_text(json.dumps(sbom, indent=2) + "\n", encoding="utf-8")
    return made


def checksums(folder: Path) -> Path:
    """Write SHA256SUMS of all files of a folder, in the form that sha256sum reads."""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("SHA256SUMS"))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    made = folder / "SHA256SUMS"
    made.write_text("".join(lines), encoding="utf-8")
    return made


def sign(path: Path, key: str) -> None:
    """Sign a file with a key of gpg's key ring, beside it."""
    command = ["gpg", "--batch", "--yes", "--armor", "--local-user", key, "--detach-sign", str(path)]
    subprocess.run(command, check=True)


def main() -> int:
    """Build, check what was built as ``make importer`` does, and write what proves where it comes from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changelog", action="store_true", help="write the changelog of the version, and stop")
    parser.add_argument("--key", default=os.environ.get("RELEASE_KEY"), help="id of the gpg key (or RELEASE_KEY)")
    parser.add_argument("--unchecked", action="store_true", help="leave the galaxy importer out")
    given = parser.parse_args()
    environment.prepare()
    dirty = changed_files()
    if dirty and not given.changelog:
        sys.exit(f"A release is made of a commit, and these files differ from it:\n{dirty}Commit or stash them first.")
    found = re.search(r"(?m)^version: (\S+)", (environment.ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    if not found:
        sys.exit("galaxy.yml has no version")
    if given.changelog:
        changelog(found[1])
        print("Review the changes of changelogs/ and CHANGELOG.md, commit, tag, and run make release.")
        return 0
    if not has_changelog(found[1]):
        sys.exit(f"The changelog has no version {found[1]}: run make release ARGS=--changelog, review it and commit.")
    tag = other_tag(found[1])
    if tag:
        sys.exit(f"This commit has the tag {tag}, and galaxy.yml has version {found[1]}. Correct one of them.")
    work = environment.CACHE / "build" / "release"
    tarball = build(work)
    if not given.unchecked:
        subprocess.run(["nox", "-s", "build-import-check", "install", "--", tarball], cwd=environment.ROOT, check=True)
    bill_of_materials(tarball, found[1], work)
    sums = checksums(tarball.parent)
    if given.key:
        sign(sums, given.key)
    else:
        print("SHA256SUMS is not signed: give the id of a key (--key, or RELEASE_KEY).", file=sys.stderr)
    folder = environment.ROOT / "dist"  # last: what failed half-way must not look like a release
    shutil.rmtree(folder, ignore_errors=True)
    shutil.move(tarball.parent, folder)
    print("\n".join(f"dist/{path.name}" for path in sorted(folder.iterdir())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
