# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobsted: what the reference says, and every option for what it leaves open."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from simulator.client import World

from simulator_calls import Mobsted, send

Make = Callable[..., World]


def login(world: World) -> Mobsted:
    return Mobsted(world.mobsted_url, world.login, world.password)


def test_a_tenant_from_creation_to_its_own_app(world: World, master: Mobsted) -> None:
    made = master.call("POST", "partners", {"email": "Owner@Acme.example"})
    assert made.status == 200
    assert set(made.json) == {"url", "authentication"}
    credentials = made.json["authentication"]
    assert credentials["email"] == "owner@acme.example"
    assert credentials["phone"] == ""
    assert len(credentials["password"]) == 32
    row = master.objects(email="owner@acme.example").json["data"][0]
    assert row["id"] == "1"
    assert row["attributes"]["UserPassword"] == credentials["password"]
    assert row["attributes"]["url"] == made.json["url"]
    tenant = Mobsted(made.json["url"], credentials["email"], credentials["password"])
    app = tenant.create_app(name="Acme", splashColor="#dbdbdb", icon=b"\x89PNG\r\n\x1a\nrest")
    assert app.json["meta"]["applications"]["applicationId"] == int(app.json["data"][0]["id"]) == 1
    assert [item["attributes"]["Name"] for item in tenant.call("GET", "applications", page=1).json["data"]] == ["Acme"]
    assert send("GET", tenant.url + app.json["data"][0]["attributes"]["ThumbImageUrl"]).body.endswith(b"rest")
    assert send("GET", tenant.url + app.json["data"][0]["attributes"]["QRCodeUrl"]).body.startswith(b"\x89PNG")
    counts = world.counts()
    assert (counts["logins"], counts["tenants_created"], counts["apps_created"]) == (2, 1, 1)


def test_tokens_belong_to_one_account(world: World, master: Mobsted) -> None:
    made = master.call("POST", "partners", {"email": "a@x.example"}).json
    reply = send("GET", made["url"] + "/api/v8/applications?page=1", headers=master.headers)
    assert reply.status == 401
    tenant = Mobsted(made["url"], "a@x.example", made["authentication"]["password"])
    assert tenant.call("POST", "partners", {"email": "b@x.example"}).status == 403


def test_wrong_password_is_401_and_expires_in_is_absolute(world: World, master: Mobsted) -> None:
    assert abs(master.pair["expires_in"] - time.time() - 7 * 86400) < 10
    assert send("GET", world.mobsted_url + "/api/v8/auth?login=x&password=y").status == 401


@pytest.mark.parametrize(
    ("mode", "check"), [("duration", lambda value: value == 60), ("absent", lambda value: value is None)]
)
def test_expires_in(make_world: Make, mode: str, check: Callable[[Any], bool]) -> None:
    assert check(login(make_world(expires_in=mode, token_ttl=60)).pair.get("expires_in"))


def test_expired_token_then_refresh(make_world: Make) -> None:
    world = make_world()
    master = login(world)
    world.do("tokens_expire")
    assert master.objects().status == 401
    old = master.pair
    url = f"{world.mobsted_url}/api/v8/refresh?refresh_token={old['refresh_token']}"
    reply = send("GET", url)
    assert reply.status == 200
    assert reply.json["access_token"] != old["access_token"]
    assert send("GET", url).status == 501
    master.pair = reply.json
    assert master.objects().status == 200


@pytest.mark.parametrize(("value", "status"), [(False, 404), (501, 501)])
def test_refresh_modes(make_world: Make, value: bool | int, status: int) -> None:
    world = make_world(refresh=value)
    token = login(world).pair["refresh_token"]
    assert send("GET", f"{world.mobsted_url}/api/v8/refresh?refresh_token={token}").status == status


def test_token_limit(make_world: Make) -> None:
    world = make_world(token_limit=1)
    first, second = login(world), login(world)
    assert (first.objects().status, second.objects().status) == (401, 200)


@pytest.mark.parametrize("status", [400, 409, 422, 500])
def test_duplicate_email(make_world: Make, status: int) -> None:
    master = login(make_world(duplicate_status=status))
    assert master.call("POST", "partners", {"email": "a@x.example"}).status == 200
    assert master.call("POST", "partners", {"email": "A@x.example"}).status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [(None, 400), ([], 400), ({}, 422), ({"email": "x"}, 422), ({"email": "a@x.example", "name": "x"}, 422)],
)
def test_partners_is_strict(master: Mobsted, body: Any, status: int) -> None:
    assert master.call("POST", "partners", body).status == status


