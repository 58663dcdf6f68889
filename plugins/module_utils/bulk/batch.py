# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Run the items of one task through a pool: count them, keep their errors apart, stop, show progress.

Fleet, marketplace and inspection each decide what to request and when. What happens to an item on the way is the same
in all of them, and lives here.
"""

from __future__ import annotations

import os
import threading
import traceback
import typing as t

from ..errors import ApiError, invalid
from ..operation import Task
from .items import Item
from .pool import Job, Pool
from .progress import Progress

MAX_CONCURRENCY = 32
#: The message of an item that was not started after another one had failed.
STOPPED = "Not started, since another item failed and on_error is 'stop'."
INTERRUPTED = "Not started, since the run ended before its turn."
#: The message of an item that was not started because of ``max_creates``.
REFUSED = "Not started, since the plan would create more than max_creates."

#: The options of every task that works on many items.
BATCH_OPTIONS: dict[str, dict[str, t.Any]] = {
    "concurrency": {"type": "int", "default": 8},
    "on_error": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
}
#: The option of the tasks that create what can't be removed.
MAX_CREATES: dict[str, dict[str, t.Any]] = {"max_creates": {"type": "int"}}


def check_batch_options(params: t.Mapping[str, t.Any]) -> None:
    """Check the values of these options.

    :raises ApiError: ``invalid_input``
    """
    if not 1 <= params["concurrency"] <= MAX_CONCURRENCY:
        raise invalid(f"concurrency is {params['concurrency']}: it must be 1 to {MAX_CONCURRENCY}. Nothing was sent.")
    most = params.get("max_creates")
    if most is not None and most < 0:
        raise invalid(f"max_creates is {most}: it must be 0 or more. Nothing was sent.")


class Recorded:
    """A context in which any exception becomes the item's error, so that it does not stop other items.

    :param then: called with the item at the end, unless the process or the task is ending
    """

    def __init__(self, item: Item[t.Any], then: t.Callable[[Item[t.Any]], None] = lambda _item: None) -> None:
        self._item = item
        self._then = then

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: t.Any, error: BaseException | None, trace: t.Any) -> bool:
        if isinstance(error, ApiError):
            self._item.error = error
        elif isinstance(error, (Exception, SystemExit)):
            self._item.error = ApiError(
                "unknown_outcome",
                f"An unexpected error occurred ({type(error).__name__}: {error}). What was sent before it is not "
                "known: run again, and report it with the task's options.",
            )
            self._item.trace = "".join(traceback.format_exception(kind, error, trace, chain=False))
        elif error is not None:
            return False
        self._then(self._item)
        return True


class Batch:
    """The items of one task on their way through a pool. Threads share it.

    :param name: of the module, for the progress
    :param total: how many items there are
    """

    def __init__(self, task: Task, name: str, total: int, *, concurrency: int = 8, stop_on_error: bool = False) -> None:
        self.done = self.failed = 0
        #: the message of an item that never started
        self.reason = INTERRUPTED
        #: label of the item that was started last
        self.current = ""
        self._progress = Progress(task, name, total)
        self._concurrency = concurrency
        self._stop_on_error = stop_on_error
        self._stopped = False
        self._pool: Pool | None = None
        self._lock = threading.Lock()
        self._parent = os.getppid() if task.controller else None

    @property
    def stopped(self) -> bool:
        """Return whether no new job starts any more."""
        return self._stopped

    def stop(self, reason: str = INTERRUPTED) -> None:
        """Start no new job. Jobs under way are finished."""
        if not self._stopped:
            self.reason, self._stopped = reason, True
        if self._pool is not None:
            self._pool.stop()

    def attempt(self, item: Item[t.Any]) -> Recorded:
        """Work on an item: an exception inside becomes its error, and the item is counted once it is settled."""
        self.current = item.label
        return Recorded(item, self.count)

    def skip(self, item: Item[t.Any], why: str) -> None:
        """Record why an item is not started."""
        item.skipped = why
        self.count(item)

    def count(self, item: Item[t.Any]) -> None:
        """Count a settled item. After a failure, stop if the task says so."""
        if not item.settled:
            return
        with self._lock:
            self.done += 1
            self.failed += item.error is not None
        if item.error is not None and self._stop_on_error:
            self.stop(STOPPED)

    def run(self, jobs: t.Sequence[Job], tick: t.Callable[[], None] = lambda: None) -> None:
        """Run the jobs and those that they lead to. It may be called again for the next stage.

        :param tick: called in this thread ten times a second, and once at the end
        """
        if self._stopped or not jobs:
            return

        def every_tick() -> None:
            if self._parent is not None and os.getppid() != self._parent:
                # ansible-playbook was killed. From ansible-core 2.19 on, a worker outlives it, for no purpose.
                self.stop()
            tick()
            self._progress.show(self.done, self.failed, self.current)

        self._pool = Pool(self._concurrency)
        try:
            self._pool.run(jobs, every_tick)
        finally:
            self._pool = None
            self._progress.clear()

    def close(self, items: t.Iterable[Item[t.Any]]) -> None:
        """Mark the items that never started."""
        for item in items:
            if not item.settled:
                item.skipped = self.reason
