# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`ansible-test` without containers, on a real copy of the tree, with each release of ansible-core that can be had."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import environment as env
import steps
from core_matrix import CORES, Core, available, chosen
from steps import Step

BUILD = env.CACHE / "build"
HOMES = env.CACHE / "ansible-test-home"

# Stands in for the bootstrap script that ansible-test downloads: the pip of .venv installs pip there.
STAND_IN = """\
# Written because the bootstrap script of ansible-test could not be downloaded.
import subprocess
import sys

arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([{python!r}, "-m", "pip", "--python", sys.executable, "install", "--no-compile", *arguments])
"""
#: The sanity tests whose outcome depends on the release of ansible-core.
OF_A_RELEASE = ("compile", "ignores", "validate-modules")


def _copy(name: str) -> Path:
    return BUILD / name / "ansible_collections" / env.NAMESPACE / env.NAME


def copy_tree(name: str) -> Path:
    """Copy what git tracks, or would track, to a place that ansible-test and ansible-galaxy accept.

    :param name: of the copy; one that is there is replaced
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=env.ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    copy = _copy(name)
    shutil.rmtree(copy, ignore_errors=True)
    for tracked in filter(None, listed.split("\0")):
        source = env.ROOT / tracked
        if source.is_file():
            target = copy / tracked
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    # A repository of its own: else ansible-test asks the outer one, which ignores this folder, and tests nothing.
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    subprocess.run(["git", "add", "--all", "--force"], cwd=copy, check=True)
    return copy


def _ansible_test(name: str, core: Core, *arguments: str) -> Step:
    """Run ansible-test; where its bootstrap script cannot be downloaded, put the stand-in there and run it again."""
    python = core.ensure()
    # Its own HOME: the stand-in stays out of the user's, and the environments which ansible-test makes stay here.
    home = HOMES / core.name
    pip_config = home / ".config" / "pip"
    if not pip_config.exists() and Path("~/.config/pip").expanduser().is_dir():
        pip_config.parent.mkdir(parents=True, exist_ok=True)
        pip_config.symlink_to(Path("~/.config/pip").expanduser(), target_is_directory=True)
    home.mkdir(parents=True, exist_ok=True)
    log = env.CACHE / "logs" / f"{re.sub(r'[ ,]+', '-', name)}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    others = [str(path.parent) for path in env.interpreters().values()]
    environ = steps.environ(
        HOME=str(home),
        PATH=os.pathsep.join([str(python.parent), *others, os.environ.get("PATH", os.defpath)]),
        PIP_CACHE_DIR=os.environ.get("PIP_CACHE_DIR", str(Path("~/.cache/pip").expanduser())),
    )
    environ.pop("ANSIBLE_HOME")
    command = [str(python.with_name("ansible-test")), *arguments]
    start = time.monotonic()
    steps.heading(name)
    for _attempt in range(8):
        with open(log, "w", encoding="utf-8") as stream:
            process = subprocess.Popen(
                command, cwd=_copy(core.name), env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace",
            )  # fmt: skip
            assert process.stdout
            for line in process.stdout:
                print(line, end="", flush=True)
                stream.write(line)
            code = process.wait()
        output = log.read_text(encoding="utf-8")
        if not (code and _repaired(output, core.folder)):
            break
    nothing = "All targets skipped" in output
    good = code == 0 and not nothing
    detail = f"ansible-core {core.name}" + ("" if good else ", nothing was tested" if nothing else f", exit {code}")
    return Step(name, steps.OK if good else steps.FAILED, time.monotonic() - start, detail, int(good), int(not good))


def _repaired(output: str, folder: Path) -> bool:
    """Mend a download that failed for want of a network; tell whether another try is worth while.

    :param output: what ansible-test printed
    :param folder: the virtual environment that it is in
    """
    missing = re.search(r"can be manually downloaded and saved to: (\S+)", output)
    if missing and not Path(missing.group(1)).exists():
        path = Path(missing.group(1))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STAND_IN.format(python=str(env.VENV / "bin" / "python")), encoding="utf-8")
        print(f"could not download {path.name}: pip comes from the package index instead")
        return True
    # ansible-core 2.22 wants a snapshot of dill from its repository; where only the package index is reached, the
    # release does, since only Python 3.15 needs the snapshot. This changes nothing but our own environment.
    wanted = re.search(r"Collecting (\w+)@ https?://", output)
    if wanted and "Could not install packages due to an OSError" in output:
        changed = False
        for path in folder.glob("lib/python*/site-packages/ansible_test/_data/requirements/*.txt"):
            text = path.read_text(encoding="utf-8")
            mended = re.sub(rf"(?m)^{wanted.group(1)} @ \S+", wanted.group(1), text)
            if mended != text:
                path.unlink()  # it may be a link to uv's cache
                path.write_text(mended, encoding="utf-8")
                changed = True
        if changed:
            print(f"could not download the snapshot of {wanted.group(1)}: its release comes instead")
        return changed
    return False


def sanity(*names: str) -> list[Step]:
    """ansible-test sanity with the newest ansible-core, what depends on it with the others (CORES=all: all, and units)

    :param names: releases of ansible-core, default: those of `make test`
    """
    result = []
    for name in names or chosen():
        result += _sanity_of(CORES[name])
    return result


def _sanity_of(core: Core) -> list[Step]:
    copy_tree(core.name)
    newest = core is CORES[list(available())[-1]]
    text = env.version_text(core.version())
    result = []
    arguments = ["--requirements", "--python", text]
    if newest and env.ALL_CORES:
        result.append(_ansible_test(f"ansible-test units {core.name}", core, "units", *arguments, "--num-workers", "2"))
    name = f"sanity {core.name} on Python {text}"
    if newest or env.ALL_CORES:
        # By itself, since it takes as long as all the others, and a release candidate's may have to be mended first.
        result.append(_ansible_test(f"{name}, pylint", core, "sanity", *arguments, "--test", "pylint"))
        result.append(_ansible_test(name, core, "sanity", *arguments, "--skip-test", "pylint"))
    else:
        tests = [word for test in OF_A_RELEASE for word in ("--test", test)]
        result.append(_ansible_test(name, core, "sanity", *arguments, *tests))
    oldest = min(env.interpreters())
    if newest and oldest < core.version():
        text = env.version_text(oldest)
        arguments = ["--requirements", "--python", text, "--test", "compile", "--test", "import"]
        result.append(_ansible_test(f"modules on Python {text}", core, "sanity", *arguments))
    return result
