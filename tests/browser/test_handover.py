# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for a client in a browser: it needs no other file, fits a phone and A4, and its code can be scanned."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.handover import languages, render
from ansible_collections.partnerops.saas.plugins.plugin_utils.html_parts import MASK
from ansible_collections.partnerops.saas.tests.browser.test_report import NAME, PAINT, open_page


def app(name: str, **more: t.Any) -> dict[str, t.Any]:
    known = {"short_url": "https://w2m.example/abc", "created": "2026-11-02 10:00", "splash_color": "#1557b0", **more}
    return {"name": name, "exists": True, "icon": None, "app": {"description": "All of it", **known}}


def page_of(folder: Path, language: str = "en", name: str = "Acme Store") -> Path:
    record = {"url": "https://a-admin.x.example", "login": "a-rather-long-address-of-somebody@some-long-domain.example"}
    tenant = {"email": "o@x.example", "tenant": record, "apps": [app(name), app("A" * 90)]}
    path = folder / "page.html"
    path.write_text(render(tenant, language, credentials={"password": NAME}), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (1200, "light")])
def test_it_is_self_contained_and_fits(browser: t.Any, tmp_path: Path, width: int, scheme: str, language: str) -> None:
    path = page_of(tmp_path, language)
    page = open_page(browser, path, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.problems == []
    assert page.asked == [path.as_uri()]
    box = page.locator(".button").first.bounding_box()
    assert box["height"] >= 44  # a thumb
    back, ink = page.evaluate(
        """[getComputedStyle(document.querySelector('section')).backgroundColor,
            getComputedStyle(document.body).color]"""
    )
    dark = sum(map(int, back[4:-1].split(","))) < sum(map(int, ink[4:-1].split(",")))
    assert dark == (scheme == "dark")
    page.context.close()


def test_hostile_texts_are_texts(browser: t.Any, tmp_path: Path) -> None:
    page = open_page(browser, page_of(tmp_path, name=NAME))
    assert page.evaluate("window.broken") is None
    assert page.evaluate("document.scripts.length") == 0
    assert NAME.replace("\n", " ") in page.evaluate("document.querySelector('h2 bdi').textContent")
    page.context.close()


def test_the_code_can_be_scanned(browser: t.Any, tmp_path: Path) -> None:
    import segno

    page = open_page(browser, page_of(tmp_path), 390)
    code = segno.make_qr("https://w2m.example/abc", error="m", boost_error=False, mask=MASK)
    svg = page.evaluate("document.querySelector('.qr svg').outerHTML")
    painted = page.evaluate(PAINT, {"svg": svg, "size": code.symbol_size(border=2)[0]})
    assert painted == [[bool(module) for module in row] for row in code.matrix_iter(border=2)]
    assert page.locator(".qr").first.bounding_box()["width"] >= 200
    page.context.close()


def test_on_paper_the_code_stays_and_the_button_goes(browser: t.Any, tmp_path: Path) -> None:
    page = open_page(browser, page_of(tmp_path), 700, "dark")
    page.emulate_media(media="print")
    assert not page.locator(".button").first.is_visible()
    assert page.locator(".qr").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 2
    page.context.close()


@pytest.mark.parametrize("language", languages())
def test_two_apps_are_one_sheet_of_paper(browser: t.Any, tmp_path: Path, language: str) -> None:
    record = {"url": "https://acme-admin.mobsted.example", "created": "2026-11-01 10", "login": "owner@acme.example"}
    site = {"website_url": "https://store.acme.example", "description": "Everything that Acme sells"}
    tenant = {"email": record["login"], "tenant": record, "apps": [app("Acme Store", **site), app("Acme Help", **site)]}
    path = tmp_path / "page.html"
    path.write_text(render(tenant, language, credentials={"password": "f" * 32}), encoding="utf-8")
    page = open_page(browser, path)
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    page.context.close()
