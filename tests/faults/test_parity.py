# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A slice of the matrix through ``ansible-playbook``: users meet what the tests find in process."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.faults.calls_mip import CALLS as MIP_CALLS
from ansible_collections.partnerops.saas.tests.faults.calls_mobsted import CALLS as MOBSTED_CALLS
from ansible_collections.partnerops.saas.tests.faults.calls_mobsted import Call
from ansible_collections.partnerops.saas.tests.faults.expect import OK, expected
from ansible_collections.partnerops.saas.tests.faults.faults_table import FAULTS
from ansible_collections.partnerops.saas.tests.faults.test_matrix import nothing_lost, options, struck, truth
from ansible_collections.partnerops.saas.tests.support.counts import count
from ansible_collections.partnerops.saas.tests.support.driver import duplicates, run, snapshot
from ansible_collections.partnerops.saas.tests.support.harness import run_playbook

CALLS = {call.name: call for call in (*MOBSTED_CALLS, *MIP_CALLS)}
BY_NAME = {fault.name: fault for fault in FAULTS}
SLICE = [
    ("log in", "401"),
    ("log in", "html, before"),
    ("look a tenant up", "500, before"),
    ("create a tenant", "504, after"),
    ("create a tenant", "reset, before"),
    ("create a tenant", "429 with Retry-After"),
    ("create a tenant", "409"),
    ("log in to the tenant", "403"),
    ("list its apps", "truncated, chunked"),
    ("create an app", "reset, after"),
    ("create an app", "empty, before"),
    ("send a push message", "502, after"),
    ("fleet: list", "html, before"),
    ("fleet: create a tenant", "reset, after"),
    ("fleet: create an app", "500, before"),
    ("register a user", "504, after"),
    ("block a client", "reset, after"),
    ("remove a client", "404"),
    ("invite a member", "reset, before"),
    ("many: invite a member", "504, after"),
]


#: A result with a new password is censored on display; the registered variable is not.
SHOW = {"name": "Show", "ansible.builtin.set_fact": {"shown": "{{ got }}"}}


def even(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return what does not differ from one world to the next."""
    failure = result.get("failure") or {}
    return {
        "failed": bool(result.get("failed")),
        "changed": result["changed"],
        "reconciled": result.get("reconciled"),
        "code": failure.get("code"),
        "status": failure.get("status"),
        "request_attempts": result.get("request_attempts"),
        "keys": sorted(set(result) - {"invocation", "warnings", "failed", "deprecations", "diff", "exception"}),
    }


@pytest.mark.parametrize(("call", "fault"), SLICE)
def test_a_playbook_meets_the_same(simulator: t.Any, network: t.Any, tmp_path: Path, call: str, fault: str) -> None:
    count("faults tried")
    made, strikes = CALLS[call], BY_NAME[fault]
    results = []
    for number, through in enumerate((_in_process, _by_playbook)):
        with simulator.world(**made.options) as world:
            made.prepare(world)
            params = options(world, made, tmp_path / str(number), str(network.ca_file), 1)
            before = snapshot(world)
            with struck(world, network, made, strikes, lasting=False):
                result = through(made, params)
            outcome = result["failure"]["code"] if result.get("failed") else OK
            assert outcome in expected(made, strikes, lasting=False)
            if made.repeats:
                truth(result, before, snapshot(world), made)
                assert duplicates(world) == []
            nothing_lost(world, result)
            results.append(even(result))
    assert results[0] == results[1]


def _in_process(call: Call, params: dict[str, t.Any]) -> dict[str, t.Any]:
    return run(call.operation, params)


def _by_playbook(call: Call, params: dict[str, t.Any]) -> dict[str, t.Any]:
    task = f"partnerops.saas.{call.operation}"
    plays = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [{"name": "Task", task: params, "register": "got", "ignore_errors": True}, SHOW],
        }
    ]
    done = run_playbook(plays, timeout=120).check()
    found: dict[str, t.Any] = done.task("Show").result["ansible_facts"]["shown"]
    return found
