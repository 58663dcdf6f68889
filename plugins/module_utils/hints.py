# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Add the next step to what ansible-core says about wrong options.

ansible-core names the option, but neither the environment variable that would do nor the option that was meant.
"""

from __future__ import annotations

import os
import re
import typing as t

from .identity import nearest
from .vendors import VENDORS

if t.TYPE_CHECKING:
    from .operation import Operation

_PREFLIGHT = "The playbook partnerops.saas.preflight shows what works and what to set."
_NO_REMOVAL = {
    "mobsted": "Mobsted documents no way to remove a tenant or an app. Remove it in the platform.",
    "mip": "MIP documents no way to remove a user.",
}


def with_hint(message: str, operation: Operation, given: t.Any = None) -> str:
    """Return ansible-core's message about the options of a task with what to do next.

    :param given: the options of the task; ansible-core does not say which entry of a list it means
    """
    spec = operation.argument_spec()
    entries = list(_entries(given, spec))
    if entries and "could not parse JSON" in message:
        message, entries = entries[0], entries[1:]
    hints = [
        *entries,
        *_misspelt(message, given, spec),
        *_missing(message, operation),
        *(hint for hint in _unknown(message, operation) if not entries or not hint.startswith("Did you mean")),
        *_state(message, operation),
        *_value(message, operation.vendor),
    ]
    return " ".join([message.rstrip(". ") + ".", *hints, "Nothing was sent."])


def _missing(message: str, operation: Operation) -> t.Iterator[str]:
    found = re.search(r"missing required arguments?: ([\w, ]+)", message)
    names = re.findall(r"\w+", found[1]) if found else []
    variables = [one.env for one in VENDORS[operation.vendor] if one.env and one.required and one.name in names]
    if variables:
        yield (
            f"Set it in the task (with the playbooks of this collection in partner_{operation.vendor}_connection), or "
            f"set the environment variable {' and '.join(variables)}. {_PREFLIGHT}"
        )
    elif names:
        yield "Add it to the task."


def _unknown(message: str, operation: Operation) -> t.Iterator[str]:
    found = re.search(
        r"Unsupported parameters for \(.*?\) module: (.+?)\. Supported parameters include", message, re.DOTALL
    )
    if not found:
        return
    known = sorted(set(_names(operation.argument_spec())))
    for name in found[1].split(", "):
        if name.rpartition(".")[2] == "state" and operation.vendor == "mobsted":
            yield _NO_REMOVAL["mobsted"]
            continue
        near = meant(name.rpartition(".")[2], known)
        if near:
            yield f"Did you mean {near!r} instead of {name!r}?"


def _misspelt(message: str, given: t.Any, spec: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    """Say which unknown options stand for missing ones: ansible-core looks at the missing ones first."""
    if "missing required" not in message or not isinstance(given, dict):
        return
    for key in given:
        near = None if key in spec else meant(key, spec)
        if near and re.search(rf"\b{near}\b", message):
            yield f"Did you mean {near!r} instead of {key!r}?"


def meant(name: str, known: t.Iterable[str]) -> str | None:
    """Return the name that was probably meant: one with a few other letters, or the only one that is longer.

    ``emial`` stands for ``email``, ``app`` for ``apps``, ``url`` for ``api_url``, and ``partner_state`` for
    ``partner_state_file``.
    """
    names = list(known)
    swapped = {name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1)}
    near = nearest(name, names) or next((one for one in names if one in swapped), None)
    if near or len(name) < 3:
        return near
    if f"api_{name}" in names:
        return f"api_{name}"
    longer = [one for one in names if one.startswith(name) or one.endswith(f"_{name}")]
    return longer[0] if len(longer) == 1 else None


def _entries(given: t.Any, spec: t.Mapping[str, t.Any], where: str = "") -> t.Iterator[str]:
    """Say which entries of the lists are no dictionaries, lack something, or have unknown keys."""
    for name, option in spec.items():
        values = given.get(name) if isinstance(given, dict) else None
        if option.get("type") != "list" or not option.get("options") or not isinstance(values, list):
            continue
        for number, one in enumerate(values):
            place = f"{where}{name}[{number}]"
            if isinstance(one, dict):
                yield from _keys(one, option["options"], place)
                yield from _entries(one, option["options"], f"{place}.")
            elif not isinstance(one, str) or not _is_dictionary(one):
                needed = next(iter(key for key, each in option["options"].items() if each.get("required")), "name")
                yield f"{place} must be a dictionary, such as {{{needed}: …}}."


def _keys(entry: t.Mapping[str, t.Any], spec: t.Mapping[str, t.Any], place: str) -> t.Iterator[str]:
    for key in entry:
        if key in spec or key == "state":
            continue
        near = meant(key, spec)
        yield f"{place}.{key} is not known." + (f" Did you mean {near!r}?" if near else "")
    missing = [key for key, option in spec.items() if option.get("required") and entry.get(key) is None]
    if missing:
        yield f"{place} has no {' and no '.join(missing)}."


def _is_dictionary(text: str) -> bool:
    """Return whether ansible-core reads a text as a dictionary: JSON, or ``key=value``."""
    return text.lstrip().startswith("{") or "=" in text


def _value(message: str, vendor: str) -> t.Iterator[str]:
    variable = wrong_variable(message, "mobsted" if "tenant_registry" in message else vendor)
    if variable:
        yield f"The value comes from the environment variable {variable}: correct it, or leave it empty."
    elif "unable to convert" in message:
        yield "Correct this value."
    if "mutually exclusive" in message:
        yield "Leave one of them out."


def wrong_variable(message: str, vendor: str) -> str | None:
    """Return the environment variable whose value ansible-core refuses in this message, or None.

    ansible-core names the option alone, and its value not before 2.19.
    """
    found = re.search(r"argument '(\w+)' is of type|value of (\w+) must be one of", message)
    name = (found[1] or found[2]) if found else None
    for option in VENDORS[vendor]:
        if option.name == name and option.env and option.refuses(os.environ.get(option.env)):
            return option.env
    return None


def _names(options: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    for name, option in options.items():
        yield name
        yield from _names(option.get("options") or {})


def _state(message: str, operation: Operation) -> t.Iterator[str]:
    if re.search(r"value of state must be one of: present, got: absent", message):
        yield _NO_REMOVAL[operation.vendor]
