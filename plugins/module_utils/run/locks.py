# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""File locks: the one loop that waits for them, and the locks between the runs of one user on one machine.

The API does not promise that an app's name is unique, so two runs that look for an app at the same moment would both
find none and both create it. Whoever creates therefore takes a lock, and looks again if somebody else created under the
same key since the first look. The locks are ``flock``s on a fixed number of files: the kernel releases them when their
owner dies. Between machines only a shared database helps (``state/``).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import pwd
import stat
import time
import typing as t

from ..errors import ApiError, invalid
from ..http.deadline import Deadline

#: Keys share this many files; two keys of the same file only wait for each other.
STRIPES = 4096
#: seconds for which a creation is remembered: longer than the age of any run's listing
REMEMBERED = 24 * 3600
#: Places for the folder with the locks. They are fixed, since processes of one user with different environments (a
#: ``TMPDIR`` or ``HOME`` for each job) must use the same one. ``/var/tmp`` also exists in a container without home; the
#: home of the passwd database comes last.
PLACES = ("/var/tmp", "/tmp")  # noqa: S108 - the folder in it is 0700, and checked for its owner
UNLOCKED = (
    "There is no lock against other runs on this machine ({why}). If another run creates the same thing at this "
    "moment, it may be created twice. Make /var/tmp or /tmp writable, or set state_url."
)
#: seconds for which the vendor may go on with a create whose process was killed
GRACE = 10.0
#: Added to the time at which a create began, as long as its end is not recorded.
_UNDERWAY = 1e12
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.1


def flock(handle: int, deadline: Deadline, busy: t.Callable[[], ApiError]) -> None:
    """Lock an open file against every other holder. All file locks of the collection are taken here.

    :param busy: makes the error for a holder that doesn't let go within the deadline
    :raises OSError: the file system can't lock
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EINTR):
                raise
        if not deadline.sleep(pause):
            raise busy()
        pause = min(_LONGEST_PAUSE, pause * 1.5)


def open_lock(path: str) -> int:
    """Open a lock file, made with mode 0600 if it is missing; a link is refused."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def close_lock(handle: int) -> None:
    """Close a lock file, which releases it.

    A file system over a network may report only here that an earlier write found no space. What the lock guarded is
    done by then, and its result must not be replaced.
    """
    with contextlib.suppress(OSError):
        os.close(handle)


class Held(t.Protocol):
    """A create lock that is held. It remembers when something was last created under its key."""

    def used_since(self, moment: float) -> bool:
        """Return whether anybody is known to have created something under the key since a Unix time."""

    def unfinished(self) -> float:
        """Return the seconds for which a create may still go on whose owner died; 0 if there is none."""

    def use(self) -> None:
        """Record that something is about to be created. If the owner dies before :meth:`done`, the record stays."""

    def refused(self) -> None:
        """Undo :meth:`use`: certainly nothing was created."""

    def done(self) -> None:
        """Record when the creation ended, if there was one."""


class CreateLocks(t.Protocol):
    """Where create locks are kept other than on this machine: in a shared database."""

    def hold(self, key: tuple[str, ...], deadline: Deadline) -> t.ContextManager[Held]:
        """Hold the lock of a resource."""


