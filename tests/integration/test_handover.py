# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``partnerops.saas.handover``; tests/browser tests how a page looks."""

from __future__ import annotations

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

HOSTILE = "{{ 7 * 7 }}</bdi><script>alert(1)</script>'\"\u202eevil"


def handover(world: t.Any, folder: Path, **options: t.Any) -> Run:
    options.setdefault("env", connection_env(world))
    return run_playbook("partnerops.saas.handover", cwd=folder, **options)


@pytest.mark.parametrize("core", edge_cores())
def test_a_page_for_each_tenant_without_any_password(world: t.Any, tmp_path: Path, core: str) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store", HOSTILE])
    world.do("tenant_add", email="new@acme.example")
    run = handover(world, tmp_path, core=core).check()
    page = tmp_path / "handover" / "owner@acme.example.html"
    text = page.read_text(encoding="utf-8")
    assert sorted(path.name for path in page.parent.iterdir()) == ["new@acme.example.html", page.name]
    assert (page.parent.stat().st_mode & 0o777, page.stat().st_mode & 0o777) == (0o700, 0o600)
    for shown in ("Acme Store", "Your apps are ready", "Put it on your home screen", "<svg", "{{ 7 * 7 }}&lt;/bdi&gt;"):
        assert shown in text
    for foreign in ("<script", 'src="http', "url(", "@import", "<link"):
        assert foreign not in text
    empty = (page.parent / "new@acme.example.html").read_text(encoding="utf-8")
    assert "Your account is ready" in empty
    assert "Put it on your home screen" not in empty
    secrets = [tenant["password"] for tenant in world.state()["tenants"]] + [world.password]
    assert [one for one in secrets if one in text + empty + run.output] == []
    assert handover(world, tmp_path, core=core).check().changed == 0
    assert not any(entry["method"] == "POST" and "auth" not in entry["path"] for entry in world.log())


def test_one_task_writes_all_pages_and_predicts_them(world: t.Any, tmp_path: Path) -> None:
    """``--check`` writes nothing and says the same; ``--diff`` names pages, and shows no text: it may be a password."""
    for number in range(40):
        world.do("tenant_add", email=f"owner{number:02}@acme.example", apps=[f"Store {number}"])
    there = tmp_path / "handover"
    for check in (True, False):
        run = handover(world, tmp_path, extra_vars={"partner_handover_credentials": True}, diff=True, check=check)
        written = run.check().task("Write the pages")
        assert written.changed
        assert there.exists() is not check
    pages = sorted(there.iterdir())
    assert len(pages) == 40
    pages[0].write_text("an old page with Secret-1")
    pages[0].chmod(0o644)
    before = pages[1].stat().st_mtime_ns
    run = handover(world, tmp_path, diff=True).check()
    assert f"~ {pages[0]} (changed)" in run.output
    assert "Secret-1" not in run.output
    assert pages[0].stat().st_mode & 0o777 == 0o644
    assert len(run.loop("Write the pages") or []) == 0
    assert [one["state"] for one in run.task("Write the pages")["pages"]] == ["changed"] * 40  # no password any more
    world.do("tenant_add", email="new@acme.example")
    run = handover(world, tmp_path, diff=True).check()
    assert f"+ {there}/new@acme.example.html (new)" in run.output
    assert [one["state"] for one in run.task("Write the pages")["pages"]].count("same") == 40
    assert pages[1].stat().st_mtime_ns > before


@pytest.mark.parametrize("core", edge_cores())
def test_the_first_password_on_request(world: t.Any, tmp_path: Path, core: str) -> None:
    password = "A<b>&amp;'{{ 1 }}"
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store"], password=password)
    world.do("tenant_add", email="other@acme.example")
    extra = {"partner_handover_credentials": True, "partner_handover_tenants": ["Owner@acme.example"]}
    run = handover(world, tmp_path, extra_vars=extra, core=core, verbosity=3).check()
    text = (tmp_path / "handover" / "owner@acme.example.html").read_text(encoding="utf-8")
    assert "<code>A&lt;b&gt;&amp;amp;&#39;{{ 1 }}</code>" in text
    assert [path.name for path in (tmp_path / "handover").iterdir()] == ["owner@acme.example.html"]
    secrets = [tenant["password"] for tenant in world.state()["tenants"]]
    assert [one for one in [*secrets, "A<b>"] if one in run.output] == []


def test_languages_shipped_and_given(world: t.Any, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        world.do("tenant_add", email=f"{name}@acme.example", apps=["Sklep"])
    english = yaml.safe_load((ROOT / "playbooks/templates/handover/en.yml").read_text(encoding="utf-8"))
    texts = {"de": {**english, "title": "{name} ist fertig"}, "pl": {"contact": "Pytania? biuro@partner.example"}}
    (tmp_path / "texts.yml").write_text(yaml.safe_dump(texts), encoding="utf-8")
    extra = {
        "partner_handover_language": {"default": "ru", "A@acme.example": "de", "b@acme.example": "pl"},
        "partner_handover_texts": "texts.yml",
        "partner_handover_path": "pages",
    }
    handover(world, tmp_path, extra_vars=extra).check()
    german, polish, russian = ((tmp_path / "pages" / f"{name}@acme.example.html").read_text("utf-8") for name in "abc")
    assert '<html lang="de"' in german
    assert "Sklep ist fertig" in german
    assert "Pierwsze logowanie" in polish
    assert "Pytania? biuro@partner.example" in polish
    assert "Первый вход" in russian


def test_a_client_who_changed_the_password_gets_no_page(world: t.Any, tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example", apps=["Acme Store"])
    world.do("tenant_password", email="owner@acme.example", password="Owner-Changed-It-1")
    run = handover(world, tmp_path).check()
    assert "No page for owner@acme.example" in run.task("Show what was written")["msg"][1]
    assert list((tmp_path / "handover").iterdir()) == []


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ({"partner_handover_path": "no/such/folder"}, "must be a folder, or a new one in a folder that exists"),
        ({"partner_handover_path": "file"}, "must be a folder"),
        ({"partner_handover_texts": "none.yml"}, "there is no such file"),
        ({"partner_handover_language": "de"}, "The language de lacks the texts title, "),
        ({"partner_handover_language": "../en"}, "is not a code such as"),
        ({"partner_handover_texts": "file"}, "must be a mapping of language to texts"),
        ({"partner_mobsted_connection": "x"}, "must be a dict"),
        ({"partner_concurrency": 99}, "1 to 32"),
    ],
)
def test_variables_are_checked_first(world: t.Any, tmp_path: Path, extra: dict[str, t.Any], text: str) -> None:
    (tmp_path / "file").write_text("text", encoding="utf-8")
    assert text in handover(world, tmp_path, extra_vars=extra).check(2).output.replace("\n", " ")
    assert world.counts()["requests"] == 0


def test_an_unknown_address_is_refused(world: t.Any, tmp_path: Path) -> None:
    run = handover(world, tmp_path, extra_vars={"partner_handover_tenants": "nobody@acme.example"}).check(2)
    assert "names nobody@acme.example, and there is no such tenant" in run.failures[0].msg


@pytest.mark.parametrize("core", edge_cores())
def test_an_option_that_does_not_exist_is_named(tmp_path: Path, core: str) -> None:
    task = {"partnerops.saas.partner_handover": {"tenants": [], "path": str(tmp_path), "languge": "pl"}}
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]
    run = run_playbook(plays, core=core).check(2)
    assert "Unsupported parameters for (partnerops.saas.partner_handover) module: languge. " in run.failures[0].msg
