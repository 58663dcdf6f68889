# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses that users of similar programs have met: each gives the right value, nothing doubled, no wrong "absent".

Most hit a create, or the listing before it. The simulator sends them; its README lists the options.
"""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run import logins
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.driver import connection, duplicates, run
from ansible_collections.partnerops.saas.tests.support.failures import code_of

pytestmark = pytest.mark.usefixtures("no_waiting")

EMAIL = "owner@acme.example"
SITE = "https://store.acme.example"
QUICK = {"retries": 1, "deadline": 6, "settle": 0}
PARTNERS, APPS, OBJECT = "/api/v8/partners", "/api/v8/applications", "/api/v8/object"


@pytest.fixture
def world(simulator: t.Any) -> t.Iterator[t.Any]:
    """Yield a world with one tenant."""
    with simulator.world() as made:
        made.do("tenant_add", email=EMAIL)
        yield made


def app(world: t.Any, name: str = "Store", **more: t.Any) -> dict[str, t.Any]:
    """Declare an app of the tenant; ``context`` is what the tasks of a run share."""
    context = more.pop("context", None)
    given = {**connection(world), **QUICK, "tenant": EMAIL, "name": name, "website_url": SITE, **more}
    return run("mobsted_pwa_app", given, context=context)


def tenant(world: t.Any, email: str, **more: t.Any) -> dict[str, t.Any]:
    context = more.pop("context", None)
    return run("mobsted_tenant", {**connection(world), **QUICK, "email": email, **more}, context=context)


def asked(world: t.Any, method: str, part: str) -> int:
    """Count the requests to a path."""
    return sum(entry["method"] == method and part in entry["path"] for entry in world.log())


def names(world: t.Any) -> list[str]:
    return [one["name"] for one in world.apps(EMAIL)]


# -- A1: 503 with Retry-After is no promise ----------------------------------------------------------------------------

RETRY = [{}, {"Retry-After": "0.02"}, {"Retry-After": "0"}, {"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}]


@pytest.mark.parametrize("headers", RETRY)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a1_an_app_after_503(world: t.Any, headers: dict[str, str], when: str) -> None:
    world.fault("status", status=503, headers=headers, method="POST", path=APPS, when=when)
    result = app(world)
    assert code_of(result) == ("ok" if when == "after" else "unknown_outcome")
    assert len(world.log(method="POST", path=APPS)) == 1
    assert code_of(app(world)) == "ok"
    assert names(world) == ["Store"]


@pytest.mark.parametrize("headers", RETRY)
def test_a1_a_tenant_after_503_keeps_its_password(world: t.Any, headers: dict[str, str]) -> None:
    world.fault("status", status=503, headers=headers, method="POST", path=PARTNERS, when="after")
    result = tenant(world, "new@acme.example")
    assert (result["changed"], result["reconciled"]) == (True, True)
    (row,) = [row for row in world.state()["tenants"] if row["email"] == "new@acme.example"]
    assert result["credentials"]["password"] == row["password"]


@pytest.mark.parametrize("headers", RETRY)
def test_a1_no_second_push_and_no_second_mail(world: t.Any, tmp_path: Path, headers: dict[str, str]) -> None:
    world.do("app_add", email=EMAIL, name="Store")
    push = {"app_id": 1, "ext_id": "u1", "title": "T", "message": "M", "api_paths": {"push": "push"}, "tenant": EMAIL}
    world.fault("status", status=503, headers=headers, method="POST", path="/api/v8/push", when="after")
    assert code_of(run("mobsted_push", {**connection(world), **QUICK, **push})) == "unknown_outcome"
    mip = {**connection(world, "mip"), "retries": 1, "deadline": 6, "ledger_path": str(tmp_path / "l" / "mip.sqlite3")}
    for path in ("/member/7/add", "/forgot-password"):
        world.fault("status", status=503, headers=headers, method="POST", path=path, when="after", vendor="mip")
    invite = {"email": "m@acme.example", "marketplace_id": 7}
    assert code_of(run("mip_member", {**mip, **invite})) == "unknown_outcome"
    assert code_of(run("mip_password_reset", {**mip, "kind": "user", "email": world.mip_email})) == "unknown_outcome"
    assert duplicates(world) == []


def test_a1_a_toggle_is_not_repeated(world: t.Any, tmp_path: Path) -> None:
    mip = {**connection(world, "mip"), "retries": 1, "deadline": 6, "ledger_path": str(tmp_path / "l" / "mip.sqlite3")}
    who = {"email": "c@acme.example", "password": "client-password", "marketplace_id": 7}
    assert code_of(run("mip_client", {**mip, **who})) == "ok"
    world.fault(
        "status", status=503, headers={"Retry-After": "0"}, path="/client/7/block/*", when="after", vendor="mip"
    )
    assert code_of(run("mip_client", {**mip, **who, "blocked": True})) == "unknown_outcome"
    assert asked(world, "POST", "/client/7/block/") == 1


# -- A2, A5: a list that proves nothing --------------------------------------------------------------------------------

META = {"current_page": 1, "last_page": 1}
ROW = {"id": "9", "type": "applications", "attributes": {"Name": "Other"}}
NO_LISTS: list[t.Any] = [
    {"data": None, "error": "index is being rebuilt"},
    {"data": None},
    {"data": [], "meta": META, "errors": ["index is being rebuilt"]},
    {"data": [], "meta": META, "status": "error"},
    {"data": [], "meta": META, "success": False},
    {"data": [], "meta": META, "code": 500},
    {"data": [], "meta": {**META, "error": "shard 2 failed"}},
    {"data": [], "meta": META, "message": "The list is not available at the moment"},
    {"data": [], "meta": {**META, "partial": True}},
    {"data": [], "meta": {**META, "total": 3}},
    {"data": [ROW], "meta": {**META, "total": "2"}},
    {"data": [ROW, ROW], "meta": META},
    {"data": [ROW], "meta": {**META, "last_page": -1}},
    {"data": [ROW], "meta": {**META, "last_page": "many"}},
    {"data": [{**ROW, "id": None}], "meta": META},
    {"data": [{**ROW, "id": True}], "meta": META},
    {"data": [{"id": "9", "attributes": {"Name": None}}], "meta": META},
    {"data": [{"id": "9", "attributes": {"Name": " "}}], "meta": META},
    {"data": [{"error": "row 1 is locked"}], "meta": META},
    {"data": {"message": "Hello"}, "meta": META},
    '{"data": [], "data": [], "meta": {"last_page": 1}}',
    '{"data": [], "meta": {"last_page": 1}',
    "",
]


@pytest.mark.parametrize("body", NO_LISTS)
def test_a2_a5_no_app_is_created_on_a_list_that_proves_nothing(world: t.Any, body: t.Any) -> None:
    world.fault("status", status=200, body=body, method="GET", path=APPS, times=None)
    assert code_of(app(world)) == "invalid_response"
    assert names(world) == []


@pytest.mark.parametrize("body", [body for body in NO_LISTS if not (isinstance(body, dict) and "Other" in str(body))])
def test_a2_no_tenant_is_created_on_a_list_that_proves_nothing(world: t.Any, body: t.Any) -> None:
    world.fault("status", status=200, body=body, method="GET", path=OBJECT, times=None)
    assert code_of(tenant(world, "new@acme.example")) == "invalid_response"
    assert world.counts()["tenants_created"] == 0


@pytest.mark.parametrize("status", [201, 202, 203, 206, 207])
def test_a2_another_success_proves_nothing(world: t.Any, status: int) -> None:
    world.fault("status", status=status, body={"data": [], "meta": META}, method="GET", path=APPS, times=None)
    assert code_of(app(world)) == "invalid_response"
    assert names(world) == []


def test_a5_rows_that_move_are_read_again(world: t.Any) -> None:
    first = {"data": [ROW, {**ROW, "id": "8", "attributes": {"Name": "Store"}}], "meta": {"last_page": 2}}
    for number, body in enumerate((first, {"data": [ROW], "meta": {"last_page": 2, "total": 3}}), 1):
        world.fault("status", status=200, body=body, method="GET", path=APPS, nth=number)
    assert code_of(app(world, "Third")) == "ok"
    assert names(world) == ["Third"]


@pytest.mark.parametrize("form", ["number", "text", "float", "zero"])
@pytest.mark.parametrize("total", ["absent", "number", "text", "words"])
def test_a5_counts_in_any_form_are_no_obstacle(simulator: t.Any, form: str, total: str) -> None:
    with simulator.world(last_page_form=form, total=total, page_cap=2) as world:
        world.do("tenant_add", email=EMAIL, apps=["One", "Two", "Three", "Store"])
        assert app(world)["changed"] is False
        assert app(world, "New")["changed"] is True
        assert app(world, "New")["changed"] is False


# -- A3, A4: ids and names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", ["text", "number", "float", "uuid"])
def test_a3_ids_are_opaque(simulator: t.Any, ids: str) -> None:
    with simulator.world(ids=ids) as world:
        world.do("tenant_add", email=EMAIL, apps=["First"])
        first = app(world)
        assert first["changed"] is True
        again = app(world)
        assert (again["changed"], again["app"]["id"]) == (False, first["app"]["id"])
        assert isinstance(first["app"]["id"], str if ids == "uuid" else int)
        assert app(world, app_id=first["app"]["id"])["changed"] is False


NAMES = ["Tom & Jerry's", 'The "Shop"', "a  b", "Café", "1.0", "7", "<b>Bold</b>", "&amp;"]


@pytest.mark.parametrize("listed", ["escaped", "collapsed", "decomposed"])
@pytest.mark.parametrize("name", NAMES)
def test_a4_a_name_in_another_spelling_is_the_same(simulator: t.Any, listed: str, name: str) -> None:
    with simulator.world(listed_names=listed) as world:
        world.do("tenant_add", email=EMAIL)
        assert app(world, name)["changed"] is True
        again = app(world, name)
        assert again["changed"] is False
        assert names(world) == [name]


def test_a4_the_other_spelling_is_named(simulator: t.Any) -> None:
    with simulator.world(listed_names="escaped") as world:
        world.do("tenant_add", email=EMAIL, apps=["Tom & Jerry's"])
        warning = next(text for text in app(world, "Tom & Jerry's")["warnings"] if "taken as the same" in text)
        assert "Tom & Jerry's" in warning
        assert "Tom &amp; Jerry&#x27;s" in warning


@pytest.mark.parametrize(
    ("listed", "name"),
    [("ascii", "Café ☕ Bar"), ("ascii", "Łódź"), ("cut", "A very long name of an app that does not fit")],
)
def test_a4_a_damaged_name_is_ambiguous_and_never_a_create(simulator: t.Any, listed: str, name: str) -> None:
    with simulator.world(listed_names=listed) as world:
        world.do("tenant_add", email=EMAIL)
        context = RunContext()
        first = app(world, name, context=context)
        assert (code_of(first), first["changed"]) == ("ambiguous", True)  # created, and listed under another name
        ident = first["app"]["id"]
        for result in (app(world, name, context=context), app(world, name)):
            assert (code_of(result), result["changed"]) == ("ambiguous", False)
            assert name in result["msg"]
            assert str(ident) in result["msg"]
        assert app(world, name, app_id=ident)["changed"] is False
        assert names(world) == [name]


def test_a4_a_name_that_is_listed_in_another_way_is_remembered_in_the_run(world: t.Any) -> None:
    context = RunContext()
    body = {"data": [{"id": "1", "attributes": {"Name": "Untitled"}}], "meta": META}
    world.fault("status", status=200, body=body, method="GET", path=APPS, nth=2, times=None)
    assert code_of(app(world, context=context)) == "ambiguous"
    assert code_of(app(world, context=context)) == "ambiguous"
    assert names(world) == ["Store"]


def test_a4_names_that_differ_by_case_are_two_apps(world: t.Any) -> None:
    world.do("app_add", email=EMAIL, name="store")
    result = app(world)
    assert result["changed"] is True
    assert "'store'" in result["warnings"][0]
    assert names(world) == ["store", "Store"]


# -- A6: read after write ----------------------------------------------------------------------------------------------


def test_a6_a_record_that_appears_late_contradicts_nothing(simulator: t.Any) -> None:
    with simulator.world(record_delay_ms=600) as world:
        context = RunContext()
        new = "new@acme.example"
        assert tenant(world, new, context=context)["changed"] is True
        made = app(world, tenant=new, settle=5, context=context)
        assert (code_of(made), made["changed"]) == ("ok", True)
        assert tenant(world, new, context=context)["changed"] is False
        assert duplicates(world) == []


def test_a6_a_list_of_apps_that_lags(simulator: t.Any) -> None:
    with simulator.world(app_delay_ms=60_000) as world:
        world.do("tenant_add", email=EMAIL)
        context = RunContext()
        assert app(world, context=context)["changed"] is True
        assert app(world, context=context)["changed"] is False
        assert names(world) == ["Store"]


# -- A7, A8, A9, A14: the transport ------------------------------------------------------------------------------------


def test_a7_interim_responses(world: t.Any) -> None:
    world.fault("interim", number=2, path="*", times=None)
    assert app(world)["changed"] is True
    assert app(world)["changed"] is False


@pytest.mark.parametrize("status", [507, 509, 520, 522, 524, 530, 598, 599])
def test_a9_statuses_of_proxies(world: t.Any, status: int) -> None:
    world.fault("status", status=status, method="GET", path=APPS)
    assert app(world)["changed"] is True
    world.fault("status", status=status, method="POST", path=PARTNERS, when="after")
    assert tenant(world, "new@acme.example")["reconciled"] is True


@pytest.mark.parametrize("encoding", ["br", "zstd", "utf-16", "latin-1"])
def test_a14_what_could_not_be_read_is_named(world: t.Any, encoding: str) -> None:
    world.fault("encoded", encoding=encoding, method="GET", path=APPS, times=None)
    result = app(world)
    assert code_of(result) == "invalid_response"
    assert encoding in result["msg"].lower()
    assert names(world) == []


@pytest.mark.parametrize("kind", [{"kind": "doubled"}, {"kind": "encoded", "encoding": "latin-1"}])
def test_a14_a_password_in_a_response_that_is_not_right_is_not_lost(world: t.Any, kind: dict[str, t.Any]) -> None:
    world.fault(kind.pop("kind"), method="POST", path=PARTNERS, **kind)
    result = tenant(world, "new@acme.example")
    (row,) = [row for row in world.state()["tenants"] if row["email"] == "new@acme.example"]
    assert result["credentials"]["password"] == row["password"]


# -- A10, A11, A12, A13: tokens, logins, the vendor's own habits -------------------------------------------------------


@pytest.mark.parametrize("expiry", [401, 403, 200])
def test_a10_a_fresh_token_gets_a_moment(simulator: t.Any, monkeypatch: pytest.MonkeyPatch, expiry: int) -> None:
    monkeypatch.setattr(logins, "FRESH_FOR", 0.4)
    with simulator.world(token_valid_after_ms=250, expiry=expiry) as world:
        assert tenant(world, EMAIL)["changed"] is True
        assert world.counts()["logins"] == 1


@pytest.mark.parametrize("status", [400, 401, 403, 418, 423, 500])
def test_a11_a_loop_with_a_wrong_password_logs_in_once(simulator: t.Any, status: int) -> None:
    with simulator.world(login_status=status) as world:
        context = RunContext()
        results = [tenant(world, f"o{n}@acme.example", api_password="wrong", context=context) for n in range(6)]
        assert all(result["failed"] for result in results)
        assert len(world.log(path="/api/v8/auth")) <= (2 if status == 500 else 1)


@pytest.mark.parametrize("shape", ["text", "string"])
def test_a12_the_vendor_s_words_come_first(simulator: t.Any, shape: str) -> None:
    with simulator.world(error_shape=shape, error_status="v8", partner=False) as world:
        result = tenant(world, EMAIL)
        assert code_of(result) == "unknown_outcome"
        assert result["msg"].startswith("The API says: This account is not a partner.")
        assert world.counts()["tenants_created"] == 0


@pytest.mark.parametrize("route", [400, 404, 405, 500, 501, "html"])
@pytest.mark.parametrize("path", ["object", "objects"])
def test_a12_the_other_path_is_tried(simulator: t.Any, route: t.Any, path: str) -> None:
    with simulator.world(unknown_route=route, objects_path=path, error_shape="string") as world:
        context = RunContext()
        assert tenant(world, EMAIL, context=context)["changed"] is True
        before = asked(world, "GET", "/object")
        assert tenant(world, EMAIL, context=context)["changed"] is False
        assert asked(world, "GET", "/object") == before + 1


def test_a13_an_account_without_app_1_is_no_master(simulator: t.Any) -> None:
    with simulator.world(registry_listed=False) as world:
        result = run("mobsted_account_info", connection(world))
        assert not result["ok"]
        assert any("not a master account" in line for line in result["lines"])
        master = {**connection(world), **QUICK, "name": "Store", "website_url": SITE}
        assert code_of(run("mobsted_pwa_app", master)) == "invalid_response"
        assert world.counts()["apps_created"] == 0


def test_a13_the_account_of_a_tenant_is_no_master(world: t.Any) -> None:
    world.do("app_add", email=EMAIL, name="Store", fields={"webSiteUrl": SITE})
    (row,) = world.state()["tenants"]
    own = {"api_url": row["url"], "api_login": EMAIL, "api_password": row["password"]}
    result = run("mobsted_account_info", own)
    assert not result["ok"]
    assert any("not a master account" in line for line in result["lines"])


def test_a16_a_comma_too_many_from_mip(world: t.Any, tmp_path: Path) -> None:
    mip = {**connection(world, "mip"), "retries": 1, "deadline": 6, "ledger_path": str(tmp_path / "l" / "mip.sqlite3")}
    who = {"email": "c@acme.example", "password": "client-password", "marketplace_id": 7}
    assert code_of(run("mip_client", {**mip, **who})) == "ok"
    world.fault("status", status=200, body='{"status": "ok",}', path="/client/7/remove/*", vendor="mip", when="after")
    assert code_of(run("mip_client", {**mip, **who, "state": "absent"})) == "ok"


# -- B2: one address in two spellings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "declared"),
    [
        ("kontakt@xn--bcher-kva.example", "kontakt@bücher.example"),
        ("kontakt@bücher.example", "kontakt@xn--bcher-kva.example"),
        ("owner@other.example", "Owner@OTHER.example"),
        ("OWNER@other.example", "owner@other.example"),
    ],
)
def test_b2_one_address_in_two_spellings(world: t.Any, listed: str, declared: str) -> None:
    world.do("tenant_add", email=listed)
    assert tenant(world, declared)["changed"] is False
    assert world.counts()["tenants_created"] == 0
