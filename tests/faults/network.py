# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that really fail, at one chosen request.

The request goes to a host where its connection fails: a name that nobody has, a closed port, a listener with the
wrong certificate. The library, the operating system and TLS do the rest, so the errors are real.
"""

from __future__ import annotations

import contextlib
import fnmatch
import socket
import ssl
import threading
import typing as t
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from ansible_collections.partnerops.saas.plugins.module_utils.http import transport
from ansible_collections.partnerops.saas.plugins.module_utils.http.exchange import Request
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.tests.support.ports import ClosedPort


class Listener:
    """Accepts connections, tries a TLS handshake if it has a context, and closes them."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                connection.settimeout(5)
                if self._context:
                    with self._context.wrap_socket(connection, server_side=True) as wrapped:
                        wrapped.recv(1)

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


class Network:
    """The hosts where connections fail. ``ca_file`` is the CA that the client trusts."""

    def __init__(self, folder: Path, plain_port: int) -> None:
        trusted, foreign = trustme.CA(), trustme.CA()
        self.ca_file = folder / "trusted.pem"
        trusted.cert_pem.write_to_path(str(self.ca_file))
        self._listeners = {
            "untrusted": Listener(_context(foreign, "127.0.0.1")),
            "other_name": Listener(_context(trusted, "other.example")),
            "hang_up": Listener(None),
        }
        self._closed = ClosedPort()
        self.places = {
            "no_name": "http://nobody.invalid",
            "refused": f"http://127.0.0.1:{self._closed.number}",
            "plain": f"https://127.0.0.1:{plain_port}",
            **{name: f"https://127.0.0.1:{one.port}" for name, one in self._listeners.items()},
        }

    def close(self) -> None:
        """Give all ports back."""
        self._closed.close()
        for listener in self._listeners.values():
            listener.close()

    @contextlib.contextmanager
    def failing(self, how: str, method: str, path: str, nth: int, times: int | None) -> t.Iterator[None]:
        """Let matching requests fail; ``path`` is a pattern of the whole path, ``times`` None means forever."""
        place = urlsplit(self.places[how])
        seen = 0
        lock = threading.Lock()
        exchange = Transport._exchange

        def instead(self: Transport, request: Request, deadline: t.Any) -> t.Any:
            nonlocal seen
            if request.method == method and fnmatch.fnmatchcase(request.path, path):
                with lock:
                    seen += 1
                    strikes = seen >= nth and (times is None or seen < nth + times)
                if strikes:
                    url = urlsplit(request.url)._replace(scheme=place.scheme, netloc=place.netloc).geturl()
                    request = request._replace(url=url)
            return exchange(self, request, deadline)

        transport.Transport._exchange = instead  # type: ignore[method-assign]
        try:
            yield
        finally:
            transport.Transport._exchange = exchange  # type: ignore[method-assign]


def _context(authority: t.Any, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context
