# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep what an event source has seen and reported, in a file that survives a kill at any moment.

After a first line, it is a journal: each line is one entry as JSON, and the last line of a key counts. A line is on the
disk before the next event is emitted. The first listing is written at once by renaming, so half of one is never taken
for the whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.run.files import replace_file

Entry = dict[str, t.Any]

#: What the first line of the file says.
HEAD = {"seen_by": "partnerops.saas.tenants"}


class WatchError(ValueError):
    """An argument of an event source that is wrong; the text is for the user."""


class Seen:
    """Entries by key, kept in a file if there is one.

    :param path: of the file, or None to keep them in memory
    :param account: a text that identifies what was looked at: in another account, everything would be new
    :raises WatchError: if the file is in use, can't be used, is none of ours or belongs to another account
    """

    def __init__(self, path: str | None, account: str = "") -> None:
        self.path = os.path.abspath(os.path.expanduser(path)) if path else None
        self._account = account
        self.entries: dict[str, Entry] = {}
        #: False until a first listing was seen.
        self.begun = False
        self._lines = 0
        self._lock: int | None = None
        if self.path:
            self._hold()
            try:
                self._read(self.path)
            except BaseException:
                self.close()
                raise

    def _hold(self) -> None:
        try:
            self._lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise WatchError(f"seen_path: {self.path} is in use by another rulebook. Use one for each.") from None

    def _unwritable(self, error: OSError) -> WatchError:
        return WatchError(
            f"seen_path: {self.path} can't be written: {error.strerror}. Name a file in an existing folder where this "
            "user may write, with free space. What was reported and could not be kept is reported again."
        )

    def _read(self, path: str) -> None:
        if os.path.lexists(path) and not os.path.isfile(path):
            raise WatchError(f"seen_path: {path} can't be read: it is not a file. Correct the path.")
        try:
            with open(path, encoding="utf-8") as stream:
                lines = stream.read().split("\n")
        except FileNotFoundError:
            return
        except (OSError, UnicodeError):
            raise WatchError(
                f"seen_path: {path} can't be read: correct the path, or the permissions of the file."
            ) from None
        if lines == [""]:
            return  # made by somebody, and nothing was seen yet
        self._check_head(path, lines[0])
        for line in lines[1:-1]:
            self._take(path, line)
        # The last line may be torn, since the process was killed while it wrote.
        with contextlib.suppress(ValueError):
            self._take(path, lines[-1])
        self.begun, self._lines = True, len(lines)
        if lines[-1]:
            self.write()

    def _check_head(self, path: str, line: str) -> None:
        try:
            head = json.loads(line)
            account = head.pop("account", "")
        except (ValueError, AttributeError, TypeError):
            head, account = None, ""
        if head != HEAD:
            raise WatchError(
                f"seen_path: {path} was not written by this event source. Use another file, or remove this one: the "
                "next poll then only learns what exists."
            )
        if account and self._account and account != self._account:
            raise WatchError(
                f"seen_path: {path} was written for the account {account}, and api_url names {self._account}. Give "
                "each account a file of its own."
            )

    def _take(self, path: str, line: str) -> None:
        try:
            found = json.loads(line)
            self.entries[found.pop("key")] = found
        except (ValueError, KeyError, AttributeError, TypeError):
            raise WatchError(
                f"seen_path: {path} has a line that can't be read. Remove the file to start over."
            ) from None

    def keep(self, key: str, entry: Entry) -> None:
        """Keep an entry, in the file before this returns."""
        self.entries[key] = entry
        if self.path and self.begun:
            try:
                self._append(self.path, json.dumps({"key": key, **entry}) + "\n")
            except OSError as error:
                raise self._unwritable(error) from None
            self._lines += 1

    @staticmethod
    def _append(path: str, line: str) -> None:
        with open(path, "ab", buffering=0, opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            data = line.encode()
            while data:
                data = data[file.write(data) :]
            os.fsync(file.fileno())

    def tidy(self) -> None:
        """End a poll: write the first listing, or rewrite the file if it has grown by lines that no longer count."""
        if not self.begun or self._lines > 2 * len(self.entries) + 100:
            self.write()

    def write(self) -> None:
        """Write the whole file by renaming."""
        self.begun, self._lines = True, len(self.entries)
        if not self.path:
            return
        head = {**HEAD, "account": self._account} if self._account else HEAD
        rows = [head, *({"key": key, **entry} for key, entry in self.entries.items())]
        try:
            replace_file(self.path, "".join(json.dumps(row) + "\n" for row in rows).encode(), prefix=".seen-")
        except OSError as error:
            raise self._unwritable(error) from None

    def close(self) -> None:
        """Let another process have the file."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
