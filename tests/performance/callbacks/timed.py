# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes how long all tasks but the first took, into the file that ``TIMED_FILE`` names."""

from __future__ import annotations

import os
import time
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: timed
type: aggregate
short_description: Writes how long all tasks but the first took
description: The first task loads libraries, so that what follows is timed without them.
"""


class CallbackModule(CallbackBase):
    """See above."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "timed"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._starts: list[float] = []

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        """Note when a task starts."""
        del task, is_conditional
        self._starts.append(time.monotonic())

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """Write the seconds from the start of the second task to the end of the last."""
        del stats
        Path(os.environ["TIMED_FILE"]).write_text(str(time.monotonic() - self._starts[1]), encoding="utf-8")
