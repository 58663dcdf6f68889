# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An option that takes text refuses what YAML made of it."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.marketplace import MARKETPLACE_OPTIONS
from ansible_collections.partnerops.saas.plugins.plugin_utils.values import (
    bounded,
    changed_by_yaml,
    left_empty,
    wrong_value,
)

PERSON = {"email": "a@b.example"}


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({"marketplace_id": 7, "clients": [{**PERSON, "password": "01234567"}]}, []),
        (
            {"clients": [PERSON, {**PERSON, "password": 342391}]},
            ["clients[1].password is a number in YAML: put it in quotes."],
        ),
        ({"clients": [{"email": False}]}, ["clients[0].email is true or false in YAML: put it in quotes."]),
        (
            {"members": [{"email": datetime.date(2024, 1, 1)}]},
            ["members[0].email is a date in YAML: put it in quotes."],
        ),
        ({"members": [{"email": b"a@b.example"}]}, ["members[0].email must be text, not binary data."]),
        ({"members": [{"email": datetime.timedelta(1)}]}, ["members[0].email must be text, not a time."]),
        ({"members": [{"email": ["a"]}]}, ["members[0].email must be text, not a list."]),
        ({"members": [{**PERSON, "blocked": "yes", "user_id": "7"}]}, []),
        ({"tenant_registry": {"api_login": 1.5}}, ["tenant_registry.api_login is a number in YAML: put it in quotes."]),
        ({"tenant_registry": None, "clients": None, "unknown": 7}, []),
        ({"clients": "x"}, []),
    ],
)
def test_arguments_of_a_task(args, found):
    assert list(changed_by_yaml(args, MARKETPLACE_OPTIONS)) == found


def test_an_empty_key_is_refused_in_a_list_and_omitted_outside():
    (found,) = changed_by_yaml({"clients": [{**PERSON, "password": None}]}, MARKETPLACE_OPTIONS)
    assert found.startswith("clients[0].password is empty: give it a value, or leave the key out.")
    assert list(changed_by_yaml({"title": None}, {"title": {"type": "str"}})) == []


class Encrypted:
    """A value of ansible-core that is decrypted on use."""

    def __str__(self):
        return "secret"


def test_encrypted_values_are_text():
    assert list(changed_by_yaml({"clients": [{**PERSON, "password": Encrypted()}]}, MARKETPLACE_OPTIONS)) == []


@pytest.mark.parametrize(
    ("value", "option", "good"),
    [
        ("7", {"type": "int"}, True),
        (7, {"type": "int"}, True),
        (True, {"type": "int"}, False),
        (7.0, {"type": "int"}, False),
        ("seven", {"type": "int"}, False),
        (None, {"type": "int"}, False),
        ("yes", {"type": "bool"}, True),
        (False, {"type": "bool"}, True),
        ("maybe", {"type": "bool"}, False),
        ("warn", {"type": "str", "choices": ["warn", "fail"]}, True),
        ("w", {"type": "str", "choices": ["warn", "fail"]}, False),
        ("{{ x }}", {"type": "int"}, True),
    ],
)
def test_values_of_the_state_file(value, option, good):
    assert (wrong_value(value, option) is None) == good


@pytest.mark.parametrize(
    "key", ["partnerops.saas.mobsted_pwa_app", "mobsted_pwa_app", "args", "action", "local_action"]
)
def test_what_the_playbook_leaves_empty(key: str) -> None:
    options = {"title": {"type": "str"}, "icon": {"type": "path"}, "app_id": {"type": "raw"}}
    written = {"name": None, key: {"title": None, "icon": None, "app_id": None, "other": None}, "vars": {"title": None}}
    found = list(left_empty(written, "partnerops.saas.mobsted_pwa_app", options))
    assert [text.split(" is empty: ")[0] for text in found] == ["title", "icon"]
    assert list(left_empty({key: "title="}, "partnerops.saas.mobsted_pwa_app", options)) == []
    assert list(left_empty(None, "partnerops.saas.mobsted_pwa_app", options)) == []


@pytest.mark.parametrize(("value", "whole"), [(7, 7), ("7", 7), (" -3 ", -3), ("1" * 5000, 10**20), (10**400, 10**400)])
def test_a_number_of_any_length(value: object, whole: int) -> None:
    assert bounded(value) == whole
