# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of the documentation is done by somebody who does exactly what it says."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ansible_collections.partnerops.saas.tests.documentation.literate import DOCS, ROOT, Place, blocks, do, pages
from ansible_collections.partnerops.saas.tests.support.postgres import wheel

RST = DOCS / "docsite" / "rst"
#: Pages that start from nothing, not even Ansible.
FROM_NOTHING = (ROOT / "README.md", RST / "guide_getting_started.rst")
GUIDES = [page for page in pages() if page not in FROM_NOTHING and any(block.runs for block in blocks(page))]


DATABASE = "postgresql://partnerops@db.example/partnerops?sslmode=verify-full"
#: Tenants that a page takes for granted, with their counters.
TENANTS: dict[str, dict[str, dict[str, int]]] = {
    "guide_inventory": {
        "owner@acme.example": {"launchApp30days": 7, "appsTotal": 1},
        "owner@borealis.example": {"launchApp30days": 0, "appsTotal": 1},
    },
}


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_guide(page: Path, place: Place, world: t.Any, request: pytest.FixtureRequest) -> None:
    for email, counters in TENANTS.get(page.stem, {}).items():
        world.do("tenant_add", email=email, counters=counters)
    host = urlsplit(world.mobsted_url).netloc
    names = {"server_mobsted_com": "server_" + re.sub(r"\W", "_", host)}
    environment = place.environment
    if page.stem == "guide_teams":  # a database that is empty, and psql
        names[DATABASE] = request.getfixturevalue("database")
        environment = {**environment, "PATH": f"{environment['PATH']}:{wheel()}"}
    do(page, dataclasses.replace(place, environment=environment, real={**place.real, **names}))


def test_getting_started_from_nothing(bare: Place) -> None:
    do(RST / "guide_getting_started.rst", bare)


def test_readme_from_nothing(bare: Place, world: t.Any) -> None:
    """The README's lines, with the tarball in an empty folder and a fresh environment."""
    import subprocess

    fresh = bare.folder.parent / "fresh"
    subprocess.run(["python3", "-m", "venv", str(fresh)], env=bare.environment, check=True)
    real = {
        "https://ppp-admin.mobsted.com": world.mobsted_url,
        "partner@example.com": world.login,
        "mobsted-password": world.password,
    }
    environment = {**bare.environment, "PATH": f"{fresh / 'bin'}:{bare.environment['PATH']}"}
    # The playbook stands below the commands that run it.
    (playbook,) = [block for block in blocks(ROOT / "README.md") if block.file == "tenants.yml"]
    (bare.folder / "tenants.yml").write_text(playbook.text, encoding="utf-8")
    do(ROOT / "README.md", dataclasses.replace(bare, environment=environment, real=real))
    assert world.tenant("owner@acme.example")["email"] == "owner@acme.example"
    assert [app["name"] for app in world.apps("owner@acme.example")] == ["Acme Store"]


def test_the_readme_uses_ten_lines() -> None:
    commands, playbook = [block for block in blocks(ROOT / "README.md") if block.runs]
    assert len(commands.text.splitlines()) <= 10
    assert len(playbook.text.splitlines()) <= 10
