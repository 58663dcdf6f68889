# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The deadline of one resource, and the rate limit that pauses all threads of an account."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline, RateLimit


def test_what_is_left(clock):
    deadline = Deadline(30)
    assert deadline.left() == 30
    clock.pass_by(29)
    assert deadline.left() == pytest.approx(1)
    clock.pass_by(2)
    assert deadline.left() == 0


def test_sleeping_never_goes_beyond_the_deadline(clock):
    deadline = Deadline(10)
    assert deadline.sleep(9) is True
    assert deadline.sleep(1) is False  # would wake up at the deadline, with no time left for a request
    assert clock.slept == [9]


def test_attempts_are_the_most_of_any_request(clock):
    deadline = Deadline(10)
    for tries in (1, 2, 3, 1):
        deadline.tried(tries)
    assert (deadline.attempts, deadline.requests, deadline.logins) == (3, 4, 0)


def test_an_open_gate_lets_through(clock):
    RateLimit().wait(Deadline(1))
    assert clock.slept == []


def test_the_longest_closing_counts(clock):
    rate_limit, deadline = RateLimit(), Deadline(100)
    rate_limit.close(20)
    rate_limit.close(5)
    rate_limit.wait(deadline)
    assert clock.slept == [20]
    rate_limit.wait(deadline)
    assert clock.slept == [20]


def test_a_gate_that_is_closed_again_meanwhile(clock, monkeypatch):
    rate_limit, deadline, slept = RateLimit(), Deadline(100), []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds
        if len(slept) == 1:
            rate_limit.close(7)

    monkeypatch.setattr(clock, "sleep", sleep)
    rate_limit.close(20)
    rate_limit.wait(deadline)
    assert slept == [pytest.approx(20), pytest.approx(7)]


def test_a_gate_that_opens_after_the_deadline(clock):
    rate_limit = RateLimit()
    rate_limit.close(20)
    with pytest.raises(ApiError) as caught:
        rate_limit.wait(Deadline(20))
    assert (caught.value.code, caught.value.executed) == ("rate_limited", False)
    assert "20 s" in caught.value.msg
