# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``partnerops.saas.report`` against the simulator; tests/browser tests how the page looks."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.support.harness import Run, connection_env, edge_cores, run_playbook

PLAYBOOK = "partnerops.saas.report"
HOSTILE = "{{ 7 * 7 }}</script>'\"\n\u2028\u202eevil"


def report(world: t.Any, folder: Path, **options: t.Any) -> Run:
    options.setdefault("env", connection_env(world))
    return run_playbook(PLAYBOOK, cwd=folder, **options)


@pytest.mark.parametrize("core", edge_cores())
def test_a_page_in_the_current_folder(world: t.Any, tmp_path: Path, core: str) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store", HOSTILE], counters={"launchApp30days": 1234})
    page = tmp_path / "partner-report.html"

    run = report(world, tmp_path, check=True, core=core).check()
    assert run.task("Write the page").changed
    assert not page.exists()

    run = report(world, tmp_path, core=core).check()
    assert run.changed == 1
    assert run.task("Show the path of the report")["msg"] == ["Tenants: 1, apps: 2", str(page)]
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o600
    for shown in (
        "owner@acme.example",
        "Acme Store",
        "1,234",
        "<svg",
        "data:image/png;base64,",
        "{{ 7 * 7 }}&lt;/script",
    ):
        assert shown in text
    for foreign in ("{{ 7 * 7 }}</script", 'src="http', "url(", "@import", "<link"):
        assert foreign not in text
    record = world.tenant("owner@acme.example")
    assert record["password"] not in text + run.output
    assert world.password not in text + run.output

    page.chmod(0o644)
    again = report(world, tmp_path, core=core).check()
    assert again.changed == 0
    assert page.read_text(encoding="utf-8") == text
    assert page.stat().st_mode & 0o777 == 0o644
    assert report(world, tmp_path, check=True, core=core).check().changed == 0

    world.do("tenant_edit", email="owner@acme.example", attributes={"launchApp30days": 4321})
    assert report(world, tmp_path, core=core).check().changed == 1
    assert "4,321" in page.read_text(encoding="utf-8")
    assert not any(entry["method"] == "POST" for entry in world.log())


def test_against_a_declared_state(world: t.Any, tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store"])
    world.do("tenant_add", email="stranger@acme.example")
    secret = "Owner-Changed-It-1"
    world.do("tenant_password", email="owner@acme.example", password=secret)
    state = {
        "mobsted": {
            "tenants": [
                {
                    "email": "owner@acme.example",
                    "tenant_password": "{{ vault_password }}",
                    "apps": [{"name": "Acme Store", "website_url": "https://new.example/", "icon": "none.png"}],
                },
                {"email": "new@acme.example"},
            ]
        },
        "mip": {
            "marketplaces": [{"id": 7, "members": [{"email": "x@acme.example", "password": "{{ undefined_one }}"}]}]
        },
    }
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "partner-state.yml").write_text(yaml.safe_dump(state), encoding="utf-8")
    variables = {
        "partner_state_file": "state/partner-state.yml",
        "partner_report_path": str(tmp_path / "out.html"),
        "vault_password": secret,
    }
    run = report(world, tmp_path, extra_vars=variables).check()
    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    for shown in (
        "stranger@acme.example</bdi></li>",
        "new@acme.example</bdi></li>",
        "website url is <bdi>https://site.example/</bdi>, but declared as <bdi>https://new.example/</bdi>",
        "3 points need attention",
    ):
        assert shown in text
    assert secret not in text + run.output


@pytest.mark.smoke
def test_a_state_without_mobsted_is_no_declaration(world: t.Any, tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example")
    (tmp_path / "s.yml").write_text("mip: {marketplaces: []}\n", encoding="utf-8")
    report(world, tmp_path, extra_vars={"partner_state_file": "s.yml"}).check()
    assert "There was no state file" in (tmp_path / "partner-report.html").read_text(encoding="utf-8")


def test_an_account_as_declared(world: t.Any, tmp_path: Path) -> None:
    (tmp_path / "s.yml").write_text("mobsted: {tenants: []}\n", encoding="utf-8")
    report(world, tmp_path, extra_vars={"partner_state_file": "s.yml"}).check()
    text = (tmp_path / "partner-report.html").read_text(encoding="utf-8")
    assert "Everything is as declared." in text
    assert "There are no tenants yet." in text


def test_connection_and_numbers_from_variables(world: t.Any, tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store"])
    connection = {"api_url": world.mobsted_url, "api_login": world.login, "api_password": world.password}
    variables = {"partner_mobsted_connection": connection, "partner_report_icons": 0, "partner_concurrency": 1}
    report(world, tmp_path, env={}, extra_vars=variables).check()
    text = (tmp_path / "partner-report.html").read_text(encoding="utf-8")
    assert "data:image" not in text
    assert '<span class="mark" aria-hidden="true">AS</span>' in text


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({"partner_state_file": "missing.yml"}, "no such file"),
        ({"partner_mobsted_connection": "x"}, "must be a dict"),
        ({"partner_report_path": "no/such/folder/x.html"}, "folder that exists"),
        ({"partner_report_path": "."}, "must name a file"),
        ({"partner_concurrency": 99}, "1 to 32"),
        ({"partner_mip_connection": "x"}, "partner_mip_connection must be a dict"),
        ({"partner_fail_on": ["typo"]}, "partner_fail_on must be a list of pending, drift, undeclared"),
        ({"partner_state_file": "wrong.yml"}, "mobsted.tenant is not known"),
        ({"partner_state_file": "broken.yml"}, "is not valid YAML"),
    ],
)
def test_what_is_refused(world: t.Any, tmp_path: Path, variables: dict[str, t.Any], why: str) -> None:
    (tmp_path / "wrong.yml").write_text("mobsted: {tenant: []}\n", encoding="utf-8")
    (tmp_path / "broken.yml").write_text("a: [\n", encoding="utf-8")
    run = report(world, tmp_path, extra_vars=variables).check(2)
    assert why in run.failures[-1].msg
    assert world.counts()["requests"] == 0


