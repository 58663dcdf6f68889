# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turn the transcript of a live account (``partner_transcript_path`` of preflight) into a world of the simulator.

    transcript.py options FILE    print the simulator's options that make it play this account, as JSON
    transcript.py keep FILE NAME  write tests/contract/accounts/NAME.yml, which tests/contract then plays
    transcript.py show FILE       print the differences from docs/api

A transcript is made by others. It is read as data, and only forms and the names of fields are taken from it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
ACCOUNTS = ROOT / "tests" / "contract" / "accounts"
Response = dict[str, t.Any]
IDS = {"text: digits": "text", "integer": "number", "number: whole": "float", "text: UUID": "uuid"}
LAST_PAGES = {"integer": "number", "text: digits": "text", "number: whole": "float", "integer: zero": "zero"}
TOTALS = {
    "integer": "number",
    "integer: not the number of rows": "wrong",
    "text: digits": "text",
    "text": "words",
}
EXPIRES = {"integer: Unix time": "absolute", "integer": "duration", None: "absent"}
#: The form of an error's body: the option that plays it.
ERRORS = {"errors": "errors", "message": "message", "ErrorText": "legacy"}
#: What a simulated account has before the paths of its calls.
WORLD = "/{text}/{text}/{text}"
LICENSE = "\n".join(Path(__file__).read_text(encoding="utf-8").splitlines()[:3])


def load(path: Path) -> dict[str, t.Any]:
    """Read a transcript."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not isinstance(found.get("exchanges"), list):
        sys.exit(f"{path} is no transcript: preflight writes one with -e partner_transcript_path=…")
    return found


def options_of(exchanges: list[dict[str, t.Any]]) -> dict[str, t.Any]:
    """Return the options of a world that returns what the account did; what is as by default is left out."""
    calls: dict[str, list[Response]] = {}
    for one in exchanges:
        if one.get("response"):
            calls.setdefault(f"{one['vendor']} {one['request']['path']}", []).append(one["response"])
    found: dict[str, t.Any] = {}
    for part in (_logins, _registry, _apps, _errors):
        found.update(part(calls))
    prefix = next((one["request"]["prefix"] for one in exchanges if one["vendor"] == "mip"), None)
    mip = {**_mip(calls), **_set("prefix", _prefix(prefix or ""), "")}
    found = {**found, "mip": mip} if mip else found
    shapes = _shapes(exchanges, found)
    return {**found, "shapes": shapes} if shapes else found


#: What an option of a world plays: the option, and how a transcript says it.
PLAYED = (
    ("ids", r"data\[\]\.id is .*, described as string"),
    ("attributes", r"data\[\]\.type \(.* is not described"),
    ("last_page_form", r"meta\.last_page is "),
    ("last_page", r"meta\.last_page is missing"),
    ("total", r"meta\.total "),
    ("app_attributes", r"/applications: data\[\]\.attributes\.(name|title|description) "),
    ("expires_in", r"expires_in is missing"),
    ("empty_shape", r"data is null"),
    ("refresh", r"/refresh: status "),
    ("objects_path", r"/objects?: status "),
)
#: A refusal of the login itself says nothing of the account.
REFUSED = re.compile(r"(POST /login|GET /api/v8/auth): status (400|401|403|422), ")


def _shapes(exchanges: list[dict[str, t.Any]], options: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return status and body of each call if any differs in a way that no option plays.

    Then all are listed: an option is for all calls, and another one may not share what this one has.
    """
    played = [pattern for name, pattern in PLAYED if name in options]
    wheres = [text for one in exchanges if one.get("response") for text in one.get("where", ())]
    if all(REFUSED.search(text) or any(re.search(pattern, text) for pattern in played) for text in wheres):
        return {}
    found: dict[str, t.Any] = {}
    for one in exchanges:
        if one.get("response"):
            call = f"{one['vendor']} {one['request']['method']} {one['request']['path']}"
            found.setdefault(call, {key: one["response"][key] for key in ("status", "body")})
    return found


def _prefix(prefix: str) -> str:
    """Return a prefix like that of the account, whose own words are not known."""
    return prefix.removeprefix(WORLD).replace("{text}", "acme").replace("{number}", "7")


def _good(calls: dict[str, list[Response]], call: str) -> Response | None:
    good = [one for one in calls.get(call, ()) if one["status"] == 200 and isinstance(one["body"], dict)]
    return good[0] if good else None


def _set(name: str, value: t.Any, default: t.Any) -> dict[str, t.Any]:
    return {} if value is None or value == default else {name: value}


def _logins(calls: dict[str, list[Response]]) -> dict[str, t.Any]:
    found: dict[str, t.Any] = {}
    login, refresh = _good(calls, "mobsted /api/v8/auth"), calls.get("mobsted /api/v8/refresh", [])
    if login:
        found = _set("expires_in", EXPIRES.get(login["body"].get("expires_in")), "absolute")
    if refresh and refresh[0]["status"] != 200:
        found["refresh"] = 501 if refresh[0]["status"] == 501 else False
    return found


