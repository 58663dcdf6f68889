# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts the programs of ansible-core from a process that has their libraries loaded: half the time of a cold start.

Half of what a short ansible-playbook does is to load Jinja, cryptography, requests and the standard library. The
process here does that once and forks for each run. Nothing of ansible-core or of this collection is loaded before the
fork, so each run reads its own environment, configuration and code as ever. ``WARM=0`` starts every run cold.

As a program (``warm.py FD``) it is the process that forks; each byte that comes in at the socket FD is one run.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import typing as t
from pathlib import Path

#: What counts only when an interpreter starts: with another value of it, a run is started cold.
AT_START = ("LANG", "LC_ALL", "PYTHON")
USUAL = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
OURS = ("ansible", "ansible_collections", "ansible_test", "__main__", "__mp_main__")


def fits(environment: t.Mapping[str, str]) -> bool:
    """Whether a run with this environment can be forked."""
    found = {key: value for key, value in environment.items() if key.startswith(AT_START)}
    return found == USUAL and os.environ.get("WARM") != "0" and hasattr(socket, "send_fds")


@dataclasses.dataclass(frozen=True)
class Started:
    """A run: its process, which leads a group of its own, and the pipe at which its end is told."""

    pid: int
    told: t.IO[str]

    def wait(self, timeout: float) -> int:
        """Its exit code, minus the signal where one ended it; ``subprocess.TimeoutExpired`` after TIMEOUT seconds."""
        if not select.select([self.told], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired([], timeout)
        with self.told:
            return os.waitstatus_to_exitcode(int(self.told.readline() or signal.SIGKILL))


class Warm:
    """The process that forks, as the tests see it."""

    def __init__(self, python: Path) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        with theirs:
            command = [str(python), __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env={"PATH": os.defpath, **USUAL}, stdin=subprocess.DEVNULL
            )

    def start(
        self, command: t.Sequence[str], cwd: Path, environment: t.Mapping[str, str], outputs: t.Sequence[int]
    ) -> Started:
        """Run ``command[0]``, a script of this Python's environment.

        :param outputs: the file descriptors of standard output and error
        """
        receiving, sending = os.pipe()
        told = os.fdopen(receiving, encoding="ascii", buffering=1)
        with tempfile.TemporaryFile("w+") as request:
            json.dump({"command": list(command), "cwd": str(cwd), "environment": dict(environment)}, request)
            request.flush()
            with self._lock:
                socket.send_fds(self._socket, [b"x"], [request.fileno(), sending, *outputs])
            os.close(sending)
            return Started(int(told.readline()), told)

    def stop(self) -> None:
        """End it; runs that were started go on."""
        self._socket.close()
        self._process.wait(10)


@functools.cache
def warm(python: Path) -> Warm:
    """The one process for this Python, kept until the tests end."""
    made = Warm(python)
    atexit.register(made.stop)
    return made


def _serve(control: socket.socket) -> None:
    """Fork for each request, until nobody is there to make one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's ctrl-c is for the tests
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    first = True
    while True:
        data, descriptors, _flags, _address = socket.recv_fds(control, 1, 4)
        if not data:
            return
        learned = os.pipe() if first else None
        if os.fork() == 0:
            control.close()
            _watch(descriptors, learned)
        for descriptor in descriptors:
            os.close(descriptor)
        if learned:
            first = False
            os.close(learned[1])
            with os.fdopen(learned[0], encoding="utf-8") as stream:
                _load(list(iter(lambda: stream.readline().strip(), "")))


def _load(names: t.Sequence[str]) -> None:
    """Load what the first run had loaded in the end, but for ansible-core and what belongs to it."""
    for name in names:
        with contextlib.suppress(Exception):  # a run will load it, or not, by itself
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _watch(descriptors: t.Sequence[int], learned: tuple[int, int] | None) -> t.NoReturn:
    """In a process between: start the run, tell its number, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, told, stdout, stderr = descriptors
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _run(request, stdout, stderr, learned)
    for descriptor in (request, stdout, stderr, *(learned or ())):
        os.close(descriptor)
    os.setsid()
    os.write(told, f"{pid}\n".encode())
    status = os.waitpid(pid, 0)[1]
    os.write(told, f"{status}\n".encode())
    os._exit(0)


def _run(request: int, stdout: int, stderr: int, learned: tuple[int, int] | None) -> None:
    """In the last process: become the program. Returns only where it does, and the interpreter ends as ever."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with os.fdopen(request, encoding="utf-8") as stream:
        stream.seek(0)
        wanted = json.load(stream)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (stdout, 1), (stderr, 2)):
        os.dup2(source, target)
        os.close(source)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["cwd"])
    tempfile.tempdir = None
    sys.argv = wanted["command"]
    sys.path[0] = os.path.dirname(sys.argv[0])
    if learned:
        os.close(learned[0])
        os.set_inheritable(learned[1], False)
        atexit.register(_tell, learned[1], os.getpid())
    runpy.run_path(sys.argv[0], run_name="__main__")
    sys.exit(0)


def _tell(target: int, pid: int) -> None:
    """The names of the modules that are loaded, in their order."""
    if os.getpid() == pid:
        names = [name for name in sys.modules if name.split(".")[0] not in OURS]
        os.write(target, "\n".join([*names, "", ""]).encode())


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
