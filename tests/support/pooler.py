# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand in for a connection pooler where none is installed: it gives clients a process id that is not the server's.

That is what gives a pooler away: it hands the client a key of its own (BackendKeyData), and then uses any connection.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import typing as t


@contextlib.contextmanager
def stand_in(port: int) -> t.Iterator[int]:
    """Listen on a port of its own, pass everything on to the server's port, and change the key; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, port), daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _accept(listener: socket.socket, port: int) -> None:
    with contextlib.suppress(OSError):
        while True:
            client = listener.accept()[0]
            server = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            threading.Thread(target=_answer, args=(server, client), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _end(source, target)


def _answer(server: socket.socket, client: socket.socket) -> None:
    """Copy what the server sends, message by message, until its key has passed."""
    with contextlib.suppress(OSError, struct.error), server.makefile("rb") as stream:
        while True:
            kind = stream.read(1)
            if kind == b"N":  # no TLS here
                client.sendall(kind)
                continue
            head = stream.read(4)
            body = stream.read(struct.unpack("!I", head)[0] - 4)
            if kind == b"K":
                body = struct.pack("!I", 4711) + body[4:]
            client.sendall(kind + head + body)
            if not kind:
                break
    _end(server, client)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
            one.close()