def _registry(calls: dict[str, list[Response]]) -> dict[str, t.Any]:
    found: dict[str, t.Any] = {}
    for name, other in (("object", "objects"), ("objects", "object")):
        listing, tried = _good(calls, f"mobsted /api/v8/{name}"), calls.get(f"mobsted /api/v8/{other}", [])
        if not listing:
            continue
        found.update(_set("objects_path", name, "object"))
        if tried:
            found.update(_set("unknown_route", "html" if tried[0]["status"] == 200 else tried[0]["status"], 404))
        rows = listing["body"].get("data")
        found["tenants"] = int(bool(rows) and isinstance(rows, list))
        if found["tenants"]:
            columns = rows[0].get("attributes", rows[0])
            found.update(_set("attributes", "nested" if "attributes" in rows[0] else "flat", "nested"))
            found.update(_set("ids", IDS.get(rows[0].get("id")), "text"))
            found.update(_set("spelling", _spelling(columns), "seed"))
            found.update(_set("stats", "launchAppTotal" in columns, True))
        pages = [*calls[f"mobsted /api/v8/{name}"], *calls.get("mobsted /api/v8/applications", ())]
        empty = any(isinstance(one["body"], dict) and one["body"].get("data") == "null" for one in pages)
        found.update(_set("empty_shape", "null" if empty else None, "list"))
        found.update(_pages(listing["body"].get("meta")))
    return found


def _spelling(columns: t.Collection[str]) -> str:
    if "UserPassword" in columns:
        return "both" if "defaultPassword" in columns else "seed"
    return "code" if "tenentCreated" in columns else "page"


def _pages(meta: t.Any) -> dict[str, t.Any]:
    fields = meta if isinstance(meta, dict) else {}
    found = {} if "last_page" in fields else {"last_page": False}
    found.update(_set("last_page_form", LAST_PAGES.get(fields.get("last_page", "")), "number"))
    return {**found, **_set("total", TOTALS.get(fields.get("total", "")), "absent")}


def _apps(calls: dict[str, list[Response]]) -> dict[str, t.Any]:
    listing = _good(calls, "mobsted /api/v8/applications")
    apps = listing["body"].get("data") if listing else None
    if apps == []:
        return {"registry_listed": False}
    if not isinstance(apps, list):
        return {}
    columns = set().union(*(one.get("attributes", {}) for one in apps))
    form = "create" if "name" in columns else "full" if columns & {"Title", "Description", "WebSiteUrl"} else "minimal"
    found = _set("app_attributes", form, "full")
    # App ID 1 has that id everywhere, so what the others have counts.
    found.update(_set("ids", next((IDS[one["id"]] for one in reversed(apps) if one.get("id") in IDS), None), "text"))
    if any(one.get("attributes", {}).get("LonglinkManaged") == "text: empty" for one in apps):
        found["long_links"] = False
    return found


def _errors(calls: dict[str, list[Response]]) -> dict[str, t.Any]:
    for call, responses in calls.items():
        for one in responses:
            if not call.startswith("mobsted ") or 200 <= one["status"] < 300:
                continue
            body = one["body"]
            if isinstance(body, dict):
                shape = next((ERRORS[key] for key in ERRORS if key in body), None)
            else:
                shape = "string" if str(body).startswith("text") else "html" if "HTML" in str(body) else "text"
            return _set("error_shape", shape, "errors")
    return {}


def _mip(calls: dict[str, list[Response]]) -> dict[str, t.Any]:
    login = _good(calls, "mip /login")
    user = login["body"].get("user") if login else None
    found: dict[str, t.Any] = {"marketplaces": []} if isinstance(user, dict) and user.get("marketplaces") == [] else {}
    refused = [one["body"] for one in calls.get("mip /login", ()) if one["status"] >= 400]
    if not refused or not isinstance(refused[0], dict):
        return found
    shape = "message" if "message" in refused[0] else "object" if isinstance(refused[0].get("error"), dict) else "error"
    return {**found, **_set("error_shape", shape, "error")}


def kept(found: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return what a contract test needs: the options, and the differences that they have to make."""
    return {"options": options_of(found["exchanges"]), "differences": list(found["differences"])}


def main() -> int:
    """Run the tool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("options", "keep", "show"))
    parser.add_argument("file", type=Path)
    parser.add_argument("name", nargs="?")
    given = parser.parse_args()
    found = load(given.file)
    if given.action == "options":
        print(json.dumps(options_of(found["exchanges"]), indent=2))
    elif given.action == "show":
        print("\n".join(found["differences"]) or "No differences.")
    else:
        if not re.fullmatch(r"[a-z0-9_-]+", given.name or ""):
            parser.error("keep needs a NAME of small letters, digits, - and _; not the partner's")
        ACCOUNTS.mkdir(exist_ok=True)
        target = ACCOUNTS / f"{given.name}.yml"
        text = re.sub(r"(?m)^- ", "  - ", yaml.safe_dump(kept(found), sort_keys=False, width=140))
        target.write_text(f"{LICENSE}\n---\n{text}", encoding="utf-8")
        print(f"{target.relative_to(ROOT)}: {len(found['differences'])} differences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
