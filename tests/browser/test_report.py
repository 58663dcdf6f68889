# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in a browser: nothing foreign is loaded or run, it fits a phone, light and dark, and can be searched."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook

NAME = "</script><script>window.broken=1</script>{{ 7 * 7 }}'\"\n\u202eevil<img src=x onerror=window.broken=1>"


@pytest.fixture(scope="module")
def page_file(simulator: t.Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a report of many tenants, some of them hostile."""
    folder = tmp_path_factory.mktemp("report")
    with simulator.world(hostile=True, demo=True) as world:
        world.do("tenant_add", email="hostile@acme.example", apps=[NAME])
        world.do("tenant_edit", email="hostile@acme.example", attributes={"bcLastLogin": NAME, "tenantCreated": NAME})
        for number in range(30):
            world.do("tenant_add", email=f"a-rather-long-address-number-{number}@some-long-domain.example")
        run_playbook("partnerops.saas.report", env=connection_env(world), cwd=folder).check()
    return folder / "partner-report.html"


def open_page(browser: t.Any, path: Path, width: int = 1200, scheme: str = "light", **more: t.Any) -> t.Any:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
    page = context.new_page()
    page.problems = []
    page.asked = []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(path.as_uri())
    return page


def wait_for_count(page: t.Any, text: str) -> None:
    """Wait until the report counts its tenants as `text`; not by wait_for_function, which its policy forbids."""
    from playwright.sync_api import expect

    expect(page.locator(".found")).to_have_text(text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1200])
def test_it_is_self_contained_and_fits(browser: t.Any, page_file: Path, width: int, scheme: str) -> None:
    page = open_page(browser, page_file, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(function (one) { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.problems == []
    assert [url for url in page.asked if not url.startswith("data:")] == [page_file.as_uri()]
    back, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    dark = sum(map(int, back[4:-1].split(","))) < sum(map(int, ink[4:-1].split(",")))
    assert dark == (scheme == "dark")
    page.context.close()


def test_hostile_texts_are_texts(browser: t.Any, page_file: Path) -> None:
    page = open_page(browser, page_file)
    assert page.evaluate("window.broken") is None
    shown = page.evaluate(
        "Array.from(document.querySelectorAll('bdi')).map(function (one) { return one.textContent; })"
    )
    # A control character is not text; everything else is shown as it is and cannot reverse the text around it.
    assert NAME.replace("\n", " ") in shown
    assert "{{lookup('pipe','id')}}@evil.example" in shown
    assert "49" not in [text.strip() for text in shown]
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate("document.querySelectorAll('img:not([src^=\"data:image/png;base64,\"])').length") == 0
    links = page.evaluate("Array.from(document.links).map(function (one) { return one.protocol; })")
    assert links
    assert set(links) <= {"http:", "https:"}
    page.context.close()


def test_the_policy_stops_what_would_get_through(browser: t.Any, page_file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    text = page_file.read_text(encoding="utf-8")
    broken.write_text(text.replace("</h1>", "</h1><script>window.broken = 1</script>", 1), encoding="utf-8")
    page = open_page(browser, broken)
    assert page.evaluate("window.broken") is None
    assert any("Content Security Policy" in problem for problem in page.problems)
    page.context.close()


def test_tenants_can_be_found(browser: t.Any, page_file: Path) -> None:
    page = open_page(browser, page_file)
    total = page.locator("details.tenant").count()
    assert total == 12 + 4 + 1 + 30
    assert page.text_content(".found") == f"{total} of {total}"
    page.fill(".search", "Cobalt STORE")
    wait_for_count(page, f"1 of {total}")
    assert page.locator("details.tenant:visible").count() == 1
    page.click("details.tenant:visible summary")
    assert page.locator("details.tenant:visible .app:visible").count() == 2
    assert page.locator("details.tenant:visible .qr svg:visible").count() == 2
    page.fill(".search", "")
    wait_for_count(page, f"{total} of {total}")
    assert page.locator("details.tenant:visible").count() == total
    page.context.close()


def test_without_scripts_it_can_be_read(browser: t.Any, page_file: Path) -> None:
    page = open_page(browser, page_file, java_script_enabled=False)
    assert page.locator("details.tenant").count() == 47
    assert not page.locator(".search").is_visible()
    page.context.close()


def test_print_unfolds_all(browser: t.Any, page_file: Path) -> None:
    page = open_page(browser, page_file)
    assert page.locator("details.tenant:not([open])").count() > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.tenant:not([open])").count() == 0
    assert page.pdf()[:5] == b"%PDF-"
    page.context.close()


def test_the_codes_can_be_scanned(browser: t.Any, page_file: Path) -> None:
    """The page draws, module by module, the QR code of the link next to it."""
    import segno

    from ansible_collections.partnerops.saas.plugins.plugin_utils.html_parts import MASK

    page = open_page(browser, page_file)
    shown = page.evaluate(
        """Array.from(document.querySelectorAll('.app:has(.qr)')).slice(0, 5).map(one => ({
             link: one.querySelector('a').getAttribute('href'), svg: one.querySelector('.qr svg').outerHTML }))"""
    )
    assert len(shown) == 5
    for one in shown:
        code = segno.make_qr(one["link"], error="m", boost_error=False, mask=MASK)
        size = code.symbol_size(border=2)[0]
        painted = page.evaluate(PAINT, {"svg": one["svg"], "size": size})
        wanted = [[bool(module) for module in row] for row in code.matrix_iter(border=2)]
        assert painted == wanted
    page.context.close()


#: Draws an SVG at four pixels a module, and returns which modules are dark.
PAINT = """async ({svg, size}) => {
  const found = new DOMParser().parseFromString(svg, 'text/html').querySelector('svg');
  found.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  found.setAttribute('width', size * 4); found.setAttribute('height', size * 4);
  const image = new Image();
  image.src = 'data:image/svg+xml;base64,' + btoa(found.outerHTML);
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size * 4;
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const data = pen.getImageData(0, 0, size * 4, size * 4).data;
  return Array.from({length: size}, (_, y) => Array.from({length: size},
    (_, x) => data[((y * 4 + 2) * size * 4 + x * 4 + 2) * 4] < 128));
}"""
