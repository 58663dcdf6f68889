# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logging in once and staying logged in: expiry, renewal, refusal, sharing."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.auth import renewal
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import Connection
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.run.store import FOLDER
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Clock, Script, refused
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.logins import apps, failure

LOGIN = {"login": "partner@example.com", "password": "master-password"}
NOW = 1_700_000_000.0


# -- when to renew ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOW + 7 * 86400, NOW + 7 * 86400 - 60),  # an absolute time, as in the vendor's example
        (str(int(NOW + 600)), NOW + 540),
        (3600, NOW + 3540),  # a duration
        (100, NOW + 50),  # lives for less than two minutes: renewed at half time
        (1, NOW + 0.5),
        (NOW - 10, None),  # expired on arrival: our clock is wrong, so let the API decide
        (None, None),
        ("", None),
        ("soon", None),
        ([], None),
        (0, None),
        (-5, None),
        (float("nan"), None),
        (float("inf"), None),
        (1e12, None),  # perhaps milliseconds: not reliable
    ],
)
def test_renewal(value, expected):
    assert renewal(value, NOW) == expected


# -- one login --------------------------------------------------------------------------------------------------------


def test_the_login_and_what_follows(api, client, deadline):
    api.login(only_query=LOGIN, headers={"Authorization": None})
    apps(api, "token-1")
    apps(api, "token-1")
    client.apps(deadline)
    client.apps(deadline)
    assert deadline.logins == 1


@pytest.mark.parametrize("expires_in", [NOW + 3600, 3600])
def test_a_token_is_renewed_a_minute_before_its_end(api, client, clock, expires_in):
    first = {"access_token": "t1", "refresh_token": "r1", "expires_in": expires_in}
    api.expect("GET", "auth").json(first)
    client.log_in(Deadline(10))
    clock.now = NOW + 3539
    client.log_in(Deadline(10))
    clock.now = NOW + 3541
    api.expect("GET", "refresh", only_query={"refresh_token": "r1"}, headers={"Authorization": None}).json(
        {"access_token": "t2", "refresh_token": "r2", "expires_in": NOW + 9999}
    )
    client.log_in(Deadline(10))
    apps(api, "t2")
    client.apps(Deadline(10))


def test_a_refresh_that_gives_no_new_refresh_token_keeps_the_old_one(api, client, clock):
    api.expect("GET", "auth").json({"access_token": "t1", "refresh_token": "r1", "expires_in": 200})
    client.log_in(Deadline(10))
    for number in (2, 3):
        clock.pass_by(3600)
        api.expect("GET", "refresh", query={"refresh_token": "r1"}).json(
            {"access_token": f"t{number}", "expires_in": 200}
        )
        client.log_in(Deadline(10))


def fail_501(call: t.Any) -> None:
    call.json({"message": "Not Implemented"}, 501)


def fail_401(call: t.Any) -> None:
    call.json({}, 401)


def fail_page(call: t.Any) -> None:
    call.html(200)


def fail_without_token(call: t.Any) -> None:
    call.json({"data": []})


def fail_lost(call: t.Any) -> None:
    call.after(10_000)


@pytest.mark.parametrize("fail", [fail_501, fail_401, fail_page, fail_without_token, fail_lost])
def test_whatever_is_wrong_with_a_refresh_there_is_one_login(api, client, clock, fail):
    api.expect("GET", "auth").json({"access_token": "t1", "refresh_token": "r1", "expires_in": 200})
    client.log_in(Deadline(10))
    clock.pass_by(3600)
    fail(api.expect("GET", "refresh"))
    api.login("t2", query=LOGIN)
    client.log_in(Deadline(300))
    apps(api, "t2")
    client.apps(Deadline(10))


def test_without_a_refresh_token_there_is_a_login(api, client, clock):
    api.expect("GET", "auth").json({"access_token": "t1", "expires_in": 200})
    client.log_in(Deadline(10))
    clock.pass_by(3600)
    api.login("t2")
    client.log_in(Deadline(10))


def test_tokens_are_secrets_at_once(api, client, context, deadline):
    api.expect("GET", "auth").json({"access_token": "access-secret", "refresh_token": "refresh-secret"})
    client.log_in(deadline)
    assert {"access-secret", "refresh-secret", "master-password"} <= context.secrets.hidden


@pytest.mark.parametrize("body", [{"data": {"access_token": "t1"}}, {"access_token": "t1", "data": None}])
def test_envelopes_of_the_login(api, client, deadline, body):
    api.expect("GET", "auth").json(body)
    client.log_in(deadline)
    apps(api, "t1")
    client.apps(deadline)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "nothing"),
        ({"token": "x", "data": 1}, "data, token"),
        ({"access_token": ""}, "access_token"),
        ([], "JSON object"),
    ],
)
def test_a_login_without_a_token(api, client, deadline, body, said):
    api.expect("GET", "auth").json(body)
    error = failure(lambda: client.log_in(deadline))
    assert error.code == "invalid_response"
    assert said in error.msg


# -- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_a_refused_login(api, client, deadline, status):
    api.expect("GET", "auth").json({"message": "Wrong password"}, status)
    error = failure(lambda: client.log_in(deadline))
    assert error.as_dict() == {
        "code": "auth_failed",
        "method": "GET",
        "path": "/api/v8/auth",
        "status": status,
        "message": "Wrong password",
    }
    assert "partner@example.com" in error.msg
    assert f"({status}: Wrong password)" in error.msg


