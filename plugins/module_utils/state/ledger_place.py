# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The place of the ledger file: its folder, its lock folder, and who may write there."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import typing as t

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..options import is_utf8
from ..run.locks import flock, open_lock


def checked(path: str) -> str:
    """Return the absolute path of a ledger.

    :raises ApiError: ``invalid_input`` for a name that SQLite can't use
    """
    if not path:
        raise invalid("ledger_path is empty: give the path of a file, or leave the option out. Nothing was sent.")
    if not is_utf8(path):
        raise invalid("ledger_path is not UTF-8 text: rename the file, or give another path. Nothing was sent.")
    return os.path.abspath(path)


def look(path: str) -> os.stat_result | None:
    """Return what is at the path, if it may be used; None if nothing is there.

    It uses ``lstat``: opening and closing the file would drop SQLite's own locks.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "not a file"
        raise invalid(f"The ledger {path} is {kind}. Set 'ledger_path' to the file itself. Nothing was sent.")
    if found.st_uid != os.geteuid():
        raise invalid(
            f"The ledger {path} belongs to another user, so it is not trusted. Set another 'ledger_path', or "
            "run as its owner. Nothing was sent."
        )
    _check_folder(os.path.dirname(path))
    for beside in (f"{path}-journal", f"{path}-wal", f"{path}-shm"):
        with contextlib.suppress(FileNotFoundError):
            other = os.lstat(beside)
            if not stat.S_ISREG(other.st_mode) or other.st_uid != os.geteuid():
                raise invalid(f"{beside} is not a file of this user's own. Remove it. Nothing was sent.")
    if found.st_mode & 0o077:
        os.chmod(path, 0o600)
    if not found.st_size:
        raise damaged(path, "it is empty")
    return found


def lock_folder(path: str) -> str:
    """Return the folder of the ledger's locks, made if it is missing."""
    folder = path + ".locks"
    _make_folder(os.path.dirname(path))
    _check_folder(os.path.dirname(path))  # before anything is sent, also if there is no ledger yet
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise invalid(f"{folder} is not a folder of this user's own. Remove it. Nothing was sent.")
    return folder


@contextlib.contextmanager
def scratch(path: str) -> t.Iterator[str]:
    """Yield the name of an empty file beside the ledger, under the lock; it is removed unless it was renamed."""
    folder, name = os.path.split(path)
    _check_folder(folder)
    for left in os.listdir(folder):
        # Left by a killed run, or belongs to a ledger that was deleted: SQLite would apply it.
        if left.startswith(f".{name}.new-") or left in (f"{name}-journal", f"{name}-wal", f"{name}-shm"):
            os.unlink(os.path.join(folder, left))
    handle, made = tempfile.mkstemp(prefix=f".{name}.new-", dir=folder)  # 0600
    os.close(handle)
    try:
        yield made
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(made)


def writable(path: str) -> bool:
    """Return whether the ledger, or the nearest existing folder above it, can be written to."""
    if os.path.exists(path) and not os.access(path, os.W_OK):
        return False
    folder = os.path.dirname(path)
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    return os.path.isdir(folder) and os.access(folder, os.W_OK)


def damaged(path: str, why: str) -> ApiError:
    """Return the error for a ledger that can't be read."""
    return ApiError(
        "undetermined",
        f"The ledger {path} is damaged ({why}). It records what was sent to MIP, which the API can't show, so it "
        "is not replaced by an empty one. Restore it from a backup, or move it away: the guide on MIP's state "
        "describes the consequences. Nothing was sent.",
    )


def unusable(path: str, error: OSError) -> ApiError:
    """Return the error for a place that can't be used."""
    return invalid(
        f"The ledger {path} can't be used: {error.strerror}. Set 'ledger_path' to a place where this user may write. "
        "Nothing was sent."
    )


def _make_folder(folder: str) -> None:
    """Make the folder and those above it that are missing, each with mode 0700."""
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder, last = os.path.split(folder)
        if not last:
            break
    for one in reversed(missing):
        with contextlib.suppress(FileExistsError):
            os.mkdir(one, 0o700)


def _check_folder(folder: str) -> None:
    found = os.stat(folder)
    loose = found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX
    if loose or found.st_uid not in (0, os.geteuid()):
        why = "everybody can write to" if loose else "belongs to another user"
        raise invalid(
            f"The ledger can't be kept in {folder}, which {why}. Set another 'ledger_path'. Nothing was sent."
        )


def locked_file(path: str, deadline: Deadline) -> int:
    """Return an open, locked lock file. The holder before removes the file, so it may be gone by then."""
    while True:
        handle = open_lock(path)
        try:
            flock(handle, deadline, lambda: _busy(deadline))
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.lstat(path)):
                    return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _busy(deadline: Deadline) -> ApiError:
    return ApiError(
        "timeout",
        f"Another task has been working on the same address for longer than the deadline of {deadline.seconds:.0f} s. "
        "Nothing was sent. Run again, or raise 'deadline'.",
    )
