# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of the documentation is done by somebody who does exactly what it says."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import typing as t
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ansible_collections.partnerops.saas.tests.documentation.literate import DOCS, ROOT, Place, blocks, do, pages
from ansible_collections.partnerops.saas.tests.support.postgres import PASSWORD, QUOTED, wheel

RST = DOCS / "docsite" / "rst"
INDEX = DOCS / "docsite" / "site" / "index.rst"
#: Pages that start from nothing, not even Ansible.
FROM_NOTHING = (ROOT / "README.md", INDEX, RST / "guide_getting_started.rst")
GUIDES = [page for page in pages() if page not in FROM_NOTHING and any(block.runs for block in blocks(page))]


DATABASE = "postgresql://partnerops@db.example/partnerops?sslmode=verify-full"
#: Tenants that a page takes for granted, with their counters.
TENANTS: dict[str, dict[str, dict[str, int]]] = {
    "guide_inventory": {
        "owner@acme.example": {"launchApp30days": 7, "appsTotal": 1},
        "owner@borealis.example": {"launchApp30days": 0, "appsTotal": 1},
    },
    "guide_day": {f"owner{number:03}@acme.example": {} for number in range(300)},
}
#: Apps that each of them has.
APPS = {"guide_day": ["Store"]}


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_guide(page: Path, place: Place, world: t.Any, request: pytest.FixtureRequest) -> None:
    for email, counters in TENANTS.get(page.stem, {}).items():
        world.do("tenant_add", email=email, counters=counters, apps=APPS.get(page.stem, []))
    host = urlsplit(world.mobsted_url).netloc
    names = {"server_mobsted_com": "server_" + re.sub(r"\W", "_", host)}
    environment = place.environment
    if page.stem == "guide_teams":  # a database that is empty, and psql
        names[DATABASE] = request.getfixturevalue("database").replace(f":{QUOTED}", "")
        names["state-password"] = PASSWORD
        environment = {**environment, "PATH": f"{wheel()}:{environment['PATH']}"}
    do(page, dataclasses.replace(place, environment=environment, real={**place.real, **names}))


def test_getting_started_from_nothing(bare: Place) -> None:
    do(RST / "guide_getting_started.rst", bare)


def _fresh(bare: Place, **more: t.Any) -> Place:
    """Give the user a virtual environment, which a reader of these lines already has."""
    fresh = bare.folder.parent / "fresh"
    subprocess.run(["python3", "-m", "venv", str(fresh)], env=bare.environment, check=True)
    environment = {**bare.environment, "PATH": f"{fresh / 'bin'}:{bare.environment['PATH']}"}
    return dataclasses.replace(bare, environment=environment, **more)


def test_readme_in_a_clean_clone(bare: Place, repository: str) -> None:
    """The README works word for word in a clone, with an empty home."""
    clone = bare.folder / "clone"
    subprocess.run(["git", "clone", "--quiet", repository, str(clone)], check=True)
    do(ROOT / "README.md", dataclasses.replace(bare, folder=clone))
    assert (clone / "credentials.yml").read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT")


def test_index_with_an_account(bare: Place, world: t.Any) -> None:
    real = {
        **bare.real,
        "https://ppp-admin.mobsted.com": world.mobsted_url,
        "partner@example.com": world.login,
        "mobsted-password": world.password,
    }
    do(INDEX, _fresh(bare, real=real))
    assert [app["name"] for app in world.apps("owner@acme.example")] == ["Acme Store"]
    assert (bare.folder / "credentials.yml").read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT")
    assert "Acme Store" in (bare.folder / "partner-report.html").read_text(encoding="utf-8")


def test_the_quick_starts_take_ten_lines() -> None:
    _install, playbook, setup, run = [block for block in blocks(ROOT / "README.md") if block.runs]
    assert len((setup.text + run.text).splitlines()) == 10
    assert run.commands()[0][0] == "ansible-playbook partnerops.saas.preflight"
    same, commands = [block for block in blocks(INDEX) if block.runs]
    assert (same.file, same.text) == (playbook.file, playbook.text)
    assert len(commands.text.splitlines()) == 10
