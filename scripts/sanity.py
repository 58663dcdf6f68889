# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ``ansible-test`` without containers, on a copy of the tree: sanity.py CORE.

The newest release of ansible-core runs all sanity tests, the others run those whose outcome depends on the release.
With ``CORES=all`` each runs all, and the newest the unit tests, too.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from antsibull_fileutils.copier import GitCopier

import environment

#: Replaces the bootstrap script that ansible-test downloads: the pip of .venv installs pip there.
STAND_IN = """\
# Written because the bootstrap script of ansible-test could not be downloaded.
import subprocess
import sys

arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([{python!r}, "-m", "pip", "--python", sys.executable, "install", "--no-compile", *arguments])
"""
#: The sanity tests whose outcome depends on the release of ansible-core.
OF_A_RELEASE = ("compile", "ignores", "validate-modules")


def copy_tree(folder: Path) -> Path:
    """Copy what git tracks, or would track, to FOLDER/ansible_collections/partnerops/saas; return that path."""
    copy = folder / "ansible_collections" / "partnerops" / "saas"
    shutil.rmtree(folder, ignore_errors=True)
    copy.parent.mkdir(parents=True)
    GitCopier().copy(environment.ROOT, copy)
    # Otherwise ansible-test asks the outer repository, which ignores this folder, and tests nothing.
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main"], cwd=copy, check=True)
    return copy


def repair(output: str, folder: Path) -> bool:
    """Make up for a download that failed; return whether another attempt may succeed.

    :param output: what ansible-test printed
    :param folder: the virtual environment that it is in
    """
    script = re.search(r"can be manually downloaded and saved to: (\S+)", output)
    if script and not Path(script[1]).exists():
        Path(script[1]).parent.mkdir(parents=True, exist_ok=True)
        Path(script[1]).write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
        return True
    # ansible-core 2.22 wants a snapshot of dill from its repository. Only Python 3.15 needs it, elsewhere the release
    # will do. This changes nothing but our own environment.
    wanted = re.search(r"Collecting (\w+)@ https?://", output)
    found = list(folder.glob("lib/python*/site-packages/ansible_test/_data/requirements/*.txt")) if wanted else []
    texts = {path: path.read_text(encoding="utf-8") for path in found}
    repaired = {path: re.sub(rf"(?m)^{wanted[1]} @ \S+", wanted[1], text) for path, text in texts.items() if wanted}
    for path in [path for path in found if repaired[path] != texts[path]]:
        path.unlink()  # it may be a link to uv's cache
        path.write_text(repaired[path], encoding="utf-8")
    return repaired != texts


def ansible_test(python: Path, copy: Path, on: str, *arguments: str) -> bool:
    """Run ansible-test on COPY, again after each repair; return whether it tested something and all was well.

    :param python: of the environment that ansible-test is in
    :param on: the version of the Python to test with
    """
    # It has a HOME of its own: the environments that it makes are kept there, and the stand-in is not in the user's.
    home = environment.CACHE / "ansible-test-home" / python.parents[1].name
    pip, linked = Path("~/.config/pip").expanduser(), home / ".config" / "pip"
    linked.parent.mkdir(parents=True, exist_ok=True)
    if pip.is_dir() and not linked.exists():
        linked.symlink_to(pip, target_is_directory=True)
    variables = {"PIP_CACHE_DIR": str(Path("~/.cache/pip").expanduser()), **os.environ, "HOME": str(home)}
    variables["PATH"] = os.pathsep.join([str(python.parent), variables["PATH"]])
    variables.pop("ANSIBLE_HOME", None)
    command = [str(python.with_name("ansible-test")), *arguments, "--requirements", "--python", on]
    again = True
    while again:
        print("$", *command, flush=True)
        done = subprocess.run(
            command, cwd=copy, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
        )  # fmt: skip
        print(done.stdout, flush=True)
        again = done.returncode != 0 and repair(done.stdout, python.parents[1])
    return done.returncode == 0 and "All targets skipped" not in done.stdout


def main(core: str) -> int:
    """Run the tests for this release; a failure does not stop the others."""
    python, copy = environment.ensure(f"core-{core}"), copy_tree(environment.CACHE / "build" / core)
    newest, everything = core == list(environment.available())[-1], os.environ.get("CORES") == "all"
    minor = int(next(python.parents[1].glob("lib/python3.*")).name.partition(".")[2])
    older = next((older for older in range(9, minor) if environment.interpreter(older, older)), None)
    runs = [(minor, ["sanity", *(word for test in OF_A_RELEASE for word in ("--test", test))])]
    if newest or everything:
        # pylint runs alone: it takes as long as all others, and a release candidate's may have to be repaired first.
        runs = [(minor, ["sanity", option, "pylint"]) for option in ("--test", "--skip-test")]
    if newest and everything:
        runs.append((minor, ["units", "--num-workers", "2"]))
    if newest and older:  # modules run on older Pythons than ansible-core does
        runs.append((older, ["sanity", "--test", "compile", "--test", "import"]))
    return max(not ansible_test(python, copy, f"3.{on}", *arguments) for on, arguments in runs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
