# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs around Ansible accept the collection: execution environments, AWX, GitHub Actions.

ansible-navigator, ansible-runner and the building of an execution environment are tried by the page about them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.partnerops.saas.plugins.module_utils.options import STATE, without_state
from ansible_collections.partnerops.saas.plugins.module_utils.vendors import VENDORS
from ansible_collections.partnerops.saas.tests.documentation.literate import DOCS, ROOT, Place, blocks
from ansible_collections.partnerops.saas.tests.support import postgres
from ansible_collections.partnerops.saas.tests.support.harness import available_cores, run_ansible, run_playbook

RST = DOCS / "docsite" / "rst"
TYPES = {**{name: without_state(options) for name, options in VENDORS.items()}, "state": STATE}
WORKFLOW = ROOT / "docs" / "gitops" / "partner.yml"


def test_ansible_builder_finds_what_the_collection_needs(installed: Path, ecosystem: Path) -> None:
    done = subprocess.run(
        [str(ecosystem / "ansible-builder"), "introspect", str(installed)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = yaml.safe_load(re.sub(r"(?m)^#.*$", "", done.stdout.split("---", 1)[1]))
    assert [line.split(" ")[0].split(";")[0] for line in found["python"]] == [
        "requests>=2.28",
        "psycopg[binary]>=3.2",
        "segno>=1.5",
    ]


# -- AWX ----------------------------------------------------------------------------------------------------


def credential_type(vendor: str) -> dict[str, t.Any]:
    return dict(yaml.safe_load((ROOT / "docs" / "awx" / f"credential_type_{vendor}.yml").read_text(encoding="utf-8")))


def injected(kind: dict[str, t.Any], given: dict[str, str]) -> dict[str, str]:
    """Return the environment that AWX makes of a credential: an empty field is not in the namespace at all."""
    templates = ImmutableSandboxedEnvironment()
    namespace = {name: value for name, value in given.items() if value}
    return {name: templates.from_string(text).render(namespace) for name, text in kind["injectors"]["env"].items()}


def test_the_credential_types_are_those_of_the_options_table() -> None:
    tool = [str(ROOT / ".venv" / "bin" / "python"), str(ROOT / "scripts" / "awx_credentials.py"), "--check"]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("vendor", TYPES)
def test_a_credential_type_has_every_option_and_is_what_awx_accepts(vendor: str) -> None:
    kind = credential_type(vendor)
    fields = {field["id"]: field for field in kind["inputs"]["fields"]}
    options = {option.name: option for option in TYPES[vendor] if option.env}
    assert set(fields) == set(options)
    assert set(kind["injectors"]["env"]) == {option.env for option in options.values()}
    for name, field in fields.items():
        assert bool(field.get("secret")) == bool(options[name].no_log)
        allowed = {"id", "label", "type", "format", "choices", "help_text", "multiline", "secret", "default"}
        assert set(field) <= allowed
        assert field["type"] == "string"  # an unset boolean would be injected as False
        assert isinstance(field.get("default", ""), str)
        assert not field.get("choices") or field.get("default", "") in field["choices"]
    assert set(kind["inputs"].get("required", ())) <= set(fields)
    assert not any(name.startswith("ANSIBLE_") for name in kind["injectors"]["env"])


@pytest.mark.parametrize("vendor", TYPES)
def test_a_field_that_is_left_empty_means_the_default(vendor: str) -> None:
    made = injected(credential_type(vendor), {})
    for option in TYPES[vendor]:
        if option.env and option.default is not None:
            text = str(option.default)
            assert made[option.env] == (text.lower() if option.type == "bool" else text)


def test_a_task_runs_with_the_injected_credentials(world: t.Any, place: Place) -> None:
    given = {"api_url": world.mobsted_url, "api_login": world.login, "api_password": world.password}
    environment = injected(credential_type("mobsted"), given)
    mip = {"api_url": world.mip_url, "api_email": world.mip_email, "api_password": world.mip_password}
    environment |= injected(credential_type("mip"), mip)
    plays = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {"name": "Tenant", "partnerops.saas.mobsted_tenant": {"email": "owner@acme.example"}},
                {"name": "Member", "partnerops.saas.mip_member": {"email": "owner@acme.example", "marketplace_id": 7}},
            ],
        }
    ]
    run = run_playbook(plays, env=environment).check()
    assert run.changed == 2


