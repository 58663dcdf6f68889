# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way into a tenant's account: which password is used, and what a refusal means."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.accounts import (
    enter,
    enter_unless_predicted,
    predicted_tenants,
)
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import TenantRecord
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Clock, Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.tenants import (
    EMAIL,
    PASSWORD,
    URL,
    everything,
    record,
    search,
)

FOUND = TenantRecord.read(record())
GIVEN = "the-client's-own"


def refused(call: t.Callable[[], t.Any], code: str) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert caught.value.code == code
    assert [word for word in (PASSWORD, GIVEN) if word in str(caught.value)] == []
    return caught.value


@pytest.mark.parametrize(("given", "used"), [(None, PASSWORD), (GIVEN, GIVEN)])
def test_the_given_password_is_used_first(
    api: Script, token_client: MobstedAPI, deadline: Deadline, given: str | None, used: str
) -> None:
    api.login(host=URL, query={"login": EMAIL, "password": used})
    assert enter(token_client, FOUND, given, deadline).connection.base == URL


def test_the_password_on_record_no_longer_opens_the_account(
    api: Script, token_client: MobstedAPI, deadline: Deadline
) -> None:
    api.expect("GET", "auth", host=URL).json("Wrong password", 403)
    error = refused(lambda: enter(token_client, FOUND, None, deadline), "stale_credentials")
    assert f"The tenant {EMAIL} at {URL} refused the password that app ID 1 has on record" in str(error)


def test_the_given_password_is_wrong(api: Script, token_client: MobstedAPI, deadline: Deadline) -> None:
    api.expect("GET", "auth", host=URL).json("Wrong password", 403)
    error = refused(lambda: enter(token_client, FOUND, GIVEN, deadline), "auth_failed")
    assert f"refused tenant_password for the login {EMAIL}" in str(error)


def test_a_failure_of_the_server_says_nothing_about_the_password(api: Script, token_client: MobstedAPI) -> None:
    api.expect("GET", "auth", host=URL).json("x", 404)
    refused(lambda: enter(token_client, FOUND, None, Deadline(5)), "not_found")


def test_no_password_at_all(token_client: MobstedAPI, deadline: Deadline) -> None:
    there = TenantRecord.read(record(UserPassword=""))
    error = refused(lambda: enter(token_client, there, None, deadline), "stale_credentials")
    assert f"The record of {EMAIL} in app ID 1 has no password" in str(error)


def test_a_tenant_of_this_run_is_waited_for(
    api: Script, token_client: MobstedAPI, deadline: Deadline, clock: Clock
) -> None:
    """Its record may be listed without a password for a moment."""
    there = TenantRecord.read(record(UserPassword=""))
    token_client.made.add_tenant(there)
    search(api, record(UserPassword=""))
    search(api, record())
    api.login(host=URL, query={"login": EMAIL, "password": PASSWORD})
    started = clock.now
    assert enter(token_client, there, None, deadline).connection.base == URL
    assert clock.now > started


def test_a_tenant_that_is_not_there(api: Script, token_client: MobstedAPI, make_task: t.Callable[..., Task]) -> None:
    search(api)
    everything(api)
    task = make_task(tenant_password=GIVEN)
    error = refused(lambda: enter_unless_predicted(token_client, EMAIL, task, task.deadline(60)), "not_found")
    assert f"The master account has no tenant {EMAIL} in app ID 1. Create it" in str(error)


def test_a_mistyped_tenant(api: Script, token_client: MobstedAPI, make_task: t.Callable[..., Task]) -> None:
    search(api)
    everything(api, record(Email="owmer@acme.example"))
    task = make_task(tenant_password=GIVEN)
    error = refused(lambda: enter_unless_predicted(token_client, EMAIL, task, task.deadline(60)), "not_found")
    assert "The nearest address in it is owmer@acme.example. Create it" in str(error)


class Predictions:
    """A controller that remembers what a check run predicted."""

    def __init__(self) -> None:
        self.kept: dict[str, set[str]] = {}

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        self.kept.setdefault(kind, set()).update(names)
        return self.kept[kind]


def test_what_a_check_run_predicts(token_client: MobstedAPI, make_task: t.Callable[..., Task]) -> None:
    known = Predictions()
    assert predicted_tenants(make_task(check_mode=True, controller=known), token_client, [EMAIL.upper()]) == {EMAIL}
    assert predicted_tenants(make_task(check_mode=True, controller=known), token_client) == {EMAIL}
    assert predicted_tenants(make_task(controller=known), token_client) == set()
    assert predicted_tenants(make_task(check_mode=True), token_client, [EMAIL]) == set()
    assert len(known.kept) == 1
    assert HOST.partition("//")[2] not in next(iter(known.kept))
