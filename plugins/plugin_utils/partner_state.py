# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the form of a partner's declared state, ``partner-state.yml``, and find its files.

The form comes from the options of the modules that do the work, so the two cannot differ.
"""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.marketplace import MARKETPLACE_OPTIONS
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.fleet_tasks import FLEET_OPTIONS

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


def read_state(state: t.Any, folder: str) -> dict[str, t.Any]:
    """Make the file names in a state absolute, and list what is wrong with its form.

    :param state: the content of the file
    :param folder: the folder in which relative file names start
    :returns: ``state`` and ``errors``, a list of sentences; the modules check the types of single values
    """
    errors: list[str] = []
    read = _mapping(state, STATE, "", folder, errors)
    if isinstance(state, Mapping) and not errors and not read:
        errors.append("It declares nothing: it has neither 'mobsted' nor 'mip'.")
    return {"state": read, "errors": errors}


def _mapping(
    value: t.Any, options: Mapping[str, t.Any], place: str, folder: str, errors: list[str]
) -> dict[str, t.Any]:
    if not isinstance(value, Mapping):
        errors.append(f"{place or 'The file'} must be a mapping (key: value), not {_kind(value)}.")
        return {}
    found: dict[str, t.Any] = {}
    for key, inner in value.items():
        path = f"{place}.{key}" if place else str(key)
        if key not in options:
            errors.append(f"{path} is not known. Known here: {', '.join(sorted(options))}.")
        elif inner is not None:
            found[str(key)] = _value(inner, options[key], path, folder, errors)
            if key in _FILES and isinstance(inner, str) and inner:
                found[str(key)] = os.path.normpath(os.path.join(folder, os.path.expanduser(inner)))
    missing = [name for name, option in options.items() if option.get("required") and found.get(name) is None]
    errors += [f"{place}.{name} is missing." for name in missing]
    return found


def _value(value: t.Any, option: Mapping[str, t.Any], place: str, folder: str, errors: list[str]) -> t.Any:
    if option["type"] == "dict":
        return _mapping(value, option["options"], place, folder, errors)
    if option["type"] != "list":
        return value
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        errors.append(f"{place} must be a list, not {_kind(value)}.")
        return []
    items = enumerate(value)
    return [_mapping(item, option["options"], f"{place}[{number}]", folder, errors) for number, item in items]


def _kind(value: t.Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, Sequence) else "a single value"
