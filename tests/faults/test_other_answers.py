# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""More responses of the kinds in ``test_field_faults_a.py``: at most one create, whatever a server says."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run import locks
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.faults.test_field_faults_a import (
    APPS,
    EMAIL,
    META,
    OBJECT,
    PARTNERS,
    QUICK,
    ROW,
    SITE,
    app,
    asked,
    names,
    tenant,
)
from ansible_collections.partnerops.saas.tests.support.driver import connection, run
from ansible_collections.partnerops.saas.tests.support.failures import code_of

pytestmark = pytest.mark.usefixtures("no_waiting")


@pytest.fixture
def world(simulator: t.Any) -> t.Iterator[t.Any]:
    """Yield a world with one tenant."""
    with simulator.world() as made:
        made.do("tenant_add", email=EMAIL)
        yield made


# -- A1, A10: what may have been executed ------------------------------------------------------------------------------

TOKEN_WORDS = ['"token expired"', {"error": {"code": 499, "message": "Token Required"}}, "session not found"]


@pytest.mark.parametrize("body", TOKEN_WORDS)
@pytest.mark.parametrize("status", [408, 444, 460, 463, 499, 500, 502, 503])
def test_a1_a10_words_about_a_token_do_not_repeat_what_may_have_been_executed(
    world: t.Any, tmp_path: Path, status: int, body: t.Any
) -> None:
    push = {"app_id": 2, "ext_id": "u1", "title": "T", "message": "M", "api_paths": {"push": "push"}}
    mip = {**connection(world, "mip"), "retries": 1, "deadline": 6, "ledger_path": str(tmp_path / "l" / "mip.sqlite3")}
    client = {"email": "c@acme.example", "password": "client-password", "marketplace_id": 7}
    run("mip_client", {**mip, **client})
    for path in (APPS, PARTNERS, "/api/v8/push"):
        world.fault("status", status=status, body=body, method="POST", path=path, when="after")
    for path in ("/member/7/add", "/client/7/block/*"):
        world.fault("status", status=status, body=body, method="POST", path=path, when="after", vendor="mip")
    assert code_of(app(world)) == "ok"
    made = tenant(world, "new@acme.example")
    assert made["credentials"]["password"] == world.tenant("new@acme.example")["password"]
    assert code_of(run("mobsted_push", {**connection(world), **QUICK, **push, "tenant": EMAIL})) == "unknown_outcome"
    assert code_of(run("mip_member", {**mip, "email": "m@acme.example", "marketplace_id": 7})) == "unknown_outcome"
    assert code_of(run("mip_client", {**mip, **client, "blocked": True})) == "unknown_outcome"
    for part in (APPS, PARTNERS, "/api/v8/push", "/member/7/add", "/client/7/block/"):
        assert asked(world, "POST", part) == 1, part


# -- A2, A5: lists ----------------------------------------------------------------------------------------------------

NO_LISTS: list[t.Any] = [
    {"data": [], "meta": META, "errorCode": "E17"},
    {"data": [], "meta": META, "error_message": "shard 2 failed"},
    {"data": [], "meta": META, "err": "boom"},
    {"data": [], "meta": META, "_shards": {"total": 5, "failed": 1}},
    {"data": [], "meta": {**META, "applications": {"error": "shard 2 failed"}}},
    {"data": [], "meta": {**META, "status": {"code": 500}}},
    {"data": [], "meta": META, "timeout": True},
    {"data": [], "meta": META, "links": {"next": "/api/v8/applications?page=2"}},
    {"data": [], "meta": {**META, "has_more": True}},
    {"data": [], "meta": {**META, "nextPage": 2}},
    {"data": [], "meta": {**META, "total_pages": "3"}},
    {"data": [], "meta": {**META, "pagination": {"total": 5}}},
    {"data": [], "meta": {**META, "totalCount": 5}},
    {"data": [], "meta": {**META, "current_page": 2}},
    {"data": [], "meta": {**META, "from": 21}},
    {"data": [{**ROW, "id": 0}], "meta": META},
    {"data": [{"id": "9", "attributes": {"Name": "\u200b"}}], "meta": META},
]


@pytest.mark.parametrize("body", NO_LISTS)
def test_no_app_is_created_on_a_list_that_proves_nothing(world: t.Any, body: t.Any) -> None:
    world.fault("status", status=200, body=body, method="GET", path=APPS, times=None)
    assert code_of(app(world)) == "invalid_response"
    assert names(world) == []


@pytest.mark.parametrize("body", [body for body in NO_LISTS if "Name" not in str(body)])
def test_no_tenant_is_created_on_a_list_that_proves_nothing(world: t.Any, body: t.Any) -> None:
    world.fault("status", status=200, body=body, method="GET", path=OBJECT, times=None)
    assert code_of(tenant(world, "new@acme.example")) == "invalid_response"
    assert world.counts()["tenants_created"] == 0


