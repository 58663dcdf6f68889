# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which connection a request gets: interim responses, and idle connections."""

from __future__ import annotations

import socket
import threading
import time
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.adapter import IDLE_LIMIT
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.http.exchange import Request
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.http.calls import OK, Server, request_of


def transport(server: Server) -> Transport:
    base = f"http://127.0.0.1:{server.port}"
    return Transport(base, timeout=60, retries=0, validate_certs=True, ca_path=None)


def get(server: Server, path: str = "/x") -> t.Callable[[], Request]:
    return lambda: Request("GET", f"http://127.0.0.1:{server.port}{path}", safe=True)


def post(server: Server) -> t.Callable[[], Request]:
    return lambda: Request("POST", f"http://127.0.0.1:{server.port}/x", data=b"{}")


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
@pytest.mark.parametrize("number", [1, 3])
def test_interim_responses_are_skipped_and_their_connection_is_not_used_again(serve, interim, number):
    def handler(connection: socket.socket) -> None:
        while request_of(connection):
            connection.sendall(interim * number + OK)

    made = serve(handler)
    wire = transport(made)
    for _time in range(2):
        assert wire.send(get(made), Deadline(5)).status == 200
    assert made.connections == 2


def test_interim_responses_without_end(serve):
    def handler(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)

    made = serve(handler)
    with pytest.raises(ApiError) as caught:
        transport(made).send(post(made), Deadline(5))
    assert (caught.value.code, caught.value.executed) == ("invalid_response", None)


def test_idle_time_is_that_of_the_connection(serve, monkeypatch):
    """Of two connections, a write gets the one that was used recently, or a new one."""
    real, passed = time.monotonic, 0.0
    monkeypatch.setattr(time, "monotonic", lambda: real() + passed)
    seen: list[tuple[int, bytes]] = []
    together = threading.Barrier(2, timeout=60)  # so that neither request gets the other one's connection

    def handler(connection: socket.socket) -> None:
        while True:
            data = request_of(connection)
            if not data:
                return
            seen.append((connection.getpeername()[1], data.split(b" ")[0]))
            if b"/slow" in data:
                together.wait()
            connection.sendall(OK)

    made = serve(handler)
    wire = transport(made)
    both = [threading.Thread(target=wire.send, args=(get(made, "/slow"), Deadline(60))) for _one in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    used = {port for port, _method in seen}
    assert len(used) == 2
    passed += 2 * IDLE_LIMIT
    wire.send(get(made), Deadline(60))  # a read may take an idle connection
    wire.send(post(made), Deadline(60))
    wire.send(post(made), Deadline(60))
    busy = seen[2][0]
    assert busy in used
    assert [port for port, _method in seen[3:]] == [busy, busy]
    passed += 2 * IDLE_LIMIT
    wire.send(post(made), Deadline(60))
    assert seen[-1][0] not in used
