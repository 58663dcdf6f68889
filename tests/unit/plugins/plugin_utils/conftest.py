# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action of a test module."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils import in_process as module
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.made import Made, Run


@pytest.fixture
def own_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is left of the tasks of another test."""
    monkeypatch.setattr(module, "_RUNTIMES", {})
    monkeypatch.setattr(module.C, "DEFAULT_LOCAL_TMP", str(tmp_path))


@pytest.fixture
def make(tmp_path: Path, own_process: None) -> t.Callable[..., Made]:
    """Makes an action that runs a function."""

    def made(run: Run = lambda task: {"changed": True}, **args: t.Any) -> Made:
        return Made(run, args, tmp_path)

    return made
