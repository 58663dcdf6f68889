# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Describe one declared thing of a task with many: its outcome, how it is counted, and its part of the result.

A task declares one :class:`Item` for each thing. :class:`.batch.Batch` fills the items in.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..errors import ApiError
from ..operation import Result

#: A message names the reasons of this many failures. The result has all of them.
REASONS_SHOWN = 20

O = t.TypeVar("O")  # noqa: E741


@dataclass
class Item(t.Generic[O]):
    """One declared thing with its outcome, its error, both (drift that must fail the task), or neither.

    An outcome has the attributes ``changed`` and ``reconciled``.
    """

    outcome: O | None = None
    error: ApiError | None = None
    #: the traceback of an error that is a bug in this collection
    trace: str | None = None
    #: why the item was not started
    skipped: str | None = None
    #: why the item could not be compared, although nothing failed
    unverified: str | None = None
    #: the run would create it, but was refused or stopped first
    planned: bool = False

    @property
    def label(self) -> str:
        """Return the name that messages use."""
        return ""

    @property
    def settled(self) -> bool:
        """Return whether its outcome is known."""
        return bool(self.outcome or self.error or self.skipped or self.unverified)

    @property
    def changed(self) -> bool:
        """Return whether the run changed it, or would in check mode."""
        return bool(self.outcome and self.outcome.changed)  # type: ignore[attr-defined]

    @property
    def reconciled(self) -> bool:
        """Return whether the response to its creation was lost and a look-up found it."""
        return bool(self.outcome and self.outcome.reconciled)  # type: ignore[attr-defined]

    @property
    def status(self) -> str:
        """Return the one status under which a summary counts it."""
        if self.error is not None:
            return "failed"
        if self.skipped is not None:
            return "skipped"
        if self.unverified is not None:
            return "unverified"
        return self.outcome_status()

    def outcome_status(self) -> str:
        """Return the status under which it is counted if all went well."""
        return "created" if self.changed else "unchanged"


def failure_result(item: Item[t.Any], scrub: t.Callable[[str], str]) -> Result:
    """Return the result keys that say whether and why an item failed."""
    if item.error is None:
        return {"failed": False, "msg": None, "failure": None}
    failure = item.error.as_dict()
    if failure["message"]:
        failure["message"] = scrub(failure["message"])
    return {"failed": True, "msg": scrub(str(item.error)), "failure": failure}


def item_result(item: Item[t.Any], scrub: t.Callable[[str], str]) -> Result:
    """Return the result keys that all items have."""
    result = {"changed": item.changed, "reconciled": item.reconciled, **failure_result(item, scrub)}
    result["msg"] = result["msg"] or item.skipped or item.unverified
    return result


def count(items: t.Sequence[Item[t.Any]], *kinds: str) -> Result:
    """Count the items by status.

    :param kinds: statuses to list even if no item has them, besides those that every task lists
    """
    names = ("created", "unchanged", *kinds, "failed", "skipped")
    counts: dict[str, int] = {"declared": len(items), **dict.fromkeys(names, 0)}
    for item in items:
        counts[item.status] = counts.get(item.status, 0) + 1
    return counts


def batch_error(
    failures: t.Sequence[tuple[str, Item[t.Any]]], result: Result, scrub: t.Callable[[str], str], *, check_mode: bool
) -> ApiError:
    """Return the error of a task of which some items failed.

    The message groups them by reason. The error carries the whole result.

    :param failures: the label and the item of each failure
    :param check_mode: whether nothing was created
    """
    alike: dict[str, list[str]] = {}
    for name, item in failures:
        alike.setdefault(str(item.error), []).append(name)
    grouped = [(", ".join(names), text) for text, names in alike.items()]
    reasons = [f"{names}: {text}" for names, text in grouped[:REASONS_SHOWN]]
    rest = [names for names, _text in grouped[REASONS_SHOWN:]]
    counts = [kinds for kinds in result["summary"].values() if isinstance(kinds, dict)]
    total, done, left = (sum(kinds[key] for kinds in counts) for key in ("declared", "created", "skipped"))
    word = "to create" if check_mode else "created"
    head = f"{len(failures)} of {total} failed, {done} {word}" + (f", {left} not started. " if left else ". ")
    first = t.cast(ApiError, failures[0][1].error)
    trace = next((item.trace for _name, item in failures if item.trace), None)
    error = first.because(
        first.code, head + "  ".join(reasons) + (f"  Also failed: {', '.join(rest)}." if rest else "")
    )
    error.result = {**result, **({"exception": scrub(trace)} if trace else {})}
    return error
