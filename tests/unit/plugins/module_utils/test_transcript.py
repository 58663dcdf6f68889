# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transcripts: the form of everything that was sent and came back, and nothing that reveals whose account it is."""

from __future__ import annotations

import json
import re
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.exchange import Exchange, Request
from ansible_collections.partnerops.saas.plugins.module_utils.http.response import Response
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.accounts import connect
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Result, Task
from ansible_collections.partnerops.saas.plugins.module_utils.published_names import WORDS
from ansible_collections.partnerops.saas.plugins.module_utils.run.secrets import Secrets
from ansible_collections.partnerops.saas.plugins.module_utils.transcript import (
    DEEP,
    MANY,
    Recorder,
    form_of,
    with_transcript,
)
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script, refused
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.tenants import (
    EMAIL,
    PASSWORD,
    everything,
    record,
)

URL = "https://acme-admin.mobsted.com"


def exchange(
    body: t.Any, url: str = f"{URL}/api/v8/secretplace/17", data: bytes | None = None, **headers: str
) -> Exchange:
    request = Request("GET", url, params={"login": "ok"}, data=data, headers={"Authorization": "Bearer x"})
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(request, "200", Response("GET", request.path, 200, headers, raw))


def redacted(body: t.Any, base: str | None = URL, **how: t.Any) -> Result:
    """Return the entry of one exchange, in which ``hunterpass`` is a known secret."""
    secrets = Secrets()
    secrets.add("hunterpass")
    recorder = Recorder(secrets)
    recorder(exchange(body, **how))
    (entry,) = recorder.entries(base)
    return entry


def shown(body: t.Any, **how: t.Any) -> t.Any:
    return redacted(body, **how)["response"]["body"]


# -- nothing personal -------------------------------------------------------------------------------------------------

#: Values that an account may have, and names of fields that are made of them.
PLANTED = [
    "Zanzibarovich",
    "zanz.ibar@plant.example",
    "acme-admin.mobsted.com",
    "https://plant.example:8443/hook?key=plantedKey77",
    "+48 600 700 800",
    "plantedKey77",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExMDQyIn0.c2lnbmF0dXJl",
    "c0ffee00c0ffee00c0ffee00c0ffee00",
    "4711042",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "Żółw & Sons",
    "{{ plantedKey77 }}",
]


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_value_is_nowhere(planted: str) -> None:
    row = {"id": planted, "Email": planted, planted: planted, "Note": [planted, {planted: {"Name": planted}}]}
    body = {"data": [row, {**row, "attributes": {"Phone": planted}}], "meta": {planted: 1}, "message": f"no {planted}"}
    headers = dict.fromkeys(
        ("Content-Type", "Location", "Retry-After", "WWW-Authenticate", "Server", "RateLimit"), planted
    )
    found = redacted(
        body,
        url=f"{URL}/api/v8/{planted}/1/{planted}",
        data=json.dumps({"query": [row], planted: 1}).encode(),
        **headers,
    )
    text = json.dumps(found, ensure_ascii=False)
    words = [word for word in re.split(r"\W+", planted) if len(word) > 3 and word not in ("https", "example", "admin")]
    assert [word for word in [planted, *words] if word.casefold() in text.casefold()] == []
    assert found["response"]["body"]["data"][0]["Email"].startswith("text")


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_word_in_something_else_than_json(planted: str) -> None:
    for body in (planted, f"<html><title>{planted}</title></html>"):
        found = redacted(body.encode(), data=planted.encode())
        assert planted not in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Roe", "Jane Roe"),
        ("roe", "Jane-Roe"),
        ("JaneRoe", "Jane Roe"),
        ("favouriteOfRoe", "Jane Roe"),
        ("Roe2", "Jane Roe"),
        ("id_of_roe", "at roe.example"),
        ("Wu", "Li Wu"),
        ("hunterpass", "x"),
        ("a@b.example", "x"),
        ("Jane Roe", "x"),
        ("naïve", "x"),
        ("x" * 40, "x"),
        ("k4711042", "x"),
        ("", "x"),
        # Names that are in no value: an object may be keyed by people, tenants, hosts or ids.
        ("janina", "x"),
        ("Acmecorp", "x"),
        ("wereszczynska_phone", "x"),
        ("phoneOfKowalska", "x"),
        ("shop_acme_example", "x"),
        ("user17", "x"),
        ("user17a", "x"),
        ("amFuaW5h", "x"),  # base64
        ("anina", "x"),
        ("userj\u0131m", "x"),
        ("６０１days", "x"),
    ],
)
def test_the_name_of_a_field_that_may_reveal_something_is_hidden(name: str, value: str) -> None:
    assert shown({"status": value, name: 1}) == {"status": "text", "key 1": "integer"}


