# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory ``mobsted_tenants`` against the simulator."""

from __future__ import annotations

import json
import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.inventory import mobsted_tenants
from ansible_collections.partnerops.saas.tests.support.harness import (
    connection_env,
    edge_cores,
    run_ansible,
    run_playbook,
)
from ansible_collections.partnerops.saas.tests.support.worlds import worlds

EXAMPLES = list(yaml.safe_load_all(mobsted_tenants.EXAMPLES))
HOSTILE = "{{ 7 * 7 }}</script>'\"\n\u202eevil"


def source(folder: Path, text: str | dict[str, t.Any] = "", name: str = "mobsted_tenants.yml") -> Path:
    path = folder / name
    if isinstance(text, dict):
        path.write_text(yaml.safe_dump(text), encoding="utf-8")
    else:
        path.write_text("plugin: partnerops.saas.mobsted_tenants\n" + textwrap.dedent(text), encoding="utf-8")
    return path


def _unwrapped(pair: dict[str, t.Any]) -> t.Any:
    return pair.get("__ansible_unsafe", pair)


def listing(path: Path, env: dict[str, str], **options: t.Any) -> dict[str, t.Any]:
    run = run_ansible(["ansible-inventory", "-i", str(path), "--list"], env=env, **options).check()
    return dict(json.loads(run.stdout, object_hook=_unwrapped))


