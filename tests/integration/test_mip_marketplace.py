# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_marketplace`` against the simulator."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.support.harness import run_playbook, run_task

MARKET = "partnerops.saas.mip_marketplace"
PASSWORD = "the-password-of-a-client"


def client(number: int, **more: t.Any) -> dict[str, t.Any]:
    return {"email": f"buyer{number}@x.example", "password": PASSWORD, **more}


def member(number: int) -> dict[str, t.Any]:
    return {"email": f"member{number}@x.example"}


def test_do_again_check_check_again(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    args: dict[str, t.Any] = {
        "marketplace_id": 7,
        "clients": [client(1), client(2, blocked=True)],
        "members": [member(number) for number in range(20)],
    }
    how: dict[str, t.Any] = {"env": world_env, "home": tmp_path, "verbosity": 3}
    checked = run_task(MARKET, args, check=True, diff=True, **how).check()
    assert "+ member member3@x.example" in checked.stdout
    assert "+ client buyer2@x.example (blocked)" in checked.stdout
    assert world.outbox() == []
    done = run_task(MARKET, args, **how).check()
    result = done.task("Task").result
    assert result["summary"]["members"] == {
        "declared": 20, "created": 20, "unchanged": 0, "failed": 0, "skipped": 0,
    }  # fmt: skip
    assert [one["email"] for one in result["members"]] == [one["email"] for one in args["members"]]
    assert result["clients"][1]["client"]["blocked"] is True
    for check in (False, True):
        assert not run_task(MARKET, args, check=check, **how).check().task("Task").changed
    assert sorted(mail["to"] for mail in world.outbox()) == sorted(one["email"] for one in args["members"])
    assert PASSWORD not in checked.output + done.output


def test_a_lost_invitation_is_never_sent_again(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    args = {"marketplace_id": 7, "members": [member(number) for number in range(10)]}
    world.fault("reset", when="after", vendor="mip", method="POST", path="*/member/7/add", nth=4)
    failed = run_task(MARKET, args, env=world_env, home=tmp_path).check(2).task("Task")
    assert failed.failure["code"] == "unknown_outcome"
    assert failed["summary"]["members"]["failed"] == 1
    assert failed["summary"]["members"]["created"] == 9
    again = run_task(MARKET, args, env=world_env, home=tmp_path).check().task("Task")
    assert not again.changed
    assert len(again["warnings"]) == 1
    assert len(world.outbox()) == 10


def test_nobody_is_invited_who_is_no_tenant(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    for number in range(25):
        world.do("tenant_add", email=f"member{number}@x.example")
    args = {
        "marketplace_id": 7,
        "require_tenant": True,
        "members": [*(member(number) for number in range(25)), {"email": "mistyped@x.example"}],
    }
    failed = run_task(MARKET, args, env=world_env, home=tmp_path).check(2).task("Task")
    assert failed.failure["code"] == "not_found"
    assert "mistyped@x.example" in failed.msg
    assert len(world.outbox()) == 25
    # One listing, and one look-up for the only address that was missing from it.
    assert len(world.log(vendor="mobsted", path="/api/v8/object")) == 2


def test_one_failing_client_fails_alone(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.fault("status", status=422, path="*/register/client/7", nth=2)
    args = {"marketplace_id": 7, "clients": [client(number) for number in range(5)], "concurrency": 1}
    failed = run_task(MARKET, args, env=world_env, home=tmp_path).check(2).task("Task")
    assert failed["summary"]["clients"] == {
        "declared": 5, "created": 4, "unchanged": 0, "failed": 1, "skipped": 0,
    }  # fmt: skip
    assert [one["failed"] for one in failed["clients"]] == [False, True, False, False, False]
    assert "buyer1@x.example" in failed.msg
    again = run_task(MARKET, args, env=world_env, home=tmp_path).check().task("Task")
    assert (again["summary"]["clients"]["created"], again["summary"]["clients"]["unchanged"]) == (1, 4)


def test_stop_stops(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.fault("status", status=422, path="*/member/7/add", nth=3)
    members = [member(number) for number in range(10)]
    args = {"marketplace_id": 7, "members": members, "concurrency": 1, "on_error": "stop"}
    failed = run_task(MARKET, args, env=world_env, home=tmp_path).check(2).task("Task")
    assert failed["summary"]["members"] == {
        "declared": 10, "created": 2, "unchanged": 0, "failed": 1, "skipped": 7,
    }  # fmt: skip
    assert len(world.outbox()) == 2


def test_a_bad_declaration_is_refused_before_anything_is_sent(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    bad: list[tuple[dict[str, t.Any], str]] = [
        ({"members": [member(1), member(2), {"email": "MEMBER1@x.example"}]}, "members[0].email and members[2].email"),
        ({"members": [{"email": "person@"}]}, "members[0].email"),
        ({"clients": [client(1), {"email": "buyer2@x.example", "client_id": 0}]}, "client_id is 0"),
        ({"clients": [client(1)], "concurrency": 0}, "concurrency"),
    ]
    for args, words in bad:
        failed = run_task(MARKET, {"marketplace_id": 7, **args}, env=world_env, home=tmp_path).check(2).task("Task")
        assert failed.failure["code"] == "invalid_input"
        assert words in failed.msg
    assert world.counts()["requests"] == 0


def test_an_address_that_is_no_tenant_gets_a_warning_with_the_nearest(
    world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    for name in ("anna", "bert"):
        world.do("tenant_add", email=f"{name}@shop.example")
    args = {"marketplace_id": 7, "members": [{"email": "anna@shop.example"}, {"email": "bret@shop.example"}]}
    done = run_task(MARKET, args, env=world_env, home=tmp_path).check().task("Task")
    assert [one["tenant"] and one["tenant"]["email"] for one in done["members"]] == ["anna@shop.example", None]
    assert "credentials" not in str(done.result)
    (warning,) = (text for text in done["warnings"] if "There was no ledger" not in text)
    assert "bret@shop.example is not a tenant" in warning
    assert "The nearest address in it is bert@shop.example." in warning
    assert len(world.log(vendor="mobsted", path="/api/v8/object")) == 1
    assert len(world.outbox()) == 2


def test_a_loop_of_members_lists_the_tenants_once(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    for number in range(12):
        world.do("tenant_add", email=f"member{number}@x.example")
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Members",
                "partnerops.saas.mip_member": {"marketplace_id": 7, "email": "{{ item }}"},
                "loop": [one["email"] for one in map(member, range(12))],
            }
        ],
    }
    run = run_playbook([play], env=world_env, home=tmp_path).check()
    assert [one["tenant"]["email"] for one in run.loop("Members")] == [member(number)["email"] for number in range(12)]
    assert len(world.log(vendor="mobsted", path="/api/v8/object")) == 2  # a search, then the list


def test_a_registry_that_fails_stops_no_invitation(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.fault("status", status=403, vendor="mobsted", path="/api/v8/object*", times=9)
    args = {"marketplace_id": 7, "members": [member(1), member(2)]}
    done = run_task(MARKET, args, env=world_env, home=tmp_path).check().task("Task")
    assert len(world.outbox()) == 2
    (warning,) = (text for text in done["warnings"] if "There was no ledger" not in text)
    assert "could not be looked up" in warning
