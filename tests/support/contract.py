# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check every request that reached the simulator against the OpenAPI documents.

The simulator's fixture calls this at the end of each world. A client that drifts from the documents fails the test
in which it does.
"""

from __future__ import annotations

import functools
import json
import re
import typing as t
from collections import Counter
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

API = Path(__file__).resolve().parents[2] / "docs" / "api"
PUSH = "/api/v8/push"
#: (vendor, operationId): requests seen; (vendor, operationId, place, field): times sent
SEEN: Counter[tuple[str, ...]] = Counter()


@functools.cache
def document(vendor: str) -> dict[str, t.Any]:
    """Return the OpenAPI document of a vendor."""
    return dict(yaml.safe_load((API / f"{vendor}.yaml").read_text(encoding="utf-8")))


def resolve(vendor: str, value: t.Any) -> t.Any:
    """Follow a ``$ref`` at the top of the value."""
    while "$ref" in value:
        target: t.Any = document(vendor)
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


@functools.cache
def operations(vendor: str) -> dict[tuple[str, str], dict[str, t.Any]]:
    """Map (METHOD, path) to its operation."""
    return {
        (method.upper(), path): item
        for path, entry in document(vendor)["paths"].items()
        for method, item in entry.items()
    }


@functools.cache
def _validator(vendor: str, method: str, path: str, kind: str) -> t.Any:
    """Return the validator for the body of an operation; undocumented fields are errors."""
    content = operations(vendor)[method, path]["requestBody"]["content"]
    schema = dict(resolve(vendor, content[kind]["schema"]))
    return Draft202012Validator(
        {**schema, "unevaluatedProperties": False, "components": document(vendor)["components"]}
    )


def check_log(world: t.Any) -> None:
    """Check every request to the world since its log was cleared.

    :raises AssertionError: with everything that differs from the documents
    """
    wrong = []
    for entry in world.log():
        wrong += [f"{entry['method']} {entry['path']}: {what}" for what in differences(entry)]
    assert not wrong, "requests that the API documents do not allow:\n" + "\n".join(wrong)


def differences(entry: dict[str, t.Any]) -> list[str]:
    """Return what about a logged request is not as documented."""
    vendor, method = entry["vendor"], entry["method"]
    path = PUSH if entry["template"] == "{push_path}" else entry["template"]
    made = operations(vendor).get((method, path))
    if made is None:
        # Paths that a user overrides and the simulator's own paths are not documented.
        return [] if path == "?" else ["is not documented"]
    name = made["operationId"]
    SEEN[vendor, name] += 1
    return [*_query(vendor, name, made, entry), *_body(vendor, name, made, entry), *_headers(vendor, made, entry)]


def _query(vendor: str, name: str, made: dict[str, t.Any], entry: dict[str, t.Any]) -> t.Iterator[str]:
    known = {one["name"]: one for one in (resolve(vendor, item) for item in made.get("parameters", ()))}
    known = {key: one for key, one in known.items() if one["in"] == "query"}
    for key, value in entry["query"].items():
        if key not in known:
            yield f"the parameter {key} is not documented"
            continue
        SEEN[vendor, name, "query", key] += 1
        schema, given = known[key].get("schema"), value
        if schema is None:
            schema = known[key]["content"]["application/json"]["schema"]
            try:
                given = json.loads(value)
            except ValueError:
                yield f"the parameter {key} is not JSON"
                continue
        elif schema.get("type") == "integer":
            given = int(value) if re.fullmatch(r"-?\d+", value) else value
        full = {**schema, "components": document(vendor)["components"]}
        yield from (f"the parameter {key}: {error.message}" for error in Draft202012Validator(full).iter_errors(given))
    yield from (
        f"the parameter {key} is missing"
        for key, one in known.items()
        if one.get("required") and key not in entry["query"]
    )


def _body(vendor: str, name: str, made: dict[str, t.Any], entry: dict[str, t.Any]) -> t.Iterator[str]:
    body = entry["body"]
    kind = entry["headers"].get("content-type", "").partition(";")[0]
    if "requestBody" not in made:
        if body not in (None, {}):
            yield "has a body, although none is documented"
        return
    if kind not in made["requestBody"]["content"]:
        yield f"has the content type {kind!r}"
        return
    if kind == "multipart/form-data" and isinstance(body, dict):
        body = {**body.get("fields", {}), **dict.fromkeys(body.get("files", {}), "")}
    path = PUSH if entry["template"] == "{push_path}" else entry["template"]
    yield from (error.message for error in _validator(vendor, entry["method"], path, kind).iter_errors(body))
    if isinstance(body, dict):
        for key in body:
            SEEN[vendor, name, "body", key] += 1


def _headers(vendor: str, made: dict[str, t.Any], entry: dict[str, t.Any]) -> t.Iterator[str]:
    security = made.get("security", document(vendor).get("security", ()))
    headers = entry["headers"]
    if vendor == "mobsted":
        has = headers.get("authorization", "").startswith("Bearer ")
        if bool(security) != has:
            yield "has no token" if security else "has a token, although none is wanted"
