# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress of many items, and how often it is shown."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.bulk import items
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import Controller, MakeTask


def test_progress_is_told_about_once_a_second(make_task: MakeTask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(items.time, "monotonic", lambda: now[0])
    controller = Controller()
    progress = items.Progress(make_task(controller=controller), "mobsted_fleet", 40)
    for second, done, failed in ((0.5, 3, 0), (1.0, 5, 0), (1.5, 8, 0), (2.0, 10, 1)):
        now[0] = 100.0 + second
        progress.show(done, failed)
    assert controller.lines == [
        "mobsted_fleet: 5 of 40 done, 5.0/s",
        "mobsted_fleet: 10 of 40 done, 1 failed, 5.0/s",
    ]
