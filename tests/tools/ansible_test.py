# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`ansible-test` without containers, on a real copy of the tree, once for each Python that ansible-core runs on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import environment as env
import steps
from core_matrix import CORES, Core
from steps import Step

BUILD = env.CACHE / "build"
COPY = BUILD / "ansible_collections" / env.NAMESPACE / env.NAME
HOME = env.CACHE / "ansible-test-home"

# Stands in for the bootstrap script that ansible-test downloads: pip from the interpreter's own ensurepip.
STAND_IN = """\
# Written because the bootstrap script of ansible-test could not be downloaded.
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"])
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "pip", "install", *arguments])
"""


def copy_tree() -> Path:
    """Copy what git tracks, or would track, to a place that ansible-test and ansible-galaxy accept."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=env.ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    shutil.rmtree(COPY, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        source = env.ROOT / name
        if source.is_file():
            target = COPY / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    # A repository of its own: else ansible-test asks the outer one, which ignores this folder, and tests nothing.
    subprocess.run(["git", "init", "--quiet"], cwd=COPY, check=True)
    subprocess.run(["git", "add", "--all", "--force"], cwd=COPY, check=True)
    return COPY


def _newest_core(version: env.Version) -> Core | None:
    """The newest release for a Python."""
    fitting = [core for core in CORES.values() if core.oldest <= version <= core.newest]
    return fitting[-1] if fitting else None


def _environments() -> list[tuple[env.Version, Core]]:
    """Pythons of this machine that some ansible-core runs on, each with the newest one."""
    pairs = [(version, _newest_core(version)) for version in env.interpreters()]
    return [(version, core) for version, core in pairs if core]


def _ansible_test(name: str, version: env.Version, core: Core, *arguments: str) -> Step:
    """Run ansible-test; where its bootstrap script cannot be downloaded, put the stand-in there and run it again."""
    folder = env.CACHE / "venvs" / f"ansible-test-{env.version_text(version)}"
    requirements = env.requirement_files("run")
    python = env.ensure_venv(folder, env.interpreters()[version], requirements, [core.requirement])
    # Its own HOME: the stand-in stays out of the user's, and the environments which ansible-test makes stay here.
    HOME.mkdir(parents=True, exist_ok=True)
    pip_config = HOME / ".config" / "pip"
    if not pip_config.exists() and Path("~/.config/pip").expanduser().is_dir():
        pip_config.parent.mkdir(parents=True, exist_ok=True)
        pip_config.symlink_to(Path("~/.config/pip").expanduser(), target_is_directory=True)
    log = env.CACHE / "logs" / f"{name.replace(' ', '-')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    others = [str(path.parent) for path in env.interpreters().values()]
    environ = steps.environ(
        HOME=str(HOME),
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
                command, cwd=COPY, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace",
            )  # fmt: skip
            assert process.stdout
            for line in process.stdout:
                print(line, end="", flush=True)
                stream.write(line)
            code = process.wait()
        output = log.read_text(encoding="utf-8")
        if not (code and _repaired(output, folder)):
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
        path.write_text(STAND_IN, encoding="utf-8")
        print(f"could not download {path.name}: pip comes from ensurepip instead")
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
                path.write_text(mended, encoding="utf-8")
                changed = True
        if changed:
            print(f"could not download the snapshot of {wanted.group(1)}: its release comes instead")
        return changed
    return False


def sanity() -> list[Step]:
    """ansible-test sanity with the oldest and the newest Python and ansible-core (SANITY=all: with each), no ignores"""
    copy_tree()
    pairs = _environments()
    if len(pairs) > 2 and os.environ.get("SANITY") != "all":
        pairs = [pairs[0], pairs[-1]]
    result = []
    for version, core in pairs:
        text = env.version_text(version)
        result.append(
            _ansible_test(f"sanity on Python {text}", version, core, "sanity", "--requirements", "--python", text)
        )
    version, core = pairs[-1]
    oldest = min(env.interpreters())
    if oldest < version:
        text = env.version_text(oldest)
        tests = ["--test", "compile", "--test", "import"]
        arguments = ["sanity", "--requirements", "--python", text, *tests]
        result.append(_ansible_test(f"modules on Python {text}", version, core, *arguments))
    return result


def units() -> Step:
    """ansible-test units, once, with the newest ansible-core"""
    name = "ansible-test units"
    copy = copy_tree()
    if not any((copy / "tests" / "unit").rglob("test_*.py")):
        return Step(name, steps.EMPTY)
    version, core = _environments()[-1]
    arguments = ["units", "--requirements", "--python", env.version_text(version), "--num-workers", "2"]
    return _ansible_test(name, version, core, *arguments)
