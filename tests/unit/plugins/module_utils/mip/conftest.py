# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of MIP's unit tests: a scripted API, a ledger of their own, and a client."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip import auth, user
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import MipConnection
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Clock, Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.acted import Acted
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.staged import Stage

BASE = "https://cloud.mip.to"
OWNER = {"email": "owner@mip.example", "password": "owner-password"}
PUBLIC, PRIVATE = "p" * 32, "q" * 32


@pytest.fixture
def mip_clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock also where MIP's code looks at it."""
    for module in (auth, user):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def connect(api: Script, mip_clock: Clock, context: RunContext) -> t.Callable[..., MipAPI]:
    """Makes a client against the scripted API; without options it has a key pair and no login."""

    def make(**options: t.Any) -> MipAPI:
        given = options or {"public_key": PUBLIC, "private_key": PRIVATE}
        return MipAPI.of(MipConnection(**{"base": BASE, **given}), context)

    return make


@pytest.fixture
def mip(connect: t.Callable[..., MipAPI]) -> MipAPI:
    """A client with a key pair."""
    return connect()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger that is not there yet."""
    return Ledger.at(str(tmp_path / "state" / "ledger.sqlite3"), BASE)


@pytest.fixture
def deadline(mip_clock: Clock) -> Deadline:
    """A deadline of 300 s."""
    return Deadline(300)


@pytest.fixture
def stage(mip_clock: Clock, monkeypatch: pytest.MonkeyPatch, ledger: Ledger, context: RunContext) -> Stage:
    """MIP acted out, with nothing known of it."""
    return Stage(Acted(monkeypatch), ledger, context)
