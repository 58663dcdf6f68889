# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listeners of the simulator: plain HTTP on loopback, and TLS with a CA made for this run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import tempfile
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any

from uvicorn import Config
from uvicorn.server import ServerState

from .app import Simulator
from .wire import SimulatorProtocol


@dataclass
class Settings:
    """How to serve. ``port`` 0 takes a free one; the simulator ends with the process ``parent`` (0: none)."""

    host: str = "127.0.0.1"
    port: int = 0
    tls: bool = False
    tls_port: int = 0
    ready_file: str | None = None
    parent: int = 0
    login: str = "partner@example.com"
    password: str = "simulator-password"
    default: dict[str, Any] | None = None


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; loopback addresses only. asyncio sets TCP_NODELAY only if the protocol is named."""
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise SystemExit("the simulator binds to loopback only")
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.listen(2048)
    sock.setblocking(False)
    return sock


def _tls(folder: str) -> tuple[ssl.SSLContext, str]:
    """Return a server context for 127.0.0.1, localhost and *.localhost, and the path of the CA's certificate."""
    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "::1", "localhost", "*.localhost").configure_cert(context)
    path = str(Path(folder) / "ca.pem")
    authority.cert_pem.write_to_path(path)
    return context, path


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(path: str, text: str) -> None:
    """Write a file atomically."""
    part = f"{path}.{os.getpid()}.part"
    Path(part).write_text(text, encoding="utf-8")
    os.replace(part, path)


async def _serve(settings: Settings, folder: str) -> None:
    plain = _listen(settings.host, settings.port)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    bases = {"http": f"http://{host}:{plain.getsockname()[1]}"}
    listeners: list[tuple[socket.socket, ssl.SSLContext | None]] = [(plain, None)]
    ready: dict[str, Any] = {"base": bases["http"], "tls_base": None, "ca_file": None, "pid": os.getpid()}
    if settings.tls:
        secure = _listen(settings.host, settings.tls_port)
        context, ready["ca_file"] = _tls(folder)
        ready["tls_base"] = bases["https"] = f"https://{host}:{secure.getsockname()[1]}"
        listeners.append((secure, context))
    simulator = Simulator(bases, settings.login, settings.password, settings.default)
    config = Config(
        simulator,
        http=SimulatorProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=300,
        server_header=False,
        interface="asgi3",
    )
    config.load()
    state = ServerState()
    state.default_headers = config.encoded_headers
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(
            lambda: SimulatorProtocol(config=config, server_state=state, app_state={}), sock=sock, ssl=context
        )
        for sock, context in listeners
    ]
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    ready["default"] = simulator.worlds.worlds["default"].describe(bases)
    line = json.dumps(ready)
    if settings.ready_file:
        _write(settings.ready_file, line)
    print(line, flush=True)
    while not done.is_set():
        state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
        if settings.parent and not _alive(settings.parent):
            break
        try:
            await asyncio.wait_for(done.wait(), 0.5)
        except TimeoutError:
            continue
    for server in servers:
        server.close()
    for connection in list(state.connections):
        connection.transport.abort()
    for task in list(state.tasks):
        task.cancel()


def run(settings: Settings) -> None:
    """Serve until SIGTERM, SIGINT or the end of the parent; then remove temporary files."""
    with tempfile.TemporaryDirectory(prefix="partnerops-simulator-") as folder:
        asyncio.run(_serve(settings, folder))
