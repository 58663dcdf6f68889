# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tenant: looked up, created, reconciled."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.identity import account_key, email_key
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import TenantListing
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.paging import Pages
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant import ensure_tenant, find_tenant
from ansible_collections.partnerops.saas.plugins.module_utils.run.locks import hold
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Expected, read_timeout, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.tenants import (
    CREATED,
    EMAIL,
    LOOKS,
    PASSWORD,
    URL,
    create,
    everything,
    failure,
    record,
    search,
)


@pytest.fixture
def client(token_client: MobstedAPI) -> MobstedAPI:
    return token_client


# -- looking up -------------------------------------------------------------------------------------------------------


def test_a_tenant_that_exists(api, client, deadline):
    search(api, record())
    outcome = ensure_tenant(client, EMAIL, deadline)
    assert outcome.changed is False
    assert outcome.credentials is None
    assert outcome.public()["id"] == "17"
    assert outcome.diff()["before"] == outcome.diff()["after"]


def test_the_search_is_repeated_in_lower_case_before_anything_is_created(api, client, deadline):
    search(api, email="Owner@ACME.example")
    search(api, record())
    assert ensure_tenant(client, "Owner@ACME.example", deadline).changed is False


def test_a_record_in_another_case_is_the_tenant(api, client, deadline):
    search(api, record(Email="OWNER@acme.example"))
    assert ensure_tenant(client, EMAIL, deadline).changed is False


def test_two_records_are_ambiguous_and_nothing_is_created(api, client, deadline):
    search(api, record(17), record(18))
    error = failure(lambda: ensure_tenant(client, EMAIL, deadline))
    assert error.code == "ambiguous"
    assert "(ids 17, 18)" in error.msg


@pytest.mark.parametrize("status", [403, 404, 501])
def test_a_look_up_that_fails_never_means_absent(api, client, deadline, status):
    for path in ("object",) if status == 403 else ("object", "objects"):
        api.expect("GET", path).json({}, status)
    assert failure(lambda: ensure_tenant(client, EMAIL, deadline)).status == status


# -- creating ---------------------------------------------------------------------------------------------------------


def test_a_tenant_that_is_missing(api, client, deadline):
    search(api)
    create(api).json(CREATED)
    outcome = ensure_tenant(client, EMAIL, deadline)
    assert (outcome.changed, outcome.reconciled) == (True, False)
    assert outcome.credentials == {"login": EMAIL, "password": PASSWORD}
    assert outcome.public()["url"] == URL
    assert outcome.diff() == {
        "before": {"email": EMAIL, "state": "absent"},
        "after": {"email": EMAIL, "state": "present"},
    }


def test_where_the_caller_has_looked_nothing_is_looked_up(api, client, deadline, clock):
    create(api).json(CREATED)
    listing = TenantListing(HOST, Pages([], None, None), clock.now + 1)
    assert ensure_tenant(client, EMAIL, deadline, listing=listing).changed


def test_check_mode_sends_no_write(api, client, deadline):
    search(api)
    outcome = ensure_tenant(client, EMAIL, deadline, check_mode=True)
    assert outcome.changed is True
    assert outcome.credentials == {"login": EMAIL, "password": None}
    assert outcome.public() == {
        **dict.fromkeys(("id", "url", "server", "name", "created")),
        "email": EMAIL,
        "login": EMAIL,
    }


LOST: list[t.Callable[[Expected], Expected]] = [
    lambda call: call.html(502),
    lambda call: call.html(504),
    lambda call: call.json({"message": "oops"}, 500),
    lambda call: call.html(503),
    lambda call: call.json({}, 408),
    lambda call: call.fails(reset()),
    lambda call: call.fails(read_timeout()),
    lambda call: call.after(1000),
    lambda call: call.raw(b'{"url": "https://a23'),
    lambda call: call.html(200),
    lambda call: call.raw(b""),
    lambda call: call.json({"message": "Created"}),
    lambda call: call.raw(b"", 302, Location="/login"),
]
LOST_IDS = [
    "502", "504", "500", "503", "408", "reset", "timeout", "slow", "truncated", "page", "empty", "no keys", "redirect",
]  # fmt: skip


@pytest.mark.parametrize("lose", LOST, ids=LOST_IDS)
def test_a_lost_response_of_a_create_that_was_executed(api, client, context, clock, lose):
    search(api)
    lose(create(api))
    search(api)  # the record appears late
    search(api, record())
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert (outcome.changed, outcome.reconciled) == (True, True)
    assert outcome.credentials == {"login": EMAIL, "password": PASSWORD}
    assert PASSWORD in context.secrets.shown


def test_what_a_killed_run_sent_is_waited_for(api, client, clock):
    def killed_while_creating() -> None:
        with hold((account_key(HOST), "tenant", email_key(EMAIL)), Deadline(1)) as held:
            held.use()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed_while_creating()
    for _look in range(2):
        search(api)
    for _look in range(2):
        search(api, record())
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert outcome.changed is False
    assert outcome.record is not None
    assert outcome.record.password == PASSWORD


