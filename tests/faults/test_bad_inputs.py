# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input that must be refused before anything is sent, with a message that names the option."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.counts import count
from ansible_collections.partnerops.saas.tests.support.driver import connection, operation, run
from ansible_collections.partnerops.saas.tests.support.messages import NOISE
from ansible_collections.partnerops.saas.tests.support.modules import EXAMPLES, filled

SITE = "https://store.acme.example"
APP = {"name": "Store", "website_url": SITE}
TENANT = {"email": "owner@acme.example"}
#: Not addresses; the last ones would add a header, a line or a second recipient wherever they are pasted.
EMAILS = [
    "",
    " ",
    "owner",
    "owner@",
    "@acme.example",
    "owner@acme",
    "a b@acme.example",
    "a@b@acme.example",
    "owner@acme..example",
    "owner@-acme.example",
    "owner@acme.example?x=1",
    "owner@acme.example/../x",
    "owner@acme.example,other@acme.example",
    "owner@acme.example\nBcc: other@acme.example",
    "owner@acme.example\r\nX-Evil: 1",
    "owner\x00@acme.example",
    "owner\u202e@acme.example",
    "<owner@acme.example>",
    "o" * 250 + "@acme.example",
]
#: Option, value, and a word that the message must contain.
CONNECTION: list[tuple[str, t.Any, str]] = [
    ("api_url", "", "api_url"),
    ("api_url", "mobsted.com", "api_url"),
    ("api_url", "http://ppp-admin.mobsted.com", "https"),
    ("api_url", "http://127.0.0.1.evil.example", "https"),
    ("api_url", "http://localhost.evil.example", "https"),
    ("api_url", "ftp://ppp-admin.mobsted.com", "api_url"),
    ("api_url", "file:///etc/passwd", "api_url"),
    ("api_url", "https://user:word@ppp-admin.mobsted.com", "user name"),
    ("api_url", "https://ppp-admin.mobsted.com?x=1", "query"),
    ("api_url", "https://ppp-admin.mobsted.com#x", "fragment"),
    ("api_url", "https://ppp-admin.mobsted.com:port", "api_url"),
    ("api_url", "https://ppp admin.mobsted.com", "api_url"),
    ("api_url", "https://ppp-admin.mobsted.com\nX: y", "api_url"),
    ("api_url", "https://[::1", "api_url"),
    ("timeout", 0, "timeout"),
    ("timeout", -1, "timeout"),
    ("timeout", "soon", "timeout"),
    ("deadline", 0, "deadline"),
    ("retries", -1, "retries"),
    ("ca_path", "/nowhere/ca.pem", "/nowhere/ca.pem"),
    ("validate_certs", "perhaps", "validate_certs"),
]
MOBSTED = [
    ("api_password", None, "api_password"),
    ("api_login", None, "api_login"),
    ("api_token", "to ken", "api_token"),
    ("api_token", "token\n", "api_token"),
    ("api_token", "token\r\nX-Evil: 1", "api_token"),
    ("api_token", "t\u20acken", "api_token"),
    ("settle", -1, "settle"),
    ("token_cache", "ever", "token_cache"),
    ("api_paths", {"objects": "../../x"}, "api_paths.objects"),
    ("api_paths", {"objects": "https://evil.example/"}, "api_paths.objects"),
    ("api_paths", {"applications": "a?b=c"}, "api_paths.applications"),
    ("api_paths", {"applications": "a b"}, "api_paths.applications"),
    ("api_paths", {"nothing": "x"}, "nothing"),
]
MIP = [
    ("signing", "md5", "signing"),
    ("api_public_key", "p" * 32, "api_private_key"),
    ("api_private_key", "p" * 32, "api_public_key"),
]
OWN: dict[str, list[tuple[dict[str, t.Any], str]]] = {
    "mobsted_tenant": [
        *(({"email": email}, "email") for email in EMAILS),
        ({"state": "absent", **TENANT}, "state"),
        ({**TENANT, "credentials_dest": "/tmp/\0"}, "credentials_dest contains a null character"),
        ({}, "email"),
    ],
    "mobsted_tenant_info": [({"email": "owner"}, "email")],
    "mobsted_pwa_app": [
        ({"website_url": SITE}, "name"),
        ({**APP, "name": ""}, "name"),
        ({**APP, "name": " Store"}, "name"),
        ({**APP, "name": "Sto\nre"}, "name"),
        ({**APP, "name": 'x"\r\nContent-Disposition: form-data; name="isPWAless'}, "name"),
        ({**APP, "tenant": "owner"}, "tenant"),
        ({**APP, "tenant": ""}, "tenant is empty"),
        ({**APP, "tenant": " "}, "tenant is empty"),
        ({**APP, "website_url": "javascript:alert(1)"}, "website_url"),
        ({**APP, "website_url": "store.acme.example"}, "website_url"),
        ({**APP, "website_url": "https://store.acme.example\nX"}, "website_url"),
        ({**APP, "website_url": "https://[x"}, "website_url"),
        ({**APP, "splash_color": "red"}, "splash_color"),
        ({**APP, "panel_color": "#12345"}, "panel_color"),
        ({**APP, "icon": "/nowhere/icon.png"}, "icon"),
        ({**APP, "icon": "@folder"}, "icon"),
        ({**APP, "icon": "@empty"}, "icon"),
        ({**APP, "icon": "@text"}, "icon"),
        ({**APP, "icon": "@huge"}, "icon"),
        ({**APP, "app_id": 0}, "app_id"),
        ({**APP, "app_id": 1}, "App ID 1"),
        ({**APP, "on_drift": "mend"}, "on_drift"),
        ({**APP, "state": "absent"}, "state"),
    ],
    "mobsted_pwa_app_info": [({"tenant": "owner"}, "tenant"), ({"tenant": ""}, "tenant is empty")],
    "mobsted_push": [
        ({"app_id": 0, "ext_id": "1", "title": "T", "message": "M", "api_paths": {"push": "push"}}, "app_id"),
        ({"app_id": 2, "ext_id": "", "title": "T", "message": "M", "api_paths": {"push": "push"}}, "ext_id"),
        ({"app_id": 2, "ext_id": "1", "title": " ", "message": "M", "api_paths": {"push": "push"}}, "title"),
        ({"app_id": 2, "ext_id": "1", "title": "T", "message": "M"}, "api_paths.push"),
        ({"app_id": 2, "ext_id": "1", "title": "T"}, "text"),
        ({"tenant": "", "app_id": 2, "ext_id": "1", "title": "T", "message": "M"}, "tenant is empty"),
    ],
    "mobsted_fleet": [
        ({"tenants": [TENANT, {"email": "OWNER@acme.example"}]}, "tenants[0]"),
        ({"tenants": [{"email": "owner"}]}, "tenants[0].email"),
        ({"tenants": [{**TENANT, "apps": [APP, APP]}]}, "tenants[0].apps[1].name"),
        ({"tenants": [{**TENANT, "apps": [{"website_url": SITE}]}]}, "name"),
        ({"apps": [APP, APP]}, "apps[0].name"),
        ({"apps": [{**APP, "app_id": 1}]}, "App ID 1"),
        ({"apps": [{**APP, "icon": "@text"}]}, "apps[0].icon"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": 33}, "concurrency"),
        ({"on_error": "hope"}, "on_error"),
    ],
    "mip_user": [
        ({"email": "owner", "password": "p"}, "email"),
        ({**TENANT}, "password"),
        ({**TENANT, "password": ""}, "password is empty"),
        ({**TENANT, "password": "  "}, "password is empty"),
        ({**TENANT, "password": None}, "password"),
    ],
    "mip_client": [
        ({**TENANT, "password": "p"}, "marketplace_id"),
        ({**TENANT, "marketplace_id": 0, "password": "p"}, "marketplace_id"),
        ({**TENANT, "marketplace_id": 7, "client_id": -1}, "client_id"),
        ({"email": "a/b@", "marketplace_id": 7, "password": "p"}, "email"),
        ({**TENANT, "marketplace_id": 7}, "password"),
        ({**TENANT, "marketplace_id": 7, "password": "p", "require_tenant": True}, "tenant_registry"),
    ],
    "mip_member": [
        ({"email": "owner", "marketplace_id": 7}, "email"),
        ({**TENANT, "marketplace_id": 0}, "marketplace_id"),
        ({**TENANT, "marketplace_id": 7, "user_id": 0}, "user_id"),
        ({**TENANT, "marketplace_id": 7, "on_unconfirmed": "hope"}, "on_unconfirmed"),
        ({**TENANT, "marketplace_id": 7, "state": "absent"}, "user_id"),
        ({**TENANT, "marketplace_id": 7, "ledger_path": "/tmp/\0"}, "ledger_path contains a null character"),
        ({**TENANT, "marketplace_id": 7, "ledger_path": "/tmp/\udcff"}, "ledger_path is not UTF-8"),
        ({**TENANT, "marketplace_id": 7, "blocked": True}, "user_id"),
    ],
    "mip_sso_link": [
        ({**TENANT, "kind": "admin", "marketplace_id": 7}, "kind"),
        ({**TENANT, "kind": "user"}, "marketplace_id"),
        ({"email": "owner", "kind": "user", "marketplace_id": 7}, "email"),
        ({**TENANT, "kind": "user", "marketplace_id": -7}, "marketplace_id"),
    ],
    "mip_password_reset": [({"kind": "user", "email": "owner"}, "email"), ({**TENANT}, "kind")],
    "mip_marketplace": [
        ({"marketplace_id": 0}, "marketplace_id"),
        ({"marketplace_id": 7, "clients": [{"email": "x"}]}, "clients[0].email"),
        ({"marketplace_id": 7, "members": [TENANT, {"email": "Owner@acme.example"}]}, "members[0]"),
        ({"marketplace_id": 7, "concurrency": 0}, "concurrency"),
    ],
}


def _cases() -> t.Iterator[t.Any]:
    for module, use in EXAMPLES.items():
        if use.reports_failures or use.sends_nothing:
            continue
        vendor = [*CONNECTION, *(MOBSTED if operation(module).vendor == "mobsted" else MIP)]
        for option, value, word in vendor:
            yield pytest.param(module, {option: value}, True, word, id=f"{module}-{option}-{str(value)[:30]!a}")
        for number, (args, word) in enumerate(OWN.get(module, ())):
            yield pytest.param(module, args, False, word, id=f"{module}-own-{number}-{word}")


@pytest.fixture(scope="module")
def quiet_world(simulator: t.Any) -> t.Iterator[t.Any]:
    """Yield a world that must receive nothing."""
    with simulator.world() as made:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create files that are no icons."""
    folder = tmp_path_factory.mktemp("icons")
    (folder / "folder").mkdir()
    (folder / "empty").touch()
    (folder / "text").write_text("root:x:0:0\n", encoding="utf-8")
    with open(folder / "huge", "wb") as file:
        file.truncate(11 << 20)
    return folder


@pytest.mark.parametrize(("module", "args", "around", "word"), list(_cases()))
def test_it_is_refused(
    quiet_world: t.Any, files: Path, tmp_path: Path, module: str, args: dict[str, t.Any], around: bool, word: str
) -> None:
    count("bad inputs tried")
    use = EXAMPLES[module]
    words = dict.fromkeys(("tenant", "user", "client", "other"), "password-1")
    own = filled(use.args, words) if around else args
    if str(own.get("icon", "")).startswith("@"):
        own = {**own, "icon": str(files / own["icon"][1:])}
    for app in own.get("apps", ()):
        if str(app.get("icon", "")).startswith("@"):
            own = {**own, "apps": [{**app, "icon": str(files / app["icon"][1:])}]}
    ledger = {"ledger_path": str(tmp_path / "ledger.sqlite3")} if operation(module).vendor == "mip" else {}
    made = {**connection(quiet_world, operation(module).vendor), **ledger, **own, **(args if around else {})}
    result = run(module, {key: value for key, value in made.items() if value is not None})
    assert result["failed"], result
    assert not result["changed"]
    assert word in result["msg"], result["msg"]
    assert not NOISE.search(result["msg"].replace("NoneType", "")), result["msg"]
    assert quiet_world.log() == []
    if "failure" in result:
        assert result["failure"]["code"] in ("invalid_input", "protected_app", "undetermined")
        assert quiet_world.password not in result["msg"]
