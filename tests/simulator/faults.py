# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault rules: which request they hit, and what they do to its response."""

from __future__ import annotations

import fnmatch
import json
import random
from dataclasses import asdict, dataclass, field
from typing import Any

from .answers import Answer

#: Kind: when it hits unless the rule says otherwise.
KINDS: dict[str, str] = {
    "status": "before",
    "reset": "before",
    "stall": "before",
    "html": "before",
    "empty": "before",
    "redirect": "before",
    "expire_tokens": "before",
    "enormous": "before",
    "bomb": "before",
    "garbage": "before",
    "drip": "after",
    "truncated": "after",
    "wrong_types": "after",
    "endless_paging": "after",
    "slow_headers": "after",
    "interim": "after",
    "encoded": "after",
    "doubled": "after",
}

#: kinds whose answer cannot be an ordinary one and is written by hand
RAW = frozenset(("reset", "stall", "drip", "truncated", "enormous", "bomb", "slow_headers", "garbage", "interim"))


class FaultError(ValueError):
    """A rule that makes no sense."""


@dataclass
class Rule:
    """One rule. ``nth`` counts matches from 1; ``times`` None means forever; ``seconds`` is the length of a wait."""

    id: int
    kind: str
    when: str
    match: dict[str, Any] = field(default_factory=dict)
    fault: dict[str, Any] = field(default_factory=dict)
    nth: int = 1
    times: int | None = 1
    probability: float = 1.0
    seen: int = 0
    hits: int = 0

    def wants(self, vendor: str, account: str, kind: str, method: str, path: str) -> bool:
        """Return whether the rule is about this request (its counters aside)."""
        match = self.match
        if match.get("vendor", "*") not in ("*", vendor):
            return False
        if match.get("method", "*").upper() not in ("*", method):
            return False
        if match.get("account", "*") not in ("*", account, kind):
            return False
        return fnmatch.fnmatchcase(path, match.get("path", "*"))

    def seconds(self, default: float) -> float:
        """Return how long the fault takes, in seconds."""
        return float(self.fault.get("seconds", default))


class FaultBook:
    """The rules of a world, in the order in which they were added; the first that hits wins."""

    def __init__(self, rng: random.Random) -> None:
        self.rules: list[Rule] = []
        self._rng = rng
        self._next = 1

    def add(self, body: dict[str, Any]) -> Rule:
        """Add a rule from ``{match, when, fault}``. Raise :class:`FaultError` if it makes no sense."""
        extra = set(body) - {"match", "when", "fault"}
        fault, match = dict(body.get("fault") or {}), dict(body.get("match") or {})
        unknown = set(match) - {"vendor", "method", "path", "account", "nth", "times", "probability"}
        unknown |= set(fault) - {
            "kind",
            "status",
            "headers",
            "seconds",
            "location",
            "body",
            "chunked",
            "bytes",
            "last_page",
            "number",
            "encoding",
        }
        if extra or unknown:
            raise FaultError(f"unknown: {sorted(extra | unknown)}")
        kind = fault.get("kind")
        if kind not in KINDS:
            raise FaultError(f"fault.kind: {kind!r} is not one of {sorted(KINDS)}")
        when = body.get("when") or KINDS[kind]
        if when not in ("before", "after"):
            raise FaultError("when: before or after")
        times = match.pop("times", 1)
        rule = Rule(
            self._next,
            kind,
            when,
            match,
            fault,
            int(match.pop("nth", 1)),
            None if times is None else int(times),
            float(match.pop("probability", 1.0)),
        )
        self._next += 1
        self.rules.append(rule)
        return rule

    def clear(self, ident: int | None = None) -> int:
        """Remove one rule or all; return how many."""
        before = len(self.rules)
        self.rules = [rule for rule in self.rules if ident is not None and rule.id != ident]
        return before - len(self.rules)

    def strike(self, vendor: str, account: str, kind: str, method: str, path: str) -> Rule | None:
        """Return the rule that hits this request, if any; count the match in every rule that is about it."""
        found: Rule | None = None
        for rule in self.rules:
            if not rule.wants(vendor, account, kind, method, path):
                continue
            rule.seen += 1
            if found or rule.seen < rule.nth or (rule.times is not None and rule.hits >= rule.times):
                continue
            if rule.probability < 1 and self._rng.random() >= rule.probability:
                continue
            rule.hits += 1
            found = rule
        return found

    def view(self) -> list[dict[str, Any]]:
        """Return the rules with ``seen`` and ``hits``."""
        return [asdict(rule) for rule in self.rules]


def wrong_types(value: Any) -> Any:
    """Return the same JSON with every value of another type: text as number, number as text, list as object, ..."""
    if isinstance(value, bool) or value is None:
        return "yes"
    if isinstance(value, (int, float)):
        return [str(value)]
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return {str(index): wrong_types(item) for index, item in enumerate(value)}
    return {key: wrong_types(item) for key, item in value.items()}


#: How a body begins that is packed in a way that was not asked for.
_PACKED = {"br": b"\x0b\x02\x80\xff", "zstd": b"\x28\xb5\x2f\xfd\xff"}


def fake(rule: Rule, vendor: str, answer: Answer | None, error: Answer, location: str) -> Answer:
    """Return the response that a rule makes of ``answer`` (None if the request was not executed).

    ``error`` is the world's error body for the rule's status; ``location`` the target of a redirect.
    """
    fault, kind = rule.fault, rule.kind
    headers = {str(key): str(value) for key, value in (fault.get("headers") or {}).items()}
    if kind == "status":
        if "body" not in fault:
            return Answer(error.status, error.body, error.content_type, headers, error.data)
        body = fault["body"]
        text = body if isinstance(body, str) else json.dumps(body)
        content = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
        return Answer(int(fault.get("status", 500)), text.encode(), headers.pop("Content-Type", content), headers)
    if kind == "html":
        page = str(
            fault.get(
                "body", "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"
            )
        )
        return Answer(int(fault.get("status", 200)), page.encode(), "text/html; charset=utf-8", headers)
    if kind == "empty":
        return Answer(int(fault.get("status", 200)), b"", "application/json", headers)
    if kind == "redirect":
        return Answer(
            int(fault.get("status", 302)), b"", "text/html", {**headers, "Location": fault.get("location", location)}
        )
    base = answer or Answer(200, b'{"status":"ok","data":[]}', data={"status": "ok", "data": []})
    base.headers.update(headers)
    if kind == "encoded":
        name = str(fault.get("encoding", "br"))
        if name in ("br", "zstd"):
            base.body, base.headers["Content-Encoding"] = _PACKED[name] + base.body[::-1], name
        else:
            base.body = (base.body.decode() + " ").replace("{", '{"ä": 1, ', 1).encode(name)
            base.content_type = f"application/json; charset={name}"
    elif kind == "doubled":
        first = next(iter(base.data), "data") if isinstance(base.data, dict) else "data"
        base.body = base.body.replace(b"{", f'{{"{first}": null, '.encode(), 1)
    elif kind == "wrong_types":
        source = base.data if answer else {"data": [], "meta": {}, "access_token": "x", "url": "x", "status": "ok"}
        base.body = json.dumps(wrong_types(source)).encode()
        base.content_type = "application/json"
    elif kind == "endless_paging" and isinstance(base.data, dict) and isinstance(base.data.get("meta"), dict):
        meta = base.data["meta"]
        if fault.get("last_page", "growing") == "absent":
            meta.pop("last_page", None)
        else:
            meta["last_page"] = int(meta.get("current_page") or 1) + 1
        base.body = json.dumps(base.data).encode()
    return base