@pytest.mark.parametrize("lose", LOST, ids=LOST_IDS)
def test_a_lost_response_of_a_create_that_was_not_executed(api, client, clock, lose):
    search(api)
    lose(create(api))
    for _look in range(LOOKS):
        search(api)
    start = clock.now
    error = failure(lambda: ensure_tenant(client, EMAIL, Deadline(600)))
    assert (error.code, error.method, error.path) == ("unknown_outcome", "POST", "/api/v8/partners")
    assert "For 60 s no record" in error.msg
    assert "The request was not sent again" in error.msg
    assert error.msg.count("Check") == 0  # the advice of the lost response would mislead here
    assert clock.now - start >= 60


def test_the_deadline_ends_the_looking(api, client, clock):
    search(api)
    create(api).html(502)
    for _look in range(4):
        search(api)
    assert failure(lambda: ensure_tenant(client, EMAIL, Deadline(4))).code == "unknown_outcome"


def test_an_incomplete_record_is_looked_at_again(api, client, clock):
    search(api)
    create(api).html(502)
    search(api, record(UserPassword=None))
    search(api, record(TenantName=None))
    search(api, record())
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert outcome.credentials == {"login": EMAIL, "password": PASSWORD}


def test_a_record_that_stays_incomplete_is_proof_all_the_same(api, client, clock):
    search(api)
    create(api).html(502)
    for _look in range(LOOKS):
        search(api, record(UserPassword=None))
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert outcome.reconciled
    assert outcome.credentials == {"login": EMAIL, "password": None}


def test_a_look_up_that_fails_while_settling_says_nothing(api, client, clock):
    search(api)
    create(api).html(502)
    api.expect("GET", "object").json({}, 403)
    search(api, record())
    assert ensure_tenant(client, EMAIL, Deadline(600)).reconciled


def test_a_password_without_a_url_is_not_lost(api, client, clock):
    search(api)
    create(api).json({"authentication": CREATED["authentication"]})
    search(api, record(UserPassword=None))
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert outcome.credentials == {"login": EMAIL, "password": PASSWORD}
    assert outcome.public()["url"] == URL


def test_a_password_without_a_record_is_in_the_failure(api, client, clock):
    search(api)
    create(api).json({"authentication": {"password": PASSWORD}})
    for _look in range(LOOKS):
        search(api)
    error = failure(lambda: ensure_tenant(client, EMAIL, Deadline(600)))
    assert error.result == {"credentials": {"login": EMAIL, "password": PASSWORD}}


def test_two_records_after_a_lost_response(api, client, clock):
    search(api)
    create(api).json({"authentication": {"email": EMAIL, "password": PASSWORD}})
    search(api, record(17), record(18))
    error = failure(lambda: ensure_tenant(client, EMAIL, Deadline(600)))
    assert error.code == "ambiguous"
    assert error.result == {"credentials": {"login": EMAIL, "password": PASSWORD}}


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_because_somebody_was_quicker(api, client, deadline, status):
    search(api)
    create(api).json({"message": "taken"}, status)
    everything(api, record(Email="OWNER@acme.example"))
    outcome = ensure_tenant(client, EMAIL, deadline)
    assert (outcome.changed, outcome.credentials) == (False, None)


@pytest.mark.parametrize(
    ("status", "message", "code", "said"),
    [
        (400, "taken", "duplicate", "app ID 1 has no record of it"),
        (400, "Email already used", "duplicate", "returned 400: Email already used"),
        (400, "domain does not exist", "invalid_input", "app ID 1 has no record of it"),
        (409, "taken", "duplicate", "(POST /api/v8/partners returned 409: taken)"),
        (422, "no such domain", "invalid_input", "every tenant needs one of its own"),
    ],
)
def test_a_refusal_of_an_address_that_has_no_record(api, client, deadline, status, message, code, said):
    search(api)
    create(api).json({"message": message}, status)
    everything(api)
    error = failure(lambda: ensure_tenant(client, EMAIL, deadline))
    assert (error.code, error.status) == (code, status)
    assert said in error.msg


def test_an_account_that_is_no_master(api, client, deadline):
    search(api)
    create(api).json({}, 403)
    error = failure(lambda: ensure_tenant(client, EMAIL, deadline))
    assert error.code == "forbidden"
    assert "Master/Partner" in error.msg


def test_a_path_that_is_not_there(api, client, deadline):
    search(api)
    create(api).json({}, 404)
    assert failure(lambda: ensure_tenant(client, EMAIL, deadline)).code == "not_found"


def test_finding_says_none_where_there_is_none(api, client, deadline):
    search(api)
    assert find_tenant(client, EMAIL, deadline) is None
