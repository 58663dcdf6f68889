# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The thirteen calls as they go over the wire: paths, bodies, signatures; key pairs by login; what an answer means."""

from __future__ import annotations

import hashlib
import hmac
import json
import typing as t

import pytest
import requests

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mip.records import Person, number, person_in
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import (
    Clock,
    Expected,
    Script,
    read_timeout,
    refused,
    reset,
)

PUBLIC, PRIVATE = "p" * 32, "q" * 32
OWNER = {"email": "owner@mip.example", "password": "owner-password"}
USER = {"id": 20, "email": "u@x.example", "is_blocked": False, "created": "2021-06-08T16:09:25.159+02:00"}
OK = {"status": "ok"}
SENT = {"status": "ok", "message": "Email has been sent."}
Connect = t.Callable[..., MipAPI]


def pair(number: int = 1) -> dict[str, str]:
    return {"publicKey": f"public-{number}-" + "a" * 20, "privateKey": f"private-{number}-" + "b" * 20}


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    text = str(caught.value) + str(caught.value.as_dict())
    for secret in ("owner-password", PRIVATE, "private-1", "user-password"):
        assert secret not in text
    return caught.value


def signed(request: requests.PreparedRequest, public: str = PUBLIC, private: str = PRIVATE) -> bool:
    body = request.body if isinstance(request.body, bytes) else b""
    path = request.path_url
    wanted = hmac.new(private.encode(), public.encode() + path.encode() + body, hashlib.sha1).hexdigest()
    return request.headers.get("X-public") == public and request.headers.get("X-hmac") == wanted


def unsigned(request: requests.PreparedRequest) -> bool:
    return not any(name.lower().startswith("x-") for name in request.headers)


CALLS: list[tuple[str, t.Callable[[MipAPI, Deadline], t.Any], str, dict[str, t.Any], dict[str, t.Any], bool]] = [
    (
        "register user",
        lambda c, e: c.register_user("u@x.example", "user-password", e).id,
        "/register",
        {"email": "u@x.example", "password": "user-password"},
        {**OK, "keys": pair(), "user": USER},
        False,
    ),
    (
        "register client",
        lambda c, e: c.register_client(7, "u@x.example", "user-password", e).id,
        "/register/client/7",
        {"email": "u@x.example", "password": "user-password"},
        {**OK, "keys": pair(), "client": USER},
        True,
    ),
    (
        "login user",
        lambda c, e: c.login_user("u@x.example", "user-password", e).person,
        "/login",
        {"email": "u@x.example", "password": "user-password"},
        {**OK, "keys": pair(), "user": {**USER, "marketplaces": []}},
        False,
    ),
    (
        "login client",
        lambda c, e: c.login_client(7, "u@x.example", "user-password", e).person,
        "/login/client/7",
        {"email": "u@x.example", "password": "user-password"},
        {**OK, "keys": pair(), "client": USER},
        False,
    ),
    (
        "link user",
        lambda c, e: c.link_user("u@x.example", 7, e).hash,
        "/login-email",
        {"email": "u@x.example", "company_id": "7"},
        {**OK, "data": {"hash": "h" * 32, "url": "https://x.example/h"}},
        True,
    ),
    (
        "link client",
        lambda c, e: c.link_client("u@x.example", 7, e).url,
        "/client/login-email",
        {"email": "u@x.example", "company_id": "7"},
        {**OK, "data": {"hash": "h" * 32, "url": "https://x.example/h"}},
        True,
    ),
    (
        "block client",
        lambda c, e: c.toggle_client(7, 20, e),
        "/client/7/block/20",
        {},
        {**OK, "keys": pair(), "client": USER},
        True,
    ),
    ("remove client", lambda c, e: c.remove_client(7, 20, e), "/client/7/remove/20", {}, OK, True),
    (
        "forgot user",
        lambda c, e: c.forgot_user("u@x.example", e),
        "/forgot-password",
        {"email": "u@x.example"},
        SENT,
        False,
    ),
    (
        "forgot client",
        lambda c, e: c.forgot_client("u@x.example", e),
        "/forgot-password/client",
        {"email": "u@x.example"},
        SENT,
        False,
    ),
    (
        "add member",
        lambda c, e: c.add_member(7, "u@x.example", e),
        "/member/7/add",
        {"email": "u@x.example"},
        SENT,
        True,
    ),
    ("remove member", lambda c, e: c.remove_member(7, 20, e), "/member/7/remove/20", {}, OK, True),
    (
        "block member",
        lambda c, e: c.toggle_member(7, 20, e),
        "/member/7/block/20",
        {},
        {**OK, "user": [USER]},
        True,
    ),
]


