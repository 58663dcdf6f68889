# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages read in parallel: the number of requests at a time, the same list, the same proof."""

from __future__ import annotations

import json
import threading
import time
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.http.response import Response
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import paging
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.paging import read_pages
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import TenantRecord


class Server:
    """A list of this many pages with two rows each."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.asked: list[int] = []
        self.most = self._now = 0
        self._lock = threading.Lock()
        self.change: t.Callable[[int, list[dict[str, t.Any]]], None] = lambda _number, _rows: None

    def __call__(self, number: int) -> Response:
        with self._lock:
            self.asked.append(number)
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.01)
        with self._lock:
            self._now -= 1
        rows = [{"id": 2 * number + one, "Email": f"a{2 * number + one}@x.example"} for one in (0, 1)]
        self.change(number, rows)
        body = json.dumps({"data": rows, "meta": {"last_page": self.pages}}).encode()
        return Response("GET", "/api/v8/object", 200, {"Content-Type": "application/json"}, body)


def read(server: Server, **how: t.Any) -> t.Any:
    return read_pages(server, TenantRecord.listed, Deadline(60), **how)


@pytest.mark.parametrize("pages", [6, 40])
def test_all_rows_in_the_order_of_the_pages(pages: int) -> None:
    server = Server(pages)
    found = read(server, threads=4)
    assert [record.id for record in found.records] == [str(number) for number in range(2, 2 * pages + 2)]
    assert found.doubt is None
    assert sorted(server.asked) == list(range(1, pages + 1))
    assert 1 < server.most <= 4


def test_a_few_pages_or_one_thread_are_read_one_after_the_other() -> None:
    for pages, threads in ((4, 8), (20, 1)):
        server = Server(pages)
        read(server, threads=threads)
        assert (server.asked, server.most) == (list(range(1, pages + 1)), 1)


def test_five_pages_are_worth_several_connections() -> None:
    server = Server(5)
    assert len(read(server, threads=8).records) == 10
    assert 2 <= server.most <= 4  # as many as are left after the first page, if the machine keeps up


def test_a_page_that_fails_is_the_failure_and_its_number_does_not_matter() -> None:
    server = Server(30)

    def fail(number: int, _rows: t.Any) -> None:
        if number in (11, 12):
            raise ApiError("server_error", f"page {number} failed")

    server.change = fail
    with pytest.raises(ApiError, match="page 11 failed"):
        read(server, threads=2)
    assert max(server.asked) <= 18


def test_a_list_in_motion_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAUSE", 0)
    server = Server(20)
    passes = []

    def move(number: int, rows: list[dict[str, t.Any]]) -> None:
        passes.append(number)
        if number == 7 and passes.count(7) == 1:
            rows[0] = {"id": 13, "Email": "a13@x.example"}  # a row that moved here from the previous page

    server.change = move
    found = read(server, threads=4)
    assert found.doubt is None
    assert len(found.records) == 40
    assert passes.count(1) == 2


def test_a_list_that_never_rests_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAUSE", 0)
    server = Server(20)
    server.change = lambda number, rows: rows.insert(0, {"id": 2, "Email": "a2@x.example"}) if number == 9 else None
    assert "listed twice" in str(read(server, threads=4).doubt)


def test_a_list_that_grows_is_read_to_its_new_end() -> None:
    server = Server(10)

    def grow(number: int, _rows: t.Any) -> None:
        if number == 10:
            server.pages = 12

    server.change = grow
    assert len(read(server, threads=4).records) == 24
