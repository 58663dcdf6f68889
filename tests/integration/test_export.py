# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``partnerops.saas.export``: what it writes converges to no change."""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.support.harness import (
    ROOT,
    Run,
    connection_env,
    edge_cores,
    run_playbook,
)

HOSTILE = "{{ lookup('pipe', 'id') }} # \"x\": '\\' \U0001f600"


class _Loader(yaml.SafeLoader):
    """Reads ``!unsafe``, too."""


_Loader.add_constructor("!unsafe", lambda loader, node: node.value)


def play(name: str, folder: Path, **how: t.Any) -> Run:
    return run_playbook(f"partnerops.saas.{name}", cwd=folder, home=folder / "home", **how)


def exported(folder: Path, name: str = "partner-state.yml") -> t.Any:
    return yaml.load((folder / name).read_text(encoding="utf-8"), Loader=_Loader)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path


STATE = {"partner_state_file": "partner-state.yml"}


@pytest.mark.smoke
def test_what_exists_converges_to_no_change(world: t.Any, world_env: dict[str, str], folder: Path) -> None:
    extra = {"vault_cobalt_password": "the-password-of-cobalt"}
    example = {**extra, "partner_state_file": str(ROOT / "playbooks" / "example" / "partner-state.yml")}
    play("converge", folder, env=world_env, extra_vars=example).check()

    run = play("export", folder, env=world_env).check()
    assert run.changed == 1
    text = (folder / "partner-state.yml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=partner-state.schema.json\n")
    assert (folder / "partner-state.yml").stat().st_mode & 0o777 == 0o600
    found = exported(folder)
    assert [one["email"] for one in found["mobsted"]["tenants"]] == [
        "owner@acme.example",
        "owner@borealis.example",
        "owner@cobalt.example",
    ]
    assert found["mobsted"]["tenants"][0]["apps"][1] == {
        "name": "Acme Store",
        "title": "Acme Store",
        "description": "Everything that Acme sells",
        "splash_color": "#1557b0",
        "panel_color": "#ffffff",
        "website_url": "https://store.acme.example",
    }
    market = found["mip"]["marketplaces"][0]
    assert (market["id"], [one["email"] for one in market["clients"]]) == (7, ["owner@cobalt.example"])
    assert [one["email"] for one in market["members"]] == ["owner@acme.example", "owner@borealis.example"]
    secrets = [tenant["password"] for tenant in world.state()["tenants"]] + [*extra.values(), world.password]
    assert [one for one in secrets if one in text + run.output] == []

    play("validate", folder, extra_vars=STATE).check()
    world.clear_log()
    assert play("converge", folder, env=world_env, extra_vars=STATE).check().changed == 0
    line = play("converge", folder, env=world_env, check=True, extra_vars=STATE).check().task("Show the summary").msg
    assert "Plan: 0 to create, 0 differs, 0 unverified, 0 not declared, 10 in sync" in line
    assert [entry for entry in world.log() if entry["method"] != "GET" and "login" not in entry["path"]] == []


@pytest.mark.parametrize("core", edge_cores())
def test_hostile_names_stay_what_they_are(world: t.Any, world_env: dict[str, str], folder: Path, core: str) -> None:
    names = [HOSTILE, "No", "042", "1e3", "~", "- a", "Twice", "Twice", " edge", "a\u2028b\u200bc"]
    world.do("tenant_add", email="owner@acme.example", apps=names)
    world.do("tenant_add", email="stale@acme.example", apps=["Shop"])
    world.do("tenant_password", email="stale@acme.example", password="Changed-By-Client-1")
    run = play("export", folder, env=world_env, core=core).check()
    owner, stale = exported(folder)["mobsted"]["tenants"]
    found = [app["name"] for app in owner["apps"]]
    assert sorted(found) == sorted(name for name in names if name != " edge")
    assert [app.get("app_id") is not None for app in owner["apps"]].count(True) == 2
    assert "apps" not in stale
    text = (folder / "partner-state.yml").read_text(encoding="utf-8")
    assert "' edge' (id" in text
    assert "Its apps could not be read." in text
    told = run.task("Show what is in the file")["msg"]
    assert told[0] == "Tenants: 2, apps: 9"
    assert told[2:4] == [
        "Tenants whose apps could not be read, as comments in the file explain: 1",
        "Can't be declared, as comments in the file explain: 1",
    ]
    assert "uid=" not in text + run.output
    play("validate", folder, extra_vars=STATE, core=core).check()
    done = play("converge", folder, env=world_env, extra_vars=STATE, core=core).check()
    assert done.changed == 0
    assert world.counts()["apps_created"] == 0


