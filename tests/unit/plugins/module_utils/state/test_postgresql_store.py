# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store in a real PostgreSQL: rows, facts, revisions, locks, and what a lost connection may not hide."""

from __future__ import annotations

import gc
import os
import threading

import psycopg
import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.state import postgresql_store
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import Entry, Key
from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.state.machines import (
    API,
    INTENT,
    INVITED,
    KEY,
    THEN,
    Machine,
    failure,
    kill,
    unconfirmed,
)

# -- rows and facts ---------------------------------------------------------------------------------------------------


def test_a_row_is_kept_with_all_its_columns(machine: Machine, other: Machine) -> None:
    assert (machine.read(), machine.read().rev) == (Entry(), 0)
    row = Entry(5, "present", False, "remove", THEN, THEN, "1@pc")
    first = machine.write(row, Entry())
    assert first.rev == 1
    assert (other.read(), other.read().rev, other.read().changed_at) == (row, 1, first.changed_at)
    second = other.write(Entry(5, "absent"), first)
    assert (machine.read(), machine.read().rev, second.rev) == (Entry(5, "absent"), 2, 2)


@pytest.mark.parametrize(("sent", "code"), [(False, "undetermined"), (True, "unknown_outcome")])
def test_a_row_that_another_machine_changed_is_not_touched(
    sent: bool, code: str, machine: Machine, other: Machine
) -> None:
    seen = machine.read()
    theirs = other.write(INTENT, Entry())
    error = failure(lambda: machine.write(INVITED, seen, sent=sent))
    assert (error.code, error.executed) == (code, sent)
    assert "was changed by another machine" in error.msg
    assert (machine.read(), machine.read().rev) == (INTENT, theirs.rev)


def test_rows_are_listed_by_api_in_the_order_of_their_keys(machine: Machine) -> None:
    keys: list[Key] = [
        ("a.example", "", "user", "z@x.example"),
        (API, "10", "member", "B@x.example"),
        (API, "10", "member", "a@x.example"),
        (API, "7", "client", "ä@x.example"),
    ]
    assert (machine.store.entries(Deadline(10)), machine.store.apis(Deadline(10))) == ([], [])
    machine.store.load([(key, INVITED) for key in reversed(keys)], [], Deadline(10))
    assert [key for key, _entry in machine.store.entries(Deadline(10))] == keys
    assert [key for key, _entry in machine.store.entries(Deadline(10), API)] == keys[1:]
    assert machine.store.entries(Deadline(10), "none.example") == []
    assert machine.store.apis(Deadline(10)) == ["a.example", API]
    assert all(entry == INVITED and entry.rev == 1 for _key, entry in machine.store.entries(Deadline(10)))


def test_facts(machine: Machine, other: Machine) -> None:
    assert machine.store.fact(API, "user_block", Deadline(10)) is None
    for value in ("toggles", "sets"):
        machine.store.learn(API, "user_block", value, Deadline(10))
        assert other.store.fact(API, "user_block", Deadline(10)) == value
    assert other.store.facts(Deadline(10)) == [(API, "user_block", "sets")]


def test_a_load_writes_all_or_nothing(machine: Machine) -> None:
    known = machine.write(INVITED, Entry())
    new: Key = (API, "7", "member", "b@x.example")
    stale = (KEY, Entry(5, "absent", rev=known.rev + 1))
    error = failure(lambda: machine.store.load([(new, INVITED), stale], [(API, "x", "y")], Deadline(10)))
    assert error.code == "undetermined"
    assert (machine.read(new).rev, machine.read().rev, machine.store.facts(Deadline(10))) == (0, known.rev, [])
    dated = Entry(5, "absent", changed_at=THEN, rev=known.rev)
    machine.store.load([(new, INVITED), (KEY, dated)], [(API, "x", "y")], Deadline(10))
    assert (machine.read().changed_at, machine.read().rev) == (THEN, known.rev + 1)
    assert machine.read(new).changed_at
    assert machine.store.facts(Deadline(10)) == [(API, "x", "y")]


def test_the_status_makes_no_tables(database: str) -> None:
    machine = Machine(database)
    told = machine.store.status(Deadline(10))
    assert (told["exists"], told["version"], told["open_intents"], told["writable"]) == (False, None, 0, True)
    assert machine.store.status(Deadline(10)) == told
    assert machine.context.notices == []
    machine.store.ready(Deadline(10))  # on the session that did not make them
    machine.write(INTENT, Entry())
    machine.write(Entry(toggle_at=THEN), Entry(), key=(API, "", "user", "a@x.example"))
    machine.write(INVITED, Entry(), key=(API, "7", "client", "a@x.example"))
    told = machine.store.status(Deadline(10))
    assert (told["kind"], told["exists"], told["version"], told["open_intents"]) == ("postgresql", True, 1, 2)
    assert told["place"].endswith(" at 127.0.0.1")
    [notice] = machine.context.notices
    assert "had no tables for the shared state, so they were created" in notice


