# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``plugins/plugin_utils/partner_state.py``: the form of a state file."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.filter.partner_state import FilterModule
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import APP_OPTIONS
from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import STATE

read_state = FilterModule().filters()["partner_state"]


def test_file_names_become_absolute_and_the_rest_stays() -> None:
    app = {"name": "A", "icon": "icons/a.png", "description": None}
    state = {"mobsted": {"apps": [{"name": "B", "icon": "/abs/b.png"}], "tenants": [{"email": "x", "apps": [app]}]}}
    checked = read_state(state, "/some/folder")
    assert checked["errors"] == []
    assert checked["state"]["mobsted"]["apps"][0]["icon"] == "/abs/b.png"
    assert checked["state"]["mobsted"]["tenants"][0] == {
        "email": "x",
        "apps": [{"name": "A", "icon": "/some/folder/icons/a.png"}],
    }
    assert app["icon"] == "icons/a.png"


def test_both_halves() -> None:
    people = {"clients": [{"email": "a", "password": "b"}], "members": [{"email": "c"}]}
    state = {"mobsted": None, "mip": {"marketplaces": [{"id": 7, "require_tenant": True, **people}]}}
    checked = read_state(state, "/")
    assert checked["errors"] == []
    assert checked["state"] == {"mip": state["mip"]}


@pytest.mark.parametrize(
    ("state", "errors"),
    [
        ({}, ["It declares nothing: it has neither 'mobsted' nor 'mip'."]),
        (["x"], ["The file must be a mapping (key: value), not a list."]),
        (None, ["The file must be a mapping (key: value), not empty."]),
        ({"mopsted": {}}, ["mopsted is not known. Known here: mip, mobsted."]),
        ({"mobsted": "x"}, ["mobsted must be a mapping (key: value), not a string."]),
        ({"mobsted": {"tenants": {"a": 1}}}, ["mobsted.tenants must be a list, not a mapping."]),
        ({"mobsted": {"tenants": "a"}}, ["mobsted.tenants must be a list, not a string."]),
        ({"mobsted": {"tenants": [3]}}, ["mobsted.tenants[0] must be a mapping (key: value), not a single value."]),
        ({"mobsted": {"tenants": [{"email": "x"}, {}]}}, ["mobsted.tenants[1].email is missing."]),
        ({"mip": {"marketplaces": [{"clients": []}]}}, ["mip.marketplaces[0].id is missing."]),
    ],
)
def test_errors_name_their_place(state: t.Any, errors: list[str]) -> None:
    assert read_state(state, "/")["errors"] == errors


def test_apps_take_what_the_module_takes() -> None:
    known = STATE["mobsted"]["options"]["tenants"]["options"]["apps"]["options"]
    assert set(known) == set(APP_OPTIONS)
    wrong = read_state({"mobsted": {"apps": [{"name": "A", "colour": "x"}]}}, "/")["errors"]
    assert wrong[0].startswith("mobsted.apps[0].colour is not known. Known here: app_id, description, icon, name, ")