@pytest.mark.smoke
def test_one_host_for_each_tenant(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    for number, launches in ((1, 0), (2, 40)):
        world.do("tenant_add", email=f"owner{number}@acme.example", counters={"launchApp30days": launches})
    data = listing(
        source(
            tmp_path,
            """
            strict: true
            compose: {shout: mobsted_email | upper}
            groups: {idle: not mobsted_stats.launches_30_days}
            keyed_groups: [{key: mobsted_server, prefix: server}]
            """,
        ),
        world_env,
    )
    hosts = data["_meta"]["hostvars"]
    assert set(hosts) == {"owner1@acme.example", "owner2@acme.example"}
    assert data["mobsted_tenants"]["hosts"] == ["owner1@acme.example", "owner2@acme.example"]
    assert data["idle"]["hosts"] == ["owner1@acme.example"]
    assert [name for name in data if name.startswith("server_127_0_0_1")]
    one = hosts["owner2@acme.example"]
    record = world.tenant("owner2@acme.example")
    assert one["ansible_connection"] == "local"
    assert (one["shout"], one["mobsted_id"]) == ("OWNER2@ACME.EXAMPLE", str(record["id"]))
    assert (one["mobsted_url"], one["mobsted_stats"]["launches_30_days"]) == (record["url"], 40)
    assert record["password"] not in json.dumps(data)


def test_a_play_over_all_tenants(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    for number in range(3):
        world.do("tenant_add", email=f"owner{number}@acme.example", apps=["Store"])
    run = run_playbook(
        """
        - hosts: mobsted_tenants
          gather_facts: false
          tasks:
            - name: Python
              ansible.builtin.command: "{{ ansible_python_interpreter }} --version"
              changed_when: false
            - name: Module of its own
              ansible.builtin.ping:
            - name: Apps
              partnerops.saas.mobsted_pwa_app_info:
                tenant: "{{ mobsted_email }}"
        """,
        inventory=source(tmp_path),
        env={**world_env, "ANSIBLE_FORKS": "3"},
    ).check()
    assert len(run.tasks("Apps")) == 3
    assert all([app["name"] for app in one["apps"]] == ["Store"] for one in run.tasks("Apps"))
    # One login to the master account for the inventory and all forks, and one for each tenant.
    assert world.counts()["logins"] == 1 + 3


@pytest.mark.parametrize("core", edge_cores())
def test_names_are_plain_on_each_release(world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str) -> None:
    world.do("tenant_add", email="owner@acme.example")
    text = f"""
        keyed_groups: [{{key: mobsted_server, prefix: server}}]
        cache: true
        cache_plugin: ansible.builtin.jsonfile
        cache_connection: {tmp_path / "cache"}
        """
    command = ["ansible-inventory", "-i", str(source(tmp_path, text)), "--list"]
    for _from_the_api_and_from_the_cache in range(2):
        run = run_ansible(command, env=world_env, core=core).check()
        data = json.loads(run.stdout)
        values = data.pop("_meta")["hostvars"]["owner@acme.example"]
        assert data["mobsted_tenants"]["hosts"] == ["owner@acme.example"]
        assert "__ansible_unsafe" not in json.dumps(data)
        # From 2.19 on, ansible-inventory itself marks each value that is no template.
        email = "owner@acme.example"
        assert values["mobsted_email"] == (email if core == "2.18" else {"__ansible_unsafe": email})
    assert run_ansible([*command[:-1], "--graph"], env=world_env, core=core).check().stdout.count("--owner@") == 2


@pytest.mark.smoke
def test_hostile_records(simulator: t.Any, tmp_path: Path) -> None:
    with simulator.world(hostile=True) as world:
        world.do("tenant_add", email="good@acme.example")
        world.do(
            "tenant_edit", email="good@acme.example", attributes={"tenantCreated": HOSTILE, "bcLastLogin": HOSTILE}
        )
        path = source(
            tmp_path,
            """
            strict: true
            compose: {copied: mobsted_stats.last_login}
            keyed_groups: [{key: mobsted_stats.last_login, prefix: login, default_value: none}]
            """,
        )
        run = run_playbook(
            """
            - hosts: mobsted_tenants
              gather_facts: false
              tasks:
                - name: Show
                  ansible.builtin.debug:
                    msg: ["{{ mobsted_email }}", "{{ copied }}", "{{ inventory_hostname }}", "{{ group_names }}"]
            """,
            inventory=path,
            env=connection_env(world),
        ).check()
        records = world.state()["tenants"]
    shown = {one["msg"][0]: one for one in run.tasks("Show")}
    assert set(shown) == {record["email"] for record in records}
    assert shown["good@acme.example"]["msg"][1] == HOSTILE
    for one in shown.values():
        host, groups = one["msg"][2], one["msg"][3]
        assert host == "good@acme.example" or host.startswith("tenant-")
        assert not any(set(name) & set("{}<>'\" \n/") for name in groups)
    assert "named after the ids of the records" in run.output.replace("\n", " ")


def test_two_records_of_one_address(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example")
    world.do("tenant_duplicate", email="owner@acme.example", as_email="Owner@acme.example")
    hosts = listing(source(tmp_path), world_env)["_meta"]["hostvars"]
    ids = [str(record["id"]) for record in world.state()["tenants"]]
    assert set(hosts) == {f"tenant-{number}" for number in ids}


@pytest.mark.parametrize("hostname", ["name", "id"])
def test_other_host_names(world: t.Any, world_env: dict[str, str], tmp_path: Path, hostname: str) -> None:
    world.do("tenant_add", email="owner@acme.example")
    record = world.tenant("owner@acme.example")
    hosts = listing(source(tmp_path, f"hostname: {hostname}\ngroup: clients\n"), world_env)
    assert hosts["clients"]["hosts"] == [record["name"] if hostname == "name" else f"tenant-{record['id']}"]


def test_the_cache(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example")
    world.do("tenant_edit", email="owner@acme.example", attributes={"bcLastLogin": HOSTILE})
    cache = tmp_path / "cache"
    path = source(
        tmp_path,
        f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {cache}\ncache_timeout: 600\n",
    )
    first = listing(path, world_env)
    world.clear_log()
    assert listing(path, world_env) == first
    assert first["_meta"]["hostvars"]["owner@acme.example"]["mobsted_stats"]["last_login"] == HOSTILE
    assert world.counts()["requests"] == 0
    kept = "".join(file.read_text(encoding="utf-8") for file in cache.iterdir())
    assert "owner@acme.example" in kept
    assert world.tenant("owner@acme.example")["password"] not in kept
    fresh = run_ansible(["ansible-inventory", "-i", str(path), "--list", "--flush-cache"], env=world_env).check()
    assert json.loads(fresh.stdout, object_hook=_unwrapped) == first
    assert world.counts()["requests"] > 0


@pytest.mark.parametrize("core", edge_cores())
def test_the_cache_of_one_account_serves_no_other(simulator: t.Any, tmp_path: Path, core: str) -> None:
    """The same inventory file, with the account in the environment."""
    path = source(
        tmp_path, f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {tmp_path / 'cache'}\n"
    )
    with worlds(simulator, ["a", "b"]) as made:
        for name, world in made.items():
            world.do("tenant_add", email=f"owner@{name}.example")
        for _filled_then_used in range(2):
            for name, world in made.items():
                found = listing(path, connection_env(world), core=core)
                assert set(found["_meta"]["hostvars"]) == {f"owner@{name}.example"}
        assert all(world.counts()["logins"] == 1 for world in made.values())


def test_the_graph_and_the_examples(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example", counters={"appsTotal": 2})
    for given in EXAMPLES:
        example, env = given, {**world_env, "PARTNER_PASSWORD": world.password}
        if "api_url" in given:
            example = {**given, "api_url": world.mobsted_url, "api_login": world.login}
            env.pop("MOBSTED_API_PASSWORD")
        graph = run_ansible(
            ["ansible-inventory", "-i", str(source(tmp_path, example)), "--graph", "mobsted_tenants"], env=env
        ).check()
        assert "--owner@acme.example" in graph.stdout, graph.describe()
    assert len(EXAMPLES) == 3


def test_a_failure_says_why(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    run = run_ansible(
        ["ansible-inventory", "-i", str(source(tmp_path)), "--list"],
        env={**world_env, "MOBSTED_API_PASSWORD": "Wrong-One-7", "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"},
    )
    assert run.rc != 0
    assert "was refused (401" in run.output.replace("\n", " ")
    assert "Wrong-One-7" not in run.output


@pytest.mark.parametrize("core", edge_cores())
@pytest.mark.parametrize("enabled", ["auto", "partnerops.saas.mobsted_tenants,ansible.builtin.yaml"])
def test_a_file_of_another_name_is_not_read_and_gets_a_warning(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str, enabled: str
) -> None:
    path = source(tmp_path, name="tenants.yml")
    env = {**world_env, "ANSIBLE_INVENTORY_ENABLED": enabled}
    run = run_ansible(["ansible-inventory", "-i", str(path), "--list"], env=env, core=core)
    assert world.counts()["requests"] == 0
    said = " ".join(run.stderr.split())
    assert "whose name ends with mobsted_tenants.yml or mobsted_tenants.yaml. Rename it." in said, run.describe()


def test_files_that_ask_for_other_plugins_get_no_warning(world_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text("all: {hosts: {one: {}}}\n# plugin: partnerops.saas.mobsted_tenants\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe[all]\n")
    env = {**world_env, "ANSIBLE_INVENTORY_ENABLED": "partnerops.saas.mobsted_tenants,ansible.builtin.yaml"}
    for name in ("hosts.yml", "binary"):
        run = run_ansible(["ansible-inventory", "-i", str(tmp_path / name), "--list"], env=env)
        assert "Rename it" not in run.output
