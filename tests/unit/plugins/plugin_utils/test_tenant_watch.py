# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source's looks at an account: each thing that happened is reported once, whenever the process is killed."""

from __future__ import annotations

import functools
import json
import logging
import re
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.seen import WatchError
from ansible_collections.partnerops.saas.plugins.plugin_utils.tenant_watch import TenantWatch, harmless
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script, refused
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.tenants import (
    PASSWORD,
    everything,
    record,
)

Event = dict[str, t.Any]
Row = dict[str, t.Any]
FIRST, NEW = "first@acme.example", "new@acme.example"


def row(number: int, email: str = FIRST, **columns: t.Any) -> Row:
    return record(number, **{"Email": email, "appInstall": 10, **columns})


@pytest.fixture(autouse=True)
def log_level() -> t.Iterator[None]:
    """Give urllib3's log its level back."""
    log = logging.getLogger("urllib3")
    level = log.level
    yield
    log.setLevel(level)


@pytest.fixture
def watch(api: Script) -> t.Iterator[t.Callable[..., TenantWatch]]:
    """Return a function that makes a watch of the scripted account."""
    made: list[TenantWatch] = []

    def make(**args: t.Any) -> TenantWatch:
        made.append(TenantWatch({"api_url": HOST, "api_token": "given-token", "retries": 0, **args}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def look(watch: TenantWatch, limit: int | None = None) -> list[Event]:
    """Look once as the event source does.

    :param limit: number of events after which the process is killed, before the last one is kept
    """
    events: list[Event] = []
    for step in watch.poll():
        if step.event is not None:
            if len(events) == limit:
                return events
            events.append(step.event)
        watch.keep(step)
    watch.tidy()
    return events


def about(event: Event) -> tuple[t.Any, ...]:
    return (event["type"], event.get("email"), event.get("limit") or tuple(event.get("fields", ())))


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


# -- restarts ---------------------------------------------------------------------------------------------------------

BEFORE = [row(1), row(2, "second@acme.example", appInstall=15)]
AFTER = [row(1, ServerName="moved.example", appInstall=40), BEFORE[1], row(3, NEW, appInstall=25)]
HAPPENED = [
    ("tenant_changed", FIRST, ("server", "url")),
    ("threshold", FIRST, 20),
    ("threshold", FIRST, 30),
    ("tenant_new", NEW, ()),
    ("threshold", NEW, 20),
]


def test_a_restart_goes_on_where_it_was(api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path) -> None:
    for rows in (BEFORE, AFTER, AFTER):
        everything(api, *rows)
    found = []
    for _start in range(3):
        one = watch(seen_path=str(tmp_path / "seen"), thresholds={"installs_total": [20, 30]})
        found.append([about(event) for event in look(one)])
        one.close()
    assert found == [[], HAPPENED, []]
    assert PASSWORD not in (tmp_path / "seen").read_text(encoding="utf-8")


def test_the_file_of_another_account_is_refused(
    api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path
) -> None:
    """Everything would be new in it."""
    everything(api, *BEFORE)
    one = watch(seen_path=str(tmp_path / "seen"))
    look(one)
    one.close()
    with pytest.raises(WatchError, match=r"was written for the account .* and api_url names other-admin"):
        watch(seen_path=str(tmp_path / "seen"), api_url="https://other-admin.acme.example")
    again = watch(seen_path=str(tmp_path / "seen"), api_url=f"{HOST}:443/")
    again.close()


def test_a_field_that_only_one_release_keeps_has_not_changed(
    api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path
) -> None:
    for _start in range(2):
        everything(api, *BEFORE)
    one = watch(seen_path=str(tmp_path / "seen"))
    look(one)
    one.close()
    text = (tmp_path / "seen").read_text(encoding="utf-8")
    (tmp_path / "seen").write_text(re.sub(r'"login": [^,}]*', '"other": 1', text), encoding="utf-8")
    again = watch(seen_path=str(tmp_path / "seen"))
    assert look(again) == []


@pytest.mark.parametrize("entry", ['{"key": "1"}', '{"key": "1", "fields": [], "counters": {}}'])
def test_a_seen_file_with_a_line_of_another_form_is_refused(
    api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path, entry: str
) -> None:
    everything(api, *BEFORE)
    one = watch(seen_path=str(tmp_path / "seen"))
    look(one)
    one.close()
    with (tmp_path / "seen").open("a", encoding="utf-8") as file:
        file.write(entry + "\n")
    with pytest.raises(WatchError, match="has a line that can't be read"):
        watch(seen_path=str(tmp_path / "seen"))


@pytest.mark.parametrize("killed", range(len(HAPPENED) + 1))
def test_killed_between_two_events(
    api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path, killed: int
) -> None:
    start = functools.partial(watch, seen_path=str(tmp_path / "seen"), thresholds={"installs_total": [20, 30]})
    for rows in (BEFORE, AFTER, AFTER, AFTER):
        everything(api, *rows)
    first = start()
    look(first)
    before = look(first, limit=killed)
    first.close()
    second = start()
    after = look(second)
    assert [about(event) for event in before] == HAPPENED[:killed]
    assert [about(event) for event in after] == HAPPENED[killed:]
    assert look(second) == []


def test_killed_after_an_event_and_before_it_was_kept(
    api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path
) -> None:
    """The event comes twice, rather than never."""
    for rows in (BEFORE, AFTER, AFTER):
        everything(api, *rows)
    first = watch(seen_path=str(tmp_path / "seen"))
    look(first)
    emitted = [step.event for step in first.poll() if step.event]
    first.close()
    assert look(watch(seen_path=str(tmp_path / "seen"))) == emitted


def test_killed_during_the_first_look(api: Script, watch: t.Callable[..., TenantWatch], tmp_path: Path) -> None:
    for _start in range(2):
        everything(api, *BEFORE)
    first = watch(seen_path=str(tmp_path / "seen"))
    first.keep(first.poll()[0])
    first.close()
    assert look(watch(seen_path=str(tmp_path / "seen"))) == []


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