@pytest.mark.parametrize(
    "name",
    ["trialEndsAt", "is_active", "HTTPStatus", "_id", "visits30days", "visits_7_days", "userId", "createdByUser"],
)
def test_the_name_of_a_field_that_a_programmer_chose_is_shown(name: str) -> None:
    assert shown({"meta": {"status": "x", name: 1}}) == {"meta": {"status": "text", name: "integer"}}


def test_a_word_of_one_exchange_hides_a_name_in_another() -> None:
    recorder = Recorder(Secrets())
    recorder(exchange({"status": "ok", "Zanzibar": 1}))
    recorder(exchange({}, url=f"{URL}/api/v8/zanzibar"))
    recorder(Exchange(Request("GET", f"{URL}/api/v8/object"), "not sent (refused)", None))
    first, _second, third = recorder.entries(URL)
    assert first["response"]["body"] == {"status": 'text: "ok"', "key 1": "integer"}
    assert (third["outcome"], third["response"]) == ("not sent (refused)", None)


# -- what is shown ----------------------------------------------------------------------------------------------------


def test_a_request() -> None:
    assert redacted({})["request"] == {
        "method": "GET",
        "path": "/api/v8/{text}/{number}",
        "prefix": "",
        "query": {"login": "text"},
        "headers": ["Authorization"],
        "body": "null",
    }


@pytest.mark.parametrize(
    ("url", "base", "path", "prefix"),
    [
        (
            "https://cloud.mip.to/partner-api/v1/login",
            "https://cloud.mip.to/partner-api/v1/",
            "/login",
            "/partner-api/v1",
        ),
        ("https://cloud.mip.to/acme/login", "https://cloud.mip.to/acme", "/login", "/{text}"),
        ("https://cloud.mip.to/login", "https://cloud.mip.to/acme", "/login", None),
        ("https://cloud.mip.to/login", None, "/login", ""),
    ],
)
def test_the_path_of_the_account_is_apart(url: str, base: str | None, path: str, prefix: str | None) -> None:
    found = redacted({}, base, url=url)["request"]
    assert (found["path"], found["prefix"]) == (path, prefix)


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b'{"email": "ok", "password": "x"}', {"email": "text", "password": "text"}),
        (b"[1]", ["integer"]),
        (b"17", "text: digits"),
        (b"\xff\xfe", "text"),
        (None, "null"),
    ],
)
def test_the_body_of_a_request(data: bytes | None, body: t.Any) -> None:
    assert redacted({}, data=data)["request"]["body"] == body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"status": "ok", "newField": 1}, {"status": 'text: "ok"', "newField": "integer"}),
        ({"Acme": {"id": 1}, "Zeta": {"id": 2}}, {"key 1": {"id": "integer"}, "key 2": {"id": "integer"}}),
        ([1, "a", 2, None, 1.5, 2.0, True], ["integer", "text", "null", "number", "number: whole", "boolean"]),
        ({"last_page": 0, "total": 0}, {"last_page": "integer: zero", "total": "integer"}),
        ("Jane Roe is not known", "text"),
        (b"1e999", "number"),
        (b"<html><title>Jane Roe</title></html>", "page of HTML"),
        (b"Jane Roe", "no JSON"),
        (b"", "empty"),
        (b" null\n", "JSON null"),
    ],
)
def test_the_body_of_a_response(body: t.Any, expected: t.Any) -> None:
    assert shown(body) == expected


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (1_700_000_000, "integer: Unix time"),
        (-1, "integer"),
        (float("inf"), "number"),
        ("", "text: empty"),
        ("007", "text: digits"),
        ("-1.50", "text: decimal number"),
        ("a@b.example", "text: e-mail"),
        ("https://a.example/b", "text: URL"),
        ("/a/b", "text: path"),
        ("#12aBef", "text: colour"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "text: UUID"),
        ("abcdefgh.abcdefgh.x-y_z", "text: JWT"),
        ("2020-09-01 09:50:18.107369", "text: date and time"),
        ("2020-09-01T09:50:18Z", "text: ISO 8601"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "text: HTTP date"),
        ("0123456789abcdef0123456789abcdef", "text: 32 letters and digits"),
        ("Hi\n<b>Jane</b>", "text: HTML"),
        ("ok", 'text: "ok"'),
        ("OK", "text"),
    ],
)
def test_forms(value: t.Any, form: str) -> None:
    assert form_of(value) == form


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ({"data": [1, 2], "meta": {"last_page": 1, "total": 3}}, "integer: not the number of rows"),
        ({"data": [1, 2], "meta": {"last_page": 1, "total": 2}}, "integer"),
        ({"data": [1, 2], "meta": {"last_page": 2, "total": 3}}, "integer"),
        ({"data": "x", "meta": {"last_page": 1, "total": 3}}, "integer"),
        ({"data": [1, 2], "meta": {"last_page": 1, "total": "3"}}, "text: digits"),
        ({"data": [1, 2], "meta": {"last_page": 1, "total": True}}, "boolean"),
    ],
)
def test_a_total_that_contradicts_its_list(body: t.Any, form: str) -> None:
    assert shown(body)["meta"]["total"] == form


