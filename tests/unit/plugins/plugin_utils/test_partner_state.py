# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of a state file."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.filter.partner_state import FilterModule
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import APP_OPTIONS
from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import STATE

OWNER = "owner@acme.example"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
read_state = FilterModule().filters()["partner_state"]


def test_file_names_become_absolute_and_the_rest_stays(tmp_path: Path) -> None:
    icon = tmp_path / "icons" / "a.png"
    icon.parent.mkdir()
    icon.write_bytes(PNG)
    app = {"name": "A", "icon": "icons/a.png"}
    state = {"mobsted": {"apps": [{"name": "B", "icon": str(icon)}], "tenants": [{"email": OWNER, "apps": [app]}]}}
    checked = read_state(state, str(tmp_path))
    assert checked["errors"] == []
    assert checked["state"]["mobsted"]["apps"][0]["icon"] == str(icon)
    assert checked["state"]["mobsted"]["tenants"][0] == {"email": OWNER, "apps": [{"name": "A", "icon": str(icon)}]}
    assert app["icon"] == "icons/a.png"


def test_both_halves() -> None:
    people = {"clients": [{"email": OWNER, "password": "b"}], "members": [{"email": OWNER}]}
    state = {"mobsted": None, "mip": {"marketplaces": [{"id": 7, "require_tenant": True, **people}]}}
    checked = read_state(state, "/")
    assert checked["errors"] == []
    assert checked["state"] == {"mip": state["mip"]}


APP = {"name": "A", "website_url": "https://a.example"}


@pytest.mark.parametrize(
    ("state", "errors"),
    [
        ({}, ["The file declares nothing: add 'mobsted', 'mip' or both."]),
        (["x"], ["The file must be a mapping (key: value), not a list."]),
        (None, ["The file must be a mapping (key: value), not empty."]),
        ({"mopsted": {}}, ["mopsted is not known. Did you mean 'mobsted'? Known here: mip, mobsted."]),
        ({"mobsted": "x"}, ["mobsted must be a mapping (key: value), not text."]),
        ({"mobsted": {"tenants": {"a": 1}}}, ["mobsted.tenants must be a list, not a mapping."]),
        ({"mobsted": {"tenants": "a"}}, ["mobsted.tenants must be a list, not text."]),
        ({"mobsted": {"tenants": [3]}}, ["mobsted.tenants[0] must be a mapping (key: value), not a number in YAML."]),
        ({"mobsted": {"tenants": [{"email": OWNER}, {}]}}, ["mobsted.tenants[1].email is missing. Add it."]),
        (
            {"mobsted": {"apps": [APP, {**APP, "app_id": 3}]}},
            [
                "mobsted.apps[1].name is the same name as mobsted.apps[0].name, which has no app_id: give both apps "
                "one, or "
                "remove one."
            ],
        ),
        ({"mip": {"marketplaces": [{"clients": []}]}}, ["mip.marketplaces[0].id is missing. Add it."]),
        (
            {"mobsted": {"apps": [{**APP, "name": False}]}},
            ["mobsted.apps[0].name is true or false in YAML: put it in quotes."],
        ),
        (
            {"mobsted": {"apps": [{**APP, "title": 7}]}},
            ["mobsted.apps[0].title is a number in YAML: put it in quotes."],
        ),
        (
            {"mobsted": {"apps": [{**APP, "splash_color": None}]}},
            [
                "mobsted.apps[0].splash_color is empty: give it a value, or leave the key out. Text that "
                "starts with '#' needs quotes."
            ],
        ),
        ({"mip": {"marketplaces": [{"id": "seven"}]}}, ["mip.marketplaces[0].id must be a whole number, not 'seven'."]),
        (
            {"mip": {"marketplaces": [{"id": True}]}},
            ["mip.marketplaces[0].id must be a whole number, not true or false in YAML."],
        ),
        (
            {"mip": {"marketplaces": [{"id": 0}]}},
            ["mip.marketplaces[0].id is 0: MIP's ids are numbers, 1 or higher. Correct id."],
        ),
        (
            {"mip": {"marketplaces": [{"id": 7}, {"id": "7"}]}},
            [
                "mip.marketplaces[1].id is the same marketplace as mip.marketplaces[0].id. Remove or correct one of "
                "them."
            ],
        ),
        (
            {"mobsted": {"tenants": [{"email": OWNER}, {"email": "Owner@acme.example"}]}},
            [
                "mobsted.tenants[1].email is the same address as mobsted.tenants[0].email. Remove or correct one of "
                "them."
            ],
        ),
        (
            {"mobsted": {"apps": [{**APP, "state": "absent"}]}},
            [
                "mobsted.apps[0].state is 'absent'. Mobsted documents no way to remove a tenant or an app. Remove it "
                "in the platform, and leave it out here."
            ],
        ),
    ],
)
def test_errors_name_their_place(state: t.Any, errors: list[str]) -> None:
    assert read_state(state, "/")["errors"] == errors


def test_all_errors_are_reported_at_once() -> None:
    bad = {"name": " x", "website_url": "nowhere", "splash_color": "blue", "icon": "no.png", "app_id": -1}
    state = {
        "mobsted": {"tenants": [{"email": "nobody", "apps": [bad, APP, {**APP, "name": "A "}]}]},
        "mip": {
            "marketplaces": [{"id": 7, "clients": [{"email": "x", "client_id": 0}], "members": [{"e-mail": OWNER}]}]
        },
    }
    paths = [error.split()[0] for error in read_state(state, "/nowhere")["errors"]]
    app = "mobsted.tenants[0].apps[0]"
    assert sorted(paths) == sorted(
        [
            "mobsted.tenants[0].email",
            *(f"{app}.{name}" for name in bad),
            "mobsted.tenants[0].apps[2].name",
            "mip.marketplaces[0].clients[0].email",
            "mip.marketplaces[0].clients[0].client_id",
            "mip.marketplaces[0].members[0].e-mail",
        ]
    )


def test_apps_take_what_the_module_takes() -> None:
    known = STATE["mobsted"]["options"]["tenants"]["options"]["apps"]["options"]
    assert set(known) == set(APP_OPTIONS)
    wrong = read_state({"mobsted": {"apps": [{"name": "A", "colour": "x"}]}}, "/")["errors"]
    assert wrong[0].startswith("mobsted.apps[0].colour is not known. Known here: app_id, description, icon, name, ")
