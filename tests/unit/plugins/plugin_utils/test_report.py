# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's data and filter: what is shown, and what cannot get in."""

from __future__ import annotations

import html.parser
import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter.partner_report import FilterModule
from ansible_collections.partnerops.saas.plugins.plugin_utils import html_parts, report

HOSTILE = "{{ 7*7 }}</script><script>alert(1)</script><b onclick='x'>\"\n\u2028\x00\u202e\ud800"
STATS = {"launches_1_day": 5, "launches_7_days": 70, "launches_30_days": 150, "installs_1_day": 0}


def entry(name: str, **more: t.Any) -> dict[str, t.Any]:
    app = {"short_url": "https://w2m.example/x", "link_managed": None, "link_instant": None, "created": "2026-11-02 1"}
    blank: dict[str, t.Any] = {"exists": True, "declared": None, "drift": [], "icon": None, "problem": None}
    return {"name": name, "app": app, **blank, **more}


def tenant(email: str, *apps: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    record = {"name": "a1", "url": "https://a1-admin.x.example", "created": "2026-01-31 10:00:00.1"}
    blank = {"exists": True, "declared": None, "failed": False, "msg": None, "failure": None}
    return {"email": email, **blank, "tenant": record, "stats": STATS, "apps": list(apps), **more}


def data(*tenants: dict[str, t.Any], judged: bool = False, **more: t.Any) -> dict[str, t.Any]:
    numbers = {"found": len(tenants), "unreadable": 0, "undeclared": 0, "missing": 0, "drifted": 0}
    summary = {"declaration": judged, "tenants": numbers, "apps": numbers, "requests": 1}
    account = {"url": "https://ppp-admin.x.example"}
    return {
        "account": account,
        "tenants": list(tenants),
        "apps": [],
        "undeclared": [],
        "missing": [],
        "summary": summary,
        **more,
    }


class Tags(html.parser.HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, t.Any]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: t.Any) -> None:
        self.seen.append((tag, dict(attrs)))


def test_hostile_texts_in_every_place() -> None:
    drift = [{"field": "title", "declared": HOSTILE, "actual": HOSTILE}]
    app = entry(HOSTILE, drift=drift, declared=False, problem=HOSTILE, icon="data:image/svg+xml;base64,AAAA")
    app["app"] = dict.fromkeys(app["app"], HOSTILE)
    gone = {**app, "exists": False, "app": None}
    record = {"name": HOSTILE, "url": "javascript:alert(1)", "created": HOSTILE}
    stats = {**STATS, "launches_30_days": HOSTILE, "last_login": HOSTILE}
    one = tenant(HOSTILE, app, gone, failed=True, msg=HOSTILE, tenant=record, stats=stats, declared=False)
    two = tenant("b@x.example", app, gone)
    page = report.render(
        data(one, two, judged=True, undeclared=[HOSTILE], missing=[HOSTILE], apps=[app, gone]), HOSTILE
    )
    tags = Tags(page)
    assert [name for name, _attributes in tags.seen].count("script") == 1
    assert not any(name == "b" and attributes for name, attributes in tags.seen)
    assert not any(key.startswith("on") for _name, attributes in tags.seen for key in attributes)
    assert not any(name == "img" for name, _attributes in tags.seen)
    links = [attributes["href"] for name, attributes in tags.seen if name == "a"]
    assert links == ["https://a1-admin.x.example"]  # of the one record that is no lie
    assert not set(page) & set("\x00\ud800\u2028")
    assert page.count("{{ 7*7 }}&lt;/script&gt;") > 10


def test_the_same_content_keeps_its_page() -> None:
    first = report.render(data(tenant("a@x.example", entry("Store"))), "yesterday")
    assert "as of yesterday" in first
    assert report.render(data(tenant("a@x.example", entry("Store"))), "today", first) == first
    other = report.render(data(tenant("a@x.example", entry("Other"))), "today", first)
    assert "as of today" in other
    assert report.render(data(), "today", "something else entirely") != "something else entirely"
    assert "UTC" in report.render(data())


def test_charts_are_of_mean_days() -> None:
    chart = report.chart(STATS, "launches")
    assert [(one["total"], one["rate"], one["height"]) for one in chart["bars"]] == [
        (5, 5, 50.0),
        (70, 10, 100.0),
        (150, 5, 50.0),
    ]
    assert chart["said"] == "Launches: 5 in 1 day, 70 in 7 days, 150 in 30 days"
    assert [one["height"] for one in report.chart(STATS, "installs")["bars"]] == [0, None, None]
    assert report.chart({}, "launches")["said"] == "Launches: not known"
    assert report.chart({"launches_1_day": "many", "launches_7_days": -1}, "launches")["last"] is None


def test_days() -> None:
    assert report.day("2026-01-31 10:00") == "31 Jan 2026"
    assert report.day("soon") == "soon"
    assert report.day(None) is None


def test_states_in_words() -> None:
    assert "Everything is as declared" in report.render(data(judged=True))
    assert "nothing was compared" in report.render(data())
    many = report.render(data(*(tenant(f"t{number}@x.example") for number in range(20))))
    assert 'class="many"' in many
    assert '<details class="tenant" open' not in many
    assert "Most active tenants" in many


def test_without_the_library_for_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = FilterModule().filters()["partner_report"]
    whole = found(data(tenant("a@x.example", entry("Store"))))
    assert 'class="qr"' in whole
    monkeypatch.setattr(html_parts, "HAS_SEGNO", False)
    monkeypatch.setattr("ansible_collections.partnerops.saas.plugins.filter.partner_report.HAS_SEGNO", False)
    bare = found(data(tenant("a@x.example", entry("Store"))), previous=whole)
    assert 'class="qr"' not in bare


def test_something_else_is_refused() -> None:
    wrongs: list[t.Any] = [{}, None, [1], "x"]
    for wrong in wrongs:
        with pytest.raises(AnsibleFilterError, match="mobsted_fleet_info"):
            FilterModule().filters()["partner_report"](wrong)
