# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pool of threads that works off jobs."""

from __future__ import annotations

import contextvars
import threading
import time
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.bulk.pool import Pool


def jobs_that(count: int, work: t.Callable[[int], None]) -> list[t.Callable[[], list[t.Any]]]:
    def one(number: int) -> list[t.Any]:
        work(number)
        return []

    return [lambda number=number: one(number) for number in range(count)]  # type: ignore[misc]


def test_every_job_is_done_once_and_started_in_order() -> None:
    started: list[int] = []
    Pool(1).run(jobs_that(50, started.append))
    assert started == list(range(50))


def test_no_jobs_at_all() -> None:
    ticks: list[int] = []
    Pool(4).run([], lambda: ticks.append(1))
    assert ticks == [1]


def test_so_many_at_the_same_time_and_no_more() -> None:
    together = threading.Barrier(4, timeout=10)  # fails the test unless four jobs run at the same time
    lock = threading.Lock()
    active = most = 0

    def work(_number: int) -> None:
        nonlocal active, most
        with lock:
            active += 1
            most = max(most, active)
        together.wait()
        with lock:
            active -= 1

    Pool(4).run(jobs_that(8, work))
    assert most == 4


def test_follow_ups_come_first() -> None:
    done: list[str] = []

    def parent(name: str) -> list[t.Any]:
        done.append(name)
        return [lambda: done.append(name + "1") or [], lambda: done.append(name + "2") or []]  # type: ignore[func-returns-value]

    Pool(1).run([lambda: parent("a"), lambda: parent("b")])
    assert done == ["a", "a1", "a2", "b", "b1", "b2"]


def test_stopping_lets_nothing_new_start() -> None:
    pool = Pool(1)
    done: list[int] = []

    def work(number: int) -> None:
        done.append(number)
        if number == 2:
            pool.stop()

    pool.run(jobs_that(10, work))
    assert done == [0, 1, 2]
    assert pool.stopped


def test_a_defect_in_a_job_is_raised_in_the_main_thread() -> None:
    def work(number: int) -> None:
        if number == 1:
            raise KeyError("oops")

    with pytest.raises(KeyError, match="oops"):
        Pool(2).run(jobs_that(5, work))


def test_an_interruption_of_the_main_thread_is_not_held_up_and_stops_the_rest() -> None:
    class TimeIsUp(BaseException):
        """Like ansible-core's task time-out."""

    begun, release = threading.Event(), threading.Event()
    done: list[int] = []
    ticks: list[int] = []

    def work(number: int) -> None:
        done.append(number)
        begun.set()
        assert release.wait(20)

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 1:
            assert begun.wait(10)
            raise TimeIsUp

    start = time.monotonic()
    with pytest.raises(TimeIsUp):
        Pool(1).run(jobs_that(5, work), tick, every=0.01)
    assert time.monotonic() - start < 15  # nobody waited for the running job, which takes 20 s
    assert len(ticks) == 2  # once more at the end, so that everything gets written
    release.set()
    time.sleep(0.05)
    assert done == [0]


def test_the_threads_are_daemons_with_the_context_of_the_caller() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="lost")
    seen: list[tuple[str, bool]] = []
    variable.set("kept")
    Pool(2).run(jobs_that(3, lambda _n: seen.append((variable.get(), threading.current_thread().daemon))))
    assert seen == [("kept", True)] * 3
