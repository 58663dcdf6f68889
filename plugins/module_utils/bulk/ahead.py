# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Fetch the pages of a list in a few threads, while the caller reads them one after the other.

A thread requests the next page as soon as it is free, unless the reader has fallen too far behind. So neither waits for
the other: fetching in groups would leave the network idle while a group is read.
"""

from __future__ import annotations

import contextvars
import threading
import typing as t

#: This many pages are fetched before the reader wants them: more would take too much memory.
MOST = 16
#: If fewer pages are left, they are fetched one by one over one connection: opening more takes as long.
WORTH_IT = 4

P = t.TypeVar("P")


class Ahead(t.Generic[P]):
    """Pages by their number, fetched by several threads once it is known how many there are.

    :param fetch: gets a page by its number; threads call it
    :param threads: how many pages are fetched at the same time
    """

    def __init__(self, fetch: t.Callable[[int], P], threads: int) -> None:
        self._fetch = fetch
        self._threads = threads
        self._most = max(MOST, threads)
        self._fetched: dict[int, P | BaseException] = {}
        #: the page that starts next, the page that the reader wants next, and the last one to start
        self._next = self._wanted = 1
        self._last = 0
        self._started = False
        self._closed = False
        self._change = threading.Condition()

    def expect(self, last: int | None) -> None:
        """Set the number of the last page, as the page that was read last reports it. None if it does not."""
        with self._change:
            self._last = last or 0
            left = self._last - self._wanted + 1
            if self._started or self._closed or self._threads < 2 or left < WORTH_IT:
                self._change.notify_all()
                return
            self._started, self._next = True, self._wanted
        for number in range(min(self._threads, left)):
            # As in a pool: daemons, so that nothing waits for them, each with a copy of the caller's context.
            work = contextvars.copy_context().run
            threading.Thread(target=work, args=(self._work,), name=f"page-{number}", daemon=True).start()

    def take(self, number: int) -> P:
        """Return a page. Pages are taken in their order, each once.

        :raises ApiError: the failure of this page, whatever happened to later ones
        """
        with self._change:
            self._wanted = number
            self._change.notify_all()
            while number not in self._fetched and self._comes(number):
                self._change.wait()
            found = self._fetched.pop(number, None)
            self._wanted = number + 1
            self._next = max(self._next, self._wanted)  # what no thread will start is fetched here
        if isinstance(found, BaseException):
            raise found
        return self._fetch(number) if found is None else found

    def close(self) -> None:
        """Start no further page. Those under way end by themselves."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _comes(self, number: int) -> bool:
        """Return whether a thread fetches a page, or will."""
        return self._started and (number < self._next or (number <= self._last and not self._closed))

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._closed and self._next > min(self._last, self._wanted + self._most - 1):
                    self._change.wait()
                if self._closed:
                    return
                number, self._next = self._next, self._next + 1
            found: P | BaseException
            try:
                found = self._fetch(number)
            except (Exception, SystemExit) as error:  # noqa: BLE001 -- raised where the page is read
                found = error
            with self._change:
                self._fetched[number] = found
                self._closed = self._closed or isinstance(found, BaseException)
                self._change.notify_all()
