# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests and a transport, for the tests of the transport."""

from __future__ import annotations

import contextlib
import socket
import threading
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.exchange import Request
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.tests.support.scripted import HOST

SECRET = "s3cret-in-the-query"


def make(**options: t.Any) -> Transport:
    return Transport(HOST, **{"timeout": 90, "retries": 4, "validate_certs": True, "ca_path": None, **options})


def read(path: str = "/api/v8/auth") -> t.Callable[[], Request]:
    return lambda: Request("GET", HOST + path, params={"password": SECRET}, safe=True)


def write(path: str = "/api/v8/partners") -> t.Callable[[], Request]:
    return lambda: Request("POST", HOST + path, data=b"{}", headers={"Authorization": f"Bearer {SECRET}"})


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert SECRET not in str(caught.value) + repr(caught.value.as_dict())
    assert "{tries}" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


# -- real sockets -----------------------------------------------------------------------------------------------

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Handler = t.Callable[[socket.socket], None]


class Server:
    """Accepts connections on a loopback port and hands each to a function until it is stopped."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stopped = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self.handler(connection)

    def stop(self) -> None:
        self.stopped.set()
        self.listener.close()


def request_of(connection: socket.socket) -> bytes:
    """Return one request with its body, empty if the other side closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _blank, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head
