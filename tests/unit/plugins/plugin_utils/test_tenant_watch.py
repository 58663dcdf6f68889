# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source's looks at an account: each thing that happened is reported once, whenever the process is killed."""

from __future__ import annotations

import json
import logging
import re
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.tenant_watch import TenantWatch, harmless
from ansible_collections.partnerops.saas.tests.support.scripted import Script, refused
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.tenants import (
    PASSWORD,
    everything,
)
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.watching import (
    FIRST,
    NEW,
    about,
    look,
    row,
)

pytestmark = pytest.mark.usefixtures("log_level")


# -- events -----------------------------------------------------------------------------------------------------------


def test_the_first_look_only_learns_what_there_is(api: Script, watch: t.Callable[..., TenantWatch]) -> None:
    for _look in range(2):
        everything(api, row(1), row(2, NEW))
    one = watch(thresholds={"installs_total": 5})
    assert look(one) == []
    assert look(one) == []


def test_a_new_tenant(api: Script, watch: t.Callable[..., TenantWatch]) -> None:
    everything(api)
    everything(api, row(1))
    everything(api, row(1))
    one = watch()
    assert look(one) == []
    (event,) = look(one)
    assert (event["type"], event["email"], event["declared"]) == ("tenant_new", FIRST, None)
    assert event["tenant"]["id"] == "1"
    assert set(event["tenant"]) == {"id", "email", "url", "server", "name", "login", "created"}
    assert PASSWORD not in json.dumps(event)
    assert look(one) == []


def test_what_a_new_tenant_has_was_reached_since(api: Script, watch: t.Callable[..., TenantWatch]) -> None:
    everything(api)
    everything(api, row(1, appInstall=25))
    one = watch(thresholds={"installs_total": [30, 20, 5]})
    look(one)
    new, *crossed = look(one)
    assert new["type"] == "tenant_new"
    assert [(event["was"], event["now"], event["limit"]) for event in crossed] == [(0, 25, 5), (0, 25, 20)]


def test_a_changed_tenant(api: Script, watch: t.Callable[..., TenantWatch]) -> None:
    everything(api, row(1))
    for _look in range(2):
        everything(api, row(1, Email=NEW, ServerName="moved.example", Phone="1", UserPassword="another"))
    one = watch()
    look(one)
    (event,) = look(one)
    assert (event["type"], event["email"]) == ("tenant_changed", NEW)
    assert event["fields"] == ["email", "login", "server", "url"]
    assert event["was"] == {
        "email": FIRST,
        "login": FIRST,
        "server": "mobsted.com",
        "url": "https://a23r56k8-admin.mobsted.com",
    }
    assert event["tenant"]["url"] == "https://a23r56k8-admin.moved.example"
    assert look(one) == []


def test_a_tenant_that_is_gone_is_no_event(api: Script, watch: t.Callable[..., TenantWatch]) -> None:
    everything(api, row(1))
    everything(api)
    everything(api, row(1))
    one = watch()
    assert [look(one) for _look in range(3)] == [[], [], []]


@pytest.mark.parametrize(
    ("counts", "limits", "told"),
    [
        ((10, 19, 20, 21), 20, [[], [(19, 20, 20)], []]),
        ((10, 35), [20, 30, 40], [[(10, 35, 20), (10, 35, 30)]]),
        ((10, 35, 5, 25), [20], [[(10, 35, 20)], [], [(5, 25, 20)]]),
        ((20, 20, 25), 20, [[], []]),
        ((10, None, 25), 20, [[], [(10, 25, 20)]]),
        ((None, 25, 35), [20, 30], [[], [(25, 35, 30)]]),
        ((10, "12 MB", "25"), 20, [[], [(10, 25, 20)]]),
        ((10, "20.5"), 20.5, [[(10, 20.5, 20.5)]]),
        ((10, "1" * 20), "20", [[(10, 1.1111111111111111e19, 20)]]),
        ((10, "inf", "nan", True), 20, [[], [], []]),
    ],
)
def test_thresholds(
    api: Script,
    watch: t.Callable[..., TenantWatch],
    counts: tuple[t.Any, ...],
    limits: t.Any,
    told: list[list[tuple[t.Any, ...]]],
    tmp_path: Path,
) -> None:
    one = watch(thresholds={"installs_total": limits}, seen_path=str(tmp_path / "seen"))
    for count in counts:
        everything(api, row(1, appInstall=count))
    assert look(one) == []
    found = [look(one) for _look in counts[1:]]
    assert [[(event["was"], event["now"], event["limit"]) for event in events] for events in found] == told
    assert {(event["type"], event["counter"]) for events in found for event in events} <= {
        ("threshold", "installs_total")
    }


