# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that a client gets: link, QR code, how to install the app, how to log in first, what was set up.

The template is ``playbooks/templates/partner-handover.html.j2``. It holds no script, and a content security policy
forbids any. The texts are beside it, one file for each language.
"""

from __future__ import annotations

import functools
import hashlib
import re
import sys
import typing as t
from collections.abc import Mapping
from pathlib import Path

import yaml

from ansible_collections.partnerops.saas.plugins.module_utils.identity import email_key
from ansible_collections.partnerops.saas.plugins.plugin_utils.html_parts import (
    FOLDER,
    app_link,
    clean,
    embedded_icon,
    href,
    initials,
    qr_code,
    template,
)
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain

TEMPLATE = "partner-handover.html.j2"
TEXTS = FOLDER / "handover"
#: Languages that are written from right to left.
RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "ps", "ur", "yi"))
#: The colour of the page where the app has none on which white text can be read.
ACCENT = "#2f5fd0"
#: The warning where the library for QR codes is missing.
NO_CODES = (
    f"The pages have no QR codes: the Python library 'segno' is missing in {sys.executable}, which runs Ansible. "
    "Install it there, and run again."
)
#: The texts that a language may do without: nothing is shown, or English is used.
OPTIONAL = frozenset(("contact", "date"))
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")

Result = dict[str, t.Any]


class HandoverError(ValueError):
    """The texts can't be used; the message says why."""


def languages() -> list[str]:
    """Return the languages that are shipped."""
    return sorted(path.stem for path in TEXTS.glob("*.yml"))


def texts_of(language: str, more: t.Mapping[str, t.Any] | None = None) -> Result:
    """Return the texts of a language.

    :param more: texts by language; they replace the shipped ones, or add a language
    :raises HandoverError: if a text is missing or of the wrong kind
    """
    english = _shipped("en")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        raise HandoverError(f"The language {language!r} is not a code such as 'en' or 'pt-BR': correct language.")
    given = (more or {}).get(language) or {}
    if not isinstance(given, dict):
        raise HandoverError(f"partner_handover_texts, {language}, must be a mapping of names to texts.")
    known = {**(_shipped(language) if language in languages() else {}), **given}
    missing = [name for name in english if name not in OPTIONAL and known.get(name) is None]
    if missing:
        hint = "" if given else f" Shipped are {', '.join(languages())}."
        raise HandoverError(
            f"The language {language} lacks the texts {', '.join(missing)}: give them in partner_handover_texts.{hint}"
        )
    unknown = sorted(set(given) - set(english))
    if unknown:
        raise HandoverError(
            f"partner_handover_texts, {language}, has {', '.join(unknown)}, which the page doesn't use: correct the "
            "name, or remove it."
        )
    for name, text in english.items():
        if isinstance(text, list):
            if not isinstance(known[name], list) or not all(isinstance(one, str) for one in known[name]):
                raise HandoverError(f"partner_handover_texts, {language}.{name}, must be a list of texts.")
        elif not isinstance(known.get(name) or "", str):
            raise HandoverError(f"partner_handover_texts, {language}.{name}, must be text.")
    return known


@functools.cache
def _shipped(language: str) -> Result:
    return t.cast(Result, yaml.safe_load((TEXTS / f"{language}.yml").read_text(encoding="utf-8")))


def file_name(email: str) -> str:
    """Return a file name for a tenant: its address if that can be a file name. Two addresses never share one."""
    safe = re.sub(r"[^A-Za-z0-9@._+-]", "_", email).lstrip(".-")[:120] or "_"
    mark = "" if safe == email else "-" + hashlib.sha256(email.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe}{mark}.html"


def render(
    tenant: t.Any,
    language: str = "en",
    texts: t.Mapping[str, t.Any] | None = None,
    credentials: t.Mapping[str, t.Any] | None = None,
) -> str:
    """Return the page of one tenant. The same content gives the same page.

    :param tenant: an entry of ``tenants`` of ``mobsted_fleet_info``
    :param credentials: ``login`` and ``password``, to be shown on the page
    """
    shown = texts_of(language, plain(texts or {}))
    return template(TEMPLATE).render(**view(plain(tenant), language, shown, plain(credentials or {})))


