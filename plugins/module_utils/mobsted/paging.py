# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Read a listing page by page to its end, and notice if rows move meanwhile."""

from __future__ import annotations

import typing as t

from ..bulk.ahead import Ahead
from ..http.deadline import Deadline
from ..http.response import Response
from .envelope import Page, read_page
from .records import AppRecord, TenantRecord

PAGE_CAP = 20_000
#: How often a listing that moved while it was read is read again, and the seconds before that.
REREADS, PAUSE = 2, 0.3
#: Requests for pages that run at the same time, unless the user wants fewer.
THREADS = 8

R = t.TypeVar("R", bound=t.Union[TenantRecord, AppRecord])


class Pages(t.Generic[R]):
    """The rows of a listing as they were read.

    :param records: one for each row
    :param doubt: why they do not prove absence, or None
    :param response: the last one, for messages
    """

    def __init__(self, records: list[R], doubt: str | None, response: Response | None) -> None:
        self.records = records
        self.doubt = doubt
        self.response = response


def read_pages(
    fetch: t.Callable[[int], Response],
    read: t.Callable[[t.Mapping[str, t.Any]], R | None],
    deadline: Deadline,
    ends: t.Callable[[list[R]], bool] = lambda records: not records,
    renews: bool = False,
    threads: int = THREADS,
) -> Pages[R]:
    """Read all pages, again if rows moved from one page to another meanwhile.

    :param fetch: gets a page by its number, from 1
    :param read: makes a record from a row, or None if the row can't be read
    :param ends: whether a page is the last one, if the response has no ``meta.last_page``
    :param renews: every five pages get a new deadline, for a listing of any size
    :param threads: how many pages are fetched at the same time, once the first one says how many there are
    :raises ApiError: any failure of a page, ``invalid_response`` for a row that can't be read or an endless list
    """
    for times in range(REREADS + 1):
        ahead = Ahead(fetch, threads)
        reading = _Reading(ahead, read, deadline, ends, renews)
        try:
            pages = reading.run()
        finally:
            ahead.close()
        if not reading.moved or times == REREADS or not deadline.sleep(PAUSE):
            break
    return pages


class _Reading(t.Generic[R]):
    """One pass over the pages. ``moved`` is True if rows changed places while they were read."""

    def __init__(
        self,
        ahead: Ahead[Response],
        read: t.Callable[[t.Mapping[str, t.Any]], R | None],
        deadline: Deadline,
        ends: t.Callable[[list[R]], bool],
        renews: bool,
    ) -> None:
        self._ahead, self._read, self._deadline, self._ends, self._renews = ahead, read, deadline, ends, renews
        self._records: list[R] = []
        self._seen: set[str] = set()
        self._doubt: str | None = None
        self.moved = False

    def run(self) -> Pages[R]:
        """Read from the first page to the last."""
        for number in range(1, PAGE_CAP + 1):
            response = self._ahead.take(number)
            page = read_page(response)
            self._ahead.expect(page.last)
            self._doubt = self._doubt or page.doubt or page.gap(number)
            made, new = self._take(page, response)
            if self._is_last(page, number, made):
                self._count(page)
                self._doubt = self._doubt or page.follows(number)
                return Pages(self._records, self._doubt, response)
            if not new:
                raise response.invalid(
                    f"page {number} repeats rows or is empty, although more rows should follow: the list has no end"
                )
            if self._renews and number % 5 == 0:
                self._deadline.renew()
        raise response.invalid(f"the list has more than {PAGE_CAP} pages")

    def _take(self, page: Page, response: Response) -> tuple[list[R], int]:
        """Read a page's rows; return its records, and how many of them are new."""
        made: list[R] = []
        known = len(self._seen)
        for place, raw in enumerate(page.rows, 1):
            record = self._read(raw)
            if record is None or record.id is None:
                raise response.invalid(f"row {place} has no readable id, or no readable name or address")
            made.append(record)
            if record.id in self._seen:
                self._move(f"the id {record.id} is listed twice")
                continue
            self._seen.add(record.id)
            self._records.append(record)
        return made, len(self._seen) - known

    def _is_last(self, page: Page, number: int, made: list[R]) -> bool:
        last = page.last
        if last == 0 and (page.rows or number > 1):
            last = None  # zero pages beside rows means nothing
        if last is None:
            return not page.rows or self._ends(made)
        if last < number and number > 1:
            self._move(f"the list fell from more than {number - 1} to {last} pages while it was read")
        return number >= last

    def _count(self, page: Page) -> None:
        if page.total is not None and page.total != len(self._records):
            self._move(f"it has {len(self._records)} rows although 'total' is {page.total}")

    def _move(self, doubt: str) -> None:
        self.moved = True
        self._doubt = self._doubt or doubt