def test_a_threshold_that_is_new_after_a_restart(
    api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path
) -> None:
    path = str(tmp_path / "seen")
    for count in (10, 25, 45):
        everything(api, row(1, appInstall=count))
    first = watch(seen_path=path)
    look(first)
    first.close()
    second = watch(seen_path=path, thresholds={"installs_total": [20, 40]})
    assert look(second) == []  # it was not counted before
    assert [about(event) for event in look(second)] == [("threshold", FIRST, 40)]


# -- polling that fails -----------------------------------------------------------------------------------------------


def test_polling_that_fails_is_reported_once_and_loses_nothing(
    api: Script, watch: t.Callable[..., TenantWatch]
) -> None:
    everything(api)
    api.expect("GET", "object").fails(refused())
    api.expect("GET", "object").fails(refused())
    api.expect("GET", "object").json({"message": "no given-token {{ x }}"}, 403)
    everything(api, row(1))
    api.expect("GET", "object").fails(refused())
    one = watch()
    assert look(one) == []
    (unreachable,) = look(one)
    assert (unreachable["type"], unreachable["failure"]["code"]) == ("poll_failed", "unreachable")
    assert unreachable["msg"]
    assert look(one) == []
    (forbidden,) = look(one)
    assert forbidden["failure"]["code"] == "forbidden"
    assert "given-token" not in json.dumps(forbidden)
    assert "{{" not in json.dumps(forbidden)
    assert [about(event) for event in look(one)] == [("tenant_new", FIRST, ())]
    assert [about(event)[0] for event in look(one)] == ["poll_failed"]  # it had worked in between


def test_a_failed_first_look_is_no_listing(api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path) -> None:
    path = tmp_path / "seen"
    api.expect("GET", "object").fails(refused())
    one = watch(seen_path=str(path))
    assert [event["type"] for event in look(one)] == ["poll_failed"]
    assert not path.exists()
    everything(api, row(1))
    assert look(one) == []
    assert path.exists()


def test_half_a_listing_is_a_failure(api: Script, watch: t.Callable[..., TenantWatch]) -> None:
    everything(api)
    api.expect("GET", "object").json({"data": [row(1)], "meta": {"last_page": 1}, "warning": "partial"})
    one = watch()
    look(one)
    assert [event["failure"]["code"] for event in look(one)] == ["invalid_response"]


# -- the state file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        (f"mobsted: {{tenants: [{{email: {FIRST.upper()}}}]}}", True),
        ("mobsted: {tenants: [{email: other@acme.example}]}", False),
        ("mobsted: {tenants: [{email: '{{ someone }}'}]}", None),
        ("mobsted: {tenants: [{email: '{% if x %}a{% endif %}@b.example'}]}", None),
        ("mobsted: {tenants: '{{ all }}'}", None),
        ("mobsted: '{{ all }}'", None),
        ("mobsted: {tenants: ['{{ one }}']}", None),
        ("mobsted: {tenants: [{email: !vault 'of another'}]}", None),
        (f"mobsted: {{tenants: [{{email: {FIRST}, apps: [{{name: !vault 'of another'}}]}}]}}", True),
        ("mobsted:", False),
        ("mobsted: {apps: []}", False),
        ("mip: {}", False),
        (f"mip: '{{{{ x }}}}'\nmobsted: {{tenants: [{{email: !unsafe {FIRST}}}]}}", True),
    ],
)
def test_whether_a_new_tenant_is_declared(
    api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path, text: str, declared: bool | None
) -> None:
    path = tmp_path / "state.yml"
    path.write_text(text, encoding="utf-8")
    everything(api)
    everything(api, row(1))
    one = watch(state_file=str(path))
    look(one)
    assert [event["declared"] for event in look(one)] == [declared]


