# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Replace a file as a whole, so that a reader and a killed run find the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile


def replace_file(path: str, content: bytes, *, prefix: str, mode: int = 0o600, sync: bool = True) -> None:
    """Write a file completely or not at all.

    :param prefix: of the temporary file, which is in the same folder
    :param sync: wait until the content is on the disk before the file gets its name
    :raises OSError: the old file, if there is one, is unchanged then
    """
    handle, scratch = tempfile.mkstemp(dir=os.path.dirname(path), prefix=prefix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        if mode != 0o600:  # which mkstemp gives it
            os.chmod(scratch, mode)
        os.replace(scratch, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(scratch)
        raise
