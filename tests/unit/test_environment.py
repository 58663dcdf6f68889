# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``scripts/environment.py``: an environment that is a link belongs to another tree, and is never emptied or filled."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ansible_collections.partnerops.saas.scripts import environment


@pytest.fixture
def linked(tmp_path, monkeypatch):
    """Yield another tree's environment, to which .venv is a link; nothing may run meanwhile."""
    shared = tmp_path / "other" / ".venv"
    (shared / "bin").mkdir(parents=True)
    (shared / "kept").touch()
    (tmp_path / ".venv").symlink_to(shared)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "CACHE", tmp_path / ".cache")
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(subprocess, "run", lambda *args, **_more: pytest.fail(f"ran {args}"))
    return shared


def test_a_linked_environment_is_used_as_it_is(linked):
    (linked / "bin" / "python").symlink_to(sys.executable)
    assert environment.ensure("main") == environment.VENV / "bin" / "python"
    assert (linked / "kept").exists()


def test_a_linked_environment_that_is_missing_is_not_made(linked):
    with pytest.raises(SystemExit, match="make it in its own tree"):
        environment.ensure("main")
    assert (linked / "kept").exists()
