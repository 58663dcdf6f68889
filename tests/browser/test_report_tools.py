# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a tool: sorting, filtering, downloads, paper, and 3,000 tenants."""

from __future__ import annotations

import csv
import io
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils import html_parts, report
from ansible_collections.partnerops.saas.tests.browser.test_report import NAME, PAINT, open_page, wait_for_count

FORMULA = '=HYPERLINK("https://evil.example")@x.example'


def app(name: str, **more: t.Any) -> dict[str, t.Any]:
    known = {"short_url": f"https://w2m.example/{len(name)}", "link_managed": None, "link_instant": None}
    blank: dict[str, t.Any] = {"exists": True, "declared": True, "drift": [], "icon": None, "problem": None}
    return {"name": name, "app": {**known, "created": "2026-11-02 1"}, **blank, **more}


def tenant(number: int, *apps: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    launches = number * 37 % 101
    stats = {"launches_1_day": launches, "launches_30_days": launches * 21, "installs_7_days": number * 7 % 13}
    record = {"name": f"t{number}", "url": None, "created": f"2026-{1 + number % 12:02}-{1 + number % 28:02} 10:00"}
    return {
        "email": f"owner{number:04}@x.example",
        "exists": True,
        "declared": number % 9 != 4,
        "failed": False,
        "msg": None,
        "failure": None,
        "tenant": record,
        "stats": stats,
        "apps": list(apps),
        **more,
    }


def account(*tenants: dict[str, t.Any], apps: t.Sequence[t.Any] = ()) -> dict[str, t.Any]:
    numbers = dict.fromkeys(("unreadable", "undeclared", "missing", "drifted"), 0)
    summary = {"declaration": True, "tenants": {"found": len(tenants), **numbers}, "apps": {"found": 9, **numbers}}
    return {
        "account": {"url": "https://ppp-admin.x.example"},
        "tenants": list(tenants),
        "apps": list(apps),
        "summary": summary,
        "missing": [],
        "undeclared": [one["email"] for one in tenants if one["declared"] is False],
    }


PEOPLE = [
    {
        "marketplace_id": 7,
        "kind": "client",
        "email": "c@x.example",
        "state": "present",
        "blocked": True,
        "intent": None,
    },
    {"marketplace_id": 7, "kind": "member", "email": NAME, "state": "unknown", "blocked": None, "intent": "add"},
]


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "page.html"
    everyone = [tenant(number, *[app(f"Shop {number}")] * (number % 3)) for number in range(40)]
    everyone[3].update(failed=True, failure={"code": "stale_credentials"}, msg="auth answered 401", apps=[])
    everyone[5]["email"] = FORMULA
    before = report.render(account(*everyone[:37]), "12 November 2026, 08:00 UTC")
    path.write_text(report.render(account(*everyone, apps=[app("Portal")]), None, before, PEOPLE), encoding="utf-8")
    return path


def emails(page: t.Any) -> list[str]:
    found: list[str] = page.evaluate(
        "Array.from(document.querySelectorAll('details.tenant:not([hidden])')).map(one => one.dataset.email)"
    )
    return found


@pytest.mark.parametrize(("key", "rising"), [("launches", False), ("installs", False), ("since", False), ("", True)])
def test_sorting(browser: t.Any, tool: Path, key: str, rising: bool) -> None:
    page = open_page(browser, tool)
    before = emails(page)
    page.select_option(".sort", "since")
    page.select_option(".sort", key)
    if not key:
        assert emails(page) == before
    else:
        values = page.evaluate(
            "key => Array.from(document.querySelectorAll('details.tenant')).map(one => one.dataset[key])", key
        )
        numbers = values if key == "since" else [float(value) for value in values]
        assert numbers == sorted(numbers, reverse=not rising)
        assert len(set(numbers)) > 5
    assert sorted(emails(page)) == sorted(before)
    assert page.problems == []
    page.context.close()


def test_filters_and_search_together(browser: t.Any, tool: Path) -> None:
    page = open_page(browser, tool)
    total = len(emails(page))
    page.select_option(".filter", "idle")
    assert emails(page) == ["owner0000@x.example"]
    page.select_option(".filter", "noapp")
    assert len(emails(page)) == 13  # every third has none; the one that could not be read is not among them
    assert "owner0003@x.example" not in emails(page)
    page.select_option(".filter", "undeclared")
    assert emails(page) == [f"owner{number:04}@x.example" for number in (4, 13, 22, 31)]
    assert page.text_content(".found") == f"4 of {total}"
    page.fill(".search", "owner0013")
    wait_for_count(page, "1 of 40")
    page.fill(".search", "")
    page.select_option(".filter", "attention")
    wait_for_count(page, "5 of 40")
    assert "owner0003@x.example" in emails(page)
    page.context.close()


def test_csv_has_what_is_shown_and_no_formula(browser: t.Any, tool: Path) -> None:
    page = open_page(browser, tool)
    page.select_option(".sort", "launches")
    with page.expect_download() as download:
        page.click(".csv")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert download.value.suggested_filename == "tenants.csv"
    assert len(rows) == 40
    numbers = [int(row["launches"]) for row in rows]
    assert numbers == sorted(numbers, reverse=True)
    assert "'" + FORMULA in [row["email"] for row in rows]
    assert page.problems == []
    page.context.close()


def test_a_code_can_be_saved_and_scanned(browser: t.Any, tool: Path) -> None:
    import segno

    page = open_page(browser, tool)
    with page.expect_download() as download:
        page.locator("#own .save").first.click()
    assert download.value.suggested_filename == "Portal.svg"
    svg = Path(download.value.path()).read_text(encoding="utf-8")
    code = segno.make_qr("https://w2m.example/6", error="m", boost_error=False, mask=html_parts.MASK)
    painted = page.evaluate(PAINT, {"svg": svg, "size": code.symbol_size(border=2)[0]})
    assert painted == [[bool(module) for module in row] for row in code.matrix_iter(border=2)]
    page.context.close()


def test_growth_marketplaces_and_plain_words(browser: t.Any, tool: Path) -> None:
    page = open_page(browser, tool)
    assert page.locator(".grown").first.text_content() == "+3"
    assert "growth since 12 November 2026, 08:00 UTC" in page.text_content("header")
    assert page.locator(".tag", has_text="new").count() == 3
    assert page.inner_text(".markets tbody").split() == ["7", "1", "0", "1", "1"]
    assert "The client changed the password." in page.text_content("section[aria-labelledby=attention]")
    assert "401" not in page.text_content("section[aria-labelledby=attention]")
    assert NAME.replace("\n", " ") in page.text_content("section[aria-labelledby=attention]")
    page.context.close()


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_tools_fit_a_phone(browser: t.Any, tool: Path, width: int, scheme: str) -> None:
    page = open_page(browser, tool, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for name in (".search", ".filter", ".sort", ".csv"):
        box = page.locator(name).bounding_box()
        assert box["height"] >= 40
        assert box["width"] >= 100
    page.context.close()


def test_the_overview_is_two_pages_of_paper(browser: t.Any, tmp_path: Path) -> None:
    many = [tenant(number, app(f"Shop {number}"), declared=number % 2 == 0) for number in range(300)]
    for one in many[:100]:
        one.update(failed=True, failure={"code": "stale_credentials"}, msg="m", apps=[])
    for one in many[100:200]:
        one["apps"] = [
            app("Shop", drift=[{"field": "title", "declared": "A", "actual": "B"}]),
            app("X", declared=False),
        ]
    path = tmp_path / "page.html"
    people = [{**PEOPLE[1], "email": f"m{number}@x.example"} for number in range(60)]
    path.write_text(report.render(account(*many), None, None, people), encoding="utf-8")
    page = open_page(browser, path, 703, "dark")  # A4 between its margins
    page.emulate_media(media="print")
    assert page.evaluate("document.getElementById('list').offsetTop") < 2 * 1032
    assert page.evaluate("getComputedStyle(document.getElementById('list')).breakBefore") == "page"
    assert page.evaluate("getComputedStyle(document.querySelector('h2')).breakAfter") == "avoid"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".tools").is_visible()
    inside = """Array.from(document.querySelectorAll('.tenant .fig')).slice(0, 20).every(
      one => one.getBoundingClientRect().right <= one.closest('.tenant').getBoundingClientRect().right)"""
    assert page.evaluate(inside)
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"
    page.context.close()


@pytest.mark.slow
def test_three_thousand_tenants_stay_quick(browser: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = html_parts.qr_code("https://w2m.example/abcdef")
    monkeypatch.setattr(report, "qr_code", lambda _link: code)  # only the browser's time matters here
    path = tmp_path / "page.html"
    everyone = [tenant(number, app(f"Shop {number}"), app(f"Help {number}")) for number in range(3000)]
    path.write_text(report.render(account(*everyone)), encoding="utf-8")
    page = open_page(browser, path)
    took = page.evaluate(
        """async () => {
          const times = {}, frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
          const box = document.querySelector('.search'), sort = document.querySelector('.sort');
          const found = document.querySelector('.found');
          times.load = performance.getEntriesByType('navigation')[0].loadEventEnd;
          let start = performance.now();
          sort.value = 'launches'; sort.dispatchEvent(new Event('change')); await frame();
          times.sort = performance.now() - start;
          start = performance.now();
          box.value = 'owner1234'; box.dispatchEvent(new Event('input'));
          while (!found.textContent.startsWith('1 of')) { await frame(); }
          times.search = performance.now() - start;
          return times;
        }"""
    )
    assert took["load"] < 8000, took
    assert took["sort"] < 2500, took
    assert took["search"] < 1500, took
    page.context.close()
