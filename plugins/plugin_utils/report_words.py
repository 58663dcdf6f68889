# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report says in words: why something failed, what needs attention, MIP's half, growth since the last one."""

from __future__ import annotations

import html
import json
import re
import typing as t

Result = dict[str, t.Any]

#: What a failure code means to somebody who runs a business.
WORDS = {
    "stale_credentials": "The client changed the password.",
    "auth_failed": "The login was refused.",
    "ambiguous": "Several records have this address.",
    "timeout": "The platform did not respond in time.",
    "unreachable": "The platform could not be reached.",
    "rate_limited": "The platform asked us to slow down.",
    "server_error": "The platform had an error.",
    "invalid_response": "The platform's response could not be understood.",
}
#: What ``partner_fail_on`` takes, and what the report calls one such thing, and several.
FAIL_ON = {
    "pending": ("declared, but missing", "declared, but missing"),
    "drift": ("differs from the state file", "differ from the state file"),
    "undeclared": ("not declared", "not declared"),
    "unverified": ("could not be read", "could not be read"),
    "unconfirmed": ("invitation without a known outcome", "invitations without a known outcome"),
}
#: A line of the run names this many things.
NAMED = 5
_NUMBERS = re.compile(r'<meta name="partnerops-numbers" content="([^"]*)">')


def words(failure: Result | None) -> str:
    """Say in plain words why an account could not be read."""
    return WORDS.get((failure or {}).get("code") or "", "It could not be read.")


def markets(people: t.Iterable[Result]) -> list[Result]:
    """Return MIP's half: each marketplace with the clients and members that the ledger knows.

    :param people: entries of ``mip_ledger_info``
    """
    found: dict[int, Result] = {}
    for one in people:
        number = one["marketplace_id"]
        if number is None or one["kind"] == "user":
            continue
        market = found.setdefault(
            number, {"id": number, "clients": 0, "members": 0, "blocked": 0, "invitations": [], "unclear": []}
        )
        if one["intent"]:
            market["invitations" if one["intent"] == "add" else "unclear"].append(one["email"])
        if one["state"] == "present":
            market[f"{one['kind']}s"] += 1
            market["blocked"] += bool(one["blocked"])
    return [found[number] for number in sorted(found)]


def numbers(data: Result, at: str, totals: t.Mapping[str, t.Any], people: t.Sequence[Result]) -> Result:
    """Return what the next report compares itself with."""
    return {
        "at": at,
        "tenants": data["summary"]["tenants"]["found"],
        "apps": data["summary"]["apps"]["found"],
        "launches": totals["launches"],
        "installs": totals["installs"],
        "people": sum(one["clients"] + one["members"] for one in markets(people)),
        "emails": sorted(str(one["email"]) for one in data["tenants"] if one["exists"]),
    }


def numbers_in(page: str | None) -> Result | None:
    """Return the numbers that a page holds, or None if it has none that can be used."""
    found = _NUMBERS.search(page or "")
    try:
        page_numbers = json.loads(html.unescape(found[1])) if found else None
    except ValueError:
        return None
    return page_numbers if isinstance(page_numbers, dict) and isinstance(page_numbers.get("emails"), list) else None


def growth(now: Result, before: Result | None) -> Result:
    """Return the differences from the last report, as text such as ``+3``; None where there is none."""
    result: Result = {"since": str(before["at"]) if before and before.get("at") else None}
    for name in ("tenants", "apps", "launches", "installs", "people"):
        result[name] = _difference((before or {}).get(name), now[name])
    known = {str(one) for one in before["emails"]} if before else None
    result["new"] = set(now["emails"]) - known if known is not None else set()
    return result


def _difference(old: t.Any, new: t.Any) -> str | None:
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (old, new)) or new == old:
        return None
    return f"{new - old:+,}".replace("-", "\u2212")


def points(data: Result, people: t.Sequence[Result] = ()) -> dict[str, list[str]]:
    """Return what needs attention, by the kinds of ``partner_fail_on``."""
    places = [*data["apps"], *(app for one in data["tenants"] for app in one["apps"])]
    owners = [None] * len(data["apps"]) + [one["email"] for one in data["tenants"] for _app in one["apps"]]
    missing, undeclared = set(data["missing"]), set(data["undeclared"])

    def named(app: Result, email: str | None) -> str:
        return f"app {app['name']!r}" + (f" of {email}" if email else "")

    pairs = list(zip(places, owners))
    return {
        "pending": [f"tenant {one}" for one in data["missing"]]
        + [named(app, email) for app, email in pairs if not app["exists"] and email not in missing],
        "drift": [named(app, email) for app, email in pairs if app["drift"]],
        "undeclared": [f"tenant {one}" for one in data["undeclared"]]
        + [
            named(app, email)
            for app, email in pairs
            if app["exists"] and app["declared"] is False and email not in undeclared
        ],
        "unverified": [
            f"tenant {one['email']} ({words(one['failure']).rstrip('.')})" for one in data["tenants"] if one["failed"]
        ],
        "unconfirmed": [
            f"{email} in marketplace {market['id']}"
            for market in markets(people)
            for email in [*market["invitations"], *market["unclear"]]
        ],
    }


def lines(found: t.Mapping[str, t.Sequence[str]]) -> list[str]:
    """Return a line for each kind of thing that needs attention."""
    return [
        f"{len(names)} {FAIL_ON[kind][len(names) > 1]}: {shortened(names)}" for kind, names in found.items() if names
    ]


def shortened(names: t.Sequence[str]) -> str:
    """Return the first few names."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
