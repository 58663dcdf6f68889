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

#: The first line of the file.
HEAD = '{"seen_by": "partnerops.saas.tenants"}'


class WatchError(ValueError):
    """An argument of an event source that is wrong; the text is for the user."""


class Seen:
    """Entries by key, kept in a file if there is one.

    :param path: of the file, or None to keep them in memory
    :raises WatchError: if the file is in use or is none of ours
    """

    def __init__(self, path: str | None) -> None:
        self.path = os.path.abspath(os.path.expanduser(path)) if path else None
        self.entries: dict[str, Entry] = {}
        #: False until a first listing was seen.
        self.begun = False
        self._lines = 0
        self._lock: int | None = None
        if self.path:
            self._hold()
            self._read(self.path)

    def _hold(self) -> None:
        self._lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise WatchError(f"seen_path: {self.path} is in use by another rulebook. Give each one its own.") from None

    def _read(self, path: str) -> None:
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
        if lines[0] != HEAD:
            raise WatchError(
                f"seen_path: {path} was not written by this event source. Use another file, or remove this one: the "
                "next poll then only learns what exists."
            )
        for line in lines[1:-1]:
            self._take(path, line)
        # The last line may be torn, since the process was killed while it wrote.
        with contextlib.suppress(ValueError):
            self._take(path, lines[-1])
        self.begun, self._lines = True, len(lines)
        if lines[-1]:
            self.write()

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
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, (json.dumps({"key": key, **entry}) + "\n").encode())
                os.fsync(handle)
            finally:
                os.close(handle)
            self._lines += 1

    def tidy(self) -> None:
        """End a poll: write the first listing, or rewrite the file if it has grown by lines that no longer count."""
        if not self.begun or self._lines > 2 * len(self.entries) + 100:
            self.write()

    def write(self) -> None:
        """Write the whole file by renaming."""
        self.begun, self._lines = True, len(self.entries)
        if not self.path:
            return
        lines = [f"{HEAD}\n", *(json.dumps({"key": key, **entry}) + "\n" for key, entry in self.entries.items())]
        replace_file(self.path, "".join(lines).encode(), prefix=".seen-")

    def close(self) -> None:
        """Let another process have the file."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
