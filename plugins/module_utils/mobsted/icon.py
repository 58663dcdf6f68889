# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""An app's icon: read from a file to be sent, or from the account to be shown."""

from __future__ import annotations

import base64
import os
import re
import typing as t

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..http.exchange import Request

if t.TYPE_CHECKING:
    from .api import MobstedAPI


#: bytes; the vendor states no limit
ICON_LIMIT = 10 * 1024 * 1024
_PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]", re.DOTALL
)
_ENDINGS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}
_ENDINGS.update({".webp": "image/webp", ".svg": "image/svg+xml", ".ico": "image/x-icon"})
#: bytes of an icon that is still worth including; a 192x192 PNG is far smaller
SHOWN_LIMIT = 64 * 1024
#: seconds for one icon, tries included: icons are optional
ICON_SECONDS = 5


class Icon(t.NamedTuple):
    """An icon to send: a file name for the form, the bytes, the media type."""

    name: str
    content: bytes
    kind: str


def image_kind(content: bytes) -> str | None:
    """Return the media type of an image by its content, or None if browsers can't show it."""
    kind = next((found for start, found in _PICTURES if content.startswith(start)), None)
    if kind is None and content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    if kind is None and content[:4] == b"\x00\x00\x01\x00":
        kind = "image/x-icon"
    if kind is None and _SVG.match(content[:8192]):
        kind = "image/svg+xml"
    return kind


def read_icon(path: str, where: str = "") -> tuple[Icon, str | None]:
    """Read an icon's file; return it with a warning, or None.

    The vendor publishes no formats and limits (its response names a 192x192 PNG, ``seed``), so any image is accepted.
    The content decides, not the name: a name that ends with ``.svg`` may be a link to anything.

    :param where: prefix for messages, such as ``tenants[3].apps[0].``
    :raises ApiError: ``invalid_input`` for a file that is missing, empty, huge, unreadable or not an image
    """
    name = os.path.basename(path)
    try:
        if os.path.isdir(path):
            raise invalid(f"{where}icon is a folder: {path}. Use an image file. Nothing was sent.")
        if os.path.exists(path) and not os.path.isfile(path):  # opening a pipe would block forever
            raise invalid(f"{where}icon is not a file: {path}. Use an image file. Nothing was sent.")
        if os.path.getsize(path) > ICON_LIMIT:
            raise invalid(
                f"{where}icon is larger than {ICON_LIMIT // 2**20} MiB: {path}. Use a smaller image. Nothing was sent."
            )
        with open(path, "rb") as file:
            content = file.read(ICON_LIMIT + 1)
    except OSError as error:
        raise invalid(
            f"{where}icon can't be read: {path} ({error.strerror}). Correct the path. Nothing was sent."
        ) from None
    if not content:
        raise invalid(f"{where}icon is an empty file: {path}. Use an image file. Nothing was sent.")
    kind = image_kind(content)
    if kind is None:
        raise invalid(
            f"{where}icon is not an image: the content of {path} is not PNG, JPEG, GIF, WebP, SVG or ICO. "
            "Use another file. Nothing was sent."
        )
    ending = os.path.splitext(name)[1].lower()
    doubt = None
    if _ENDINGS.get(ending) != kind:
        doubt = f"{where}icon {path} is sent as {kind}, as its content shows; its name suggests another type."
        name = "icon"
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name):
        name = "icon"
    if name == "icon":
        name += next(end for end, found in _ENDINGS.items() if found == kind)
    return Icon(name, content, kind), doubt


def fetch_icon(client: MobstedAPI, url: str) -> str | None:
    """Return a picture as a ``data:`` URI, fetched without the account's token; None if there is no usable one."""
    request = Request("GET", url, safe=True, headers={"Accept": "image/*"})
    try:
        response = client.transport.send(lambda: request, Deadline(ICON_SECONDS))
    except ApiError:
        return None
    # By content: it is shown as a picture or not at all.
    kind = next((found for start, found in _PICTURES if response.body.startswith(start)), None)
    if response.status != 200 or kind is None or len(response.body) > SHOWN_LIMIT:
        return None
    return f"data:{kind};base64,{base64.b64encode(response.body).decode()}"
