# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a response: JSON of every shape, HTML, plain text, nothing; and summing it up in one line."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.response import Response, one_line, said_by


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
        (999, "server_error", None),
        (100, "invalid_response", None),
    ],
)
def test_what_a_status_means(status, code, executed):
    error = response({"message": "why"}, status).error()
    assert (error.code, error.executed, error.status, error.message) == (code, executed, status, "why")
    assert error.msg.startswith(f"POST /api/v8/partners answered {status}")
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


def test_a_success_that_is_none_tells_what_it_is():
    error = response(b"<title>Login</title>", 200, "text/html; charset=utf-8").invalid("'data' is missing")
    assert "answered 200 with 20 bytes of text/html, but 'data' is missing. It says: HTML page 'Login'." in error.msg
    assert error.message == "HTML page 'Login'"
    assert "bytes of no content type, but" in response(kind="").invalid("why").msg


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
        ("9" * 400, float("inf")),
    ],
)
def test_retry_after(value, seconds):
    assert response(**{"Retry-After": value}).retry_after() == seconds


def test_retry_after_as_a_date(clock):
    assert response(**{"Retry-After": clock.http_date(90)}).retry_after() == pytest.approx(90, abs=1)
    assert response(**{"Retry-After": clock.http_date(-90)}).retry_after() == 0
    assert response(**{"Retry-After": "Mon, 32 Nov 9999 00:00:00 GMT"}).retry_after() is None
