# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters in playbooks: their examples, and text that looks like a template."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.support.harness import ROOT, edge_cores, run_playbook

HOSTILE = "{{ 7 * 7 }}</script>'\"\n\u2028\u202eevil"


def examples(name: str) -> list[dict[str, t.Any]]:
    text = (ROOT / "plugins" / "filter" / f"{name}.yml").read_text(encoding="utf-8")
    return list(yaml.safe_load(yaml.safe_load(text)["EXAMPLES"]))


def play(tasks: list[dict[str, t.Any]], **options: t.Any) -> t.Any:
    return run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], **options)


def test_the_examples(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    world.do("tenant_add", email="owner@acme.example")
    tasks = [
        *examples("mobsted_app_link"),
        *examples("mobsted_prompt_js"),
        *examples("mobsted_install_check_html"),
    ]
    run = play(tasks, env=world_env, cwd=tmp_path).check()
    app = run.results[0]["app"]
    assert run.results[1]["msg"] == f"{app['link_instant']}&utm_extid=100500"
    managed = f"{app['link_managed']}&utm_extid=100500".replace("&", "&amp;")
    assert run.results[2]["msg"] == f'<a href="{managed}">Open</a>'
    script = (tmp_path / "order-placed.js").read_text(encoding="utf-8")
    assert "  parent.postMessage({ type: 'mobsted.api', showwidget: 'push' }, '*');\n" in script
    assert "hidewidget: 'save'" in run.results[4]["msg"]
    head = (tmp_path / "head.html").read_text(encoding="utf-8")
    assert "checkPwaInstalled('100500')" in head


@pytest.mark.smoke
def test_hostile_texts(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    app = world.do("app_add", name=HOSTILE)
    run = play(
        [
            {"name": "Apps", "partnerops.saas.mobsted_pwa_app_info": {}, "register": "found"},
            {
                "name": "Show",
                "ansible.builtin.debug": {
                    "msg": [
                        "{{ app.name }}",
                        "{{ app | partnerops.saas.mobsted_app_link(app.name) }}",
                        "{{ app.name | partnerops.saas.mobsted_prompt_js }}",
                        "{{ app.name | partnerops.saas.mobsted_install_check_html('https://x.example/c.js') }}",
                    ]
                },
                "vars": {"app": "{{ found.apps | selectattr('id', '==', number) | first }}", "number": app["id"]},
            },
            {
                "name": "Refused",
                "ansible.builtin.debug": {"msg": "{{ 'javascript:1' | partnerops.saas.mobsted_app_link('u') }}"},
                "ignore_errors": True,
            },
            {
                "name": "Wrong use",
                "ansible.builtin.debug": {"msg": "{{ 'u' | partnerops.saas.mobsted_install_check_html }}"},
                "ignore_errors": True,
            },
        ],
        env=world_env,
    ).check()
    name, link, script, page = run.task("Show")["msg"]
    assert name == HOSTILE
    assert link.endswith("&utm_extid=%7B%7B%207%20%2A%207%20%7D%7D%3C%2Fscript%3E%27%22%0A%E2%80%A8%E2%80%AEevil")
    inner = "'\\u007b\\u007b 7 * 7 }}\\u003c/script\\u003e\\u0027\\u0022\\n\\u2028\\u202eevil'"
    assert f"showwidget: {inner} }}" in script
    assert f"checkPwaInstalled({inner})" in page
    assert "must be an https:// address" in run.task("Refused").msg
    assert "script_url" in run.task("Wrong use").msg


@pytest.mark.parametrize("core", edge_cores())
def test_a_link_with_an_email_address_gets_one_warning(core: str) -> None:
    show = {"msg": "{{ 'https://t1.mobsted.com/pwa/?appid=7' | partnerops.saas.mobsted_app_link(item) }}"}
    tasks = [{"name": "Links", "ansible.builtin.debug": show, "loop": ["jane@x.example", "joe@x.example", "100500"]}]
    run = play(tasks, core=core).check()
    assert [item["msg"].partition("utm_extid=")[2] for item in run.loop("Links")] == [
        "jane%40x.example",
        "joe%40x.example",
        "100500",
    ]
    assert " ".join(run.output.split()).count("extid is an e-mail address") == 1
