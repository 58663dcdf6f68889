# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_marketplace`` to its result: many clients and members in one task."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.marketplace import run_marketplace
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import directory, tenant_guard
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import TenantListing
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.paging import Pages
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import TenantRecord
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Clock
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.fake_mip import FakeMip

PASSWORD = "user-password"


@pytest.fixture
def mip(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> FakeMip:
    return FakeMip(monkeypatch)


@pytest.fixture
def market(mip: FakeMip, context: RunContext, tmp_path: Path) -> t.Callable[..., Task]:
    """Return a function that creates a task of the module."""

    def make(check: bool = False, diff: bool = False, **params: t.Any) -> Task:
        given: dict[str, t.Any] = {
            "api_url": "https://cloud.mip.to",
            "api_public_key": "p" * 32,
            "api_private_key": "q" * 32,
            "ledger_path": str(tmp_path / "ledger.sqlite3"),
            "retries": 0,
            "marketplace_id": 7,
            "clients": [],
            "members": [],
            "concurrency": 1,
            "on_error": "continue",
            "require_tenant": False,
            **params,
        }
        return Task(given, check, diff, context)

    return make


def client(email: str, **more: t.Any) -> dict[str, t.Any]:
    return {"email": email, "password": PASSWORD, **more}


def failing(task: Task) -> ApiError:
    with pytest.raises(ApiError) as caught:
        run_marketplace(task)
    return caught.value


def test_check_do_again_check_again(mip: FakeMip, market: t.Any) -> None:
    declared = {
        "clients": [client("a@x.example"), client("b@x.example", blocked=True)],
        "members": [{"email": "c@x.example"}],
    }
    predicted = run_marketplace(market(check=True, diff=True, **declared))
    assert predicted["changed"]
    assert mip.count("register") + mip.count("/add") == 0
    assert predicted["diff"]["before"] == ""
    assert predicted["diff"]["after"] == " client a@x.example\n client b@x.example (blocked)\n member c@x.example\n"
    assert predicted["plan"]["line"] == "Plan: 3 to create, 0 differs, 0 unverified, 0 not declared, 0 in sync"
    done = run_marketplace(market(**declared))
    assert done["summary"]["clients"] == {"declared": 2, "created": 2, "unchanged": 0, "failed": 0, "skipped": 0}
    assert done["summary"]["members"]["created"] == 1
    assert [one["email"] for one in done["clients"]] == ["a@x.example", "b@x.example"]
    assert done["clients"][1]["client"]["blocked"] is True
    assert mip.mails == ["c@x.example"]
    assert PASSWORD not in str(done)
    for check in (False, True):
        again = run_marketplace(market(check=check, diff=True, **declared))
        assert not again["changed"]
        assert (again["diff"]["before"], again["diff"]["after"]) == ("", "")
        assert again["diff"]["prepared"].endswith(
            "0 to create, 0 differs, 0 unverified, 0 not declared, 3 in sync\n".replace(
                "to create", "to create" if check else "created"
            )
        )
    assert mip.mails == ["c@x.example"]


def test_blocking_and_removing_are_kept_apart(mip: FakeMip, market: t.Any) -> None:
    run_marketplace(market(clients=[client("a@x.example", blocked=False), client("b@x.example")]))
    wish = [client("a@x.example", blocked=True), client("b@x.example", state="absent")]
    done = run_marketplace(market(diff=True, clients=wish))
    assert done["summary"]["clients"] == {
        "declared": 2, "created": 0, "updated": 1, "removed": 1, "unchanged": 0, "failed": 0, "skipped": 0,
    }  # fmt: skip
    assert done["diff"]["before"] == " client a@x.example\n client b@x.example\n"
    assert done["diff"]["after"] == " client a@x.example (blocked)\n"
    assert done["plan"]["line"].endswith(", 0 in sync, 1 changed, 1 removed")


def test_one_that_fails_fails_alone_and_is_named(mip: FakeMip, market: t.Any) -> None:
    error = failing(market(clients=[{"email": "a@x.example"}, client("b@x.example")]))
    assert error.code == "undetermined"
    assert error.msg.startswith("1 of 2 failed, 1 created. client a@x.example of marketplace 7: ")
    assert [(one["changed"], one["failed"]) for one in error.result["clients"]] == [(False, True), (True, False)]


def test_a_plan_that_fails_says_what_is_to_create(mip: FakeMip, market: t.Any) -> None:
    error = failing(market(check=True, clients=[{"email": "a@x.example"}, client("b@x.example")]))
    assert error.msg.startswith("1 of 2 failed, 1 to create. client a@x.example of marketplace 7: ")
    assert mip.count("register") == 0


def test_stop_starts_nothing_more(mip: FakeMip, market: t.Any) -> None:
    error = failing(market(clients=[{"email": "a@x.example"}, client("b@x.example")], on_error="stop"))
    assert "on_error is 'stop'" in error.result["clients"][1]["msg"]
    assert mip.count("register") == 0


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ({"clients": [client("a@x.example"), client("A@x.example")]}, "clients[0].email and clients[1].email"),
        ({"members": [{"email": "no address"}]}, "members[0].email"),
        ({"clients": [client("a@x.example", client_id=0)]}, "clients[0].client_id"),
        ({"marketplace_id": 0}, "marketplace_id"),
        ({"concurrency": 0}, "concurrency"),
    ],
)
def test_a_bad_declaration_is_refused_before_anything_is_sent(
    mip: FakeMip, market: t.Any, declared: dict[str, t.Any], text: str
) -> None:
    error = failing(market(**declared))
    assert (error.code, text in error.msg) == ("invalid_input", True)
    assert mip.calls == []


