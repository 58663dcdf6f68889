# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of similar texts finds what a comparison with each text finds."""

from __future__ import annotations

import random

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.identity import within_edits
from ansible_collections.partnerops.saas.plugins.module_utils.similar import Similar


@pytest.mark.parametrize(
    ("new", "known"),
    [
        ("owner@acne.example", "owner@acme.example"),
        ("Owner@acme.example", "owner@acme.example"),
        ("Acme  Store", "Acme Store"),
        ("acmestore", "Acme Store"),
        ("Acme Stroe", "Acme Store"),
        ("onwer@acme.exmple", None),
        ("AB", None),
        ("owner1@acme.example", None),
        ("another@acme.example", None),
    ],
)
def test_what_is_nearly_the_same(new: str, known: str | None) -> None:
    assert Similar(["owner@acme.example", "Acme Store", "AC", "owner2@acme.example"]).nearest(new) == known


def test_the_text_itself_is_not_like_itself() -> None:
    assert Similar(["Store"]).nearest("Store") is None
    assert Similar(["Store", "store"]).nearest("Store") == "store"


def test_it_finds_exactly_what_a_comparison_with_each_text_finds() -> None:
    chance = random.Random(7)
    letters = "abcé"  # few letters, so that many texts are similar
    known = ["".join(chance.choices(letters, k=chance.randint(3, 14))) for _number in range(400)]
    index = Similar(known)
    found = 0
    for _number in range(400):
        new = "".join(chance.choices(letters, k=chance.randint(3, 14)))
        most = min(2, len(new) // 4)
        near = [one for one in known if one != new and most and within_edits(new, one, most)]
        assert (index.nearest(new) in near) if near else (index.nearest(new) is None)
        found += bool(near)
    assert 50 < found < 350


def test_a_thousand_among_twenty_thousand_take_no_minute() -> None:
    """Comparing each with each would take 20 million comparisons."""
    chance = random.Random(7)
    names = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=8)) for _number in range(21000)]
    index = Similar(f"{name}@mail.example" for name in names[:20000])
    compared = 0
    for name in names[20000:]:
        group = index._groups[""]
        compared += len(group._candidates(f"{name}@mail.example", 2))  # type: ignore[arg-type]
    assert compared / 1000 < 1500
