# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load: nothing is doubled or lost, however many runs there are and however big the account."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.tests.performance.load import overlapping
from ansible_collections.partnerops.saas.tests.support.harness import run_task

FLEET = "partnerops.saas.mobsted_fleet"


def test_twenty_runs_at_once(simulator: t.Any) -> None:
    with simulator.world(create_ms=20, latency_ms=5) as world:
        load = overlapping(world)
        print(f"20 runs at once: {load.seconds:.1f} s, {len(load.tenants)} tenants, {sum(load.apps.values())} apps")
        assert load.failed == [], load.failed[0][-3000:]
        assert [name for name, number in load.tenants.items() if number > 1] == []
        assert [name for name, number in load.apps.items() if number > 1] == []
        assert [name for name, number in load.mails.items() if number > 1] == []
        assert load.created == len(load.tenants)


def test_five_thousand_tenants(simulator: t.Any) -> None:
    with simulator.world() as world:
        declared = [{"email": f"owner{number}@acme.example"} for number in range(5000)]
        args = {"tenants": declared, "concurrency": 16}
        env = {"MOBSTED_API_URL": world.mobsted_url, "MOBSTED_API_LOGIN": world.login}
        env["MOBSTED_API_PASSWORD"] = world.password
        first = run_task(FLEET, args, env=env, timeout=1200).check()
        print(f"5000 tenants created: {first.seconds:.1f} s")
        assert world.counts()["tenants_created"] == 5000
        world.clear_log()
        second = run_task(FLEET, args, env=env, timeout=1200).check()
        print(f"5000 tenants, nothing to do: {second.seconds:.1f} s, {world.counts()['requests']} requests")
        assert second.changed == 0
        assert world.counts()["tenants_created"] == 0
        assert world.counts()["requests"] <= 5000 / 200 + 2
