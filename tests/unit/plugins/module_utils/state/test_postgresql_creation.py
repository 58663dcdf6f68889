# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create locks in a real PostgreSQL: who created something, and when, even if its machine was lost meanwhile."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.state import postgresql_creation
from ansible_collections.partnerops.saas.plugins.module_utils.state.postgresql_creation import stored_key
from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.state.machines import Machine, failure, kill

FRESH = "SELECT age FROM (SELECT clock_timestamp() - at AS age FROM partnerops.creation) AS c WHERE age < '1 minute'"


@pytest.mark.parametrize("key", [("account", "tenant", "a@x.example"), ("account", "app", "Büro")])
def test_create_locks_remember_who_created(
    key: tuple[str, ...], machine: Machine, other: Machine, postgres: servers.Cluster, database: str
) -> None:
    began = time.time()
    with machine.store.hold(key, Deadline(10)) as creation:
        assert not creation.used_since(began)
        with pytest.raises(ApiError, match="Another run"), other.store.hold(key, Deadline(0.2)):
            pass
    with machine.store.hold(key, Deadline(10)) as creation:
        creation.use()
    with other.store.hold(key, Deadline(10)) as creation:
        assert creation.used_since(began)
        assert creation.used_since(time.time() + 3600)  # a clock that was set back: what is a second old still counts
        postgres.query("UPDATE partnerops.creation SET at = at - interval '1 minute'", database)
        assert not creation.used_since(time.time() - 30)
        assert creation.used_since(began - 90)
        creation.use()
        creation.refused()
        creation.refused()
        assert not creation.used_since(time.time() - 30)  # as before


def test_the_time_of_a_creation_is_its_end(
    machine: Machine, other: Machine, postgres: servers.Cluster, database: str
) -> None:
    with machine.store.hold(("account", "tenant"), Deadline(10)) as creation:
        creation.use()
        assert postgres.query("SELECT at::text FROM partnerops.creation", database) == [("infinity",)]
    assert len(postgres.query(FRESH, database)) == 1
    with machine.store.hold(("account", "app"), Deadline(10)) as creation:
        creation.use()
        creation.refused()
    assert postgres.query("SELECT at::text FROM partnerops.creation WHERE key = 'account app'", database) == [
        ("-infinity",)
    ]


@pytest.mark.parametrize("name", ["a\0b", "half \ud800", "back\\slash", "line\nbreak", "Ж" * 9000, "\U0001f600" * 300])
def test_every_name_can_be_a_key(name: str, machine: Machine, other: Machine) -> None:
    """What PostgreSQL can't keep is escaped: an error would look like a lost database."""
    key = ("account", "app", name)
    with machine.store.hold(key, Deadline(10)) as held:
        assert not held.used_since(0)
        held.use()
    with other.store.hold(key, Deadline(10)) as held:
        assert held.used_since(time.time() - 60)
        held.refused()
    with other.store.hold(("account", "app", name + "x"), Deadline(10)) as held:
        assert not held.used_since(0)


def test_keys_stay_readable() -> None:
    assert stored_key(("account", "app", "Büro 1 – Größe")) == "account app Büro 1 – Größe"
    names = ["a\0", "a\\x00", "a\\0", "a" * 400, "a" * 401]
    assert len({stored_key((name,)) for name in names}) == len(names)


def test_a_lost_connection_does_not_hide_that_a_creation_ended(
    machine: Machine, other: Machine, postgres: servers.Cluster, database: str
) -> None:
    key = ("account", "tenant")
    with machine.store.hold(key, Deadline(10)) as creation:
        creation.use()
        kill(postgres, database)
        assert failure(lambda: creation.used_since(0)).code == "unreachable"
    assert postgres.query(FRESH, database)
    started = time.monotonic()
    with other.store.hold(key, Deadline(60)) as creation:
        assert creation.used_since(time.time() - 60)
    assert time.monotonic() - started < postgresql_creation.GRACE


def test_who_gets_a_lost_lock_waits_until_the_creation_ends(
    machine: Machine, other: Machine, postgres: servers.Cluster, database: str
) -> None:
    """The vendor still creates: who looked now would find nothing, and create a second one."""
    key, ended = ("account", "app", "Store"), threading.Event()
    seen: list[bool] = []

    def work() -> None:
        with other.store.hold(key, Deadline(60)) as taken:
            seen.append(ended.is_set())
            assert taken.used_since(time.time() - 60)

    thread = threading.Thread(target=work)
    with machine.store.hold(key, Deadline(60)) as creation:
        creation.use()
        kill(postgres, database)
        thread.start()
        thread.join(1.0)
        assert thread.is_alive()
        ended.set()
    thread.join(60)
    assert seen == [True]


def test_a_killed_creation_is_waited_for_once_and_makes_others_look_again(
    machine: Machine, other: Machine, postgres: servers.Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_creation, "GRACE", 2.0)
    key, began = ("account", "tenant"), time.time()
    abandon(machine, key)
    assert postgres.query("SELECT 1 FROM partnerops.creation WHERE at = 'infinity'", database)
    took = []
    for _twice in range(2):
        started = time.monotonic()
        with other.store.hold(key, Deadline(60)) as creation:
            assert creation.used_since(began)
        took.append(time.monotonic() - started)
    assert took[0] >= 2.0 > took[1]
    monkeypatch.setattr(postgresql_creation, "GRACE", 60.0)
    abandon(machine, key)
    started = time.monotonic()
    with other.store.hold(key, Deadline(3)):  # never longer than a third of what is left
        assert 1.0 <= time.monotonic() - started < 3


def abandon(machine: Machine, key: tuple[str, ...]) -> None:
    """Begin a creation and, as if killed, record no end."""
    with contextlib.suppress(KeyError), machine.store.hold(key, Deadline(10)) as creation:
        creation.use()
        raise KeyError
