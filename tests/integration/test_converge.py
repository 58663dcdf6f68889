# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``partnerops.saas.converge``."""

from __future__ import annotations

import json
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

NAME = "partnerops.saas.converge"
EXAMPLE = ROOT / "playbooks" / "example" / "partner-state.yml"
PASSWORD = "the-password-of-cobalt"


def converge(state: t.Any, folder: Path, *arguments: str, **how: t.Any) -> Run:
    """Run the playbook with a state (data, or a file); ``extra_vars`` are its variables."""
    if not isinstance(state, Path):
        (folder / "partner-state.yml").write_text(yaml.safe_dump(state))
        state = "partner-state.yml"
    extra = {"partner_state_file": str(state), **how.pop("extra_vars", {})}
    return run_playbook(NAME, *arguments, extra_vars=extra, cwd=folder, home=folder / "home", **how)


def told(run: Run) -> list[str]:
    return list(run.task("Show the summary")["msg"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path


@pytest.mark.smoke
def test_the_example_check_do_again_check_again(world: t.Any, world_env: dict[str, str], folder: Path) -> None:
    extra = {"vault_cobalt_password": PASSWORD}

    def run(**how: t.Any) -> Run:
        return converge(EXAMPLE, folder, env=world_env, extra_vars=extra, verbosity=1, **how).check()

    predicted = run(check=True, diff=True)
    assert predicted.changed == 2
    for line in ("+ app 'Partner Portal'", "+ tenant owner@acme.example", "+ client owner@cobalt.example"):
        assert line in predicted.stdout
    assert {entry["method"] for entry in world.log(vendor="mobsted")} == {"GET"}
    assert world.outbox() == []
    done = run()
    assert done.changed == 2
    assert told(done)[:2] == [
        "Mobsted tenants: 3 declared, 3 created, 0 unchanged, 0 failed",
        "Mobsted apps: 4 declared, 4 created, 0 unchanged, 0 failed",
    ]
    assert "MIP marketplace 7, members: 2 declared, 2 created, 0 unchanged, 0 failed" in told(done)
    assert sorted(app["name"] for app in world.apps("owner@acme.example")) == ["Acme Help", "Acme Store"]
    assert len(world.outbox()) == 2
    icons = [entry for entry in world.log(path="/api/v8/applications") if "acme.png" in str(entry["body"])]
    assert len(icons) == 2
    again = run()
    assert again.changed == 0
    assert run(check=True).changed == 0
    assert len(world.outbox()) == 2
    secrets = [PASSWORD, world.password, *(tenant["password"] for tenant in world.state()["tenants"])]
    for one in (predicted, done, again):
        assert [secret for secret in secrets if secret in one.output] == []


def test_each_half_needs_only_its_own_connection(world: t.Any, folder: Path) -> None:
    env = connection_env(world)
    half = {"mip": {"marketplaces": [{"id": 7, "members": [{"email": "a@x.example"}]}]}}
    converge(half, folder, env={key: value for key, value in env.items() if key.startswith("MIP")}).check()
    half = {"mobsted": {"tenants": [{"email": "a@x.example"}]}}
    converge(half, folder, env={key: value for key, value in env.items() if key.startswith("MOBSTED")}).check()
    assert (len(world.outbox()), world.counts()["tenants_created"]) == (1, 1)


def test_connections_as_variables(world: t.Any, folder: Path) -> None:
    extra = {
        "partner_mobsted_connection": {
            "api_url": world.mobsted_url,
            "api_login": world.login,
            "api_password": world.password,
        },
        "partner_mip_connection": {
            "api_url": world.mip_url,
            "api_email": world.mip_email,
            "api_password": world.mip_password,
        },
    }
    market = {"id": 7, "require_tenant": True, "members": [{"email": "a@x.example"}, {"email": "mistyped@x.example"}]}
    state = {"mobsted": {"tenants": [{"email": "a@x.example"}]}, "mip": {"marketplaces": [market]}}
    run = converge(state, folder, extra_vars=extra).check(2)
    assert [mail["to"] for mail in world.outbox()] == ["a@x.example"]
    assert "member mistyped@x.example of marketplace 7: mistyped@x.example is not a tenant" in run.output
    assert world.password not in run.output


def test_one_failure_does_not_stop_the_rest_unless_asked(world: t.Any, world_env: dict[str, str], folder: Path) -> None:
    people = [{"email": "a@x.example"}]
    state = {"mobsted": {"tenants": people}, "mip": {"marketplaces": [{"id": 7, "members": people}]}}
    world.fault("status", status=422, method="POST", path="/api/v8/partners")
    run = converge(state, folder, env=world_env, extra_vars={"partner_on_error": "stop"}).check(2)
    assert world.outbox() == []
    assert run.failures[0].task == "Fail if anything failed"
    world.fault("status", status=422, method="POST", path="/api/v8/partners")
    run = converge(state, folder, env=world_env).check(2)
    assert len(world.outbox()) == 1
    assert "tenant a@x.example: " in run.failures[0].msg
    assert told(run)[0] == "Mobsted tenants: 1 declared, 0 created, 0 unchanged, 1 failed"


def test_who_is_not_declared_is_reported_and_left_alone(simulator: t.Any, folder: Path) -> None:
    with simulator.world(tenants=23) as world:
        run = converge({"mobsted": {}}, folder, env=connection_env(world)).check()
        assert run.changed == 0
        assert "tenant00020@clients.example and 3 more" in told(run)[2]


def test_credentials_go_to_a_file_of_the_current_folder(world: t.Any, world_env: dict[str, str], folder: Path) -> None:
    (folder / "secret").write_text("sesame")
    extra = {"partner_credentials_dest": "logins.yml"}
    state = {"mobsted": {"tenants": [{"email": "a@x.example"}]}}
    refused = converge(state, folder, env=world_env, extra_vars=extra).check(2)
    assert "vault secret" in refused.output
    assert world.counts()["requests"] == 0
    converge(state, folder, "--vault-password-file", str(folder / "secret"), env=world_env, extra_vars=extra).check()
    assert (folder / "logins.yml").read_text().startswith("$ANSIBLE_VAULT")
    clear = {"partner_credentials_dest": "clear.yml", "partner_credentials_plaintext": True}
    assert converge(state, folder, env=world_env, extra_vars=clear).check().changed == 1
    assert "a@x.example" in yaml.safe_load((folder / "clear.yml").read_text())


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ({"partner_state_file": "none.yml"}, "there is no such file"),
        ({"partner_on_error": "explode"}, "partner_on_error must be continue or stop"),
        ({"partner_concurrency": 99}, "partner_concurrency must be 1 to 32"),
        ({"partner_mobsted_connection": "https://x"}, "must be dicts"),
        ({"partner_on_stale_credentials": "ignore"}, "partner_on_stale_credentials must be fail or warn"),
        ({"partner_max_creates": -1}, "partner_max_creates must be a whole number"),
        ({"partner_max_creates": "many"}, "partner_max_creates must be a whole number"),
        ({"partner_fail_on": "drift,typo"}, "partner_fail_on must be a list of pending, drift, undeclared"),
        ({"partner_fail_on": {"drift": True}}, "partner_fail_on must be a list of"),
        ({"partner_plan_path": "no/folder/plan.json"}, "partner_plan_path must name a file in a folder that exists"),
    ],
)
def test_variables_are_checked_first(
    world: t.Any, world_env: dict[str, str], folder: Path, extra: dict[str, t.Any], text: str
) -> None:
    run = converge({"mobsted": {}}, folder, env=world_env, extra_vars=extra).check(2)
    assert text in run.output
    assert world.counts()["requests"] == 0