@pytest.mark.parametrize("core", edge_cores())
def test_without_a_connection_no_empty_state_is_written(folder: Path, core: str) -> None:
    """A forgotten variable would read as an account without tenants."""
    run = play("export", folder, core=core).check(2)
    assert "Set MOBSTED_API_URL" in run.failures[0].msg
    assert not (folder / "partner-state.yml").exists()


def test_a_file_is_replaced_only_on_request(world: t.Any, world_env: dict[str, str], folder: Path) -> None:
    path = folder / "partner-state.yml"
    path.write_text("mine: true\n", encoding="utf-8")
    path.chmod(0o640)
    run = play("export", folder, env=world_env).check(2)
    assert "partner_export_overwrite=true" in run.failures[0].msg
    assert path.read_text(encoding="utf-8") == "mine: true\n"
    assert world.counts()["requests"] == 0
    extra = {"partner_export_overwrite": True}
    assert play("export", folder, env=world_env, extra_vars=extra, check=True).check().changed == 1
    assert path.read_text(encoding="utf-8") == "mine: true\n"
    play("export", folder, env=world_env, extra_vars=extra).check()
    assert exported(folder) == {"mobsted": {}}
    assert path.stat().st_mode & 0o777 == 0o640
    assert play("export", folder, env=world_env, extra_vars=extra).check().changed == 0


def test_each_half_alone(world: t.Any, folder: Path) -> None:
    env = connection_env(world)
    mip = {key: value for key, value in env.items() if key.startswith("MIP")}
    buyers = [{"email": f"{name}@x.example", "password": "Buyer-1", "blocked": name == "b"} for name in "ab"]
    market = {"id": 7, "clients": buyers}
    state = {"mip": {"marketplaces": [market]}}
    (folder / "given.yml").write_text(yaml.safe_dump(state), encoding="utf-8")
    play("converge", folder, env=mip, extra_vars={"partner_state_file": "given.yml"}).check()
    play("export", folder, env=mip).check()
    found = exported(folder)
    assert list(found) == ["mip"]
    assert [one.get("blocked") for one in found["mip"]["marketplaces"][0]["clients"]] == [None, True]
    assert play("converge", folder, env=mip, extra_vars=STATE).check().changed == 0
    play("export", folder, env=env, extra_vars={"partner_export_path": "both.yml"}).check()
    assert list(exported(folder, "both.yml")) == ["mobsted", "mip"]


def test_a_client_with_an_id_is_known_on_another_machine(world: t.Any, folder: Path) -> None:
    env = connection_env(world)
    state = {"mip": {"marketplaces": [{"id": 7, "clients": [{"email": "a@x.example", "password": "Buyer-1"}]}]}}
    (folder / "given.yml").write_text(yaml.safe_dump(state), encoding="utf-8")
    play("converge", folder, env=env, extra_vars={"partner_state_file": "given.yml"}).check()
    play("export", folder, env=env).check()
    elsewhere = {**env, "MIP_LEDGER_PATH": str(folder / "new.sqlite3")}
    assert play("converge", folder, env=elsewhere, extra_vars=STATE).check().changed == 0


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ({"partner_export_path": "no/folder/x.yml"}, "folder that exists"),
        ({"partner_export_path": "."}, "must name a file"),
        ({"partner_mip_connection": "x"}, "must be dicts"),
        ({"partner_concurrency": 0}, "1 to 32"),
    ],
)
def test_variables_are_checked_first(
    world: t.Any, world_env: dict[str, str], folder: Path, extra: dict[str, t.Any], text: str
) -> None:
    assert text in play("export", folder, env=world_env, extra_vars=extra).check(2).failures[0].msg
    assert world.counts()["requests"] == 0


@pytest.mark.slow
def test_a_thousand_tenants_in_the_time_of_the_listing(simulator: t.Any, folder: Path) -> None:
    with simulator.world(tenants=1000, apps_per_tenant=2) as world:
        env = connection_env(world)
        listing = [{"hosts": "localhost", "gather_facts": False, "tasks": [{"partnerops.saas.mobsted_fleet_info": {}}]}]
        start = time.monotonic()
        run_playbook(listing, env=env, cwd=folder, home=folder / "home").check()
        alone = time.monotonic() - start
        start = time.monotonic()
        play("export", folder, env=env).check()
        assert time.monotonic() - start < 1.5 * alone + 5
        tenants = exported(folder)["mobsted"]["tenants"]
        assert (len(tenants), sum(len(one["apps"]) for one in tenants)) == (1000, 2000)
        assert play("converge", folder, env=env, extra_vars=STATE).check().changed == 0
