# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Connections whose every read obeys one deadline, and that know what happened to a request.

The time-outs of ``requests`` apply to a single ``recv``: a server that sends one byte a second never exceeds them,
whether in the headers or in the body. Here the time left is set on the socket before each read.
"""

from __future__ import annotations

import http.client
import io
import threading
import time
import typing as t

try:
    import requests.adapters
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False

#: The exchange of this thread: ``until`` is its deadline in seconds of the monotonic clock, ``write`` says whether it
#: may change something, ``sent`` whether any byte of the request has left.
LIMIT = threading.local()
#: seconds after which an idle connection is not used for a write: if the server closes it at that moment,
#: the outcome is unknown
IDLE_LIMIT = 4.0
#: interim responses (103 Early Hints and others) before the final one
MAX_INTERIM = 20


class TimedSocket(io.RawIOBase):
    """The reading side of a socket, with the time left as its time-out."""

    def __init__(self, sock: t.Any) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Return True: it can always be read."""
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        """Read what is there.

        :raises TimeoutError: if the deadline is over
        """
        until = getattr(LIMIT, "until", None)
        if until is None:
            return self._raw.readinto(buffer)
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        before = self._sock.gettimeout()
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(before)

    def close(self) -> None:
        """Close this side; the connection itself may stay open."""
        if not self.closed:
            self._raw.close()
        super().close()


class TimedResponse(http.client.HTTPResponse):
    """A response read through :class:`TimedSocket`. Interim responses are skipped.

    A connection that had one is not reused: a server that miscounts them would send the rest of this response as the
    response to the next request.
    """

    interim = False

    def __init__(self, sock: t.Any, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(TimedSocket(sock))

    def begin(self) -> None:
        """Read the head of the final response."""
        super().begin()
        if self.interim or self.status < 200:
            self.will_close = True

    def _read_status(self) -> tuple[str, int, str]:
        for _number in range(MAX_INTERIM):
            found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= found[1] < 200 or found[1] == 101:
                return found
            self.interim = True
            http.client.parse_headers(self.fp)
        raise http.client.BadStatusLine(f"more than {MAX_INTERIM} interim responses")


if HAS_REQUESTS:

    class _Watched:
        """A connection that notes when the first byte of a request leaves; a proxy's tunnel does not count."""

        response_class = TimedResponse
        sock: t.Any
        auto_open: int
        used_at = 0.0
        _tunnelling = False

        def send(self, data: t.Any) -> None:
            """Send data, see ``http.client``, which connects only here."""
            if self.sock is None and self.auto_open:
                self.connect()  # type: ignore[attr-defined]
            if not self._tunnelling:
                LIMIT.sent = True
            super().send(data)  # type: ignore[misc]

        def _tunnel(self) -> None:
            self._tunnelling = True
            try:
                super()._tunnel()  # type: ignore[misc]
            finally:
                self._tunnelling = False

    class _Http(_Watched, HTTPConnection):
        response_class = TimedResponse

    class _Https(_Watched, HTTPSConnection):
        response_class = TimedResponse

    class _Fresh:
        """A pool that uses no long-idle connection for a write; each connection is judged by itself."""

        def _get_conn(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
            connection = super()._get_conn(*args, **kwargs)  # type: ignore[misc]
            idle = time.monotonic() - getattr(connection, "used_at", 0.0)
            if getattr(LIMIT, "write", False) and getattr(connection, "sock", None) is not None and idle > IDLE_LIMIT:
                connection.close()
            return connection

        def _put_conn(self, connection: t.Any) -> None:
            if connection is not None:
                connection.used_at = time.monotonic()
            super()._put_conn(connection)  # type: ignore[misc]

    class _HttpPool(_Fresh, HTTPConnectionPool):
        ConnectionCls = _Http

    class _HttpsPool(_Fresh, HTTPSConnectionPool):
        ConnectionCls = _Https

    _POOLS = {"http": _HttpPool, "https": _HttpsPool}

    class TimedAdapter(requests.adapters.HTTPAdapter):
        """The adapter of ``requests`` over timed connections, with or without a proxy."""

        def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
            """See ``HTTPAdapter``."""
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = _POOLS

        def proxy_manager_for(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
            """See ``HTTPAdapter``."""
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = _POOLS
            return manager
