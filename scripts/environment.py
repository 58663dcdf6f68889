# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are, which Pythons there are, and the virtual environments of this project.

Only the standard library is used: this runs before anything is installed. Every environment is stamped with a hash of
its requirements and its interpreter, so a second set-up costs milliseconds.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import typing as t
from contextlib import contextmanager, suppress
from pathlib import Path

NAMESPACE = "partnerops"
NAME = "saas"
ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
VENV = ROOT / ".venv"
SCRIPTS = ROOT / "scripts"
CONFIG = ROOT / "tests" / "config"
COLLECTIONS = CACHE / "collections"
COLLECTION = COLLECTIONS / "ansible_collections" / NAMESPACE / NAME
MINIMUM = (3, 11)
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false", "no")

ALL_CORES = os.environ.get("CORES") == "all"

Version = tuple[int, int]


class SetupError(Exception):
    """Something that is needed cannot be had; the message says what to do."""


def version_text(version: Version) -> str:
    """``(3, 11)`` as ``3.11``."""
    return ".".join(map(str, version))


def _probe(python: Path) -> Version | None:
    """Version of an interpreter which can make virtual environments, None where it does not run."""
    code = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30, check=True)
        major, minor = done.stdout.split()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return int(major), int(minor)


def _this_interpreter() -> Path:
    """The interpreter that runs this, outside any virtual environment (which may be the one to be made anew)."""
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def _candidates() -> t.Iterator[Path]:
    """Places where a Python may be: this one, the PATH, pyenv's versions, uv's versions."""
    yield _this_interpreter()
    for minor in range(9, 20):
        found = shutil.which(f"python3.{minor}")
        if found:
            yield Path(found)
    for command in (["pyenv", "root"], ["uv", "python", "dir"]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        except (OSError, subprocess.SubprocessError):
            continue
        root = Path(done.stdout.strip())
        for folder in (root / "versions", root):
            if folder.is_dir():
                yield from sorted(folder.glob("*/bin/python3"), reverse=True)


@functools.cache
def interpreters() -> dict[Version, Path]:
    """Working interpreters by (major, minor), from 3.9 on; the first one found of each version."""
    kept, found = CACHE / "interpreters.json", dict[Version, Path]()
    try:
        known = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    asked = {}
    for python in _candidates():
        with suppress(OSError):
            # To ask all of them takes seconds, and every stage wants to know.
            key = f"{python} {python.stat().st_mtime_ns}"
            answer = asked[key] = known[key] if key in known else _probe(python)
            if answer and tuple(answer) >= (3, 9):
                found.setdefault((answer[0], answer[1]), python)
    if asked != known:
        CACHE.mkdir(exist_ok=True)
        part = kept.with_name(f"interpreters-{os.getpid()}.json")
        part.write_text(json.dumps(asked), encoding="utf-8")
        part.replace(kept)
    return dict(sorted(found.items()))


def main_interpreter() -> Path:
    """The interpreter for .venv: the one which runs this if it is new enough, else the oldest that is."""
    if sys.version_info[:2] >= MINIMUM:
        return _this_interpreter()
    for version, python in interpreters().items():
        if version >= MINIMUM:
            return python
    raise SetupError(f"Python {version_text(MINIMUM)} or newer is needed; found: {list(interpreters())}")


@contextmanager
def _locked(name: str) -> t.Iterator[None]:
    """Only one process at a time sets the environment NAME up."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / f".lock-{name}", "w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def clean_environ(**extra: str) -> dict[str, str]:
    """The environment without what would leak another Python or Ansible into ours."""
    ours = ("ANSIBLE_", "PYTHON", "VIRTUAL_ENV")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**kept, **extra}


def ensure_venv(path: Path, python: Path, requirements: t.Sequence[Path], pins: t.Sequence[str] = ()) -> Path:
    """Make the virtual environment at PATH (.venv first) hold REQUIREMENTS and PINS; return its Python.

    :param python: the interpreter to make it with
    :param requirements: requirement files
    :param pins: further requirements, such as ``ansible-core==2.21.*``
    """
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in requirements) + "\0".join(pins).encode())
    base = str(python.resolve())
    wanted = f"{base}\n{digest.hexdigest()}\n"
    stamp = path / ".stamp"
    inside = path / "bin" / "python"
    with _locked(path.name):
        found = stamp.read_text(encoding="utf-8") if inside.exists() and stamp.is_file() else ""
        if found == wanted:
            return inside
        print(f"setting up {path.relative_to(ROOT)} ({python})", flush=True)
        if found.splitlines()[:1] != [base]:  # else only the requirements are others: no need to start anew
            shutil.rmtree(path, ignore_errors=True)
            _run([python, "-m", "venv", *([] if path == VENV else ["--without-pip"]), path])
        if path == VENV:
            with suppress(SetupError):  # pip does as well, and takes four times as long
                _run([inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
        # ansible-test asks for a pip in the environment that it runs in.
        _install(inside, [*(word for file in requirements for word in ("-r", file)), *pins, "pip"])
        stamp.write_text(wanted, encoding="utf-8")
    return inside


def _install(python: Path, wanted: t.Sequence[str | Path]) -> None:
    """Install in the environment of PYTHON, by the uv of .venv, or where that can't, by its pip."""
    uv = VENV / "bin" / "uv"
    command: list[str | Path]
    if uv.exists():
        try:
            # The tests write no bytecode, so what they start again and again has to have it.
            compiled = ["--compile-bytecode"] if python.parents[1].name.startswith((".venv", "core-")) else []
            command = [uv, "pip", "install", "--quiet", *compiled, "--python", python]
            _run([*command, *wanted], UV_PYTHON_DOWNLOADS="never", **_index_of_pip())
        except SetupError as exc:
            print(f"uv can't, so pip does it: {exc}", flush=True)
        else:
            return
    command = [VENV / "bin" / "python", "-m", "pip", "--python", python, "install", "--quiet"]
    _run([*command, "--disable-pip-version-check", *wanted])


@functools.cache
def _index_of_pip() -> dict[str, str]:
    """The package index that pip is told to use, for uv, which does not read pip's configuration."""
    asked = [str(VENV / "bin" / "python"), "-m", "pip", "config", "get", "global.index-url"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    found = os.environ.get("PIP_INDEX_URL") or done.stdout.strip()
    return {"UV_DEFAULT_INDEX": found} if found and "UV_DEFAULT_INDEX" not in os.environ else {}


def _run(command: t.Sequence[str | Path], **variables: str) -> None:
    """Run a set-up command, quietly unless it fails."""
    try:
        subprocess.run(
            command,
            check=True,
            env=clean_environ(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except subprocess.CalledProcessError as exc:
        raise SetupError(f"{' '.join(map(str, command))}\n{exc.stdout}{exc.stderr}") from exc
    except OSError as exc:
        raise SetupError(f"setting up failed: {exc}") from exc


def ensure_collection() -> Path:
    """Make this checkout reachable as ``ansible_collections.partnerops.saas``; return the folder to search."""
    if not (COLLECTION.is_symlink() and COLLECTION.resolve() == ROOT):
        COLLECTION.parent.mkdir(parents=True, exist_ok=True)
        scratch = COLLECTION.with_name(f".{NAME}-{os.getpid()}")
        scratch.unlink(missing_ok=True)
        scratch.symlink_to(ROOT, target_is_directory=True)
        os.replace(scratch, COLLECTION)
    return COLLECTIONS


def requirement_files(*names: str) -> list[Path]:
    """The files tests/requirements/NAME.txt."""
    return [ROOT / "tests" / "requirements" / f"{name}.txt" for name in names]


def ensure_main() -> Path:
    """Set .venv and the collection link up; return the Python of .venv."""
    ensure_collection()
    simulator = ROOT / "tests" / "simulator" / "requirements.txt"
    files = requirement_files("run", "test", "lint", "trust", "browser") + ([simulator] if simulator.exists() else [])
    return ensure_venv(VENV, main_interpreter(), files)


def version_of_main() -> Version:
    """The Python that .venv has, or will have."""
    for folder in VENV.glob("lib/python*"):
        major, minor = folder.name.removeprefix("python").split(".")
        return int(major), int(minor)
    python = main_interpreter()
    return next((version for version, path in interpreters().items() if path == python), sys.version_info[:2])


def core_of_main() -> str:
    """The release of ansible-core that .venv has, such as ``2.19``."""
    found = [path.name for path in VENV.glob("lib/python*/site-packages/ansible_core-*.dist-info")]
    return ".".join(found[0].split("-")[1].split(".")[:2]) if found else ""


def ensure_named(name: str) -> Path:
    """Set .cache/venvs/NAME up from requirements/NAME.txt; return its Python."""
    return ensure_venv(CACHE / "venvs" / name, main_interpreter(), requirement_files(name))


if __name__ == "__main__":
    try:
        print(ensure_main())
        for number, where in interpreters().items():
            print(f"Python {version_text(number)}: {where}")
    except SetupError as error:
        sys.exit(f"error: {error}")
