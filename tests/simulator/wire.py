# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last inch: responses that no well-behaved server sends, written byte by byte to the connection."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import socket
import struct
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .answers import Answer
from .faults import Rule

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

_serial = itertools.count(1)


class SimulatorProtocol(HttpToolsProtocol):
    """uvicorn's protocol, whose scope also has the transport and the connection's serial number."""

    serial = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.serial = next(_serial)
        super().connection_made(transport)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"simulator": {"transport": self.transport, "connection": self.serial}}


def reset(transport: Any) -> None:
    """Close the connection with RST: nothing is sent, the peer reads ECONNRESET."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _gone(receive: Receive, seconds: float) -> bool:
    """Wait until the peer has gone, at most ``seconds``; return whether it has."""

    async def wait() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(wait(), max(seconds, 0.001))
    except TimeoutError:
        return False
    return True


async def _close(transport: Any, receive: Receive) -> None:
    """Close the connection once everything is written, and wait until it is closed."""
    transport.close()
    if not await _gone(receive, 5):
        transport.abort()
        await _gone(receive, 1)


def _head(answer: Answer, length: int | None) -> bytes:
    """Return status line and header of ``answer``; ``length`` None means chunked."""
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = ""
    lines = [
        f"HTTP/1.1 {answer.status} {phrase}",
        f"content-type: {answer.content_type}",
        "connection: close",
        "transfer-encoding: chunked" if length is None else f"content-length: {length}",
    ]
    lines += [f"{key}: {value}" for key, value in answer.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _dribble(transport: Any, receive: Receive, data: bytes, seconds: float) -> bool:
    """Write ``data`` over ``seconds`` in at most 50 pieces; return False if the peer has gone."""
    step = max(1, -(-len(data) // 50))
    pieces = max(1, -(-len(data) // step))
    for start in range(0, len(data), step):
        if await _gone(receive, seconds / pieces):
            return False
        transport.write(data[start : start + step])
    return True


async def raw(rule: Rule, answer: Answer, transport: Any, receive: Receive) -> None:
    """Send ``answer`` in the way of the rule's kind, and end the connection."""
    if rule.kind == "reset":
        await asyncio.sleep(rule.seconds(0))
        reset(transport)
        await _gone(receive, 1)
    elif rule.kind == "stall":
        if not await _gone(receive, rule.seconds(30)):
            await _close(transport, receive)
    elif rule.kind == "enormous":
        await _enormous(rule, transport, receive)
    elif rule.kind in ("slow_headers", "drip"):
        head, body = _head(answer, len(answer.body)), answer.body
        if rule.kind == "slow_headers":
            await _dribble(transport, receive, head, rule.seconds(10))
            transport.write(body)
        else:
            transport.write(head)
            await _dribble(transport, receive, body, rule.seconds(10))
        await _close(transport, receive)
    else:
        transport.write(_spoilt(rule, answer))
        await _close(transport, receive)


def _spoilt(rule: Rule, answer: Answer) -> bytes:
    """Return what ``truncated``, ``bomb``, ``garbage`` and ``interim`` send."""
    if rule.kind == "interim":
        hints = b"HTTP/1.1 103 Early Hints\r\nlink: </x.css>; rel=preload\r\n\r\n" * int(rule.fault.get("number", 1))
        return hints + _head(answer, len(answer.body)) + answer.body
    if rule.kind == "bomb":
        body = gzip.compress(b"0" * int(rule.fault.get("bytes", 200_000_000)), 1)
        return _head(Answer(200, headers={"content-encoding": "gzip"}), len(body)) + body
    if rule.kind == "garbage":
        return b"\x16\x03\x01 this is not HTTP\r\n\r\n"
    half = answer.body[: max(1, len(answer.body) // 2)] or b"{"
    if rule.fault.get("chunked"):
        return _head(answer, None) + b"%x\r\n%b\r\n" % (len(half), half)
    return _head(answer, max(len(answer.body), len(half) + 1)) + half


async def _enormous(rule: Rule, transport: Any, receive: Receive) -> None:
    """Send a JSON body that does not end (or ends after ``bytes``), as fast as the peer reads."""
    transport.set_write_buffer_limits(high=1 << 20)
    transport.write(_head(Answer(200), None))
    block = b'{"id":"1","type":"objects","attributes":{"pad":"' + b"x" * 65_000 + b'"}},'
    sent, limit = 0, int(rule.fault.get("bytes", 1 << 34))
    transport.write(b'9\r\n{"data":[\r\n')
    while sent < limit and not transport.is_closing():
        transport.write(b"%x\r\n%b\r\n" % (len(block), block))
        sent += len(block)
        while transport.get_write_buffer_size() > 1 << 19 and not transport.is_closing():
            if await _gone(receive, 0.002):
                return
        if sent % (16 * len(block)) == 0 and await _gone(receive, 0.001):
            return
    await _close(transport, receive)


async def plain(answer: Answer, send: Send, head_only: bool = False) -> None:
    """Send ``answer`` as a server should."""
    headers = [(b"content-type", answer.content_type.encode()), (b"content-length", str(len(answer.body)).encode())]
    headers += [(key.lower().encode("latin-1"), value.encode("latin-1")) for key, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head_only else answer.body})
