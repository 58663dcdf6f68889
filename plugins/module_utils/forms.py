# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Forms of values, which a transcript shows in their place. The simulator reads this file, too, to play one."""

from __future__ import annotations

import re
import typing as t

#: Values that are constants of an API.
LITERALS = frozenset(("ok", "error", "applications", "object", "objects", "partners"))
_FORMS = (
    ("empty", r""),
    ("digits", r"[0-9]+"),
    ("decimal number", r"-?[0-9]+\.[0-9]+"),
    ("e-mail", r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    ("URL", r"https?://\S+"),
    ("path", r"/\S*"),
    ("colour", r"#[0-9a-fA-F]{6}"),
    ("UUID", r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    ("JWT", r"[\w-]{8,}\.[\w-]{8,}\.[\w-]+"),
    ("date and time", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?"),
    ("ISO 8601", r"\d{4}-\d\d-\d\dT\S+"),
    ("HTTP date", r"[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d.*"),
    ("32 letters and digits", r"[a-z0-9]{32}"),
    ("HTML", r"(?s).*<[a-zA-Z!/].*"),
)


def form_of(value: t.Any, literal: bool = True) -> str:
    """Return the form of a value that is neither an object nor a list.

    :param literal: constants of an API may be shown
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int):
        return "integer: Unix time" if 10**9 <= value < 10**10 else "integer"
    if isinstance(value, float):
        return "number: whole" if value.is_integer() else "number"
    text = str(value)
    if literal and text in LITERALS:
        return f'text: "{text}"'
    form = next((name for name, pattern in _FORMS if re.fullmatch(pattern, text)), None)
    return f"text: {form}" if form else "text"
