# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is retried, what is not, and what the failure says, case by case."""

from __future__ import annotations

import threading
import typing as t

import pytest
import requests
import urllib3.exceptions as u3

from ansible_collections.partnerops.saas.plugins.module_utils.http import transport as module
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.tests.support.scripted import (
    Script,
    no_connection_in_time,
    read_timeout,
    refused,
    reset,
)
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.http.calls import failure, make, read, write


@pytest.fixture
def wire(api: Script) -> Transport:
    return make()


# -- not sent: any method is retried ----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [refused, no_connection_in_time])
@pytest.mark.parametrize("build", [read(), write()])
def test_a_request_that_was_not_sent_is_tried_again(api, wire, deadline, clock, build, error):
    request = build()
    path = request.path
    api.expect(request.method, path).fails(error())
    api.expect(request.method, path).fails(error())
    api.expect(request.method, path).json({"ok": 1})
    response = wire.send(build, deadline)
    assert response.json() == {"ok": 1}
    assert response.tries == deadline.attempts == 3
    assert deadline.requests == 3
    assert clock.slept == [0.5, 1.0]  # doubling; the clock fixture removes the jitter


def test_a_request_that_is_never_sent_says_so(api, wire, deadline):
    for _try in range(5):
        api.expect("POST", "partners").fails(refused())
    error = failure(lambda: wire.send(write(), deadline))
    assert (error.code, error.executed, error.method, error.path) == ("unreachable", False, "POST", "/api/v8/partners")
    assert "failed after 5 tries: Connection refused" in error.msg
    assert "Check api_url" in error.msg


def test_no_connection_in_time(api, deadline):
    api.expect("POST", "partners").fails(no_connection_in_time())
    error = failure(lambda: make(retries=0).send(write(), deadline))
    assert (error.code, error.executed) == ("timeout", False)
    assert "no connection within 10 s" in error.msg
    assert "tries" not in error.msg


# -- unknown outcome: only a read is retried --------------------------------------------------------------------------


@pytest.mark.parametrize("error", [reset, read_timeout])
def test_a_read_whose_response_was_lost_is_sent_again(api, wire, deadline, error):
    api.expect("GET", "auth").fails(error())
    api.expect("GET", "auth").json({})
    assert wire.send(read(), deadline).status == 200


@pytest.mark.parametrize(("error", "code"), [(reset, "unreachable"), (read_timeout, "timeout")])
def test_a_write_whose_response_was_lost_is_never_sent_again(api, wire, deadline, error, code):
    api.expect("POST", "partners").fails(error())
    found = failure(lambda: wire.send(write(), deadline))
    assert (found.code, found.executed) == (code, None)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_read_is_sent_again_after_a_status_that_proves_nothing(api, wire, deadline, status):
    api.expect("GET", "auth").html(status)
    api.expect("GET", "auth").json({})
    assert wire.send(read(), deadline).status == 200


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_write_is_not_sent_again_after_a_status_that_proves_nothing(api, wire, deadline, status):
    api.expect("POST", "partners").html(status)
    response = wire.send(write(), deadline)
    assert response.status == status
    assert response.error().executed is None


def test_a_read_that_always_fails_ends_with_the_status(api, deadline):
    for _try in range(3):
        api.expect("GET", "auth").json({"message": "maintenance"}, 502)
    error = failure(lambda: make(retries=2).send(read(), deadline))
    assert (error.code, error.status, error.message) == ("server_error", 502, "maintenance")
    assert "returned 502 after 3 tries: maintenance" in error.msg


@pytest.mark.parametrize("status", [200, 201, 202, 400, 401, 403, 404, 409, 422, 501])
def test_other_statuses_are_responses(api, wire, deadline, status):
    api.expect("GET", "auth").json({}, status)
    assert wire.send(read(), deadline).status == status
    assert wire.rate_limit.served == 1


# -- told to wait: not executed, any method is retried ----------------------------------------------------------------


@pytest.mark.parametrize("build", [read("/api/v8/x"), write("/api/v8/x")])
def test_retry_after_as_a_number(api, wire, deadline, clock, build):
    api.expect(build().method, "x").json({}, 429, Retry_After="7")
    api.expect(build().method, "x").json({})
    assert wire.send(build, deadline).status == 200
    assert clock.slept == [7.0]


