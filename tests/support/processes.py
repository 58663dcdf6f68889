# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process with all its descendants, and what the process list shows of them while something runs."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from pathlib import Path


def family(pid: int) -> list[int]:
    """Return a process and all its descendants. From ansible-core 2.19 on, a worker is a session of its own."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def kill_all(pid: int) -> int:
    """Kill a process and all its descendants, and return how many there were."""
    pids = family(pid)
    for one in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    return len(pids)


class Sampler:
    """Collects the arguments and the environments of this process's descendants, until it is left."""

    def __init__(self) -> None:
        #: arguments and environment of each process, by its id and what it executes
        self.seen: dict[tuple[int, bytes], bytes] = {}
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._left.set()
        self._thread.join()

    @property
    def arguments(self) -> list[str]:
        """Return the arguments of all processes that were seen."""
        return [words.replace(b"\0", b" ").decode("utf-8", "replace") for _pid, words in self.seen]

    def holds(self, text: str) -> bool:
        """Return whether a text was in the arguments or the environment of any of them."""
        wanted = text.encode()
        return any(wanted in words or wanted in environment for (_pid, words), environment in self.seen.items())

    def _run(self) -> None:
        me = os.getpid()
        while not self._left.is_set():
            for pid in family(me)[1:]:
                with contextlib.suppress(OSError):
                    words = Path(f"/proc/{pid}/cmdline").read_bytes()
                    self.seen[pid, words] = Path(f"/proc/{pid}/environ").read_bytes()
            self._left.wait(0.005)
