# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Remember, over runs, which app the API lists under another name than the one it was created by.

The run that creates such an app fails and says so. The next run would not find the app by its name, and would create
one more, each time. So the id and the listed name are kept in this user's folder for locks; they only count while the
API lists that id under that very name.
"""

from __future__ import annotations

import contextlib
import json
import os
import typing as t

from ..identity import account_key, name_key
from ..run.files import replace_file
from ..run.locks import user_folder
from ..run.store import digest

if t.TYPE_CHECKING:
    from .listing import AppListing
    from .records import AppRecord


def remember(base: str, name: str, listed: AppRecord) -> None:
    """Remember an app that was created by a name and is listed under another one.

    What can't be written is not remembered: that must not replace the result of the create.
    """
    with contextlib.suppress(OSError, UnicodeError):
        place = _place(base, name)
        if place is not None:
            replace_file(place, json.dumps({"id": listed.id, "name": listed.name}).encode(), prefix="renaming-")


def renamed_before(base: str, name: str, listing: AppListing) -> AppRecord | None:
    """Return the app that an earlier run created by a name, if it is still listed under the other one."""
    try:
        place = _place(base, name)
        if place is None:
            return None
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            found = json.loads(file.read(65536))
    except (OSError, ValueError, RecursionError):
        return None
    app = listing.by_id(str(found.get("id"))) if isinstance(found, dict) else None
    return app if app is not None and app.name == found.get("name") else None


def _place(base: str, name: str) -> str | None:
    folder, _why = user_folder()
    return folder and os.path.join(folder, f"renamed-{digest(account_key(base), name_key(name))[:32]}")
