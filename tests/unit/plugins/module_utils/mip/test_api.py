# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The thirteen calls: paths, bodies, and what a response means."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Script, read_timeout, refused, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.signing import (
    OK,
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


# -- what a response means --------------------------------------------------------------------------------------------


def test_a_login_is_repeated_where_its_response_is_lost(mip: MipAPI, api: Script, deadline: Deadline) -> None:
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


def test_keys_in_responses_are_secrets_and_links_are_shown(
    mip: MipAPI, api: Script, deadline: Deadline, context: RunContext
) -> None:
    api.expect("POST", "/client/7/block/20").json({**OK, "keys": pair(5), "client": USER})
    mip.toggle_client(7, 20, deadline)
    assert set(pair(5).values()) <= context.secrets.hidden
    api.expect("POST", "/login-email").json({**OK, "data": {"hash": "h" * 32, "url": "https://x.example/" + "h" * 32}})
    mip.link_user("u@x.example", 7, deadline)
    assert "h" * 32 in context.secrets.shown
