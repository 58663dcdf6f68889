# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No password and no token reaches a host that nobody named, whether by a redirect, a record or a proxy."""

from __future__ import annotations

import typing as t
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import TenantRecord
from ansible_collections.partnerops.saas.tests.support.driver import connection, run

OLD = "owner@acme.example"
APP = {"name": "Store", "website_url": "https://store.acme.example", "tenant": OLD}
QUICK: dict[str, t.Any] = {"retries": 0, "settle": 0, "deadline": 5, "timeout": 5}


@pytest.fixture
def trap(simulator: t.Any) -> t.Iterator[t.Any]:
    """Yield another partner's world, where nothing must arrive."""
    with simulator.world() as made:
        yield made
        assert made.log() == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", ["/api/v8/auth", "/api/v8/object", "/api/v8/partners"])
def test_no_redirect_leads_to_another_host(world: t.Any, trap: t.Any, status: int, path: str) -> None:
    elsewhere = trap.mobsted_url.replace("127.0.0.1", "localhost")
    world.fault("redirect", status=status, location=f"{elsewhere}{path}", path=path, times=None)
    result = run("mobsted_tenant", {**connection(world, **QUICK), "email": OLD})
    assert result["failed"]
    assert result["failure"]["code"] in ("invalid_response", "unknown_outcome")
    assert urlsplit(elsewhere).path not in result["msg"]
    assert len(world.log(path=path)) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_write_follows_no_redirect_on_its_own_host_either(world: t.Any, status: int) -> None:
    location = f"{world.mobsted_url}/api/v8/partners/"
    world.fault("redirect", status=status, location=location, method="POST", path="/api/v8/partners", times=None)
    result = run("mobsted_tenant", {**connection(world, **QUICK), "email": OLD})
    assert result["failure"]["code"] == "unknown_outcome"
    assert world.log(path="/api/v8/partners/") == []
    assert len(world.log(method="POST")) == 1


#: Records of tenants in app ID 1, good and bad, for a master account with plain http on loopback.
RECORDS: list[dict[str, t.Any]] = [
    {"url": "http://evil.example/w"},
    {"url": "https://evil.example"},
    {"url": "//evil.example"},
    {"url": "ftp://127.0.0.1/"},
    {"url": "javascript:alert(1)"},
    {"url": "http://127.0.0.1:1"},
    {"url": "http://user:word@127.0.0.1:{port}/w"},
    {"url": "http://127.0.0.1:{port}@evil.example/"},
    {"url": "http://127.0.0.1:{port}\\@evil.example/"},
    {"url": "http://127.0.0.1:{port}#@evil.example/"},
    {"url": "http://127.0.0.1:{port}?x=@evil.example/"},
    {"url": "http://127.0.0.1:{port}\n.evil.example"},
    {"url": "http://127.0.0.1%2eevil.example"},
    {"url": "http://127.0.0.1.evil.example:{port}"},
    {"url": "http://127.0.0.1\u3002evil.example"},
    {"url": "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3.evil.example"},
    {"url": "http://[::ffff:10.0.0.1]/"},
    {"url": None, "TenantName": "evil.example/x", "ServerName": "127.0.0.1:{port}"},
    {"url": None, "TenantName": "x@evil", "ServerName": "example"},
    {"url": None, "TenantName": "a", "ServerName": "evil.example/.mobsted.com"},
    {"url": None, "TenantName": "a", "ServerName": "evil.example?"},
    {"url": None, "TenantName": "a", "ServerName": "user@evil.example"},
    {"url": None, "TenantName": "a", "ServerName": "evil"},
    {"url": None, "TenantName": "../a", "ServerName": "evil.example"},
    {"url": None, "TenantName": None, "ServerName": None},
]


@pytest.mark.parametrize("columns", RECORDS, ids=lambda columns: ascii(columns)[:60])
@pytest.mark.parametrize("module", ["mobsted_pwa_app", "mobsted_fleet"])
def test_no_record_leads_to_another_host(world: t.Any, trap: t.Any, columns: dict[str, t.Any], module: str) -> None:
    port = urlsplit(world.mobsted_url).port
    world.do("tenant_add", email=OLD)
    changed = {key: value.replace("{port}", str(port)) if value else value for key, value in columns.items()}
    world.do("tenant_edit", email=OLD, attributes=changed)
    args = {"tenants": [{"email": OLD, "apps": [{key: APP[key] for key in ("name", "website_url")}]}]}
    args = APP if module == "mobsted_pwa_app" else args  # type: ignore[assignment]
    result = run(module, {**connection(world, **QUICK), **args})
    assert result["failed"]
    assert result["failure"]["code"] == "invalid_response", result["msg"]
    assert OLD in result["msg"]
    assert {entry["kind"] for entry in world.log()} == {"master"}


