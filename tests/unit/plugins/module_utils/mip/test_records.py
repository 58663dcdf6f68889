# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the record of a person, in all its shapes."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mip.records import Person, number, person_in


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([], {}),
        ([7, "8", "x", True, None], {7: None, 8: None}),
        ([{"id": 7, "is_blocked": True}, {"cid": "8"}, {"company_id": 9}, {"name": "x"}], {7: True, 8: None, 9: None}),
        (None, None),
        ("7", None),
    ],
)
def test_marketplaces_in_every_likely_shape(listed: t.Any, found: t.Any) -> None:
    assert Person.read({"id": 1, "marketplaces": listed}).marketplaces == found


@pytest.mark.parametrize(
    ("value", "blocked"),
    [
        ({"id": 20, "is_blocked": True}, True),
        ([{"id": 20, "is_blocked": True}], True),
        ([{"id": 3, "is_blocked": False}, {"id": 20, "is_blocked": True}], True),
        ({"is_blocked": 1}, True),
        ([{"id": 3, "is_blocked": True}], "none"),
        ([{"is_blocked": True}, {"is_blocked": False}], "none"),
        ([], "none"),
        (None, "none"),
        ({"id": 20, "is_blocked": "maybe"}, None),
    ],
)
def test_the_elided_member_is_found_or_not(value: t.Any, blocked: t.Any) -> None:
    person = person_in(value, 20)
    assert ("none" if person is None else person.blocked) == blocked


def test_ids_and_addresses() -> None:
    assert [number(value) for value in (5, "5", 5.0, "x", True, None, 5.5, "")] == [5, 5, 5, *[None] * 5]
    person = Person.read({"id": "5", "email": "A@X.example"})
    assert not person.is_other_than("a@x.example")
    assert person.is_other_than("b@x.example")
    assert not Person(None).is_other_than("b@x.example")
