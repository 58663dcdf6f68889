# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks between the runs of one user on one machine.

The API does not promise that an app's name is unique, so two runs that look for an app at the same moment would both
find none and both create it. Whoever creates therefore holds a lock, and looks again if somebody else created under the
same key since the first look. The locks are ``flock``s on a fixed number of files in the user's part of the temporary
folder: the system frees them when their owner dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import stat
import tempfile
import time
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline

#: Keys share this many files; two that fall on the same one only wait for each other.
STRIPES = 4096
#: seconds for which a creation is remembered: longer than any run looks back to its listing
REMEMBERED = 24 * 3600
_UNDERWAY = 1e12


class Held:
    """A lock that is held. Its file holds, for each key, the Unix time at which something was last created under it."""

    def __init__(self, handle: int | None, key: tuple[str, ...]) -> None:
        self._handle = handle
        self._key = _digest(key).hex()[:24]
        self._used = False

    def used_since(self, moment: float) -> bool:
        """Whether anybody, as far as is known, created something under the key since then."""
        return self._handle is not None and self._uses().get(self._key, -1.0) >= moment

    def use(self) -> None:
        """Say that something is about to be created. If the owner dies before :meth:`done`, it stays so."""
        self._write(_UNDERWAY)
        self._used = True

    def done(self) -> None:
        """Say when the creation ended, if there was one."""
        if self._used:
            self._write(time.time())

    def _write(self, moment: float) -> None:
        if self._handle is None:
            return
        uses = {key: when for key, when in self._uses().items() if when > time.time() - REMEMBERED}
        content = json.dumps({**uses, self._key: moment}).encode()
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, content, 0)

    def _uses(self) -> dict[str, float]:
        try:
            found = json.loads(os.pread(self._handle or 0, 1 << 20, 0) or b"{}")
        except (OSError, ValueError):  # torn by a kill: somebody was creating
            return {self._key: _UNDERWAY}
        return found if isinstance(found, dict) else {}


@contextlib.contextmanager
def hold(key: tuple[str, ...], deadline: Deadline) -> t.Iterator[Held]:
    """Hold the lock of a resource, named by a tuple such as (account, "app", name). Only one at a time for each thread.

    Where the folder can't be had (a read-only machine), the work goes on without: the lock only guards against others.

    :raises ApiError: ``timeout`` if another run holds it beyond the deadline; nothing was sent then
    """
    folder = _folder()
    handle = _opened(os.path.join(folder, str(_stripe(key)))) if folder else None
    try:
        if handle is not None:
            _lock(handle, deadline)
        held = Held(handle, key)
        yield held
        held.done()
    finally:
        if handle is not None:
            os.close(handle)


def _stripe(key: tuple[str, ...]) -> int:
    return int.from_bytes(_digest(key)[:4], "big") % STRIPES


def _digest(key: tuple[str, ...]) -> bytes:
    return hashlib.sha256("\0".join(key).encode("utf-8", "replace")).digest()


def _lock(handle: int, deadline: Deadline) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not deadline.sleep(0.02):
                raise ApiError(
                    "timeout",
                    f"Another run works on the same resource for longer than the deadline of {deadline.seconds:.0f} s. "
                    "Nothing was sent. Run again, or raise 'deadline'.",
                ) from None


def _opened(path: str) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _folder() -> str | None:
    """The user's own folder for locks, or None where it is not to be trusted or can't be made."""
    folder = os.path.join(tempfile.gettempdir(), f"partnerops-saas-{os.geteuid()}")
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        found = os.lstat(folder)
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return folder if ours else None