@pytest.mark.parametrize(
    "text",
    [
        *("mobsted: [", "a: b: c", "\x00", "$ANSIBLE_VAULT;1.1;AES256\n6162\n", None),
        # Somebody writes it just now, or it says something else than it means: nothing would be declared.
        *("", "# nothing\n", "- a", "mobsted: 5", "mobsted: {tenants: 5}", "mobsted: {tenants: {email: x}}"),
        *("mobsted: {tenants: [5]}", "mobsted: {tenants: [{apps: []}]}", "mobsted: {tenants: [{email: }]}"),
        *("mobsted: {tenant: []}", "mobsted: {tenants: []}\nmobsted: {}"),
    ],
)
def test_a_state_file_that_cannot_be_read_loses_nothing(
    api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "state.yml"
    path.write_text("mobsted: {}", encoding="utf-8")
    everything(api)
    one = watch(state_file=str(path))
    assert look(one) == []
    path.unlink()
    if text is not None:
        path.write_text(text, encoding="utf-8")
    (event,) = look(one)
    assert (event["type"], event["failure"]["code"]) == ("poll_failed", "invalid_input")
    assert "state.yml" in event["msg"]
    path.write_text("mobsted: {}", encoding="utf-8")
    everything(api, row(1))
    assert [about(event) for event in look(one)] == [("tenant_new", FIRST, ())]


# -- arguments and texts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"delay": 0}, "delay must be more than 0"),
        ({"delay": -1}, "delay must be more than 0"),
        ({"delay": "nan"}, "delay must be more than 0"),
        ({"delay": "x"}, "delay"),
        ({"thresholds": {"installs": 5}}, "no counter 'installs'. There are: launches_1_day"),
        ({"thresholds": {"installs_total": "many"}}, "must be a number or a list of numbers"),
        ({"thresholds": {"installs_total": None}}, "must be a number or a list of numbers"),
        ({"thresholds": {"installs_total": [1, {}]}}, "must be a number or a list of numbers"),
        ({"api_password": None, "api_login": None}, "api_login"),
        ({"api_url": "http://acme.example"}, "http://"),
        ({"threshold": {}}, "The source has no argument threshold. Supported parameters include: "),
        ({"deadline": "word-1234"}, "deadline"),
        ({"seen_path": "/"}, "seen_path"),
        ({"seen_path": "/dev/null"}, "seen_path: /dev/null can't be read: it is not a file"),
        ({"seen_path": "/no/such/folder/seen"}, "can't be written: No such file or directory. Name a file in an exist"),
        ({"delay": "inf"}, "delay must be more than 0"),
        ({"thresholds": {"installs_total": "nan"}}, "must be a number or a list of numbers"),
        ({"thresholds": {"installs_total": [5, "inf"]}}, "must be a number or a list of numbers"),
        ({"thresholds": {"installs_total": 10**400}}, "must be a number or a list of numbers"),
    ],
)
def test_arguments_that_are_wrong(args: dict[str, t.Any], words: str) -> None:
    given = {"api_url": "https://a.example", "api_login": "a@b.example", "api_password": "word-1234", **args}
    with pytest.raises((ValueError, OSError), match=re.escape(words)) as caught:
        TenantWatch(given)
    assert "word-1234" not in str(caught.value)


def test_urllib3_is_silent_since_its_lines_have_the_secrets_of_urls(watch: t.Callable[..., TenantWatch]) -> None:
    watch()
    assert logging.getLogger("urllib3").level == logging.CRITICAL


@pytest.mark.parametrize("mark", ["{{", "{%", "{#", "{{{", "{{%#"])
def test_no_text_of_an_event_is_a_template(mark: str) -> None:
    found = harmless({"a": f"x{mark} y", "b": {"c": mark, "d": 1}, "e": None})
    assert not re.search(r"\{[{%#]", json.dumps(list(found.values())[:1]) + found["b"]["c"])
    assert (found["b"]["d"], found["e"]) == (1, None)


def test_no_template_gets_into_an_event(api: Script, watch: t.Callable[..., TenantWatch]) -> None:
    everything(api)
    everything(api, row(1, "{{lookup('pipe','id')}}@x.example", TenantName="{% raw %}"))
    everything(api, row(1, "o@x.example", TenantName="{# gone"))
    one = watch()
    look(one)
    text = json.dumps([*look(one), *look(one)])
    assert (text.count("tenant_new"), text.count("tenant_changed")) == (1, 1)
    assert not re.search(r"\{[{%#]", text)
