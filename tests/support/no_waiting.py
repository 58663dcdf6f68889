# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for runs inside the test's process: no settings of this machine, and no long waits."""

from __future__ import annotations

import os

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http import retry, transport
from ansible_collections.partnerops.saas.plugins.module_utils.mip import user
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import paging
from ansible_collections.partnerops.saas.plugins.module_utils.run import logins, settle


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove account settings, proxies and CA bundles from the environment."""
    for name in list(os.environ):
        if name.startswith(("MOBSTED_", "MIP_")) or name.lower().endswith(("_proxy", "_ca_bundle")):
            monkeypatch.delenv(name)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait milliseconds instead of seconds between tries; no try is left out."""
    monkeypatch.setattr(retry, "backoff", lambda failures: 0.005 * failures)
    monkeypatch.setattr(transport, "SIZE_LIMIT", 1 << 20)
    monkeypatch.setattr(settle, "PAUSES", (0.02, 0.05))
    monkeypatch.setattr(user, "SETTLE", 0.0)
    monkeypatch.setattr(paging, "PAUSE", 0.005)
    monkeypatch.setattr(logins, "FRESH_FOR", 0.02)
