# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_marketplace`` to its result: many clients and members in one task."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations import marketplace
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.marketplace import run_marketplace
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
    foreseen = run_marketplace(market(check=True, diff=True, **declared))
    assert foreseen["changed"]
    assert mip.count("register") + mip.count("/add") == 0
    assert foreseen["diff"] == {
        "before": "",
        "after": " client a@x.example\n client b@x.example (blocked)\n member c@x.example\n",
    }
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
        assert again["diff"] == {"before": "", "after": ""}
    assert mip.mails == ["c@x.example"]


def test_blocking_and_removing_are_told_apart(mip: FakeMip, market: t.Any) -> None:
    run_marketplace(market(clients=[client("a@x.example", blocked=False), client("b@x.example")]))
    wish = [client("a@x.example", blocked=True), client("b@x.example", state="absent")]
    done = run_marketplace(market(diff=True, clients=wish))
    assert done["summary"]["clients"] == {
        "declared": 2, "created": 0, "updated": 1, "removed": 1, "unchanged": 0, "failed": 0, "skipped": 0,
    }  # fmt: skip
    assert done["diff"] == {
        "before": " client a@x.example\n client b@x.example\n",
        "after": " client a@x.example (blocked)\n",
    }


def test_one_that_fails_fails_alone_and_is_named(mip: FakeMip, market: t.Any) -> None:
    error = failing(market(clients=[{"email": "a@x.example"}, client("b@x.example")]))
    assert error.code == "undetermined"
    assert error.msg.startswith("1 of 2 failed, 1 created. client a@x.example of marketplace 7: ")
    assert [(one["changed"], one["failed"]) for one in error.result["clients"]] == [(False, True), (True, False)]


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


@pytest.mark.parametrize(("listed_from", "lists", "looks"), [(3, 1, 1), (4, 0, 3)])
def test_tenants_are_listed_once_for_many(
    mip: FakeMip, market: t.Any, monkeypatch: pytest.MonkeyPatch, listed_from: int, lists: int, looks: int
) -> None:
    there = {name: TenantRecord(id=name, email=f"{name}@x.example", addresses=(f"{name}@x.example",)) for name in "ab"}
    asked: list[str] = []

    def listing(_client: t.Any, _deadline: t.Any) -> t.Iterator[TenantRecord]:
        asked.append("all")
        return iter(there.values())

    def look(_client: t.Any, email: str, _deadline: t.Any) -> TenantRecord | None:
        asked.append(email)
        return there.get(email[0])

    monkeypatch.setattr(marketplace, "LISTING_FROM", listed_from)
    monkeypatch.setattr(
        "ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant_guard.find_tenant", look
    )
    monkeypatch.setattr(
        "ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api.MobstedAPI.each_tenant", listing
    )
    registry = {"api_url": "https://ppp-admin.mobsted.com", "api_token": "given-token"}
    members = [{"email": f"{name}@x.example"} for name in "abc"]
    error = failing(market(members=members, require_tenant=True, tenant_registry=registry))
    assert error.code == "not_found"
    assert mip.mails == ["a@x.example", "b@x.example"]
    assert (asked.count("all"), len(asked) - asked.count("all")) == (lists, looks)
