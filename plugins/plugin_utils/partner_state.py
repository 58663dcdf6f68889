# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declared state of a partner, ``partner-state.yml``: check all of it before anything is sent to either vendor.

Its form is that of the options of the modules that do the work, and its values go through the checks of those modules,
so the two can't differ. All errors are reported at once.
"""

from __future__ import annotations

import os
import typing as t
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.partnerops.saas.plugins.module_utils.emails import check_email
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.hints import meant
from ansible_collections.partnerops.saas.plugins.module_utils.identity import email_key, id_text, name_key
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.client import client_spec
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.marketplace import MARKETPLACE_OPTIONS
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.member import member_spec
from ansible_collections.partnerops.saas.plugins.module_utils.mip.session import check_id
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import AppSpec
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.declaration import FLEET_OPTIONS
from ansible_collections.partnerops.saas.plugins.plugin_utils.state_file import Document, Place, Problem, join
from ansible_collections.partnerops.saas.plugins.plugin_utils.values import bounded, is_template, kind_of, wrong_value

_MARKETPLACE: dict[str, t.Any] = {
    "id": {"type": "int", "required": True},
    **{name: MARKETPLACE_OPTIONS[name] for name in ("require_tenant", "clients", "members")},
}
#: The state file, written as an argument spec.
STATE: dict[str, t.Any] = {
    "mobsted": {"type": "dict", "options": {name: FLEET_OPTIONS[name] for name in ("apps", "tenants")}},
    "mip": {
        "type": "dict",
        "options": {"marketplaces": {"type": "list", "elements": "dict", "options": _MARKETPLACE}},
    },
}
_FILES = frozenset(("icon",))
_NO_REMOVAL = "Mobsted documents no way to remove a tenant or an app. Remove it in the platform, and leave it out here."

Check = Callable[[], object]


class PartnerState:
    """One reading of a state.

    :param document: the values, and the places if it comes from a file
    :param folder: where relative file names start
    :param partial: only a part of the file was read, which may declare nothing
    :param files: whether to read the files that the state names
    """

    def __init__(self, document: Document, folder: str, *, partial: bool = False, files: bool = True) -> None:
        self._document = document
        self._folder = folder
        self._partial = partial
        self._files = files
        self.problems: list[Problem] = list(document.problems)
        self.warnings: list[Problem] = []
        self._bad = {problem.path for problem in self.problems}
        self.state: dict[str, t.Any] = {}
        self._value_at: dict[str, t.Any] = {}

    def check(self) -> PartnerState:
        """Check form, values, duplicates and files; what is wrong is in ``problems``."""
        value = self._document.value
        if self.problems and value is None:
            return self
        self.state = self._mapping(value, STATE, "")
        if isinstance(value, Mapping) and not (self.problems or self.state or self._partial):
            self._problem("", "The file declares nothing: add 'mobsted', 'mip' or both.")
        self._mobsted(self.state.get("mobsted") or {})
        self._mip(self.state.get("mip") or {})
        self.problems.sort(key=lambda one: (one.place.line, one.place.column) if one.place else (0, 0))
        return self

    def _problem(self, path: str, message: str) -> None:
        if path not in self._bad or not path:
            self._bad.add(path)
            self.problems.append(Problem(message, path, self._place(path)))

    def _place(self, path: str) -> Place | None:
        """Return the place of a value or, if it is missing, of what it belongs in."""
        places = self._document.places
        while path and path not in places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return places.get(path)

    # -- the form -----------------------------------------------------------------------------------------------------

    def _mapping(self, value: t.Any, options: Mapping[str, t.Any], path: str) -> dict[str, t.Any]:
        if not isinstance(value, Mapping):
            self._problem(path, f"{'' if path else 'The file '}must be a mapping (key: value), not {kind_of(value)}.")
            return {}
        found: dict[str, t.Any] = {}
        misspelt: set[str | None] = set()
        for name, inner in value.items():
            key, here = str(name), join(path, name if isinstance(name, str) else str(name))
            if key not in options:
                near = meant(key, options)
                misspelt.add(near)
                hint = f" Did you mean {near!r}?" if near else ""
                if key == "state":  # of a tenant
                    hint = f" {_NO_REMOVAL}"
                self._problem(here, f"is not known.{hint} Known here: {', '.join(sorted(options))}.")
                continue
            made = self._value(inner, options[key], here)
            if made is not None:
                found[key] = made
        for name, option in options.items():
            here = join(path, name)
            if option.get("required") and found.get(name) is None and here not in self._bad and name not in misspelt:
                self._problem(here, "is missing. Add it.")
        return found

    def _value(self, value: t.Any, option: Mapping[str, t.Any], path: str) -> t.Any:
        kind = option.get("type", "str")
        if kind == "dict":
            return None if value is None else self._mapping(value, option["options"], path)
        if kind == "list":
            if value is None:
                return None
            if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
                self._problem(path, f"must be a list, not {kind_of(value)}.")
                return None
            return [self._mapping(one, option["options"], join(path, number)) for number, one in enumerate(value)]
        if path in self._bad:
            return None
        if value == "absent" and path.startswith("mobsted.") and path.endswith(".state"):
            self._problem(path, f"is 'absent'. {_NO_REMOVAL}")
            return None
        self._value_at[path] = value
        wrong = wrong_value(value, option) or self._reread(value, path)
        if wrong:
            self._problem(path, wrong)
            return None
        if path.rpartition(".")[2] in _FILES and value:
            return os.path.normpath(os.path.join(self._folder, os.path.expanduser(value)))
        return value

    def _reread(self, value: t.Any, path: str) -> str | None:
        """Say that YAML reads a number as another one than its digits: 010 is 8, and 1:30 is 90."""
        written = self._document.numbers.get(path)
        if written is None:
            return None
        try:
            changed = int(written) != value
        except ValueError:
            changed = ":" in written
        return f"is {value} in YAML, but {written} in the file: put it in quotes." if changed else None

    # -- the values ---------------------------------------------------------------------------------------------------

    def _try(self, path: str, check: Check) -> bool:
        """Run a check of a module, and report what it refuses at the path."""
        if is_template(self._value_at.get(path)):
            return False
        try:
            check()
        except ApiError as error:
            text = str(error).removesuffix("Nothing was sent.").strip()
            name = path.rpartition(".")[2]
            self._problem(path, text.removeprefix(f"{name} ") if text.startswith(f"{name} ") else text)
            return False
        return True

    def _unique(self, items: Sequence[tuple[str, t.Any]], what: str) -> None:
        first: dict[t.Any, str] = {}
        for path, key in items:
            if key in first:
                before = self._place(first[key])
                line = f" in line {before.line}" if before else ""
                self._problem(path, f"is the same {what} as {first[key]}{line}. Remove or correct one of them.")
            else:
                first[key] = path

    def _mobsted(self, mobsted: Mapping[str, t.Any]) -> None:
        self._apps(mobsted.get("apps") or (), "mobsted.apps", None)
        addresses = []
        for number, tenant in enumerate(mobsted.get("tenants") or ()):
            where = f"mobsted.tenants[{number}]"
            email = tenant.get("email")
            if email is not None and self._try(f"{where}.email", lambda: check_email(email)):  # noqa: B023 - called now
                addresses.append((f"{where}.email", email_key(email)))
            self._apps(tenant.get("apps") or (), f"{where}.apps", "tenant")
        self._unique(addresses, "address")
        self._misplaced(mobsted)

    def _misplaced(self, mobsted: Mapping[str, t.Any]) -> None:
        """Warn of apps one level too far left after the tenants: they would silently go to the master account."""
        places, tenants = self._document.places, mobsted.get("tenants") or []
        here, last = places.get("mobsted.apps"), places.get(f"mobsted.tenants[{len(tenants) - 1}]")
        if not (mobsted.get("apps") and tenants and here and last) or tenants[-1].get("apps") or here.line < last.line:
            return
        text = (
            f"belongs to the master account itself. If it is meant for {tenants[-1].get('email')}, indent it further."
        )
        self.warnings.append(Problem(text, "mobsted.apps", here))

    def _apps(self, apps: Sequence[Mapping[str, t.Any]], where: str, tenant: str | None) -> None:
        names: list[tuple[str, t.Any]] = []
        for number, app in enumerate(apps):
            path = f"{where}[{number}]"
            name = app.get("name")
            if name is not None and self._try(f"{path}.name", lambda: AppSpec.read({"name": name})):  # noqa: B023
                # Two apps of one name can only be distinguished by their ids.
                names.append((f"{path}.name", (name_key(name), id_text(app.get("app_id")))))
            for option in ("splash_color", "panel_color", "website_url", "icon", "app_id"):
                value = app.get(option)
                if value is not None and not is_template(value) and (self._files or option not in _FILES):
                    given = {"name": "x", option: value, "tenant": None}
                    if option == "app_id" and tenant:
                        given["tenant"] = "any@tenant.example"
                    self._try(f"{path}.{option}", lambda: AppSpec.read(given))  # noqa: B023
        self._unique(names, "name")
        plain = {key[0]: path for path, key in names if key[1] is None}
        for path, key in names:
            if key[1] is not None and key[0] in plain:
                self._problem(
                    path,
                    f"is the same name as {plain[key[0]]}, which has no app_id: give both apps one, or remove one.",
                )

    def _mip(self, mip: Mapping[str, t.Any]) -> None:
        ids = []
        for number, market in enumerate(mip.get("marketplaces") or ()):
            where = f"mip.marketplaces[{number}]"
            ident = market.get("id")
            known = ident is not None and not is_template(ident)
            if known and self._try(f"{where}.id", lambda: check_id(bounded(ident), "id")):  # noqa: B023
                ids.append((f"{where}.id", bounded(ident)))
            for group, read in (("clients", client_spec), ("members", member_spec)):
                self._people(market.get(group) or (), f"{where}.{group}", read)
        self._unique(ids, "marketplace")

    def _people(self, people: Sequence[Mapping[str, t.Any]], where: str, read: Callable[..., object]) -> None:
        addresses = []
        for number, one in enumerate(people):
            path = f"{where}[{number}]"
            email = one.get("email")
            if email is not None and self._try(f"{path}.email", lambda: check_email(email)):  # noqa: B023
                addresses.append((f"{path}.email", email_key(email)))
            for option in ("client_id", "user_id"):
                value = one.get(option)
                if value is not None and not is_template(value):
                    given = {"email": "any@one.example", option: bounded(value)}
                    self._try(f"{path}.{option}", lambda: read(given, 1))  # noqa: B023
        self._unique(addresses, "address")


def read_state(state: t.Any, folder: str) -> dict[str, t.Any]:
    """Check a state that has been read already.

    :param state: the content of the file
    :param folder: where relative file names start
    :returns: ``state`` with absolute file names, and ``errors``, a list of sentences
    """
    checked = PartnerState(Document(value=state), folder).check()
    return {"state": checked.state, "errors": [problem.text() for problem in checked.problems]}
