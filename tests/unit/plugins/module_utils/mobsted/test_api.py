# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of the API: complete listings, both paths of objects, the search, clients."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import api as module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import paging
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import Connection
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import HOST
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.pages import URL, page, row, rows


@pytest.fixture
def client(token_client: MobstedAPI) -> MobstedAPI:
    return token_client


# -- listings ---------------------------------------------------------------------------------------------------------


def test_pages_up_to_the_last_one(api, client, deadline):
    page(api, 1, rows(1, 3), 2, applicationId="1", pageSize="200", query=None)
    page(api, 2, rows(4, 5), 2)
    assert [one.id for one in client.tenants(deadline)] == ["1", "2", "3", "4", "5"]


def test_a_server_that_caps_its_pages(api, client, deadline):
    """Fewer rows than requested do not mean the end; only an empty page does."""
    page(api, 1, rows(1, 2))
    page(api, 2, rows(3, 4))
    page(api, 3, rows(5, 5))
    page(api, 4, [])
    assert len(client.tenants(deadline)) == 5


@pytest.mark.parametrize("last", ["2", 2, 2.0, "2.0"])
def test_last_page_may_be_text(api, client, deadline, last):
    page(api, 1, rows(1, 2), last)
    page(api, 2, rows(3, 4), last)
    assert len(client.tenants(deadline)) == 4


@pytest.mark.parametrize("last", [0, 1])
def test_an_empty_listing_that_states_its_end(api, client, deadline, last):
    page(api, 1, [], last)
    assert client.tenants(deadline) == []


@pytest.mark.parametrize("last", ["many", True, 1.5, {"x": 1}])
def test_a_last_page_that_is_no_number(api, client, deadline, last):
    """A client that took this listing for complete would create what is on its next page."""
    page(api, 1, rows(1, 2), last)
    assert "'meta.last_page' is not a number" in failure(lambda: client.tenants(deadline)).msg


def test_a_listing_that_moved_while_it_was_read_is_read_again(api, client, deadline):
    page(api, 1, rows(1, 3))
    page(api, 2, rows(3, 4))
    page(api, 3, [])
    page(api, 1, rows(1, 3))
    page(api, 2, rows(4, 5))
    page(api, 3, [])
    assert [one.id for one in client.tenants(deadline)] == ["1", "2", "3", "4", "5"]


def test_a_row_without_an_id_makes_the_listing_unreadable(api, client, deadline):
    page(api, 1, [{"Email": "a@b.example"}, {"id": 2, "Email": "c@d.example"}], 1)
    assert failure(lambda: client.tenants(deadline)).code == "invalid_response"


def test_a_listing_that_repeats_itself_is_no_listing(api, client, deadline):
    page(api, 1, rows(1, 3))
    page(api, 2, rows(1, 3))
    error = failure(lambda: client.tenants(deadline))
    assert error.code == "invalid_response"
    assert "page 2 repeats rows" in error.msg


def test_an_empty_page_although_more_are_promised(api, client, deadline):
    page(api, 1, rows(1, 3), 3)
    page(api, 2, [], 3)
    assert "has no end" in failure(lambda: client.tenants(deadline)).msg


def test_a_listing_without_end(api, client, deadline, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_CAP", 3)
    for number in (1, 2, 3):
        page(api, number, [row(number)])
    assert "more than 3 pages" in failure(lambda: client.tenants(deadline)).msg


@pytest.mark.parametrize("data", [None, []])
def test_shapes_of_no_rows(api, client, deadline, data):
    page(api, 1, data, 1)
    assert client.tenants(deadline) == []


@pytest.mark.parametrize("data", [{}, [{}], {"0": {"7": 1}}, [{"error": "no"}], "rows", 5])
def test_what_does_not_look_like_rows_is_not_none(api, client, deadline, data):
    """Taken for "no rows", this would create a tenant."""
    page(api, 1, data, 1)
    assert failure(lambda: client.tenants(deadline)).code == "invalid_response"


def test_one_row_as_an_object(api, client, deadline):
    page(api, 1, row(7), 1)
    assert [one.id for one in client.tenants(deadline)] == ["7"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": "text"},
        {"data": [1]},
        {"data": {}},
        {"data": {"message": "Hello"}},
        {"data": [{"type": "objects"}]},
        {"data": None},
        {"data": None, "error": "index is being rebuilt"},
        {"data": [], "errors": ["index is being rebuilt"], "meta": {"last_page": 1}},
        {"data": [], "status": "error", "meta": {"last_page": 1}},
        {"meta": {"last_page": 1}},
        {"message": "Hello"},
    ],
)
def test_a_listing_without_rows_is_never_an_empty_one(api, client, deadline, body):
    api.expect("GET", "object").json(body)
    error = failure(lambda: client.tenants(deadline))
    assert (error.code, error.status) == ("invalid_response", 200)


def test_a_page_in_place_of_a_listing(api, client, deadline):
    api.expect("GET", "object").html(200, "Sign in")
    api.expect("GET", "objects").html(200, "Sign in")
    error = failure(lambda: client.tenants(deadline))
    assert error.code == "invalid_response"
    assert "HTML page 'Sign in'" in error.msg


