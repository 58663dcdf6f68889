# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Recognise a response from something other than the API, and say that ``api_url`` is wrong.

Users paste the address of the web UI, or leave a part of the path out. Every call then gets a page or a 404, and
nothing in such a response names the option.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ..errors import ApiError
from .response import Response

#: Statuses that servers give to an unknown path.
UNKNOWN_PATH = (404, 405, 410, 501)


def is_page(response: Response) -> bool:
    """Return whether a response is a web page, or another text with markup, in place of JSON."""
    return b"<" in response.body and response.parsed() is None


def is_elsewhere(response: Response) -> bool:
    """Return whether a response comes from no API: a page, or an unknown path without a JSON object."""
    if 200 <= response.status < 300:
        return is_page(response)
    return response.status in UNKNOWN_PATH and not isinstance(response.parsed(), dict)


def no_such_path(response: Response) -> bool:
    """Return whether servers give this response to a path that may be unknown, whatever the rest of the URL."""
    return response.status in (400, 404, 405, 500, 501) or is_page(response)


def wrong_place(response: Response, base: str, usual: str) -> ApiError:
    """Return the failure of a call that reached no API.

    :param base: the URL in use
    :param usual: what the option usually looks like
    """
    good = 200 <= response.status < 300
    error = response.invalid("a JSON object was expected") if good else response.error()
    parts = urlsplit(base)
    found = f"its path {parts.path!r} looks wrong" if parts.path else f"{parts.netloc} responds, but not as the API"
    made = error.because(error.code, f"{error.fact} Check api_url, which is {base}: {found}. {usual}")
    made.fact = error.fact
    return made
