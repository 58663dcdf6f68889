# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ports of 127.0.0.1 for servers that get their port from a test, and for connections that must be refused."""

from __future__ import annotations

import random
import socket

#: Below the ports that the kernel gives to outgoing connections, which would take one before its server does.
_RANGE = range(20_000, 32_000)
#: Tests seed the usual generator, and then all workers would choose the same ports.
_CHANCE = random.SystemRandom()


def free_port() -> int:
    """Return a port that nobody uses now."""
    while True:
        with socket.socket() as one:
            port = _CHANCE.choice(_RANGE)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class ClosedPort:
    """A port that refuses connections: it is taken, and nobody listens."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.number = int(self._socket.getsockname()[1])

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
