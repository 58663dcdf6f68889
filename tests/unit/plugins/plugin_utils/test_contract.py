# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts on exchanges: as described, differs, not described; and what of them is in a transcript."""

from __future__ import annotations

import copy
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.contract import judged, transcript

OK = 'text: "ok"'
USER = {"id": "integer", "email": "text: e-mail", "is_blocked": "boolean"}
KEYS = {"privateKey": "text: 32 letters and digits", "publicKey": "text: 32 letters and digits"}
TENANT = {"Email": "text: e-mail", "url": "text: URL", "appsTotal": "integer"}
APP = {"id": "text: digits", "attributes": {"Name": "text"}}


def entry(call: str, body: t.Any = None, status: int = 200) -> dict[str, t.Any]:
    """Return an exchange as a transcript has it."""
    method, path = call.split(" ", 1)
    response = {"status": status, "headers": {}, "body": body}
    return {"request": {"method": method, "path": path}, "outcome": str(status), "response": response}


AS_DESCRIBED: list[tuple[str, str, t.Any]] = [
    ("mip", "POST /member/{number}/remove/{number}", {"status": OK}),
    ("mip", "POST /login", {"status": OK, "keys": KEYS, "user": {**USER, "marketplaces": [{"id": "integer"}]}}),
    ("mip", "POST /member/{number}/block/{number}", {"status": OK, "user": USER}),
    ("mip", "POST /member/{number}/block/{number}", {"status": OK, "user": [USER]}),
    ("mip", "POST /member/7/block/8", {"status": OK, "user": []}),
    ("mobsted", "GET /api/v8/object", {"data": [{"id": "text: digits", "attributes": TENANT}]}),
    ("mobsted", "GET /api/v8/object", {"data": [{"id": "text: digits", **TENANT}], "meta": {"last_page": "integer"}}),
    ("mobsted", "GET /api/v8/object", {"data": "null"}),
    ("mobsted", "GET /api/v8/applications", {"data": [APP, {**APP, "type": "text"}]}),
    ("mobsted", "POST /api/v8/push", {"anything": [{"at": "null"}]}),
    ("mobsted", "GET /tenants/{text}/qr/{number}/qr.png", "no JSON"),
    (
        "mobsted",
        "POST /api/v8/applications",
        {
            "data": [{"id": "text: digits", "type": 'text: "applications"', "attributes": {}}],
            "meta": {"applications": {"time": "integer"}},
        },
    ),
]


@pytest.mark.parametrize(("vendor", "call", "body"), AS_DESCRIBED)
def test_as_described(vendor: str, call: str, body: t.Any) -> None:
    assert judged(vendor, entry(call, body)) == ("as described", [])


DIFFERS: list[tuple[str, str, t.Any, list[str]]] = [
    ("mip", "POST /member/1/remove/2", {"status": "text"}, ['status is not "ok"']),
    ("mip", "POST /member/1/remove/2", {"status": "null"}, ["status is null, described as string"]),
    ("mip", "POST /member/1/remove/2", {}, ["status is missing"]),
    ("mip", "POST /login-email", "page of HTML", ["the body is page of HTML, described as object"]),
    ("mip", "POST /login-email", [], ["the body is array, described as object"]),
    (
        "mip",
        "POST /login",
        {"status": OK, "keys": {}, "user": {**USER, "id": "text: digits", "marketplaces": [{"owner": {"id": "null"}}]}},
        [
            "keys.privateKey is missing",
            "keys.publicKey is missing",
            "user.id is text: digits, described as integer",
            "user.marketplaces[].owner (object) is not described",
        ],
    ),
    # Of several descriptions, the nearest is reported.
    (
        "mip",
        "POST /member/1/block/2",
        {"status": OK, "user": [{**USER, "key 1": "text"}]},
        ["user[].key 1 (text) is not described"],
    ),
    (
        "mobsted",
        "GET /api/v8/object",
        {
            "data": [{"id": "integer", **TENANT}, {"id": "integer", "Email": "null"}],
            "meta": {"last_page": "text: digits"},
        },
        [
            "data[].id is integer, described as string",
            "meta.last_page is text: digits, described as integer",
        ],
    ),
    ("mobsted", "GET /api/v8/object", {"data": "boolean"}, ["data is boolean, described as array or null"]),
    (
        "mobsted",
        "POST /api/v8/applications",
        {"data": [], "meta": {"applications": {"time": "text: decimal number", "affected": "number: whole"}}},
        [
            "meta.applications.affected is number: whole, described as integer",
            "meta.applications.time is text: decimal number, described as number",
        ],
    ),
]


@pytest.mark.parametrize(("vendor", "call", "body", "where"), DIFFERS)
def test_differs(vendor: str, call: str, body: t.Any, where: list[str]) -> None:
    assert judged(vendor, entry(call, body)) == ("differs", [f"{call}: {text}" for text in where])


def test_another_success_differs_whatever_its_body() -> None:
    call = "POST /member/1/remove/2"
    assert judged("mip", entry(call, {"status": OK}, 201)) == ("differs", [f"{call}: status 201, described as 200"])


@pytest.mark.parametrize(
    ("call", "status", "why"),
    [
        ("POST /login-email", 500, ": status 500, whose body is not described"),
        ("POST /login-email", 302, ": status 302, whose body is not described"),
        ("GET /login-email", 200, " is not described"),
        ("POST /member/{number}", 200, " is not described"),
        ("POST /member/1/remove/2/3", 200, " is not described"),
        ("POST /{text}", 200, " is not described"),
    ],
)
def test_not_described(call: str, status: int, why: str) -> None:
    assert judged("mip", entry(call, {}, status)) == ("not described", [call + why])


def test_no_response() -> None:
    call = {**entry("POST /login"), "outcome": "not sent (tls)", "response": None}
    assert judged("mip", call) == ("not described", ["POST /login: no response (not sent (tls))"])


def test_a_transcript() -> None:
    good, bad = entry("POST /login-email", {}, 500), entry("POST /member/1/remove/2", {"status": OK})
    odd = entry("GET /api/v8/object", {"data": "null", "total": "integer"})
    told = {"mobsted": [odd, odd], "mip": [good, bad]}
    before = copy.deepcopy(told)
    found = transcript(told, "1.1.0")
    assert told == before
    assert found["collection"] == "1.1.0"
    assert found["summary"] == {"as described": 1, "differs": 2, "not described": 1}
    assert found["differences"] == [
        "mobsted: GET /api/v8/object: total (integer) is not described",
        "mip: POST /login-email: status 500, whose body is not described",
    ]
    assert [(one["vendor"], one["verdict"]) for one in found["exchanges"]] == [
        ("mobsted", "differs"),
        ("mobsted", "differs"),
        ("mip", "not described"),
        ("mip", "as described"),
    ]
    assert found["exchanges"][0]["where"] == ["GET /api/v8/object: total (integer) is not described"]
    assert found["exchanges"][3]["response"] == bad["response"]


def test_an_empty_transcript() -> None:
    found = transcript({}, "1.1.0")
    assert (sum(found["summary"].values()), found["differences"], found["exchanges"]) == (0, [], [])