def test_without_a_state_file_it_says_what_to_give(folder: Path) -> None:
    assert "-e partner_state_file=" in run_playbook(NAME, cwd=folder).check(2).output


@pytest.mark.parametrize(
    ("text", "told_text"),
    [
        ("mobsted: {tenants: [{email: a@x.example, aps: []}]}", "mobsted.tenants[0].aps is not known"),
        ("mobsted: {tenants: [{email: a@x.example, apps: [{name: A, colour: x}]}]}", "tenants[0].apps[0].colour"),
        ("mopsted: {}", "mopsted is not known"),
        ("- mobsted", "must be a mapping (key: value), not a list"),
        ("mobsted: [", "is not valid YAML"),
        ("mip: {marketplaces: [{members: []}]}", "mip.marketplaces[0].id is missing"),
        ("mobsted: {tenants: [{email: '{{ nobody_knows }}'}]}", "nobody_knows"),
    ],
)
def test_a_wrong_state_is_refused_with_the_place(
    world: t.Any, world_env: dict[str, str], folder: Path, text: str, told_text: str
) -> None:
    (folder / "wrong.yml").write_text(text)
    assert told_text in converge(folder / "wrong.yml", folder, env=world_env).check(2).output
    assert world.counts()["requests"] == 0


def test_an_encrypted_state(world: t.Any, world_env: dict[str, str], folder: Path) -> None:
    from ansible.parsing.vault import VaultLib, VaultSecret

    text = yaml.safe_dump({"mobsted": {"tenants": [{"email": "a@x.example"}]}})
    (folder / "state.yml").write_bytes(VaultLib().encrypt(text, VaultSecret(b"sesame")))
    (folder / "secret").write_text("sesame")
    converge(folder / "state.yml", folder, "--vault-password-file", str(folder / "secret"), env=world_env).check()
    assert world.tenant("a@x.example")