def test_reading_makes_no_tables(database: str, postgres: servers.Cluster) -> None:
    machine = Machine(database)
    for _twice in range(2):
        machine.store.ready(Deadline(10), check_mode=True)
    assert (machine.read(), machine.store.entries(Deadline(10)), machine.store.facts(Deadline(10))) == (Entry(), [], [])
    assert (machine.store.apis(Deadline(10)), machine.store.fact(API, "x", Deadline(10))) == ([], None)
    assert postgres.query("SELECT 1 FROM pg_namespace WHERE nspname = 'partnerops'", database) == []
    [notice] = machine.context.notices
    assert "has no tables for the shared state yet" in notice
    other = Machine(database)
    other.write(INVITED, Entry())
    assert machine.read() == INVITED  # it looks again
    machine.store.ready(Deadline(10))
    assert machine.context.notices == [notice]


def test_of_many_machines_that_start_together_one_warns(database: str) -> None:
    machines = [Machine(database) for _number in range(8)]
    threads = [threading.Thread(target=one.store.ready, args=(Deadline(30),)) for one in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(one.context.notices) for one in machines if one.context.notices] == [1]
    assert all(one.store._prepared for one in machines)


# -- locks ------------------------------------------------------------------------------------------------------------


def test_a_name_is_held_against_other_machines(machine: Machine, other: Machine) -> None:
    def take(name: str) -> None:
        with other.store.locked(name, Deadline(0.3)):
            pass

    with machine.store.locked("one", Deadline(10)):
        take("two")
        error = failure(lambda: take("one"))
        assert (error.code, error.executed) == ("timeout", False)
        assert "Another run has been working on the same resource" in error.msg
    take("one")


def test_a_lock_ends_with_its_connection(
    machine: Machine, other: Machine, postgres: servers.Cluster, database: str
) -> None:
    with machine.store.locked("one", Deadline(10)):
        kill(postgres, database)
        with other.store.locked("one", Deadline(5)):
            assert other.read() == Entry()
    assert machine.read() == Entry()  # on a fresh connection


# -- lost connections -------------------------------------------------------------------------------------------------


def test_a_dead_idle_connection_is_replaced(machine: Machine, postgres: servers.Cluster, database: str) -> None:
    machine.write(INVITED, Entry())
    kill(postgres, database)
    assert machine.read() == INVITED


def test_a_connection_that_dies_before_its_tables_were_checked_is_replaced(
    database: str, postgres: servers.Cluster
) -> None:
    machine = Machine(database)
    assert not machine.store.status(Deadline(10))["exists"]  # looks, and makes nothing
    kill(postgres, database)
    machine.store.ready(Deadline(10))
    assert machine.store.status(Deadline(10))["exists"]
    machine.store.close()


def test_a_database_that_is_gone(postgres: servers.Cluster) -> None:
    database = postgres.database()
    name, machine = database.rpartition("/")[2], Machine(database)
    machine.store.ready(Deadline(10))
    postgres.query(f"DROP DATABASE {name} WITH (FORCE)")
    before = failure(machine.read)
    assert (before.code, before.executed) == ("unreachable", False)
    assert "No other store is used instead" in before.msg
    after = failure(lambda: machine.store.learn(API, "x", "y", Deadline(3)))
    assert (after.code, after.executed) == ("unknown_outcome", True)
    assert "The call was sent and got a response" in after.msg
    assert "Nothing was sent" not in after.msg


def test_a_statement_that_the_server_refuses(machine: Machine, postgres: servers.Cluster, database: str) -> None:
    postgres.query("DROP TABLE partnerops.fact", database)
    before = failure(lambda: machine.store.facts(Deadline(5)))
    assert (before.code, before.executed) == ("unreachable", False)
    assert "A statement failed in" in before.msg  # it is there: nobody looks for a broken cable
    assert "does not exist" in before.msg
    after = failure(lambda: machine.store.fact(API, "x", Deadline(5), sent=True))
    assert (after.code, after.executed) == ("unknown_outcome", True)


