# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The encodings in which a secret could leak. Deliberately not the collection's own list."""

from __future__ import annotations

import base64
import functools
import json
import typing as t
from pathlib import Path
from urllib.parse import quote, quote_plus


@functools.cache
def encodings(secret: str) -> frozenset[str]:
    """Return the secret raw, URL-encoded, in base64 and JSON-escaped, in all variants."""
    found = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    found |= {_lower(form) for form in found}
    raw = base64.b64encode(secret.encode()).decode()
    found |= {raw, raw.rstrip("="), base64.urlsafe_b64encode(secret.encode()).decode()}
    once = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], secret.replace("/", "\\/")}
    return frozenset(form for form in found | once | {json.dumps(form)[1:-1] for form in once} if len(form) >= 4)


def _lower(text: str) -> str:
    parts = text.split("%")
    return parts[0] + "".join("%" + part[:2].lower() + part[2:] for part in parts[1:])


def leaks(text: str, secrets: t.Iterable[str]) -> list[str]:
    """Return every secret that the text contains, with its surroundings."""
    found = []
    for secret in secrets:
        for form in encodings(secret):
            place = text.find(form)
            if place >= 0:
                found.append(f"{form!r} in {text[max(0, place - 160) : place + len(form) + 60]!r}")
                break
    return found


def files_below(folder: Path) -> t.Iterator[tuple[Path, str]]:
    """Yield every file with its content."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes().decode("utf-8", "replace")