HARMLESS: list[t.Any] = [
    {"links": {"next": None, "prev": "", "last": "/api/v8/applications?page=1"}},
    {"meta": {**META, "has_more": False, "next_page_url": None, "nextPage": 1, "total_pages": 1, "from": None}},
    {"meta": {**META, "applications": {"affected": 0, "time": 0.1}, "pagination": {"total": 1, "count": 1}}},
    {"errorCode": 200, "error_message": "", "failures": [], "timeout": False, "_shards": {"total": 5, "failed": 0}},
    {"filter": {"status": "failed"}, "meta": {**META, "current_page": 0}},
]


@pytest.mark.parametrize("more", HARMLESS)
def test_a5_members_that_say_nothing_are_no_obstacle(world: t.Any, more: dict[str, t.Any]) -> None:
    world.fault("status", status=200, body={"data": [ROW], "meta": META, **more}, method="GET", path=APPS, times=None)
    assert app(world)["changed"] is True


# -- A4: names


def test_a4_a_name_that_is_listed_wholly_otherwise_is_remembered_over_runs(
    world: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PLACES", (str(tmp_path),))
    rows: list[t.Any] = [{"id": str(number), "attributes": {"Name": f"slug-{number}"}} for number in range(1, 6)]
    for number, module in enumerate(("mobsted_pwa_app", "mobsted_fleet", "mobsted_pwa_app")):
        name = "Łódź & Café"
        if number == 0:
            world.fault(
                "status", status=200, body={"data": rows, "meta": META}, method="GET", path=APPS, nth=2, times=None
            )
        one = {"name": name, "website_url": SITE}
        tenants = [{"email": EMAIL, "apps": [one]}]
        more = {"tenants": tenants} if module == "mobsted_fleet" else {**one, "tenant": EMAIL}
        result = run(module, {**connection(world), **QUICK, **more})
        assert (code_of(result), result["changed"]) == ("ambiguous", number == 0)
        assert "slug-" in result["msg"]
    assert names(world) == ["Łódź & Café"]


def test_a4_a_fleet_does_not_look_again_and_creates_nothing_twice(simulator: t.Any) -> None:
    with simulator.world(listed_names="ascii") as world:
        world.do("tenant_add", email=EMAIL)
        apps = [{"name": name, "website_url": SITE} for name in ("Plain store 1", "Café")]
        fleet = {**connection(world), **QUICK, "tenants": [{"email": EMAIL, "apps": apps}]}
        assert [one["changed"] for one in run("mobsted_fleet", fleet)["tenants"][0]["apps"]] == [True, True]
        assert asked(world, "GET", APPS) == 1
        plain, lossy = run("mobsted_fleet", fleet)["tenants"][0]["apps"]
        assert (plain["failed"], plain["changed"]) == (False, False)
        assert (lossy["failed"], lossy["changed"], lossy["failure"]["code"]) == (True, False, "ambiguous")
        assert len(names(world)) == 2


# -- A11 to A13: logins, words, app ID 1

TAKEN = ['"This e-mail exists already"', {"error": "The email has already been taken"}, "User is registered"]


@pytest.mark.parametrize("body", TAKEN)
@pytest.mark.parametrize("status", [400, 403, 404, 409, 418, 422, 500, 501])
def test_a12_b2_words_that_mean_exists_are_looked_up_in_the_whole_list(world: t.Any, status: int, body: t.Any) -> None:
    world.do("tenant_add", email="new@acme.example")
    for number in (1, 2) if status >= 500 else (1,):  # the search does not find it
        world.fault("status", status=200, body={"data": [], "meta": META}, method="GET", path=OBJECT, nth=number)
    world.fault("status", status=status, body=body, method="POST", path=PARTNERS)
    result = tenant(world, "new@acme.example")
    assert (code_of(result), result["changed"]) == ("ok", False)
    assert len(world.log(method="POST", path=PARTNERS)) == 1


REGISTRY = [
    (502, "<html>"),
    (503, ""),
    (504, ""),
    (520, ""),
    (408, ""),
    (301, ""),
    (500, ""),
    (500, "<title>Oops</title>"),
]


@pytest.mark.parametrize(("status", "body"), [*REGISTRY, (200, {"error": "index is being rebuilt"})])
def test_a13_a_list_without_app_1_proves_nothing_while_its_table_is_unavailable(
    world: t.Any, status: int, body: t.Any
) -> None:
    world.fault("status", status=200, body={"data": [], "meta": META}, method="GET", path=APPS, times=None)
    world.fault("status", status=status, body=body, method="GET", path=OBJECT, times=None)
    world.fault("status", status=status, body=body, method="GET", path=OBJECT + "s", times=None)
    result = run("mobsted_pwa_app", {**connection(world), **QUICK, "name": "Store", "website_url": SITE})
    assert result["failed"]
    assert asked(world, "POST", APPS) == 0


@pytest.mark.parametrize("kind", ["reset", "truncated", "garbage"])
def test_a11_a_login_whose_answer_is_lost_is_not_repeated_for_each_item(world: t.Any, kind: str) -> None:
    world.fault(kind, path="/api/v8/auth", times=None)
    context = RunContext()
    results = [tenant(world, f"o{n}@acme.example", context=context) for n in range(6)]
    assert all(result["failed"] for result in results)
    assert len(world.log(path="/api/v8/auth")) == 2  # one retry
