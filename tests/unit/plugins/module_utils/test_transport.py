# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is retried, what is not, and what a failure says: the table of decision 3 in the architecture, row by row."""

from __future__ import annotations

import threading
import typing as t

import pytest
import requests
import urllib3.exceptions as u3

from ansible_collections.partnerops.saas.plugins.module_utils import transport as module
from ansible_collections.partnerops.saas.plugins.module_utils.effort import Effort
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.transport import Request, Transport
from ansible_collections.partnerops.saas.plugins.module_utils.version import VERSION
from ansible_collections.partnerops.saas.tests.unit.scripted import (
    HOST,
    Script,
    no_connection_in_time,
    read_timeout,
    refused,
    reset,
)

SECRET = "s3cret-in-the-query"


def make(**options: t.Any) -> Transport:
    return Transport(HOST, **{"timeout": 90, "retries": 4, "validate_certs": True, "ca_path": None, **options})


@pytest.fixture
def wire(api: Script) -> Transport:
    return make()


def read(path: str = "/api/v8/auth") -> t.Callable[[], Request]:
    return lambda: Request("GET", HOST + path, params={"password": SECRET}, safe=True)


def write(path: str = "/api/v8/partners") -> t.Callable[[], Request]:
    return lambda: Request("POST", HOST + path, data=b"{}", headers={"Authorization": f"Bearer {SECRET}"})


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert SECRET not in str(caught.value) + repr(caught.value.as_dict())
    assert "{tries}" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


# -- not sent: any method is tried again ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [refused, no_connection_in_time])
@pytest.mark.parametrize("build", [read(), write()])
def test_a_request_that_was_not_sent_is_tried_again(api, wire, spend, clock, build, error):
    request = build()
    path = request.path
    api.expect(request.method, path).fails(error())
    api.expect(request.method, path).fails(error())
    api.expect(request.method, path).json({"ok": 1})
    answer = wire.send(build, spend)
    assert answer.json() == {"ok": 1}
    assert answer.tries == spend.attempts == 3
    assert spend.requests == 3
    assert clock.slept == [0.5, 1.0]  # doubling; the test takes the jitter away


def test_a_request_that_is_never_sent_says_so(api, wire, spend):
    for _try in range(5):
        api.expect("POST", "partners").fails(refused())
    error = failure(lambda: wire.send(write(), spend))
    assert (error.code, error.executed, error.method, error.path) == ("unreachable", False, "POST", "/api/v8/partners")
    assert "Connection refused after 5 tries" in error.msg
    assert "Check api_url" in error.msg


def test_no_connection_in_time(api, spend):
    api.expect("POST", "partners").fails(no_connection_in_time())
    error = failure(lambda: make(retries=0).send(write(), spend))
    assert (error.code, error.executed) == ("timeout", False)
    assert "no connection within 10 s" in error.msg
    assert "tries" not in error.msg


# -- unknown: only a read is tried again ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [reset, read_timeout])
def test_a_read_whose_answer_was_lost_is_sent_again(api, wire, spend, error):
    api.expect("GET", "auth").fails(error())
    api.expect("GET", "auth").json({})
    assert wire.send(read(), spend).status == 200


@pytest.mark.parametrize(("error", "code"), [(reset, "unreachable"), (read_timeout, "timeout")])
def test_a_write_whose_answer_was_lost_is_never_sent_again(api, wire, spend, error, code):
    api.expect("POST", "partners").fails(error())
    found = failure(lambda: wire.send(write(), spend))
    assert (found.code, found.executed) == (code, None)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_read_is_sent_again_after_a_status_that_tells_nothing(api, wire, spend, status):
    api.expect("GET", "auth").html(status)
    api.expect("GET", "auth").json({})
    assert wire.send(read(), spend).status == 200


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_write_is_not_sent_again_after_a_status_that_tells_nothing(api, wire, spend, status):
    api.expect("POST", "partners").html(status)
    answer = wire.send(write(), spend)
    assert answer.status == status
    assert answer.error().executed is None


def test_a_read_that_always_fails_ends_with_the_status(api, spend):
    for _try in range(3):
        api.expect("GET", "auth").json({"message": "maintenance"}, 502)
    error = failure(lambda: make(retries=2).send(read(), spend))
    assert (error.code, error.status, error.message) == ("server_error", 502, "maintenance")
    assert "answered 502 after 3 tries: maintenance" in error.msg


