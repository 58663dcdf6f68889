# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of an item in a batch, and what is shown of it."""

from __future__ import annotations

import os
import time
import typing as t
from types import SimpleNamespace

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.bulk import batch as module
from ansible_collections.partnerops.saas.plugins.module_utils.bulk import progress
from ansible_collections.partnerops.saas.plugins.module_utils.bulk.batch import STOPPED, Batch
from ansible_collections.partnerops.saas.plugins.module_utils.bulk.items import Item, count
from ansible_collections.partnerops.saas.plugins.module_utils.bulk.progress import Progress, duration
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task


class Screen:
    """A controller whose display the tests read."""

    def __init__(self, interval: float = 1.0) -> None:
        self.progress_interval = interval
        self.lines: list[str] = []

    def progress(self, text: str) -> None:
        self.lines.append(text)

    def clear_progress(self) -> None:
        self.lines.append("")

    def credentials_file(self, _params: t.Any) -> t.Any:
        return None

    def predicted(self, _kind: str, names: t.Iterable[str] = ()) -> set[str]:
        return set(names)


class Thing(Item[t.Any]):
    """An item with a name."""

    @property
    def label(self) -> str:
        return "thing"


def make(task: Task | None = None, **how: t.Any) -> Batch:
    return Batch(task or Task({}), "module", 3, **{"concurrency": 1, **how})


def works(batch: Batch, item: Item[t.Any], error: BaseException | None = None) -> t.Callable[[], list[t.Any]]:
    def job() -> list[t.Any]:
        with batch.attempt(item):
            if error:
                raise error
            item.outcome = SimpleNamespace(changed=True, reconciled=False)
        return []

    return job


def test_an_item_that_fails_stops_no_other() -> None:
    batch, items = make(), [Thing(), Thing(), Thing()]
    errors = [ApiError("timeout", "late"), ValueError("a defect"), None]
    batch.run([works(batch, item, error) for item, error in zip(items, errors, strict=True)])
    batch.close(items)
    assert count(items) == {"declared": 3, "created": 1, "unchanged": 0, "failed": 2, "skipped": 0}
    assert (batch.done, batch.failed) == (3, 2)
    assert [item.error and item.error.code for item in items] == ["timeout", "unknown_outcome", None]
    assert "a defect" in str(items[1].error)
    assert "ValueError" in str(items[1].trace)
    assert items[0].trace is None


def test_what_ends_the_task_is_no_failure_of_an_item() -> None:
    batch, item = make(), Thing()
    with pytest.raises(KeyboardInterrupt), batch.attempt(item):
        raise KeyboardInterrupt
    assert not item.settled
    assert batch.done == 0


def test_stop_on_error_starts_nothing_more_and_says_why() -> None:
    batch, items = make(stop_on_error=True), [Thing(), Thing(), Thing()]
    batch.run([works(batch, items[0]), works(batch, items[1], ApiError("timeout", "late")), works(batch, items[2])])
    batch.close(items)
    assert [item.status for item in items] == ["created", "failed", "skipped"]
    assert items[2].skipped == STOPPED
    later = Thing()
    batch.run([works(batch, later)])
    assert not later.settled


def test_the_first_reason_to_stop_is_the_one_that_is_reported() -> None:
    batch, item = make(), Thing()
    batch.stop("first")
    batch.stop("second")
    batch.close([item])
    assert item.skipped == "first"


def test_a_killed_parent_stops_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    batch, items = make(Task({}, controller=Screen())), [Thing(), Thing()]

    def orphaned() -> list[t.Any]:
        monkeypatch.setattr(module.os, "getppid", lambda: 1)
        while not batch.stopped:
            time.sleep(0.01)
        return works(batch, items[0])()

    batch.run([orphaned, works(batch, items[1])])
    batch.close(items)
    assert [item.status for item in items] == ["created", "skipped"]
    assert "ended before its turn" in str(items[1].skipped)
    assert os.getppid() == 1


def test_two_stages() -> None:
    batch, items = make(), [Thing(), Thing()]
    for item in items:
        batch.run([works(batch, item)])
    assert batch.done == 2


# -- progress ---------------------------------------------------------------------------------------------------------


def test_progress_has_a_rate_the_time_left_and_the_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    screen = Screen()
    shown = Progress(Task({}, controller=screen), "mobsted_fleet", 40)
    for second, done, failed in ((0.5, 3, 0), (1.0, 5, 0), (1.5, 8, 0), (2.0, 10, 1)):
        now[0] = 100.0 + second
        shown.show(done, failed, "tenant a@x.example")
    shown.clear()
    shown.clear()
    assert screen.lines == [
        "mobsted_fleet: 5 of 40, 5.0/s, 7 s left, now tenant a@x.example",
        "mobsted_fleet: 10 of 40, 1 failed, 5.0/s, 6 s left, now tenant a@x.example",
        "",
    ]


def test_what_was_settled_at_once_does_not_shorten_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 600 things 560 exist. The other 40 are created, two a second."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    screen = Screen()
    shown = Progress(Task({}, controller=screen), "x", 600)
    for second in range(1, 6):
        now[0] += 1
        shown.show(560 + 2 * second, 0)
    assert screen.lines[1:] == [
        "x: 564 of 600, 2.0/s, 18 s left",
        "x: 566 of 600, 2.0/s, 17 s left",
        "x: 568 of 600, 2.0/s, 16 s left",
        "x: 570 of 600, 2.0/s, 15 s left",
    ]


def test_the_rate_is_that_of_the_last_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    screen = Screen()
    shown = Progress(Task({}, controller=screen), "x", 2000)
    done = 0
    for _second in range(100):
        now[0] += 1
        done += 10 if now[0] <= 130 else 2
        shown.show(done, 0)
    assert ", 2.0/s, " in screen.lines[-1]


def test_progress_keeps_secrets_and_needs_a_controller() -> None:
    screen = Screen(0.0)
    task = Task({}, controller=screen)
    task.context.secrets.add("app-name-secret")
    Progress(task, "x", 1).show(0, 0, "app 'app-name-secret'")
    assert screen.lines == ["x: 0 of 1, 0.0/s, now app '********'"]
    Progress(Task({}), "x", 1).show(0, 0)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (3599, "60 min"), (6000, "1 h 40 min")]
)
def test_a_time_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text