@pytest.mark.parametrize("core", sorted({available_cores()[0], available_cores()[-1]}))
def test_awx_gets_the_templates_of_the_injectors_as_they_are(core: str, tmp_path: Path) -> None:
    """The guide's playbook hands text with braces over. No release of ansible-core may take it for its own template."""
    (block,) = [block for block in blocks(RST / "guide_awx_gitops.rst") if block.file == "awx.yml"]
    plays = yaml.safe_load(block.text)
    (task,) = plays[0]["tasks"]
    task["ansible.builtin.debug"] = {"msg": task.pop("awx.awx.credential_type")}
    (tmp_path / "docs").symlink_to(ROOT / "docs", target_is_directory=True)
    run = run_playbook(plays, core=core, cwd=tmp_path).check()
    for item, vendor in zip(run.loop("Create the credential types"), TYPES, strict=True):
        assert item["msg"] == credential_type(vendor)


# -- GitOps --------------------------------------------------------------------------------------------------


class Runner:
    """Does the ``run`` steps of a job as GitHub Actions would: bash, ``-e``, ``$GITHUB_PATH``, ``env``."""

    def __init__(self, place: Place, world: t.Any, repository: str, database: str) -> None:
        self.place, self.repository = place, repository
        self.values = {
            "vars.MOBSTED_API_URL": world.mobsted_url,
            "vars.MOBSTED_API_LOGIN": world.login,
            "secrets.MOBSTED_API_PASSWORD": world.password,
            "vars.MIP_API_EMAIL": world.mip_email,
            "secrets.MIP_API_PASSWORD": world.mip_password,
            "vars.PARTNEROPS_STATE_URL": database,
            "secrets.PARTNEROPS_STATE_PASSWORD": postgres.PASSWORD,
            "secrets.VAULT_PASSWORD": "a vault password",
        }
        self.temporary = place.folder.parent / "runner"
        self.temporary.mkdir()
        self.summary = self.temporary / "summary.md"

    def filled(self, environment: dict[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda one: self.values[one[1]], text)
            for name, text in environment.items()
        }

    def run(self, workflow: dict[str, t.Any], job: str, folder: Path) -> str:
        paths = self.temporary / "path"
        paths.write_text("", encoding="utf-8")
        said = ""
        for step in workflow["jobs"][job]["steps"]:
            if "run" not in step:
                continue
            added = paths.read_text(encoding="utf-8").split()
            environment = {
                **self.place.environment,
                # The marketplace's address is none of the workflow's variables: it has a default.
                "MIP_API_URL": self.place.environment["MIP_API_URL"],
                **self.filled(workflow["env"]),
                **self.filled(step.get("env", {})),
                "GITHUB_PATH": str(paths),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "RUNNER_TEMP": str(self.temporary),
                "PATH": ":".join([*reversed(added), "/usr/local/bin:/usr/bin:/bin"]),
            }
            if step["name"] == "Install":  # what is installed elsewhere is not downloaded again
                environment["PATH"] = self.place.environment["PATH"]
            text = step["run"].replace("https://github.com/partnerops/partnerops.saas.git,v1.1.0", self.repository)
            done = subprocess.run(
                ["bash", "-e", "-c", text],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            said += done.stdout + done.stderr
            assert done.returncode == 0, f"{step['name']}:\n{said}"
        return said


def test_the_workflow_plans_and_converges(place: Place, world: t.Any, repository: str, database: str) -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    # In one group, a queued plan of another branch would cancel a converge that waits.
    assert workflow["concurrency"] == {"group": "partner-${{ github.ref }}", "cancel-in-progress": False}
    origin, clone = place.folder / "origin.git", place.folder / "clone"
    place.environment.pop("ANSIBLE_COLLECTIONS_PATH")
    for command in (["init", "--quiet", "--bare", "-b", "main", str(origin)], ["clone", "-q", str(origin), str(clone)]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    members = "mip: {marketplaces: [{id: 7, members: [{email: owner@acme.example}]}]}"
    state = f"mobsted: {{tenants: [{{email: owner@acme.example}}]}}\n{members}\n"
    (clone / "partner-state.yml").write_text(state, encoding="utf-8")
    shutil.copy(WORKFLOW.with_name("requirements.txt"), clone)
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    branch, push = ["checkout", "-q", "-b", "main"], ["push", "-q", "origin", "main"]
    for command in (branch, ["add", "."], [*who, "commit", "-qm", "State"], push):
        subprocess.run(["git", *command], cwd=clone, check=True, capture_output=True)
    runner = Runner(place, world, repository, database)

    runner.run(workflow, "plan", clone)
    assert "owner@acme.example" in runner.summary.read_text(encoding="utf-8")
    assert world.state()["tenants"] == []
    assert world.outbox() == []

    runner.run(workflow, "converge", clone)
    assert world.tenant("owner@acme.example")
    assert len(world.outbox()) == 1
    kept = subprocess.run(
        ["git", "show", "main:tenants.yml"], cwd=origin, check=True, capture_output=True, text=True
    ).stdout
    assert kept.startswith("$ANSIBLE_VAULT;")

    runner.run(workflow, "converge", clone)
    assert len(world.outbox()) == 1
    log = subprocess.run(["git", "log", "--oneline", "main"], cwd=origin, check=True, capture_output=True, text=True)
    assert len(log.stdout.splitlines()) == 2


def test_the_pipeline_plans_and_converges(
    place: Place, world: t.Any, repository: str, database: str, tmp_path: Path
) -> None:
    """What GitLab's runner does: the lines before, then those of the job, in a container that starts empty."""
    text = WORKFLOW.with_name("gitlab-ci.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:MOBSTED|MIP|PARTNEROPS|VAULT)_[A-Z_]+\b", text.partition("---")[0]))
    pipeline = yaml.safe_load(text)
    *_installs, collection = pipeline["default"]["before_script"]  # what is installed elsewhere is not downloaded again
    assert collection.startswith("ansible-galaxy collection install")
    (tmp_path / "vault").write_text("a vault password", encoding="utf-8")
    variables = {
        "MOBSTED_API_URL": world.mobsted_url,
        "MOBSTED_API_LOGIN": world.login,
        "MOBSTED_API_PASSWORD": world.password,
        "MIP_API_EMAIL": world.mip_email,
        "MIP_API_PASSWORD": world.mip_password,
        "PARTNEROPS_STATE_URL": database.replace(f":{postgres.QUOTED}", ""),
        "PARTNEROPS_STATE_PASSWORD": postgres.PASSWORD,
        "VAULT_PASSWORD_FILE": str(tmp_path / "vault"),
    }
    assert named == set(variables)
    kept = {name: place.environment[name] for name in ("PATH", "MIP_API_URL")}

    def run(job: str, number: int, without: str = "", code: int = 0) -> str:
        folder = tmp_path / f"job{number}"
        (folder / "home").mkdir(parents=True)
        (folder / "partner-state.yml").write_text(
            "mobsted: {tenants: [{email: owner@acme.example}]}\n"
            "mip: {marketplaces: [{id: 7, members: [{email: owner@acme.example}]}]}\n"
        )
        lines = [collection.replace("https://github.com/partnerops/partnerops.saas.git,v1.1.0", repository)]
        done = subprocess.run(
            ["bash", "-e", "-c", "\n".join([*lines, *pipeline[job]["script"]])],
            cwd=folder,
            env={
                **kept,
                **pipeline["variables"],
                **{name: value for name, value in variables.items() if name not in without.split()},
                "HOME": str(folder / "home"),
                "LC_ALL": "C.UTF-8",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert postgres.PASSWORD not in done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "owner@acme.example" in run("plan", 1)
    assert (world.state()["tenants"], world.outbox()) == ([], [])
    run("converge", 2)
    assert (tmp_path / "job2" / "tenants.yml").read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    assert pipeline["converge"]["artifacts"]["paths"] == ["tenants.yml"]
    run("converge", 3)
    assert len(world.outbox()) == 1
    said = run("converge", 4, without="PARTNEROPS_STATE_URL PARTNEROPS_STATE_PASSWORD", code=2)
    assert "ledger_missing is 'fail'" in said
    assert len(world.outbox()) == 1


def test_the_collection_is_shown_by_ansible_doc(place: Place) -> None:
    names = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
    run = run_ansible(["ansible-doc", "--list", "partnerops.saas"]).check()
    assert re.findall(r"(?m)^partnerops\.saas\.(\S+)", run.stdout) == names
