# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the execution environment that the collection describes, and converge in it against the simulator, twice.

    execution_environment.py          build and run; the second run must change nothing
    execution_environment.py --keep   leave the base image's root in .cache/ee/root, which saves the next build a minute

Without a running Docker it needs ``debootstrap``, ``buildah`` and root: a base image of Debian is made on the spot, and
no image is pulled. With one, ``--base IMAGE`` names the base image.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

import environment
import release

WORK = environment.CACHE / "ee"
TAG = "localhost/partnerops-ee:latest"
BASE = "localhost/partnerops-ee-base:latest"
SUITE = "bookworm"
PACKAGES = "python3,python3-pip,ca-certificates,openssh-client"
#: The state that is converged, relative to the mounted folder.
STATE = environment.ROOT / "playbooks" / "example"
#: buildah without a user namespace, an overlay file system or a daemon.
BUILDAH = {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}


def run(*command: str | Path, **options: Any) -> str:
    """Run a command and return what it prints; show all of it if it fails."""
    env = {**os.environ, **BUILDAH, **options.pop("env", {})}
    done = subprocess.run(
        [str(word) for word in command], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False, **options,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} exited {done.returncode}:\n{done.stdout[-6000:]}")
    return done.stdout


def docker() -> bool:
    """Return whether a Docker daemon answers."""
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    return bool(shutil.which("docker")) and subprocess.run(command, capture_output=True, check=False).returncode == 0


def base_image(keep: bool) -> None:
    """Make the base image from Debian's packages, with what this machine needs to reach its package index."""
    for program in ("debootstrap", "buildah"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: install it (apt-get install debootstrap buildah crun), or start Docker.")
    root = WORK / "root"
    unmount(root)
    if not (root / "ready").exists():
        shutil.rmtree(root, ignore_errors=True)
        try:
            run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, root)
        finally:
            unmount(root)
        for file in settings_of_pip():
            target = root / file.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        (root / "ready").touch()
    made = run("buildah", "from", "scratch").strip()
    run("buildah", "add", "--quiet", made, root, "/")
    run("buildah", "commit", "--quiet", "--rm", made, BASE)
    if not keep:
        shutil.rmtree(root)


def unmount(root: Path) -> None:
    """Unmount what debootstrap mounts in the root and may leave there: this machine's /proc is no part of the image."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    for place in reversed([place for place in mounts if root in Path(place).parents]):
        run("umount", place)


def settings_of_pip() -> list[Path]:
    """Return the files by which pip finds its index here, and the certificates that it trusts."""
    listed = run(sys.executable, "-m", "pip", "config", "debug")
    files = [Path(path) for path in re.findall(r"^ +(/\S+), exists: True", listed, re.MULTILINE)]
    files += [Path(path) for path in re.findall(r"(?:constraint|cert): *'?(/[^\s']+)", listed)]
    return [file for file in dict.fromkeys(files) if file.is_file() and file.parts[1] == "etc"]


def definition(tarball: Path, base: str) -> dict[str, Any]:
    """Return the definition of the environment: the collection from its tarball, and what it asks for."""
    return {
        "version": 3,
        "images": {"base_image": {"name": base}},
        "dependencies": {
            "ansible_core": {"package_pip": "ansible-core>=2.18,<2.23"},
            "ansible_runner": {"package_pip": "ansible-runner>=2.4,<3"},
            "python_interpreter": {"python_path": "/usr/bin/python3"},
            "galaxy": {"collections": [{"name": tarball.name, "type": "file"}]},
        },
        "additional_build_files": [{"src": str(tarball), "dest": "."}],
        "additional_build_steps": {
            step: ["ENV HOME=/runner PIP_BREAK_SYSTEM_PACKAGES=1"] for step in ("prepend_base", "prepend_builder")
        },
        "options": {"package_manager_path": "/usr/bin/apt-get", "skip_pip_install": True, "skip_ansible_check": True},
    }


def build(base: str, with_docker: bool) -> None:
    """Build the image with ansible-builder's Containerfile."""
    tarball = release.build(WORK / "collection")
    described = WORK / "execution-environment.yml"
    described.write_text(yaml.safe_dump(definition(tarball, base), sort_keys=False), encoding="utf-8")
    builder = environment.ensure("ecosystem").with_name("ansible-builder")
    context = WORK / "context"
    shutil.rmtree(context, ignore_errors=True)
    run(builder, "create", "--file", described, "--context", context, "--output-filename", "Containerfile")
    if with_docker:
        run("docker", "build", "--file", context / "Containerfile", "--tag", TAG, context)
    else:
        run(
            "buildah",
            "bud",
            "--pull-never",
            "--layers=false",
            "--file",
            context / "Containerfile",
            "--tag",
            TAG,
            context,
        )


