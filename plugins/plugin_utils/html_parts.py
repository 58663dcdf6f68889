# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts that the report and the handover page share: the template, links, icons, QR codes, text that can do no harm.

Jinja runs outside of Ansible and escapes everything, so that no text of the API becomes markup.
"""

from __future__ import annotations

import functools
import re
import typing as t
from pathlib import Path

import jinja2
from markupsafe import Markup

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import LINKS
from ansible_collections.partnerops.saas.plugins.plugin_utils.snippets import SnippetError, web_url

try:
    import segno

    HAS_SEGNO = True
except ImportError:
    HAS_SEGNO = False

FOLDER = Path(__file__).resolve().parents[2] / "playbooks" / "templates"
#: The mask of all QR codes. Each of the eight is valid, and the code itself names its mask. Choosing the best one takes
#: two thirds of the time, and scanners read blurred and rotated codes no better for it.
MASK = 3
_ICON = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=]+\Z")


@functools.cache
def template(name: str) -> jinja2.Template:
    """Return one of the templates of ``playbooks/templates``; its filters are ``text`` and ``number``."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, text=clean)
    return environment.get_template(name)


def embedded_icon(value: str | None) -> str | None:
    """Return a picture as a ``data:`` URL, or None for anything else: a page loads nothing."""
    return value if value and _ICON.match(value) else None


def qr_code(link: str) -> Markup | None:
    """Return a QR code as inline SVG, or None without segno or for a link that is too long."""
    if not HAS_SEGNO:
        return None
    try:
        code = segno.make_qr(link, error="m", boost_error=False, mask=MASK)
    except ValueError:  # too long
        return None
    options = {"border": 2, "dark": "#000", "light": "#fff", "omitsize": True, "svgclass": None, "lineclass": None}
    return Markup(code.svg_inline(**options))  # noqa: S704 - modules of the code and the options above, no text


def href(url: t.Any) -> str | None:
    """Return the address if it is an http or https one, else None."""
    try:
        return web_url(url, "link", plain=True)
    except SnippetError:
        return None


def app_link(app: t.Mapping[str, t.Any]) -> str | None:
    """Return the link at which a person opens an app, None if the API gives none that can be one."""
    return next(filter(None, (href(app.get(name)) for name in LINKS)), None)


def clean(value: t.Any) -> str:
    """Return text without control characters. The template's ``bdi`` confines marks of direction."""
    return re.sub(
        r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+", " ", str(value if value is not None else "")
    ).strip()


def initials(name: t.Any) -> str:
    """Return one or two letters to show in place of an icon."""
    words = re.findall(r"[^\W_]+", clean(name))
    return "".join(word[0] for word in words[:2]).upper() or "?"


def number(value: t.Any) -> str:
    """Return ``12345`` as ``12,345``."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 10 or float(value).is_integer() else f"{value:.1f}"