class FileHeld:
    """A held lock file, which stores for each key the Unix time of the last creation under it.

    :param handle: the open file, or None if there is no lock
    """

    def __init__(self, handle: int | None, key: tuple[str, ...]) -> None:
        self._handle = handle
        self._key = _digest(key).hex()[:24]
        self._before: float | None = None
        self._used = False

    def used_since(self, moment: float) -> bool:
        """Return whether anybody is known to have created something under the key since then."""
        return self._handle is not None and self._uses().get(self._key, -1.0) >= moment

    def unfinished(self) -> float:
        """Return the seconds for which a create may still go on whose owner died; 0 if there is none."""
        began = self._uses().get(self._key, 0.0) - _UNDERWAY
        return max(0.0, min(GRACE, began + GRACE - time.time())) if began > 0 else 0.0

    def use(self) -> None:
        """Record that something is about to be created."""
        self._before = self._uses().get(self._key)
        try:
            self._write(_UNDERWAY + time.time())
        except OSError as error:
            raise invalid(
                f"The lock against other runs on this machine can't be written ({error.strerror}). Nothing was sent. "
                "Free some space there (/var/tmp, /tmp), or set state_url."
            ) from None
        self._used = True

    def refused(self) -> None:
        """Undo :meth:`use`."""
        if self._used:
            self._used = False
            with contextlib.suppress(OSError):  # the mark stays, which only makes others look again
                self._write(self._before)

    def done(self) -> None:
        """Record when the creation ended, if there was one. A full disk must not hide that it succeeded."""
        if self._used:
            self._used = False
            with contextlib.suppress(OSError):  # the mark "under way" stays, so others look again
                self._write(time.time())

    def _write(self, moment: float | None) -> None:
        if self._handle is None:
            return
        uses = {key: when for key, when in self._uses().items() if when % _UNDERWAY > time.time() - REMEMBERED}
        if moment is None:
            uses.pop(self._key, None)
        else:
            uses[self._key] = moment
        content = json.dumps(uses).encode()
        os.pwrite(self._handle, content, 0)
        os.ftruncate(self._handle, len(content))

    def _uses(self) -> dict[str, float]:
        if self._handle is None:
            return {}
        try:
            found = json.loads(os.pread(self._handle, 1 << 20, 0) or b"{}")
        except (OSError, ValueError, RecursionError):  # cut off by a kill: somebody was creating
            return {self._key: _UNDERWAY}
        if not isinstance(found, dict):
            return {}
        return {key: when if isinstance(when, (int, float)) else _UNDERWAY for key, when in found.items()}


@contextlib.contextmanager
def hold(
    key: tuple[str, ...],
    deadline: Deadline,
    shared: CreateLocks | None = None,
    warn: t.Callable[[str], None] | None = None,
) -> t.Iterator[Held]:
    """Hold the lock of a resource, named by a tuple such as (account, "app", name). A thread holds one at a time.

    Without a shared store the lock is a file of this user on this machine. If it is not available, the work continues
    with a warning: the lock only guards against other runs.

    :param shared: the store of all machines, if there is one; it replaces the file
    :param warn: shows a warning
    :raises ApiError: ``timeout`` if another run holds it beyond the deadline; nothing was sent then
    """
    if shared is not None:
        with shared.hold(key, deadline) as one:
            yield one
        return
    handle, why = _opened(str(_stripe(key)))
    try:
        if handle is not None:
            try:
                flock(handle, deadline, lambda: busy_resource(deadline))
            except OSError as error:
                close_lock(handle)
                handle, why = None, error.strerror or "locking failed"
        if handle is None and warn is not None:
            warn(UNLOCKED.format(why=why))
        held = FileHeld(handle, key)
        yield held
        held.done()
    finally:
        if handle is not None:
            close_lock(handle)


def busy_resource(deadline: Deadline) -> ApiError:
    """Return the error for a resource that another run works on."""
    return ApiError(
        "timeout",
        f"Another run has been working on the same resource for longer than the deadline of {deadline.seconds:.0f} s. "
        "Nothing was sent. Run again, or raise 'deadline'.",
    )


def _stripe(key: tuple[str, ...]) -> int:
    return int.from_bytes(_digest(key)[:4], "big") % STRIPES


def _digest(key: tuple[str, ...]) -> bytes:
    return hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).digest()


def _opened(name: str) -> tuple[int | None, str]:
    folder, why = user_folder()
    if folder is None:
        return None, why
    try:
        return open_lock(os.path.join(folder, name)), ""
    except OSError as error:
        return None, error.strerror or "the lock file can't be opened"


def user_folder() -> tuple[str | None, str]:
    """Return this user's own folder for locks, or None and why none can be trusted."""
    why = "there is no place for it"
    for folder in _candidates():
        try:
            with contextlib.suppress(FileExistsError):
                os.makedirs(folder, 0o700)
            found = os.lstat(folder)
        except OSError as error:
            why = f"{folder}: {error.strerror}"
            continue
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077:
            return folder, ""
        why = f"{folder} is not a folder of this user alone"
    return None, why


def _candidates() -> t.Iterator[str]:
    for place in PLACES:
        if os.path.isdir(place):
            yield os.path.join(place, f"partnerops-saas-{os.geteuid()}")
    with contextlib.suppress(KeyError):  # a container's user may have no entry
        home = pwd.getpwuid(os.geteuid()).pw_dir
        if os.path.isabs(home) and os.path.isdir(home) and home != "/":
            yield os.path.join(home, ".local", "state", "partnerops-saas")
