# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the programs of ansible-core from a process that has their libraries loaded: half the time of a cold start.

Half of a short ansible-playbook run is loading Jinja, cryptography, requests and the standard library. This process
loads them once and forks for each run. Nothing of ansible-core or of this collection is loaded before the fork, so
each run still reads its own environment, configuration and code. ``WARM=0`` starts every run cold.

As a program (``warm.py FD``), it is the process that forks: each byte that arrives at the socket FD is one run.
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

#: Variables that only an interpreter reads at its start: with another value, a run starts cold.
AT_START = ("LANG", "LC_ALL", "PYTHON")
USUAL = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
OURS = ("ansible", "ansible_collections", "ansible_test", "__main__", "__mp_main__")


def fits(environment: t.Mapping[str, str]) -> bool:
    """Return whether a run with this environment can be forked."""
    found = {key: value for key, value in environment.items() if key.startswith(AT_START)}
    return found == USUAL and os.environ.get("WARM") != "0" and hasattr(socket, "send_fds")


@dataclasses.dataclass(frozen=True)
class Started:
    """A run: its process, which leads a process group, and the pipe that reports its end."""

    pid: int
    told: t.IO[str]

    def wait(self, timeout: float) -> int:
        """Return the exit code, or minus the signal; raise ``subprocess.TimeoutExpired`` after TIMEOUT seconds."""
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
        """End the process; runs that have started continue."""
        self._socket.close()
        self._process.wait(10)


@functools.cache
def warm(python: Path) -> Warm:
    """Return the one process for this Python, kept until the tests end."""
    made = Warm(python)
    atexit.register(made.stop)
    return made


def _serve(control: socket.socket) -> None:
    """Fork for each request, until the requesting end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the tests
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
    """Load what the first run had loaded at its end, except ansible-core and everything below it."""
    for name in names:
        with contextlib.suppress(Exception):  # a run loads it itself, or not
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _watch(descriptors: t.Sequence[int], learned: tuple[int, int] | None) -> t.NoReturn:
    """In the process between: start the run, report its process id, and report how it ended."""
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
    """In the last process: become the program. Return only when it returns, so that the interpreter ends as usual."""
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
    """Send the names of the loaded modules, in order."""
    if os.getpid() == pid:
        names = [name for name in sys.modules if name.split(".")[0] not in OURS]
        os.write(target, "\n".join([*names, "", ""]).encode())


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
