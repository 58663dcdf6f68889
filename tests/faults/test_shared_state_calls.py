# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared state fails while a call to the vendor is under way: one e-mail, and a result that says what happened.

Each task is a playbook of its own with a HOME and a TMPDIR, as on a machine of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.background import playbook_started
from ansible_collections.partnerops.saas.tests.support.harness import Run, run_task
from ansible_collections.partnerops.saas.tests.support.processes import family
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until

MEMBER, APP = "partnerops.saas.mip_member", "partnerops.saas.mobsted_pwa_app"
PERSON = {"marketplace_id": 7, "email": "person@x.example"}


class Machines:
    """Machines that share a database and a vendor."""

    def __init__(self, world: t.Any, env: dict[str, str], url: str, folder: Path) -> None:
        self.world, self.env, self.folder = world, {**env, "PARTNEROPS_STATE_URL": url}, folder
        self.url = url

    def invite(self, name: str, **more: t.Any) -> Run:
        """Invite the person from one of them."""
        return run_task(MEMBER, {**PERSON, **more}, env=self.env, home=self.folder / name)

    @contextlib.contextmanager
    def inviting(self, seconds: float, **more: t.Any) -> t.Iterator[Future[Run]]:
        """Yield while the first machine waits for the response to an invitation that was sent."""
        self.world.fault("slow_headers", path="*/member/7/add", when="after", seconds=seconds)
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(self.invite, "first", **more)
            self.sent()
            yield run

    def sent(self) -> None:
        """Wait until an invitation was sent."""
        wait_until(lambda: self.mails)

    def started(
        self, name: str, module: str, args: dict[str, t.Any]
    ) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
        """Start a playbook on one of them, whose processes can be signalled."""
        return playbook_started([{module: args}], self.folder / name, self.env)

    @property
    def mails(self) -> int:
        """The number of invitations that were sent."""
        return len(self.world.outbox())


@pytest.fixture
def machines(world: t.Any, world_env: dict[str, str], other: servers.Cluster, tmp_path: Path) -> Machines:
    return Machines(world, world_env, other.database(), tmp_path)


@pytest.mark.parametrize("how", ["terminated", "restarted"])
def test_a_database_that_comes_back_gets_the_outcome(how: str, machines: Machines, other: servers.Cluster) -> None:
    comes_back = threading.Timer(5.0, other.start)  # the response comes before
    with machines.inviting(3) as run:
        if how == "terminated":
            for pid in other.backends(machines.url):
                other.query(f"SELECT pg_terminate_backend({pid})")
        else:
            other.stop()
            comes_back.start()
        first = run.result().check().task("Task")
    if how == "restarted":
        comes_back.join()
    assert (first.changed, first["member"]["state"]) == (True, "present")
    again = machines.invite("second").check().task("Task")
    assert (again.changed, machines.mails) == (False, 1)
    assert "warnings" not in again.result


def test_a_database_that_stays_away_leaves_the_outcome_unknown(machines: Machines, other: servers.Cluster) -> None:
    with machines.inviting(3, deadline=12) as run:
        other.stop()
        try:
            first = run.result().check(2).task("Task")
        finally:
            other.start()
    assert first.failure["code"] == "unknown_outcome"
    assert "Nothing was sent" not in first.msg
    assert "Repair the database first" in first.msg
    again = machines.invite("second").check().task("Task")
    assert any("no known outcome" in text for text in again["warnings"])
    assert machines.mails == 1


def test_a_stopped_machine_keeps_others_waiting_and_then_goes_on(machines: Machines) -> None:
    machines.world.fault("slow_headers", path="*/member/7/add", when="after", seconds=2)
    with machines.started("first", MEMBER, PERSON) as run:
        machines.sent()
        stopped = family(run.pid)
        try:
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            second = machines.invite("second", deadline=2).check(2).task("Task")
            assert second.failure["code"] == "timeout"
            assert "Nothing was sent" in second.msg
        finally:
            for pid in stopped:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        assert run.wait(60) == 0
    assert not machines.invite("third").check().task("Task").changed
    assert machines.mails == 1


def test_what_a_killed_machine_was_creating_is_not_created_again(machines: Machines, other: servers.Cluster) -> None:
    """The lock is free at once, and the vendor is not done yet."""
    machines.world.options(create_ms=9000)
    app = {"name": "Store", "website_url": "https://site.example/"}
    with machines.started("first", APP, app) as run:
        wait_until(lambda: creating(machines, other), process=run)
        wait_until(lambda: [one for one in machines.world.log(method="POST") if "login" not in one["path"]])
    second = run_task(APP, app, env=machines.env, home=machines.folder / "second").check().task("Task")
    assert [one["name"] for one in machines.world.apps()].count("Store") == 1
    assert not second.changed


def creating(machines: Machines, server: servers.Cluster) -> bool:
    """Return whether a creation is under way."""
    with contextlib.suppress(psycopg.Error):  # no tables yet
        return bool(server.query("SELECT 1 FROM partnerops.creation WHERE at = 'infinity'", machines.url))
    return False


def test_a_lock_that_is_lost_before_the_intent_sends_nothing_twice(machines: Machines, other: servers.Cluster) -> None:
    """Whoever kills idle connections (a firewall, an administrator) all the time: at most one e-mail, true results."""
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.15):
            for pid in other.backends(machines.url):
                other.query(f"SELECT pg_terminate_backend({pid})")

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        with ThreadPoolExecutor(3) as pool:
            runs = list(pool.map(machines.invite, ("a", "b", "c")))
    finally:
        over.set()
        thread.join()
    said = [run.task("Task") for run in runs]
    assert machines.mails <= 1
    changed = [one for one in said if one.changed and not one.failed]
    assert len(changed) <= machines.mails
    assert all(one.changed or "Nothing was sent" in one.msg for one in said if one.failed)
    before = machines.mails
    last = machines.invite("last").check().task("Task")
    assert machines.mails == before + last.changed <= 1
    if not machines.mails:  # the intent is there, and was never sent, which nobody can know
        assert any("no known outcome" in text for text in last["warnings"])
