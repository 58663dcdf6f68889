# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters' snippets, rendered by a playbook, in a container page like the vendor's."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import run_playbook

HOSTILE = "push'\"</script><script>parent.broken=1</script>\n\u2028\u202e{{ 7 * 7 }}&amp;\\"

CONTAINER = """<!doctype html><meta charset=utf-8><title>container</title>
<script>window.heard = []; addEventListener('message', function (event) { heard.push(event.data); });</script>
<iframe src="site.html"></iframe>"""

SITE = """<!doctype html><meta charset=utf-8><title>site</title>
<script>{{ name | partnerops.saas.mobsted_prompt_js }}</script>
<button id="hide" onclick="{{ name | partnerops.saas.mobsted_prompt_js('hide') }}">hide</button>
<a id="link" href="{{ 'https://t1.mobsted.com/pwa/?appid=78' | partnerops.saas.mobsted_app_link(name) | e }}">app</a>"""

CHECK = """<!doctype html><html><head><meta charset=utf-8><title>check</title>
{{ name | partnerops.saas.mobsted_install_check_html(script_url=script) }}</head><body>site</body></html>"""

#: A stand-in for the vendor's script, whose address is not published.
STUB = """window.mbst = { checkPwaInstalled: function (user) {
  window.asked = user; return Promise.resolve(user === ANSWER); } };"""


def write(folder: Path, **templates: str) -> None:
    """Render the templates with a playbook, as users do."""
    variables = templates.pop("variables")
    tasks = [
        {
            "name": name,
            "ansible.builtin.copy": {"content": text, "dest": str(folder / f"{name}.html"), "mode": "0644"},
        }
        for name, text in templates.items()
    ]
    play = {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}
    run_playbook([play]).check()


@pytest.fixture(params=["push", HOSTILE])
def name(request: t.Any) -> str:
    return str(request.param)


def given(name: str) -> t.Any:
    """Mark a value so that ansible-core does not take it for a template, whatever it contains."""
    return "{{ lookup('ansible.builtin.file', source) | from_json }}"


def variables(folder: Path, name: str, **more: str) -> dict[str, str]:
    source = folder.parent / "name.json"
    source.write_text(json.dumps(name), encoding="utf-8")
    return {"name": given(name), "source": str(source), **more}


def test_the_container_hears_of_prompts(browser: t.Any, site: tuple[Path, str], name: str) -> None:
    folder, address = site
    (folder / "container.html").write_text(CONTAINER, encoding="utf-8")
    write(folder, site=SITE, variables=variables(folder, name))  # type: ignore[arg-type]
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/container.html")
    page.wait_for_function("heard.length === 1")
    inner = page.frames[1]
    inner.click("#hide")
    page.wait_for_function("heard.length === 2")
    assert page.evaluate("heard") == [
        {"type": "mobsted.api", "showwidget": name},
        {"type": "mobsted.api", "hidewidget": name},
    ]
    assert page.evaluate("window.broken") is None
    link = inner.evaluate("new URL(document.getElementById('link').href).searchParams.get('utm_extid')")
    assert link == name
    assert errors == []
    page.close()


@pytest.mark.parametrize("installed", [True, False])
def test_the_install_check_answers(browser: t.Any, site: tuple[Path, str], name: str, installed: bool) -> None:
    folder, address = site
    answer = json.dumps(name if installed else "somebody else").replace("</", "<\\/")
    (folder / "stub.js").write_text(STUB.replace("ANSWER", answer), encoding="utf-8")
    write(folder, check=CHECK, variables=variables(folder, name, script=f"{address}/stub.js"))  # type: ignore[arg-type]
    page = browser.new_page()
    page.goto(f"{address}/check.html")
    assert page.evaluate("window.mobstedPwaInstalled") is installed
    assert page.evaluate("window.asked") == name
    assert page.evaluate("document.body.textContent.trim()") == "site"
    page.close()


def test_a_script_that_does_not_load_is_no_answer(browser: t.Any, site: tuple[Path, str]) -> None:
    folder, address = site
    script = f"{address}/missing.js"
    write(folder, check=CHECK, variables=variables(folder, "100500", script=script))  # type: ignore[arg-type]
    page = browser.new_page()
    page.goto(f"{address}/check.html")
    outcome = "window.mobstedPwaInstalled.then(function () { return 'answer'; }, function () { return 'rejected'; })"
    assert page.evaluate(outcome) == "rejected"
    page.close()