@pytest.mark.parametrize("status", [200, 201, 202, 400, 401, 403, 404, 409, 422, 501])
def test_other_statuses_are_answers(api, wire, spend, status):
    api.expect("GET", "auth").json({}, status)
    assert wire.send(read(), spend).status == status
    assert wire.gate.served == 1


# -- "wait" was said: not executed, any method ------------------------------------------------------------------------


@pytest.mark.parametrize("build", [read("/api/v8/x"), write("/api/v8/x")])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_as_a_number(api, wire, spend, clock, build, status):
    api.expect(build().method, "x").json({}, status, Retry_After="7")
    api.expect(build().method, "x").json({})
    assert wire.send(build, spend).status == 200
    assert clock.slept == [7.0]


def test_retry_after_as_a_date(api, wire, spend, clock):
    api.expect("POST", "partners").json({}, 429, Retry_After=clock.http_date(30))
    api.expect("POST", "partners").json({})
    wire.send(write(), spend)
    assert sum(clock.slept) == pytest.approx(30, abs=1)


def test_429_without_retry_after_backs_off(api, wire, spend, clock):
    api.expect("POST", "partners").json({}, 429)
    api.expect("POST", "partners").json({})
    wire.send(write(), spend)
    assert clock.slept == [1.0]


def test_a_read_waits_as_long_as_a_500_asks_but_not_over_a_minute(api, wire, spend, clock):
    api.expect("GET", "auth").json({}, 500, Retry_After="20")
    api.expect("GET", "auth").json({}, 500, Retry_After="200")
    api.expect("GET", "auth").json({})
    wire.send(read(), spend)
    assert clock.slept == [20.0, 60]


def test_rate_limited_for_longer_than_the_deadline(api, wire, spend, clock):
    api.expect("POST", "partners").json({"error": "slow down"}, 429, Retry_After="301")
    error = failure(lambda: wire.send(write(), spend))
    assert (error.code, error.executed, error.status, error.message) == ("rate_limited", False, 429, "slow down")
    assert "301 s" in error.msg
    assert "'deadline'" in error.msg
    assert clock.slept == []


def test_rate_limited_too_often(api, spend):
    for _try in range(3):
        api.expect("POST", "partners").json({}, 429, Retry_After="1")
    error = failure(lambda: make(retries=2).send(write(), spend))
    assert error.code == "rate_limited"
    assert "after 3 tries" in error.msg


def test_being_unlucky_is_not_being_stuck(api, spend):
    """While others of the account are served, a request that is held back again and again goes on."""
    wire = make(retries=1)

    def others_got_on(_request: t.Any) -> bool:
        wire.gate.passed()
        return True

    for _try in range(4):
        api.expect("POST", "partners", when=others_got_on).json({}, 429, Retry_After="1")
    api.expect("POST", "partners").json({})
    assert wire.send(write(), spend).tries == 5


def test_one_refusal_holds_back_every_thread_of_the_account(api, wire, spend, clock):
    api.expect("POST", "partners").json({}, 429, Retry_After="40")
    failure(lambda: wire.send(write(), Effort(10)))  # its own deadline comes first, so nobody is held back
    wire.gate.close(40)
    before = clock.now
    api.expect("GET", "auth").json({})
    done = threading.Thread(target=wire.send, args=(read(), spend), daemon=True)
    done.start()
    done.join(10)
    assert len(api.seen) == 2
    assert clock.now - before == pytest.approx(40)


def test_a_closed_gate_beyond_the_deadline_sends_nothing(api, wire, clock):
    wire.gate.close(40)
    error = failure(lambda: wire.send(write(), Effort(10)))
    assert (error.code, error.executed) == ("rate_limited", False)
    assert "Nothing was sent" in error.msg


# -- the deadline -----------------------------------------------------------------------------------------------------


def test_the_deadline_bounds_one_answer(api, wire, clock):
    api.expect("GET", "auth").after(60)
    start = clock.now
    error = failure(lambda: wire.send(read(), Effort(20)))
    assert (error.code, error.executed) == ("timeout", None)
    assert clock.now - start <= 20
    assert api.options[0]["timeout"] == (10.0, pytest.approx(20))


