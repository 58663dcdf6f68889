# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Join the plans of both vendors: the lines that ``converge`` shows, the file it writes, and what it fails on.

``module_utils/bulk/plan.py`` makes the plan of one task; ``docs/architecture.md`` describes it.
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.bulk.plan import LISTS, last_line

#: What ``partner_fail_on`` takes, and the lists that it means.
FAIL_ON: dict[str, tuple[str, ...]] = {
    "pending": ("create", "change", "remove"),
    "drift": ("differs",),
    "undeclared": ("undeclared",),
    "unverified": ("unverified",),
    "unconfirmed": ("unconfirmed",),
}
#: This many things of a kind are shown one by one. The file of ``partner_plan_path`` has all of them.
SHOWN = 50
#: A message names this many things of a kind.
NAMED = 5

Result = dict[str, t.Any]


class RunPlan:
    """The plan of a whole run.

    :param mobsted: the result of ``mobsted_fleet``; a task that did not run has no ``plan``
    :param markets: the results of ``mip_marketplace``
    :param people: entries of ``mip_ledger_info``. Nobody in a marketplace without a result is declared
    """

    def __init__(
        self,
        mobsted: Result | None,
        markets: t.Iterable[Result],
        *,
        check_mode: bool,
        people: t.Iterable[Result] = (),
    ) -> None:
        self.check_mode = check_mode
        self._mobsted = mobsted or {}
        self._markets = list(markets)
        results = [self._mobsted, *self._markets]
        apart = sum(bool(one.get("plan")) for one in self._markets) > 1
        plans = [_placed(one, apart=apart) for one in results if one.get("plan")]
        self.entries: dict[str, list[Result]] = {name: [one for plan in plans for one in plan[name]] for name in LISTS}
        self._elsewhere = _elsewhere(people, {one.get("marketplace_id") for one in self._markets})
        self.entries["undeclared"] += self._elsewhere
        self.in_sync = sum(plan["in_sync"] for plan in plans)
        self.errors = [one["msg"] for one in results if one.get("msg") and not one.get("skipped")]
        #: nothing was changed, in check mode or because a plan was refused
        self.only_planned = check_mode or any(plan["line"].startswith("Plan:") for plan in plans)

    @property
    def line(self) -> str:
        """Return the last line, over both vendors."""
        return last_line(self.entries, self.in_sync, planned=self.only_planned)

    def creates(self) -> str | None:
        """Say what would be created, as in ``12 things (3 tenants, 9 apps)``; None if nothing would be."""
        kinds = [one["kind"] for one in self.entries["create"]]
        parts = [f"{kinds.count(kind)} {kind}s" for kind in ("tenant", "app", "client", "member") if kind in kinds]
        return f"{len(kinds)} things ({', '.join(parts)})" if kinds else None

    def lines(self) -> list[str]:
        """Return what the run shows at its end."""
        shown = [*self._counts()]
        for name in ("create", "change", "remove", "differs", "unverified", "unconfirmed"):
            shown += _shortened([self._told(name, one) for one in self.entries[name]])
        return [*shown, *self._undeclared(), self.line]

    def exceeded(self, fail_on: t.Collection[str]) -> list[str]:
        """Return a sentence for each kind of ``partner_fail_on`` that there is. After a real run nothing is pending."""
        found = []
        for kind, lists in FAIL_ON.items():
            if kind not in fail_on or (kind == "pending" and not self.only_planned):
                continue
            names = [one["label"] for name in lists for one in self.entries[name]]
            if names:
                more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
                found.append(f"{len(names)} {kind} ({', '.join(names[:NAMED])}{more}).")
        return found

    def as_json(self) -> str:
        """Return the plan for programs."""
        content = {
            "check_mode": self.check_mode,
            "line": self.line,
            "counts": {**{name: len(found) for name, found in self.entries.items()}, "in_sync": self.in_sync},
            **self.entries,
            "errors": self.errors,
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def as_markdown(self) -> str:
        """Return the plan for people who read a pull request."""
        heads = {
            "create": "To create" if self.only_planned else "Created",
            "change": "To change" if self.only_planned else "Changed",
            "remove": "To remove" if self.only_planned else "Removed",
            "differs": "Differs (the API documents no update)",
            "unverified": "Unverified",
            "unconfirmed": "Unconfirmed (the invitation may or may not have been sent)",
            "undeclared": "Not declared (never touched)",
            "failed": "Failed",
            "skipped": "Not started",
        }
        parts = [f"**{self.line}**"]
        parts += [f"> {_markdown(text)}" for text in self.errors]
        for name in LISTS:
            found = self.entries[name]
            if found:
                rows = "\n".join(f"- {_markdown(one['label'])}{_details(name, one)}" for one in found)
                parts.append(f"<details{'' if name == 'undeclared' else ' open'}>\n")
                parts[-1] += f"<summary>{heads[name]}: {len(found)}</summary>\n\n{rows}\n\n</details>"
        return "## Partner state\n\n" + "\n\n".join(parts) + "\n"

    def _counts(self) -> t.Iterator[str]:
        created = "to create" if self.only_planned else "created"
        words = {"created": created, "unchanged": "unchanged", "failed": "failed"}
        rare = {
            "drifted": "differ",
            "unverified": "unverified",
            "unconfirmed": "unconfirmed",
            "updated": "to block or unblock" if self.only_planned else "blocked or unblocked",
            "removed": "to remove" if self.only_planned else "removed",
            "skipped": "not started",
        }
        for where, result in self._places():
            for kind in ("tenants", "apps", "clients", "members"):
                count = (result.get("summary") or {}).get(kind)
                if count is None or (kind in ("clients", "members") and not count["declared"]):
                    continue
                parts = [f"{count['declared']} declared", f"{count['created']} {words['created']}"]
                parts += [
                    f"{count[name]} {word}" for name, word in rare.items() if count.get(name) and name != "skipped"
                ]
                parts += [f"{count['unchanged']} unchanged", f"{count['failed']} failed"]
                parts += [f"{count['skipped']} {rare['skipped']}"] if count["skipped"] else []
                yield f"{where}{kind}: {', '.join(parts)}"

    def _places(self) -> list[tuple[str, Result]]:
        markets = [(f"MIP marketplace {one.get('marketplace_id')}, ", one) for one in self._markets]
        return [("Mobsted ", self._mobsted), *markets]

    def _undeclared(self) -> t.Iterator[str]:
        shown = [(where, (result.get("plan") or {}).get("undeclared") or []) for where, result in self._places()]
        for number in sorted({one["marketplace_id"] for one in self._elsewhere}):
            shown.append(
                (f"MIP marketplace {number}, ", [one for one in self._elsewhere if one["marketplace_id"] == number])
            )
        for where, found in shown:
            for kind in ("tenant", "app", "client", "member"):
                names = [_name(one) for one in found if one["kind"] == kind]
                if names:
                    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
                    yield (
                        f"{where}{kind}s that are not declared (reported, never touched): {', '.join(names[:20])}{more}"
                    )

    def _told(self, name: str, one: Result) -> str:
        label = one["label"]
        if name == "create":
            blocked = " (blocked)" if one["attributes"].get("blocked") else ""
            link = f": {one['link']}" if one.get("link") else ""
            return f"{'To create' if self.only_planned else 'Created'}: {label}{blocked}{link}"
        if name in ("change", "remove"):
            word = {"change": "change", "remove": "remove"}[name]
            state = f" ({_state(one['before'])} to {_state(one['after'])})" if name == "change" else ""
            return f"{f'To {word}' if self.only_planned else f'{word.capitalize()}d'}: {label}{state}"
        if name == "differs":
            return f"Differs: {label}, {_drift(one)}"
        if name == "unverified":
            return f"Unverified: {label}. {one['msg']}"
        return f"Unconfirmed: {label}, the invitation may or may not have been sent"


def _elsewhere(people: t.Iterable[Result], declared: t.Collection[t.Any]) -> list[Result]:
    """Return the clients and members whom the ledger knows in marketplaces that are not declared at all."""
    return [
        {
            "label": f"{one['kind']} {one['email']} of marketplace {one['marketplace_id']}",
            **{name: one[name] for name in ("kind", "email", "id", "marketplace_id")},
        }
        for one in people
        if one["kind"] in ("client", "member")
        and one["marketplace_id"] not in declared
        and (one["intent"] in ("add", "register") or (one["state"] == "present" and one["intent"] in (None, "toggle")))
    ]


def _placed(result: Result, *, apart: bool) -> Result:
    """Return the plan of a task. A person can belong to several marketplaces, so the labels then say of which one.

    :param apart: whether the run has several marketplaces
    """
    number, plan = result.get("marketplace_id"), t.cast(Result, result["plan"])
    if number is None or not apart:
        return plan
    told = {name: [{**one, "label": f"{one['label']} of marketplace {number}"} for one in plan[name]] for name in LISTS}
    return {**plan, **told}


def _name(one: Result) -> str:
    if one["kind"] != "app":
        return str(one["email"])
    return f"{one['name']!r}" + (f" of {one['tenant']}" if one["tenant"] else "")


def _state(state: Result) -> str:
    return "blocked" if state.get("blocked") else str(state.get("state") or "unknown")


def _drift(one: Result) -> str:
    return "; ".join(f"{each['field']} is {each['actual']!r}, declared {each['declared']!r}" for each in one["drift"])


def _details(name: str, one: Result) -> str:
    if name == "differs":
        return "".join(
            f"\n  - {_markdown(each['field'])} is {_markdown(repr(each['actual']))}, declared "
            f"{_markdown(repr(each['declared']))}"
            for each in one["drift"]
        )
    if name == "create":
        blocked = " (blocked)" if one["attributes"].get("blocked") else ""
        attributes = "".join(
            f"\n  - {_markdown(key)}: {_markdown(str(value)[:100])}"
            for key, value in one["attributes"].items()
            if key != "blocked"
        )
        return blocked + (f": {_link(one['link'])}" if one.get("link") else "") + attributes
    return f": {_markdown(one['msg'])}" if one.get("msg") else ""


def _markdown(value: t.Any) -> str:
    """Return text that Markdown and HTML show as it is, in one line. Nobody is mentioned, and nothing is fetched."""
    text = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in str(value)))
    text = re.sub(r"([\\`*_{}\[\]<>()#+!|~$&])", r"\\\1", text)
    # An address is no mention, and a link in the text is not made active by GitHub's own rule.
    return re.sub(r"(?<![\w.+-])@(?=\w)", "@\u2060", text)


def _link(url: str) -> str:
    return f"<{url}>" if re.fullmatch(r"https?://[!#-;=?-\[\]_a-z~%]+", url) else _markdown(url)


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= SHOWN:
        return lines
    return [*lines[:SHOWN], f"… and {len(lines) - SHOWN} more: partner_plan_path writes all of them to a file"]
