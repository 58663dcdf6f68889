# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of the state file agrees with the modules, the playbook's own check and the example."""

from __future__ import annotations

import json
import re
import typing as t

import jsonschema
import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import read_state
from ansible_collections.partnerops.saas.scripts import schema
from ansible_collections.partnerops.saas.tests.support.harness import ROOT

EXAMPLE = ROOT / "playbooks" / "example" / "partner-state.yml"
SCHEMA = json.loads(schema.TARGET.read_text(encoding="utf-8"))
TENANT: dict[str, t.Any] = {"email": "owner@acme.example"}
APP: dict[str, t.Any] = {"name": "Store", "website_url": "https://store.example"}


def problems(state: t.Any) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(state)]


def test_it_is_up_to_date() -> None:
    assert schema.TARGET.read_text(encoding="utf-8") == schema.text(), "run scripts/schema.py"
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_every_option_is_described() -> None:
    def bare(part: dict[str, t.Any], path: str) -> t.Iterator[str]:
        for name, inner in part.get("properties", {}).items():
            if not inner.get("description"):
                yield f"{path}.{name}"
            yield from bare(inner, f"{path}.{name}")
            yield from bare(inner.get("items", {}), f"{path}.{name}[]")

    assert list(bare(SCHEMA, "")) == []
    assert not re.search(r"\b(?:O|C|V|M|RV|E)\(", json.dumps(SCHEMA))


def test_the_example_is_valid_and_names_the_schema() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert problems(yaml.safe_load(text)) == []
    line = re.search(r"^# yaml-language-server: \$schema=(\S+)$", text, re.MULTILINE)
    assert line
    assert (EXAMPLE.parent / line[1]).resolve() == schema.TARGET


@pytest.mark.parametrize(
    ("state", "good"),
    [
        ({"mobsted": {"tenants": [TENANT]}}, True),
        ({"mobsted": {"tenants": [{**TENANT, "apps": [APP]}], "apps": [APP]}}, True),
        ({"mobsted": {"apps": [{**APP, "app_id": "{{ number }}", "on_drift": "fail"}]}}, True),
        ({"mobsted": {"apps": [{**APP, "app_id": 7}, {**APP, "app_id": "a0581239-2029"}]}}, True),
        ({"mobsted": {"tenants": None}}, True),
        ({"mip": {"marketplaces": [{"id": 7, "clients": [{**TENANT, "blocked": "{{ no }}"}]}]}}, True),
        ({"mobsted": {"tenants": [{}]}}, False),
        ({"mobsted": {"tenants": {"email": "x"}}}, False),
        ({"mobsted": {"tenants": [{**TENANT, "app": []}]}}, False),
        ({"mobsted": {"apps": [{"website_url": "https://store.example"}]}}, False),
        ({"mip": {"marketplaces": [{"clients": []}]}}, False),
        ({"mip": {"markets": []}}, False),
        ({}, False),
        ([], False),
    ],
)
def test_it_agrees_with_the_check_of_the_playbook(state: t.Any, good: bool) -> None:
    assert (problems(state) == []) == good
    assert (read_state(state, "/")["errors"] == []) == good


@pytest.mark.parametrize("wrong", [{"on_drift": "explode"}, {"app_id": True}, {"state": "absent"}])
def test_it_knows_values(wrong: dict[str, t.Any]) -> None:
    assert problems({"mobsted": {"apps": [{**APP, **wrong}]}}) != []
