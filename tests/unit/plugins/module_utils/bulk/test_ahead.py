# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages fetched before they are wanted: none is left out or fetched twice, and neither side waits for the other."""

from __future__ import annotations

import contextvars
import threading
import time
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.bulk.ahead import MOST, Ahead
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError

WAIT = 10.0


def threads_now() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name.startswith("page-")}


@pytest.fixture(autouse=True)
def _no_thread_stays() -> t.Iterator[None]:
    before = threads_now()
    yield
    end = time.monotonic() + WAIT
    while threads_now() - before and time.monotonic() < end:
        time.sleep(0.01)
    assert not threads_now() - before


class Source:
    """Pages that are their numbers, each let go by hand or at once."""

    def __init__(self, held: bool = False) -> None:
        self.asked: list[int] = []
        self.go = threading.Event()
        self.change = threading.Condition()
        if not held:
            self.go.set()

    def __call__(self, number: int) -> int:
        with self.change:
            self.asked.append(number)
            self.change.notify_all()
        assert self.go.wait(WAIT)
        return number

    def has_asked(self, count: int) -> bool:
        with self.change:
            return self.change.wait_for(lambda: len(self.asked) >= count, WAIT)


@pytest.mark.parametrize("threads", [1, 2, 8, 32])
@pytest.mark.parametrize("pages", [1, 4, 5, 100])
def test_every_page_once_in_order(threads: int, pages: int) -> None:
    source = Source()
    ahead = Ahead(source, threads)
    assert ahead.take(1) == 1
    for number in range(2, pages + 1):
        ahead.expect(pages)
        assert ahead.take(number) == number
    ahead.close()
    assert sorted(source.asked) == list(range(1, pages + 1))


def test_fetching_goes_on_while_a_page_is_read() -> None:
    source = Source()
    ahead = Ahead(source, 2)
    ahead.take(1)
    ahead.expect(100)
    ahead.take(2)
    # The reader is busy with page 2: as many more pages are fetched as fit, and no more.
    assert source.has_asked(2 + MOST)
    time.sleep(0.05)
    assert len(source.asked) == 2 + MOST
    ahead.take(3)
    assert source.has_asked(3 + MOST)
    ahead.close()


def test_the_reader_fetches_nothing_besides_the_threads() -> None:
    source = Source(held=True)
    ahead = Ahead(source, 3)
    ahead.expect(10)
    reader = threading.Thread(target=lambda: [ahead.take(number) for number in range(1, 11)])
    reader.start()
    assert source.has_asked(3)
    time.sleep(0.05)
    assert len(source.asked) == 3
    source.go.set()
    reader.join(WAIT)
    ahead.close()
    assert sorted(source.asked) == list(range(1, 11))


def test_a_list_that_ends_sooner_or_later_than_expected() -> None:
    source = Source()
    ahead = Ahead(source, 4)
    ahead.take(1)
    ahead.expect(8)
    assert ahead.take(2) == 2
    ahead.expect(None)
    assert [ahead.take(number) for number in range(3, 12)] == list(range(3, 12))
    ahead.expect(30)
    assert [ahead.take(number) for number in range(12, 31)] == list(range(12, 31))
    ahead.close()
    assert sorted(source.asked) == list(range(1, 31))


@pytest.mark.parametrize("kind", [ApiError, KeyError, SystemExit])
def test_a_failure_is_raised_where_the_page_is_read_and_starts_no_more(kind: type[BaseException]) -> None:
    source = Source()

    def fetch(number: int) -> int:
        if number == 6:
            raise ApiError("server_error", "no") if kind is ApiError else kind("no")
        return source(number)

    ahead = Ahead(fetch, 2)
    ahead.take(1)
    ahead.expect(1000)
    assert [ahead.take(number) for number in range(2, 6)] == [2, 3, 4, 5]
    with pytest.raises(kind):
        ahead.take(6)
    ahead.close()
    assert len(source.asked) <= 6 + MOST


def test_an_interrupted_reader_leaves_no_thread_that_waits() -> None:
    ahead = Ahead(Source(), 4)
    ahead.take(1)
    ahead.expect(1000)
    ahead.close()  # what read_pages does, whatever happens: the fixture looks for threads


def test_threads_have_the_context_of_the_caller() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="")
    variable.set("set")
    ahead = Ahead(lambda _number: variable.get(), 2)
    ahead.expect(10)
    assert ahead.take(1) == "set"
    ahead.close()