@pytest.mark.parametrize("envelope", ["data", "attributes", "list"])
def test_envelopes(make_world: Make, envelope: str) -> None:
    body = login(make_world(envelope=envelope)).call("POST", "partners", {"email": "a@x.example"}).json["data"]
    if envelope == "list":
        body = body[0]
    assert "password" in (body if envelope == "data" else body["attributes"])["authentication"]


def test_query_is_strict_and_case_sensitive(make_world: Make) -> None:
    world = make_world(tenants=3)
    master = login(world)
    assert len(master.objects(email="tenant00002@clients.example").json["data"]) == 1
    assert master.objects(email="Tenant00002@clients.example").json["data"] == []
    world.options(case_sensitive_query=False)
    assert len(master.objects(email="Tenant00002@clients.example").json["data"]) == 1
    for bad in (
        "x",
        "{}",
        '[{"field":"Email"}]',
        '[{"field":"Email","operation":"~","value":"x","andor":"and"}]',
        '[{"field":"Nope","operation":"=","value":"x","andor":"and"}]',
    ):
        assert master.call("GET", "object", applicationId=1, page=1, pageSize=1, query=bad).status == 400
    assert master.call("GET", "object", applicationId=1, page=1).status == 400
    assert master.call("GET", "object", applicationId="x", page=1, pageSize=1).status == 400
    assert master.call("GET", "object", applicationId=9, page=1, pageSize=1).status == 404


def test_other_columns_can_be_queried(make_world: Make) -> None:
    master = login(make_world(tenants=3))
    name = master.objects().json["data"][1]["attributes"]["TenantName"]
    query = [{"field": "TenantName", "operation": "=", "value": name, "andor": "and"}]
    found = master.call("GET", "object", applicationId=1, page=1, pageSize=5, query=query).json["data"]
    assert [row["id"] for row in found] == ["2"]


def test_paging(make_world: Make) -> None:
    world = make_world(tenants=25, page_cap=10)
    master = login(world)
    pages = [master.objects(page=page, size=100).json for page in (1, 2, 3, 4)]
    assert [len(page["data"]) for page in pages] == [10, 10, 5, 0]
    assert pages[0]["meta"] == {"current_page": 1, "last_page": 3}
    world.options(last_page=False, empty_shape="null")
    last = master.objects(page=4).json
    assert "last_page" not in last["meta"]
    assert last["data"] is None


def test_objects_path_and_shapes(make_world: Make) -> None:
    world = make_world(objects_path="objects", attributes="flat", spelling="page", tenants=1)
    master = login(world)
    assert master.objects().status == 404
    row = master.objects("objects").json["data"][0]
    assert {"server", "tenant", "url", "defaultPassword", "tenantCreated"} <= set(row)
    assert "UserLogin" not in row


def test_mixed_spelling(make_world: Make) -> None:
    rows = login(make_world(spelling="mixed", tenants=2)).objects().json["data"]
    assert "UserLogin" in rows[0]["attributes"]
    assert "tenant" in rows[1]["attributes"]


def test_record_delay_and_outside_changes(make_world: Make) -> None:
    world = make_world(record_delay_ms=60_000)
    master = login(world)
    master.call("POST", "partners", {"email": "a@x.example"})
    assert master.objects(email="a@x.example").json["data"] == []
    world.do("tenant_show")
    assert len(master.objects(email="a@x.example").json["data"]) == 1
    world.do("tenant_duplicate", email="a@x.example")
    assert len(master.objects(email="a@x.example").json["data"]) == 2
    world.do("tenant_edit", id=1, attributes={"UserPassword": None, "Email": "b@x.example"})
    assert master.objects(email="b@x.example").json["data"][0]["attributes"]["UserPassword"] is None
    world.do("tenant_delete", id=1)
    assert master.objects(email="b@x.example").json["data"] == []


def test_the_client_changes_its_password(make_world: Make) -> None:
    world = make_world(tenants=1)
    tenant = world.tenant("tenant00001@clients.example")
    world.do("tenant_password", email=tenant["email"], password="new&secret")
    assert (
        send("GET", f"{tenant['url']}/api/v8/auth?login={tenant['email']}&password={tenant['password']}").status == 401
    )
    Mobsted(tenant["url"], tenant["email"], "new&secret")
    assert world.tenant(tenant["email"])["recorded_password"] == tenant["password"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": ""},
        {"name": "A", "isPWAless": "0"},
        {"name": "A", "webSiteUrl": "x"},
        {"name": "A", "splashColor": "red"},
        {"name": "A", "colour": "#ffffff"},
    ],
)
def test_create_app_is_strict(master: Mobsted, fields: dict[str, str]) -> None:
    assert master.create_app(None, **fields).status == 422


