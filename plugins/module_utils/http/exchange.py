# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""A request as it is sent, and its response."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from .response import Response


class Request(t.NamedTuple):
    """A request that can be sent again.

    :param safe: sending it twice does no harm (a read)
    :param login: it carries a password, so it is repeated only rarely: accounts get locked
    :param optional: something else takes its place if it is refused, so it does not wait
    """

    method: str
    url: str
    params: t.Mapping[str, str] | None = None
    data: bytes | None = None
    files: t.Any = None
    headers: t.Mapping[str, str] | None = None
    safe: bool = False
    login: bool = False
    optional: bool = False

    @property
    def path(self) -> str:
        """Return the path without its query, for messages."""
        return urlsplit(self.url).path or "/"


class Exchange(t.NamedTuple):
    """One try of a request and its outcome, with all its secrets. ``response`` is None if none was read."""

    request: Request
    outcome: str
    response: Response | None
