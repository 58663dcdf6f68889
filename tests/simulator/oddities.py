# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses as other servers send them, on request: odd ids, names and counts, and tokens that are not valid yet.

Each is an option of a world (``options.py``) and represents something that no page says. What was seen at similar
servers is ``code``, the rest ``inferred``; ``docs/api/mobsted.yaml`` lists them.
"""

from __future__ import annotations

import html
import unicodedata
import uuid
from typing import Any

from .options import Options

_SPACE = uuid.UUID("a0581239-2029-489e-a213-08337ae121da")


def ident(number: int, options: Options) -> Any:
    """Return an id as the world writes it: text (seed), a number, a number with a zero fraction, a UUID."""
    if options.ids == "number":
        return number
    if options.ids == "float":
        return float(number)
    if options.ids == "uuid":
        return str(uuid.uuid5(_SPACE, str(number))) if number != 1 else "1"
    return str(number)


def listed_name(name: str, options: Options) -> str:
    """Return a name as the list shows it."""
    if options.listed_names == "escaped":
        return html.escape(name, quote=True)
    if options.listed_names == "collapsed":
        return " ".join(name.split())
    if options.listed_names == "decomposed":
        return unicodedata.normalize("NFD", name)
    if options.listed_names == "ascii":
        return name.encode("ascii", "replace").decode()
    if options.listed_names == "cut":
        return name[:20]
    return name


def page_meta(page: int, last: int, total: int, options: Options) -> dict[str, Any]:
    """Return ``meta`` of a listing (``current_page``, ``last_page``: code; whether ``total`` exists is not known)."""
    meta: dict[str, Any] = {"current_page": page}
    if options.last_page:
        forms: dict[str, Any] = {"number": last, "text": str(last), "float": float(last), "zero": 0}
        meta["last_page"] = forms[options.last_page_form]
    totals: dict[str, Any] = {"number": total, "text": str(total), "words": "many", "wrong": total + 1}
    if options.total in totals:
        meta["total"] = totals[options.total]
    return meta