# -- look-ups in app ID 1 ---------------------------------------------------------------------------------------------

REGISTRY = {"api_url": "https://ppp-admin.mobsted.com", "api_token": "given-token"}


class Registry:
    """App ID 1 as the look-ups see it."""

    def __init__(self, *emails: str) -> None:
        self.emails = emails
        self.asked: list[str] = []
        self.error: ApiError | None = None

    def listing(self, client: MobstedAPI) -> TenantListing:
        self.asked.append("all")
        if self.error:
            raise self.error
        return TenantListing(client.connection.base, Pages([self.record(email) for email in self.emails], None, None))

    def search(self, _client: t.Any, email: str, _deadline: t.Any) -> TenantRecord | None:
        self.asked.append(email)
        if self.error:
            raise self.error
        return self.record(email) if email in self.emails else None

    @staticmethod
    def record(email: str) -> TenantRecord:
        return TenantRecord(id="9", email=email, password="first-password", addresses=(email,))


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = Registry("anna@x.example", "bert@x.example")
    monkeypatch.setattr(directory, "find_tenant", made.search)
    monkeypatch.setattr(MobstedAPI, "tenant_listing", lambda client, _deadline, **_how: made.listing(client))
    return made


def people(*names: str) -> list[dict[str, t.Any]]:
    return [{"email": f"{name}@x.example"} for name in names]


def test_tenants_are_listed_once_for_many(mip: FakeMip, market: t.Any, registry: Registry) -> None:
    task = market(members=people("anna", "bert", "berd"), tenant_registry=REGISTRY)
    done = run_marketplace(task)
    assert registry.asked == ["all"]
    assert len(mip.mails) == 3
    assert [one["tenant"] and one["tenant"]["email"] for one in done["members"]] == [
        "anna@x.example",
        "bert@x.example",
        None,
    ]
    assert "first-password" not in str(done)
    assert len(task.warnings) == 1
    assert "berd@x.example is not a tenant" in task.warnings[0]
    assert "The nearest address in it is bert@x.example." in task.warnings[0]
    again = market(members=people("anna", "bert", "berd"), tenant_registry=REGISTRY)
    run_marketplace(again)
    assert (again.warnings, registry.asked) == ([], ["all"])


def test_a_required_tenant_is_looked_for_once_more_before_it_is_refused(
    mip: FakeMip, market: t.Any, registry: Registry
) -> None:
    error = failing(market(members=people("anna", "cleo"), require_tenant=True, tenant_registry=REGISTRY))
    assert error.code == "not_found"
    assert mip.mails == ["anna@x.example"]
    assert registry.asked == ["all", "cleo@x.example"]


@pytest.mark.parametrize("names", [("anna",), ("anna", "bert")])
def test_a_look_up_that_fails_stops_nothing(mip: FakeMip, market: t.Any, registry: Registry, names: t.Any) -> None:
    registry.error = ApiError("timeout", "No answer.")
    task = market(members=people(*names), tenant_registry=REGISTRY)
    done = run_marketplace(task)
    assert (len(mip.mails), len(registry.asked), len(task.warnings)) == (len(names), 1, 1)
    assert "could not be looked up" in task.warnings[0]
    assert "No answer." in task.warnings[0]
    assert all(one["tenant"] is None for one in done["members"])
    mip.mails.clear()
    error = failing(market(members=people("c"), require_tenant=True, tenant_registry=REGISTRY))
    assert (error.code, mip.mails) == ("timeout", [])