# -- the plan ---------------------------------------------------------------------------------------------------------


def a_world_with_everything(world: t.Any) -> dict[str, t.Any]:
    """Fill a world, and return a state of which some is there, some differs, and some is not declared."""
    world.do("tenant_add", email="known@x.example", apps=["Shop", "Extra"])
    world.do("tenant_add", email="stale@x.example", apps=["Old"])
    world.do("tenant_password", email="stale@x.example", password="Changed-By-Client-1")
    world.do("tenant_add", email="stranger@x.example")
    site = "https://declared.example"
    tenants = [
        {"email": "known@x.example", "apps": [{"name": "Shop", "website_url": site}]},
        {"email": "stale@x.example", "apps": [{"name": "Old", "website_url": site}]},
        {"email": "new@x.example", "apps": [{"name": "First_App", "website_url": site}]},
    ]
    market = {"id": 7, "members": [{"email": "known@x.example"}]}
    return {"mobsted": {"tenants": tenants}, "mip": {"marketplaces": [market]}}


LINE = "3 {}, 1 differs, 1 unverified, 2 not declared, 1 in sync"


@pytest.mark.parametrize("core", edge_cores())
def test_one_line_over_both_vendors_and_the_plan_as_a_file(
    world: t.Any, world_env: dict[str, str], folder: Path, core: str
) -> None:
    state = a_world_with_everything(world)
    extra = {"partner_on_stale_credentials": "warn", "partner_plan_path": "plan.json"}
    predicted = converge(state, folder, check=True, env=world_env, core=core, extra_vars=extra).check()
    assert told(predicted)[-1] == f"Plan: {LINE.format('to create')}"
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert plan["line"] == told(predicted)[-1]
    assert [one["label"] for one in plan["create"]] == [
        "tenant new@x.example",
        "app 'First_App' of new@x.example",
        "member known@x.example",
    ]
    assert plan["counts"]["undeclared"] == 2
    assert world.counts()["tenants_created"] == 0

    extra["partner_plan_path"] = "plan.md"
    done = converge(state, folder, env=world_env, core=core, extra_vars=extra).check()
    assert told(done)[-1] == f"Done: {LINE.format('created')}"
    start = "Created: app 'First_App' of new@x.example: "
    link = next(line for line in told(done) if line.startswith(start)).removeprefix(start)
    assert link.startswith("http")
    assert "Mobsted apps that are not declared (reported, never touched): 'Extra' of known@x.example" in told(done)
    text = (folder / "plan.md").read_text(encoding="utf-8")
    assert f"<{link}>" in text
    assert "app 'First\\_App' of new@x.example" in text
    assert (folder / "plan.md").stat().st_mode & 0o777 == 0o600
    output = done.output.replace("\n", " ")
    assert "1 new tenant, and nobody keeps the passwords: set partner_credentials_dest" in output
    secrets = [tenant["password"] for tenant in world.state()["tenants"]]
    assert [one for one in secrets if one in done.output + text + json.dumps(plan)] == []

    kept = {**extra, "partner_credentials_dest": "c.yml", "partner_credentials_plaintext": True}
    state["mobsted"]["tenants"].append({"email": "next@x.example"})
    assert "nobody keeps" not in converge(state, folder, env=world_env, core=core, extra_vars=kept).check().output


