# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""CA bundles: an unusable one is an error of the user, found before anything is sent."""

from __future__ import annotations

import functools
import os
import ssl

from ..errors import invalid


def check_bundle(path: str, where: str) -> None:
    """Make sure that a CA bundle can be used, before anything is sent.

    :param where: the option or variable that names it
    :raises ApiError: ``invalid_input``
    """
    try:
        _loaded(path, os.stat(path).st_mtime_ns)
    except (OSError, ssl.SSLError, ValueError) as error:
        why = "contains no certificates" if isinstance(error, ssl.SSLError) else "does not exist or can't be read"
        raise invalid(
            f"{where} names {path}, which {why}. Set it to a PEM file or a folder of CA certificates. Nothing was sent."
        ) from None


@functools.lru_cache(maxsize=8)
def _loaded(path: str, _changed: int) -> bool:
    """Load a bundle once for the whole process: a fleet has thousands of accounts."""
    folder = os.path.isdir(path)
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
        cafile=None if folder else path, capath=path if folder else None
    )
    return True
