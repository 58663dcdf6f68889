# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts the simulated vendors (tests/sandbox) and stops them. Only the standard library is used."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Sandbox:
    """The running sandbox: C(info) is what it wrote to its ready file."""

    process: subprocess.Popen[str]
    info: dict[str, t.Any]
    log: Path

    @property
    def base(self) -> str:
        """Its base URL, without a slash at the end."""
        found = next(self.info[key] for key in ("base", "base_url", "url", "http") if self.info.get(key))
        return str(found).rstrip("/")

    def mobsted(self, world: str = "default") -> str:
        """C(api_url) of the master account in a world."""
        return f"{self.base}/w/{world}/mobsted"

    def mip(self, world: str = "default") -> str:
        """C(api_url) of MIP in a world."""
        return f"{self.base}/w/{world}/mip"

    def stop(self) -> None:
        """End it; it ends by itself where the process that started it is gone."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(*arguments: str, timeout: float = 60) -> Sandbox:
    """Start the sandbox on a free port of the loopback address; it ends together with this process.

    :param arguments: further arguments of tests/sandbox
    :param timeout: seconds to wait until it is ready
    :raises RuntimeError: with what it printed, where it does not get ready
    """
    folder = Path(tempfile.mkdtemp(prefix="saas-sandbox-"))
    ready, log = folder / "ready.json", folder / "log"
    # The environment of .venv has what it needs; those of the other ansible-core releases do not.
    python = ROOT / ".venv" / "bin" / "python"
    command = [str(python if python.exists() else sys.executable), str(ROOT / "tests" / "sandbox"), "--port", "0"]
    command += ["--ready-file", str(ready), "--parent", str(os.getpid()), *arguments]
    with open(log, "w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, text=True
        )
    end = time.monotonic() + timeout
    while time.monotonic() < end and process.poll() is None:
        try:
            return Sandbox(process, json.loads(ready.read_text(encoding="utf-8")), log)
        except (OSError, ValueError):
            time.sleep(0.02)
    process.kill()
    process.wait()
    raise RuntimeError(f"the sandbox did not start:\n{log.read_text(encoding='utf-8')}")
