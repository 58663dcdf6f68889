# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with a synchronous standby: promoted it knows everything, and missing it stops the intent."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import PRESENT, Entry
from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.state import BASE, EMAIL, begin, failure, machine, member
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until


@pytest.fixture
def pair(other: servers.Cluster) -> t.Iterator[tuple[servers.Cluster, servers.Cluster]]:
    """Start a primary with a synchronous standby."""
    standby = other.standby()
    try:
        other.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        other.query("SELECT pg_reload_conf()")
        wait_until(lambda: other.query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
        yield other, standby
    finally:
        standby.remove()
        other.stop()
        (other.data / "postgresql.auto.conf").write_text("")
        other.start()


def test_a_standby_is_refused_and_a_promoted_one_knows_everything(
    pair: tuple[servers.Cluster, servers.Cluster],
) -> None:
    primary, standby = pair
    url = primary.database()
    begin(url)
    there = url.replace(str(primary.port), str(standby.port))
    there_is = f"SELECT 1 FROM pg_database WHERE datname = '{url.rpartition('/')[2]}'"
    wait_until(lambda: standby.query(there_is, standby.url()))
    assert "read-only" in failure(lambda: begin(there)).msg
    both = url.replace(f"127.0.0.1:{primary.port}", f"127.0.0.1:{standby.port},127.0.0.1:{primary.port}")
    assert machine(both).peek("member", 7, EMAIL, Deadline(10)).intent == "add"
    primary.stop()
    standby.run("pg_ctl", "-D", str(standby.data), "-w", "promote")
    standby.query("ALTER SYSTEM SET synchronous_standby_names = ''", there)
    standby.query("SELECT pg_reload_conf()", there)
    with member(machine(both)) as row:
        assert row.entry.intent == "add"
    primary.start()


def test_a_missing_synchronous_standby_stops_the_intent_and_not_the_run(
    pair: tuple[servers.Cluster, servers.Cluster],
) -> None:
    primary, standby = pair
    url = primary.database()
    machine(url).store.ready(Deadline(20))
    standby.stop()
    ledger = machine(url)
    started = time.monotonic()
    with member(ledger, 2) as row:
        error = failure(lambda: row.begin("add"))
    assert (error.code, error.executed) == ("unreachable", False)
    assert time.monotonic() - started < 15


def test_without_its_standby_neither_the_tables_nor_an_import_are_waited_for(
    pair: tuple[servers.Cluster, servers.Cluster],
) -> None:
    """A commit of several statements hangs as one does, and no limit of the server ends it."""
    primary, standby = pair
    full, empty = primary.database(), primary.database()
    machine(full).store.ready(Deadline(20))
    standby.stop()
    rows = [((BASE, "7", "member", EMAIL), Entry(state=PRESENT))]
    for url, work in (
        (empty, lambda ledger: ledger.store.ready(Deadline(5))),
        (full, lambda ledger: ledger.store.load(rows, [], Deadline(5))),
    ):
        started = time.monotonic()
        error = failure(lambda url=url, work=work: work(machine(url)))  # type: ignore[misc]
        assert (error.code, error.executed) == ("unreachable", False)
        assert "not confirmed by the synchronous standby" in error.msg
        assert time.monotonic() - started < 20
