# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Small values that live as long as one ``ansible-playbook`` run, shared by its tasks, forks and hosts.

The store is a 0700 folder below Ansible's own temporary folder of the run, which Ansible removes at the end. Each key
is a 0600 file with a lock beside it. A file that is a link, belongs to somebody else or is readable by others is not
used. Without a folder (a module on its own, or ``token_cache=none``) the store is this process's memory, and so it is
for what can't be written: a full disk must not fail a task, above all not after it has created something.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import re
import shutil
import stat
import threading
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline
from .files import replace_file
from .locks import close_lock, flock, open_lock

FOLDER = "partnerops-saas"


def digest(*parts: str | None) -> str:
    """Return a file name for a key, which the key can't be read from."""
    return hashlib.sha256("\0".join(part or "" for part in parts).encode("utf-8", "surrogatepass")).hexdigest()


class Slot:
    """One value under its lock, as :meth:`RunStore.locked` yields it."""

    def __init__(self, store: RunStore, key: str) -> None:
        self._store = store
        self._key = key

    def read(self) -> dict[str, t.Any]:
        """Return the value, or an empty dict."""
        return self._store.peek(self._key)

    def write(self, value: dict[str, t.Any]) -> None:
        """Replace the value, completely or not at all."""
        self._store.put(self._key, value)


class RunStore:
    """Values by key, see the module's docstring.

    :param parent: Ansible's temporary folder of the run, or None for memory only
    """

    def __init__(self, parent: str | None = None) -> None:
        self._memory: dict[str, dict[str, t.Any]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._parent = parent
        self._made: str | None = None

    @contextlib.contextmanager
    def locked(self, key: str, deadline: Deadline) -> t.Iterator[Slot]:
        """Hold the key against every thread and process of the run.

        :raises ApiError: ``timeout`` if another holder doesn't let go within the deadline
        """
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        if not lock.acquire(timeout=deadline.left()):
            raise _busy(deadline)
        try:
            with self._file_lock(key, deadline):
                yield Slot(self, key)
        finally:
            lock.release()

    def peek(self, key: str) -> dict[str, t.Any]:
        """Return the value without the lock (files are replaced as a whole, so a read is always complete)."""
        folder = self._folder()
        if folder is None or key in self._memory:
            return dict(self._memory.get(key, {}))
        try:
            handle = os.open(os.path.join(folder, key + ".json"), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return {}
        with os.fdopen(handle, "rb") as file:
            if not _ours(os.fstat(handle)):
                return {}
            try:
                found = json.loads(file.read())
            except ValueError:
                return {}
        return found if isinstance(found, dict) else {}

    def put(self, key: str, value: dict[str, t.Any]) -> None:
        """Write the value; call it under the lock if others may write too."""
        folder = self._folder()
        if folder is None:
            self._memory[key] = dict(value)
            return
        try:
            replace_file(os.path.join(folder, f"{key}.json"), json.dumps(value).encode(), prefix="tmp", sync=False)
        except OSError:
            self._memory[key] = dict(value)
        else:
            self._memory.pop(key, None)

    def sweep(self) -> None:
        """Remove what killed runs left behind. Every process does so, whether it uses the store or not."""
        if self._parent is not None:
            sweep(os.path.dirname(self._parent))

    @contextlib.contextmanager
    def _file_lock(self, key: str, deadline: Deadline) -> t.Iterator[None]:
        folder = self._folder()
        if folder is None:
            yield
            return
        try:
            handle = open_lock(os.path.join(folder, key + ".lock"))
        except OSError:  # a full disk, no inodes, no file handles: the threads of this process still have their lock
            yield
            return
        try:
            with contextlib.suppress(OSError):  # a file system that can't lock
                flock(handle, deadline, lambda: _busy(deadline))
            yield
        finally:
            close_lock(handle)

    def _folder(self) -> str | None:
        if self._parent is None:
            return None
        if self._made is None:
            folder = os.path.join(self._parent, FOLDER)
            try:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder, 0o700)
                ours = _ours(os.lstat(folder), folder=True)
            except OSError:
                ours = False
            if not ours:
                # Not ours alone: keep the tokens in memory rather than in a place that others can read or prepare.
                self._parent = None
                return None
            self._made = folder
        return self._made


def sweep(root: str) -> None:
    """Remove the stores of runs that were killed before Ansible could clean up.

    ansible-core names the folder of a run ``ansible-local-<pid><eight random characters>``.
    """
    for folder in glob.glob(os.path.join(glob.escape(root), "ansible-local-*", FOLDER)):
        run = re.fullmatch(r"ansible-local-(\d+)[a-z0-9_]{8}", os.path.basename(os.path.dirname(folder)))
        with contextlib.suppress(OSError):
            if run and _ours(os.lstat(folder), folder=True) and not _alive(int(run.group(1))):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _ours(found: os.stat_result, folder: bool = False) -> bool:
    right_kind = stat.S_ISDIR(found.st_mode) if folder else stat.S_ISREG(found.st_mode)
    return right_kind and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _busy(deadline: Deadline) -> ApiError:
    return ApiError(
        "timeout",
        f"Another task of this run has been logging in for longer than the deadline of {deadline.seconds:.0f} s. "
        "Nothing was sent. Run again, or raise 'deadline'.",
    )
