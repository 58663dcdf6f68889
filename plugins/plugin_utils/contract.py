# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the exchanges of a transcript with the descriptions of the two APIs in ``docs/api``.

A transcript only has the forms of values, so this reads forms where a validator of JSON Schema reads values. A field
that is not described counts as a difference: such fields are why transcripts are collected.
"""

from __future__ import annotations

import functools
import json
import typing as t
from pathlib import Path

import yaml

API = Path(__file__).resolve().parents[2] / "docs" / "api"
AS_DESCRIBED, DIFFERS, NOT_DESCRIBED = "as described", "differs", "not described"
Schema = t.Mapping[str, t.Any]


class Verdict(t.NamedTuple):
    """The verdict on one exchange: one of the three words, and what differs or is not described."""

    word: str
    where: list[str]


@functools.cache
def document(vendor: str) -> dict[str, t.Any]:
    """Return the description of a vendor's API."""
    with open(API / f"{vendor}.yaml", encoding="utf-8") as stream:
        return dict(yaml.safe_load(stream))


def judged(vendor: str, entry: t.Mapping[str, t.Any]) -> Verdict:
    """Compare one exchange with the description."""
    request, response = entry["request"], entry["response"]
    call = f"{request['method']} {request['path']}"
    described = _operation(vendor, request["method"], request["path"])
    if described is None:
        return Verdict(NOT_DESCRIBED, [f"{call} is not described"])
    if response is None:
        return Verdict(NOT_DESCRIBED, [f"{call}: no response ({entry['outcome']})"])
    status = response["status"]
    answer = described["responses"].get(str(status))
    if answer is None:
        known = ", ".join(key for key in described["responses"] if key != "default")
        if 200 <= status < 300:
            return Verdict(DIFFERS, [f"{call}: status {status}, described as {known}"])
        return Verdict(NOT_DESCRIBED, [f"{call}: status {status}, whose body is not described"])
    content = _resolved(vendor, answer).get("content", {}).get("application/json", {})
    if "schema" not in content:
        return Verdict(AS_DESCRIBED, [])
    found = sorted(set(_Comparison(vendor).problems(response["body"], content["schema"], "")))
    return Verdict(DIFFERS if found else AS_DESCRIBED, [f"{call}: {text}" for text in found])


def _operation(vendor: str, method: str, path: str) -> t.Any:
    parts = path.split("/")
    for template, entry in document(vendor)["paths"].items():
        wanted = template.split("/")
        same = [want.startswith("{") or want == part for want, part in zip(wanted, parts, strict=False)]
        if len(wanted) == len(parts) and all(same):
            return entry.get(method.lower())
    return None


def _resolved(vendor: str, value: Schema) -> Schema:
    while "$ref" in value:
        target: t.Any = document(vendor)
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def _type(shape: t.Any) -> str:
    """Name the JSON type of a form."""
    if isinstance(shape, (dict, list)):
        return "object" if isinstance(shape, dict) else "array"
    kind = str(shape).partition(":")[0]
    return "string" if kind == "text" else kind


def _types(schema: Schema) -> list[str]:
    """Return the types that a schema allows; none if it allows any."""
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def _fits(shape: t.Any, schema: Schema) -> bool:
    """Return whether a form is of a type that a schema allows. Integers are numbers."""
    types, kind = _types(schema), _type(shape)
    return not types or kind in types or (kind == "integer" and "number" in types)


class _Comparison:
    """A form against a schema."""

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor

    def problems(self, shape: t.Any, schema: Schema, place: str) -> list[str]:
        """Return what differs, each with its place."""
        schema = self._plain(schema)
        if "anyOf" in schema:
            ones = [self._plain(one) for one in schema["anyOf"]]
            # One of another type has a single problem, and would pass for the nearest.
            ones = [one for one in ones if _fits(shape, one)] or ones
            return min((self.problems(shape, one, place) for one in ones), key=len)
        here, kind = place or "the body", _type(shape)
        if not _fits(shape, schema):
            words = " or ".join(_types(schema))
            return [f"{here} is {shape if isinstance(shape, str) else kind}, described as {words}"]
        if "const" in schema and kind == "string" and shape != f'text: "{schema["const"]}"':
            return [f"{here} is not {json.dumps(schema['const'])}"]
        if isinstance(shape, list):
            each = (self.problems(inner, schema.get("items", {}), f"{place}[]") for inner in shape)
            return [text for texts in each for text in texts]
        return self._fields(shape, schema, place) if isinstance(shape, dict) and "properties" in schema else []

    def _fields(self, shape: dict[str, t.Any], schema: Schema, place: str) -> list[str]:
        dot = f"{place}." if place else ""
        found = [f"{dot}{name} is missing" for name in schema.get("required", ()) if name not in shape]
        for name, inner in shape.items():
            if name in schema["properties"]:
                found += self.problems(inner, schema["properties"][name], f"{dot}{name}")
            else:
                found.append(f"{dot}{name} ({inner if isinstance(inner, str) else _type(inner)}) is not described")
        return found

    def _plain(self, schema: Schema) -> Schema:
        """Return a schema without ``$ref`` and ``allOf``, which the descriptions use for objects only."""
        schema = _resolved(self.vendor, schema)
        if "allOf" not in schema:
            return schema
        properties: dict[str, t.Any] = {}
        required: list[str] = []
        for part in schema["allOf"]:
            one = _resolved(self.vendor, part)
            properties.update(one.get("properties", {}))
            required += one.get("required", ())
        return {"type": "object", "properties": properties, "required": required}


def transcript(by_vendor: t.Mapping[str, t.Sequence[t.Mapping[str, t.Any]]], version: str) -> dict[str, t.Any]:
    """Return a transcript fit for an issue.

    :param by_vendor: the exchanges with each vendor
    :param version: of the collection
    """
    exchanges: list[dict[str, t.Any]] = []
    differences: list[str] = []
    count = dict.fromkeys((AS_DESCRIBED, DIFFERS, NOT_DESCRIBED), 0)
    for vendor, entries in by_vendor.items():
        for entry in entries:
            verdict = judged(vendor, entry)
            count[verdict.word] += 1
            differences += [text for text in (f"{vendor}: {one}" for one in verdict.where) if text not in differences]
            exchanges.append({"vendor": vendor, "verdict": verdict.word, "where": verdict.where, **entry})
    return {"collection": version, "summary": count, "differences": differences, "exchanges": exchanges}