@pytest.mark.parametrize(
    ("kinds", "texts"),
    [
        ("drift", ["1 drift (app 'Shop' of known@x.example)."]),
        (["pending", "undeclared"], ["3 pending (tenant new@x.example", "2 undeclared (tenant stranger@x.example"]),
        ("unverified, unconfirmed", ["1 unverified (tenant stale@x.example)."]),
        ("['unverified', \"unconfirmed\"]", ["1 unverified (tenant stale@x.example)."]),
        (["unconfirmed"], []),
    ],
)
def test_a_scheduled_check_fails_on_what_it_is_asked_to(
    world: t.Any, world_env: dict[str, str], folder: Path, kinds: t.Any, texts: list[str]
) -> None:
    state = a_world_with_everything(world)
    extra = {"partner_on_stale_credentials": "warn", "partner_fail_on": kinds}
    run = converge(state, folder, check=True, env=world_env, extra_vars=extra).check(2 if texts else 0)
    for text in texts:
        assert f"partner_fail_on: {text}" in run.failures[0].msg


def test_nothing_is_pending_after_a_real_run(world: t.Any, world_env: dict[str, str], folder: Path) -> None:
    state = {"mobsted": {"tenants": [{"email": "new@x.example"}]}}
    extra = {"partner_fail_on": ["pending"]}
    converge(state, folder, check=True, env=world_env, extra_vars=extra).check(2)
    converge(state, folder, env=world_env, extra_vars=extra).check()
    converge(state, folder, check=True, env=world_env, extra_vars=extra).check()


def test_a_run_that_would_create_too_much_creates_nothing(
    world: t.Any, world_env: dict[str, str], folder: Path
) -> None:
    people = [{"email": "a@x.example"}, {"email": "b@x.example"}]
    market = {"id": 7, "require_tenant": True, "members": people}
    state = {"mobsted": {"tenants": people}, "mip": {"marketplaces": [market]}}
    for check in (True, False):
        extra = {"partner_max_creates": 3, "partner_plan_path": f"check-{check}.json"}
        run = converge(state, folder, check=check, env=world_env, extra_vars=extra).check(2)
        assert "4 things (2 tenants, 2 members) would be created, and partner_max_creates is 3." in run.failures[-1].msg
        plan = json.loads((folder / f"check-{check}.json").read_text(encoding="utf-8"))
        assert plan["line"].startswith("Plan: 4 to create, ")
        assert (world.counts()["tenants_created"], world.outbox()) == (0, [])
    converge(state, folder, env=world_env, extra_vars={"partner_max_creates": "4"}).check()
    assert (world.counts()["tenants_created"], len(world.outbox())) == (2, 2)
    assert converge(state, folder, env=world_env, extra_vars={"partner_max_creates": 0}).check().changed == 0


@pytest.mark.parametrize("core", edge_cores())
def test_people_in_a_marketplace_that_the_state_does_not_name(
    world: t.Any, world_env: dict[str, str], folder: Path, core: str
) -> None:
    both = [{"id": number, "members": [{"email": "a@x.example"}]} for number in (7, 1)]
    converge({"mip": {"marketplaces": both}}, folder, env=world_env, core=core).check()
    for marketplaces in ([both[0]], []):
        state = {"mip": {"marketplaces": marketplaces}}
        run = converge(state, folder, env=world_env, core=core, extra_vars={"partner_fail_on": "undeclared"}).check(2)
        assert "member a@x.example of marketplace 1" in run.failures[0].msg
        assert "MIP marketplace 1, members that are not declared (reported, never touched): a@x.example" in told(run)
    assert converge({"mobsted": {}}, folder, env=world_env, core=core).check().changed == 0
