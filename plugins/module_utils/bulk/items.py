# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe one declared thing of a task with many: what became of it, how it is counted, what the result says of it.

A task declares one :class:`Item` for each thing. :class:`.batch.Batch` fills the items in.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..errors import ApiError
from ..operation import Result

#: A message gives the reason of this many failures. The result holds all of them.
REASONS_SHOWN = 20

O = t.TypeVar("O")  # noqa: E741


@dataclass
class Item(t.Generic[O]):
    """One declared thing with its outcome, its error, both (drift that has to fail), or neither.

    An outcome has the attributes ``changed`` and ``reconciled``.
    """

    outcome: O | None = None
    error: ApiError | None = None
    #: the traceback of an error that is a defect of ours
    trace: str | None = None
    #: why the item was not started
    skipped: str | None = None
    #: why the item could not be compared, although nothing failed
    unverified: str | None = None
    #: the run would create it, but was refused or stopped before that
    planned: bool = False

    @property
    def label(self) -> str:
        """What messages call it."""
        return ""

    @property
    def settled(self) -> bool:
        """Whether it is known what became of it."""
        return bool(self.outcome or self.error or self.skipped or self.unverified)

    @property
    def changed(self) -> bool:
        """Whether the run changed it, or would in check mode."""
        return bool(self.outcome and self.outcome.changed)  # type: ignore[attr-defined]

    @property
    def reconciled(self) -> bool:
        """Whether the response to its creation was lost, and a look-up found it."""
        return bool(self.outcome and self.outcome.reconciled)  # type: ignore[attr-defined]

    @property
    def status(self) -> str:
        """The one kind as which a summary counts it."""
        if self.error is not None:
            return "failed"
        if self.skipped is not None:
            return "skipped"
        if self.unverified is not None:
            return "unverified"
        return self.outcome_status()

    def outcome_status(self) -> str:
        """Return the kind as which it is counted if all went well."""
        return "created" if self.changed else "unchanged"


def item_result(item: Item[t.Any], scrub: t.Callable[[str], str]) -> Result:
    """Return the result keys that all items have."""
    failure = item.error.as_dict() if item.error else None
    if failure and failure["message"]:
        failure["message"] = scrub(failure["message"])
    return {
        "changed": item.changed,
        "failed": item.error is not None,
        "msg": scrub(str(item.error)) if item.error else item.skipped or item.unverified,
        "failure": failure,
        "reconciled": item.reconciled,
    }


def count(items: t.Sequence[Item[t.Any]], *kinds: str) -> Result:
    """Count the items by what became of them.

    :param kinds: kinds that are counted even if there is no such item, beside those that every task has
    """
    names = ("created", "unchanged", *kinds, "failed", "skipped")
    counts: dict[str, int] = {"declared": len(items), **dict.fromkeys(names, 0)}
    for item in items:
        counts[item.status] = counts.get(item.status, 0) + 1
    return counts


def batch_error(
    failures: t.Sequence[tuple[str, Item[t.Any]]], result: Result, scrub: t.Callable[[str], str]
) -> ApiError:
    """Return the error of a task of which some items failed. It names each of them, and carries the whole result.

    :param failures: the label and the item of each failure
    """
    reasons = [f"{name}: {item.error}" for name, item in failures[:REASONS_SHOWN]]
    rest = [name for name, _item in failures[REASONS_SHOWN:]]
    counts = [kinds for kinds in result["summary"].values() if isinstance(kinds, dict)]
    total, done, left = (sum(kinds[key] for kinds in counts) for key in ("declared", "created", "skipped"))
    head = f"{len(failures)} of {total} failed, {done} created" + (f", {left} not started. " if left else ". ")
    first = t.cast(ApiError, failures[0][1].error)
    trace = next((item.trace for _name, item in failures if item.trace), None)
    error = first.because(first.code, head + "  ".join(reasons) + (f"  And: {', '.join(rest)}." if rest else ""))
    error.result = {**result, **({"exception": scrub(trace)} if trace else {})}
    return error
