# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Everything that must never be shown, in every spelling that it could have.

ansible-core 2.22 keeps a registry of secrets (``ansible.module_utils.secrets``); older releases mask what a module put
in ``no_log_values``, in its raw form only. One object hides the difference from the rest of the collection.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import typing as t
from urllib.parse import quote, quote_plus

try:  # ansible-core 2.22 and newer
    from ansible.module_utils.secrets import register_secrets as _register_secrets
except ImportError:
    _register_secrets = None

#: A shorter value would mask ordinary words; options marked no_log are masked by ansible-core at any length.
MIN_SECRET = 3

#: A derived form shorter than this would mask ordinary words.
MIN_DERIVED = 6

#: Up to this many forms or characters, searching the text for each form is faster than looking up each place of it.
FEW = 100
SHORT = 2000
#: The number of characters by which a place of a text is looked up.
START = 6


def core_registry() -> t.Callable[[t.Iterable[str]], None] | None:
    """Return ansible-core's own registry of secrets, or None before 2.22."""
    return _register_secrets


def spellings(value: str) -> set[str]:
    """Return the secret and its URL-encoded, base64 and JSON-escaped forms."""
    raw = value.encode("utf-8", "surrogatepass")
    derived = {
        quote(value, safe="", errors="replace"),
        quote(value, errors="replace"),
        quote_plus(value, errors="replace"),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        base64.b64encode(raw).decode().rstrip("="),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(value))[3:-3],
        repr(value)[1:-1],
    }
    # A percent sign may be written %2F or %2f, and core's own JSON output escapes non-ASCII.
    derived |= {re.sub(r"%[0-9A-F]{2}", lambda m: m.group().lower(), form) for form in derived if "%" in form}
    return {value} | {form for form in derived if len(form) >= MIN_DERIVED}


def present(forms: t.Collection[str], text: str) -> set[str]:
    """Return which of the forms occur in the text.

    A fleet registers tens of thousands of forms and returns megabytes, so with many forms each place of the text is
    looked up instead of searching the whole text for each form.
    """
    if len(forms) <= FEW or len(text) <= SHORT:
        return {form for form in forms if form in text}
    by_start: dict[str, list[str]] = {}
    found = set()
    for form in forms:
        if len(form) >= START:
            by_start.setdefault(form[:START], []).append(form)
        elif form in text:
            found.add(form)
    for place in range(len(text) - START + 1):
        for form in by_start.get(text[place : place + START], ()):
            if text.startswith(form, place):
                found.add(form)
    return found


def texts_of(value: t.Any) -> t.Iterator[str]:
    """Yield every text and number in a result, at any depth, in no particular order."""
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            todo.extend(one.values())
        elif isinstance(one, (list, tuple, set)):
            todo.extend(one)
        elif one is not None and not isinstance(one, bool):
            yield str(one)


class Secrets:
    """Collects the secrets of one task; registered values are masked wherever ansible-core masks at all.

    ``shown`` are the secrets that the user is meant to get (a new tenant's password, an SSO link). Before 2.22 masking
    would destroy them in the result, so they are kept out of the mask there.
    """

    def __init__(self) -> None:
        self.hidden: set[str] = set()
        self.shown: set[str] = set()
        self._shown_forms: set[str] = set()
        self._lock = threading.Lock()

    def add(self, *values: t.Any) -> None:
        """Register values (never dict keys). None and empty values are ignored."""
        forms: set[str] = set()
        for value in values:
            if isinstance(value, str) and len(value) >= MIN_SECRET:
                forms |= spellings(value)
        with self._lock:
            new = forms - self.hidden
            self.hidden |= new
        if new and _register_secrets is not None:
            _register_secrets(new)

    def show(self, *values: t.Any) -> None:
        """Register a secret that belongs in the result: masked on core 2.22 and newer, left readable before."""
        with self._lock:
            texts = [one for one in values if isinstance(one, str) and one and one not in self.shown]
        if not texts:
            return
        forms = {form for text in texts for form in spellings(text)}
        with self._lock:
            self.shown.update(texts)
            self._shown_forms |= forms
        if _register_secrets is not None:
            self.add(*texts)

    def mask_values(self) -> set[str]:
        """Return what we have to mask in a result: before 2.22, and in the file of an asynchronous job."""
        with self._lock:
            return self.hidden - self._shown_forms

    def scrub(self, text: str) -> str:
        """Mask every registered form in a text of our own, longest first."""
        with self._lock:
            known = present(self.hidden, text) | present(self._shown_forms, text)
        for form in sorted(known, key=len, reverse=True):
            text = text.replace(form, "********")
        return text
