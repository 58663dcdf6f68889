# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's folder: a home of its own, the collection installed from its tarball, a world of the simulator."""

from __future__ import annotations

import shutil
import subprocess
import sys
import typing as t
from importlib import import_module
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.documentation.literate import ROOT, Place
from ansible_collections.partnerops.saas.tests.support.harness import connection_env, python_of
from ansible_collections.partnerops.saas.tests.support.ports import free_port

sys.path.insert(0, str(ROOT / "scripts"))
VENV = ROOT / ".venv" / "bin"
# npm is no condition of the checks: where it is missing, the one test that needs it is not there.
collect_ignore = [] if shutil.which("npm") else ["test_editor.py"]
REPOSITORY = "https://github.com/partnerops/partnerops.saas.git"


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the collection's tarball from the current tree."""
    return Path(import_module("release").build(tmp_path_factory.mktemp("tarball")))


@pytest.fixture(scope="session")
def repository(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a git repository with the current tree."""
    tree = tarball.parents[1] / "tree" / "ansible_collections" / "partnerops" / "saas"
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "add", "--all", "--force"], cwd=tree, check=True)
    subprocess.run(["git", *who, "commit", "--quiet", "--message", "All"], cwd=tree, check=True)
    bare = tmp_path_factory.mktemp("repository") / "partnerops.saas.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", "--branch", "main", str(tree), str(bare)], check=True)
    return f"file://{bare}"


@pytest.fixture(scope="session")
def installed(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of collections in which ours was installed from the tarball."""
    place = tmp_path_factory.mktemp("collections")
    command = [str(VENV / "ansible-galaxy"), "collection", "install", "--offline", "-p", str(place), str(tarball)]
    subprocess.run(command, check=True, capture_output=True, env=environment_of(place, VENV))
    return place


def environment_of(home: Path, programs: Path) -> dict[str, str]:
    """Return what a user's shell has, and no more; the programs of one environment come first."""
    scratch = home / "tmp"
    scratch.mkdir(exist_ok=True)
    # The package index is the one of whoever runs the tests.
    pip = Path("~/.config/pip").expanduser()
    if pip.is_dir() and not (home / ".config").exists():
        (home / ".config").mkdir()
        (home / ".config" / "pip").symlink_to(pip, target_is_directory=True)
    return {
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",
        "ANSIBLE_NOCOWS": "true",
    }


@pytest.fixture
def bare(tmp_path: Path, repository: str, tarball: Path) -> Place:
    """Return a user who has Python and nothing else, with the tarball in the folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / tarball.name).write_bytes(tarball.read_bytes())
    python = Path(sys.base_prefix) / "bin"
    environment = environment_of(tmp_path, python)
    port = free_port()
    real = {REPOSITORY: repository, "127.0.0.1:8080": f"127.0.0.1:{port}", "--port 8080": f"--port {port}"}
    return Place(folder, environment, real)


@pytest.fixture(scope="session")
def ecosystem() -> Path:
    """Return the folder of the programs around Ansible, see tests/requirements/ecosystem.txt."""
    return Path(import_module("environment").ensure("ecosystem")).parent


@pytest.fixture
def place(tmp_path: Path, world: t.Any, installed: Path, ecosystem: Path) -> Place:
    """Return a user who has done what the page on getting started says, at marketplace 7."""
    folder = tmp_path / "work"
    folder.mkdir()
    environment = {
        **environment_of(tmp_path, python_of().parent),
        **connection_env(world),
        "ANSIBLE_COLLECTIONS_PATH": str(installed),
    }
    environment["PATH"] = environment["PATH"].replace(":", f":{ecosystem}:", 1)
    real = {
        "https://ppp-admin.mobsted.com": world.mobsted_url,
        "partner@example.com": world.login,
        "mobsted-password": world.password,
        "https://cloud.mip.to": world.mip_url,
        "owner@mip.example": world.mip_email,
        "mip-password": world.mip_password,
    }
    return Place(folder, environment, real)
