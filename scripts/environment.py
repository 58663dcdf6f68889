# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the virtual environments that more than one tool uses: .venv, and one for each release of ansible-core.

    environment.py ensure main       make .venv, which has all that ``make`` calls; print its Python
    environment.py ensure core-2.21  make .cache/venvs/core-2.21; ``ensure NAME`` takes tests/requirements/NAME.txt
    environment.py list              print the releases of ansible-core that can run here, each with its Python, as JSON

It uses the standard library only, since it runs before anything is installed, and any Python from 3.9 on.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
VENV = ROOT / ".venv"
UV = VENV / "bin" / "uv"
UV_SETTINGS = VENV / "uv.json"
COLLECTION = CACHE / "collections" / "ansible_collections" / "partnerops" / "saas"
MAIN = ("run", "test", "lint", "trust", "browser", "nox")
#: Environments of programs that are no part of .venv.
OTHERS = ("docs", "ecosystem", "plot", "release", "rulebook")
#: Releases of ansible-core: what to install, and the oldest and the newest Python 3 that each runs on.
CORES = {
    "2.18": ("ansible-core==2.18.*", 11, 13),
    "2.19": ("ansible-core==2.19.*", 11, 13),
    "2.20": ("ansible-core==2.20.*", 12, 14),
    "2.21": ("ansible-core==2.21.*", 12, 14),
    "2.22": ("ansible-core>=2.22.0rc1,<2.23", 13, 15),
}
#: Settings of pip, each with the variable that uv reads instead: uv does not read pip's configuration.
OF_PIP = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}


def search_path() -> str:
    """Return where to look for Pythons: pyenv's first, since its shims on the PATH may not start any, and uv's last."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python")).expanduser()
    found = [
        *sorted(pyenv.glob("3.*/bin"), reverse=True),
        os.environ.get("PATH", os.defpath),
        *sorted(uv.glob("cpython-3.*/bin")),
    ]
    return os.pathsep.join([f"{sys.base_prefix}/bin", *map(str, found)])


def interpreter(oldest: int, newest: int) -> str | None:
    """Return the oldest Python 3 of this machine from version 3.OLDEST to 3.NEWEST, or None."""
    names = (shutil.which(f"python3.{minor}", path=search_path()) for minor in range(oldest, newest + 1))
    return next(filter(None, names), None)


def available() -> dict[str, str]:
    """Return the releases of ansible-core that can run here, each with its Python."""
    found = {name: interpreter(oldest, newest) for name, (_pin, oldest, newest) in CORES.items()}
    return {name: python for name, python in found.items() if python}


def prepare() -> None:
    """Set this process's variables for all tools: no other Python or Ansible gets in, and .venv comes first."""
    for name in [name for name in os.environ if name.startswith(("ANSIBLE_", "PYTHON", "VIRTUAL_ENV"))]:
        del os.environ[name]
    settings = json.loads(UV_SETTINGS.read_text(encoding="utf-8")) if UV_SETTINGS.exists() else {}
    os.environ.update({name: value for name, value in settings.items() if name not in os.environ})
    os.environ["PATH"] = os.pathsep.join([str(VENV / "bin"), search_path()])
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(COLLECTION.parents[2])
    os.environ["ANSIBLE_HOME"] = str(CACHE / "ansible-home")
    os.environ["ANSIBLE_LOCALHOST_WARNING"] = "false"
    if not (COLLECTION.is_symlink() and os.readlink(COLLECTION) == "../../../.."):
        COLLECTION.parent.mkdir(parents=True, exist_ok=True)
        COLLECTION.unlink(missing_ok=True)
        COLLECTION.symlink_to("../../../..", target_is_directory=True)


def ensure(name: str) -> Path:
    """Make the environment NAME unless it has all that its requirement files ask for; return its Python."""
    core = name.removeprefix("core-")
    pin, oldest, newest = CORES.get(core, ("", 11, 19))
    python = interpreter(oldest, newest) or ""
    version = Path(python).name
    if core not in CORES and sys.version_info >= (3, 11):
        python, version = getattr(sys, "_base_executable", sys.executable), f"python3.{sys.version_info[1]}"
    if not python:
        sys.exit(f"{name} needs Python 3.{oldest} to 3.{newest}: install one, or make it known to pyenv or uv")
    folder = VENV if name == "main" else CACHE / "venvs" / name
    inside = folder / "bin" / "python"
    if folder.is_symlink() or folder.parent.is_symlink():
        # It belongs to another tree, and --clear would empty it for all who use it.
        if inside.exists():
            return inside
        sys.exit(f"{folder.relative_to(ROOT)} is a link to an environment that is missing: make it in its own tree.")
    names = MAIN if name == "main" else ("run", "test") if core in CORES else (name,)
    files = [ROOT / "tests" / "requirements" / f"{one}.txt" for one in names]
    files += [ROOT / "tests" / "simulator" / "requirements.txt"] if name == "main" else []
    locked = ROOT / "tests" / "requirements" / "locked" / f"{name}.txt"
    if os.environ.get("LOCKED") and locked.exists():
        files = [locked]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files) + pin.encode()).hexdigest()
    stamp = folder / ".stamp"
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / f".lock-{name}", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of pytest ask for the same one at the same time
        found = stamp.read_text(encoding="utf-8") if stamp.exists() and inside.exists() else ""
        if found != f"{version}\n{digest}":
            print(f"setting up {folder.relative_to(ROOT)} ({python})", file=sys.stderr, flush=True)
            if found.partition("\n")[0] != version:
                pip = [] if name == "main" else ["--without-pip"]
                subprocess.run([python, "-m", "venv", "--clear", *pip, folder], check=True)
            wanted = [*(word for file in files for word in ("-r", str(file))), *filter(None, [pin])]
            wanted += ["--require-hashes"] if files == [locked] else ["pip"]
            _install(folder, wanted)  # with pip, which ansible-test asks for
            stamp.write_text(f"{version}\n{digest}", encoding="utf-8")
    return inside


def _install(folder: Path, wanted: list[str]) -> None:
    """Install with uv, which takes seconds; if that fails, with pip, which takes a minute."""
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    python = str(folder / "bin" / "python")
    if folder == VENV:
        subprocess.run([*pip, "install", "--quiet", "uv"], check=False)
        listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
        # As pip does it: the machine's certificates, and the best version of all indexes.
        settings = {"UV_SYSTEM_CERTS": "true", "UV_INDEX_STRATEGY": "unsafe-best-match", "UV_PYTHON_DOWNLOADS": "never"}
        for line in sorted(listed.splitlines(), reverse=True):  # variables of the environment come last, so they count
            key, _equals, value = line.partition("=")
            name = OF_PIP.get(key.rpartition(".")[2], "")
            if name:
                settings[name] = ("," if name == "UV_FIND_LINKS" else " ").join(ast.literal_eval(value).split())
        UV_SETTINGS.touch(mode=0o600)  # the address of an index may hold a password
        UV_SETTINGS.write_text(json.dumps(settings), encoding="utf-8")
        prepare()
    uv = [str(UV), "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    if UV.exists() and subprocess.run([*uv, *wanted], check=False).returncode == 0:
        return
    if folder == VENV:
        UV.unlink(missing_ok=True)  # so nox takes virtualenv and pip
    subprocess.run([*pip, "--python", python, "install", "--quiet", *wanted], check=True)


if __name__ == "__main__":
    prepare()
    try:
        print(json.dumps(available()) if sys.argv[1:] == ["list"] else ensure(sys.argv[2]))
    except (subprocess.CalledProcessError, OSError) as exc:
        sys.exit(f"error: {exc}")
