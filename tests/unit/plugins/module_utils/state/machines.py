# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines that share a database, for the unit tests of the store."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state.postgresql_store import PostgresqlStore
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import Entry, Key, StateSettings
from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.state import failure

__all__ = ["API", "INTENT", "INVITED", "KEY", "THEN", "Machine", "failure", "kill", "unconfirmed"]

API, THEN = "cloud.mip.to", "2026-01-01T00:00:00+00:00"
KEY: Key = (API, "7", "member", "a@x.example")
INTENT = Entry(intent="add", intent_at=THEN, sent_by="1@pc")
INVITED = Entry(id=5, state="present")


class Machine:
    """A store with a context of its own, as another machine has."""

    def __init__(self, url: str) -> None:
        self.context = RunContext()
        self.store = PostgresqlStore(StateSettings(url), self.context)

    def read(self, key: Key = KEY) -> Entry:
        return self.store.read(key, Deadline(10))

    def write(self, entry: Entry, seen: Entry, *, sent: bool = False, key: Key = KEY, seconds: float = 10) -> Entry:
        """Write a row under its lock."""
        with self.store.locked("\0".join(key), Deadline(seconds)) as lease:
            return self.store.write(key, entry, seen, Deadline(seconds), lease=lease, sent=sent)


def kill(server: servers.Cluster, url: str) -> None:
    """End every connection of the collection to a database."""
    assert server.query(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
        "WHERE application_name = 'partnerops.saas' AND datname = current_database()",
        url,
    ) != [(0,)]


@contextlib.contextmanager
def unconfirmed(server: servers.Cluster, url: str, condition: str) -> t.Iterator[None]:
    """Let the commit of a row come back with the warning that PostgreSQL gives if no standby has confirmed it.

    :param condition: an SQL expression about ``NEW``, the row as it is written
    """
    server.query(
        f"""
        CREATE FUNCTION partnerops.warn() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF {condition} THEN RAISE WARNING 'canceling wait for synchronous replication'; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER warn AFTER INSERT OR UPDATE ON partnerops.entry FOR EACH ROW EXECUTE FUNCTION partnerops.warn()
        """,
        url,
    )
    yield
    server.query("DROP TRIGGER warn ON partnerops.entry; DROP FUNCTION partnerops.warn", url)