class Container:
    """The built environment, with a folder of this machine as its home."""

    def __init__(self, folder: Path, with_docker: bool) -> None:
        self.folder, self.with_docker = folder, with_docker
        self.name = "" if with_docker else run("buildah", "from", "--pull-never", TAG).strip()

    def run(self, variables: dict[str, str], *command: str) -> str:
        """Run a command in it, with variables in its environment."""
        given = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
        volume = ["--volume", f"{self.folder}:/runner"]
        if self.with_docker:
            return run(
                "docker", "run", "--rm", "--network", "host", *volume, "--workdir", "/runner", *given, TAG, *command
            )
        place = ["--workingdir", "/runner"]
        return run("buildah", "run", "--isolation", "chroot", *volume, *place, *given, self.name, "--", *command)

    def close(self) -> None:
        """Remove it."""
        if self.name:
            run("buildah", "rm", self.name)


def converge(with_docker: bool) -> list[int]:
    """Converge twice in the environment; return how much each run changed."""
    folder = WORK / "runner"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(STATE, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)  # the image runs as another user
    container = Container(folder, with_docker)
    changed = []
    try:
        print(container.run({}, "ansible-galaxy", "collection", "list", "partnerops.saas").strip().splitlines()[-1])
        sys.path.insert(0, str(environment.ROOT / "tests"))
        start = import_module("simulator.client").Simulator.start
        with start(python=str(environment.VENV / "bin" / "python")) as simulator, simulator.world() as world:
            variables = {
                "HOME": "/runner",
                "MOBSTED_API_URL": world.mobsted_url,
                "MOBSTED_API_LOGIN": world.login,
                "MOBSTED_API_PASSWORD": world.password,
                "MIP_API_URL": world.mip_url,
                "MIP_API_EMAIL": world.mip_email,
                "MIP_API_PASSWORD": world.mip_password,
            }
            settings = ["-e", "partner_state_file=partner-state.yml", "-e", "partner_credentials_dest=credentials.yml"]
            settings += ["-e", "partner_credentials_plaintext=true", "-e", "vault_cobalt_password=word-of-cobalt"]
            for _time in range(2):
                shown = container.run(variables, "ansible-playbook", "partnerops.saas.converge", *settings)
                changed.append(int(re.findall(r"changed=(\d+)", shown)[-1]))
            transcript = ["-e", "partner_transcript_path=transcript.yml"]  # needs the descriptions in the tarball
            container.run(variables, "ansible-playbook", "partnerops.saas.preflight", *transcript)
            found = yaml.safe_load((folder / "transcript.yml").read_text(encoding="utf-8"))
            if found["summary"]["as described"] < 5:
                sys.exit(f"preflight in the environment found {found['summary']}, {found['differences']}")
    finally:
        container.close()
    return changed


def main() -> int:
    """Build and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", help="base image, with Docker")
    parser.add_argument("--keep", action="store_true", help="keep the root of the base image for the next build")
    given = parser.parse_args()
    environment.prepare()
    WORK.mkdir(parents=True, exist_ok=True)
    with_docker = bool(given.base) and docker()
    if not with_docker:
        base_image(given.keep)
    build(given.base if with_docker else BASE, with_docker)
    first, second = converge(with_docker)
    print(f"The execution environment works: the first run changed {first}, the second {second}.")
    return 0 if first and second == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
