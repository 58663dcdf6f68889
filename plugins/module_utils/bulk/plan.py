# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Put what a task with many items would do, or did, in one plan: as a result key, as a diff, and as one line."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..operation import Result
from .items import Item

#: A diff lists this many undeclared things. The result has all of them.
UNDECLARED_SHOWN = 50
#: A diff shows this many characters of an attribute.
ATTRIBUTE_SHOWN = 100
#: The lists of a plan, in the order in which they are shown.
LISTS = ("create", "change", "remove", "differs", "unverified", "unconfirmed", "undeclared", "failed", "skipped")


def last_line(entries: t.Mapping[str, t.Sequence[Result]], in_sync: int, *, planned: bool) -> str:
    """Return the last line of a plan.

    :param entries: all of ``LISTS``
    :param planned: nothing was done: in check mode, or because the plan was refused
    """
    parts = [
        f"{len(entries['create'])} {'to create' if planned else 'created'}",
        f"{len(entries['differs'])} differs",
        f"{len(entries['unverified'])} unverified",
        f"{len(entries['undeclared'])} not declared",
        f"{in_sync} in sync",
    ]
    rare = {
        "change": "to change" if planned else "changed",
        "remove": "to remove" if planned else "removed",
        "unconfirmed": "unconfirmed",
        "failed": "failed",
        "skipped": "not started",
    }
    parts += [f"{len(entries[name])} {what}" for name, what in rare.items() if entries[name]]
    return f"{'Plan' if planned else 'Done'}: {', '.join(parts)}"


@dataclass
class Plan:
    """Every declared thing, and everything that exists undeclared, by what the run does about it.

    Each entry is a dict with ``kind`` (``tenant``, ``app``, ``client`` or ``member``), ``label`` (the name that
    messages use) and the keys that identify it; see ``docs/architecture.md``.
    """

    check_mode: bool
    create: list[Result] = field(default_factory=list)
    change: list[Result] = field(default_factory=list)
    remove: list[Result] = field(default_factory=list)
    differs: list[Result] = field(default_factory=list)
    unverified: list[Result] = field(default_factory=list)
    unconfirmed: list[Result] = field(default_factory=list)
    undeclared: list[Result] = field(default_factory=list)
    failed: list[Result] = field(default_factory=list)
    skipped: list[Result] = field(default_factory=list)
    in_sync: int = 0

    def problem(self, item: Item[t.Any], named: Result) -> bool:
        """Add an item if it failed or was not started, and return whether it did."""
        if item.error is None and item.skipped is None:
            return False
        text = str(item.error) if item.error else item.skipped
        (self.failed if item.error else self.skipped).append({**named, "msg": text})
        return True

    def result(self, scrub: t.Callable[[str], str]) -> Result:
        """Return the result key ``plan``."""
        result: Result = {name: getattr(self, name) for name in LISTS}
        for name in ("failed", "skipped"):
            result[name] = [{**one, "msg": scrub(one["msg"])} for one in result[name]]
        return {**result, "in_sync": self.in_sync, "line": self.line()}

    def line(self) -> str:
        """Return the last line of the plan."""
        return last_line({name: getattr(self, name) for name in LISTS}, self.in_sync, planned=self.check_mode)

    def diff(self) -> dict[str, str]:
        """Return a diff that reads like a plan.

        ``+`` and ``-`` mark what the run changes. What no run changes is in ``prepared``, which Ansible shows
        unchanged: ``~`` marks what differs, ``!`` what could not be compared, ``?`` what is not declared.
        """
        moved = [*self.change, *self.remove]
        before = "".join(_state(one, one["before"]) for one in moved)
        after = "".join(_created(one, self.check_mode) for one in self.create)
        after += "".join(_state(one, one["after"]) for one in moved)
        headers = {"before_header": "there", "after_header": "declared"} if before or after else {}
        return {"before": before, "after": after, **headers, "prepared": "".join(self._notes()) + self.line() + "\n"}

    def _notes(self) -> t.Iterator[str]:
        for one in self.differs:
            for entry in one["drift"]:
                yield f"~ {one['label']}: {entry['field']} is {entry['actual']!r}, declared {entry['declared']!r}\n"
        for one in self.unverified:
            yield f"! {one['label']} is unverified: {one['msg']}\n"
        for one in self.unconfirmed:
            yield f"! {one['label']} is unconfirmed: the invitation may or may not have been sent\n"
        for one in self.undeclared[:UNDECLARED_SHOWN]:
            yield f"? {one['label']} is not declared\n"
        if len(self.undeclared) > UNDECLARED_SHOWN:
            yield f"? and {len(self.undeclared) - UNDECLARED_SHOWN} more are not declared\n"


def _created(one: Result, check_mode: bool) -> str:
    link = f" ({one['link']})" if one.get("link") else ""
    text = f" {one['label']}{_blocked(one['attributes'])}{link}\n"
    if check_mode:
        for name, value in one["attributes"].items():
            shown = repr(value)
            if name != "blocked":
                text += f"     {name}: {shown if len(shown) <= ATTRIBUTE_SHOWN else shown[:ATTRIBUTE_SHOWN] + '…'}\n"
    return text


def _state(one: Result, state: Result) -> str:
    return f" {one['label']}{_blocked(state)}\n" if state.get("state") == "present" else ""


def _blocked(state: Result) -> str:
    return " (blocked)" if state.get("blocked") else ""