def test_a_tenant_that_can_not_be_read_is_reported(world: t.Any, tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store"])
    world.do("tenant_password", email="owner@acme.example", password="Owner-Changed-It-1")
    report(world, tmp_path).check()
    text = (tmp_path / "partner-report.html").read_text(encoding="utf-8")
    assert "not readable" in text
    assert "Most likely its owner changed it" in text


def test_without_the_library_for_codes(world: t.Any, tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store"])
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow" / "segno.py").write_text("raise ImportError('hidden for the test')\n", encoding="utf-8")
    env = {**connection_env(world), "PYTHONPATH": str(tmp_path / "shadow")}
    run = report(world, tmp_path, env=env).check()
    assert "-m pip install segno" in run.output.replace("\n", " ")
    text = (tmp_path / "partner-report.html").read_text(encoding="utf-8")
    assert "QR codes are left out" in text
    assert 'class="qr"' not in text


def test_the_points_are_reported_and_fail_on_request(world: t.Any, tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store"])
    world.do("tenant_add", email="stranger@acme.example")
    world.do("tenant_password", email="owner@acme.example", password="Owner-Changed-It-1")
    (tmp_path / "s.yml").write_text("mobsted: {tenants: [{email: owner@acme.example}, {email: new@acme.example}]}\n")
    extra = {"partner_state_file": "s.yml"}
    shown = report(world, tmp_path, extra_vars=extra).check().task("Show what needs attention")["msg"]
    assert shown[0].startswith("Checked ")
    assert shown[1:] == [
        "1 declared, but missing: tenant new@acme.example",
        "1 not declared: tenant stranger@acme.example",
        "1 could not be read: tenant owner@acme.example (The client changed the password)",
    ]
    run = report(world, tmp_path, extra_vars={**extra, "partner_fail_on": "unverified,drift"}).check(2)
    assert run.failures[0].msg == (
        "partner_fail_on: 1 unverified (tenant owner@acme.example (The client changed the password))."
    )
    report(world, tmp_path, extra_vars={**extra, "partner_fail_on": ["drift", "unconfirmed"]}).check()


def test_the_half_of_mip_and_growth(world: t.Any, tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example")
    page = tmp_path / "partner-report.html"
    env = {**connection_env(world), "MIP_LEDGER_PATH": str(tmp_path / "ledger.sqlite3")}
    report(world, tmp_path, env=env).check()
    assert "MIP marketplaces" not in page.read_text(encoding="utf-8")
    people = [{"email": "a@x.example"}, {"email": "b@x.example"}]
    task = {"partnerops.saas.mip_marketplace": {"marketplace_id": 7, "members": people}}
    run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}], env=env, cwd=tmp_path).check()
    world.do("tenant_add", email="new@acme.example")
    report(world, tmp_path, env=env).check()
    text = page.read_text(encoding="utf-8")
    assert '<th scope="row">7</th><td>0</td><td>2</td><td>0</td><td>0</td>' in text
    assert '<span class="grown">+1</span>' in text
    assert report(world, tmp_path, env=env).check().changed == 0


def test_a_ledger_that_can_not_be_read_leaves_its_half_out(world: t.Any, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").write_text("this is no ledger", encoding="utf-8")
    env = {**connection_env(world), "MIP_LEDGER_PATH": str(tmp_path / "ledger.sqlite3")}
    run = report(world, tmp_path, env=env).check()
    assert "The ledger of MIP could not be read. " in run.task("Show what needs attention")["msg"][1]
    assert (tmp_path / "partner-report.html").is_file()


@pytest.mark.slow
def test_a_thousand_tenants(simulator: t.Any, tmp_path: Path) -> None:
    with simulator.world(tenants=1000, apps_per_tenant=1) as world:
        report(world, tmp_path).check()
        text = (tmp_path / "partner-report.html").read_text(encoding="utf-8")
        assert text.count('<details class="tenant"') == 1000
        assert text.count('class="qr"') == 1000
        assert world.counts()["logins"] == 1001
