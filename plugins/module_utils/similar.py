# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the known name or address of which a new one may be a mistyped form, among tens of thousands.

:func:`.identity.nearest` compares with each known text, which takes minutes for a thousand new addresses in an account
of 20,000. An index of trigrams leaves a few candidates for each.
"""

from __future__ import annotations

import typing as t

from .identity import within_edits

_GRAM = 3


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _grams(plain: str) -> set[str]:
    padded = f"\0\0{plain}\0\0"
    return {padded[place : place + _GRAM] for place in range(len(padded) - _GRAM + 1)}


class _Group:
    """Texts with the same digits."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self._index: dict[str, list[int]] | None = None

    def candidates(self, plain: str, most: int) -> t.Iterator[tuple[str, str]]:
        """Yield every text that may be within ``most`` edits, and a few others.

        An edit changes at most three trigrams, so one of any ``3 * most + 1`` of them is left. The rarest ones are
        asked for: all addresses of a company share the trigrams of its domain.
        """
        if self._index is None:
            self._index = {}
            for number, (known, _text) in enumerate(self.texts):
                for gram in _grams(known):
                    self._index.setdefault(gram, []).append(number)
        index = self._index
        places = sorted((index.get(gram, []) for gram in _grams(plain)), key=len)
        needed = _GRAM * most + 1
        if len(places) < needed:
            yield from self.texts
            return
        for number in sorted({one for place in places[:needed] for one in place}):
            yield self.texts[number]


class Similar:
    """An index of known texts.

    Numbers tell things apart on purpose (``shop1``, ``shop2``), so texts with other digits are never similar.
    """

    def __init__(self, known: t.Iterable[str]) -> None:
        self._same: dict[str, list[str]] = {}
        self._groups: dict[str, _Group] = {}
        for text in known:
            plain = _plain(text)
            self._same.setdefault(plain, []).append(text)
            self._groups.setdefault(_digits(plain), _Group()).texts.append((plain, text))

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
        if not most or group is None:
            return None
        for other, known in group.candidates(plain, most):
            if known != text and abs(len(other) - len(plain)) <= most and within_edits(plain, other, most):
                return known
        return None


def _digits(plain: str) -> str:
    return "".join(c for c in plain if c.isdigit())
