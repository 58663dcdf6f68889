# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mobsted_tenant`` against the simulator."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.tests.support.harness import run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.worlds import run_in_worlds, worlds

ACTION = "partnerops.saas.mobsted_tenant"
INFO = "partnerops.saas.mobsted_tenant_info"
EMAIL = "owner@acme.example"
#: Ways to lose the response to a create.
LOST: list[dict[str, t.Any]] = [
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 504},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 408},
    {"kind": "reset"},
    {"kind": "stall", "seconds": 8},
    {"kind": "drip"},
    {"kind": "slow_headers"},
    {"kind": "truncated"},
    {"kind": "truncated", "chunked": True},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "wrong_types"},
    {"kind": "redirect", "status": 302, "location": "https://elsewhere.example/"},
]
BY_NAME = {"-".join(str(value) for value in fault.values()): fault for fault in LOST}
MAKE_AND_USE: list[dict[str, t.Any]] = [
    {"name": "Task", ACTION: {"email": EMAIL, "timeout": 2}, "register": "made"},
    {"name": "Use", "ansible.builtin.debug": {"var": "made"}},
]


def registered(args: dict[str, t.Any], env: dict[str, str], **how: t.Any) -> dict[str, t.Any]:
    """Return the variable that the task registers, with the new password that is not shown."""
    tasks = [
        {"name": "Task", ACTION: args, "register": "made"},
        {"name": "Use", "ansible.builtin.debug": {"var": "made"}},
    ]
    run = run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=env, **how).check()
    return dict(run.task("Use")["made"])


def emails(world: t.Any) -> list[str]:
    return [tenant["email"] for tenant in world.state()["tenants"]]


def test_do_again_check_check_again(world: t.Any, world_env: dict[str, str]) -> None:
    args = {"email": EMAIL, "read_back": True}
    checked = run_task(ACTION, args, env=world_env, check=True, diff=True).check().task("Task")
    assert checked.changed
    assert checked["tenant"]["email"] == EMAIL
    assert checked["tenant"]["id"] is None
    assert checked["diff"]["before"]["state"] == "absent"
    assert emails(world) == []

    done = registered(args, world_env, diff=True)
    assert done["changed"]
    assert done["reconciled"] is False
    assert done["request_attempts"] == 1
    tenant = world.tenant(EMAIL)
    assert done["tenant"]["url"] == tenant["url"]
    assert done["tenant"]["id"] == str(tenant["id"])
    assert set(done["tenant"]) == {"id", "email", "url", "server", "name", "login", "created"}
    assert done["credentials"] == {"login": EMAIL, "password": tenant["password"]}
    assert tenant["password"] not in str(done["diff"])

    again = run_task(ACTION, args, env=world_env).check().task("Task")
    assert not again.changed
    assert "credentials" not in again.result
    assert again["tenant"] == done["tenant"]
    assert not run_task(ACTION, args, env=world_env, check=True).check().task("Task").changed
    assert emails(world) == [EMAIL]


def test_the_ad_hoc_command_needs_nothing_but_the_connection(world: t.Any, world_env: dict[str, str]) -> None:
    from ansible_collections.partnerops.saas.tests.support.harness import run_ansible

    command = ["ansible", "localhost", "-m", ACTION, "-a", "email=a@b.example"]
    shown = run_ansible(command, env=world_env).check()
    assert "CHANGED" in shown.stdout
    assert world.tenant("a@b.example")["password"] not in shown.output
    assert "SUCCESS" in run_ansible(command, env=world_env).check().stdout


def test_the_new_password_can_be_used_but_is_not_shown(world: t.Any, world_env: dict[str, str]) -> None:
    play = f"""
- hosts: localhost
  gather_facts: false
  tasks:
    - {ACTION}:
        email: {EMAIL}
      register: made
    - name: Log in as the tenant
      {INFO}:
        api_url: "{{{{ made.tenant.url }}}}"
        api_login: "{{{{ made.credentials.login }}}}"
        api_password: "{{{{ made.credentials.password }}}}"
"""
    run = run_playbook(play, env=world_env, verbosity=4)
    assert world.tenant(EMAIL)["password"] not in run.output
    assert run.task("Log in as the tenant").failure["code"] in ("not_found", "forbidden", "invalid_input")
    assert world.counts()["by_route"]["mobsted tenant GET /api/v8/auth"] == 1


def test_a_lost_response_makes_one_tenant_and_loses_no_password(simulator: t.Any) -> None:
    def lose(when: str) -> None:
        for name, world in made.items():
            world.fault(when=when, method="POST", path="/api/v8/partners", **BY_NAME[name])

    with worlds(simulator, list(BY_NAME)) as made:
        lose("before")
        task = {"name": "Task", ACTION: {"email": EMAIL, "timeout": 2, "settle": 1}, "ignore_errors": True}
        run = run_in_worlds(made, [task]).check()
        for name, world in made.items():
            failed = run.task("Task", name)
            assert failed.failure["code"] == "unknown_outcome", (name, failed.msg)
            assert failed.failure["path"].endswith("/api/v8/partners")
            assert "Run again" in failed.msg
            assert emails(world) == [], name

        lose("after")
        run = run_in_worlds(made, MAKE_AND_USE).check()
        again = run_in_worlds(made, [{"name": "Again", ACTION: {"email": EMAIL}}]).check()
        for name, world in made.items():
            done = run.task("Use", name)["made"]
            assert done["changed"], name
            assert done["reconciled"] is True, name
            assert emails(world) == [EMAIL], name
            assert done["credentials"]["password"] == world.tenant(EMAIL)["password"], name
            assert not again.task("Again", name).changed
            assert world.counts()["by_route"]["mobsted master POST /api/v8/partners"] == 2, name


