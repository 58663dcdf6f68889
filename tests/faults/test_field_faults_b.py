# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity and local state: faults that users of similar programs have met, each with the right value.

``ELSEWHERE`` names the tests of the faults that have their own place.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import CODES
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.run import locks
from ansible_collections.partnerops.saas.plugins.module_utils.vendors import VENDORS
from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import read_state
from ansible_collections.partnerops.saas.tests.support.driver import connection, duplicates, run
from ansible_collections.partnerops.saas.tests.support.failures import code_of

pytestmark = pytest.mark.usefixtures("no_waiting")

ROOT = Path(__file__).resolve().parents[1]
UNITS = "unit/plugins/module_utils"
ELSEWHERE = {
    "B2": ("faults/test_field_faults_a.py", "test_b2_one_address_in_two_spellings"),
    "B5": ("integration/test_values.py", "test_what_yaml_changes_is_refused"),
    "B6": (f"{UNITS}/http/test_transport_settings.py", "test_a_proxy_that_can_not_be_used_means_not_executed"),
    "B7": ("unit/plugins/plugin_utils/test_in_process_results.py", "test_two_files_of_one_name_do_not_change_places"),
    "B9": ("faults/test_crashes.py", "test_killed_at_every_event"),
    "B10": ("unit/plugins/plugin_utils/test_credentials_file.py", "test_the_longest_name_of_a_file"),
    "B11": ("unit/plugins/plugin_utils/test_credentials_file.py", "test_a_file_keeps_its_vault_id"),
    "B13": ("integration/test_validate.py", "test_converge_sends_nothing_to_either_vendor"),
    "B15": (f"{UNITS}/mip/operations/test_marketplace.py", "test_tenants_are_listed_once_for_many"),
    "B16": ("property/test_spellings.py", "test_accounts_in_predictions"),
    "B18": (f"{UNITS}/state/test_sqlite_store.py", "test_the_whole_file_is_checked_once_a_run"),
}

EMAIL, SITE, MEMBER = "owner@acme.example", "https://store.acme.example", "m@acme.example"
QUICK = {"retries": 1, "deadline": 6}


def mobsted(world: t.Any, module: str, **more: t.Any) -> dict[str, t.Any]:
    return run(module, {**connection(world), **QUICK, "settle": 0, **more})


def mip(world: t.Any, module: str, ledger: Path, **more: t.Any) -> dict[str, t.Any]:
    return run(module, {**connection(world, "mip"), **QUICK, "ledger_path": str(ledger), **more})


@pytest.mark.parametrize("line", ELSEWHERE)
def test_the_other_lines_have_their_tests(line: str) -> None:
    file, name = ELSEWHERE[line]
    assert f"def {name}(" in (ROOT / file).read_text("utf-8")


# -- B1, B3, B4: who is who --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "declared"),
    [
        ("straße@acme.example", "strasse@acme.example"),
        ("o@straße.example", "o@strasse.example"),
        ("ﬁrma@acme.example", "firma@acme.example"),
        ("ıda@acme.example", "ida@acme.example"),
    ],
)
def test_b1_an_app_never_lands_in_another_clients_account(world: t.Any, there: str, declared: str) -> None:
    world.do("tenant_add", email=there)
    apps = [{"name": "Store", "website_url": SITE}]
    result = mobsted(world, "mobsted_fleet", tenants=[{"email": declared, "apps": apps}])
    assert (code_of(result), result["undeclared"]) == ("ok", [there])
    assert (world.apps(there), [app["name"] for app in world.apps(declared)]) == ([], ["Store"])


@pytest.mark.parametrize("spelled", ["{}/", "{}//", "{}/.", "{}/x/..", "HTTP{rest}", "{head}:{port}/%77/{tail}"])
def test_b3_one_account_in_several_spellings_invites_once(world: t.Any, tmp_path: Path, spelled: str) -> None:
    url, ledger = world.mip_url, tmp_path / "mip" / "ledger"
    head, _colon, rest = url.rpartition(":")
    port, tail = rest.split("/w/")
    other = spelled.format(url, rest=url.removeprefix("http"), head=head, port=port, tail=tail)
    assert mip(world, "mip_member", ledger, marketplace_id=7, email=MEMBER)["changed"] is True
    again = mip(world, "mip_member", ledger, marketplace_id=7, email=MEMBER, api_url=other)
    assert (code_of(again), again["changed"]) == ("ok", False)
    assert len(world.outbox()) == 1


