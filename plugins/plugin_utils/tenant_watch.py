# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find what happened to the tenants of a master account since the last poll (source ``partnerops.saas.tenants``)."""

from __future__ import annotations

import logging
import math
import os
import re
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError, invalid
from ansible_collections.partnerops.saas.plugins.module_utils.hints import wrong_variable
from ansible_collections.partnerops.saas.plugins.module_utils.identity import account_key, email_key
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import mobsted_connection
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import TenantRecord
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.vendors import connection_spec
from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import STATE
from ansible_collections.partnerops.saas.plugins.plugin_utils.seen import Entry, Seen, WatchError
from ansible_collections.partnerops.saas.plugins.plugin_utils.state_file import Document, Problem, StateFile
from ansible_collections.partnerops.saas.plugins.plugin_utils.values import is_template

#: The fields of a record that are compared. A tenant's apps are no part of its record.
FIELDS = ("email", "url", "server", "name", "login")
OPTIONS: dict[str, dict[str, t.Any]] = {
    "delay": {"type": "float", "default": 60.0},
    "state_file": {"type": "path"},
    "thresholds": {"type": "dict", "default": {}},
    "seen_path": {"type": "path"},
    "feedback": {"type": "bool", "default": False},
}
COUNTERS = tuple(TenantRecord(None, None).stats())


def harmless(value: t.Any) -> t.Any:
    """Keep all texts of an event from being templates.

    ansible-rulebook hands an event to a playbook as extra variables, in which ansible-core evaluates templates, and
    anybody may have written what a record holds.
    """
    if isinstance(value, dict):
        return {key: harmless(inner) for key, inner in value.items()}
    return re.sub(r"\{(?=[{%#])", "{ ", value) if isinstance(value, str) else value


class Step(t.NamedTuple):
    """One thing that happened: the event to emit, if any, and what is known after it."""

    event: dict[str, t.Any] | None
    key: str | None = None
    entry: Entry | None = None


class TenantWatch:
    """Looks at one master account again and again, with one client.

    :param args: the source's arguments
    :raises WatchError: for an argument that is wrong, which ends the rulebook with its text
    """

    def __init__(self, args: t.Mapping[str, t.Any]) -> None:
        # The URLs of logins and renewals hold secrets, and urllib3 would log them under --debug.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)
        checked = ArgumentSpecValidator({**connection_spec("mobsted"), **OPTIONS}).validate(dict(args))
        self._context = RunContext()
        self._context.secrets.add(*(value for value in checked._no_log_values if isinstance(value, str)))
        if checked.error_messages:
            wrong = self._context.secrets.scrub(checked.errors.msg).rstrip(". ")
            if isinstance(checked.errors[0], UnsupportedError):
                wrong = f"The source has no argument {wrong}"
            variable = wrong_variable(wrong, "mobsted")
            step = f"the environment variable {variable}" if variable else "the source's arguments in the rulebook"
            raise WatchError(f"{wrong}. Correct {step}.")
        params = checked.validated_parameters
        self.delay: float = params["delay"]
        if not 0 < self.delay < math.inf:
            raise WatchError("delay must be more than 0 seconds, and a number.")
        self._limits = _limits(params["thresholds"])
        self._state_file: str | None = params["state_file"]
        try:
            connection = mobsted_connection(params)
            self._client = MobstedAPI.of(connection, self._context)
        except ApiError as error:
            raise WatchError(self._context.secrets.scrub(str(error))) from None
        self._seen = Seen(params["seen_path"], account_key(connection.base))
        if not all(map(_is_entry, self._seen.entries.values())):
            self._seen.close()
            raise WatchError(
                f"seen_path: {self._seen.path} has a line that can't be read. Remove the file to start over."
            )
        self._failed: str | None = None

    def poll(self) -> list[Step]:
        """Look once. Each step is to be given to :meth:`keep` when its event has been emitted."""
        try:
            declared = self._declared()
            records = self._client.tenant_listing(self._client.deadline()).whole().records
        except ApiError as error:
            return self._failure(error)
        self._failed = None
        steps = (step for record in records for step in self._steps(record, declared))
        return [step._replace(event=harmless(step.event)) for step in steps]

    def keep(self, step: Step) -> None:
        """Remember what a step changed."""
        if step.key is not None and step.entry is not None:
            self._seen.keep(step.key, step.entry)

    def tidy(self) -> None:
        """End a poll."""
        if self._failed is None:
            self._seen.tidy()

    def close(self) -> None:
        """Close the connection and the file."""
        self._client.close()
        self._seen.close()

    def _failure(self, error: ApiError) -> list[Step]:
        """Yield one event when polling starts to fail, or fails in another way than before."""
        code, self._failed = self._failed, error.code
        if code == error.code:
            return []
        scrub = self._context.secrets.scrub
        failure = {key: scrub(value) if isinstance(value, str) else value for key, value in error.as_dict().items()}
        return [Step(harmless({"type": "poll_failed", "msg": scrub(str(error)), "failure": failure}))]

    def _steps(self, record: TenantRecord, declared: set[str] | None) -> t.Iterator[Step]:
        tenant, stats = record.public(), record.stats()
        key = str(record.id or email_key(record.email or ""))
        fields = {name: tenant[name] for name in FIELDS}
        counters = {name: _number(stats[name]) for name in self._limits}
        known = self._seen.entries.get(key)
        event = {"email": record.email, "tenant": tenant}
        if known is None and not self._seen.begun:
            yield Step(None, key, {"fields": fields, "counters": counters})
            return
        if known is None:
            # It is new, so it reached these limits after the last poll.
            known = {"fields": fields, "counters": dict.fromkeys(counters, 0)}
            there = None if declared is None else any(address in declared for address in record.addresses)
            yield Step({"type": "tenant_new", **event, "declared": there}, key, known)
        elif known["fields"] != fields:
            before = {field: value for field, value in known["fields"].items() if fields.get(field, value) != value}
            known = {**known, "fields": fields}
            changed = {"type": "tenant_changed", **event, "fields": sorted(before), "was": before}
            yield Step(changed if before else None, key, known)  # another release may keep other fields
        for counter, now in counters.items():
            was = _number(known["counters"].get(counter))
            for limit in self._limits[counter]:
                if was is not None and now is not None and was < limit <= now:
                    known = {**known, "counters": {**known["counters"], counter: limit}}
                    reached = {"type": "threshold", **event, "counter": counter, "was": was, "now": now, "limit": limit}
                    yield Step(reached, key, known)
        settled = {name: known["counters"].get(name) if now is None else now for name, now in counters.items()}
        if known["counters"] != settled:
            yield Step(None, key, {**known, "counters": settled})

    def _declared(self) -> set[str] | None:
        """Return the addresses in the state file; None without one, or if some can't be known here.

        :raises ApiError: if the file can't be read now, or does not say what is declared, as while somebody writes it:
            then nothing is taken as seen
        """
        if not self._state_file:
            return None
        path = os.path.abspath(os.path.expanduser(self._state_file))
        document = StateFile(path, DataLoader(), only=("mobsted",)).read()
        wrong = [problem for problem in document.problems if _DECLARES.fullmatch(problem.path)]
        if not wrong:
            try:
                found = _addresses(document)
            except ValueError as error:
                wrong = [Problem(f"is wrong: {error}. Correct it.", place=document.places.get("mobsted"))]
        if wrong:
            raise invalid(f"The state file is not valid. {wrong[0].text(self._state_file)}")
        return found


