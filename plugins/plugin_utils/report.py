# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the report of an account: one HTML page that loads nothing else.

The template is ``playbooks/templates/partner-report.html.j2``. A content security policy in the page blocks whatever
might get through although everything is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import typing as t
from datetime import date, datetime, timezone
from urllib.parse import urlsplit

from ansible_collections.partnerops.saas.plugins.plugin_utils import html_parts
from ansible_collections.partnerops.saas.plugins.plugin_utils.html_parts import (
    FOLDER,
    app_link,
    clean,
    embedded_icon,
    href,
    initials,
    number,
    qr_code,
    template,
)
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain
from ansible_collections.partnerops.saas.plugins.plugin_utils.report_words import (
    growth,
    markets,
    numbers,
    numbers_in,
    words,
)

TEMPLATE = "partner-report.html.j2"
#: with more tenants than this, each is folded
UNFOLDED = 12
#: number of tenants in the ranking
RANKED = 10
#: label, days, counters of launches and of installs; a record has no counter for installs in 30 days
WINDOWS: tuple[tuple[str, int, str, str | None], ...] = (
    ("1 day", 1, "launches_1_day", "installs_1_day"),
    ("7 days", 7, "launches_7_days", "installs_7_days"),
    ("30 days", 30, "launches_30_days", None),
)
_DIGEST = re.compile(r'<meta name="partnerops-digest" content="([0-9a-f]{64})">')


def render(
    data: t.Any, generated: str | None = None, previous: str | None = None, people: t.Sequence[t.Any] = ()
) -> str:
    """Return the page.

    :param data: the result of ``partnerops.saas.mobsted_fleet_info``
    :param generated: the time that the page shows, default: now
    :param previous: the existing page; if it shows the same data it is returned unchanged, so that its time is that of
        the last change. Otherwise the new page shows growth against its numbers
    :param people: entries of ``partnerops.saas.mip_ledger_info``, for MIP's half
    """
    data, people = plain(data), plain(people)
    source = (FOLDER / TEMPLATE).read_text(encoding="utf-8")
    content = json.dumps([data, people, html_parts.HAS_SEGNO, source], sort_keys=True, default=str)
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    before = _DIGEST.search(previous or "")
    if previous and before and before[1] == digest:
        return previous
    generated = generated or datetime.now(timezone.utc).strftime("%d %B %Y, %H:%M UTC")
    shown = view(data, people)
    now = numbers(data, generated, {name: shown[name]["last"] for name in ("launches", "installs")}, people)
    script = re.search(r"<script>(.*?)</script>", source, re.DOTALL)
    return template(TEMPLATE).render(
        **shown,
        numbers=json.dumps(now, ensure_ascii=True),
        growth=growth(now, numbers_in(previous)),
        digest=digest,
        generated=generated,
        script_hash=base64.b64encode(hashlib.sha256((script[1] if script else "").encode()).digest()).decode(),
    )


def view(data: dict[str, t.Any], people: t.Sequence[dict[str, t.Any]] = ()) -> dict[str, t.Any]:
    """Return the variables of the template."""
    judged = bool(data["summary"]["declaration"])
    tenants = [_tenant(one) for one in data["tenants"]]
    master = [_app(app) for app in data["apps"]]
    there = [one for one in tenants if one["exists"]]
    ranking = sorted((one for one in there if one["launches"]["last"]), key=lambda one: -one["launches"]["last"])[
        :RANKED
    ]
    most = ranking[0]["launches"]["last"] if ranking else 1
    for one in ranking:
        one["share"] = round(100 * one["launches"]["last"] / most, 1)
    launches = chart({key: _sum(one["stats"].get(key) for one in there) for _n, _d, key, _i in WINDOWS}, "launches")
    installs = chart(
        {key: _sum(one["stats"].get(key) for one in there) for _n, _d, _l, key in WINDOWS if key}, "installs"
    )
    notes = _notes(tenants, master, data)
    found = markets(people)
    notes["unconfirmed"] = [
        {"market": one["id"], "email": email} for one in found for email in [*one["invitations"], *one["unclear"]]
    ]
    return {
        "markets": found,
        "host": urlsplit(data["account"]["url"]).netloc,
        "judged": judged,
        "tenants": tenants,
        "unfolded": len(tenants) <= UNFOLDED,
        "master": master,
        "summary": data["summary"],
        "launches": launches,
        "installs": installs,
        "ranking": ranking,
        "notes": notes,
        "open_points": sum(len(entries) for entries in notes.values()),
        "has_qr": html_parts.HAS_SEGNO,
    }


