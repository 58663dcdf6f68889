# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI documents and the simulator agree, both ways, and every part names its source."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from simulator import mip, mobsted
from simulator.client import World

from simulator_calls import Mobsted, Reply, mip_call, send

Make = Callable[..., World]
API = Path(__file__).resolve().parents[3] / "docs" / "api"
SOURCES = {"seed", "page", "code", "inferred"}
PUSH_PATH = "/api/v8/push"


@functools.cache
def document(vendor: str) -> dict[str, Any]:
    """Return the OpenAPI document of a vendor."""
    return dict(yaml.safe_load((API / f"{vendor}.yaml").read_text(encoding="utf-8")))


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every object in the document, with its place."""
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from walk(item, f"{path}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from walk(item, f"{path}/{number}")


def resolve(vendor: str, value: Any) -> Any:
    """Follow a ``$ref`` at the top of ``value``."""
    while "$ref" in value:
        target: Any = document(vendor)
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def operations(vendor: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Map (METHOD, path) to its operation."""
    return {
        (method.upper(), path): item
        for path, entry in document(vendor)["paths"].items()
        for method, item in entry.items()
    }


def check(vendor: str, method: str, path: str, reply: Reply) -> None:
    """Check that the response is as documented."""
    answers = operations(vendor)[method, path]["responses"]
    assert str(reply.status) in answers, f"{method} {path}: {reply.status} {reply.body[:200]!r}"
    content = resolve(vendor, answers[str(reply.status)])["content"]
    kind = reply.headers["content-type"].partition(";")[0]
    if "image/*" in content:
        assert kind.startswith("image/")
        return
    schema = {**content[kind]["schema"], "components": document(vendor)["components"]}
    Draft202012Validator(schema).validate(reply.json)


@pytest.mark.parametrize("vendor", ["mobsted", "mip"])
def test_every_part_names_its_source(vendor: str) -> None:
    missing = []
    for path, value in walk(document(vendor)):
        place = path.split("/")
        operation = bool(re.fullmatch(r"/paths/.*/(get|post|put|patch|delete)", path))
        parameter = "in" in value and "name" in value
        known = bool(re.search(r"/properties/[^/]+$", path)) or place[-1] == "requestBody"
        if (operation or parameter or known) and value.get("x-source") not in SOURCES:
            missing.append(path)
    assert missing == []