@pytest.mark.parametrize(("name", "call", "path", "body", "response", "signs"), CALLS, ids=[one[0] for one in CALLS])
def test_each_call_goes_out_as_documented(
    name: str, call: t.Any, path: str, body: t.Any, response: t.Any, signs: bool, api: Script, mip: MipAPI,
    deadline: Deadline,
) -> None:  # fmt: skip
    api.expect("POST", path, json=body, headers={"Content-Type": "application/json"}).json(response)
    assert call(mip, deadline)
    assert signed(api.seen[0]) if signs else unsigned(api.seen[0])


def test_there_are_thirteen_calls() -> None:
    assert len({path for _name, _call, path, *_rest in CALLS}) == 13


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
    """Whatever comes is answered with success."""

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


def test_a_client_is_registered_unsigned_where_nobody_signs(connect: Connect, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/register/client/7", when=unsigned).json({**OK, "client": USER})
    connect(base="https://cloud.mip.to").register_client(7, "u@x.example", "user-password", deadline)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"base": "https://cloud.mip.to"}, "api_email and api_password missing"),
        ({"email": "owner@mip.example"}, "api_password missing"),
        ({"signing": "keys"}, "api_email and api_password missing"),
    ],
)
def test_what_is_missing_to_sign_is_named(given: t.Any, missing: str, connect: Connect, deadline: Deadline) -> None:
    error = failure(lambda: connect(**given).remove_client(7, 20, deadline))
    assert error.code == "invalid_input"
    assert missing in error.msg
    assert "MIP_API_PASSWORD" in error.msg


# -- key pairs by login -----------------------------------------------------------------------------------------------


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
    other = connect(**OWNER, retries=0)  # another client of the same account, as another task makes it
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


# -- what an answer means ---------------------------------------------------------------------------------------------