@pytest.mark.parametrize(
    ("more", "asks"),
    [
        ({"tenant_registry": REGISTRY, "tenant_lookup": "off"}, False),
        ({"tenant_registry": {"api_url": "https://ppp-admin.mobsted.com"}}, False),
        ({}, False),
        ({"tenant_registry": REGISTRY, "tenant_lookup": "auto"}, True),
    ],
)
def test_it_is_looked_up_if_there_is_a_connection_and_it_is_not_off(
    mip: FakeMip, market: t.Any, registry: Registry, more: dict[str, t.Any], asks: bool
) -> None:
    task = market(members=people("anna"), **more)
    run_marketplace(task)
    assert (bool(registry.asked), task.warnings) == (asks, [])


def test_a_connection_that_can_not_be_used_is_a_warning(mip: FakeMip, market: t.Any, registry: Registry) -> None:
    task = market(members=people("anna"), tenant_registry={**REGISTRY, "api_token": None, "api_login": "a@b.example"})
    run_marketplace(task)
    assert "missing" in task.warnings[0]


def test_many_warnings_are_cut_short(
    mip: FakeMip, market: t.Any, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant_guard, "WARNED", 2)
    task = market(members=people(*"cdefg"), tenant_registry=REGISTRY)
    run_marketplace(task)
    assert len(task.warnings) == 3
    assert any(text.startswith("3 more addresses are not tenants") for text in task.warnings)


# -- the plan ---------------------------------------------------------------------------------------------------------


def test_who_is_not_declared_is_reported_and_never_touched(mip: FakeMip, market: t.Any) -> None:
    run_marketplace(market(clients=[client("a@x.example")], members=people("b", "c", "d")))
    run_marketplace(market(members=[{"email": "d@x.example", "state": "absent", "user_id": 4}]))
    calls = len(mip.calls)
    done = run_marketplace(market(members=people("c"), diff=True))
    assert [(one["kind"], one["email"]) for one in done["undeclared"]] == [
        ("client", "a@x.example"),
        ("member", "b@x.example"),
    ]
    assert done["summary"]["undeclared"] == 2
    assert done["diff"]["prepared"].splitlines() == [
        "? client a@x.example is not declared",
        "? member b@x.example is not declared",
        "Done: 0 created, 0 differs, 0 unverified, 2 not declared, 1 in sync",
    ]
    assert len(mip.calls) == calls


def test_an_invitation_without_outcome_is_unconfirmed_in_the_plan(mip: FakeMip, market: t.Any) -> None:
    mip.lose = {"/add": "after"}
    failing(market(members=people("a")))
    mip.forget()
    done = run_marketplace(market(members=people("a"), diff=True))
    assert done["summary"]["members"]["unconfirmed"] == 1
    assert [one["email"] for one in done["plan"]["unconfirmed"]] == ["a@x.example"]
    assert done["plan"]["line"].endswith("0 in sync, 1 unconfirmed")
    assert "! member a@x.example is unconfirmed" in done["diff"]["prepared"]


@pytest.mark.parametrize("check", [False, True])
def test_a_plan_that_would_create_too_much_is_refused_before_the_first(
    mip: FakeMip, market: t.Any, check: bool
) -> None:
    mip.client("old@x.example", PASSWORD)
    run_marketplace(market(members=people("there")))
    mip.forget()
    mip.mails.clear()
    wish = {"clients": [client("a@x.example"), client("old@x.example")], "members": people("there", "b", "c")}
    error = failing(market(check=check, max_creates=2, **wish))
    assert error.code == "invalid_input"
    assert "1 client would be registered and 2 members invited, and max_creates is 2" in error.msg
    assert mip.count("/register") + mip.count("/add") == 0
    assert [one["email"] for one in error.result["plan"]["create"]] == ["a@x.example", "b@x.example", "c@x.example"]
    done = run_marketplace(market(check=check, max_creates=3, **wish))
    assert len(done["plan"]["create"]) == 3
    assert len(mip.mails) == (0 if check else 2)


def test_what_is_there_needs_no_plan(mip: FakeMip, market: t.Any) -> None:
    wish = {"clients": [client("a@x.example")], "members": people("b")}
    run_marketplace(market(**wish))
    mip.forget()
    assert not run_marketplace(market(max_creates=0, **wish))["changed"]
    assert mip.count("login") == 1
    assert failing(market(max_creates=-1)).code == "invalid_input"