def test_only_so_much_of_a_body_is_shown() -> None:
    many = {f"name {number}": number for number in range(2 * MANY)}
    found = shown({**many, "meta": {"last_page": 1}, "data": [{"id": "x" * n, f"n {n}": n} for n in range(40)]})
    assert len(found) == MANY + 2
    assert found["meta"] == {"last_page": "integer"}  # published names are shown wherever they are
    assert found["data"] == [
        {"id": "text: empty", "key 1": "integer"},
        {"id": "text", "key 1": "integer"},
        {"id": "text: 32 letters and digits", "key 1": "integer"},
    ]
    lists = [[1] * number for number in range(2)] + [
        [{f"new_{word}": 1, "id": 1}] for word in sorted(WORDS)[: 2 * MANY]
    ]
    assert len(shown(lists)) == MANY
    deep: t.Any = 1
    for _level in range(DEEP + 5):
        deep = [deep]
    assert json.dumps(shown(deep)) == "[" * (DEEP + 1) + '"deeper"' + "]" * (DEEP + 1)


def test_a_body_that_is_nested_very_deeply() -> None:
    depth = 800
    assert "deeper" in json.dumps(shown(b"[" * depth + b"]" * depth))


def test_headers() -> None:
    given = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Encoding": "acme",
        "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT",
        "X-RateLimit-Limit": "60",
        "Location": f"{URL}/secret",
        "WWW-Authenticate": 'Bearer realm="acme"',
        "Server": "acme-1",
        "Set-Cookie": "a=b",
    }
    assert redacted({}, **given)["response"]["headers"] == {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Encoding": "text",
        "Retry-After": "text: HTTP date",
        "X-RateLimit-Limit": "text: digits",
        "Location": "the same host",
        "WWW-Authenticate": "Bearer",
    }


@pytest.mark.parametrize(
    ("place", "told"),
    [("https://acme.example/x", "another host"), ("https://[acme/x", "another host"), ("/secret", "text: path")],
)
def test_a_redirect(place: str, told: str) -> None:
    assert redacted({}, Location=place)["response"]["headers"] == {"Location": told}


# -- the option -------------------------------------------------------------------------------------------------------


def listing(task: Task) -> Result:
    """Ask the account for its tenants."""
    client = connect(task)
    client.tenant_listing(task.deadline(60))
    return {"changed": False, "account": {"url": client.connection.base}}


def test_an_operation_with_a_transcript(api: Script, make_task: t.Callable[..., Task]) -> None:
    everything(api, record())
    task = make_task(transcript=True)
    found = with_transcript(listing)(task)
    (entry,) = found["transcript"]
    assert entry["request"]["path"] == "/api/v8/object"
    assert entry["request"]["query"]["applicationId"] == "text: digits"
    assert entry["response"]["status"] == 200
    assert entry["response"]["body"]["data"][0]["attributes"]["Email"] == "text: e-mail"
    text = json.dumps(found["transcript"])
    assert [one for one in (EMAIL, PASSWORD, HOST, "given-token") if one in text] == []
    assert task.context.recorder is None


def test_an_operation_without_one(api: Script, make_task: t.Callable[..., Task]) -> None:
    everything(api, record())
    assert with_transcript(listing)(make_task(transcript=False)) == {"changed": False, "account": {"url": HOST}}


def test_nothing_is_recorded_after_a_failure(api: Script, make_task: t.Callable[..., Task]) -> None:
    api.expect("GET", "object").fails(refused())
    task = make_task(transcript=True, retries=0)
    with pytest.raises(ApiError):
        with_transcript(listing)(task)
    assert task.context.recorder is None
