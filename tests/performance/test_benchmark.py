# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark and its limits (``make bench``; not part of ``make test``, since it measures time)."""

from __future__ import annotations

from ansible_collections.partnerops.saas.tests.performance import bench


def test_benchmark() -> None:
    by_latency, by_size, ratios = bench.run()
    floor, fleet, in_process, module, uri = by_latency[150]
    assert fleet.seconds <= 1.3 * floor.seconds
    assert uri.each >= 20 * fleet.each
    assert fleet.requests == floor.requests
    assert module.each > in_process.each
    first, *_between, last = by_size
    assert (first.logins, first.requests) == (1, 6)
    assert first.seconds < 2
    assert last.memory < 300
    assert last.each < 2 * first.each  # linear
    assert [(one.way, one.missed) for one in ratios if one.missed] == []
