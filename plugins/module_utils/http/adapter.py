# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections whose every read obeys one deadline.

The time-outs of ``requests`` are for a single ``recv``: a server that sends one byte a second is never late by them, be
it in the headers or in the body. Here the time that is left is set on the socket before each read.
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

#: ``until`` is the deadline of the exchange that this thread is in, in seconds of the monotonic clock.
LIMIT = threading.local()


class TimedSocket(io.RawIOBase):
    """The reading side of a socket, with the time left as its time-out."""

    def __init__(self, sock: t.Any) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        """Read what is there.

        :raises TimeoutError: where the deadline is over
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
        """Close this side; the connection may be kept."""
        if not self.closed:
            self._raw.close()
        super().close()


class TimedResponse(http.client.HTTPResponse):
    """An answer read through :class:`TimedSocket`."""

    def __init__(self, sock: t.Any, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(TimedSocket(sock))


if HAS_REQUESTS:

    class _Http(HTTPConnection):
        response_class = TimedResponse

    class _Https(HTTPSConnection):
        response_class = TimedResponse

    class _HttpPool(HTTPConnectionPool):
        ConnectionCls = _Http

    class _HttpsPool(HTTPSConnectionPool):
        ConnectionCls = _Https

    _POOLS = {"http": _HttpPool, "https": _HttpsPool}

    class TimedAdapter(requests.adapters.HTTPAdapter):
        """The adapter of ``requests`` over timed connections, also through a proxy."""

        def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
            """See ``HTTPAdapter``."""
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = _POOLS

        def proxy_manager_for(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
            """See ``HTTPAdapter``."""
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = _POOLS
            return manager
