# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make links and snippets for the websites that Mobsted's apps wrap, escaped for the place that they go to.

Sources: the vendor documents the messages of the prompts, the call of the install check, ``utm_extid`` and the host
without ``-admin`` (``seed``). ``/pwa/?appid=`` was seen in use (``code``); that the two go together is ``inferred``.
The address of the install check's script is not published.
"""

from __future__ import annotations

import html
import json
import re
import typing as t
from urllib.parse import quote, unquote, urlsplit

from ansible_collections.partnerops.saas.plugins.module_utils.urls import is_loopback

#: The query parameter that carries the end user's id (``seed``).
EXTID = "utm_extid"
_LINKS = ("link_instant", "link_managed")
#: The link of an app that a check run would have created: such a host never exists (RFC 6761).
PREDICTED_LINK = "https://predicted.invalid/pwa/?appid=predicted"


class SnippetError(ValueError):
    """An input that cannot become a link or a snippet. The message says why."""


def _text(value: t.Any, what: str) -> str:
    """Return a string or a whole number as a string."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or str(value).strip() == "":
        empty = isinstance(value, str) or value is None
        it_is = "is empty: give it a value" if empty else f"must be text, not a value of type {type(value).__name__}"
        raise SnippetError(f"{what} {it_is}.")
    return str.__str__(str(value))


def web_url(value: t.Any, what: str, *, plain: bool = False) -> str:
    """Return an https address (or http, on this machine or with ``plain``) that is safe wherever a URL may stand.

    Quotes, angle brackets, white space and non-ASCII characters are percent-encoded.
    """
    text = _text(value, what)
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise SnippetError(f"{what} is not a valid URL: it should look like https://store.example.") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and (plain or is_loopback(host))):
        raise SnippetError(f"{what} must be an https:// address, not {parts.scheme[:20]!r}.")
    if not re.fullmatch(r"\[?[A-Za-z0-9._:-]+\]?", parts.netloc):
        raise SnippetError(f"{what} must name a plain host, without a user name: correct it.")
    return quote(text, safe="%/:?#[]@!$&()*+,;=~-._")


def app_link(app: t.Any, extid: t.Any, tenant: t.Mapping[str, t.Any] | None = None, kind: str = "instant") -> str:
    """Return the link with which one end user opens an app.

    :param app: an app as the modules return it, or a link
    :param extid: the user's id
    :param tenant: the record of the tenant, for an app that has no link
    :param kind: which of the app's two links to prefer, ``instant`` or ``managed``
    """
    user = _text(extid, "extid")
    if f"link_{kind}" not in _LINKS:
        raise SnippetError(f"kind must be 'instant' or 'managed', got {kind!r}.")
    if isinstance(app, t.Mapping):
        names = sorted(_LINKS, key=lambda name: name != f"link_{kind}")
        given = next((app[name] for name in names if app.get(name)), None)
        link = web_url(given, "the app's link", plain=True) if given else _built(app, tenant)
    else:
        link = web_url(app, "the app's link", plain=True)
    base, hash_mark, fragment = link.partition("#")
    path, _mark, query = base.partition("?")
    kept = [part for part in query.split("&") if part and part.split("=")[0] != EXTID]
    kept.append(f"{EXTID}={quote(user, safe='')}")
    return f"{path}?{'&'.join(kept)}{hash_mark}{fragment}"


def personal_data(extid: t.Any) -> str | None:
    """Return what kind of personal data an id plainly is, or None. It can't recognise names and plain digits."""
    text = unquote(str(extid)).strip()
    if re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", text):
        return "an e-mail address"
    digits = re.sub(r"[\s()./-]", "", text)
    return "a telephone number" if re.fullmatch(r"\+\d{7,15}", digits) else None


def _built(app: t.Mapping[str, t.Any], tenant: t.Mapping[str, t.Any] | None) -> str:
    """Return ``https://<tenant>.<server>/pwa/?appid=<id>``, from what is known of the account."""
    number = app.get("id")
    if number is None and set(_LINKS) < set(app):  # what a check run predicts
        return PREDICTED_LINK
    if isinstance(number, bool) or not re.fullmatch(r"\d{1,18}", str(number)):
        raise SnippetError(
            "the app has no link_instant, no link_managed and no id. Pass 'app' of a mobsted_pwa_app result."
        )
    for admin in ((tenant or {}).get("url"), app.get("icon_url"), app.get("qr_url")):
        found = re.match(r"(https?)://([A-Za-z0-9_-]+?)-admin\.([A-Za-z0-9._-]+(?::\d+)?)(?:/|$)", str(admin or ""))
        if found:
            return web_url(f"{found[1]}://{found[2]}.{found[3]}/pwa/?appid={number}", "the app's link", plain=True)
    name, server = (tenant or {}).get("name"), (tenant or {}).get("server")
    if name and server:
        return web_url(f"https://{name}.{server}/pwa/?appid={number}", "the app's link", plain=True)
    raise SnippetError(
        "the app has no link. Pass the record of its tenant, too, as mobsted_tenant or mobsted_tenant_info returns it: "
        "mobsted_app_link(extid, tenant=record)."
    )


def js_string(value: str) -> str:
    """Return a JavaScript string in single quotes that can end neither its script nor an HTML attribute."""
    inner = json.dumps(value)[1:-1]  # ASCII only: U+2028 and marks of direction are escaped, too
    for char in "'<>&`{":
        inner = inner.replace(char, f"\\u{ord(char):04x}")
    return "'" + inner.replace('\\"', "\\u0022") + "'"


def prompt_js(name: t.Any, action: t.Any = "show") -> str:
    """Return the statement with which a wrapped site shows or hides a prompt of its container (``seed``)."""
    if action not in ("show", "hide"):
        raise SnippetError(f"action must be 'show' or 'hide', got {action!r}.")
    widget = js_string(_text(name, "the prompt's code name"))
    return f"parent.postMessage({{ type: 'mobsted.api', {action}widget: {widget} }}, '*');"


def install_check_html(extid: t.Any, script_url: t.Any, variable: t.Any = "mobstedPwaInstalled") -> str:
    """Return the script for HEAD, and the call that finds out if this user has installed the app (``seed``)."""
    if not isinstance(variable, str) or not re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", variable):
        raise SnippetError("variable must be the name of a JavaScript variable, such as mobstedPwaInstalled.")
    source = html.escape(web_url(script_url, "script_url"))
    user = js_string(_text(extid, "extid"))
    # Async, so that the promise is rejected if the script did not load: "unknown" is not "no".
    call = f"window.{variable} = (async function () {{ return await window.mbst.checkPwaInstalled({user}); }})();"
    return (
        f'<script src="{source}" type="text/javascript"></script>\n<script type="text/javascript">\n{call}\n</script>\n'
    )