def test_the_timeout_bounds_one_answer(api, clock):
    api.expect("POST", "partners").after(60)
    error = failure(lambda: make(timeout=5).send(write(), Effort(300)))
    assert error.code == "timeout"
    assert "no whole answer within 5 s" in error.msg
    assert api.options[0]["timeout"] == (5, 5)


def test_the_deadline_ends_the_retries(api, wire, clock):
    for _try in range(3):  # 0.5 and 1 s of pause; the third pause of 2 s does not fit any more
        api.expect("GET", "auth").fails(refused())
    failure(lambda: wire.send(read(), Effort(2)))


def test_nothing_is_sent_after_the_deadline(api, wire, clock):
    late = Effort(5)
    clock.pass_by(6)
    error = failure(lambda: wire.send(write(), late))
    assert (error.code, error.executed) == ("timeout", False)
    assert "was not sent" in error.msg


# -- the body ---------------------------------------------------------------------------------------------------------


def test_an_endless_body_is_cut_off(api, spend, monkeypatch):
    monkeypatch.setattr(module, "SIZE_LIMIT", 1024 * 1024)
    api.expect("POST", "partners").raw(b"x" * (1024 * 1024 + 1))
    error = failure(lambda: make().send(write(), spend))
    assert (error.code, error.executed) == ("invalid_response", None)
    assert "more than 1 MiB" in error.msg


def test_a_body_of_just_the_limit_is_read(api, wire, spend, monkeypatch):
    monkeypatch.setattr(module, "SIZE_LIMIT", 100_000)
    api.expect("GET", "auth").raw(b"x" * 100_000)
    assert len(wire.send(read(), spend).body) == 100_000


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
def test_answers_that_break_off(api, spend, cause, code, executed):
    api.expect("POST", "partners").fails(cause)
    error = failure(lambda: make().send(write(), spend))
    assert (error.code, error.executed) == (code, executed)


def test_a_connection_that_another_thread_closed_was_not_used(api, spend):
    closed = requests.ConnectionError(u3.ClosedPoolError(None, "Pool is closed."))  # type: ignore[arg-type]
    api.expect("POST", "partners").fails(closed)
    api.expect("POST", "partners").json({})
    assert make().send(write(), spend).status == 200


# -- redirects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_a_redirect_on_the_same_server(api, wire, spend, status):
    api.expect("GET", "auth", query={"password": SECRET}).raw(b"", status, Location="/v8/auth?other=1")
    api.expect("GET", "/v8/auth", only_query={"password": SECRET}).json({"ok": 1})
    assert wire.send(read(), spend).path == "/v8/auth"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/api",
        "http://ppp-admin.mobsted.com/api",
        "https://ppp-admin.mobsted.com:8443/",
        "//evil.example/x",
    ],
)
def test_credentials_never_follow_to_another_server(api, wire, spend, location):
    api.expect("GET", "auth").raw(b"", 302, Location=location)
    error = failure(lambda: wire.send(read(), spend))
    assert (error.code, error.executed, error.status) == ("invalid_response", False, 302)
    assert "redirect to another server" in error.msg


def test_a_redirect_to_something_that_is_no_address(api, wire, spend):
    api.expect("GET", "auth").raw(b"", 302, Location="https://[::1")
    assert failure(lambda: wire.send(read(), spend)).code == "invalid_response"


def test_a_redirect_in_a_circle_ends(api, wire, spend):
    for _hop in range(4):
        api.expect("GET", "auth").raw(b"", 302, Location="/api/v8/auth")
    error = failure(lambda: wire.send(read(), spend))
    assert error.code == "invalid_response"
    assert "circle" in error.msg


def test_a_write_never_follows_a_redirect(api, wire, spend):
    api.expect("POST", "partners").raw(b"", 307, Location="/api/v8/partners2")
    answer = wire.send(write(), spend)
    assert answer.status == 307
    assert answer.error().executed is None
    assert "a redirect, which is not followed" in answer.error().msg


def test_a_redirect_without_a_target_is_an_answer(api, wire, spend):
    api.expect("GET", "auth").raw(b"", 302)
    assert wire.send(read(), spend).status == 302


# -- what the environment may and may not change ----------------------------------------------------------------------


@pytest.fixture
def bundles(tmp_path, monkeypatch):
    """The CA bundles of an option and of two environment variables."""
    made = {name: tmp_path / name for name in ("option", "requests", "curl")}
    for path in made.values():
        path.write_text("certificates")
    return {name: str(path) for name, path in made.items()}


