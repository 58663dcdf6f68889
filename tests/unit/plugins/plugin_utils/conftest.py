# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the action behind every module, and of the event source."""

from __future__ import annotations

import logging
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils import process
from ansible_collections.partnerops.saas.plugins.plugin_utils.tenant_watch import TenantWatch
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.stubbed_action import Run, StubbedAction


@pytest.fixture
def own_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> t.Iterator[None]:
    """Start without a run context of another test, and close what the test made."""
    made: dict[int, RunContext] = {}
    monkeypatch.setattr(process, "_CONTEXTS", made)
    monkeypatch.setattr(process.C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    yield
    for context in made.values():
        context.close()


@pytest.fixture
def make(tmp_path: Path, own_process: None) -> t.Callable[..., StubbedAction]:
    """Return a factory of actions that run a function."""

    def factory(run: Run = lambda task: {"changed": True}, **args: t.Any) -> StubbedAction:
        return StubbedAction(run, args, tmp_path)

    return factory


@pytest.fixture
def log_level() -> t.Iterator[None]:
    """Give urllib3's log its level back."""
    log = logging.getLogger("urllib3")
    level = log.level
    yield
    log.setLevel(level)


@pytest.fixture
def watch(api: Script) -> t.Iterator[t.Callable[..., TenantWatch]]:
    """Return a function that makes a watch of the scripted account."""
    made: list[TenantWatch] = []

    def make(**args: t.Any) -> TenantWatch:
        made.append(TenantWatch({"api_url": HOST, "api_token": "given-token", "retries": 0, **args}))
        return made[-1]

    yield make
    for one in made:
        one.close()
