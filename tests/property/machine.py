# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both state machines share: a world, faults, kills, runs, and the invariants."""

from __future__ import annotations

import itertools
import os
import tempfile
import typing as t
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.tests.support.counts import count
from ansible_collections.partnerops.saas.tests.support.driver import run, snapshot
from ansible_collections.partnerops.saas.tests.support.messages import check_failure

#: More with PROPERTY_EXAMPLES, and different ones each time with PROPERTY_RANDOM.
SETTINGS = settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "25")),
    stateful_step_count=14,
    derandomize="PROPERTY_RANDOM" not in os.environ,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
#: Exit code of a process that was killed.
KILLED = 9
FAULTS: list[dict[str, t.Any]] = [
    {"kind": "reset", "when": "before"},
    {"kind": "reset", "when": "after"},
    {"kind": "status", "status": 500, "when": "before"},
    {"kind": "status", "status": 504, "when": "after"},
    {"kind": "status", "status": 401},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 404},
    {"kind": "status", "status": 409},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 503, "headers": {"Retry-After": "0.02"}},
    {"kind": "html", "when": "after"},
    {"kind": "empty", "when": "after"},
    {"kind": "wrong_types", "when": "after"},
    {"kind": "truncated"},
    {"kind": "garbage", "when": "after"},
]


def run_killed(module: str, params: dict[str, t.Any], number: int, after: bool) -> None:
    """Run in a process of its own that is killed at its request of this number.

    :param after: the API has the request, and nobody reads its response
    """
    pid = os.fork()
    if pid == 0:
        try:
            _end_at(number, after)
            run(module, params)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    count("runs killed", int(os.waitstatus_to_exitcode(status) == KILLED))


def _end_at(number: int, after: bool) -> None:
    exchange, seen = Transport._exchange, itertools.count(1)

    def instead(self: Transport, request: t.Any, deadline: t.Any) -> t.Any:
        mine = next(seen)
        if mine == number and not after:
            os._exit(KILLED)
        answer = exchange(self, request, deadline)
        if mine == number:
            os._exit(KILLED)
        return answer

    Transport._exchange = instead  # type: ignore[method-assign]


class Machine(RuleBasedStateMachine):
    """A world of its own. Subclasses add rules, and define a healthy run of everything."""

    simulator: t.ClassVar[t.Any]
    paths: t.ClassVar[list[str]]
    writes: t.ClassVar[list[str]]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.simulator.world()
        self._folder = tempfile.TemporaryDirectory(prefix="saas-property-")
        self.folder = Path(self._folder.name)
        self.kill: tuple[int, bool] | None = None

    def teardown(self) -> None:
        """At the end of each example, remove all faults and make the declaration come true."""
        try:
            self.world.clear_faults()
            self.kill = None
            self.converge()
        finally:
            self.world.delete()
            self._folder.cleanup()

    def converge(self) -> None:
        """Run everything that was declared, twice."""
        raise NotImplementedError

    @rule(fault=st.sampled_from(FAULTS), data=st.data())
    def fault(self, fault: dict[str, t.Any], data: t.Any) -> None:
        """Let the next request of one kind fail."""
        path = data.draw(st.sampled_from(self.paths))
        self.world.fault(**fault, path=path, nth=data.draw(st.integers(1, 2)))
        count("faults tried")

    @rule(fault=st.sampled_from([one for one in FAULTS if one.get("when")]), data=st.data())
    def fault_of_a_write(self, fault: dict[str, t.Any], data: t.Any) -> None:
        """Let the next write fail, before or after it is executed."""
        self.world.fault(**fault, method="POST", path=data.draw(st.sampled_from(self.writes)))
        count("faults tried")

    @rule(number=st.integers(1, 6), after=st.booleans())
    def kill_the_next_run(self, number: int, after: bool) -> None:
        """Kill the next run."""
        self.kill = (number, after)

    def run(self, module: str, params: dict[str, t.Any]) -> dict[str, t.Any] | None:
        """Run once, as in a process of its own; return None if the run was killed."""
        before = snapshot(self.world)
        kill, self.kill = self.kill, None
        count("runs")
        params = {"retries": 1, "deadline": 20, **params}
        if kill:
            run_killed(module, params, *kill)
            return None
        result = run(module, params)
        happened = snapshot(self.world) != before
        if result.get("failed"):
            check_failure(result, 3000)
            if result["failure"]["code"] != "unknown_outcome" and module not in ("mobsted_fleet", "mip_marketplace"):
                assert result["changed"] == happened, result
            assert not result["changed"] or happened, result
        else:
            assert result["changed"] == happened, result
        return result

    def healthy(self, module: str, params: dict[str, t.Any]) -> None:
        """Without faults, the run succeeds, and a second one changes nothing."""
        first = self.run(module, params)
        assert first is not None
        assert not first.get("failed"), first["msg"]
        second = self.run(module, params)
        assert second is not None
        assert not second.get("failed"), second["msg"]
        assert not second["changed"], second

    @invariant()
    def nothing_is_there_twice(self) -> None:
        """No address has two tenants, users or clients, and no name two apps."""
        state = snapshot(self.world)
        assert all(number == 1 for number in state["tenants"].values())
        for account, apps in state["apps"].items():
            names = [name for _number, name in apps]
            assert len(names) == len(set(names)), (account, names)
        for people in [state["users"], *(market["clients"] for market in state["marketplaces"].values())]:
            emails = [email for email, _blocked in people.values()]
            assert len(emails) == len(set(emails)), emails
