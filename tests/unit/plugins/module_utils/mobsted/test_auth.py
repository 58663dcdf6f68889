# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logging in once and staying logged in: expiry, renewal, refusal, sharing."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.auth import renewal
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import Connection
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.run.store import FOLDER
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Clock, Script, refused
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.proofs import no_tenant

LOGIN = {"login": "partner@example.com", "password": "master-password"}
NOW = 1_700_000_000.0


def apps(api: Script, token: str, status: int = 200) -> None:
    body = {"data": [{"id": "1", "Name": "My Sub Accounts"}], "meta": {"last_page": 1}} if status == 200 else {}
    api.expect("GET", "applications", headers={"Authorization": f"Bearer {token}"}).json(body, status)


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert "master-password" not in str(caught.value) + str(caught.value.as_dict())
    return caught.value


# -- when to renew ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOW + 7 * 86400, NOW + 7 * 86400 - 60),  # an absolute time, as the vendor's example
        (str(int(NOW + 600)), NOW + 540),
        (3600, NOW + 3540),  # a duration
        (100, NOW + 50),  # lives for less than two minutes: at half time
        (1, NOW + 0.5),
        (NOW - 10, None),  # over on arrival: our clock is wrong, so the API tells
        (None, None),
        ("", None),
        ("soon", None),
        ([], None),
        (0, None),
        (-5, None),
        (float("nan"), None),
        (float("inf"), None),
        (1e12, None),  # milliseconds, perhaps: nothing to rely on
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


def test_a_login_that_got_no_answer_is_not_remembered(api, client):
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


def test_a_login_is_tried_again_after_a_lost_answer(api, client, deadline):
    api.expect("GET", "auth").html(502)
    api.login()
    client.log_in(deadline)


# -- 401 on a call ----------------------------------------------------------------------------------------------------


def logged_in_a_while_ago(api: Script, client: MobstedAPI, clock: Clock, **more: str) -> None:
    """A login whose token ``t1`` is not fresh any more."""
    api.expect("GET", "auth").json({"access_token": "t1", **more})
    client.log_in(Deadline(10))
    clock.pass_by(10)


def test_401_refreshes_and_repeats_once(api, client, deadline, clock):
    logged_in_a_while_ago(api, client, clock, refresh_token="refresh-t1")
    apps(api, "t1", 401)
    api.expect("GET", "refresh", query={"refresh_token": "refresh-t1"}).json({"access_token": "t2"})
    apps(api, "t2")
    assert len(client.apps(deadline)) == 1


def test_401_logs_in_where_there_is_no_refresh(api, client, deadline, clock):
    logged_in_a_while_ago(api, client, clock)
    apps(api, "t1", 401)
    api.login("t2")
    apps(api, "t2")
    client.apps(deadline)


def test_a_second_401_is_the_answer(api, client, deadline, clock):
    logged_in_a_while_ago(api, client, clock)
    apps(api, "t1", 401)
    api.login("t2")
    apps(api, "t2", 401)
    assert failure(lambda: client.apps(deadline)).code == "auth_failed"


def test_a_write_that_got_401_was_not_executed_and_is_repeated(api, client, deadline, clock):
    logged_in_a_while_ago(api, client, clock)
    api.expect("POST", "partners", headers={"Authorization": "Bearer t1"}).json({}, 401)
    api.login("t2")
    body = {"url": "https://x-admin.mobsted.com", "authentication": {"email": "o@acme.example", "password": "pw"}}
    api.expect("POST", "partners", headers={"Authorization": "Bearer t2"}, json={"email": "o@acme.example"}).json(body)
    assert client.create_tenant("o@acme.example", no_tenant(), deadline).password == "pw"


@pytest.mark.parametrize("refusal", [({}, 401), ({"error": "the token is not valid"}, 403)])
def test_a_fresh_token_gets_a_moment(api, client, deadline, clock, refusal):
    api.expect("GET", "auth").json({"access_token": "t1"})
    api.expect("GET", "applications").json(*refusal)
    apps(api, "t1")
    client.apps(deadline)
    assert (clock.slept, deadline.logins) == ([2.0], 1)


EXPIRED = [
    ({"error": "token expired"}, 403),
    ("The access token is invalid", 400),
    ({"ErrorNNumber": 7, "ErrorText": "Token has expired"}, 200),
    ({"data": None, "error": "401 Unauthorized"}, 200),
    ({"status": "error", "errors": ["session expired"]}, 200),
    ({}, 419),
]


@pytest.mark.parametrize(("body", "status"), EXPIRED)
def test_each_way_in_which_an_expiry_shows_renews_once(api, client, deadline, clock, body, status):
    logged_in_a_while_ago(api, client, clock)
    api.expect("GET", "applications").json(body, status)
    api.login("t2")
    apps(api, "t2")
    assert len(client.apps(deadline)) == 1


@pytest.mark.parametrize(("body", "status"), EXPIRED)
def test_an_expiry_that_a_new_token_does_not_end_is_a_failure(api, client, deadline, clock, body, status):
    logged_in_a_while_ago(api, client, clock)
    api.expect("GET", "applications").json(body, status)
    api.login("t2")
    api.expect("GET", "applications").json(body, status)
    failure(lambda: client.apps(deadline))


def test_a_write_that_got_an_error_under_200_may_have_been_executed(api, client, deadline, clock):
    logged_in_a_while_ago(api, client, clock)
    api.expect("POST", "partners").json({"error": "token expired"})
    assert failure(lambda: client.create_tenant("o@acme.example", no_tenant(), deadline)).executed is None


@pytest.mark.parametrize(("body", "status"), [({"error": "Forbidden"}, 403), ({"error": "no such field"}, 400)])
def test_a_refusal_for_another_reason_renews_nothing(api, client, deadline, clock, body, status):
    logged_in_a_while_ago(api, client, clock)
    api.expect("GET", "applications").json(body, status)
    failure(lambda: client.apps(deadline))


def test_a_token_that_another_thread_has_renewed_is_just_used(api, client, deadline):
    api.login("t1")
    client.log_in(deadline)
    assert client.tokens.renewed("an older one", deadline) == "t1"


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
    assert "shared-token" in other.context.secrets.hidden  # also what was only read


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
