# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``credentials_dest`` of ``partnerops.saas.mobsted_tenant`` and ``partnerops.saas.mobsted_fleet``."""

from __future__ import annotations

import stat
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.support.harness import Run, run_ansible, run_playbook, run_task

TENANT, FLEET = "partnerops.saas.mobsted_tenant", "partnerops.saas.mobsted_fleet"
EMAIL = "owner@acme.example"


@pytest.fixture
def vault(world_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Return the environment with a vault secret."""
    (tmp_path / "secret").write_text("sesame\n")
    return {**world_env, "ANSIBLE_VAULT_PASSWORD_FILE": str(tmp_path / "secret")}


def logins(path: Path, env: dict[str, str]) -> dict[str, t.Any]:
    """Return what ``ansible-vault view`` shows."""
    command = ["ansible-vault", "view", "--vault-password-file", env["ANSIBLE_VAULT_PASSWORD_FILE"], str(path)]
    shown = run_ansible(command, env={"PAGER": "cat"}).check()
    return dict(yaml.safe_load(shown.stdout))


def no_password(world: t.Any, *runs: Run) -> None:
    for tenant in world.state()["tenants"]:
        for run in runs:
            assert tenant["password"] not in run.output
            assert tenant["password"] not in str([result.result for result in run.results])


@pytest.mark.parametrize("action", [TENANT, FLEET])
def test_do_again_check_check_again(world: t.Any, vault: dict[str, str], tmp_path: Path, action: str) -> None:
    path = tmp_path / "logins.yml"
    args: dict[str, t.Any] = {"email": EMAIL} if action == TENANT else {"tenants": [{"email": EMAIL}]}
    args["credentials_dest"] = "logins.yml"  # beside the playbook
    how: dict[str, t.Any] = {"env": vault, "cwd": tmp_path, "verbosity": 3}
    checked = run_task(action, args, check=True, **how).check()
    assert checked.task("Task").changed
    assert not path.exists()
    done = run_task(action, args, **how).check()
    assert done.task("Task").changed
    assert "credentials" not in done.task("Task").result
    tenant = world.tenant(EMAIL)
    assert logins(path, vault) == {
        EMAIL: {"url": tenant["url"], "login": EMAIL, "password": tenant["password"]},
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    for check in (False, True):
        assert not run_task(action, args, check=check, **how).check().task("Task").changed
    assert path.read_bytes() == before
    path.unlink()  # a lost file is restored from app ID 1
    assert run_task(action, args, check=True, **how).check().task("Task").changed
    assert not path.exists()
    assert run_task(action, args, **how).check().task("Task").changed
    assert logins(path, vault)[EMAIL]["password"] == tenant["password"]
    no_password(world, checked, done)


def test_the_file_serves_as_variables_of_a_later_run(world: t.Any, vault: dict[str, str], tmp_path: Path) -> None:
    run_task(FLEET, {"tenants": [{"email": EMAIL}], "credentials_dest": "logins.yml"}, env=vault, cwd=tmp_path).check()
    tasks = [
        {"name": "Load", "ansible.builtin.include_vars": {"file": "logins.yml", "name": "logins"}, "no_log": True},
        {
            "name": "Work in the tenant's own account",
            "partnerops.saas.mobsted_pwa_app": {
                "api_url": f"{{{{ logins['{EMAIL}'].url }}}}",
                "api_login": f"{{{{ logins['{EMAIL}'].login }}}}",
                "api_password": f"{{{{ logins['{EMAIL}'].password }}}}",
                "name": "Shop",
                "website_url": "https://shop.example",
            },
        },
    ]
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    run_playbook(play, env=vault, cwd=tmp_path).check()
    assert [app["name"] for app in world.apps(EMAIL)] == ["Shop"]


def test_new_credentials_are_kept_although_a_later_item_fails(
    world: t.Any, vault: dict[str, str], tmp_path: Path
) -> None:
    world.fault("status", status=422, method="POST", path="/api/v8/partners", nth=7)
    emails = [f"owner{number}@acme.example" for number in range(10)]
    args = {"tenants": [{"email": email} for email in emails], "credentials_dest": "logins.yml", "concurrency": 1}
    run_task(FLEET, args, env=vault, cwd=tmp_path).check(2)
    kept = logins(tmp_path / "logins.yml", vault)
    assert {email: entry["password"] for email, entry in kept.items()} == {
        tenant["email"]: tenant["password"] for tenant in world.state()["tenants"]
    }
    assert len(kept) == 9


def refused(run: Run, task: str) -> None:
    found = run.task(task)
    assert found.failure["code"] == "invalid_input", (task, found.msg)
    assert "credentials_" in found.msg
    assert "Nothing was sent." in found.msg


def twice(args: dict[str, t.Any], name: str, **more: t.Any) -> list[dict[str, t.Any]]:
    """Return tasks of both modules with these options, in check mode and not."""
    given: dict[str, dict[str, t.Any]] = {TENANT: {"email": EMAIL}, FLEET: {"tenants": [{"email": EMAIL}]}}
    return [
        {
            "name": f"{action} {name} {check}",
            action: {**own, **args},
            "check_mode": check,
            "ignore_errors": True,
            **more,
        }
        for action, own in given.items()
        for check in (True, False)
    ]


def test_what_can_not_be_kept_is_refused_before_anything_is_sent(
    world: t.Any, vault: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere.yml")
    vault["ANSIBLE_ASYNC_DIR"] = str(tmp_path)
    cases: dict[str, dict[str, t.Any]] = {
        "no folder": {"credentials_dest": str(tmp_path / "none" / "logins.yml")},
        "a folder": {"credentials_dest": str(tmp_path / "folder")},
        "a link": {"credentials_dest": str(tmp_path / "link")},
        "no vault id": {"credentials_dest": str(tmp_path / "logins.yml"), "credentials_vault_id": "nobody"},
    }
    tasks = [task for name, args in cases.items() for task in twice(args, name)]
    as_modules = twice({"credentials_dest": str(tmp_path / "logins.yml")}, "module")
    tasks += [{**task, "async": 60, "poll": 1} for task in as_modules if not task["check_mode"]]
    run = run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=vault).check()
    for task in tasks:
        refused(run, task["name"])
    assert world.counts()["requests"] == 0


def test_without_a_vault_secret_nothing_is_sent(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    tasks = twice({"credentials_dest": str(tmp_path / "logins.yml")}, "no secret")
    run = run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=world_env).check()
    for task in tasks:
        refused(run, task["name"])
    assert world.counts()["requests"] == 0


def test_a_file_of_another_secret_is_left_as_it_is(world: t.Any, vault: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "logins.yml"
    run_task(TENANT, {"email": EMAIL, "credentials_dest": str(path)}, env=vault).check()
    kept = path.read_bytes()
    world.clear_log()
    (tmp_path / "secret").write_text("something else")
    tasks = twice({"credentials_dest": str(path)}, "another secret")
    run = run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=vault).check()
    for task in tasks:
        refused(run, task["name"])
    assert path.read_bytes() == kept
    assert world.counts()["requests"] == 0


def test_in_clear_only_on_request(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    args = {"email": EMAIL, "credentials_dest": "logins.yml", "credentials_plaintext": True}
    run = run_task(TENANT, args, env=world_env, cwd=tmp_path).check()
    kept = yaml.safe_load((tmp_path / "logins.yml").read_text())
    assert kept[EMAIL]["password"] == world.tenant(EMAIL)["password"]
    no_password(world, run)


def test_several_hosts_write_the_same_file(world: t.Any, vault: dict[str, str], tmp_path: Path) -> None:
    task = {TENANT: {"email": "{{ inventory_hostname }}@acme.example", "credentials_dest": "logins.yml"}}
    play = [{"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [task]}]
    run_playbook(play, "--forks", "6", env=vault, inventory="a,b,c,d,e,f,", cwd=tmp_path).check()
    assert sorted(logins(tmp_path / "logins.yml", vault)) == [f"{host}@acme.example" for host in "abcdef"]


def test_vault_ids(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "one").write_text("sesame")
    (tmp_path / "two").write_text("open")
    ids = ["--vault-id", f"one@{tmp_path / 'one'}", "--vault-id", f"two@{tmp_path / 'two'}"]
    args = {"email": EMAIL, "credentials_dest": "logins.yml", "credentials_vault_id": "two"}
    run_task(TENANT, args, *ids, env=world_env, cwd=tmp_path).check()
    assert (tmp_path / "logins.yml").read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;two\n")
    args = {"email": "b@acme.example", "credentials_dest": "logins.yml"}
    run_task(TENANT, args, *ids, env={**world_env, "ANSIBLE_VAULT_ENCRYPT_IDENTITY": "one"}, cwd=tmp_path).check()
    assert (tmp_path / "logins.yml").read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;two\n")
