# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cable to the database is pulled: nothing is sent without an intent, and what was sent is never sent again."""

from __future__ import annotations

import threading
import time
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.state import postgresql_session, postgresql_store
from ansible_collections.partnerops.saas.tests.support.cable import Cable, cable, namespaces
from ansible_collections.partnerops.saas.tests.support.state import EMAIL, begin, failure, machine, member

#: A namespace where the rights allow, and always a proxy that swallows everything.
KINDS = ["proxy", *["namespace"] * namespaces()]


@pytest.fixture(scope="module", params=KINDS)
def line(request: pytest.FixtureRequest) -> t.Iterator[Cable]:
    with cable(request.param) as made:
        yield made


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_session, "_GRACE", 0.3)
    monkeypatch.setattr(postgresql_session, "STATEMENT", 2.0)
    monkeypatch.setattr(postgresql_store, "STATEMENT", 2.0)


def test_without_a_cable_nothing_is_begun(line: Cable) -> None:
    url = line.url()
    begin(url)
    line.pull()
    try:
        started = time.monotonic()
        error = failure(lambda: member(machine(url), 3).__enter__())
        assert (error.code, error.executed) == ("unreachable", False)
        assert "Nothing was sent" in error.msg
        assert time.monotonic() - started < 15
    finally:
        line.plug()
    assert machine(url).peek("member", 7, EMAIL, Deadline(10)).intent == "add"


def test_an_intent_that_does_not_arrive_is_not_followed_by_a_call(line: Cable) -> None:
    url = line.url()
    machine(url).store.ready(Deadline(20))
    with member(machine(url), 3) as row:
        line.pull()
        try:
            started = time.monotonic()
            error = failure(lambda: row.begin("add"))
            assert (error.code, error.executed) == ("unreachable", False)
            assert time.monotonic() - started < 20
        finally:
            line.plug()
    # Whether the server has read the intent or not, a later run sends nothing before it is settled.
    assert machine(url).peek("member", 7, EMAIL, Deadline(10)).state == "unknown"


def test_an_outcome_waits_for_the_cable(line: Cable) -> None:
    url = line.url()
    with member(machine(url)) as row:
        row.begin("add")
        line.pull()
        timer = threading.Timer(2.0, line.plug)
        timer.start()
        row.invited(9)
        timer.join()
    entry = machine(url).peek("member", 7, EMAIL, Deadline(10))
    assert (entry.id, entry.present) == (9, True)


def test_an_outcome_that_never_arrives_is_unknown_to_all(line: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_store, "LEAST_WAIT", 2.0)
    url = line.url()
    with member(machine(url), 4) as row:
        row.begin("add")
        line.pull()
        try:
            error = failure(lambda: row.invited(9))
            assert (error.code, error.executed) == ("unknown_outcome", True)
            assert "Nothing was sent" not in error.msg
        finally:
            line.plug()
    with member(machine(url), 90) as row:  # the lock goes when the server notices, or gets what was kept
        assert row.entry.intent == "add" or row.entry.present