def test_a_full_disk_is_not_a_lost_connection(machine: Machine) -> None:
    words = "could not extend file: No space left on device"
    assert (
        f"A statement failed in {machine.store.place} (could not extend"
        in machine.store.lost(psycopg.errors.DiskFull(words), sent=False).msg
    )
    ended = psycopg.errors.AdminShutdown("terminating connection")
    assert (
        f"The connection to {machine.store.place} was lost (terminating connection)"
        in machine.store.lost(ended, sent=False).msg
    )


def test_an_intent_that_fails_is_taken_back(machine: Machine, postgres: servers.Cluster, database: str) -> None:
    """A commit that no standby has confirmed may be lost: nothing is sent, so no intent may stay."""
    before = machine.write(INVITED, Entry())
    with unconfirmed(postgres, database, "NEW.intent IS NOT NULL"):
        error = failure(lambda: machine.write(INTENT, before))
    assert (error.code, error.executed) == ("unreachable", False)
    assert "not confirmed by the synchronous standby" in error.msg
    assert (machine.read(), machine.read().rev) == (INVITED, before.rev + 2)


def test_an_intent_fails_with_its_lock(machine: Machine, postgres: servers.Cluster, database: str) -> None:
    with machine.store.locked("one", Deadline(10)) as lease:
        kill(postgres, database)
        error = failure(lambda: machine.store.write(KEY, INTENT, Entry(), Deadline(5), lease=lease, sent=False))
    assert (error.code, error.executed) == ("unreachable", False)
    assert machine.read().rev == 0


def test_an_outcome_survives_the_connection(machine: Machine, postgres: servers.Cluster, database: str) -> None:
    with machine.store.locked("one", Deadline(10)) as lease:
        begun = machine.store.write(KEY, INTENT, Entry(), Deadline(5), lease=lease, sent=False)
        kill(postgres, database)
        done = machine.store.write(KEY, INVITED, begun, Deadline(5), lease=lease, sent=True)
    assert (machine.read(), machine.read().rev) == (INVITED, done.rev)


def test_an_unconfirmed_outcome_is_written_again(machine: Machine, postgres: servers.Cluster, database: str) -> None:
    begun = machine.write(INTENT, Entry())
    with unconfirmed(postgres, database, f"NEW.rev = {begun.rev + 1}"):
        done = machine.write(INVITED, begun, sent=True)
    assert (machine.read(), machine.read().rev, done.rev) == (INVITED, begun.rev + 2, begun.rev + 2)
    wait_until(lambda: len(postgres.backends(database)) == 1)  # the session that was given up is closed


def test_an_outcome_that_cannot_be_written_is_unknown(
    machine: Machine, postgres: servers.Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = machine.write(INTENT, Entry())
    monkeypatch.setattr(postgresql_store, "LEAST_WAIT", 0.2)
    with machine.store.locked("one", Deadline(10)) as lease:
        postgres.query("DROP TABLE partnerops.entry", database)
        error = failure(
            lambda: machine.store.write(KEY, INVITED, begun, Deadline(0), lease=lease, sent=True),
        )
    assert (error.code, error.executed) == ("unknown_outcome", True)
    assert "Repair the database first" in error.msg
    assert "Nothing was sent" not in error.msg


# -- threads and processes --------------------------------------------------------------------------------------------


def test_threads_have_connections_of_their_own(machine: Machine, postgres: servers.Cluster, database: str) -> None:
    seen: list[list[int]] = []

    def work() -> None:
        machine.read()
        seen.append(postgres.backends(database))

    machine.read()
    [mine] = postgres.backends(database)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(seen[0]) == 2
    wait_until(lambda: postgres.backends(database) == [mine])  # a connection ends with its thread
    for _twice in range(2):
        machine.store.close()
    wait_until(lambda: postgres.backends(database) == [])
    assert machine.read() == Entry()


def test_a_fork_leaves_its_parents_connection_alone(machine: Machine, postgres: servers.Cluster, database: str) -> None:
    machine.read()
    before = postgres.backends(database)
    wait_until(lambda: all(thread.name != "state-watch" for thread in threading.enumerate()))
    child = os.fork()
    if not child:  # pragma: no cover - another process
        code = 1
        try:
            machine.store.close()
            code = 0 if machine.read() == Entry() and set(postgres.backends(database)) > set(before) else 2
            gc.collect()
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    machine.read()
    wait_until(lambda: len(postgres.backends(database)) == 1)
    assert postgres.backends(database) == before


def test_a_fork_has_a_connection_of_its_own(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.read()
    parents, pid = machine.store._mine.session, os.getpid()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: pid + 1)
        machine.store.close()
        assert machine.read() == Entry()
        assert machine.store._mine.session is not parents
        machine.store.close()
    assert parents.run("SELECT 1").fetchone() == (1,)
    parents.close()