def verified(api: Script, **options: t.Any) -> t.Any:
    api.expect("GET", "auth").json({})
    make(**options).send(read(), Effort(10))
    return api.options[-1]["verify"]


def test_certificates_are_verified(api):
    assert verified(api) is True


def test_ca_path_wins_over_the_environment(api, bundles, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundles["requests"])
    monkeypatch.setenv("CURL_CA_BUNDLE", bundles["curl"])
    assert verified(api, ca_path=bundles["option"]) == bundles["option"]
    assert verified(api) == bundles["requests"]
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert verified(api) == bundles["curl"]


def test_validate_certs_false_wins_over_everything(api, bundles, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundles["requests"])
    assert verified(api, validate_certs=False, ca_path=bundles["option"]) is False


@pytest.mark.parametrize(("option", "names"), [(True, "ca_path"), (False, "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE")])
def test_a_bundle_that_is_not_there(tmp_path, monkeypatch, option, names):
    missing = str(tmp_path / "missing.pem")
    monkeypatch.setenv("CURL_CA_BUNDLE", missing)
    error = failure(lambda: make(ca_path=missing if option else None))
    assert error.code == "invalid_input"
    assert error.msg.startswith(names)
    assert missing in error.msg


def test_proxies_of_the_environment_are_used(api, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    verified(api)
    assert api.options[0]["proxies"]["https"] == "http://proxy.example:3128"


def test_no_proxy_is_respected(api, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "mobsted.com")
    verified(api)
    assert not api.options[0]["proxies"].get("https")


def test_a_netrc_file_does_not_replace_the_token(api, wire, spend, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine ppp-admin.mobsted.com login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    api.expect("POST", "partners", headers={"Authorization": f"Bearer {SECRET}"}).json({})
    wire.send(write(), spend)


def test_cookies_are_not_kept(api, wire, spend):
    api.expect("GET", "auth").json({}, Set_Cookie="session=abc; Path=/")
    api.expect("GET", "auth", headers={"Cookie": None}).json({})
    wire.send(read(), spend)
    wire.send(read(), spend)


def test_what_every_request_carries(api, wire, spend):
    headers = {"User-Agent": f"partnerops.saas/{VERSION}", "Accept": "application/json"}
    api.expect("GET", "auth", headers=headers).json({})
    wire.send(read(), spend)
    assert api.options[0]["stream"] is True


def test_names_below_localhost_are_loopback(api, spend):
    wire = Transport("http://acme-admin.localhost:8080", timeout=9, retries=0, validate_certs=True, ca_path=None)
    expected = {"Host": "acme-admin.localhost:8080"}
    api.expect("GET", "/x", headers=expected, host="http://127.0.0.1:8080").json({})
    wire.send(lambda: Request("GET", "http://acme-admin.localhost:8080/x", safe=True), spend)


# -- the connection ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("idle", "closed"), [(3, 0), (5, 1)])
def test_a_write_gets_a_new_connection_after_a_pause(api, wire, spend, clock, monkeypatch, idle, closed):
    """A server may close an idle connection at the very moment of the write, which would leave its outcome unknown."""
    closings: list[int] = []
    monkeypatch.setattr(wire.session, "close", lambda: closings.append(1))
    api.expect("GET", "auth").json({})
    api.expect("POST", "partners").json({})
    wire.send(read(), spend)
    clock.pass_by(idle)
    wire.send(write(), spend)
    assert len(closings) == closed


def test_a_header_that_cannot_be_sent(api, wire, spend):
    request = Request("GET", HOST + "/x", headers={"Authorization": "Bearer a\nb"}, safe=True)
    error = failure(lambda: wire.send(lambda: request, spend))
    assert (error.code, error.executed) == ("invalid_input", False)


def test_closing(api, wire, monkeypatch):
    closings: list[int] = []
    monkeypatch.setattr(wire.session, "close", lambda: closings.append(1))
    wire.close()
    assert closings == [1]


def test_back_off_doubles_is_jittered_and_bounded():
    waits = [[module._backoff(n) for _time in range(50)] for n in (1, 2, 3, 20)]
    for n, low in enumerate((0.25, 0.5, 1.0, 7.5)):
        assert all(low <= wait <= 2 * low for wait in waits[n])
        assert len(set(waits[n])) > 1