def test_create_app_wants_multipart_and_an_image(make_world: Make) -> None:
    world = make_world(unique_names=True, app_meta="flat")
    master = login(world)
    assert master.call("POST", "applications", {"name": "A"}).status == 415
    assert master.create_app(name="A", icon=b"no image").status == 422
    assert master.create_app(name="A").json["meta"]["applicationId"] == 2
    assert master.create_app(name="A").status == 409
    assert world.apps()[1]["name"] == "A"


def test_push(make_world: Make) -> None:
    world = make_world(push_path="/api/v8/notifications/send")
    master = login(world)
    body = {"applicationId": 1, "extId": "100500", "title": "T", "message": "#Hi"}
    assert master.call("POST", "push", body).status == 404
    assert master.call("POST", "notifications/send", body).status == 200
    assert master.call("POST", "notifications/send", {**body, "extId": 5}).status == 422
    assert [item["extId"] for item in world.outbox()] == ["100500"]


@pytest.mark.parametrize("shape", ["errors", "message", "text", "html", "legacy", "legacy200"])
def test_error_shapes(make_world: Make, shape: str) -> None:
    reply = send("GET", make_world(error_shape=shape).mobsted_url + "/api/v8/auth?login=a&password=b")
    assert reply.status == (200 if shape == "legacy200" else 401)
    if shape not in ("text", "html"):
        assert isinstance(reply.json, dict)


def test_rate_limit(make_world: Make) -> None:
    world = make_world(rate_limit={"per_second": 0.1, "burst": 2, "retry_after": 3})
    master = login(world)
    replies = [master.objects() for _time in range(2)]
    assert [reply.status for reply in replies] == [200, 429]
    assert replies[1].headers["retry-after"] == "3"
    assert world.counts()["rate_limited"] == 1


def test_host_addressing(make_world: Make) -> None:
    world = make_world(addressing="host", tenants=1)
    port = world.mobsted_url.rpartition(":")[2]
    base, host = f"http://127.0.0.1:{port}", world.mobsted_url.partition("//")[2]
    credentials = urlencode({"login": world.login, "password": world.password})
    pair = send("GET", f"{base}/api/v8/auth?{credentials}", host=host).json
    reply = send(
        "GET",
        f"{base}/api/v8/object?applicationId=1&page=1&pageSize=1",
        host=host,
        headers={"Authorization": f"Bearer {pair['access_token']}"},
    )
    columns = reply.json["data"][0]["attributes"]
    assert columns["url"] is None
    assert columns["ServerName"] == f"localhost:{port}"
    login_url = f"{base}/api/v8/auth?login={columns['UserLogin']}&password={columns['UserPassword']}"
    assert send("GET", login_url, host=f"{columns['TenantName']}-admin.localhost:{port}").status == 200


def test_many_tenants_start_quickly_and_are_found_at_once(make_world: Make) -> None:
    start = time.monotonic()
    world = make_world(tenants=20_000, apps_per_tenant=2)
    assert time.monotonic() - start < 10
    master = login(world)
    start = time.monotonic()
    assert len(master.objects(email="tenant19999@clients.example").json["data"]) == 1
    assert time.monotonic() - start < 2


def test_hostile_and_demo(make_world: Make) -> None:
    hostile = make_world(hostile=True, tenants=2, apps_per_tenant=3)
    assert any("{{" in tenant["email"] for tenant in hostile.state()["tenants"])
    demo = make_world(demo=True, json_style="php")
    rows = login(demo).objects(size=100)
    assert len(rows.json["data"]) == 12
    assert b"\\/" in rows.body
    assert len({row["attributes"]["launchAppTotal"] for row in rows.json["data"]}) == 12


def test_a_bad_option_is_refused(make_world: Make) -> None:
    for bad in ({"nope": 1}, {"spelling": "x"}, {"tenants": "3"}, {"mip": {"signing": "x"}}, {"last_page": 1}):
        with pytest.raises(Exception, match="400"):
            make_world(**bad)
