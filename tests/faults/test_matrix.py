# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call × every fault × once and every time: nothing doubled or lost, a true result, and the next run repairs.

``faults_table.py`` and ``calls_*.py`` are the two tables; ``expect.py`` has the allowed outcomes of a pair.
"""

from __future__ import annotations

import contextlib
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.faults.calls_mip import CALLS as MIP_CALLS
from ansible_collections.partnerops.saas.tests.faults.calls_mobsted import CALLS as MOBSTED_CALLS
from ansible_collections.partnerops.saas.tests.faults.calls_mobsted import (
    EXTRA,
    KEYS,
    LOGIN,
    LOOK,
    LOOK_OLD,
    READ,
    TENANT_LOGIN,
    Call,
)
from ansible_collections.partnerops.saas.tests.faults.expect import OK, expected
from ansible_collections.partnerops.saas.tests.faults.faults_table import FAULTS, PAGING, REFUSED, SPOILT, WAIT, Fault
from ansible_collections.partnerops.saas.tests.support.counts import count
from ansible_collections.partnerops.saas.tests.support.driver import connection, duplicates, run, snapshot
from ansible_collections.partnerops.saas.tests.support.harness import ALL_CORES
from ansible_collections.partnerops.saas.tests.support.messages import check_failure, names_the_place, secrets_of

CALLS = [*MOBSTED_CALLS, *MIP_CALLS]
#: Calls that change nothing at the API: executed or not makes no difference when the response is lost.
_READS = (LOGIN, TENANT_LOGIN, READ, EXTRA, LOOK, LOOK_OLD, KEYS)


def _adds(call: Call, fault: Fault, lasting: bool) -> bool:
    """Return whether a lasting fault shows more than a single one.

    It does not if the response is final and the outcome is the same. A client that retries after all is caught by the
    single fault, since its retry succeeds. ``CORES=all`` runs those cases, too.
    """
    if not lasting or ALL_CORES:
        return True
    return fault.sort not in (REFUSED, SPOILT) or expected(call, fault, True) != expected(call, fault, False)


CASES = [
    pytest.param(call, fault, lasting, id=f"{call.operation}-{call.name}-{fault.name}-{'ever' if lasting else 'once'}")
    for call in CALLS
    for fault in [*FAULTS, *([PAGING] if call.paged else [])]
    for lasting in (False, True)
    if _adds(call, fault, lasting)
    if not (call.role in _READS and fault.name.endswith(", after"))
]


@contextlib.contextmanager
def struck(world: t.Any, network: t.Any, call: Call, fault: Fault, lasting: bool) -> t.Iterator[None]:
    """Let the fault hit the call while this lasts."""
    times = None if lasting else 1
    if fault.net:
        account = {"master": "/mobsted", "tenant": "/t/*", "*": "*"}[call.account]
        path = f"*{account}{call.path}" if call.vendor == "mobsted" else f"*/mip{call.path}"
        with network.failing(fault.net, call.method, path, call.nth, times):
            yield
        return
    world.fault(
        fault.kind,
        when=fault.when,
        vendor=call.vendor,
        method=call.method,
        path=call.path,
        account=call.account,
        nth=call.nth,
        times=times,
        **fault.more,
    )
    yield
    world.clear_faults()


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(("call", "fault", "lasting"), CASES)
def test_fault(
    simulator: t.Any, network: t.Any, give_up: t.Any, tmp_path: Path, call: Call, fault: Fault, lasting: bool
) -> None:
    count("faults tried")
    with simulator.world(**call.options) as world:
        call.prepare(world)
        waits = lasting and fault.sort == WAIT  # only the deadline ends it
        retries = 0 if lasting and fault.slow else 1
        params = options(world, call, tmp_path, str(network.ca_file), retries, 2 if waits else 5)
        before = snapshot(world)
        if fault.slow:
            give_up(0.5)
        with struck(world, network, call, fault, lasting):
            result = run(call.operation, params)
        give_up(30)
        after = snapshot(world)
        judge(world, call, result, expected(call, fault, lasting))
        if call.repeats or result.get("failed"):
            truth(result, before, after, call)
        if not call.operation.startswith("mip_"):
            nothing_lost(world, result)
        assert_hit(world, call, fault)

        params["deadline"] = 5
        again = run(call.operation, params)
        assert not again.get("failed"), again["msg"]
        assert again["changed"] == (snapshot(world) != after or not call.repeats), again
        if call.repeats:
            assert duplicates(world) == []
        if call.repeats and again["changed"]:
            last = run(call.operation, params)
            assert not last.get("failed"), last["msg"]
            assert not last["changed"], last
            assert duplicates(world) == []


def options(world: t.Any, call: Call, folder: Path, ca_file: str, retries: int, seconds: int = 5) -> dict[str, t.Any]:
    """Return the task's options: the connection, short waits, and the call's own."""
    quick = {"ca_path": ca_file, "retries": retries, "deadline": seconds}
    mobsted = {**connection(world), **quick, "settle": 0}
    if not call.operation.startswith("mip_"):
        return {**mobsted, **call.params}
    registry = {"tenant_registry": mobsted} if call.vendor == "mobsted" else {}
    ledger = {"ledger_path": str(folder / "ledger" / "mip.sqlite3")}
    return {**connection(world, "mip"), **quick, **ledger, **registry, **call.params}


def judge(world: t.Any, call: Call, result: dict[str, t.Any], allowed: set[str]) -> None:
    """Check the outcome, and that the message helps and leaks nothing."""
    outcome = result["failure"]["code"] if result.get("failed") else OK
    assert outcome in allowed, (outcome, allowed, result.get("msg"))
    texts = [result.get("msg", ""), *result.get("warnings", ())]
    secrets = secrets_of(world)
    leaked = [secret for secret in secrets for text in texts if secret in text]
    assert leaked == []
    if result.get("failed"):
        check_failure(result, 3000 if call.fleet else 1200)
        base = world.mip_url if call.vendor == "mip" else world.mobsted_url
        assert names_the_place(result, base), result["msg"]


def truth(result: dict[str, t.Any], before: t.Any, after: t.Any, call: Call) -> None:
    """Check that the result says what happened."""
    happened = before != after
    if result.get("failed") and result["failure"]["code"] == "unknown_outcome":
        assert not result["changed"] or happened  # nobody knows
    else:
        assert result["changed"] == happened, result
    if call.operation != "mobsted_fleet":
        return
    for tenant in result.get("tenants", ()):
        there = tenant["email"].lower() in after["tenants"]
        new = there and tenant["email"].lower() not in before["tenants"]
        assert tenant["failed"] or tenant["changed"] == new, tenant
        assert tenant["failed"] == (tenant["failure"] is not None), tenant
    if result.get("failed") and "summary" in result:
        parts = [*result["tenants"], *result["apps"], *(app for one in result["tenants"] for app in one["apps"])]
        assert any(part["failed"] for part in parts)
        told = sum(result["summary"][kind]["failed"] for kind in ("tenants", "apps"))
        assert told == sum(part["failed"] for part in parts)


def nothing_lost(world: t.Any, result: dict[str, t.Any]) -> None:
    """Check that the result has the password of everything new."""
    rows = {row["email"].lower(): row for row in world.state()["tenants"]}
    places = result.get("tenants") or ([result] if result.get("tenant") else [])
    for place in places:
        tenant = place.get("tenant") or {}
        email = (tenant.get("email") or "").lower()
        if place.get("changed") and email and "probed" not in place:  # of MIP, where ``tenant`` was only looked up
            assert rows[email]["password"] == place["credentials"]["password"]
            assert tenant["url"] == rows[email]["url"]


def assert_hit(world: t.Any, call: Call, fault: Fault) -> None:
    """Check that the fault hit: a matrix of faults that miss their calls proves nothing."""
    if fault.net is None:
        assert any(
            entry["fault"] and entry["fault"]["kind"] == fault.kind and entry["method"] == call.method
            for entry in world.log()
        )