def test_a_record_that_appears_late_is_waited_for(world: t.Any, world_env: dict[str, str]) -> None:
    world.options(record_delay_ms=1500)
    world.fault("reset", when="after", method="POST", path="/api/v8/partners")
    done = registered({"email": EMAIL, "settle": 10}, world_env)
    assert done["reconciled"] is True
    assert done["credentials"]["password"] == world.tenant(EMAIL)["password"]


NOT_EXECUTED: dict[str, dict[str, t.Any]] = {
    "429-after": {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    "429": {"kind": "status", "status": 429},
    "401": {"kind": "expire_tokens"},
}


def test_what_was_certainly_not_executed_is_sent_again(simulator: t.Any) -> None:
    with worlds(simulator, list(NOT_EXECUTED)) as made:
        for name, world in made.items():
            world.fault(when="before", method="POST", path="/api/v8/partners", **NOT_EXECUTED[name])
        run = run_in_worlds(made, MAKE_AND_USE).check()
        for name, world in made.items():
            done = run.task("Use", name)["made"]
            assert (done["changed"], done["reconciled"]) == (True, False), name
            assert emails(world) == [EMAIL], name
            assert world.counts()["by_route"]["mobsted master POST /api/v8/partners"] == 2, name


def test_every_envelope_and_spelling(simulator: t.Any) -> None:
    keys = ("envelope", "spelling", "attributes", "objects_path")
    shapes = [
        ("top", "seed", "nested", "objects"),
        ("data", "page", "flat", "object"),
        ("attributes", "both", "nested", "object"),
        ("list", "code", "flat", "objects"),
        ("top", "page", "nested", "object"),
        ("list", "seed", "flat", "object"),
    ]
    with worlds(simulator, {"-".join(shape): dict(zip(keys, shape)) for shape in shapes}) as made:
        run = run_in_worlds(made, [*MAKE_AND_USE, {"name": "Again", ACTION: {"email": EMAIL}}]).check()
        for name, world in made.items():
            done, again = run.task("Use", name)["made"], run.task("Again", name)
            assert (done["changed"], again.changed) == (True, False), name
            assert done["credentials"]["password"] == world.tenant(EMAIL)["password"], name
            assert again["tenant"]["url"] == done["tenant"]["url"], name


def test_case_does_not_count(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email=EMAIL)
    same = run_task(ACTION, {"email": "Owner@ACME.example"}, env=world_env).check().task("Task")
    assert not same.changed
    assert emails(world) == [EMAIL]


def test_several_records_are_ambiguous(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email=EMAIL)
    world.do("tenant_duplicate", email=EMAIL)
    failed = run_task(ACTION, {"email": EMAIL}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "ambiguous"
    assert len(emails(world)) == 2


def test_an_address_in_use_elsewhere_is_a_duplicate(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email=EMAIL)
    world.do("tenant_delete", email=EMAIL)
    failed = run_task(ACTION, {"email": EMAIL}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "duplicate"
    assert failed.failure["status"] == 409


def test_a_failed_look_up_never_means_absent(simulator: t.Any) -> None:
    codes = {"500": "server_error", "403": "forbidden", "404": "not_found"}
    with worlds(simulator, list(codes)) as made:
        for name, world in made.items():
            world.fault("status", status=int(name), method="GET", path="/api/v8/object*", times=None)
        task = {"name": "Task", ACTION: {"email": EMAIL, "retries": 1}, "ignore_errors": True}
        run = run_in_worlds(made, [task]).check()
        for name, world in made.items():
            assert run.task("Task", name).failure["code"] == codes[name]
            assert world.counts()["tenants_created"] == 0


def test_bad_input_is_refused_before_anything_is_sent(world: t.Any, world_env: dict[str, str]) -> None:
    bad: list[tuple[dict[str, t.Any], str]] = [
        ({"email": "not-an-address"}, "email"),
        ({"email": "a b@c.example"}, "email"),
        ({"email": EMAIL, "api_url": "http://ppp-admin.mobsted.com"}, "https://"),
        ({"email": EMAIL, "api_url": "ppp-admin"}, "api_url"),
        ({"email": EMAIL, "api_url": "https://user:word@ppp-admin.mobsted.com"}, "api_url"),
        ({"email": EMAIL, "ca_path": "/nonexistent/ca.pem"}, "ca_path"),
        ({"email": EMAIL, "timeout": 0}, "timeout"),
        ({"email": EMAIL, "retries": -1}, "retries"),
        ({"email": EMAIL, "api_paths": {"objects": "https://elsewhere.example/"}}, "api_paths.objects"),
    ]
    tasks = [{"name": str(args), ACTION: args, "ignore_errors": True} for args, _names in bad]
    run = run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=world_env).check()
    for args, names in bad:
        failed = run.task(str(args))
        assert failed.failure["code"] == "invalid_input", args
        assert names in failed.msg
    assert world.counts()["requests"] == 0


def test_missing_credentials_are_named(world: t.Any, world_env: dict[str, str]) -> None:
    failed = run_task(ACTION, {"email": EMAIL}, env={"MOBSTED_API_URL": world.mobsted_url}).check(2).task("Task")
    assert failed.failure["code"] == "invalid_input"
    for name in ("api_login", "api_password", "api_token", "MOBSTED_API_PASSWORD"):
        assert name in failed.msg


def test_a_wrong_password_says_what_to_check(world: t.Any, world_env: dict[str, str]) -> None:
    env = {**world_env, "MOBSTED_API_PASSWORD": "wrong-word"}
    failed = run_task(ACTION, {"email": EMAIL}, env=env).check(2).task("Task")
    assert failed.failure["code"] == "auth_failed"
    assert "api_password" in failed.msg
    assert "wrong-word" not in failed.msg
