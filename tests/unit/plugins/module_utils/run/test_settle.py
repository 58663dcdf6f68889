# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop that looks for the result of a lost write."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run.settle import settle
from ansible_collections.partnerops.saas.tests.support.scripted import Clock


def test_it_looks_once_if_there_is_no_time(clock: Clock) -> None:
    looks: list[float] = []

    def look() -> None:
        looks.append(clock.monotonic())

    assert settle(look, lambda _found: True, 0, Deadline(100)) is None
    assert len(looks) == 1


def test_it_looks_at_once_less_often_later_and_at_the_very_end(clock: Clock) -> None:
    looks: list[float] = []

    def look() -> None:
        looks.append(clock.monotonic())

    assert settle(look, lambda _found: True, 15, Deadline(100)) is None
    assert [round(at - looks[0], 3) for at in looks] == [0, 0.5, 1.5, 3.5, 6.5, 11.5, 15]


def test_the_deadline_ends_it(clock: Clock) -> None:
    deadline = Deadline(2)
    assert settle(lambda: None, lambda _found: True, 15, deadline) is None
    assert deadline.left() > 0


def test_a_failing_look_proves_nothing_and_an_incomplete_find_is_returned_at_the_end(clock: Clock) -> None:
    answers: list[t.Any] = [ApiError("timeout", "no response"), "half", ApiError("timeout", "no response"), None]

    def look() -> str | None:
        answer = answers.pop(0) if answers else None
        if isinstance(answer, ApiError):
            raise answer
        return t.cast("str | None", answer)

    assert settle(look, lambda found: found == "whole", 15, Deadline(100)) == "half"
    assert answers == []


def test_several_records_end_it(clock: Clock) -> None:
    def look() -> None:
        raise ApiError("ambiguous", "two records")

    with pytest.raises(ApiError, match="two records"):
        settle(look, lambda _found: True, 15, Deadline(100))
