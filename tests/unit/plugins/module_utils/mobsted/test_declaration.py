# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration of a fleet, which is checked before anything is sent."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.declaration import icons
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import run_fleet
from ansible_collections.partnerops.saas.tests.support.scripted import Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import app_row, failing, listing


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (
            {"tenants": ["a@a.example", "b@a.example", "A@A.example"]},
            "tenants[0].email and tenants[2].email are the same",
        ),
        ({"tenants": ["no address"]}, "tenants[0].email"),
        ({"tenants": [], "concurrency": 33}, "concurrency is 33"),
        ({"tenants": [], "concurrency": 0}, "concurrency is 0"),
        ({"tenants": [], "apps": [{"name": "A"}, {"name": "A"}]}, "apps[0].name and apps[1].name are the same"),
        (
            {"tenants": [{"email": "a@a.example", "apps": [{"name": "A", "splash_color": "red"}]}]},
            "tenants[0].apps[0].splash_color",
        ),
        (
            {"tenants": [{"email": "a@a.example", "apps": [{"name": "é"}, {"name": "e\u0301"}]}]},
            "tenants[0].apps[0].name and tenants[0].apps[1].name are the same",
        ),
        ({"tenants": [], "apps": [{"name": "A", "icon": "/nowhere/x.png"}]}, "apps[0].icon can't be read"),
    ],
)
def test_a_bad_declaration_is_refused_before_anything_is_sent(
    fleet: t.Any, declared: dict[str, t.Any], text: str
) -> None:
    tenants = declared.pop("tenants")
    error = failing(fleet(*tenants, **declared))
    assert error.code == "invalid_input"
    assert text in error.msg


def test_apps_of_one_name_with_ids_of_their_own(api: Script, fleet: t.Any) -> None:
    listing(api)
    listing(api, app_row(2, "A"), app_row(3, "A"), path="applications")
    result = run_fleet(fleet(apps=[{"name": "A", "app_id": 2}, {"name": "A", "app_id": 3}]))
    assert [one["app"]["id"] for one in result["apps"]] == [2, 3]


def test_where_icons_are_named_even_in_parameters_of_a_wrong_form() -> None:
    good: dict[str, t.Any] = {"apps": [{"icon": "a"}], "tenants": [{"apps": [{"icon": "b"}, {}]}]}
    assert [place.get(key) for place, key in icons(good)] == ["a", "b", None]
    assert list(icons({"apps": "x", "tenants": ["y", {"apps": "z"}, {"apps": [1]}]})) == []
    assert list(icons({"tenants": "x"})) == []