def _notes(tenants: list[dict[str, t.Any]], master: list[dict[str, t.Any]], data: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return what needs attention."""
    places = [*((app, None) for app in master), *((app, one["email"]) for one in tenants for app in one["apps"])]
    return {
        "undeclared": data["undeclared"],
        "missing": data["missing"],
        "unreadable": [{"email": one["email"], "why": one["why"]} for one in tenants if one["failed"]],
        "drift": [{"email": email, "app": app["name"], **entry} for app, email in places for entry in app["drift"]],
        "missing_apps": [
            {"email": email, "app": app["name"], "problem": app["problem"]}
            for app, email in places
            if not app["exists"] and email not in data["missing"]
        ],
        "undeclared_apps": [
            {"email": email, "app": app["name"]}
            for app, email in places
            if app["exists"] and app["declared"] is False and email not in data["undeclared"]
        ],
    }


def _tenant(one: dict[str, t.Any]) -> dict[str, t.Any]:
    record = one["tenant"] or {}
    stats = {"end_users_total": None, **{key: _number(value) for key, value in (one["stats"] or {}).items()}}
    launches, installs = chart(stats, "launches"), chart(stats, "installs")
    apps = [_app(app) for app in one["apps"]]
    there = sum(app["exists"] for app in apps)
    differs = any(app["drift"] or not app["exists"] or app["declared"] is False for app in apps)
    flags = {
        "attention": one["failed"] or not one["exists"] or one["declared"] is False or differs,
        "idle": one["exists"] and launches["last"] == 0,
        "noapp": one["exists"] and not one["failed"] and not there,
        "undeclared": one["declared"] is False or any(app["exists"] and app["declared"] is False for app in apps),
    }
    return {
        **one,
        "why": words(one["failure"]) if one["failed"] else None,
        "flags": " ".join(name for name, is_so in flags.items() if is_so),
        "since": clean(record.get("created"))[:19],
        "name": record.get("name"),
        "url": href(record.get("url")),
        "created": day(record.get("created")),
        "last_login": day((one["stats"] or {}).get("last_login")),
        "stats": stats,
        "launches": launches,
        "installs": installs,
        "apps": apps,
        "there": there,
    }


def _app(entry: dict[str, t.Any]) -> dict[str, t.Any]:
    app = entry["app"] or {}
    link = app_link(app)
    return {
        **entry,
        "link": link,
        "shown_link": re.sub(r"^https?://", "", link) if link else None,
        "created": day(app.get("created")),
        "icon": embedded_icon(entry["icon"]),
        "initials": initials(entry["name"]),
        "qr": qr_code(link) if link else None,
    }


def chart(stats: t.Mapping[str, t.Any], kind: str) -> dict[str, t.Any]:
    """Return bars for the mean day of each window. A rise or fall shows in them; totals would always rise.

    A height is a percentage of the highest bar, and None if the record has no such counter.
    """
    totals = []
    for label, days, launches, installs in WINDOWS:
        value = _number(stats.get(launches if kind == "launches" else installs or ""))
        totals.append((label, days, value))
    top = max((value / days for _label, days, value in totals if value), default=0)
    bars = [
        {
            "label": label,
            "total": value,
            "rate": None if value is None else value / days,
            "height": None if value is None else round(100 * value / days / top, 1) if top else 0,
        }
        for label, days, value in totals
    ]
    known = [one for one in bars if one["total"] is not None]
    said = ", ".join(f"{number(one['total'])} in {one['label']}" for one in known)
    all_time = _number(stats.get(f"{kind}_total"))
    return {
        "bars": bars,
        "last": known[-1]["total"] if known else None,
        "last_label": known[-1]["label"] if known else None,
        "all_time": all_time,
        "said": f"{kind.capitalize()}: {said or 'not known'}",
    }


def day(value: t.Any) -> str | None:
    """Return ``2020-09-01 09:50:18.107369`` as ``1 Sep 2020``, and anything else unchanged."""
    text = clean(value)
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return text[:40] or None
    return f"{found.day} {found:%b %Y}"


def _number(value: t.Any) -> int | float | None:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e15
    return value if good else None


def _sum(values: t.Iterable[t.Any]) -> int | float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
