# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key pairs and signatures: a pair that is given, or one from the owner's login."""

from __future__ import annotations

import json
import typing as t

import pytest
import requests

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Clock, Expected, Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.signing import (
    OK,
    OWNER,
    PRIVATE,
    PUBLIC,
    SENT,
    USER,
    Connect,
    failure,
    pair,
    signed,
    unsigned,
)


@pytest.mark.parametrize("base", ["https://cloud.mip.to/api/v1", "https://cloud.mip.to/a%2db/x y"])
def test_the_signature_is_over_the_path_as_it_is_sent(
    base: str, connect: Connect, api: Script, deadline: Deadline
) -> None:
    client = connect(base=base, public_key=PUBLIC, private_key=PRIVATE)
    api.expected.append(t.cast(Expected, _Any()))
    client.remove_client(7, 20, deadline)
    assert api.seen[0].body == b"{}"
    assert signed(api.seen[0])


class _Any:
    """Expects any call and responds with success."""

    method, path, seconds, error = "POST", "", 0.0, None
    status, headers, body = 200, {"Content-Type": "application/json"}, json.dumps(OK).encode()

    def differences(self, request: requests.PreparedRequest) -> list[str]:
        return []


def test_signing_with_the_pair_itself_and_without(connect: Connect, api: Script, deadline: Deadline) -> None:
    headers = {"X-public": PUBLIC, "X-private": PRIVATE, "X-hmac": None}
    api.expect("POST", "/client/7/remove/20", headers=headers).json(OK)
    connect(public_key=PUBLIC, private_key=PRIVATE, signing="keys").remove_client(7, 20, deadline)
    api.expect("POST", "/client/7/remove/20", when=unsigned).json(OK)
    api.expect("POST", "/register/client/7", when=unsigned).json({**OK, "client": USER})
    bare = connect(signing="none")
    bare.need_signing()
    bare.prepare(deadline)
    bare.remove_client(7, 20, deadline)
    bare.register_client(7, "u@x.example", "user-password", deadline)


def test_a_client_is_registered_unsigned_if_nobody_signs(connect: Connect, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/register/client/7", when=unsigned).json({**OK, "client": USER})
    connect(base="https://cloud.mip.to").register_client(7, "u@x.example", "user-password", deadline)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"base": "https://cloud.mip.to"}, "api_email and api_password are missing"),
        ({"email": "owner@mip.example"}, "api_password is missing"),
        ({"signing": "keys"}, "api_email and api_password are missing"),
    ],
)
def test_what_is_missing_to_sign_is_named(given: t.Any, missing: str, connect: Connect, deadline: Deadline) -> None:
    error = failure(lambda: connect(**given).remove_client(7, 20, deadline))
    assert error.code == "invalid_input"
    assert missing in error.msg
    assert "MIP_API_PASSWORD" in error.msg


def owner_login(api: Script, number: int = 1) -> None:
    api.expect("POST", "/login", json=OWNER, when=unsigned).json({**OK, "keys": pair(number), "user": USER})


def by(number: int) -> t.Callable[[requests.PreparedRequest], bool]:
    keys = pair(number)
    return lambda request: signed(request, keys["publicKey"], keys["privateKey"])


def test_one_login_for_many_calls_and_clients(
    connect: Connect, api: Script, deadline: Deadline, context: RunContext
) -> None:
    first = connect(**OWNER)
    owner_login(api)
    for _two in range(2):
        api.expect("POST", "/member/7/add", when=by(1)).json(SENT)
        first.add_member(7, "u@x.example", deadline)
    api.expect("POST", "/member/7/add", when=by(1)).json(SENT)
    other = connect(**OWNER, retries=0)  # another client of the same account, as in another task
    assert other is not first
    other.add_member(7, "u@x.example", deadline)
    assert set(pair(1).values()) <= context.secrets.hidden


@pytest.mark.parametrize("status", [401, 403])
def test_a_pair_that_is_refused_later_is_renewed_once(
    status: int, connect: Connect, api: Script, deadline: Deadline
) -> None:
    client = connect(**OWNER)
    owner_login(api)
    client.prepare(deadline)
    api.expect("POST", "/member/7/add", when=by(1)).json({"status": "error", "error": "AccessDenied"}, status)
    owner_login(api, 2)
    api.expect("POST", "/member/7/add", when=by(2)).json(SENT)
    client.add_member(7, "u@x.example", deadline)


def test_a_pair_had_just_now_is_not_renewed(connect: Connect, api: Script, deadline: Deadline) -> None:
    owner_login(api)
    api.expect("POST", "/member/9/add").json({"status": "error", "error": "AccessDenied"}, 403)
    error = failure(lambda: connect(**OWNER).add_member(9, "u@x.example", deadline))
    assert (error.code, error.executed) == ("forbidden", False)
    assert "owns the marketplace" in error.msg


def test_the_same_pair_again_is_not_tried_again(connect: Connect, api: Script, deadline: Deadline) -> None:
    client = connect(**OWNER)
    owner_login(api)
    client.prepare(deadline)
    api.expect("POST", "/member/9/add").json({"status": "error"}, 403)
    owner_login(api)
    assert failure(lambda: client.add_member(9, "u@x.example", deadline)).code == "forbidden"


def test_a_given_pair_gives_way_to_the_login(connect: Connect, api: Script, deadline: Deadline) -> None:
    client = connect(public_key=PUBLIC, private_key=PRIVATE, **OWNER)
    api.expect("POST", "/member/7/add", when=signed).json({"status": "error"}, 403)
    owner_login(api)
    api.expect("POST", "/member/7/add", when=by(1)).json(SENT)
    client.add_member(7, "u@x.example", deadline)


def test_a_given_pair_alone_is_refused_at_once(mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/member/7/add").json({"status": "error", "error": "AccessDenied"}, 401)
    error = failure(lambda: mip.add_member(7, "u@x.example", deadline))
    assert error.code == "auth_failed"
    assert "signing is hmac_sha1" in error.msg


@pytest.mark.parametrize(
    ("body", "status"),
    [({"status": "error", "error": "AccessDenied"}, 403), ({"status": "error", "error": "AccessDenied"}, 200)],
)
def test_a_refused_login_of_the_owner_is_not_repeated_at_once(
    body: t.Any, status: int, connect: Connect, api: Script, deadline: Deadline, clock: Clock
) -> None:
    client = connect(**OWNER)
    api.expect("POST", "/login").json(body, status)
    for _two in range(2):
        error = failure(lambda: client.add_member(7, "u@x.example", deadline))
        assert (error.code, error.executed, error.status) == ("auth_failed", False, status)
        assert "owner@mip.example" in error.msg
    clock.pass_by(6)
    owner_login(api)
    api.expect("POST", "/member/7/add").json(SENT)
    client.add_member(7, "u@x.example", deadline)


def test_a_login_without_keys_is_no_login(connect: Connect, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/login").json({**OK, "user": USER})
    assert failure(lambda: connect(**OWNER).prepare(deadline)).code == "invalid_response"


@pytest.mark.parametrize("response", [502, 500])
def test_a_lost_login_before_a_write_leaves_the_write_unsent(
    response: int, connect: Connect, api: Script, deadline: Deadline
) -> None:
    api.expect("POST", "/login").json({}, response)
    error = failure(lambda: connect(**OWNER, retries=0).add_member(7, "u@x.example", deadline))
    assert (error.code, error.executed) == ("server_error", False)
