# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of MIP's unit tests: a client of a scripted API, a new ledger, a fake MIP."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import MipConnection
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Clock, Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.fake_mip import FakeMip
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.rig import Rig

BASE = "https://cloud.mip.to"
OWNER = {"email": "owner@mip.example", "password": "owner-password"}
PUBLIC, PRIVATE = "p" * 32, "q" * 32


@pytest.fixture
def connect(api: Script, context: RunContext) -> t.Callable[..., MipAPI]:
    """Return a function that creates a client of the scripted API; without options, it has a key pair and no login."""

    def make(**options: t.Any) -> MipAPI:
        given = options or {"public_key": PUBLIC, "private_key": PRIVATE}
        return MipAPI.of(MipConnection(**{"base": BASE, **given}), context)

    return make


@pytest.fixture
def mip(connect: t.Callable[..., MipAPI]) -> MipAPI:
    """Return a client with a key pair."""
    return connect()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a ledger that does not exist yet."""
    return Ledger.at(str(tmp_path / "state" / "ledger.sqlite3"), BASE)


@pytest.fixture
def rig(clock: Clock, monkeypatch: pytest.MonkeyPatch, ledger: Ledger, context: RunContext) -> Rig:
    """Return a client and a ledger with a fake MIP that knows nobody yet."""
    return Rig(FakeMip(monkeypatch), ledger, context)
