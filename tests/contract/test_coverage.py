# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module reaches every documented call and field, or ``docs/api/coverage.yaml`` says why not."""

from __future__ import annotations

import importlib
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support import contract
from ansible_collections.partnerops.saas.tests.support.contract import API, differences, document, operations, resolve
from ansible_collections.partnerops.saas.tests.support.driver import PREFIX, connection, modules, run

TABLE: dict[str, t.Any] = yaml.safe_load((API / "coverage.yaml").read_text(encoding="utf-8"))
VENDORS = ("mobsted", "mip")
OLD, NEW, BUYER = "owner@acme.example", "new@acme.example", "buyer@acme.example"
APP = {
    "tenant": OLD,
    "name": "Store",
    "website_url": "https://store.acme.example",
    "title": "The store",
    "description": "All of it",
    "splash_color": "#dbdbdb",
    "panel_color": "#ffffff",
    "widget_html": "<b>Save</b>",
    "push_widget_html": "<b>Push</b>",
    "save_widget_html": "<b>Keep</b>",
}


def answers(vendor: str) -> dict[str, set[str]]:
    """Map each schema to its fields, for everything in a response; inline objects count with their schema."""
    schemas = document(vendor)["components"]["schemas"]
    found: dict[str, set[str]] = {}

    def walk(value: t.Any, owner: str | None) -> None:
        if isinstance(value, list):
            for item in value:
                walk(item, owner)
            return
        if not isinstance(value, dict):
            return
        name = str(value.get("$ref", "")).removeprefix("#/components/schemas/")
        if name in schemas:
            if name not in found:
                found[name] = set()
                walk(schemas[name], name)
            return
        if "$ref" in value:
            walk(resolve(vendor, value), owner)
            return
        if owner and isinstance(value.get("properties"), dict):
            found[owner] |= set(value["properties"])
        for item in value.values():
            walk(item, owner)

    for made in operations(vendor).values():
        walk(made["responses"], None)
    return {name: fields for name, fields in found.items() if fields}


def requests(vendor: str) -> set[tuple[str, str, str]]:
    """Return (operation, place, field) of everything that can be sent in a query or body."""
    found = set()
    for made in operations(vendor).values():
        name = made["operationId"]
        for item in made.get("parameters", ()):
            parameter = resolve(vendor, item)
            if parameter["in"] == "query":
                found.add((name, "query", parameter["name"]))
        for content in made.get("requestBody", {}).get("content", {}).values():
            found |= {(name, "body", field) for field in resolve(vendor, content["schema"])["properties"]}
    return found


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_call_and_field_is_in_the_table(vendor: str) -> None:
    names = {made["operationId"] for made in operations(vendor).values()}
    assert set(TABLE[vendor]["calls"]) == names
    listed = {schema: set(fields) for schema, fields in TABLE[vendor]["fields"].items()}
    assert listed == answers(vendor)


def _entries() -> t.Iterator[tuple[str, dict[str, str]]]:
    for vendor in VENDORS:
        yield from ((f"{vendor} {name}", entry) for name, entry in TABLE[vendor]["calls"].items())
        for schema, fields in TABLE[vendor]["fields"].items():
            yield from ((f"{vendor} {schema}.{field}", entry) for field, entry in fields.items())


def test_every_entry_names_a_module_or_a_reason() -> None:
    wrong = []
    for where, entry in _entries():
        ((key, value),) = entry.items()
        if key == "by" and value not in modules():
            wrong.append(f"{where}: no module {value}")
        elif key == "in" and not _returned(value):
            wrong.append(f"{where}: {value} is not documented")
        elif key not in ("by", "in", "used", "out") or len(value) < 5:
            wrong.append(f"{where}: {entry}")
    assert wrong == []


def _returned(place: str) -> bool:
    """Return whether a module documents this as a return value.

    The pair of keys is documented by the option that asks for it: RETURN may not have a key called ``keys``, since
    ``result.keys`` is a method in Jinja.
    """
    module, *keys = place.split(".")
    documented = importlib.import_module(PREFIX + module)
    if keys[0] == "keys":
        option = yaml.safe_load(documented.DOCUMENTATION)["options"]["return_keys"]
        return all(f"C({key})" in " ".join(option["description"]) for key in keys)
    found: t.Any = yaml.safe_load(documented.RETURN)
    for key in keys:
        found = found.get("contains", found) if isinstance(found, dict) else {}
        if key not in found:
            return False
        found = found[key]
    return True


