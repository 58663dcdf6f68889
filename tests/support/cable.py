# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cable between a machine and its database that can be pulled: packets vanish without an error.

In a network namespace the kernel's own link goes down. That needs root, so there is a proxy that swallows everything,
too, which needs no rights.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import typing as t
from pathlib import Path

import trustme

from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until


class Cable(t.Protocol):
    """What a test does with either kind."""

    def url(self) -> str:
        """Return the URL of a new database at the far end."""

    def pull(self) -> None:
        """Let everything vanish."""

    def plug(self) -> None:
        """Connect again."""


class Swallower:
    """A proxy in front of a server. While the cable is pulled it takes connections and passes nothing on."""

    def __init__(self, server: servers.Cluster) -> None:
        self.server, self.works = server, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.works.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self) -> str:
        """Return the URL of a new database, through the proxy."""
        port = self.listener.getsockname()[1]
        return self.server.database().replace(f":{self.server.port}/", f":{port}/")

    def pull(self) -> None:
        """Keep what arrives from now on."""
        self.works.clear()

    def plug(self) -> None:
        """Pass on what was kept, as TCP does when it repeats what was lost."""
        self.works.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self.server.port))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with source:
            with contextlib.suppress(OSError):
                while data := source.recv(65536):
                    self.works.wait()
                    target.sendall(data)
            self.works.wait()
            for one in (source, target):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)


class Namespace:
    """A server in a network namespace, behind a pair of virtual interfaces, with a certificate: it is another host."""

    def __init__(self, programs: Path) -> None:
        number = os.getpid() % 200 + 20
        self.name, self.here, self.there = f"cable{os.getpid()}", f"ca{os.getpid()}", f"cb{os.getpid()}"
        self.near, self.far = f"10.203.{number}.1", f"10.203.{number}.2"
        self.server = servers.Cluster(programs)
        self.server.prefix = ["ip", "netns", "exec", self.name, "setpriv", "--reuid=nobody", "--regid=nogroup",
                              "--clear-groups"]  # fmt: skip

    def start(self) -> Namespace:
        """Make the namespace and the server in it."""
        run(f"ip netns add {self.name}")
        run(f"ip link add {self.here} type veth peer name {self.there} netns {self.name}")
        run(f"ip addr add {self.near}/30 dev {self.here}")
        run(f"ip link set {self.here} up")
        run(f"ip -n {self.name} addr add {self.far}/30 dev {self.there}")
        run(f"ip -n {self.name} link set {self.there} up")
        run(f"ip -n {self.name} link set lo up")
        authority, folder = trustme.CA(), self.server.folder
        issued = authority.issue_cert(self.far)
        issued.private_key_pem.write_to_path(folder / "key.pem")
        issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        authority.cert_pem.write_to_path(folder / "ca.pem")
        (folder / "key.pem").chmod(0o600)
        for name in ("key.pem", "cert.pem"):
            os.chown(folder / name, 65534, 65534)
        rules = {"ssl": "on", "ssl_key_file": f"'{folder}/key.pem'", "ssl_cert_file": f"'{folder}/cert.pem'"}
        self.server.create(rule=f"hostssl all all {self.near}/32 scram-sha-256", listen_addresses="'*'", **rules)
        self.server.host, self.server.query_part = self.far, f"?sslmode=verify-full&sslrootcert={folder}/ca.pem"
        return self

    def url(self) -> str:
        """Return the URL of a new database, whose host is verified."""
        return self.server.database()

    def pull(self) -> None:
        """Take the far end down: this end sees no carrier, and keeps its route."""
        run(f"ip -n {self.name} link set {self.there} down")

    def plug(self) -> None:
        """Take it up again, and wait until packets arrive."""
        run(f"ip -n {self.name} link set {self.there} up")
        wait_until(self._reaches)

    def _reaches(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((self.far, self.server.port), timeout=1):
            return True
        return False

    def close(self) -> None:
        """Remove all of it."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self.server.remove()
        for command in (f"ip link del {self.here}", f"ip netns del {self.name}"):
            with contextlib.suppress(subprocess.CalledProcessError):
                run(command)


def run(command: str) -> None:
    """Run a command that has no text to quote."""
    subprocess.run(command.split(), check=True, capture_output=True)


def namespaces() -> bool:
    """Return whether this user may make network namespaces and interfaces."""
    name = f"try{os.getpid()}"
    try:
        run(f"ip netns add {name}")
    except (OSError, subprocess.CalledProcessError):
        return False
    try:
        run(f"ip link add {name} type veth peer name {name}b netns {name}")
        run(f"ip link del {name}")
    except subprocess.CalledProcessError:
        return False
    finally:
        run(f"ip netns del {name}")
    return True


@contextlib.contextmanager
def cable(kind: str) -> t.Iterator[Cable]:
    """Yield a cable of a kind: ``proxy`` or ``namespace``."""
    if kind == "proxy":
        with servers.cluster(servers.wheel()) as server:
            made = Swallower(server)
            try:
                yield made
            finally:
                made.plug()
                made.listener.close()
        return
    space = Namespace(servers.debian())
    try:
        yield space.start()
    finally:
        space.close()
