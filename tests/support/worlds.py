# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same tasks in many accounts at once: each account is a host of one play.

    with worlds(simulator, {"flat": {"attributes": "flat"}, "deep": {"attributes": "nested"}}) as made:  # or ["a", "b"]
        run = run_in_worlds(made, [{"name": "Task", "partnerops.saas.mobsted_tenant": {"email": "a@b.example"}}])
        assert run.task("Task", "flat").changed

A case as a host costs a hundredth of a case as a run of its own, and the hosts wait at the same time.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.support.harness import Run, connection_env, run_playbook

Tasks = t.Sequence[t.Mapping[str, t.Any]]


@contextlib.contextmanager
def worlds(
    simulator: t.Any, names: t.Iterable[str] | t.Mapping[str, t.Mapping[str, t.Any]]
) -> t.Iterator[dict[str, t.Any]]:
    """Yield a world for each name; a mapping gives each its options (see tests/simulator/README.md)."""
    options: t.Mapping[str, t.Mapping[str, t.Any]]
    options = names if isinstance(names, t.Mapping) else {name: {} for name in names}
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(simulator.world(**given)) for name, given in options.items()}


def run_in_worlds(made: t.Mapping[str, t.Any], tasks: Tasks, *arguments: str, **options: t.Any) -> Run:
    """Run TASKS in all worlds; ``run.task(NAME, host)`` is the result in one of them.

    Each host has its connection in the environment of its tasks, and its MIP ledger in ``ledgers`` if that is given.

    :param options: ``ledgers``, a folder; others as for ``run_playbook``
    """
    ledgers: Path | None = options.pop("ledgers", None)
    hosts: dict[str, t.Any] = {}
    for name, world in made.items():
        connection = connection_env(world)
        if ledgers:
            connection["MIP_LEDGER_PATH"] = str(ledgers / f"{world.id}.sqlite3")
        hosts[name] = {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "connection": connection,
        }
    play = {"hosts": "all", "gather_facts": False, "environment": "{{ connection }}", "tasks": list(tasks)}
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "hosts.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        forks = str(min(len(hosts), 16))
        return run_playbook([play], "--forks", forks, *arguments, inventory=inventory, **options)
