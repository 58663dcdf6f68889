# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real browser, and a web server for its pages."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
import typing as t
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)


@pytest.fixture(scope="session")
def browser() -> t.Iterator[t.Any]:
    """Yield the machine's Chromium; CI must have one."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        text = "no chromium on this machine: install it, then run `make browser`"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield running
        running.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: t.Any) -> None:
        """Log nothing."""


@pytest.fixture
def site(tmp_path: Path) -> t.Iterator[tuple[Path, str]]:
    """Yield a folder, and the URL at which its files are served."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
