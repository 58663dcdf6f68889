# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One page of a listing: what is an error, what leaves a doubt, and what is a row."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.response import Response
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.envelope import Page, error_in, read_page

ROW = {"id": "7"}
META = {"current_page": 1, "last_page": 3}


def page(body: t.Any, status: int = 200) -> Page:
    return read_page(Response("GET", "/api/v8/object", status, {}, json.dumps(body).encode()))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"data": [ROW], "meta": {**META, "total": "41"}}, Page([ROW], 3, 41, None)),
        ({"data": [ROW], "meta": {"last_page": "3.0"}, "total": 2.0}, Page([ROW], 3, 2, None)),
        ({"data": [ROW], "total": 5, "meta": {"total": 4}}, Page([ROW], None, 4, None)),
        ({"data": [], "meta": None}, Page([], None, None, None)),
        ({"data": None, "meta": META}, Page([], 3, None, None)),
        ({"data": ROW}, Page([ROW], None, None, None)),
        ({"data": {"0": ROW, "1": {"id": "8"}}}, Page([ROW, {"id": "8"}], None, None, None)),
        ({"data": [ROW], "meta": {"last_page": None, "total": True}}, Page([ROW], None, None, None)),
        (
            {"data": [ROW], "status": "OK", "success": True, "code": 200, "message": "Done."},
            Page([ROW], None, None, None),
        ),
        ({"data": [ROW], "error": 0, "errors": [], "ErrorText": "No error"}, Page([ROW], None, None, None)),
    ],
)
def test_a_page(body: t.Any, expected: Page) -> None:
    assert page(body)[:4] == expected[:4]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"meta": META}, "'data' is missing"),
        ({"data": None}, "'data' is not a list of rows"),
        ({"data": None, "meta": {"code": 200}}, "'data' is not a list of rows"),
        ({"data": "x"}, "'data' is not a list of rows"),
        ({"data": [ROW, "x"]}, "'data' is not a list of rows"),
        ({"data": [ROW, {}]}, "'data' is not a list of rows"),
        ({"data": [], "meta": {"last_page": "many"}}, "'meta.last_page' is not a number"),
        ({"data": [], "meta": {"last_page": -1}}, "'meta.last_page' is not a number"),
        ({"data": [], "meta": {"last_page": True}}, "'meta.last_page' is not a number"),
        ({"data": [], "meta": {"last_page": 1.5}}, "'meta.last_page' is not a number"),
        ({"data": [], "error": "x"}, "it reports an error (error: x)"),
    ],
)
def test_a_page_that_is_unusable(body: t.Any, why: str) -> None:
    with pytest.raises(ApiError) as caught:
        page(body)
    assert caught.value.code == "invalid_response"
    assert why in str(caught.value)


def test_another_status() -> None:
    with pytest.raises(ApiError) as caught:
        page({"data": []}, 503)
    assert caught.value.code == "server_error"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"Errors": {"email": "x"}}, "Errors: {'email': 'x'}"),
        ({"ErrorNNumber": 17}, "ErrorNNumber: 17"),
        ({"exception": "a\nb"}, "exception: a b"),
        ({"success": False}, "success: False"),
        ({"ok": "no"}, "ok: no"),
        ({"success": 0}, "success: 0"),
        ({"status": False}, "status: False"),
        ({"status": 500}, "status: 500"),
        ({"code": "404"}, "code: 404"),
        ({"statusCode": -1}, "statusCode: -1"),
        ({"state": "session expired"}, "state: session expired"),
        ({"result": "NOK"}, "result: NOK"),
    ],
)
def test_what_reports_an_error(place: dict[str, t.Any], said: str) -> None:
    assert error_in(place) == said
    assert error_in({"data": [], "meta": place}) == said
    assert error_in({"data": [place]}) is None


@pytest.mark.parametrize(
    "place",
    [
        {"error": None},
        {"error": "None"},
        {"errors": {}},
        {"success": True},
        {"ok": 1},
        {"state": False},
        {"code": False},
        {"status": 200},
        {"status": "completed"},
        {"result": None},
        {"result": ["failed"]},
    ],
)
def test_what_reports_none(place: dict[str, t.Any]) -> None:
    assert error_in(place) is None


@pytest.mark.parametrize(
    ("place", "doubt"),
    [
        ({"Message": "Maintenance at 9"}, "it has a Message: Maintenance at 9"),
        ({"warnings": ["slow"]}, "it has a warnings: ['slow']"),
        ({"partial": True}, "it says partial"),
        ({"Timed_Out": "yes"}, "it says Timed_Out"),
        ({"complete": False}, "it says complete: False"),
        ({"is_complete": "false"}, "it says is_complete: false"),
        ({"status": "queued"}, "its status is 'queued'"),
        ({"state": "warming up"}, "its state is 'warming up'"),
    ],
)
def test_what_leaves_a_doubt(place: dict[str, t.Any], doubt: str) -> None:
    assert page({"data": [ROW], **place})[:4] == ([ROW], None, None, doubt)
    assert page({"data": [ROW], "meta": place}).doubt == doubt


@pytest.mark.parametrize(
    "place",
    [
        {"message": "Success!"},
        {"message": ""},
        {"partial": False},
        {"truncated": "no"},
        {"complete": True},
        {"status": ""},
        {"status": "200"},
        {"code": "0"},
        {"hint": []},
    ],
)
def test_what_leaves_none(place: dict[str, t.Any]) -> None:
    assert page({"data": [ROW], **place}).doubt is None


def test_another_success_leaves_a_doubt() -> None:
    assert page({"data": [ROW]}, 206).doubt == "its status is 206, not 200"


@pytest.mark.parametrize("warning", ['110 - "Response is Stale"', '112 proxy "Disconnected operation"', "111 -"])
def test_a_list_that_is_out_of_date(warning: str) -> None:
    body = json.dumps({"data": [ROW], "meta": META}).encode()
    found = read_page(Response("GET", "/api/v8/object", 200, {"Warning": warning}, body))
    assert found.doubt == "a cache sent it, and says that it is out of date"
    assert read_page(Response("GET", "/api/v8/object", 200, {"Warning": '299 - "Old"'}, body)).doubt is None


@pytest.mark.parametrize(
    ("more", "number", "gap", "follows"),
    [
        ({"meta": {"current_page": 2}}, 1, "page 1 was asked for, and its current_page is 2", None),
        ({"meta": {"current_page": 2}}, 2, None, None),
        ({"from": 21}, 1, "page 1 was asked for, and its from is 21", None),
        ({"from": 21}, 2, None, None),
        ({"links": {"next": "?page=2"}}, 1, None, "it says that more rows follow (next: ?page=2)"),
        ({"meta": {"pagination": {"hasMore": True}}}, 1, None, "it says that more rows follow (hasMore: True)"),
        ({"meta": {"next-page": 2}}, 2, None, None),
        ({"page_count": "3"}, 2, None, "it says that more rows follow (page_count: 3)"),
        ({"page_count": "3"}, 3, None, None),
        ({"query": {"next": 9}, "meta": {"nextCursor": "", "more": False}}, 1, None, None),
    ],
)
def test_what_an_envelope_says_of_other_pages(
    more: dict[str, t.Any], number: int, gap: str | None, follows: str | None
) -> None:
    found = page({"data": [ROW], **more})
    assert (found.gap(number), found.follows(number)) == (gap, follows)
