# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark and its limits (``make bench``; not part of ``make test``, since it measures time)."""

from __future__ import annotations

import os

from ansible_collections.partnerops.saas.tests.performance import bench


def test_benchmark() -> None:
    found, members = bench.run()
    if os.environ.get("BENCH") == "small":  # so little is lost in the noise of a machine
        assert [
            one.way.label for one in found if "requests" in one.way.bounds and "requests" in " ".join(one.missed)
        ] == []
        return
    assert [(one.way, one.missed) for one in found if one.missed] == []
    assert members.missed == []
    at_once = {
        (one.way.kind, one.way.fresh, one.way.count, one.way.threads): one for one in found if not one.way.latency
    }
    fleet, many = at_once["fleet", False, 1000, 8], at_once["fleet", False, 20000, 8]
    assert many.each < 2 * fleet.each  # linear
    assert at_once["uri", True, 25, 1].each >= 20 * at_once["fleet", True, 100, 8].each
    assert at_once["module", True, 25, 1].each > at_once["loop", True, 100, 1].each
