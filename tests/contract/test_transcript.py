# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transcripts of accounts: nothing personal in them, and enough to have the simulator play the account.

Each file of ``accounts/`` was made of a transcript by scripts/transcript.py and is played by the simulator here.
tests/unit has the tests of redaction and of verdicts that need no account.
"""

from __future__ import annotations

import base64
import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.module_utils.published_names import FIELDS, SEGMENTS
from ansible_collections.partnerops.saas.plugins.plugin_utils.contract import transcript
from ansible_collections.partnerops.saas.scripts import transcript as tool
from ansible_collections.partnerops.saas.tests.simulator.shapes import EXAMPLES, forms
from ansible_collections.partnerops.saas.tests.support.contract import document
from ansible_collections.partnerops.saas.tests.support.driver import connection, run
from ansible_collections.partnerops.saas.tests.support.leaks import leaks
from ansible_collections.partnerops.saas.tests.support.messages import secrets_of

ACCOUNTS = sorted((Path(__file__).parent / "accounts").glob("*.yml"))
#: Six ways in which an account can differ, each with what a transcript says of it.
SIX: dict[str, tuple[dict[str, t.Any], str]] = {
    "ids are numbers": ({"ids": "number"}, "data[].id is integer, described as string"),
    "no refresh": ({"refresh": 501}, "GET /api/v8/refresh: status 501, whose body is not described"),
    "pages counted in text": ({"last_page_form": "text"}, "meta.last_page is text: digits, described as integer"),
    "a total": ({"total": "number"}, "meta.total (integer) is not described"),
    "another path": (
        {"objects_path": "objects", "unknown_route": 400},
        "GET /api/v8/object: status 400, whose body is not described",
    ),
    "other columns of apps": ({"app_attributes": "create"}, "data[].attributes.name (text) is not described"),
}
ALL_SIX = {name: value for options, _said in SIX.values() for name, value in options.items()}
URL = "https://acme-admin.mobsted.com"


def told(world: t.Any) -> dict[str, t.Any]:
    """Return the transcript of a world, as preflight writes it."""
    found = {
        vendor: run(f"{vendor}_account_info", {**connection(world, vendor), "transcript": True, "retries": 1})[
            "transcript"
        ]
        for vendor in ("mobsted", "mip")
    }
    made: dict[str, t.Any] = yaml.safe_load(yaml.safe_dump(transcript(found, "1.1.0")))
    return made


def test_an_account_as_described(simulator: t.Any) -> None:
    with simulator.world(tenants=2, apps_per_tenant=1) as world:
        found = told(world)
    assert found["differences"] == []
    assert found["summary"] == {"as described": 5, "differs": 0, "not described": 0}
    assert tool.options_of(found["exchanges"]) == {"tenants": 1}


@pytest.mark.parametrize("name", SIX)
def test_one_difference(simulator: t.Any, name: str) -> None:
    options, said = SIX[name]
    with simulator.world(tenants=1, **options) as world:
        found = told(world)
    assert any(text.endswith(said) for text in found["differences"]), found["differences"]
    assert tool.options_of(found["exchanges"]) == {"tenants": 1, **options}


def test_six_differences_are_found_named_and_reproduced(simulator: t.Any, tmp_path: Path) -> None:
    """The transcript alone is enough: a world made of its file differs in the same places and forms."""
    with simulator.world(tenants=3, error_shape="string", **ALL_SIX) as world:
        found = told(world)
    for _options, said in SIX.values():
        assert any(text.endswith(said) for text in found["differences"]), said
    path = tmp_path / "transcript.yml"
    path.write_text(yaml.safe_dump(found), encoding="utf-8")
    options = tool.options_of(tool.load(path)["exchanges"])
    assert options == {"tenants": 1, "error_shape": "string", **ALL_SIX}
    with simulator.world(**options) as world:
        again = told(world)
    assert again == found


@pytest.mark.parametrize("path", ACCOUNTS, ids=lambda path: path.stem)
def test_accounts_that_were_met(simulator: t.Any, path: Path) -> None:
    kept = yaml.safe_load(path.read_text(encoding="utf-8"))
    with simulator.world(**kept["options"]) as world:
        found = told(world)
    assert tool.kept(found) == kept
    assert kept["differences"]


@pytest.mark.parametrize(
    "options",
    [
        {"spelling": "both"},
        {"spelling": "page", "attributes": "flat"},
        {"expires_in": "duration", "refresh": False},
        {"empty_shape": "null", "tenants": 0},
        {"last_page": False, "error_shape": "html", "refresh": 501},
        {"long_links": False},
        {"ids": "float", "last_page_form": "zero", "total": "text"},
        {"error_shape": "message", "objects_path": "objects", "unknown_route": 501},
        {"registry_listed": False},
        {"total": "wrong"},
        {"empty_shape": "null", "last_page_form": "zero"},
        {"mip": {"marketplaces": [], "prefix": "/partner-api/v1"}},
        {"mip": {"prefix": "/acme/7"}},
    ],
    ids=str,
)
def test_other_accounts(simulator: t.Any, options: dict[str, t.Any]) -> None:
    """A world of the options that were found responds as the account did, down to the forms."""
    with simulator.world(**{"tenants": 1, **options}) as world:
        found = told(world)
    made = tool.options_of(found["exchanges"])
    assert made == {"tenants": 1, **options}
    with simulator.world(**made) as world:
        assert told(world) == found


ROW = {"Email": "a@b.example", "ServerName": "x.example", "TenantName": None, "UserLogin": 5, "UserPassword": "p"}
TOKENS = dict.fromkeys(("access_token", "refresh_token"), "aaaaaaaa.bbbbbbbb.cccccccc")
#: Ways to differ for which a world has no option: path, status and body.
OTHERS: dict[str, tuple[str, int, t.Any]] = {
    "a lifetime as text, and more": (
        "*/auth",
        200,
        {**TOKENS, "expires_in": "3600", "token_type": "bearer"},
    ),
    "created": ("*/auth", 201, {**TOKENS, "expires_in": 3600}),
    "another envelope": ("*/auth", 201, {"data": {**TOKENS, "expires_in": 3600}}),
    "rows of two forms": (
        "*/object",
        200,
        {
            "data": [
                {"id": "7", "attributes": {**ROW, "appInstall": "12"}, "created_at": "2026-01-01T00:00:00+00:00"},
                {"id": "8", "attributes": {**ROW, "appInstall": None}, "tags": []},
            ],
            "meta": {"current_page": "1", "last_page": "1", "per_page": 20},
            "links": {"next": None},
        },
    ),
    "no meta": (
        "*/applications",
        200,
        {"data": [{"id": "1", "type": "app", "attributes": {"Name": "x"}}], "meta": None},
    ),
    "no apps allowed": ("*/applications", 403, {"error": {"code": "Forbidden", "status": 403}}),
    "a page for apps": ("*/applications", 500, "<html><body>sorry</body></html>"),
    "another user": (
        "*/login",
        200,
        {
            "status": "ok",
            "keys": {"private_key": "k" * 32, "publicKey": "p" * 32},
            "user": {
                "id": "1",
                "email": "a@b.example",
                "is_blocked": 0,
                "marketplaces": {"id": 7},
                "created": 1790000000,
            },
        },
    ),
    "a failing login": ("*/login", 503, {"status": "error", "error": "Maintenance"}),
}


@pytest.mark.parametrize(
    "names", [[name] for name in OTHERS] + [["created", "rows of two forms", "no meta", "another user"]]
)
def test_what_no_option_plays_is_reproduced(simulator: t.Any, names: list[str]) -> None:
    """Any difference that a transcript names is in a world of its options, too."""
    with simulator.world(tenants=1) as world:
        for name in names:
            path, status, body = OTHERS[name]
            text = body if isinstance(body, str) else json.dumps(body)
            world.fault("status", path=path, when="after", times=None, status=status, body=text)
        found = told(world)
    assert found["differences"]
    with simulator.world(**tool.options_of(found["exchanges"])) as world:
        again = told(world)
    assert again["differences"] == found["differences"]
    said = [
        {(one["request"]["path"], one["response"]["status"], json.dumps(one["response"]["body"])) for one in told_of}
        for told_of in (found["exchanges"], again["exchanges"])
    ]
    assert said[0] == said[1]


def test_there_is_an_example_of_every_form() -> None:
    said = {form: forms.form_of(value) for form, value in EXAMPLES.items()}
    assert said == {form: form.removesuffix(": zero") for form in EXAMPLES}  # a zero only counts among pages
    assert {f"text: {name}" for name, _pattern in forms._FORMS} < set(EXAMPLES)


def test_a_refused_login_at_mip(simulator: t.Any) -> None:
    with simulator.world(mip={"error_shape": "object"}) as world:
        params = {**connection(world, "mip"), "api_password": "wrong-one", "transcript": True}
        found = transcript({"mip": run("mip_account_info", params)["transcript"]}, "1")
    assert found["differences"] == ["mip: POST /login: status 403, whose body is not described"]
    assert tool.options_of(found["exchanges"]) == {"mip": {"error_shape": "object"}}


# -- nothing personal -------------------------------------------------------------------------------------------------


def test_nothing_personal_is_in_it(simulator: t.Any) -> None:
    """Secrets and names are planted as values and as names of fields, in every place that an account has."""
    planted = [
        "Zanzibarovich",
        "zanz.ibar@plant.example",
        "plant.example",
        "+48 600 700 800",
        "plantedKey77",
        "4711042",
        "Janinaczek",
        "tenantalpha",
    ]
    with simulator.world(hostile=True, tenants=2, apps_per_tenant=2, password="planted pass+word/9") as world:
        world.do("tenant_add", email="zanz.ibar@plant.example")
        edits = {
            "Phone": "+48 600 700 800",
            "Timezone": "Zanzibarovich",
            "Zanzibarovich": "x",
            "zanz.ibar@plant.example": {"plantedKey77": "y"},
            "Janinaczek": {"email": "x", "ownerOfTenantalpha": "x", "tenantalpha": {"id": 1}},  # in names only
            base64.b64encode(b"Janinaczek").decode().rstrip("="): "x",
            "Note": ["plantedKey77", 4711042, {"plantedKey77": {"Zanzibarovich": 4711042}}],
        }
        world.do("tenant_edit", email="zanz.ibar@plant.example", attributes=edits)
        world.do("tenant_edit", email="tenant00001@clients.example", attributes={**edits, "4711042": "z"})
        text = yaml.safe_dump(told(world))
        state = world.state()
        hidden = {*planted, *secrets_of(world), world.login, world.mip_email, world.id}
        hidden |= {row["email"] for row in state["tenants"]} | {row["name"] for row in state["tenants"]}
        hidden |= {str(app["name"]) for apps in state["apps"].values() for app in apps}
        hidden |= {world.mobsted_url.split("/")[2].split(":")[0], world.mobsted_url.split(":")[2].split("/")[0]}
    assert "@" not in text
    assert "://" not in text
    assert leaks(text, {secret for secret in hidden if len(secret) > 3}) == []
    assert not re.search(r"(?<!v)\b\d{2,}\b(?!%)", re.sub(r"(status: |')\d{3}\b|32 letters|8601", "", text)), text
    assert "Timezone: text" in text  # what is published keeps its name


def test_published_names() -> None:
    fields: set[str] = set()
    segments: set[str] = set()

    def walk(value: t.Any) -> None:
        if isinstance(value, dict):
            fields.update(value["properties"] if isinstance(value.get("properties"), dict) else ())
            fields.update([value["name"]] if value.get("in") == "query" else ())
            value = list(value.values())
        for inner in value if isinstance(value, list) else ():
            walk(inner)

    for vendor in ("mobsted", "mip"):
        walk(document(vendor))
        segments |= {
            part for path in document(vendor)["paths"] for part in path.split("/") if part[:1] not in ("", "{")
        }
    assert (set(FIELDS), set(SEGMENTS)) == (fields, segments)


# -- the tool ---------------------------------------------------------------------------------------------------------


def test_the_tool_keeps_an_account(simulator: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with simulator.world(tenants=1, ids="number") as world:
        found = told(world)
    path = tmp_path / "transcript.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "ACCOUNTS", tmp_path / "accounts")
    monkeypatch.setattr("sys.argv", ["transcript.py", "keep", str(path), "numbers"])
    assert tool.main() == 0
    kept = yaml.safe_load((tmp_path / "accounts" / "numbers.yml").read_text(encoding="utf-8"))
    assert kept == {"options": {"tenants": 1, "ids": "number"}, "differences": found["differences"]}
    monkeypatch.setattr("sys.argv", ["transcript.py", "keep", str(path), "../x"])
    with pytest.raises(SystemExit):
        tool.main()
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SystemExit, match="is no transcript"):
        tool.load(path)
