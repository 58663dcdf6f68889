# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example, of every page and of every plugin's documentation, is linted; those of modules are run, too."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shutil
import subprocess
import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml
from yamllint import linter  # type: ignore[import-untyped]
from yamllint.config import YamlLintConfig  # type: ignore[import-untyped]

from ansible_collections.partnerops.saas.tests.documentation.conftest import VENV
from ansible_collections.partnerops.saas.tests.documentation.literate import ROOT, Block, Place, blocks, pages
from ansible_collections.partnerops.saas.tests.support import postgres
from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_ansible, run_playbook

BLOCKS = [block for page in pages() for block in blocks(page)]
KINDS = {"console", "ini", "json", "yaml", "yaml+jinja", "python", "text", "html", "javascript", "sql"}
YAMLLINT = YamlLintConfig(file=str(ROOT / "tests" / "config" / "yamllint-examples.yml"))
PLAY = """\
---
- name: The example
  hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
"""
#: The database of the examples
SHARED = "postgresql://partnerops@db.example/partnerops?sslmode=verify-full"
#: What a module's example presumes beyond the things that its own address names.
PASSWORD = "a-password-of-the-buyer's-1"


def examples_of(path: Path) -> str:
    """Return the EXAMPLES of a plugin, without importing it."""
    if path.suffix == ".yml":
        return str(yaml.safe_load(path.read_text(encoding="utf-8"))["EXAMPLES"])
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(getattr(name, "id", "") == "EXAMPLES" for name in node.targets):
            return str(ast.literal_eval(node.value)).strip() + "\n"
    raise AssertionError(f"{path} has no EXAMPLES")


def plugins(kind: str) -> list[Path]:
    """Those of a kind, that is, the files that their documentation is in."""
    return sorted((ROOT / "plugins" / kind).glob("*.yml" if kind == "filter" else "*.py"))


KINDS_IN_PLAYBOOKS = ("modules", "lookup", "filter")
IN_PLAYBOOKS = [path for kind in KINDS_IN_PLAYBOOKS for path in plugins(kind) if path.stem[:8] != "partner_"]


def as_playbook(text: str) -> str:
    """Return an example as a playbook: examples are plays, or tasks of one."""
    text = text.strip().removeprefix("---\n")
    if all("hosts" in one or "ansible.builtin.import_playbook" in one for one in yaml.safe_load(text)):
        return f"---\n{text}\n"
    return PLAY + textwrap.indent(text, "    ") + "\n"


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_block(block: Block) -> None:
    """It is what it says to be, and a console block is one of commands."""
    assert block.kind in KINDS
    if block.kind.startswith("yaml"):
        assert [str(problem) for problem in linter.run(block.text, YAMLLINT)] == []
        list(yaml.safe_load_all(block.text))
    elif block.kind == "json":
        json.loads(block.text)
    elif block.kind == "ini":
        configparser.ConfigParser().read_string(block.text)
    elif block.kind == "python":
        compile(block.text, str(block), "exec")
    elif block.kind == "console":
        assert block.commands()


def _playbooks() -> t.Iterator[tuple[str, str]]:
    for block in BLOCKS:
        if block.kind.startswith("yaml"):
            found = next(yaml.safe_load_all(block.text), None)
            if isinstance(found, list) and found and isinstance(found[0], dict) and "sources" not in found[0]:
                yield f"{Path(block.page).stem}_{block.line}.yml", as_playbook(block.text)
    for path in IN_PLAYBOOKS:
        yield f"{path.parent.name}_{path.stem}.yml", as_playbook(examples_of(path))