def test_b4_processes_with_their_own_surroundings_create_one_app(
    world: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.do("tenant_add", email=EMAIL)
    world.options(create_ms=300)
    (tmp_path / "var").mkdir()
    monkeypatch.setattr(locks, "PLACES", (str(tmp_path / "var"),))
    children = []
    for number in range(3):
        child = os.fork()
        if not child:
            result: dict[str, t.Any] = {"failed": True}
            try:
                own = tmp_path / str(number)
                own.mkdir()
                os.environ.update(TMPDIR=str(own), HOME=str(own), XDG_STATE_HOME=str(own), XDG_RUNTIME_DIR=str(own))
                result = mobsted(world, "mobsted_pwa_app", tenant=EMAIL, name="Store", website_url=SITE)
            finally:
                os._exit(1 if result.get("failed") else 0)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    assert [app["name"] for app in world.apps(EMAIL)] == ["Store"]


# -- B6, B8, B12, B14: surroundings that fail --------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"])
@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://127.0.0.1:1", "gopher://127.0.0.1:1", "http://["])
def test_b6_a_proxy_that_can_not_be_used_sends_nothing(
    world: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str
) -> None:
    keys = {"api_public_key": world.mip_public_key, "api_private_key": world.mip_private_key, "retries": 0}
    who = {"marketplace_id": 7, "email": MEMBER, **keys}
    with monkeypatch.context() as patch:
        patch.setenv(variable, proxy)
        patch.setenv("no_proxy", "")
        failed = mip(world, "mip_member", tmp_path / "l" / "ledger", **who)
    assert code_of(failed) not in ("ok", "unknown_outcome")
    assert variable in failed["msg"]
    assert world.outbox() == []
    assert mip(world, "mip_member", tmp_path / "l" / "ledger", **who)["changed"] is True
    assert len(world.outbox()) == 1


@pytest.mark.parametrize("keys", [{}, {"api_public_key": "public-key", "api_private_key": "private-key"}])
@pytest.mark.parametrize("host", ["a..b.example", "a" * 64 + ".example", "*.example", "-.", "\N{PILE OF POO}.example"])
def test_b6_a_host_name_that_is_none_sends_nothing(
    world: t.Any, tmp_path: Path, host: str, keys: dict[str, str]
) -> None:
    who = {"marketplace_id": 7, "email": MEMBER, "retries": 0, "api_url": f"https://{host}/api", **keys}
    result = mip(world, "mip_member", tmp_path / "l" / "ledger", **who)
    assert code_of(result) in ("unreachable", "invalid_input")
    assert "api_url" in result["msg"]


def test_b8_a_full_disk_after_the_create_hides_nothing(world: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pwrite, written = os.pwrite, []

    def full(*args: t.Any) -> int:
        written.append(args)
        if len(written) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return pwrite(*args)

    monkeypatch.setattr(os, "pwrite", full)
    result = mobsted(world, "mobsted_tenant", email=EMAIL)
    assert (code_of(result), result["changed"], len(written)) == ("ok", True, 2)
    assert result["credentials"]["password"] == world.tenant(EMAIL)["password"]


@pytest.mark.parametrize("target", ["notes.txt", "gone.svg", "."])
def test_b12_a_link_to_something_else_is_no_icon(world: t.Any, tmp_path: Path, target: str) -> None:
    world.do("tenant_add", email=EMAIL)
    (tmp_path / "notes.txt").write_text("password: 1234")
    (tmp_path / "logo.svg").symlink_to(target)
    icon = str(tmp_path / "logo.svg")
    result = mobsted(world, "mobsted_pwa_app", tenant=EMAIL, name="Store", website_url=SITE, icon=icon)
    assert code_of(result) == "invalid_input"
    assert "icon" in result["msg"]
    assert world.counts()["requests"] == 0


def test_b14_nothing_denies_a_mail_that_went_out(world: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, exchange, held = tmp_path / "l" / "ledger", Transport._exchange, []

    def locking(self: Transport, request: t.Any, deadline: t.Any) -> t.Any:
        response = exchange(self, request, deadline)
        if "/add" in request.path:
            other = sqlite3.connect(ledger, isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
            held.append(other)
        return response

    with monkeypatch.context() as patch:
        patch.setattr(Transport, "_exchange", locking)
        result = mip(world, "mip_member", ledger, marketplace_id=7, email=MEMBER, deadline=1)
    held[0].close()
    assert code_of(result) == "unknown_outcome"
    assert "othing was sent" not in result["msg"]
    assert mip(world, "mip_member", ledger, marketplace_id=7, email=MEMBER)["changed"] is False
    assert len(world.outbox()) == 1


# -- B16: one unexpected error -----------------------------------------------------------------------------------------


def test_b16_an_inspection_survives_an_unexpected_error(world: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        world.do("tenant_add", email=f"o{number}@acme.example", apps=["Store"])
    listing = MobstedAPI.app_listing
    url = world.tenant("o1@acme.example")["url"]

    def broken(self: MobstedAPI, *args: t.Any, **kwargs: t.Any) -> t.Any:
        if self.connection.base == url:
            raise RuntimeError("out of luck")
        return listing(self, *args, **kwargs)

    monkeypatch.setattr(MobstedAPI, "app_listing", broken)
    result = mobsted(world, "mobsted_fleet_info")
    told = {one["email"]: one["failed"] for one in result["tenants"]}
    assert told == {"o0@acme.example": False, "o1@acme.example": True, "o2@acme.example": False}


# -- B17: values that no program expects -------------------------------------------------------------------------------

NUMBERS = ["1" * 400, "-" + "1" * 400, f'"{"1" * 400}"', "1e400", "true", '"\u00b2"', "[]", '"nan"', "-1"]


@pytest.mark.parametrize("value", NUMBERS)
def test_b17_a_lifetime_that_is_none_is_ignored(world: t.Any, value: str) -> None:
    token = mobsted_token(world)
    body = f'{{"access_token": "{token}", "refresh_token": "r", "expires_in": {value}}}'
    world.fault("status", status=200, body=body, path="/api/v8/auth", times=None)
    assert mobsted(world, "mobsted_tenant", email=EMAIL)["changed"] is True
    assert len(world.log(path="/api/v8/auth")) == 2  # the one below, and one


def mobsted_token(world: t.Any) -> str:
    """Log in, and return the token."""
    import requests

    query = {"login": world.login, "password": world.password}
    return str(requests.get(f"{world.mobsted_url}/api/v8/auth", params=query, timeout=9).json()["access_token"])


@pytest.mark.parametrize("value", [*NUMBERS, "NaN", "1" * 5000])
@pytest.mark.parametrize("module", ["mip_client", "mip_user", "mip_member"])
def test_b17_an_id_that_is_none_is_no_crash(world: t.Any, tmp_path: Path, module: str, value: str) -> None:
    body = f'{{"status": "ok", "id": {value}, "email": "{MEMBER}", "is_blocked": {value}}}'
    for path in ("/register", "/register/client/7", "/client/7/block/*", "/member/7/add"):
        world.fault("status", status=200, body=body, path=path, times=None, vendor="mip", when="after")
    who: dict[str, t.Any] = {"email": MEMBER}
    who.update({} if module == "mip_member" else {"password": "a-password"})
    who.update(
        {} if module == "mip_user" else {"marketplace_id": 7, "blocked": True if module == "mip_client" else None}
    )
    for _again in range(2):
        result = mip(world, module, tmp_path / "l" / "ledger", **{k: v for k, v in who.items() if v is not None})
        assert code_of(result) in (*CODES, "ok")
        assert "unexpected error" not in result.get("msg", "")
    assert duplicates(world) == []


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize(
    ("module", "option", "given"),
    [
        ("mip_member", "marketplace_id", {"email": MEMBER}),
        ("mip_member", "user_id", {"email": MEMBER, "marketplace_id": 7}),
        ("mip_client", "client_id", {"email": MEMBER, "marketplace_id": 7}),
        ("mip_marketplace", "members[0].user_id", {"marketplace_id": 7, "members": [{"email": MEMBER}]}),
        ("mip_member", "deadline", {"email": MEMBER, "marketplace_id": 7}),
    ],
)
def test_b5_true_is_no_number(
    world: t.Any, tmp_path: Path, module: str, option: str, given: dict[str, t.Any], value: bool
) -> None:
    name = option.rpartition(".")[2]
    inner = {"members": [{**given["members"][0], name: value}]} if "members" in given else {name: value}
    result = mip(world, module, tmp_path / "l" / "ledger", **{**given, **inner})
    assert result["msg"].startswith(f"{option} is true or false in YAML")
    assert world.counts()["requests"] == 0


@pytest.mark.parametrize("value", [10**400, "1" * 400, "1" * 5000, 0, -1, 2**63])
def test_b17_an_id_in_a_declaration(world: t.Any, tmp_path: Path, value: t.Any) -> None:
    market = {"id": value, "members": [{"email": MEMBER}]}
    assert read_state({"mip": {"marketplaces": [market]}}, "/")["errors"]
    result = mip(world, "mip_member", tmp_path / "l" / "ledger", marketplace_id=value, email=MEMBER)
    assert result["failed"]
    assert "unexpected error" not in result["msg"]
    assert world.counts()["requests"] == 0


FOREIGN = [b"caf\xe9", b"\xff\xfe", b"https://h.example/\xff", b"postgresql://u@h.example/\xff?sslmode=verify-full"]


@pytest.mark.parametrize("value", FOREIGN)
@pytest.mark.parametrize(
    ("vendor", "variable", "option"),
    [
        (vendor, option.env, option.name)
        for vendor, options in VENDORS.items()
        for option in options
        if option.env and option.type == "str" and not option.choices
    ],
)
def test_b17_a_variable_that_is_not_utf8(
    world: t.Any, monkeypatch: pytest.MonkeyPatch, vendor: str, variable: str, option: str, value: bytes
) -> None:
    given = {name: text for name, text in connection(world, vendor).items() if name != option}
    monkeypatch.setenv(variable, os.fsdecode(value))
    module, more = ("mip_member", {"marketplace_id": 7}) if vendor == "mip" else ("mobsted_tenant", {})
    result = run(module, {**given, **QUICK, "email": EMAIL, **more})
    assert code_of(result) == "invalid_input"
    assert f"{option} is not UTF-8 text." in result["msg"]
    assert "Nothing was sent" in result["msg"]
    assert world.counts()["requests"] == 0


@pytest.mark.parametrize(
    ("module", "given", "place"),
    [
        ("mobsted_tenant", {"email": "\udcff@acme.example"}, "email"),
        ("mobsted_fleet", {"tenants": [{"email": EMAIL, "apps": [{"name": "\udcff"}]}]}, "tenants[0].apps[0].name"),
        ("mobsted_pwa_app", {"tenant": EMAIL, "name": "\ud800", "website_url": SITE}, "name"),
        ("mip_user", {"email": MEMBER, "password": "pass\udce9word"}, "password"),
        (
            "mip_marketplace",
            {"marketplace_id": 7, "clients": [{"email": MEMBER, "password": "\udce9"}]},
            "clients[0].password",
        ),
    ],
)
def test_b17_an_option_that_is_not_utf8(
    world: t.Any, tmp_path: Path, module: str, given: dict[str, t.Any], place: str
) -> None:
    if module.startswith("mip"):
        result = mip(world, module, tmp_path / "l" / "ledger", **given)
    else:
        result = mobsted(world, module, **given)
    assert (code_of(result), result["msg"].split(" is not UTF-8")[0]) == ("invalid_input", place)
    assert world.counts()["requests"] == 0
