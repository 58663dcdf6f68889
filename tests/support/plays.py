# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays for the integration tests, and the four runs that every writing module has to pass."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.tests.support.harness import TaskResult

#: The four runs of a task, by name, with their ``check_mode``.
ROUND = {"check": True, "do": False, "again": False, "check again": True}


def play(tasks: list[dict[str, t.Any]], hosts: str = "localhost", **keywords: t.Any) -> list[dict[str, t.Any]]:
    """Return a playbook of one play, without facts."""
    return [{"hosts": hosts, "gather_facts": False, **keywords, "tasks": tasks}]


def check_round(results: t.Sequence[TaskResult], key: str) -> None:
    """Check the four results of a task, in the order of ``ROUND``: what changed, the keys, the diffs.

    :param key: the result key of the resource
    """
    check, do, again, check_again = results
    assert [one.changed for one in results] == [True, True, False, False], do.task
    assert check[key].keys() == do[key].keys() == again[key].keys() == check_again[key].keys()
    assert do["diff"]["before"] != do["diff"]["after"]
    assert again["diff"]["before"] == again["diff"]["after"] == do["diff"]["after"]
    assert not do["reconciled"]
    assert do["request_attempts"] == 1
