# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of MIP's operations."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import EMAIL, Make


@pytest.fixture
def make(api: Script, context: RunContext, tmp_path: Path) -> Make:
    """Return a function that creates a task with a key pair and these options."""

    def of(**params: t.Any) -> Task:
        modes = {name: params.pop(name) for name in ("check_mode", "controller") if name in params}
        given = {
            "api_url": "https://cloud.mip.to/",
            "api_public_key": "p" * 32,
            "api_private_key": "q" * 32,
            "ledger_path": str(tmp_path / "ledger.sqlite3"),
            "marketplace_id": 7,
            "email": f" {EMAIL}",
            "deadline": 60,
            "settle": 5,
            **params,
        }
        return Task(given, context=context, **modes)

    return of