#: The path of a value in a state file that decides what is declared.
_DECLARES = re.compile(r"|mobsted|mobsted\.tenants(\[\d+\])?")


def _is_entry(entry: Entry) -> bool:
    return isinstance(entry.get("fields"), dict) and isinstance(entry.get("counters"), dict)


def _addresses(document: Document) -> set[str] | None:
    """Return the addresses that a state file declares; None if a template or an encrypted value hides some.

    :raises ValueError: if it is not the form of a state file
    """
    hidden = {problem.path for problem in document.problems}
    if not isinstance(document.value, dict):
        raise ValueError("it must be a mapping (key: value)")
    mobsted = document.value.get("mobsted")
    if is_template(mobsted):
        return None
    if mobsted is not None and not isinstance(mobsted, dict):
        raise ValueError("mobsted must be a mapping")
    unknown = set(mobsted or ()) - set(STATE["mobsted"]["options"])
    if unknown:
        raise ValueError(f"mobsted.{min(map(str, unknown))} is not known")
    tenants = (mobsted or {}).get("tenants")
    if is_template(tenants):
        return None
    if tenants is not None and not isinstance(tenants, list):
        raise ValueError("mobsted.tenants must be a list")
    emails = []
    for number, one in enumerate(tenants or ()):
        where = f"mobsted.tenants[{number}]"
        email = one.get("email") if isinstance(one, dict) else None
        if f"{where}.email" in hidden or is_template(email) or is_template(one):
            return None
        if not isinstance(email, str) or not email.strip():
            raise ValueError(f"{where} has no email")
        emails.append(email)
    return set(map(email_key, emails))


def _number(value: t.Any) -> float | None:
    """Return a counter as a number; None for one that is missing, or a text such as ``12 MB``."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(found):
        return None
    return value if isinstance(value, int) else found


def _limits(thresholds: t.Mapping[str, t.Any]) -> dict[str, list[float]]:
    """Return the limits of each counter, the lowest first."""
    found = {}
    for counter, given in thresholds.items():
        limits = given if isinstance(given, list) else [given]
        if counter not in COUNTERS:
            raise WatchError(f"thresholds: there is no counter {counter!r}. There are: {', '.join(COUNTERS)}.")
        try:
            found[counter] = sorted({float(limit) if float(limit) % 1 else int(float(limit)) for limit in limits})
            if not all(map(math.isfinite, found[counter])):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            raise WatchError(
                f"thresholds: {counter} must be a number or a list of numbers, such as [100, 1000]."
            ) from None
    return found
