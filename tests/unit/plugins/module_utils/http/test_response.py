# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a response: JSON of every shape, HTML, plain text, nothing; and summing it up in one line."""

from __future__ import annotations

import json
import math
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.response import Response, one_line, said_by
from ansible_collections.partnerops.saas.tests.support.failures import failure


def response(body: t.Any = b"", status: t.Any = 400, kind: t.Any = "application/json", **headers: t.Any) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response("POST", "/api/v8/partners", status, {"Content-Type": kind, **headers}, raw)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "No such tenant."}, "No such tenant"),
        ({"error": "AccessDenied", "status": "error"}, "AccessDenied"),
        ({"error": {"message": "denied"}}, "denied"),
        ({"errors": [{"detail": "e-mail is taken"}, {"detail": "name is long"}]}, "e-mail is taken; name is long"),
        ({"errors": {"email": ["is taken"]}}, "email: is taken"),
        ({"ErrorNNumber": 5, "ErrorText": "Wrong login"}, "Wrong login"),
        ({"error": "", "message": "second choice"}, "second choice"),
        ({"error_description": "expired"}, "expired"),
        ("just a text", "just a text"),
        ([{"msg": "in a list"}], "in a list"),
        ({"data": []}, None),
        ({"error": {"a": {"b": {"c": {"d": {"e": "deep"}}}}}}, None),
        ({"error": 5}, None),
        (b"<html><head><TITLE>Sign\n in</title>", "HTML page 'Sign in'"),
        (b"<html>no title", None),
        (b"Bad gateway", "Bad gateway"),
        (b"", None),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_what_the_api_said(body, said):
    assert said_by(response(body)) == said


def test_plain_text_is_no_message_of_a_success():
    assert said_by(response(b"OK", 200)) is None


def test_one_line():
    assert one_line("a\n\tb\x00c \u202egnp\u2066. ") == "a b c gnp"
    assert one_line("é") == "é"
    assert one_line("x" * 400) == "x" * 299 + "…"


@pytest.mark.parametrize(
    ("status", "code", "executed"),
    [
        (301, "invalid_response", None),
        (400, "invalid_input", False),
        (401, "auth_failed", False),
        (402, "invalid_input", False),
        (403, "forbidden", False),
        (404, "not_found", False),
        (408, "timeout", None),
        (409, "duplicate", False),
        (410, "not_found", False),
        (422, "invalid_input", False),
        (429, "rate_limited", False),
        (500, "server_error", None),
        (501, "server_error", None),
        (504, "server_error", None),
        (999, "invalid_response", None),
        (100, "invalid_response", None),
    ],
)
def test_what_a_status_means(status, code, executed):
    error = response({"message": "why"}, status).error()
    assert (error.code, error.executed, error.status, error.message) == (code, executed, status, "why")
    assert error.msg.startswith(f"POST /api/v8/partners returned {status}")
    assert error.fact.endswith(": why.")
    assert len(error.msg) > len(error.fact)  # and what to do next


def test_json_with_a_byte_order_mark():
    assert response(b'\xef\xbb\xbf{"a": 1}').json() == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": ', b"[1]", b'"x"', b"null", b"[" * 100_000])
def test_what_is_no_json_object(body):
    with pytest.raises(ApiError) as caught:
        response(body, 200).json()
    assert (caught.value.code, caught.value.executed) == ("invalid_response", None)
    assert "a JSON object was expected" in caught.value.msg


def test_a_success_that_is_none_says_what_it_is():
    error = response(b"<title>Login</title>", 200, "text/html; charset=utf-8").invalid("'data' is missing")
    assert "returned 200 with 20 bytes of text/html, but 'data' is missing. It says: HTML page 'Login'." in error.msg
    assert error.message == "HTML page 'Login'"
    assert "bytes without a content type, but" in response(kind="").invalid("why").msg


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("1.5", 1.5),
        (" 3 ", 3),
        ("0", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("9" * 400, None),
        ("999999999", 999999999),
    ],
)
def test_retry_after(value, seconds):
    assert response(**{"Retry-After": value}).retry_after() == seconds


def test_retry_after_as_a_date(clock):
    assert response(**{"Retry-After": clock.http_date(90)}).retry_after() == pytest.approx(90, abs=1)
    assert response(**{"Retry-After": clock.http_date(-90)}).retry_after() == 0
    assert response(**{"Retry-After": "Mon, 32 Nov 9999 00:00:00 GMT"}).retry_after() is None


@pytest.mark.parametrize(
    "date", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
)
def test_retry_after_counts_from_the_server_s_own_clock(date, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    headers = {"Date": "Sun, 06 Nov 1994 08:49:30 GMT", "Retry-After": date}
    assert response(**headers).retry_after() == 7


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (b"\x0b\x02\x80{}\xff", {"Content-Encoding": "br"}, "encoded as br"),
        (b"\x28\xb5\x2f\xfd\x04", {"Content-Encoding": "zstd"}, "encoded as zstd"),
        ('{"data": []}'.encode("utf-16"), {}, "encoded as UTF-16"),
        ('{"data": []}'.encode("utf-16-le"), {}, "encoded as UTF-16"),
        ('{"data": ["ä"]}'.encode("latin-1"), {"Content-Type": "application/json; charset=iso-8859-1"}, "iso-8859-1"),
        ('{"data": ["ä"]}'.encode("latin-1"), {}, "its body is not UTF-8"),
        (b'{"data": [], "data": [1]}', {}, "has the key 'data' twice"),
        (b'{"meta": {"a": 1, "a": 1}}', {}, "has the key 'a' twice"),
    ],
)
def test_what_could_not_be_read_is_named(body, headers, why):
    error = failure(lambda: Response("GET", "/x", 200, headers, body).json())
    assert (error.code, error.executed, why in error.msg) == ("invalid_response", None, True)


def test_a_password_in_a_body_that_is_not_right_is_not_lost():
    bad = Response("POST", "/x", 200, {}, '{"password": "pä", "a": 1, "a": 2}'.encode("latin-1"))
    assert bad.salvaged()["password"] == "pä"


def test_a_comma_too_many_is_read_only_where_it_is_expected():
    body = b'{"status": "ok", "text": ",}", "list": [1, 2,],}'
    assert Response("POST", "/x", 200, {}, body, lax=True).json()["text"] == ",}"
    assert failure(lambda: Response("POST", "/x", 200, {}, body).json()).code == "invalid_response"


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_none_does_not_spoil_the_rest(name: str) -> None:
    found = Response("GET", "/x", 200, {}, f'{{"a": 1, "b": {name}}}'.encode()).json()
    assert (found["a"], math.isnan(found["b"])) == (1, True)
