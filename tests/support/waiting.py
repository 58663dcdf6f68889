# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait for something that nothing reports: a server that notices a lost connection, a request that arrives."""

from __future__ import annotations

import subprocess
import time
import typing as t


def wait_until(
    reached: t.Callable[[], object], seconds: float = 60, process: subprocess.Popen[bytes] | None = None
) -> None:
    """Return once a condition is true, however slow the machine is.

    :param reached: the condition; any true value will do
    :param seconds: how long to wait before the test fails
    :param process: it must not end before
    """
    until = time.monotonic() + seconds
    while not reached():
        assert process is None or process.poll() is None, f"the process ended with {process.returncode}"
        assert time.monotonic() < until, f"not reached within {seconds} s"
        time.sleep(0.02)
