# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Check the URLs to which credentials are sent."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from .errors import ApiError, invalid
from .identity import host_key


def is_loopback(host: str | None) -> bool:
    """Return whether a host is ``localhost``, a name below it (RFC 6761), in 127.0.0.0/8, or ::1."""
    if not (host or "").isascii():  # digits such as ² may be sent as they are
        return False
    name = host_key(host)
    if name in ("localhost", "::1") or name.endswith(".localhost"):
        return True
    parts = name.split(".")
    return parts[0] == "127" and len(parts) == 4 and all(re.fullmatch("[0-9]{1,3}", p) and int(p) < 256 for p in parts)


def check_api_url(
    url: str | None,
    suffixes: t.Iterable[str] = (),
    *,
    env: str = "",
    example: str = "https://ppp-admin.mobsted.com",
) -> str:
    """Return ``api_url`` without trailing slash and known suffixes; reject one that credentials must not go to.

    :param env: the environment variable that does as well
    :param example: a URL as it should be
    :raises ApiError: ``invalid_input`` for anything but https (http to a loopback address is allowed), and for a URL
        with user information, query or fragment.
    """
    text = (url or "").strip()
    if not text:
        more = f" or the environment variable {env}" if env else ""
        raise invalid(f"api_url is missing. Set the option{more}, such as {example}.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _unreadable(text, example) from None
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() or ord(c) < 32 for c in text):
        raise _unreadable(text, example)
    if parts.username is not None or parts.password is not None:
        raise invalid("api_url must not contain a user name or password: use the options for the login.")
    if parts.query or parts.fragment:
        raise invalid("api_url must not contain a query or a fragment: remove what follows ? or #.")
    if parts.scheme == "http" and not is_loopback(host):
        raise invalid(
            f"api_url uses http:// to {host}: credentials would be sent unencrypted. Use https://; plain http is only "
            "allowed for a loopback address."
        )
    path = parts.path.rstrip("/")
    for suffix in suffixes:
        if path.endswith(suffix):
            path = path[: -len(suffix)].rstrip("/")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{'' if port is None else f':{port}'}{path}"


def _unreadable(text: str, example: str) -> ApiError:
    """Say what is wrong with text that is no URL. It is shown unless it may contain a password."""
    shown = "" if re.search(r"[@?#]", text) else f": {text[:100]!r}"
    bare = re.fullmatch(r"[\w.-]+(:[0-9]+)?(/\S*)?", text)
    missing = "It has no https:// in front: it" if bare else "It"
    return invalid(f"api_url is not a valid URL{shown}. {missing} should look like {example}.")
