# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Find the known name or address that a new one may be a typo of, among tens of thousands.

:func:`.identity.nearest` compares with each known text, which takes minutes for a thousand new addresses in an account
of 20,000. An index of trigrams leaves a few candidates for each.
"""

from __future__ import annotations

import os
import typing as t

from .identity import within_edits

_GRAM = 3


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _grams(plain: str) -> set[str]:
    padded = f"\0\0{plain}\0\0"
    return {padded[place : place + _GRAM] for place in range(len(padded) - _GRAM + 1)}


def _letters(plain: str) -> int:
    """Return which characters occur, as bits. An edit changes at most two of them."""
    bits = 0
    for c in plain:
        bits |= 1 << (ord(c) % 64)
    return bits


class _Group:
    """Texts with the same digits, by their normalised forms."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._known: list[tuple[str, int]] = []
        self._index: dict[str, list[int]] = {}

    def nearest(self, plain: str, most: int) -> str | None:
        """Return the first text that is at most ``most`` edits away."""
        letters, length = _letters(plain), len(plain)
        for number in self._candidates(plain, most):
            other, bits = self._known[number]
            if (
                abs(len(other) - length) <= most
                and bin(bits ^ letters).count("1") <= 2 * most
                and other != plain
                and within_edits(*_without_ends(plain, other), most)
            ):
                return self.texts[other]
        return None

    def _candidates(self, plain: str, most: int) -> t.Iterable[int]:
        """Return every text that may be within ``most`` edits, and some others.

        An edit changes at most three trigrams, so of any ``3 * most + 1`` of them one is left. The rarest ones are
        used: all addresses of a company share the trigrams of its domain.
        """
        if not self._known:
            self._known = [(known, _letters(known)) for known in self.texts]
            for number, known in enumerate(self.texts):
                for gram in _grams(known):
                    self._index.setdefault(gram, []).append(number)
        places = sorted((self._index.get(gram, []) for gram in _grams(plain)), key=len)
        needed = _GRAM * most + 1
        if len(places) < needed:
            return range(len(self._known))
        return sorted({one for place in places[:needed] for one in place})


def _without_ends(one: str, other: str) -> tuple[str, str]:
    """Return two texts without their common beginning and end."""
    start = len(os.path.commonprefix((one, other)))
    one, other = one[start:], other[start:]
    end = len(os.path.commonprefix((one[::-1], other[::-1])))
    return (one[:-end], other[:-end]) if end else (one, other)


class Similar:
    """An index of known texts.

    Numbers are meant to tell names apart (``shop1``, ``shop2``), so texts with different digits are never similar.
    """

    def __init__(self, known: t.Iterable[str]) -> None:
        self._same: dict[str, list[str]] = {}
        self._groups: dict[str, _Group] = {}
        for text in known:
            plain = _plain(text)
            self._same.setdefault(plain, []).append(text)
            self._groups.setdefault(_digits(plain), _Group()).texts.setdefault(plain, text)

    def nearest(self, text: str, most: int = 2) -> str | None:
        """Return the first known text that differs by case, white space or a few letters, or None.

        :param most: letters; short texts allow fewer
        """
        plain = _plain(text)
        for known in self._same.get(plain, ()):
            if known != text:
                return known
        most = min(most, len(plain) // 4)
        group = self._groups.get(_digits(plain))
        return group.nearest(plain, most) if most and group is not None else None


def _digits(plain: str) -> str:
    return "".join(c for c in plain if c.isdigit())