def test_a_refused_login_is_not_repeated_at_once(api, client, clock):
    """A loop of a hundred items must not lock the account."""
    api.expect("GET", "auth").json({}, 401)
    first = failure(lambda: client.log_in(Deadline(10)))
    again = failure(lambda: client.log_in(Deadline(10)))
    assert (again.msg, again.as_dict()) == (first.msg, first.as_dict())
    clock.pass_by(6)
    api.login()
    client.log_in(Deadline(10))


ENDINGS: list[t.Callable[[Script], object]] = [
    lambda api: api.expect("GET", "auth").json({}, 423),
    lambda api: api.expect("GET", "auth").json({}, 418),
    lambda api: api.expect("GET", "auth").html(200),
    lambda api: api.expect("GET", "auth").raw(b'{"access_'),
    lambda api: api.expect("GET", "auth").json({"error": "wrong password"}),
    lambda api: [api.expect("GET", "auth").raw(b"wrong password", 500) for _try in range(2)],
    lambda api: [api.expect("GET", "auth").html(500) for _try in range(2)],
]


@pytest.mark.parametrize("end", ENDINGS)
def test_whatever_ends_a_login_without_a_token_is_remembered(api, connection, tmp_path, clock, end):
    end(api)
    errors = [failure(lambda: other_process(connection, tmp_path).log_in(Deadline(10))) for _item in range(6)]
    assert len({(error.code, error.msg) for error in errors}) == 1


def test_a_login_that_got_no_response_is_not_remembered(api, client):
    for _try in range(5):
        api.expect("GET", "auth").fails(refused())
    assert failure(lambda: client.log_in(Deadline(300))).code == "unreachable"
    api.login()
    client.log_in(Deadline(10))


def test_another_password_is_another_login(api, client, context, connection):
    api.expect("GET", "auth").json({}, 401)
    failure(lambda: client.log_in(Deadline(10)))
    api.login(query={"password": "corrected"})
    client.account(connection.base, "partner@example.com", "corrected").log_in(Deadline(10))


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (302, "invalid_response"), (501, "server_error")])
def test_a_login_that_fails_in_another_way(api, client, deadline, status, code):
    api.expect("GET", "auth").json({}, status)
    assert failure(lambda: client.log_in(deadline)).code == code


def test_a_login_is_tried_again_after_a_lost_response(api, client, deadline):
    api.expect("GET", "auth").html(502)
    api.login()
    client.log_in(deadline)


# -- api_token --------------------------------------------------------------------------------------------------------


def test_a_token_alone_needs_no_login(api, token_client, deadline):
    apps(api, "given-token")
    token_client.apps(deadline)
    assert deadline.logins == 0


def test_a_token_alone_that_is_refused(api, token_client, deadline):
    apps(api, "given-token", 401)
    error = failure(lambda: token_client.apps(deadline))
    assert (error.code, error.status) == ("auth_failed", 401)
    assert "refused api_token" in error.msg
    assert "given-token" not in error.msg


def test_a_token_with_a_login_is_replaced_when_it_is_refused(api, context, deadline):
    client = MobstedAPI.of(Connection(base=HOST, login="a@b.example", password="pw", token="given"), context)
    apps(api, "given", 401)
    api.login("t1", query={"login": "a@b.example", "password": "pw"})
    apps(api, "t1")
    apps(api, "t1")
    client.apps(deadline)
    client.apps(deadline)


# -- shared by a run --------------------------------------------------------------------------------------------------


def other_process(connection: Connection, folder: t.Any) -> MobstedAPI:
    return MobstedAPI.of(connection, RunContext(str(folder)))


def test_processes_of_a_run_log_in_once(api, connection, tmp_path, clock: Clock):
    api.login("shared-token")
    other_process(connection, tmp_path).log_in(Deadline(10))
    other = other_process(connection, tmp_path)
    apps(api, "shared-token")
    other.apps(Deadline(10))
    assert "shared-token" in other.context.secrets.hidden  # also a token that was only read


def test_a_refused_token_of_the_run_is_renewed_by_one_and_used_by_all(api, connection, tmp_path, clock):
    one, other = other_process(connection, tmp_path), other_process(connection, tmp_path)
    api.expect("GET", "auth").json({"access_token": "t1"})
    one.log_in(Deadline(10))
    other.log_in(Deadline(10))
    clock.pass_by(10)
    apps(api, "t1", 401)
    api.expect("GET", "auth").json({"access_token": "t2"})
    apps(api, "t2")
    one.apps(Deadline(10))
    clock.pass_by(10)
    apps(api, "t1", 401)
    apps(api, "t2")
    other.apps(Deadline(10))


def test_without_a_cache_each_process_logs_in(api, tmp_path, clock):
    connection = Connection(base=HOST, login="a@b.example", password="pw", token_cache="none")
    api.login()
    other_process(connection, tmp_path).log_in(Deadline(10))
    api.login()
    other_process(connection, tmp_path).log_in(Deadline(10))
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('"User does not exist"', "auth_failed"),
        ("Wrong login or password", "auth_failed"),
        ('"User database is unavailable"', "server_error"),
        ("<html><title>Login</title></html>", "server_error"),
        ("oops", "server_error"),
        ("", "server_error"),
    ],
)
def test_v8_refuses_a_login_with_500_and_says_why(api, client, deadline, body, code):
    for _try in range(2):
        api.expect("GET", "auth").raw(body.encode(), 500)
    assert failure(lambda: client.log_in(deadline)).code == code
