# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a state file from what exists, so that converging to it changes nothing.

What can't be declared, such as a name that begins with a space, becomes a comment that says why. Every text is quoted,
so that YAML reads it as text, and text that looks like a template is marked ``!unsafe``. The input contains no secret.
"""

from __future__ import annotations

import json
import re
import typing as t
from collections import Counter
from dataclasses import dataclass, field

from ansible_collections.partnerops.saas.plugins.module_utils.emails import check_email
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.identity import email_key, name_key
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import AppSpec
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import FIELDS

Result = dict[str, t.Any]

#: What an export counts: things in the file, things left out of it, and tenants whose apps could not be read.
COUNTED = ("tenants", "apps", "marketplaces", "clients", "members", "left_out", "unread")

HEAD = """\
# yaml-language-server: $schema=partner-state.schema.json
# Editors check this file as you type if docs/partner-state.schema.json of the collection is copied beside it.

# What existed when partnerops.saas.export wrote this file. Converging to it changes nothing:
#
#   ansible-playbook partnerops.saas.converge -e partner_state_file={name} --check --diff
#
# The API shows no icons and no passwords, so none are in this file. Add icons with "icon: icons/acme.png": they are
# needed if an app has to be created in another account.
---
"""


@dataclass
class Export:
    """The text of a state file, and how much is in it.

    :param account: the result of ``mobsted_fleet_info``, or None
    :param people: entries of ``mip_ledger_info``
    """

    account: Result | None
    people: t.Sequence[Result]
    counts: Counter[str] = field(default_factory=Counter)

    def text(self, name: str) -> str:
        """Return the file.

        :param name: of the file, for the command in its head
        """
        self.counts = Counter(dict.fromkeys(COUNTED, 0))
        parts = []
        if self.account is not None:
            parts += ["mobsted:\n", *self._apps(self.account["apps"], "  "), *self._tenants()]
            if len(parts) == 1:
                parts = ["mobsted: {}\n"]
        parts += self._marketplaces()
        return HEAD.format(name=_comment(name)) + ("".join(parts) or "mobsted: {}\n")

    # -- Mobsted ------------------------------------------------------------------------------------------------------

    def _tenants(self) -> t.Iterator[str]:
        there = [one for one in (self.account or {})["tenants"] if one["exists"]]
        there.sort(key=lambda one: (email_key(one["email"] or ""), str((one["tenant"] or {}).get("id"))))
        often = Counter(email_key(one["email"] or "") for one in there)
        if there:
            yield "  tenants:\n"
        declared = 0
        for one in there:
            email = one["email"] or ""
            why = _refusal(lambda email=email: check_email(email))  # type: ignore[misc]
            if often[email_key(email)] > 1:
                why = "several records in app ID 1 have this address; find out in the platform which one is right"
            if why:
                self.counts["left_out"] += 1
                yield f"    # {_comment(email)} is left out: {_comment(why)}\n"
                continue
            declared += 1
            self.counts["tenants"] += 1
            yield f"    - email: {quoted(email)}\n"
            if one["failed"]:
                self.counts["unread"] += 1
                yield f"      # Its apps could not be read. {_comment(one['msg'])}\n"
            yield from self._apps(one["apps"], "      ")
        if there and not declared:
            yield "    []\n"

    def _apps(self, entries: t.Sequence[Result], indent: str) -> t.Iterator[str]:
        apps = [one["app"] for one in entries if one["exists"]]
        apps.sort(key=lambda app: ((app["name"] or "").casefold(), app["name"] or "", str(app["id"])))
        often = Counter(name_key(app["name"] or "") for app in apps)
        if apps:
            yield f"{indent}apps:\n"
        declared = 0
        for app in apps:
            name = app["name"] or ""
            why = _refusal(lambda name=name: AppSpec.read({"name": name, "tenant": None}))  # type: ignore[misc]
            if why:
                self.counts["left_out"] += 1
                yield f"{indent}  # The app {_comment(repr(name))} (id {app['id']}) is left out: {_comment(why)}\n"
                continue
            declared += 1
            self.counts["apps"] += 1
            yield f"{indent}  - name: {quoted(name)}\n"
            if often[name_key(name)] > 1:
                yield f"{indent}    app_id: {app['id'] if isinstance(app['id'], int) else quoted(app['id'])}\n"
            yield from self._fields(app, indent + "    ")
        if apps and not declared:
            yield f"{indent}  []\n"

    def _fields(self, app: Result, indent: str) -> t.Iterator[str]:
        for option in FIELDS:
            value = app.get(option)
            if value is None:
                continue
            why = _refusal(lambda: AppSpec.read({"name": "x", "tenant": None, option: value}))  # noqa: B023 - now
            if why:
                self.counts["left_out"] += 1
                yield f"{indent}# {option} is left out: {_comment(why)}\n"
            else:
                yield f"{indent}{option}: {quoted(value)}\n"

    # -- MIP ----------------------------------------------------------------------------------------------------------

    def _marketplaces(self) -> t.Iterator[str]:
        known = [one for one in self.people if one["marketplace_id"] is not None and one["kind"] != "user"]
        known = [one for one in known if one["state"] == "present" or one["intent"] in ("add", "register")]
        if known:
            yield "mip:\n  marketplaces:\n"
        for number in sorted({one["marketplace_id"] for one in known}):
            self.counts["marketplaces"] += 1
            yield f"    - id: {number}\n"
            for kind in ("client", "member"):
                here = [one for one in known if (one["marketplace_id"], one["kind"]) == (number, kind)]
                yield from self._people(kind, sorted(here, key=lambda one: str(one["email"])))

    def _people(self, kind: str, entries: t.Sequence[Result]) -> t.Iterator[str]:
        if entries:
            yield f"      {kind}s:\n"
        declared = 0
        for one in entries:
            email = one["email"]
            why = _refusal(lambda email=email: check_email(email))  # type: ignore[misc]
            if one["intent"] == "register":
                why = "it is unknown whether it was registered; declare it with its password"
            elif one["intent"] == "remove":
                why = "it is unknown whether it was removed"
            if why:
                self.counts["left_out"] += 1
                yield f"        # {_comment(email)} is left out: {_comment(why)}\n"
                continue
            declared += 1
            self.counts[f"{kind}s"] += 1
            yield f"        - email: {quoted(email)}\n"
            if one["intent"] == "add":
                yield "          # Unconfirmed: the invitation may or may not have been sent.\n"
            elif one["id"] is not None:
                yield f"          {'client_id' if kind == 'client' else 'user_id'}: {int(one['id'])}\n"
            if one["blocked"]:
                yield "          blocked: true\n"
        if entries and not declared:
            yield "        []\n"


def quoted(text: str) -> str:
    """Return text as a double-quoted YAML scalar, in one line; ``!unsafe`` keeps it from being a template."""
    plain = re.sub(
        r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]",
        lambda found: f"\\u{ord(found[0]):04x}" if not 0xD800 <= ord(found[0]) <= 0xDFFF else "\\ufffd",
        json.dumps(text, ensure_ascii=False),
    )
    return f"!unsafe {plain}" if re.search(r"\{[{%#]", text) else plain


def _comment(value: t.Any) -> str:
    """Return text that stays inside a comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())


def _refusal(check: t.Callable[[], object]) -> str | None:
    try:
        check()
    except ApiError as error:
        return str(error).removesuffix("Nothing was sent.").strip()
    return None
