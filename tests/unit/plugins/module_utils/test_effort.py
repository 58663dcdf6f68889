# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The deadline of one resource, and the gate that holds an account's threads back."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.effort import Effort, Gate
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError


def test_what_is_left(clock):
    effort = Effort(30)
    assert effort.left() == 30
    clock.pass_by(29)
    assert effort.left() == pytest.approx(1)
    clock.pass_by(2)
    assert effort.left() == 0


def test_sleeping_never_goes_beyond_the_deadline(clock):
    effort = Effort(10)
    assert effort.sleep(9) is True
    assert effort.sleep(1) is False  # would wake up at the deadline, with no time for a request
    assert clock.slept == [9]


def test_attempts_are_the_most_of_any_request(clock):
    effort = Effort(10)
    for tries in (1, 2, 3, 1):
        effort.tried(tries)
    assert (effort.attempts, effort.requests, effort.logins) == (3, 4, 0)


def test_an_open_gate_lets_through(clock):
    Gate().wait(Effort(1))
    assert clock.slept == []


def test_the_longest_closing_counts(clock):
    gate, effort = Gate(), Effort(100)
    gate.close(20)
    gate.close(5)
    gate.wait(effort)
    assert clock.slept == [20]
    gate.wait(effort)
    assert clock.slept == [20]


def test_a_gate_that_is_closed_again_meanwhile(clock, monkeypatch):
    gate, effort, slept = Gate(), Effort(100), []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds
        if len(slept) == 1:
            gate.close(7)

    monkeypatch.setattr(clock, "sleep", sleep)
    gate.close(20)
    gate.wait(effort)
    assert slept == [pytest.approx(20), pytest.approx(7)]


def test_a_gate_that_opens_after_the_deadline(clock):
    gate = Gate()
    gate.close(20)
    with pytest.raises(ApiError) as caught:
        gate.wait(Effort(20))
    assert (caught.value.code, caught.value.executed) == ("rate_limited", False)
    assert "20 s" in caught.value.msg
