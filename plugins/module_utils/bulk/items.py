# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every task with many items has in common: its options, what becomes of one item, and what it tells.

A task declares one :class:`Item` for each declared thing, and the pool of :mod:`.bulk` fills them in.
"""

from __future__ import annotations

import time
import traceback
import typing as t
from dataclasses import dataclass

from ..errors import ApiError, invalid
from ..operation import Result, Task

MAX_CONCURRENCY = 32
#: So many failures are told with their reason; the result holds all.
TOLD = 20

#: How a task with many items runs.
MANY_OPTIONS: dict[str, dict[str, t.Any]] = {
    "concurrency": {"type": "int", "default": 8},
    "on_error": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
}

O = t.TypeVar("O")  # noqa: E741


@dataclass
class Item(t.Generic[O]):
    """What became of one declared thing: an outcome, an error, both (drift that has to fail) or none.

    An outcome has the attributes ``changed`` and ``reconciled``.
    """

    outcome: O | None = None
    error: ApiError | None = None
    #: a defect of ours, with its traceback
    trace: str | None = None
    #: why nothing was done, where nothing was
    skipped: str | None = None

    @property
    def settled(self) -> bool:
        """Whether anything is known."""
        return bool(self.outcome or self.error or self.skipped)


class Settling:
    """Whatever goes wrong inside belongs to this item alone."""

    def __init__(self, item: Item[t.Any], then: t.Callable[[Item[t.Any]], None] = lambda _item: None) -> None:
        self._item = item
        self._then = then

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: t.Any, error: BaseException | None, trace: t.Any) -> bool:
        item = self._item
        if isinstance(error, ApiError):
            item.error = error
        elif isinstance(error, (Exception, SystemExit)):
            item.error = ApiError(
                "unknown_outcome",
                f"Met an error that it does not know ({type(error).__name__}: {error}). Nothing is known of what was "
                "sent before: run again, and report it with the task's options.",
            )
            item.trace = "".join(traceback.format_exception(kind, error, trace, chain=False))
        elif error is not None:
            return False
        self._then(item)
        return True


def check_many(params: t.Mapping[str, t.Any]) -> None:
    """The options of every task with many items."""
    if not 1 <= params["concurrency"] <= MAX_CONCURRENCY:
        raise invalid(f"concurrency is {params['concurrency']}: it must be 1 to {MAX_CONCURRENCY}. Nothing was sent.")


class Progress:
    """A line about once a second, on a terminal only."""

    def __init__(self, task: Task, name: str, total: int) -> None:
        self._task = task
        self._name = name
        self._total = total
        self._start = self._shown = time.monotonic()

    def show(self, done: int, failed: int) -> None:
        """Call it often, in the main thread."""
        now = time.monotonic()
        if self._task.controller is None or now - self._shown < 1:
            return
        self._shown = now
        bad = f", {failed} failed" if failed else ""
        rate = done / (now - self._start)
        self._task.controller.progress(f"{self._name}: {done} of {self._total} done{bad}, {rate:.1f}/s")


def told(item: Item[t.Any], scrub: t.Callable[[str], str]) -> Result:
    """The result keys that all items have."""
    failure = item.error.as_dict() if item.error else None
    if failure and failure["message"]:
        failure["message"] = scrub(failure["message"])
    return {
        "changed": bool(item.outcome and item.outcome.changed),
        "failed": item.error is not None,
        "msg": scrub(str(item.error)) if item.error else item.skipped,
        "failure": failure,
        "reconciled": bool(item.outcome and item.outcome.reconciled),
    }


def summary(items: t.Sequence[Item[t.Any]], kind_of: t.Callable[[t.Any], str] = lambda _outcome: "created") -> Result:
    """How many items there are of what.

    :param kind_of: what a changed item counts as
    """
    counts: dict[str, int] = {"declared": len(items), "created": 0, "unchanged": 0, "failed": 0, "skipped": 0}
    for item in items:
        if item.error is not None:
            kind = "failed"
        elif item.skipped is not None:
            kind = "skipped"
        else:
            kind = kind_of(item.outcome) if item.outcome and item.outcome.changed else "unchanged"
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def failed(failures: t.Sequence[tuple[str, Item[t.Any]]], result: Result, scrub: t.Callable[[str], str]) -> ApiError:
    """The failure of a task of which some items failed: it names each, and has the whole result.

    :param failures: what to call each failed item, and the item
    """
    reasons = [f"{name}: {item.error}" for name, item in failures[:TOLD]]
    rest = [name for name, _item in failures[TOLD:]]
    counts = [count for count in result["summary"].values() if isinstance(count, dict)]
    total, done, left = (sum(count[key] for count in counts) for key in ("declared", "created", "skipped"))
    head = f"{len(failures)} of {total} failed, {done} created" + (f", {left} not started. " if left else ". ")
    first = t.cast(ApiError, failures[0][1].error)
    trace = next((item.trace for _name, item in failures if item.trace), None)
    error = first.because(first.code, head + "  ".join(reasons) + (f"  And: {', '.join(rest)}." if rest else ""))
    error.result = {**result, **({"exception": scrub(trace)} if trace else {})}
    return error