def test_retry_after_as_a_date(api, wire, deadline, clock):
    api.expect("POST", "partners").json({}, 429, Retry_After=clock.http_date(30))
    api.expect("POST", "partners").json({})
    wire.send(write(), deadline)
    assert sum(clock.slept) == pytest.approx(30, abs=1)


def test_429_without_retry_after_backs_off(api, wire, deadline, clock):
    api.expect("POST", "partners").json({}, 429)
    api.expect("POST", "partners").json({})
    wire.send(write(), deadline)
    assert clock.slept == [1.0]


def test_a_read_waits_as_long_as_a_500_asks_but_not_over_a_minute(api, wire, deadline, clock):
    api.expect("GET", "auth").json({}, 500, Retry_After="20")
    api.expect("GET", "auth").json({}, 500, Retry_After="200")
    api.expect("GET", "auth").json({})
    wire.send(read(), deadline)
    assert clock.slept == [20.0, 60]


def test_rate_limited_for_longer_than_the_deadline(api, wire, deadline, clock):
    api.expect("POST", "partners").json({"error": "slow down"}, 429, Retry_After="301")
    error = failure(lambda: wire.send(write(), deadline))
    assert (error.code, error.executed, error.status, error.message) == ("rate_limited", False, 429, "slow down")
    assert "301 s" in error.msg
    assert "'deadline'" in error.msg
    assert clock.slept == []


def test_only_the_deadline_ends_the_waiting(api):
    for _try in range(3):
        api.expect("POST", "partners").json({}, 429, Retry_After="4")
    error = failure(lambda: make(retries=0).send(write(), Deadline(10)))
    assert error.code == "rate_limited"
    assert "after 3 tries" in error.msg