def test_a_login_is_repeated_where_its_answer_is_lost(mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/login").fails(reset())
    api.expect("POST", "/login").json({}, 502)
    api.expect("POST", "/login").json({**OK, "user": USER})
    person = mip.login_user("u@x.example", "user-password", deadline).person
    assert person is not None
    assert person.id == 20


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_refused_login_says_nothing_of_the_person(status: int, mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/login/client/7").json({"status": "error", "error": "NotFound"}, status)
    login = mip.login_client(7, "u@x.example", "user-password", deadline)
    assert login.person is None
    assert login.refusal is not None
    assert login.refusal.status == status


def test_a_refusal_under_200_is_one(mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/login").json({"status": "error", "error": {"code": "AccessDenied"}})
    assert mip.login_user("u@x.example", "user-password", deadline).person is None


@pytest.mark.parametrize("body", [{}, {"status": "ok"}, {"status": "ok", "user": {"email": "x"}}, {"user": USER}, []])
def test_a_login_that_makes_no_sense_is_an_error(body: t.Any, mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/login").json(body)
    assert failure(lambda: mip.login_user("u@x.example", "user-password", deadline)).code == "invalid_response"


@pytest.mark.parametrize("status", [429, 500])
def test_a_login_that_fails_is_no_refusal(status: int, connect: Connect, api: Script, deadline: Deadline) -> None:
    client = connect(retries=0, public_key=PUBLIC, private_key=PRIVATE)
    api.expect("POST", "/login").json({"status": "error"}, status, Retry_After="1000")
    error = failure(lambda: client.login_user("u@x.example", "user-password", deadline))
    assert error.code in ("rate_limited", "server_error")


@pytest.mark.parametrize("lost", [reset(), read_timeout()], ids=["reset", "timeout"])
def test_a_write_is_not_sent_again(lost: Exception, mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/member/7/add").fails(lost)
    assert failure(lambda: mip.add_member(7, "u@x.example", deadline)).executed is None


def test_a_write_that_was_not_sent_is(mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/member/7/add").fails(refused())
    api.expect("POST", "/member/7/add").json({"status": "error"}, 429, Retry_After="2")
    api.expect("POST", "/member/7/add").json(SENT)
    assert mip.add_member(7, "u@x.example", deadline) == "Email has been sent."
    assert deadline.attempts == 3


@pytest.mark.parametrize(
    ("response", "executed"), [({"status": "error", "error": "x"}, None), ({}, None), ([], None), ({"status": 1}, None)]
)
def test_a_success_without_ok_is_not_understood(
    response: t.Any, executed: t.Any, mip: MipAPI, api: Script, deadline: Deadline
) -> None:
    api.expect("POST", "/member/7/add").json(response)
    error = failure(lambda: mip.add_member(7, "u@x.example", deadline))
    assert (error.code, error.executed) == ("invalid_response", executed)


@pytest.mark.parametrize("status", [404, 410])
def test_who_is_gone_already_counts_as_removed(status: int, mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/client/7/remove/20").json({"status": "error", "error": "NotFound"}, status)
    assert mip.remove_client(7, 20, deadline) is False
    api.expect("POST", "/member/7/remove/20").html(status, title="Not found")
    error = failure(lambda: mip.remove_member(7, 20, deadline))
    assert (error.code, error.executed) == ("not_found", False)


@pytest.mark.parametrize("data", [None, [], {"hash": "h" * 32}, {"url": 5}])
def test_a_link_without_url_is_an_error(data: t.Any, mip: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/login-email").json({**OK, "data": data})
    assert failure(lambda: mip.link_user("u@x.example", 7, deadline)).code == "invalid_response"


def test_keys_in_answers_are_secrets_and_links_are_shown(
    mip: MipAPI, api: Script, deadline: Deadline, context: RunContext
) -> None:
    api.expect("POST", "/client/7/block/20").json({**OK, "keys": pair(5), "client": USER})
    mip.toggle_client(7, 20, deadline)
    assert set(pair(5).values()) <= context.secrets.hidden
    api.expect("POST", "/login-email").json({**OK, "data": {"hash": "h" * 32, "url": "https://x.example/" + "h" * 32}})
    mip.link_user("u@x.example", 7, deadline)
    assert "h" * 32 in context.secrets.shown


# -- records ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([], {}),
        ([7, "8", "x", True, None], {7: None, 8: None}),
        ([{"id": 7, "is_blocked": True}, {"cid": "8"}, {"company_id": 9}, {"name": "x"}], {7: True, 8: None, 9: None}),
        (None, None),
        ("7", None),
    ],
)
def test_marketplaces_in_every_likely_shape(listed: t.Any, found: t.Any) -> None:
    assert Person.read({"id": 1, "marketplaces": listed}).marketplaces == found


@pytest.mark.parametrize(
    ("value", "blocked"),
    [
        ({"id": 20, "is_blocked": True}, True),
        ([{"id": 20, "is_blocked": True}], True),
        ([{"id": 3, "is_blocked": False}, {"id": 20, "is_blocked": True}], True),
        ({"is_blocked": 1}, True),
        ([{"id": 3, "is_blocked": True}], "none"),
        ([{"is_blocked": True}, {"is_blocked": False}], "none"),
        ([], "none"),
        (None, "none"),
        ({"id": 20, "is_blocked": "maybe"}, None),
    ],
)
def test_the_elided_member_is_found_or_not(value: t.Any, blocked: t.Any) -> None:
    person = person_in(value, 20)
    assert ("none" if person is None else person.blocked) == blocked


def test_ids_and_addresses() -> None:
    assert [number(value) for value in (5, "5", "x", True, None, 5.5, "")] == [5, 5, None, None, None, None, None]
    person = Person.read({"id": "5", "email": "A@X.example"})
    assert not person.is_other_than("a@x.example")
    assert person.is_other_than("b@x.example")
    assert not Person(None).is_other_than("b@x.example")
