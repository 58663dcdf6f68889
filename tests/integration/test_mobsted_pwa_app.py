# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mobsted_pwa_app`` against the simulator."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import run_playbook, run_task
from ansible_collections.partnerops.saas.tests.support.worlds import run_in_worlds, worlds

ACTION = "partnerops.saas.mobsted_pwa_app"
INFO = "partnerops.saas.mobsted_pwa_app_info"
EMAIL = "owner@acme.example"
APP: dict[str, t.Any] = {
    "tenant": EMAIL,
    "name": "Acme Store",
    "website_url": "https://store.acme.example",
    "splash_color": "#dbdbdb",
    "widget_html": '<div style="x">Hi & "welcome" ä</div>',
}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def tenant(world: t.Any) -> dict[str, t.Any]:
    return dict(world.do("tenant_add", email=EMAIL))


@pytest.mark.usefixtures("tenant")
def test_do_again_check_check_again(world: t.Any, world_env: dict[str, str]) -> None:
    checked = run_task(ACTION, APP, env=world_env, check=True, diff=True).check().task("Task")
    assert checked.changed
    assert checked["app"]["name"] == "Acme Store"
    assert checked["app"]["id"] is None
    assert world.apps(EMAIL) == []

    done = run_task(ACTION, APP, env=world_env, diff=True).check().task("Task")
    assert done.changed
    (app,) = world.apps(EMAIL)
    assert done["app"]["id"] == app["id"]
    assert isinstance(done["app"]["id"], int)
    assert done["app"]["tenant"] == EMAIL
    for key in ("qr_url", "icon_url"):
        assert done["app"][key].startswith("http://127.0.0.1:")
    sent = next(one for one in world.log(method="POST") if one["path"].endswith("/applications"))
    assert sent["headers"]["content-type"].startswith("multipart/form-data")
    fields = sent["body"]["fields"] if "fields" in sent["body"] else sent["body"]
    assert fields["isPWAless"] == "1"
    assert fields["title"] == "Acme Store"
    assert fields["widgetDescription"] == APP["widget_html"]

    again = run_task(ACTION, APP, env=world_env).check().task("Task")
    assert not again.changed
    assert again["drift"] == []
    assert not run_task(ACTION, APP, env=world_env, check=True).check().task("Task").changed
    assert len(world.apps(EMAIL)) == 1


def test_in_the_master_account_app_1_is_protected(world: t.Any, world_env: dict[str, str]) -> None:
    (registry,) = world.apps()
    before = world.counts()["executed"]
    for args in ({"name": registry["name"]}, {"name": "Other", "app_id": 1}):
        wanted = {**args, "website_url": "https://x.example"}
        failed = run_task(ACTION, wanted, env=world_env).check(2).task("Task")
        assert failed.failure["code"] == "protected_app"
    assert world.apps() == [registry]
    assert before == 0
    own = {"name": "Mine", "website_url": "https://x.example"}
    assert run_task(ACTION, own, env=world_env).check().task("Task").changed
    assert not run_task(ACTION, own, env=world_env).check().task("Task").changed
    found = run_task(INFO, {}, env=world_env).check().task("Task")["apps"]
    assert [app["name"] for app in found] == [registry["name"], "Mine"]


LOST: dict[str, dict[str, t.Any]] = {
    "500": {"kind": "status", "status": 500},
    "502": {"kind": "status", "status": 502},
    "504": {"kind": "status", "status": 504},
    "reset": {"kind": "reset"},
    "stall": {"kind": "stall", "seconds": 8},
    "truncated": {"kind": "truncated"},
    "html": {"kind": "html"},
    "empty": {"kind": "empty"},
}


def test_a_lost_response_makes_one_app(simulator: t.Any) -> None:
    def lose(when: str) -> None:
        for name, world in made.items():
            world.fault(when=when, method="POST", path="/api/v8/applications", **LOST[name])

    with worlds(simulator, list(LOST)) as made:
        for world in made.values():
            world.do("tenant_add", email=EMAIL)
        lose("before")
        task: dict[str, t.Any] = {"name": "Task", ACTION: {**APP, "timeout": 2}}
        run = run_in_worlds(made, [{**task, ACTION: {**task[ACTION], "settle": 1}, "ignore_errors": True}]).check()
        for name, world in made.items():
            assert run.task("Task", name).failure["code"] == "unknown_outcome", name
            assert world.apps(EMAIL) == [], name
        lose("after")
        run = run_in_worlds(made, [task]).check()
        again = run_in_worlds(made, [{"name": "Again", ACTION: APP}]).check()
        for name, world in made.items():
            assert run.task("Task", name).changed, name
            assert run.task("Task", name)["reconciled"] is True, name
            assert len(world.apps(EMAIL)) == 1, name
            assert not again.task("Again", name).changed, name


@pytest.mark.usefixtures("tenant")
def test_drift_is_reported_and_never_corrected(world: t.Any, world_env: dict[str, str]) -> None:
    run_task(ACTION, APP, env=world_env).check()
    other = {**APP, "website_url": "https://new.acme.example", "splash_color": "#DBDBDB"}
    run = run_task(ACTION, other, env=world_env).check()
    assert not run.task("Task").changed
    (drift,) = run.task("Task")["drift"]
    assert drift == {
        "field": "website_url",
        "declared": "https://new.acme.example",
        "actual": "https://store.acme.example",
    }
    assert "website_url" in run.output
    assert "differs" in run.output
    failed = run_task(ACTION, {**other, "on_drift": "fail"}, env=world_env).check(2).task("Task")
    assert failed["drift"] == [drift]
    quiet = run_task(ACTION, {**other, "on_drift": "ignore"}, env=world_env).check()
    assert "differs" not in quiet.output
    assert world.counts()["apps_created"] == 1


