# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the items of a loop share, and for how long."""

from __future__ import annotations

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext


def test_the_items_of_a_loop_share_and_the_next_task_begins_again() -> None:
    context = RunContext()
    made = []

    def make() -> object:
        made.append(object())
        return made[-1]

    for _item in range(3):
        context.begin("task 1")
        assert context.shared("tenants", make) is made[0]
    context.begin("task 2")
    assert context.shared("tenants", make) is made[1]
    assert context.shared("apps", make) is made[2]


def test_what_is_shared_may_be_nothing() -> None:
    context = RunContext()
    asked = []
    for _item in range(2):
        assert context.shared("x", lambda: asked.append(1)) is None
    assert asked == [1]