#: The same for a master account on the internet: URL, server, whether a password may be sent there.
INTERNET: list[tuple[str | None, str | None, bool]] = [
    ("https://a23-admin.mobsted.com", "mobsted.com", True),
    ("https://a23-admin.mobsted.com/", "mobsted.com", True),
    ("https://a23-admin.mobsted.com/api/v8", "mobsted.com", True),
    ("https://A23-Admin.Mobsted.com", "mobsted.com", True),
    ("https://a_b-admin.mobsted.com", "mobsted.com", True),
    ("https://a23-admin.partner.example", "partner.example", True),
    (None, "mobsted.com", True),
    ("https://a23-admin.mobsted.com", None, True),
    ("https://a23-admin.mobsted.com:443", "mobsted.com", True),
    ("https://a23-admin.mobsted.com:8443", "mobsted.com", False),
    ("http://a23-admin.mobsted.com", "mobsted.com", False),
    ("https://a23-admin.mobsted.com.evil.example", "mobsted.com", False),
    ("https://evilmobsted.com", "mobsted.com", False),
    ("https://evil.example", None, False),
    ("https://evil.example", "com", False),
    ("https://evil.example", "example", False),
    ("https://evil.example", "", False),
    ("https://localhost", "localhost", False),
    ("http://127.0.0.1:8080", "127.0.0.1:8080", False),
    ("https://a:b@a23-admin.mobsted.com", "mobsted.com", False),
    ("https://evil.example\\.mobsted.com", "mobsted.com", False),
    ("https://evil.example#.mobsted.com", "mobsted.com", False),
    ("https://evil.example?.mobsted.com", "mobsted.com", False),
    ("https://m\u043ebsted.com", "mobsted.com", False),
]


@pytest.mark.parametrize(("url", "server", "good"), INTERNET)
def test_where_a_password_may_be_sent(url: str | None, server: str | None, good: bool) -> None:
    record = TenantRecord(id="7", email=OLD, url=url, server=server, name="a23", addresses=(OLD,))
    if good:
        assert (record.trusted_base("https://ppp-admin.mobsted.com") or "").startswith("https://")
        return
    with pytest.raises(ApiError) as caught:
        record.trusted_base("https://ppp-admin.mobsted.com")
    assert caught.value.code == "invalid_response"


def test_a_netrc_replaces_no_token(world: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("default login evil password word\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    result = run("mobsted_tenant", {**connection(world, **QUICK), "email": OLD})
    assert not result.get("failed"), result
    assert {entry["headers"].get("authorization", "Bearer")[:6] for entry in world.log()} == {"Bearer"}


def test_no_cookie_is_kept(world: t.Any) -> None:
    world.fault("status", status=404, headers={"Set-Cookie": "session=1; Path=/"}, path="/api/v8/object")
    run("mobsted_tenant", {**connection(world, **QUICK), "email": OLD})
    assert not any("cookie" in entry["headers"] for entry in world.log())


def test_the_password_of_a_proxy_is_not_told(world: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://user:pr0xy-word@127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    result = run("mobsted_tenant", {**connection(world, **QUICK), "email": OLD})
    assert result["failure"]["code"] == "unreachable"
    assert "proxy" in result["msg"]
    assert "pr0xy-word" not in repr(result)
    assert world.log() == []


@pytest.mark.parametrize(
    "value", ["9" * 400, "999999999", "-5", "nan", "inf", "1e400", "soon", "Wed, 99 Foo 2026", "\u0661", "0x10", " "]
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_hostile_retry_after(world: t.Any, value: str, status: int) -> None:
    header = {"Retry-After": value.encode().decode("latin-1")}
    world.fault("status", status=status, headers=header, path="/api/v8/partners", times=None)
    result = run("mobsted_tenant", {**connection(world, **{**QUICK, "deadline": 3, "retries": 1}), "email": OLD})
    assert result["failure"]["code"] in ("rate_limited", "unknown_outcome")
    # A 503 may have been executed, so it is never sent again. A 429 was not; only the deadline ends that.
    assert len(world.log(path="/api/v8/partners")) <= (1 if status == 503 else 4)
    assert world.state()["tenants"] == []


def test_names_of_all_kinds_stay_values(world: t.Any) -> None:
    """In the form, the query and JSON, a name arrives as it is, whatever it contains."""
    world.do("tenant_add", email=OLD)
    for name in (
        'x"; filename="evil.sh',
        "a&b=c%41",
        "{{ 7 * 7 }}",
        "--boundary",
        "\u202e\u05e9\u05dc\u05d5\u05dd",
        "%n%s",
    ):
        given = {**connection(world, **QUICK), **APP, "name": name, "description": '"\r\n\r\n--x\r\nname="icon"'}
        assert run("mobsted_pwa_app", given)["changed"]
        sent = world.log(method="POST")[-1]["body"]
        assert sent["fields"]["name"] == name
        assert sent["files"] == {}
        assert run("mobsted_pwa_app", given)["changed"] is False
    for email in ("o'brien+a&b=c%41@acme.example", "{{x}}@acme.example", "#{y}!@acme.example"):
        assert run("mobsted_tenant", {**connection(world, **QUICK), "email": email})["changed"]
        assert world.log(method="POST")[-1]["body"] == {"email": email}
