# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# pylint: disable=unused-import
"""Fixtures: a simulator, hosts where connections fail, and waits cut short with nothing left out."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http import transport
from ansible_collections.partnerops.saas.tests.faults.network import Network
from ansible_collections.partnerops.saas.tests.support.counts import (  # noqa: F401 -- hooks
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from ansible_collections.partnerops.saas.tests.support.no_waiting import (  # noqa: F401 -- fixtures
    no_settings,
    no_waiting,
)


@pytest.fixture(scope="session")
def network(simulator: t.Any, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Network]:
    """Yield the hosts where connections fail."""
    made = Network(tmp_path_factory.mktemp("network"), urlsplit(simulator.base).port or 80)
    yield made
    made.close()


@pytest.fixture
def give_up(monkeypatch: pytest.MonkeyPatch) -> t.Callable[[float], None]:
    """Set a time-out shorter than a task can, in seconds."""
    made = transport.Transport.__init__

    def after(seconds: float) -> None:
        def patient(self: transport.Transport, base: str, **how: t.Any) -> None:
            made(self, base, **{**how, "timeout": seconds})

        monkeypatch.setattr(transport.Transport, "__init__", patient)

    return after


@pytest.fixture(scope="module")
def other() -> t.Iterator[t.Any]:
    """Start a server that a test may break: Debian's, if it is installed."""
    from ansible_collections.partnerops.saas.tests.support import postgres as servers

    with servers.cluster(servers.debian()) as running:
        yield running
