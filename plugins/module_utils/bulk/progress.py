# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Show how far a task with many items is, while it runs."""

from __future__ import annotations

import collections
import time

from ..operation import Task

#: Seconds over which the rate is measured, so that the time left reflects the current speed.
WINDOW = 30.0


class Progress:
    """Give the controller a line of progress as often as it wants one.

    :param name: of the module
    :param total: how many items there are
    """

    def __init__(self, task: Task, name: str, total: int) -> None:
        self._task = task
        self._name = name
        self._total = total
        self._shown = self._begun = time.monotonic()
        self._shows = False
        self._samples: collections.deque[tuple[float, int]] = collections.deque([(self._shown, 0)])

    def show(self, done: int, failed: int, current: str = "") -> None:
        """Show a line if one is due. Call it often, in the main thread.

        :param current: label of the item that was started last
        """
        controller = self._task.controller
        now = time.monotonic()
        if controller is None or now - self._shown < controller.progress_interval:
            return
        self._shown, self._shows = now, True
        controller.progress(self._task.context.secrets.scrub(self._line(now, done, failed, current)))

    def clear(self) -> None:
        """Remove the line, if there is one, so that Ansible's next output starts at the margin."""
        if self._shows and self._task.controller is not None:
            self._task.controller.clear_progress()
            self._shows = False

    def _line(self, now: float, done: int, failed: int, current: str) -> str:
        # What the listing settled at once says nothing about the items that have to be created.
        settled = len(self._samples) == 2 and self._samples[0] == (self._begun, 0)
        while len(self._samples) > 1 and (settled or now - self._samples[1][0] >= WINDOW):
            self._samples.popleft()
        since, before = self._samples[0]
        self._samples.append((now, done))
        rate = (done - before) / max(now - since, 0.001)
        parts = [f"{done} of {self._total}"]
        if failed:
            parts.append(f"{failed} failed")
        parts.append(f"{rate:.1f}/s")
        if rate > 0:
            parts.append(f"{duration((self._total - done) / rate)} left")
        return f"{self._name}: {', '.join(parts)}" + (f", now {current}" if current else "")


def duration(seconds: float) -> str:
    """Return a time as people say it: ``40 s``, ``3 min``, ``1 h 20 min``."""
    whole = int(seconds + 0.5)
    if whole < 100:
        return f"{whole} s"
    minutes = (whole + 30) // 60
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"