@pytest.mark.parametrize("vendor", ["mobsted", "mip"])
def test_the_document_is_sound(vendor: str) -> None:
    text = document(vendor)
    assert text["openapi"].startswith("3.1")
    names = [item["operationId"] for item in operations(vendor).values()]
    assert len(names) == len(set(names))
    for path, value in walk(text):
        if "$ref" in value:
            assert resolve(vendor, value), path
    for schema in text["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for (method, path), item in operations(vendor).items():
        wanted = set(re.findall(r"\{(\w+)\}", path))
        given = {
            resolve(vendor, entry)["name"]
            for entry in item.get("parameters", ())
            if resolve(vendor, entry)["in"] == "path"
        }
        assert wanted == given, (method, path)
        assert "default" in item["responses"]


def test_the_simulator_serves_what_is_documented_and_nothing_else() -> None:
    served = {(route.method, route.template) for route in mobsted.TABLE.routes} | {("POST", PUSH_PATH)}
    assert served == set(operations("mobsted"))
    assert {(route.method, route.template) for route in mip.TABLE.routes} == set(operations("mip"))
    assert operations("mobsted")["POST", PUSH_PATH]["x-unpublished"] is True


def test_the_form_is_the_documented_one() -> None:
    form = document("mobsted")["components"]["schemas"]["AppForm"]["properties"]
    assert set(form) == {*mobsted.TEXT_FIELDS, "icon"}


MOBSTED_WORLDS: list[dict[str, Any]] = [
    {},
    {"envelope": "data", "attributes": "flat", "spelling": "page", "app_meta": "flat", "app_attributes": "minimal"},
    {"envelope": "attributes", "spelling": "both", "expires_in": "duration", "last_page": False, "long_links": False},
    {"envelope": "list", "spelling": "mixed", "expires_in": "absent", "objects_path": "object", "stats": False},
    {"spelling": "code", "empty_shape": "null", "addressing": "path", "app_attributes": "create", "json_style": "php"},
]


@pytest.mark.parametrize("options", MOBSTED_WORLDS)
def test_mobsted_responses_are_as_documented(make_world: Make, options: dict[str, Any]) -> None:
    world = make_world(tenants=3, apps_per_tenant=1, **options)
    master = Mobsted(world.mobsted_url, world.login, world.password)
    done: set[tuple[str, str]] = set()

    def verify(method: str, path: str, reply: Reply) -> Reply:
        check("mobsted", method, path, reply)
        done.add((method, path))
        return reply

    url = f"{world.mobsted_url}/api/v8"
    verify("GET", "/api/v8/refresh", send("GET", f"{url}/refresh?refresh_token={master.pair['refresh_token']}"))
    tenant = world.tenant("tenant00001@clients.example")
    verify(
        "GET",
        "/api/v8/auth",
        send("GET", f"{tenant['url']}/api/v8/auth?login={tenant['email']}&password={tenant['password']}"),
    )
    verify("POST", "/api/v8/partners", master.call("POST", "partners", {"email": "a@x.example"}))
    segment = str(options.get("objects_path", "object"))
    for page in (1, 9):
        verify("GET", f"/api/v8/{segment}", master.objects(segment, page=page))
    created = verify(
        "POST", "/api/v8/applications", master.create_app(name="A", title="T", icon=b"\x89PNG\r\n\x1a\n")
    ).json["data"][0]
    for page in (1, 9):
        verify("GET", "/api/v8/applications", master.call("GET", "applications", page=page, pageSize=5))
    verify("GET", "/api/v8/qr/imagehex", send("GET", f"{url}/qr/imagehex?text=x"))
    base = "/tenants/{tenant}"
    verify("GET", f"{base}/qr/{{app}}/qr.png", send("GET", world.mobsted_url + created["attributes"]["QRCodeUrl"]))
    verify(
        "GET",
        f"{base}/iconapp/{{app}}/icon192x192.png",
        send("GET", world.mobsted_url + created["attributes"]["ThumbImageUrl"]),
    )
    push = {"applicationId": 1, "extId": "1", "title": "T", "message": "M"}
    verify("POST", PUSH_PATH, master.call("POST", "push", push))
    other = "object" if segment == "objects" else "objects"
    assert master.objects(other).status == 404
    assert done | {("GET", f"/api/v8/{other}")} == set(operations("mobsted"))


@pytest.mark.parametrize("options", [{}, {"member_answer": "list"}, {"member_answer": "empty", "block_answer": "omit"}])
def test_mip_responses_are_as_documented(make_world: Make, options: dict[str, Any]) -> None:
    world = make_world(mip=options)
    body, keys = {"email": "a@x.example", "password": "p"}, (world.mip_public_key, world.mip_private_key)
    done: set[tuple[str, str]] = set()

    def verify(template: str, content: Any = None, **params: Any) -> Any:
        reply = mip_call(world, template.format(**params), content, keys)
        check("mip", "POST", template, reply)
        done.add(("POST", template))
        return reply.json

    user = verify("/register", body)["user"]["id"]
    client = verify("/register/client/{cid}", body, cid=7)["client"]["id"]
    email = {"email": "a@x.example"}
    verify("/member/{cid}/add", email, cid=7)
    verify("/login", body)
    verify("/login/client/{cid}", body, cid=7)
    verify("/login-email", {**email, "company_id": "7"})
    verify("/client/login-email", {**email, "company_id": "7"})
    verify("/forgot-password", email)
    verify("/forgot-password/client", email)
    for path in ("/member/{cid}/block/{id}", "/member/{cid}/remove/{id}"):
        verify(path, cid=7, id=user)
    for path in ("/client/{cid}/block/{id}", "/client/{cid}/remove/{id}"):
        verify(path, cid=7, id=client)
    assert done == set(operations("mip"))
