# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox, places where connections fail, and a hurry: waits are cut short, but nothing is left out."""

from __future__ import annotations

import os
import typing as t
from urllib.parse import urlsplit

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils import transport
from ansible_collections.partnerops.saas.plugins.module_utils.mip import user
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import tenant
from ansible_collections.partnerops.saas.tests.faults.network import Network
from ansible_collections.partnerops.saas.tests.trust.counts import (  # noqa: F401 -- hooks
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)


@pytest.fixture(scope="session")
def network(sandbox: t.Any, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Network]:
    """Where connections fail."""
    made = Network(tmp_path_factory.mktemp("network"), urlsplit(sandbox.base).port or 80)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings."""
    for name in list(os.environ):
        if name.startswith(("MOBSTED_", "MIP_")) or name.lower().endswith(("_proxy", "_ca_bundle")):
            monkeypatch.delenv(name)


@pytest.fixture
def give_up(monkeypatch: pytest.MonkeyPatch) -> t.Callable[[float], None]:
    """Sets the time-out, in seconds: shorter than a task can."""
    made = transport.Transport.__init__

    def after(seconds: float) -> None:
        def patient(self: transport.Transport, base: str, **how: t.Any) -> None:
            made(self, base, **{**how, "timeout": seconds})

        monkeypatch.setattr(transport.Transport, "__init__", patient)

    return after


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Milliseconds instead of seconds."""
    monkeypatch.setattr(transport, "_backoff", lambda failures: 0.005 * failures)
    monkeypatch.setattr(transport, "SIZE_LIMIT", 1 << 20)
    monkeypatch.setattr(tenant, "_LOOKS", (0.02, 0.05))
    monkeypatch.setattr(user, "SETTLE", 0.0)
