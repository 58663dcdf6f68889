# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small client for tests: starts the simulator, creates worlds, asks what happened. Standard library only.

with Simulator.start() as simulator:
    world = simulator.world(tenants=3)
    world.fault("status", status=503, path="/api/v8/partners", method="POST")
    ...  # use world.mobsted_url, world.login, world.password
    assert world.counts()["tenants_created"] == 1
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

#: One open connection for each server, thread and process: tests make tens of thousands of calls.
_KEPT = threading.local()


class SimulatorError(Exception):
    """A control call was refused, or a simulator did not start."""


def call(method: str, url: str, body: Any = None, timeout: float = 30.0) -> Any:
    """Make one JSON call without a proxy; ``timeout`` in seconds. Raise :class:`SimulatorError` if it is refused."""
    parts = urlsplit(url)
    data = None if body is None else json.dumps(body).encode()
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    kept = _KEPT.__dict__.setdefault("connections", {})
    key = (os.getpid(), parts.netloc)
    while True:
        known = key in kept
        connection = kept.pop(key, None) or http.client.HTTPConnection(parts.netloc, timeout=timeout)
        try:
            connection.request(method, target, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except ConnectionError:  # an open connection that the server has closed meanwhile
            connection.close()
            if not known:
                raise
            continue
        kept[key] = connection
        break
    if answer.status >= 400:
        raise SimulatorError(f"{method} {url}: {answer.status} {content.decode(errors='replace')}")
    return json.loads(content or b"null")


class World:
    """One world: URLs, credentials, and its control calls."""

    def __init__(self, simulator: Simulator, view: dict[str, Any]) -> None:
        self.simulator, self.view, self.id = simulator, view, str(view["id"])
        mobsted, mip = view["mobsted"], view["mip"]
        self.mobsted_url: str = mobsted["url"]
        self.mobsted_tls_url: str | None = mobsted.get("tls_url")
        self.login: str = mobsted["login"]
        self.password: str = mobsted["password"]
        self.master: str = mobsted["name"]
        self.mip_url: str = mip["url"]
        self.mip_email: str = mip["email"]
        self.mip_password: str = mip["password"]
        self.mip_public_key: str = mip["public_key"]
        self.mip_private_key: str = mip["private_key"]

    def _call(self, method: str, rest: str = "", body: Any = None) -> Any:
        return call(method, f"{self.simulator.base}/_control/worlds/{self.id}{rest}", body)

    def state(self) -> dict[str, Any]:
        """Return everything: tenants, apps, users, marketplaces, outbox, faults, options."""
        return dict(self._call("GET"))

    def tenant(self, email: str) -> dict[str, Any]:
        """Return the first tenant with this e-mail, as in :meth:`state`, with its apps."""
        return self.do("tenant_get", email=email)

    def apps(self, email: str | None = None) -> list[dict[str, Any]]:
        """Return the apps of a tenant's account; without ``email``, of the master account."""
        return list(self.do("apps_get", **({"email": email} if email else {}))["apps"])

    def options(self, **changes: Any) -> dict[str, Any]:
        """Change options of the running world; return them all."""
        return dict(self._call("POST", "/options", changes))

    def do(self, action: str, **body: Any) -> dict[str, Any]:
        """Make a change from outside, see ``ACTIONS`` in ``control.py``."""
        return dict(self._call("POST", f"/do/{action}", body))

    def fault(
        self,
        kind: str,
        *,
        when: str | None = None,
        vendor: str = "*",
        method: str = "*",
        path: str = "*",
        account: str = "*",
        nth: int = 1,
        times: int | None = 1,
        probability: float = 1.0,
        **fault: Any,
    ) -> int:
        """Add a fault rule (``fault``: status, headers, seconds, location, body, chunked, bytes); return its ID."""
        match = {
            "vendor": vendor,
            "method": method,
            "path": path,
            "account": account,
            "nth": nth,
            "times": times,
            "probability": probability,
        }
        body = {"match": match, "fault": {"kind": kind, **fault}, **({"when": when} if when else {})}
        return int(self._call("POST", "/faults", body)["id"])

    def faults(self) -> list[dict[str, Any]]:
        """Return the rules, and how often each has matched (``seen``) and hit (``hits``)."""
        return list(self._call("GET", "/faults")["faults"])

    def clear_faults(self) -> None:
        """Remove every rule."""
        self._call("DELETE", "/faults")

    def log(self, **match: Any) -> list[dict[str, Any]]:
        """Return the requests so far; ``match``: since, vendor, account, kind, method, path, template."""
        return list(self._call("GET", f"/log?{urlencode(match)}")["log"])

    def counts(self) -> dict[str, Any]:
        """Return counters since the log was cleared: requests, by_route, logins, refreshes, connections, ..."""
        return dict(self._call("GET", "/counts"))

    def clear_log(self) -> None:
        """Forget the requests so far and their counts."""
        self._call("POST", "/log/clear")

    def outbox(self) -> list[dict[str, Any]]:
        """Return the e-mails and pushes sent."""
        return list(self._call("GET", "/outbox")["outbox"])

    def delete(self) -> None:
        """Delete the world."""
        self._call("DELETE")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self.simulator.inspect is not None:
                self.simulator.inspect(self)
        finally:
            self.delete()


class Simulator:
    """A running simulator, at the URL ``base``."""

    def __init__(self, ready: dict[str, Any], process: subprocess.Popen[bytes]) -> None:
        self.base: str = ready["base"]
        self.tls_base: str | None = ready.get("tls_base")
        self.ca_file: str | None = ready.get("ca_file")
        self.pid: int = ready["pid"]
        self.process = process
        #: Called with each world before it is deleted, to check what was sent to it.
        self.inspect: Callable[[World], None] | None = None
        self.default = World(self, ready["default"])

    @classmethod
    def start(
        cls,
        *,
        tls: bool = False,
        port: int = 0,
        python: str | None = None,
        timeout: float = 30.0,
        options: dict[str, Any] | None = None,
    ) -> Simulator:
        """Start a simulator for this process. ``python`` (or ``SIMULATOR_PYTHON``) must have its requirements."""
        folder = Path(__file__).resolve().parent
        with tempfile.TemporaryDirectory() as scratch:
            ready = Path(scratch) / "ready.json"
            command = [
                python or os.environ.get("SIMULATOR_PYTHON") or sys.executable,
                str(folder),
                "--port",
                str(port),
                "--ready-file",
                str(ready),
                "--parent",
                str(os.getpid()),
            ]
            command += ["--tls"] if tls else []
            command += ["--options", json.dumps(options)] if options else []
            environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
            end = time.monotonic() + timeout
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > end:
                    process.kill()
                    process.wait()
                    raise SimulatorError("the simulator did not start; are its requirements installed?")
                time.sleep(0.01)
            return cls(json.loads(ready.read_text(encoding="utf-8")), process)

    def world(self, **options: Any) -> World:
        """Create a world."""
        return World(self, call("POST", f"{self.base}/_control/worlds", options))

    def stop(self) -> None:
        """End the process."""
        for connection in _KEPT.__dict__.pop("connections", {}).values():
            connection.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
