# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Run many jobs in a few threads, while the main thread stays free to write, show progress and be interrupted.

The threads are daemons fed by a queue. A ``ThreadPoolExecutor`` would keep a task alive that is over (its ``timeout:``,
Ctrl-C) until the last request has its response.
"""

from __future__ import annotations

import collections
import contextvars
import threading
import typing as t

#: A job does its work and returns the jobs that can run now; they come next. It keeps its result itself.
Job = t.Callable[[], t.Iterable[t.Any]]


class Pool:
    """One pool for one run.

    :param concurrency: number of threads
    """

    def __init__(self, concurrency: int) -> None:
        self._size = concurrency
        self._todo: collections.deque[Job] = collections.deque()
        self._source: t.Iterator[Job] = iter(())
        self._active = 0
        self._stopped = False
        self._change = threading.Condition()
        self._over = threading.Event()
        self._broken: BaseException | None = None

    @property
    def stopped(self) -> bool:
        """Return whether no new job starts any more."""
        return self._stopped

    def stop(self) -> None:
        """Start no new job; jobs under way are finished."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def run(self, jobs: t.Iterable[Job], tick: t.Callable[[], None] = lambda: None, every: float = 0.1) -> None:
        """Run the jobs, starting them in their order. Return when all are done or the pool was stopped.

        :param tick: called in this thread every ``every`` seconds, and once at the end, whatever happens
        :raises BaseException: what a job raised (a bug), or what interrupted this thread; no new job starts then
        """
        self._source = iter(jobs)
        try:
            for number in range(self._size):
                # ansible-core 2.22 keeps its registry of secrets in a context variable: without the context, what a
                # thread registers would be printed unmasked. A context serves one thread at a time, hence the copies.
                work = contextvars.copy_context().run
                threading.Thread(target=work, args=(self._work,), name=f"bulk-{number}", daemon=True).start()
            while not self._over.wait(every):
                tick()
        finally:
            self.stop()
            tick()
        if self._broken is not None:
            raise self._broken

    def _next(self) -> Job | None:
        """Return the next job, or None if there will be no more."""
        with self._change:
            while not self._stopped:
                job = self._todo.popleft() if self._todo else next(self._source, None)
                if job is not None:
                    self._active += 1
                    return job
                if not self._active:
                    break
                self._change.wait()
            if not self._active:
                self._over.set()
            self._change.notify_all()
            return None

    def _work(self) -> None:
        while True:
            job = self._next()
            if job is None:
                return
            more: t.Iterable[Job] = ()
            try:
                more = list(job())
            except (Exception, SystemExit) as error:  # noqa: BLE001 -- raised in the main thread
                self._broken = error
                self._stopped = True
            finally:
                with self._change:
                    self._todo.extendleft(reversed(list(more)))
                    self._active -= 1
                    self._change.notify_all()
