# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site's first page and its side rule, from what antsibull-docs writes."""

from __future__ import annotations

import importlib.util
import re
import shutil
import typing as t
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.documentation.literate import DOCS, ROOT

CONFIG = ROOT / "tests" / "config" / "sphinx_conf.py"
PLUGINS = (("mip_user", "module"), ("mobsted_tenant", "module"), ("mobsted_app_link", "filter"))


@pytest.fixture(scope="module")
def conf() -> t.Any:
    """Load the configuration as Sphinx does."""
    spec = importlib.util.spec_from_file_location("sphinx_conf", CONFIG)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def index(conf: t.Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the index page, made from one in the form of antsibull-docs 2.28."""
    source = tmp_path_factory.mktemp("rst")
    shutil.copytree(DOCS / "docsite" / "rst", source / "docsite")
    sections = yaml.safe_load((DOCS / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    parts = [
        'Partnerops.Saas\n===============\n\n.. ansible-links::\n\n  - title: "Issues"\n    url: "https://x.example"\n'
    ]
    for section in sections:
        pages = "".join(f"    docsite/{name}\n" for name in section["toctree"])
        title = section["title"]
        parts.append(f"{title}\n{'-' * len(title)}\n\n.. toctree::\n    :maxdepth: 1\n\n{pages}")
    parts += [f"* :ansplugin:`{name} {kind} <partnerops.saas.{name}#{kind}>` -- Does X" for name, kind in PLUGINS]
    text = ["\n\n".join(parts) + "\n"]
    conf._replace_source(SimpleNamespace(srcdir=source), "index", text)
    return text[0]


def test_the_side_bar_has_sections_and_ends_with_the_changelog(index: str) -> None:
    assert re.findall(":caption: (.+)", index)[1:] == ["Start", "Guides", "Modules", "Plugins", "Project"]
    entries = re.findall(r"(?m)^   (\S.*?) <(\S+)>$", index)
    assert entries[0] == ("Getting started", "docsite/guide_getting_started")
    assert ("mobsted_tenant", "mobsted_tenant_module") in entries
    assert ("mobsted_app_link (filter)", "mobsted_app_link_filter") in entries
    assert entries[-1] == ("Changelog", "changelog")
    assert max(len(title) for title, _page in entries) <= 34


def test_the_index_has_every_guide_and_no_open_place(index: str) -> None:
    assert ".. generated:" not in index
    assert "ansible-links::" in index
    for path in (DOCS / "docsite" / "rst").glob("*.rst"):
        assert f"<docsite/{path.stem}>`" in index


def test_the_changelog_has_a_short_title(conf: t.Any) -> None:
    rule = "=" * 29
    text = [f"{rule}\nPartnerops.Saas Release Notes\n{rule}\n"]
    conf._replace_source(SimpleNamespace(srcdir="."), "changelog", text)
    assert text == [f"{rule}\nChangelog\n{rule}\n"]


def test_the_picture_is_small() -> None:
    assert Path(DOCS / "docsite" / "site" / "report.png").stat().st_size < 150_000
