# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers on loopback, stopped at the end of a test."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.http.calls import Handler, Server


@pytest.fixture
def serve() -> t.Iterator[t.Callable[[Handler], Server]]:
    """Return a function that starts a server, which hands each connection to a function."""
    servers: list[Server] = []

    def start(handler: Handler) -> Server:
        servers.append(Server(handler))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
