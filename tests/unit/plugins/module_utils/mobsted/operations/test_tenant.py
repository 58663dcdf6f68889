# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mobsted_tenant`` to its result."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant import run_tenant
from ansible_collections.partnerops.saas.tests.support.scripted import Script, reset
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


def test_a_new_tenant_is_read_back_for_its_id(api, make_task, context):
    search(api)
    create(api).json(CREATED)
    search(api, record(tenantCreated="2020-09-01"))
    result = run_tenant(make_task(email=f" {EMAIL} ", read_back=True))
    assert result["changed"] is True
    assert (result["tenant"]["id"], result["tenant"]["created"]) == ("17", "2020-09-01")
    assert result["credentials"] == {"login": EMAIL, "password": PASSWORD}
    assert context.secrets.shown == {PASSWORD}


def read_back_fails(api: Script) -> None:
    api.expect("GET", "object").json({}, 403)


def read_back_finds_nothing(api: Script) -> None:
    search(api)


def read_back_finds_another(api: Script) -> None:
    search(api, record(url="https://other-admin.mobsted.com"))


@pytest.mark.parametrize("read_back", [read_back_fails, read_back_finds_nothing, read_back_finds_another])
def test_a_new_tenant_without_its_record_is_no_failure(api, make_task, read_back):
    search(api)
    create(api).json(CREATED)
    read_back(api)
    result = run_tenant(make_task(email=EMAIL, read_back=True))
    assert result["tenant"] == {
        "id": None,
        "email": EMAIL,
        "url": URL,
        "server": "mobsted.com",
        "name": "a23r56k8",
        "login": EMAIL,
        "created": None,
    }


def test_a_loop_lists_once_and_sends_nothing_else_but_creates(api, make_task):
    """The first item searches; the second shows that more are to come."""
    new = "new@x.example"
    search(api, record())
    everything(api, record())
    create(api, new).json({**CREATED, "authentication": {"email": new, "password": PASSWORD}})
    for email, changed in ((EMAIL, False), (new, True), (EMAIL, False)):
        assert run_tenant(make_task(email=email))["changed"] is changed


def test_after_a_create_without_outcome_a_loop_lists_again(api, make_task):
    new = "new@x.example"
    search(api, record())
    everything(api, record())
    create(api, new).fails(reset())
    search(api, email=new)
    run_tenant(make_task(email=EMAIL, settle=0))
    assert failure(lambda: run_tenant(make_task(email=new, settle=0))).code == "unknown_outcome"
    everything(api, record(), record(18, Email=new))
    search(api, record(18, Email=new), email=new)  # somebody may have created it since the list was read
    assert run_tenant(make_task(email=new, settle=0))["changed"] is False


def test_again_is_unchanged(api, make_task):
    search(api, record())
    result = run_tenant(make_task(email=EMAIL))
    assert result["changed"] is False
    assert "credentials" not in result


def test_a_lost_password_is_warned_about(api, make_task):
    search(api)
    create(api).html(502)
    for _look in range(LOOKS):
        search(api, record(UserPassword=None))
    task = make_task(email=EMAIL)
    result = run_tenant(task)
    assert result["reconciled"] is True
    assert result["credentials"]["password"] is None
    assert "reset it by e-mail" in task.warnings[0]


@pytest.mark.parametrize("email", ["", "owner", "owner@acme"])
def test_what_is_no_address_is_refused_before_anything_is_sent(api, make_task, email):
    assert failure(lambda: run_tenant(make_task(email=email))).code == "invalid_input"


class Predicting:
    """A fake controller: keeps credentials, and remembers what check mode predicts."""

    def __init__(self, kept: bool | ApiError = False) -> None:
        self.kept, self.names = kept, set[str]()
        self.outcomes: list[t.Any] = []

    def credentials_file(self, params: t.Any) -> t.Any:
        return self if params.get("credentials_dest") else None

    def keep(self, outcomes: t.Any, check_mode: bool) -> bool:
        if isinstance(self.kept, ApiError):
            raise self.kept
        self.outcomes += [(outcomes[0].credentials, check_mode)]
        return self.kept

    def progress(self, text: str) -> None:
        """Ignore it."""

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        assert kind.startswith("tenants-")
        self.names |= set(names)
        return self.names


def test_check_mode_predicts_the_tenant_for_later_tasks(api, make_task):
    controller = Predicting()
    search(api, email="Owner@acme.example")
    search(api)
    result = run_tenant(make_task(email="Owner@acme.example", check_mode=True, controller=controller))
    assert result["changed"] is True
    assert controller.names == {EMAIL}


def test_credentials_that_are_kept_are_not_in_the_result(api, make_task):
    controller = Predicting(True)
    search(api)
    create(api).json(CREATED)
    result = run_tenant(make_task(email=EMAIL, credentials_dest="x.yml", controller=controller))
    assert "credentials" not in result
    assert controller.outcomes == [({"login": EMAIL, "password": PASSWORD}, False)]


@pytest.mark.parametrize("kept", [True, False])
def test_an_entry_that_was_missing_counts_as_a_change(api, make_task, kept):
    search(api, record())
    result = run_tenant(make_task(email=EMAIL, credentials_dest="x.yml", controller=Predicting(kept)))
    assert result["changed"] is kept


def test_credentials_that_cannot_be_kept_are_in_the_failure(api, make_task):
    search(api)
    create(api).json(CREATED)
    controller = Predicting(ApiError("invalid_input", "The disk is full."))
    error = failure(lambda: run_tenant(make_task(email=EMAIL, credentials_dest="x.yml", controller=controller)))
    assert error.result["credentials"] == {"login": EMAIL, "password": PASSWORD}
    assert error.result["changed"] is True