def test_an_error_on_a_later_page_is_an_error(api, client, deadline):
    page(api, 1, rows(1, 3), 2)
    api.expect("GET", "object", query={"page": "2"}).json({"message": "no"}, 403)
    assert failure(lambda: client.tenants(deadline)).code == "forbidden"


def test_a_row_without_an_address_makes_the_listing_unreadable(api, client, deadline):
    page(api, 1, [{"id": "1", "attributes": {"Email": None}}, row(2)], 1)
    error = failure(lambda: client.tenants(deadline))
    assert (error.code, "row 1 has no readable id, or no readable name or address" in error.msg) == (
        "invalid_response",
        True,
    )


def test_a_listing_without_counters_keeps_no_rows(api, client, deadline):
    page(api, 1, [row(2)], 1)
    assert [(one.id, one.row) for one in client.tenant_listing(deadline, counters=False).records] == [("2", None)]


# -- the search -------------------------------------------------------------------------------------------------------


def test_the_search_for_an_address(api, client, deadline):
    api.expect(
        "GET",
        "object",
        only_query={
            "applicationId": "1",
            "page": "1",
            "pageSize": "20",
            "query": '[{"field":"Email","operation":"=","value":"ö\\"@acme.example","andor":"and"}]',
        },
    ).json({"data": [row(5, 'ö"@ACME.example')]})
    assert [one.id for one in client.search_tenants('ö"@acme.example', deadline).all_of('ö"@acme.example')] == ["5"]


def test_a_search_that_finds_nothing(api, client, deadline):
    page(api, 1, [])
    assert client.search_tenants("o@acme.example", deadline).all_of("o@acme.example") == []


def test_a_search_whose_filter_is_ignored_goes_on_to_the_end(api, client, deadline):
    page(api, 1, rows(1, 2))
    page(api, 2, [row(3, "O@acme.example"), row(4)])
    page(api, 3, [])
    assert [one.id for one in client.search_tenants("o@acme.example", deadline).all_of("o@acme.example")] == ["3"]


def test_a_full_page_of_matches_is_not_the_end(api, client, deadline):
    page(api, 1, [row(number, "o@acme.example") for number in range(1, 21)])
    page(api, 2, [row(21, "o@acme.example")])
    assert len(client.search_tenants("o@acme.example", deadline).all_of("o@acme.example")) == 21


# -- objects or object ------------------------------------------------------------------------------------------------


def made(context: RunContext, path: str | None = None) -> MobstedAPI:
    paths = (("objects", path),) if path else ()
    return MobstedAPI(Connection(base=HOST, token="t", paths=paths), context)


@pytest.mark.parametrize("status", [400, 404, 405, 501])
def test_the_other_path_is_tried_and_remembered(api, context, deadline, status):
    one = made(context)
    api.expect("GET", "object").json("no such route", status)
    page(api, 1, rows(1, 1), 1, "objects")
    one.tenants(deadline)
    page(api, 1, rows(1, 1), 1, "objects")
    one.tenants(deadline)
    page(api, 1, rows(1, 1), 1, "objects")
    made(context).tenants(deadline)  # the run's store keeps it for the next task


def test_a_page_in_place_of_a_path(api, context, deadline):
    api.expect("GET", "object").html(200)
    page(api, 1, rows(1, 1), 1, "objects")
    assert len(made(context).tenants(deadline)) == 1


def test_neither_path_is_there(api, client, deadline):
    api.expect("GET", "object").json({"message": "no such route"}, 404)
    api.expect("GET", "objects").json({}, 404)
    error = failure(lambda: client.tenants(deadline))
    assert (error.code, error.path, error.message) == ("not_found", "/api/v8/object", "no such route")
    assert "api_paths" in error.msg


def test_the_failure_that_says_more_is_shown(api, client, deadline):
    api.expect("GET", "object").json({}, 501)
    api.expect("GET", "objects").json("the field Email is unknown", 400)
    error = failure(lambda: client.tenants(deadline))
    assert (error.path, error.message) == ("/api/v8/objects", "the field Email is unknown")


@pytest.mark.parametrize("path", ["rows/objects", "objects"])
def test_a_path_of_the_user_s_own_is_the_only_one(api, context, deadline, path):
    context.store_for("run").put("objects-" + module.digest(module.account_key(HOST)), {"path": "object"})
    api.expect("GET", path).json({}, 404)
    assert failure(lambda: made(context, path).tenants(deadline)).code == "not_found"


# -- clients ----------------------------------------------------------------------------------------------------------


def test_a_sub_account_is_reached_as_the_master_is(api, context):
    master = MobstedAPI.of(Connection(base=HOST, token="t", timeout=7, paths=(("refresh", "renew"),)), context)
    account = master.account(URL, "o@acme.example", "pw")
    assert account.connection == Connection(
        base=URL, login="o@acme.example", password="pw", timeout=7, paths=(("refresh", "renew"),)
    )
    assert master.account(URL, "o@acme.example", "pw") is account


def test_another_environment_is_another_client(api, context, connection, monkeypatch):
    one = MobstedAPI.of(connection, context)
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert MobstedAPI.of(connection, context) is not one


def test_its_deadline(client):
    assert client.deadline().seconds == 300
