# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README and the site name what there is, and lead to where they say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.module_utils.errors import CODES
from ansible_collections.partnerops.saas.tests.documentation.literate import DOCS, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
RST = DOCS / "docsite" / "rst"
LABEL = "ansible_collections.partnerops.saas.docsite."


def test_the_tables_name_every_plugin_and_playbook() -> None:
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
    assert set(re.findall(r"(?m)^\| `((?:mobsted|mip|partner)_\w+)` \|", README)) == modules
    others = {("inventory", "mobsted_tenants")}
    others |= {("lookup", path.stem) for path in (ROOT / "plugins" / "lookup").glob("*.py")}
    others |= {("filter", path.stem) for path in (ROOT / "plugins" / "filter").glob("*.yml")}
    assert set(re.findall(r"(?m)^\| (\w+) `(\w+)` \|", README)) == others
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    assert set(re.findall(r"(?m)^\| `partnerops\.saas\.(\w+)` \|", README)) == playbooks


def test_the_releases_of_ansible_core_are_those_of_the_tests() -> None:
    context = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    oldest = context["requires_ansible"].removeprefix(">=").removesuffix(".0")
    done = subprocess.run(
        ["python3", "-c", "import environment; print(list(environment.CORES)[-1])"],
        cwd=ROOT / "scripts",
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"ansible-core {oldest} to {done.stdout.strip()}" in README


def test_links_to_the_site_lead_to_pages_and_never_to_their_source() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    site = galaxy["documentation"]
    assert not re.search(r"\]\([^)]*\.rst\b", README)
    pages = re.findall(rf"\]\({re.escape(site)}([^)#]*)", README)
    assert len(pages) > 5
    for page in filter(None, pages):
        assert (RST / Path(page).with_suffix(".rst").name).exists(), page


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda page: page.name)
def test_links_between_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


def test_every_guide_is_in_the_site_and_in_no_other_place() -> None:
    sections = yaml.safe_load((DOCS / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    listed = [name for section in sections for name in section["toctree"]]
    assert sorted(listed) == sorted(path.stem for path in RST.glob("*.rst"))
    for path in RST.glob("*.rst"):
        assert f".. _{LABEL}{path.stem}:" in path.read_text(encoding="utf-8")


def test_references_between_guides_lead_somewhere() -> None:
    """Sphinx ignores labels that it does not know: those of Ansible's own documentation."""
    for path in RST.glob("*.rst"):
        for name in re.findall(rf":ref:`[^`]*{re.escape(LABEL)}(\w+)", path.read_text(encoding="utf-8")):
            assert (RST / f"{name}.rst").exists(), f"{path.name}: {name}"


def test_every_failure_code_is_explained() -> None:
    text = (RST / "guide_errors.rst").read_text(encoding="utf-8")
    table = text[text.index("\nFailure codes\n") :]
    assert set(re.findall(r"(?m)^   \* - ``(\w+)``$", table)) == CODES


def test_files_that_a_guide_names_exist() -> None:
    for path in RST.glob("*.rst"):
        for name in re.findall(
            r"``((?:docs|tests|plugins|meta|changelogs|scripts)/[\w./*-]+)``", path.read_text(encoding="utf-8")
        ):
            assert list(ROOT.glob(name.rstrip("/"))), f"{path.name}: {name}"