def test_the_modules_make_the_calls_and_send_the_fields(simulator: t.Any, tmp_path: Path) -> None:
    """Modules do what the table says of them, and none does what it leaves out."""
    icon = tmp_path / "icon.png"
    icon.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 40)
    contract.SEEN.clear()
    with simulator.world() as world, simulator.world(objects_path="objects") as singular:
        world.do("tenant_add", email=OLD)
        mobsted, mip = connection(world), {**connection(world, "mip"), "ledger_path": str(tmp_path / "ledger.sqlite3")}
        context = RunContext()
        client = {**mip, "marketplace_id": 7, "email": BUYER, "password": "word-1234"}
        user = {**mip, "email": NEW, "password": "word-1234"}
        member = {**user, "marketplace_id": 7}
        steps: list[tuple[str, dict[str, t.Any]]] = [
            ("mobsted_tenant", {**mobsted, "email": NEW}),
            ("mobsted_tenant_info", mobsted),
            ("mobsted_tenant_info", {**connection(singular), "email": NEW}),
            ("mobsted_pwa_app", {**mobsted, **APP, "icon": str(icon)}),
            ("mobsted_pwa_app_info", {**mobsted, "tenant": OLD}),
            (
                "mobsted_push",
                {**mobsted, "app_id": 1, "ext_id": "1", "title": "T", "text": "M", "api_paths": {"push": "push"}},
            ),
            ("mobsted_fleet_info", {**mobsted, "icons": 1}),
            ("mip_user", user),
            ("mip_user", user),
            ("mip_client", {**client, "blocked": True}),
            ("mip_sso_link", {**mip, "kind": "client", "email": BUYER, "marketplace_id": 7}),
            ("mip_sso_link", {**mip, "kind": "user", "email": NEW, "marketplace_id": 7}),
            ("mip_password_reset", {**mip, "kind": "client", "email": BUYER}),
            ("mip_password_reset", {**mip, "kind": "user", "email": NEW}),
            ("mip_client", {**client, "state": "absent"}),
            ("mip_member", {**member, "blocked": True}),
            ("mip_member", {**member, "state": "absent"}),
        ]
        made: dict[str, set[str]] = {}
        for number, (module, params) in enumerate(steps):
            if number == 1:
                world.do("tokens_expire")
            contract.SEEN.clear()
            result = run(module, params, context=context)
            assert not result.get("failed"), (module, result["msg"])
            for place in (world, singular):
                assert [what for entry in place.log() for what in differences(entry)] == []
                place.clear_log()
            for _vendor, name, *_rest in contract.SEEN:
                made.setdefault(name, set()).add(module)
            SENT.update(contract.SEEN)
    for vendor in VENDORS:
        for name, entry in TABLE[vendor]["calls"].items():
            if "out" in entry:
                assert name not in made
            else:
                callers = made.get(name, set())
                assert entry["by"] in callers or (name == "refresh" and callers), (name, callers)
        sent = {key[1:] for key in SENT if len(key) == 4 and key[0] == vendor}
        left_out = {name for name, entry in TABLE[vendor]["calls"].items() if "out" in entry}
        assert {field for field in requests(vendor) if field[0] not in left_out} - sent == set()


SENT: set[tuple[str, ...]] = set()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"body": {"email": OLD, "name": "x"}}, "name"),
        ({"body": {}}, "email"),
        ({"body": {"email": 5}}, "5"),
        ({"headers": {"content-type": "text/plain", "authorization": "Bearer x"}}, "content type"),
        ({"headers": {"content-type": "application/json"}}, "no token"),
        ({"query": {"x": "1"}}, "x is not documented"),
        ({"method": "PUT"}, "not documented"),
    ],
)
def test_what_is_not_documented_is_noticed(change: dict[str, t.Any], what: str) -> None:
    good = {
        "vendor": "mobsted",
        "method": "POST",
        "path": "/api/v8/partners",
        "template": "/api/v8/partners",
        "query": {},
        "body": {"email": OLD},
        "headers": {"content-type": "application/json", "authorization": "Bearer x"},
    }
    assert differences(good) == []
    assert any(what in text for text in differences({**good, **change})), differences({**good, **change})