@pytest.mark.usefixtures("tenant")
def test_one_of_several_is_picked_by_id(world: t.Any, world_env: dict[str, str]) -> None:
    for _twice in range(2):
        world.do("app_add", email=EMAIL, name="Acme Store")
    failed = run_task(ACTION, APP, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "ambiguous"
    second = world.apps(EMAIL)[1]["id"]
    assert run_task(ACTION, {**APP, "app_id": second}, env=world_env).check().task("Task")["app"]["id"] == second
    failed = run_task(ACTION, {**APP, "app_id": 4711}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "not_found"
    assert len(world.apps(EMAIL)) == 2


@pytest.mark.usefixtures("tenant")
def test_the_icon_is_found_like_the_source_of_copy(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "acme.png").write_bytes(PNG)
    play: list[dict[str, t.Any]] = [
        {"hosts": "localhost", "gather_facts": False, "tasks": [{"name": "App", ACTION: {**APP, "icon": "acme.png"}}]}
    ]
    assert run_playbook(play, env=world_env, cwd=tmp_path).check().task("App").changed
    sent = next(one for one in world.log(method="POST") if one["path"].endswith("/applications"))
    assert "acme.png" in str(sent["body"])
    assert str(len(PNG)) in str(sent["body"])


@pytest.mark.usefixtures("tenant")
def test_bad_input_is_refused_before_anything_is_sent(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("no image")
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    bad: list[tuple[dict[str, t.Any], str]] = [
        ({"icon": "missing.png"}, "missing.png"),
        ({"icon": str(tmp_path / "text.txt")}, "not an image"),
        ({"icon": str(tmp_path / "empty.png")}, "empty"),
        ({"icon": str(tmp_path / "folder.png")}, "folder"),
        ({"splash_color": "blue"}, "splash_color"),
        ({"panel_color": "#12345"}, "panel_color"),
        ({"website_url": "store.acme.example"}, "website_url"),
        ({"website_url": "javascript:alert(1)"}, "website_url"),
        ({"name": " Acme"}, "name"),
        ({"tenant": "nobody"}, "tenant"),
        ({"app_id": 0}, "app_id"),
    ]
    tasks = [{"name": str(change), ACTION: {**APP, **change}, "ignore_errors": True} for change, _names in bad]
    run = run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], env=world_env).check()
    for change, names in bad:
        failed = run.task(str(change).strip())
        assert failed.failure["code"] == "invalid_input", failed.msg
        assert names in failed.msg
    assert world.counts()["requests"] == 0


@pytest.mark.usefixtures("tenant")
def test_a_changed_password_is_reported_and_can_be_given(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_password", email=EMAIL, password="changed&word/+1")
    failed = run_task(ACTION, APP, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "stale_credentials"
    assert "tenant_password" in failed.msg
    failed = run_task(ACTION, {**APP, "tenant_password": "wrong"}, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "auth_failed"
    run = run_playbook(
        [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "tasks": [{"name": "App", ACTION: {**APP, "tenant_password": "{{ word }}"}}],
            }
        ],
        env=world_env,
        extra_vars={"word": "changed&word/+1"},
        verbosity=4,
    ).check()
    assert run.task("App").changed
    assert "changed&word/+1" not in run.output


def test_an_unknown_tenant_is_not_found(world: t.Any, world_env: dict[str, str]) -> None:
    for check in (False, True):
        failed = run_task(ACTION, APP, env=world_env, check=check).check(2).task("Task")
        assert failed.failure["code"] == "not_found"
    assert world.counts()["tenants_created"] == 0


def test_a_check_run_of_a_new_tenant_with_its_app_predicts_both(world: t.Any, world_env: dict[str, str]) -> None:
    play: list[dict[str, t.Any]] = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {"name": "Tenant", "partnerops.saas.mobsted_tenant": {"email": EMAIL}},
                {"name": "App", ACTION: APP},
            ],
        }
    ]
    predicted = run_playbook(play, env=world_env, check=True).check()
    assert predicted.changed == 2
    assert world.state()["tenants"] == []
    assert run_playbook(play, env=world_env).check().changed == 2
    assert run_playbook(play, env=world_env).check().changed == 0


def test_no_password_goes_to_another_host(simulator: t.Any) -> None:
    urls = ["http://127.0.0.2:1/t", "https://evil.example", "http://user@127.0.0.1/", "ftp://x"]
    with worlds(simulator, [f"host{number}" for number in range(len(urls))]) as made:
        for url, world in zip(urls, made.values()):
            world.do("tenant_add", email=EMAIL)
            world.do("tenant_edit", email=EMAIL, attributes={"url": url})
        run = run_in_worlds(made, [{"name": "Task", ACTION: APP, "ignore_errors": True}]).check()
        for url, (name, world) in zip(urls, made.items()):
            failed = run.task("Task", name)
            assert failed.failure["code"] == "invalid_response", url
            assert "No credential was sent" in failed.msg, url
            assert world.apps(EMAIL) == [], url