def view(tenant: Result, language: str, texts: Result, credentials: Result) -> Result:
    """Return what the template shows."""
    record = tenant["tenant"] or {}
    apps = [_app(entry) for entry in tenant["apps"] if entry["exists"]]
    url = href(record.get("url"))
    title = (
        _filled(texts["title"], name=apps[0]["name"])
        if len(apps) == 1
        else texts["title_many"]
        if apps
        else texts["title_none"]
    )
    return {
        "language": language,
        "direction": "rtl" if language.split("-", 1)[0] in RIGHT_TO_LEFT else "ltr",
        "texts": texts,
        "contact": str(texts.get("contact") or ""),
        "title": title,
        "accent": next((app["accent"] for app in apps if app["accent"]), ACCENT),
        "apps": apps,
        "url": url,
        "shown_url": _shown(url),
        "login": clean(credentials.get("login") or record.get("login") or tenant["email"]),
        "password": _visible(credentials.get("password")),
        "done": _done(tenant, record, apps, texts),
    }


def _done(tenant: Result, record: Result, apps: list[Result], texts: Result) -> list[Result]:
    def since(value: t.Any) -> str | None:
        found = re.match(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", clean(value))
        if not found:
            return None
        form = texts.get("date") or _shipped("en")["date"]
        return _filled(texts["since"], date=_filled(form, year=found[1], month=found[2], day=found[3]))

    lines = [{"text": _filled(texts["account_line"], email=tenant["email"]), "since": since(record.get("created"))}]
    for app in apps:
        line = texts["app_site_line"] if app["site"] else texts["app_line"]
        lines.append({"text": _filled(line, name=app["name"], site=app["site"]), "since": since(app["created"])})
    return lines


def _app(entry: Result) -> Result:
    app = entry["app"]
    link = app_link(app)
    colour = app.get("splash_color") or ""
    return {
        "name": clean(entry["name"]),
        "description": clean(app.get("description")),
        "link": link,
        "shown_link": _shown(link),
        "qr": qr_code(link) if link else None,
        "icon": embedded_icon(entry.get("icon")),
        "initials": initials(entry["name"]),
        "accent": colour if _COLOUR.match(colour) and _carries_white(colour) else None,
        "site": _shown(href(app.get("website_url"))),
        "created": app.get("created"),
    }


def _shown(url: str | None) -> str | None:
    return re.sub(r"^https?://", "", url).rstrip("/") if url else None


def _visible(password: t.Any) -> str | None:
    """Return a password without control characters, which nobody can type; white space may belong to it."""
    return re.sub(r"[\x00-\x1f\x7f]", "", str(password)) if password else None


def _filled(text: str, **values: t.Any) -> str:
    """Put values into a text. Those that hold braces stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda found: clean(values.get(found[1], found[0])), text)


def _carries_white(colour: str) -> bool:
    """Return whether white text can be read on a colour (WCAG, 4.5 to 1)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5


def language_of(given: t.Any, email: str) -> str:
    """Return the language for a client.

    :param given: a language, or a mapping of address to language with ``default`` for the others
    """
    if not isinstance(given, Mapping):
        return str(given)
    known = {email_key(str(key)): value for key, value in given.items()}
    return str(known.get(email_key(email), given.get("default", "en")))


def load_texts(path: str) -> t.Any:
    """Read a file of texts.

    :raises HandoverError: if it can't be read
    """
    try:
        found = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise HandoverError(
            f"partner_handover_texts, {path}, can't be read: {str(error).splitlines()[0]}. Correct the file, or its "
            "path."
        ) from None
    if not isinstance(found, dict):
        raise HandoverError(f"partner_handover_texts, {path}, must be a mapping of language to texts.")
    return found
