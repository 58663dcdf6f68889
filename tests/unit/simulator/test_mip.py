# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MIP: the thirteen calls, signatures, toggles, invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from simulator.client import World

from simulator_calls import mip_call, send

Make = Callable[..., World]


def owner(world: World) -> tuple[str, str]:
    reply = mip_call(world, "/login", {"email": world.mip_email, "password": world.mip_password}).json
    return reply["keys"]["publicKey"], reply["keys"]["privateKey"]


def test_register_and_login(world: World) -> None:
    body = {"email": "A@x.example", "password": "p"}
    made = mip_call(world, "/register", body)
    assert made.status == 200
    assert "marketplaces" not in made.json["user"]
    assert mip_call(world, "/register", body).status == 400
    again = mip_call(world, "/login", body).json
    assert again["user"]["marketplaces"] == []
    assert again["keys"] == made.json["keys"]
    wrong = mip_call(world, "/login", {**body, "password": "q"})
    assert (wrong.status, wrong.json) == (403, {"status": "error", "error": "AccessDenied"})


def test_client_life(world: World) -> None:
    keys, body = owner(world), {"email": "c@x.example", "password": "p"}
    client = mip_call(world, "/register/client/7", body).json["client"]
    assert client["billing_data"]["NIP"] is None
    assert not client["is_blocked"]
    block = f"/client/7/block/{client['id']}"
    assert mip_call(world, block).status == 403
    assert [mip_call(world, block, keys=keys).json["client"]["is_blocked"] for _time in range(2)] == [True, False]
    sso = mip_call(world, "/client/login-email", {"email": "c@x.example", "company_id": "7"}, keys).json["data"]
    assert sso["hash"] in sso["url"]
    assert sso["url"].endswith("?company_id=7")
    assert len(sso["hash"]) == 32
    assert mip_call(world, f"/client/7/remove/{client['id']}", keys=keys).json == {"status": "ok"}
    assert mip_call(world, f"/client/7/remove/{client['id']}", keys=keys).status == 404
    assert mip_call(world, "/login/client/7", body).status == 403


def test_signature_covers_path_and_body(world: World) -> None:
    keys = owner(world)
    assert mip_call(world, "/member/7/add", {"email": "m@x.example"}, (keys[0], "0" * 32)).status == 403
    assert mip_call(world, "/member/9/add", {"email": "m@x.example"}, keys).status == 404
    stranger = mip_call(world, "/register", {"email": "s@x.example", "password": "p"}).json["keys"]
    pair = (stranger["publicKey"], stranger["privateKey"])
    assert mip_call(world, "/member/7/add", {"email": "m@x.example"}, pair).status == 403


def test_members_and_invitations(world: World) -> None:
    keys, add = owner(world), "/member/7/add"
    for _time in range(2):
        assert mip_call(world, add, {"email": "new@x.example"}, keys).json["message"] == "Email has been sent."
    assert [mail["kind"] for mail in world.outbox()] == ["invitation", "invitation"]
    assert world.state()["marketplaces"]["7"]["invited"] == ["new@x.example"]
    user = world.do("mip_accept", marketplace_id=7, email="new@x.example", password="p")
    login = mip_call(world, "/login", {"email": "new@x.example", "password": "p"}).json["user"]
    assert [item["id"] for item in login["marketplaces"]] == [7]
    block = f"/member/7/block/{user['id']}"
    assert mip_call(world, block, keys=keys).json["user"]["is_blocked"] is True
    assert mip_call(world, f"/member/7/remove/{user['id']}", keys=keys).status == 200
    assert mip_call(world, block, keys=keys).status == 404


@pytest.mark.parametrize(("joins", "expected"), [("immediate", [1]), ("accept", [])])
def test_a_registered_user_joins(make_world: Make, joins: str, expected: list[int]) -> None:
    world = make_world(mip={"member_joins": joins})
    body = {"email": "u@x.example", "password": "p"}
    mip_call(world, "/register", body)
    mip_call(world, "/member/1/add", {"email": "u@x.example"}, owner(world))
    assert [item["id"] for item in mip_call(world, "/login", body).json["user"]["marketplaces"]] == expected


@pytest.mark.parametrize(
    ("shape", "check"), [("list", lambda user: user[0]["is_blocked"]), ("empty", lambda user: user == [])]
)
def test_member_responses(make_world: Make, shape: str, check: Callable[[Any], bool]) -> None:
    world = make_world(mip={"member_answer": shape})
    user = world.do("mip_accept", marketplace_id=7, email="u@x.example")
    assert check(mip_call(world, f"/member/7/block/{user['id']}", keys=owner(world)).json["user"])


def test_other_ways(make_world: Make) -> None:
    world = make_world(
        mip={
            "signing": "keys",
            "prefix": "/api/v1",
            "error_shape": "object",
            "block_answer": "omit",
            "remove_missing_status": 200,
            "rotate_keys": True,
            "register_existing_status": 409,
        }
    )
    first, second = owner(world), owner(world)
    assert first != second
    client = world.do("mip_client", marketplace_id=7, email="c@x.example")
    url = f"{world.mip_url}/client/7/block/{client['id']}"
    assert (
        send("POST", url, headers={"X-public": first[0], "X-private": first[1]}).json["error"]["code"] == "AccessDenied"
    )
    assert send("POST", url, headers={"X-public": second[0], "X-private": second[1]}).json == {"status": "ok"}
    assert (
        send(
            "POST", f"{world.mip_url}/client/7/remove/1", headers={"X-public": second[0], "X-private": second[1]}
        ).status
        == 200
    )
    assert send("POST", world.mip_url.removesuffix("/api/v1") + "/login", b"{}").status == 404


def test_forgot_and_sso_user(world: World) -> None:
    mip_call(world, "/register/client/1", {"email": "c@x.example", "password": "p"})
    for path, email in (
        ("/forgot-password", world.mip_email),
        ("/forgot-password/client", "c@x.example"),
        ("/forgot-password", "nobody@x.example"),
    ):
        assert mip_call(world, path, {"email": email}).json == {"status": "ok", "message": "Email has been sent."}
    assert [mail["kind"] for mail in world.outbox()] == ["user_password", "client_password"]
    reply = mip_call(world, "/login-email", {"email": world.mip_email, "company_id": 1}, owner(world)).json
    assert reply["data"]["url"].startswith("https://cloud.mip.to/app/login-otp/")


def test_the_signature_is_over_the_path_as_requested(world: World) -> None:
    client = world.do("mip_client", marketplace_id=7, email="c@x.example")
    assert mip_call(world, f"/client/%37/block/{client['id']}", keys=owner(world)).status == 200
