# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the event source takes an event as told: with a stand-in for ansible-rulebook, so it needs no Java."""

from __future__ import annotations

import asyncio
import os
import runpy
import subprocess
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.driver import connection
from ansible_collections.partnerops.saas.tests.support.harness import ROOT, Run, run_playbook

Event = dict[str, t.Any]


class Engine:
    """What ansible-rulebook is to a source: it takes one event at a time, and runs an action for it in a task.

    :param hangs_after: so many actions end, and the next one never does
    """

    def __init__(self, hangs_after: int | None = None) -> None:
        self.queue: asyncio.Queue[Event] = asyncio.Queue(1)
        self.hangs_after = hangs_after
        self.started: list[str] = []
        self.ended: list[str] = []

    async def put(self, event: Event) -> None:
        """Take an event, as the queue that sources get."""
        await self.queue.put(event)

    async def run(self) -> None:
        """Run the actions one by one."""
        while True:
            event = await self.queue.get()
            await asyncio.create_task(self._act(event["email"]), name="action::debug::rules::rule")

    async def _act(self, email: str) -> None:
        self.started.append(email)
        if len(self.ended) == self.hangs_after:
            await asyncio.Event().wait()
        self.ended.append(email)


def source(engine: Engine, args: dict[str, t.Any], until: t.Callable[[], t.Any]) -> None:
    """Run the source in an event loop of its own, and end both at once when something is the case."""
    main = runpy.run_path(str(ROOT / "extensions" / "eda" / "plugins" / "event_source" / "tenants.py"))["main"]

    async def both() -> None:
        tasks = [asyncio.create_task(engine.run()), asyncio.create_task(main(engine, dict(args)))]
        end = time.monotonic() + 120
        while not until():
            assert time.monotonic() < end
            assert not any(task.done() for task in tasks)
            await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(both())


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_an_event_whose_action_has_not_ended_is_told_again(simulator: t.Any, tmp_path: Path, stop: int) -> None:
    seen = tmp_path / "seen"
    with simulator.world(tenants=1) as world:
        args = {**connection(world), "delay": 0.05, "seen_path": str(seen)}
        source(Engine(), args, seen.exists)
        emails = [f"{name}@x.example" for name in ("first", "second", "third")]
        for email in emails:
            world.do("tenant_add", email=email)
        killed = Engine(stop)
        source(killed, args, lambda: len(killed.started) > stop)
        assert killed.ended == emails[:stop]
        again = Engine()
        asked = world.counts()["requests"]
        source(again, args, lambda: len(again.ended) >= 3 - stop and world.counts()["requests"] > asked + 5)
        assert again.ended == emails[stop:]


def test_an_event_that_is_told_again_opens_the_missing_pull_request(tmp_path: Path) -> None:
    """A run that was killed between the push and the pull request is completed, and nothing is proposed twice."""
    repository, work = tmp_path / "state.git", tmp_path / "work"
    (tmp_path / "gitconfig").write_text("[user]\nname = Robot\nemail = robot@x.example\n", encoding="utf-8")
    env = {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")}

    def git(*words: str) -> str:
        command = ["git", *words]
        return subprocess.run(command, env={**os.environ, **env}, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet", "--bare", "--initial-branch", "main", str(repository))
    git("clone", "--quiet", str(repository), str(work))
    (work / "partner-state.yml").write_text("---\nmobsted:\n  tenants: []\n", encoding="utf-8")
    git("-C", str(work), "add", "--all")
    git("-C", str(work), "commit", "--quiet", "--message", "State")
    git("-C", str(work), "push", "--quiet", "origin", "HEAD:main")
    opened = tmp_path / "opened"

    def propose(request: str) -> Run:
        variables = {
            "ansible_eda": {"event": {"email": "new@x.example"}},
            "partner_repository": f"file://{repository}",
            "partner_pull_request": ["sh", "-c", request],
        }
        return run_playbook("partnerops.saas.event_pull_request", env=env, extra_vars=variables)

    propose("exit 1").check(2)  # as if it were killed here
    propose(f"git log -1 --format=%s >> {opened}").check()
    propose(f"echo again >> {opened}; exit 1").check()  # there is one already, says the host
    assert opened.read_text(encoding="utf-8").splitlines() == ["Declare the tenant new@x.example", "again"]
    assert git("-C", str(repository), "log", "--format=%s", "declare-new-x-example").splitlines() == [
        "Declare the tenant new@x.example",
        "State",
    ]
