# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as users get it: its tarball, what Galaxy says to it, its documentation."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import ansible_test
import environment as env
import steps
from steps import Step, tool

FULL_NAME = f"{env.NAMESPACE}.{env.NAME}"


def build(target: Path) -> Path:
    """Build the tarball in the folder TARGET; return it."""
    copy = ansible_test.copy_tree("galaxy")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    command = [tool("ansible-galaxy"), "collection", "build", "--output-path", str(target), str(copy)]
    done = subprocess.run(command, env=steps.environ(), capture_output=True, text=True, check=False)
    tarballs = list(target.glob("*.tar.gz"))
    if done.returncode or len(tarballs) != 1:
        raise env.SetupError(f"building the collection failed: {done.stdout}{done.stderr}")
    return tarballs[0]


def importer() -> list[Step]:
    """the tarball: galaxy-importer, and an installation in an empty folder"""
    return inspect(build(env.CACHE / "build" / "dist"))


def inspect(tarball: Path) -> list[Step]:
    """What galaxy-importer says to a tarball, and whether it can be installed where nothing is."""
    python = env.ensure_named("importer")
    work = env.CACHE / "build" / "importer"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    config = work / "galaxy-importer.cfg"
    config.write_text(
        "[galaxy-importer]\nCHECK_REQUIRED_TAGS = False\nRUN_ANSIBLE_TEST = False\nCHECK_CHANGELOG = True\n"
        "LOG_LEVEL_MAIN = INFO\n",
        encoding="utf-8",
    )
    path = f"{python.parent}:{env.VENV / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    imported = steps.run(
        "galaxy-importer",
        [python, "-m", "galaxy_importer.main", tarball],
        cwd=work,
        extra_env={"GALAXY_IMPORTER_CONFIG": str(config), "PATH": path},
    )
    return [imported, _install(tarball, work / "installed")]


def _install(tarball: Path, target: Path) -> Step:
    """Install the tarball where nothing is, and have ansible-doc read every plugin of it from there."""
    install = [tool("ansible-galaxy"), "collection", "install", "--offline", "--pre", "-p", str(target), str(tarball)]
    place = {"ANSIBLE_COLLECTIONS_PATH": str(target)}
    step = steps.run("install in an empty folder", install, extra_env=place)
    if step.state != steps.OK:
        return step
    found = 0
    for kind in ("module", "inventory", "lookup", "filter"):
        command = [tool("ansible-doc"), "--type", kind, "--json", "--list", FULL_NAME]
        done = subprocess.run(command, env=steps.environ(**place), capture_output=True, text=True, check=False)
        names = sorted(json.loads(done.stdout or "{}"))
        if names:
            command = [tool("ansible-doc"), "--type", kind, "--json", *names]
            done = subprocess.run(command, env=steps.environ(**place), capture_output=True, text=True, check=False)
            documented = json.loads(done.stdout or "{}")
            missing = [name for name in names if not documented.get(name, {}).get("doc")]
            if done.returncode or missing:
                step.state, step.failed = steps.FAILED, 1
                step.detail = f"ansible-doc cannot read {missing}: {done.stderr.strip()}"
                return step
        found += len(names)
    step.detail = f"{found} documented plugins"
    return step


def docs() -> list[Step]:
    """the documentation as a web site, in .cache/site"""
    python = env.ensure_named("docs")
    work = env.CACHE / "build" / "site"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    path = {"PATH": f"{python.parent}:/usr/bin:/bin"}
    source = work / "rst"
    source.mkdir(mode=0o700)  # antsibull-docs insists
    made = steps.run(
        "docs: from the plugins",
        [python.with_name("antsibull-docs"), "collection", "--use-current", "--squash-hierarchy", "--fail-on-error",
         "--dest-dir", source, FULL_NAME],
        extra_env=path,
    )  # fmt: skip
    if made.state != steps.OK:
        return [made]
    shutil.copy(env.CONFIG / "sphinx_conf.py", work / "conf.py")
    site = env.CACHE / "site"
    built = steps.run(
        "docs: the site",
        [python.with_name("sphinx-build"), "-q", "-W", "--keep-going", "-c", work, "-d", work / "trees", source, site],
        extra_env=path,
    )
    return [made, built]
