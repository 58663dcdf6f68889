# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redirects, what the environment may and may not change, and the connection."""

from __future__ import annotations

import typing as t
from pathlib import Path

import certifi
import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http import retry
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.http.exchange import Request
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.plugins.module_utils.version import VERSION
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.http.calls import (
    SECRET,
    failure,
    make,
    read,
    write,
)


@pytest.fixture
def wire(api: Script) -> Transport:
    return make()


# -- redirects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_a_redirect_on_the_same_server(api, wire, deadline, status):
    api.expect("GET", "auth", query={"password": SECRET}).raw(b"", status, Location="/v8/auth?other=1")
    api.expect("GET", "/v8/auth", only_query={"password": SECRET}).json({"ok": 1})
    assert wire.send(read(), deadline).path == "/v8/auth"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/api",
        "http://ppp-admin.mobsted.com/api",
        "https://ppp-admin.mobsted.com:8443/",
        "//evil.example/x",
    ],
)
def test_credentials_never_follow_to_another_server(api, wire, deadline, location):
    api.expect("GET", "auth").raw(b"", 302, Location=location)
    error = failure(lambda: wire.send(read(), deadline))
    assert (error.code, error.executed, error.status) == ("invalid_response", False, 302)
    assert "redirect to another server" in error.msg


def test_a_redirect_to_something_that_is_no_address(api, wire, deadline):
    api.expect("GET", "auth").raw(b"", 302, Location="https://[::1")
    assert failure(lambda: wire.send(read(), deadline)).code == "invalid_response"


def test_a_redirect_in_a_circle_ends(api, wire, deadline):
    for _hop in range(4):
        api.expect("GET", "auth").raw(b"", 302, Location="/api/v8/auth")
    error = failure(lambda: wire.send(read(), deadline))
    assert error.code == "invalid_response"
    assert "redirects in a loop" in error.msg


def test_a_write_never_follows_a_redirect(api, wire, deadline):
    api.expect("POST", "partners").raw(b"", 307, Location="/api/v8/partners2")
    response = wire.send(write(), deadline)
    assert response.status == 307
    assert response.error().executed is None
    assert "a redirect, which is not followed" in response.error().msg


def test_a_redirect_without_a_target_is_a_response(api, wire, deadline):
    api.expect("GET", "auth").raw(b"", 302)
    assert wire.send(read(), deadline).status == 302


# -- what the environment may and may not change ----------------------------------------------------------------------


@pytest.fixture
def bundles(tmp_path, monkeypatch):
    """Return the CA bundles of an option and of two environment variables."""
    made = {name: tmp_path / name for name in ("option", "requests", "curl")}
    for path in made.values():
        path.write_bytes(Path(certifi.where()).read_bytes())
    return {name: str(path) for name, path in made.items()}


def verified(api: Script, **options: t.Any) -> t.Any:
    api.expect("GET", "auth").json({})
    make(**options).send(read(), Deadline(10))
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


def test_a_netrc_file_does_not_replace_the_token(api, wire, deadline, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine ppp-admin.mobsted.com login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    api.expect("POST", "partners", headers={"Authorization": f"Bearer {SECRET}"}).json({})
    wire.send(write(), deadline)


def test_cookies_are_not_kept(api, wire, deadline):
    api.expect("GET", "auth").json({}, Set_Cookie="session=abc; Path=/")
    api.expect("GET", "auth", headers={"Cookie": None}).json({})
    wire.send(read(), deadline)
    wire.send(read(), deadline)


def test_what_every_request_carries(api, wire, deadline):
    headers = {"User-Agent": f"partnerops.saas/{VERSION}", "Accept": "application/json"}
    api.expect("GET", "auth", headers=headers).json({})
    wire.send(read(), deadline)
    assert api.options[0]["stream"] is True


def test_names_below_localhost_are_loopback(api, deadline):
    wire = Transport("http://acme-admin.localhost:8080", timeout=9, retries=0, validate_certs=True, ca_path=None)
    expected = {"Host": "acme-admin.localhost:8080"}
    api.expect("GET", "/x", headers=expected, host="http://127.0.0.1:8080").json({})
    wire.send(lambda: Request("GET", "http://acme-admin.localhost:8080/x", safe=True), deadline)


# -- the connection ---------------------------------------------------------------------------------------------------


def test_a_bundle_without_certificates_is_refused_before_anything_is_sent(tmp_path):
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("no certificates")
    error = failure(lambda: make(ca_path=str(bundle)))
    assert error.code == "invalid_input"
    assert "which contains no certificates" in error.msg


@pytest.mark.parametrize(
    ("proxy", "said"),
    [("socks5://127.0.0.1:1", "the proxy of ALL_PROXY"), ("http://", "the proxy of ALL_PROXY"), ("foo://x:1", "proxy")],
)
def test_a_proxy_that_can_not_be_used_means_not_executed(deadline, monkeypatch, proxy, said):
    monkeypatch.setenv("ALL_PROXY", proxy)
    error = failure(lambda: make(retries=0).send(write(), deadline))
    assert (error.code, error.executed) == ("unreachable", False)
    assert said in error.msg


def test_a_header_that_cannot_be_sent(api, wire, deadline):
    request = Request("GET", HOST + "/x", headers={"Authorization": "Bearer a\nb"}, safe=True)
    error = failure(lambda: wire.send(lambda: request, deadline))
    assert (error.code, error.executed) == ("invalid_input", False)


def test_closing(api, wire, monkeypatch):
    closings: list[int] = []
    monkeypatch.setattr(wire.session, "close", lambda: closings.append(1))
    wire.close()
    assert closings == [1]


def test_back_off_doubles_is_jittered_and_bounded():
    waits = [[retry.backoff(n) for _time in range(50)] for n in (1, 2, 3, 20)]
    for n, low in enumerate((0.25, 0.5, 1.0, 7.5)):
        assert all(low <= wait <= 2 * low for wait in waits[n])
        assert len(set(waits[n])) > 1