@pytest.mark.parametrize("value", ["0", "0.001", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
def test_a_pause_is_never_shorter_than_the_back_off(api, wire, deadline, clock, value):
    for _try in range(3):
        api.expect("POST", "partners").json({}, 429, Retry_After=value)
    api.expect("POST", "partners").json({})
    wire.send(write(), deadline)
    assert clock.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("headers", [{}, {"Retry_After": "7"}])
def test_a_write_that_got_503_is_not_sent_again_and_the_next_look_waits(api, wire, deadline, clock, headers):
    api.expect("POST", "partners").json({}, 503, **headers)
    response = wire.send(write(), deadline)
    assert (response.status, response.error().executed) == (503, None)
    api.expect("GET", "auth").json({})
    wire.send(read(), deadline)
    assert clock.slept == ([7.0] if headers else [])


@pytest.mark.parametrize("status", [507, 509, 520, 522, 524, 530, 598, 599, 499])
def test_other_statuses_of_proxies_are_retried_for_a_read(api, wire, deadline, status):
    api.expect("GET", "auth").json({}, status)
    api.expect("GET", "auth").json({})
    assert wire.send(read(), deadline).status == 200


@pytest.mark.parametrize("status", [501, 505, 511])
def test_statuses_that_no_second_try_changes(api, wire, deadline, status):
    api.expect("GET", "auth").json({}, status)
    assert wire.send(read(), deadline).status == status


def test_a_read_that_is_refused_twice_in_the_same_words_is_not_retried_further(api, wire, deadline):
    for _try in range(2):
        api.expect("GET", "auth").raw(b"only bc user could do this", 500)
    error = failure(lambda: wire.send(read(), deadline))
    assert (error.code, error.message) == ("server_error", "only bc user could do this")


def test_a_proxy_that_wants_a_login(api, wire, deadline):
    api.expect("GET", "auth").html(407)
    error = failure(lambda: wire.send(read(), deadline))
    assert (error.code, error.executed) == ("unreachable", False)
    assert "wants a login (407)" in error.msg


def test_being_unlucky_is_not_being_stuck(api, deadline):
    """While other requests of the account get through, one that is refused repeatedly is tried again."""
    wire = make(retries=1)

    def others_got_on(_request: t.Any) -> bool:
        wire.rate_limit.passed()
        return True

    for _try in range(4):
        api.expect("POST", "partners", when=others_got_on).json({}, 429, Retry_After="1")
    api.expect("POST", "partners").json({})
    assert wire.send(write(), deadline).tries == 5


def test_one_refusal_holds_back_every_thread_of_the_account(api, wire, deadline, clock):
    api.expect("POST", "partners").json({}, 429, Retry_After="40")
    failure(lambda: wire.send(write(), Deadline(10)))  # its own deadline comes first, so no other thread is paused
    wire.rate_limit.close(40)
    before = clock.now
    api.expect("GET", "auth").json({})
    done = threading.Thread(target=wire.send, args=(read(), deadline), daemon=True)
    done.start()
    done.join(10)
    assert len(api.seen) == 2
    assert clock.now - before == pytest.approx(40)


def test_a_closed_gate_beyond_the_deadline_sends_nothing(api, wire, clock):
    wire.rate_limit.close(40)
    error = failure(lambda: wire.send(write(), Deadline(10)))
    assert (error.code, error.executed) == ("rate_limited", False)
    assert "Nothing was sent" in error.msg


# -- the deadline -----------------------------------------------------------------------------------------------------


def test_the_deadline_bounds_one_response(api, wire, clock):
    api.expect("GET", "auth").after(60)
    start = clock.now
    error = failure(lambda: wire.send(read(), Deadline(20)))
    assert (error.code, error.executed) == ("timeout", None)
    assert clock.now - start <= 20
    assert api.options[0]["timeout"] == (10.0, pytest.approx(20))


def test_the_timeout_bounds_one_response(api, clock):
    api.expect("POST", "partners").after(60)
    error = failure(lambda: make(timeout=5).send(write(), Deadline(300)))
    assert error.code == "timeout"
    assert "no complete response within 5 s" in error.msg
    assert api.options[0]["timeout"] == (5, 5)


def test_the_deadline_ends_the_retries(api, wire, clock):
    for _try in range(3):  # pauses of 0.5 and 1 s; a third one of 2 s does not fit
        api.expect("GET", "auth").fails(refused())
    failure(lambda: wire.send(read(), Deadline(2)))


def test_nothing_is_sent_after_the_deadline(api, wire, clock):
    late = Deadline(5)
    clock.pass_by(6)
    error = failure(lambda: wire.send(write(), late))
    assert (error.code, error.executed) == ("timeout", False)
    assert "was not sent" in error.msg


# -- the body ---------------------------------------------------------------------------------------------------------


def test_an_endless_body_is_cut_off(api, deadline, monkeypatch):
    monkeypatch.setattr(module, "SIZE_LIMIT", 1024 * 1024)
    api.expect("POST", "partners").raw(b"x" * (1024 * 1024 + 1))
    error = failure(lambda: make().send(write(), deadline))
    assert (error.code, error.executed) == ("invalid_response", None)
    assert "more than 1 MiB" in error.msg


def test_a_body_of_just_the_limit_is_read(api, wire, deadline, monkeypatch):
    monkeypatch.setattr(module, "SIZE_LIMIT", 100_000)
    api.expect("GET", "auth").raw(b"x" * 100_000)
    assert len(wire.send(read(), deadline).body) == 100_000


@pytest.mark.parametrize(
    ("cause", "code", "executed"),
    [
        (
            requests.exceptions.ChunkedEncodingError(u3.ProtocolError("x", u3.IncompleteRead(3, 5))),
            "invalid_response",
            None,
        ),
        (requests.exceptions.ContentDecodingError(u3.DecodeError("gzip")), "invalid_response", None),
        (requests.exceptions.ChunkedEncodingError(u3.ProtocolError("x", ConnectionResetError())), "unreachable", None),
        (OSError("odd"), "unreachable", None),
    ],
)
def test_responses_that_break_off(api, deadline, cause, code, executed):
    api.expect("POST", "partners").fails(cause)
    error = failure(lambda: make().send(write(), deadline))
    assert (error.code, error.executed) == (code, executed)


def test_a_connection_that_another_thread_closed_was_not_used(api, deadline):
    closed = requests.ConnectionError(u3.ClosedPoolError(None, "Pool is closed."))  # type: ignore[arg-type]
    api.expect("POST", "partners").fails(closed)
    api.expect("POST", "partners").json({})
    assert make().send(write(), deadline).status == 200
