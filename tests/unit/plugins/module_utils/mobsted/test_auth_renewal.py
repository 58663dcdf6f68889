# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token that the API refuses: renewed once, and the call is repeated if it was not executed."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.tests.support.scripted import Clock, Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.logins import apps, failure
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.proofs import no_tenant


def logged_in_a_while_ago(api: Script, client: MobstedAPI, clock: Clock, **more: str) -> None:
    """Expect a login whose token ``t1`` is no longer fresh."""
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


def test_a_second_401_is_final(api, client, deadline, clock):
    logged_in_a_while_ago(api, client, clock)
    apps(api, "t1", 401)
    api.login("t2")
    apps(api, "t2", 401)
    apps(api, "t2", 401)  # after a pause, since it is fresh
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