def test_playbooks_and_examples_pass_the_production_profile(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    found = dict(_playbooks())
    assert len(found) > 15
    # In one file, since the linter starts Ansible for each.
    plays = (f"# {name}\n{text.removeprefix('---')[1:]}" for name, text in found.items())
    (folder / "all.yml").write_text("---\n" + "\n".join(plays), encoding="utf-8")
    for name in ("vault.yml", "tenants.yml"):  # which the linter looks for
        (folder / name).write_text("---\nvault_mobsted_password: a\n", encoding="utf-8")
    config = (
        "---\nprofile: production\noffline: true\nmock_modules: [awx.awx.credential_type, community.general.mail]\n"
    )
    (folder / ".ansible-lint").write_text(config, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    environment = {
        "PATH": f"{VENV}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "collections"),
        "LC_ALL": "C.UTF-8",
    }
    command = [str(VENV / "ansible-lint"), "--offline", "--strict", "--nocolor", "-c", ".ansible-lint", "all.yml"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", IN_PLAYBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_example_runs(path: Path, place: Place, world: t.Any, request: pytest.FixtureRequest) -> None:
    """In a world that has what the example speaks of, and with the files that it names."""
    text = examples_of(path)
    for name in ("acme.png", "icons/acme.png"):
        target = place.folder / "files" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "playbooks" / "example" / "icons" / "acme.png", target)
    (place.folder / "group_vars" / "all").mkdir(parents=True)
    vault = place.folder / ".vault-password"
    vault.write_text("a vault password", encoding="utf-8")
    vault.chmod(0o600)
    for said, actual in {**place.real, **stage(world, path)}.items():
        text = text.replace(said, actual)
    variables = dict.fromkeys(re.findall(r"\bvault_\w+", text), PASSWORD)
    if path.stem == "mip_ledger":
        text = text.replace(SHARED, request.getfixturevalue("database"))
        variables["vault_state_password"] = postgres.PASSWORD
    variables |= {"vault_mobsted_password": world.password, "vault_mip_password": world.mip_password}
    plays = yaml.safe_load(as_playbook(text))
    if path.stem == "mip_ledger":  # something that a ledger has to hold
        member = {"marketplace_id": 7, "email": "owner@acme.example"}
        plays[0]["tasks"].insert(0, {"name": "Invite", "partnerops.saas.mip_member": member})
    if path.stem == "mip_sso_link":  # the link leads to a host of the vendor's
        plays[0]["tasks"] = [task for task in plays[0]["tasks"] if "ansible.builtin.uri" not in task]
    run = run_playbook(
        plays,
        extra_vars=variables,
        env={**connection_env(world), "ANSIBLE_VAULT_PASSWORD_FILE": str(vault)},
        cwd=place.folder,
    )
    run.check()
    done = [one.task for one in run.results if one.status == "ok"]
    assert done == [task["name"] for play in plays for task in play["tasks"]]


@pytest.mark.parametrize("number", range(3))
def test_inventory_example_runs(number: int, place: Place, world: t.Any) -> None:
    text = examples_of(ROOT / "plugins" / "inventory" / "mobsted_tenants.py")
    example = list(filter(str.strip, text.split("---\n")))[number + 1 :][:1]
    assert example, "there are other examples now"
    world.do("tenant_add", email="owner@acme.example")
    source = place.folder / "mobsted_tenants.yml"
    source.write_text(place.made_real(example[0]), encoding="utf-8")
    run = run_ansible(
        ["ansible-inventory", "-i", str(source), "--list"],
        env={**connection_env(world), "PARTNER_PASSWORD": world.password, "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true"},
        cwd=place.folder,
    ).check()
    (variables,) = json.loads(run.stdout)["_meta"]["hostvars"].values()
    assert variables["mobsted_email"] in ("owner@acme.example", {"__ansible_unsafe": "owner@acme.example"})


def stage(world: t.Any, path: Path) -> dict[str, str]:
    """Create what an example of this plugin needs, and return what its ids are here."""
    module = path.stem if path.parent.name == "modules" else ""
    if module not in ("mobsted_tenant", "mobsted_fleet", "mip_user"):
        world.do("tenant_add", email="owner@acme.example")
    if module == "mip_marketplace":
        world.do("tenant_add", email="owner@globex.example")
    if module in ("mobsted_pwa_app_info", "mobsted_push"):
        app = world.do(
            "app_add", email="owner@acme.example", name="Acme Store", website_url="https://store.acme.example"
        )
        return {"app_id: 78": f"app_id: {app['id']}"}
    if module == "mip_member":
        return {"user_id: 20": f"user_id: {world.do('mip_user', email='owner@acme.example')['id']}"}
    if module in ("mip_sso_link", "mip_password_reset"):
        world.do("mip_client", marketplace_id=7, email="buyer@acme.example", password=PASSWORD)
        world.do("mip_user", email="owner@acme.example", password=PASSWORD)
    return {}
