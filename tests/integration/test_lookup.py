# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup ``mobsted_tenant`` against the simulator."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.lookup import mobsted_tenant
from ansible_collections.partnerops.saas.plugins.module_utils.run.secrets import core_registry
from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook

VARS = {"tenant": "partnerops.saas.mobsted_tenant"}
HOSTILE = "{{ 7 * 7 }}</script>'\"\n\u202eevil"


def show(expressions: dict[str, str], variables: dict[str, t.Any] | None = None, **options: t.Any) -> t.Any:
    """Evaluate each expression in a debug task named after its key."""
    tasks = [
        {"name": name, "ansible.builtin.debug": {"msg": text}, "ignore_errors": True}
        for name, text in expressions.items()
    ]
    play = {"hosts": "localhost", "gather_facts": False, "vars": {**VARS, **(variables or {})}, "tasks": tasks}
    return run_playbook([play], **options).check()


@pytest.mark.smoke
def test_records(world: t.Any, world_env: dict[str, str]) -> None:
    for name in ("owner", "other"):
        world.do("tenant_add", email=f"{name}@acme.example", counters={"appsTotal": 3})
    world.do("tenant_edit", email="owner@acme.example", attributes={"bcLastLogin": HOSTILE})
    one, other = world.tenant("owner@acme.example"), world.tenant("other@acme.example")
    run = show(
        {
            "one": "{{ lookup(tenant, 'Owner@ACME.example') }}",
            "several": "{{ query(tenant, 'owner@acme.example', 'other@acme.example') | map(attribute='id') }}",
            "list": "{{ query(tenant, ['owner@acme.example', 'other@acme.example']) | length }}",
            "default": "{{ lookup(tenant, 'nobody@acme.example', default={}) }}",
            "missing": "{{ lookup(tenant, 'nobody@acme.example') }}",
            "ignored": "{{ query(tenant, 'nobody@acme.example', errors='ignore') | string }}",
            "no address": "{{ lookup(tenant, 'acme') }}",
            "hostile": "{{ lookup(tenant, 'owner@acme.example').stats.last_login }}",
        },
        env=world_env,
    )
    record = run.task("one")["msg"]
    assert (record["id"], record["url"], record["stats"]["apps_total"]) == (str(one["id"]), one["url"], 3)
    assert "credentials" not in record
    assert run.task("several")["msg"] == [str(one["id"]), str(other["id"])]
    assert str(run.task("list")["msg"]) == "2"
    assert run.task("default")["msg"] == {}
    assert "no tenant nobody@acme.example" in run.task("missing").msg
    assert not run.task("ignored").failed
    assert "not an e-mail address" in run.task("no address").msg
    assert run.task("hostile")["msg"] == HOSTILE
    # One login, across tasks and within a process.
    assert world.counts()["logins"] == 1


@pytest.mark.smoke
def test_credentials(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example")
    password = world.tenant("owner@acme.example")["password"]
    run = run_playbook(
        """
        - hosts: localhost
          gather_facts: false
          vars:
            tenant: "{{ lookup('partnerops.saas.mobsted_tenant', 'owner@acme.example', include_credentials=true) }}"
          tasks:
            - name: Use
              partnerops.saas.mobsted_pwa_app_info:
                api_url: "{{ tenant.url }}"
                api_login: "{{ tenant.credentials.login }}"
                api_password: "{{ tenant.credentials.password }}"
            - name: Show
              ansible.builtin.debug:
                msg: "{{ tenant.credentials }}"
        """,
        env=world_env,
    ).check()
    assert len(run.task("Use")["apps"]) >= 0
    assert run.task("Show")["msg"]["login"] == "owner@acme.example"
    # ansible-core masks it from 2.22 on; before, the documentation asks for no_log.
    assert (password in run.output) == (core_registry() is None)


@pytest.mark.smoke
def test_options_from_variables(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example")
    world.options(objects_path="object")
    run = show(
        {
            "variables": "{{ lookup(tenant, 'owner@acme.example').email }}",
            "direct": "{{ lookup(tenant, 'owner@acme.example', api_url='ftp://x') }}",
            "paths": "{{ lookup(tenant, 'owner@acme.example', api_paths={'object': 'x'}) }}",
        },
        {
            "place": world.mobsted_url,
            "mobsted_api_url": "{{ place }}/api/v8/",
            "mobsted_api_login": world.login,
            "mobsted_api_password": "{{ 'A' + secret }}",
            "secret": "B",
        },
        env={"MOBSTED_API_PASSWORD": "from the environment: loses"},
    )
    # The password is wrong on purpose: where it was sent proves that the variables were evaluated.
    assert "was refused (401" in run.task("variables").msg
    assert world.mobsted_url in run.task("variables").msg
    assert "not a valid URL" in run.task("direct").msg
    assert "api_paths has no key" in run.task("paths").msg


def test_a_password_in_the_environment_is_no_template(simulator: t.Any) -> None:
    with simulator.world(password="{{ 7 * 7 }}%}") as world:
        world.do("tenant_add", email="owner@acme.example")
        run = show({"one": "{{ lookup(tenant, 'owner@acme.example').email }}"}, env=connection_env(world))
        assert run.task("one").msg == "owner@acme.example"


def test_two_records_of_one_address(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example")
    world.do("tenant_duplicate", email="owner@acme.example")
    run = show({"one": "{{ lookup(tenant, 'owner@acme.example', default={}) }}"}, env=world_env)
    assert "2 records in app ID 1 have the address" in run.task("one").msg


def test_the_examples(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example")
    play = {"hosts": "localhost", "gather_facts": False, "tasks": yaml.safe_load(mobsted_tenant.EXAMPLES)}
    run = run_playbook([play], env=world_env).check()
    assert run.results[0]["msg"] == world.tenant("owner@acme.example")["url"]
    assert run.results[2]["msg"] == "No"
    assert len([entry for entry in world.log() if entry["kind"] == "tenant"]) == 1
