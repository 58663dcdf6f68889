# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source after a restart: nothing is missed or reported twice, whenever the process was killed."""

from __future__ import annotations

import functools
import re
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.seen import WatchError
from ansible_collections.partnerops.saas.plugins.plugin_utils.tenant_watch import TenantWatch
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script
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
