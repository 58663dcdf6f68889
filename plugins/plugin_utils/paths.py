# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Relative paths in options start in the folder in which the command was started.

That is the working directory of every process of a run, so code in this process needs nothing of this. ansible-core
starts a module in the folder of the playbook, though, which for a playbook of a collection is inside the collection.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.vendors import VENDORS

Spec = t.Mapping[str, t.Mapping[str, t.Any]]

#: Environment variables that contain a path, for an option or for the HTTP library.
VARIABLES = (
    *sorted({option.env for options in VENDORS.values() for option in options if option.env and option.type == "path"}),
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)


class Found(t.NamedTuple):
    """A relative path: the dict that holds it (None in the environment), its name there, and itself, expanded."""

    place: dict[str, t.Any] | None
    name: str
    path: str


def relative_paths(spec: Spec, values: dict[str, t.Any], skip: t.Collection[str] = ()) -> t.Iterator[Found]:
    """Find the relative paths in the values of options, suboptions included.

    :param skip: names of options whose files are looked up in another way
    """
    for name, option in spec.items():
        value = values.get(name)
        if option.get("type") == "path":
            path = _relative(value)
            if path and name not in skip:
                yield Found(values, name, path)
        elif value and _holds_paths(option.get("options") or {}, skip):
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, dict):
                    yield from relative_paths(option["options"], inner, skip)


def relative_variables(environment: t.Mapping[str, str]) -> t.Iterator[Found]:
    """Find the relative paths among :data:`VARIABLES`."""
    for name in VARIABLES:
        path = _relative(environment.get(name))
        if path:
            yield Found(None, name, path)


def left_behind(paths: t.Iterable[Found], playbook: str) -> str | None:
    """Return a message for a file that lies beside the playbook, where releases before 1.1 looked for it.

    Going on without it would do harm: with a new and empty ledger, everybody is invited once more.

    :param playbook: the folder of the playbook
    """
    for _place, name, path in paths:
        old = os.path.join(playbook, path)
        if not os.path.lexists(path) and os.path.isfile(old):
            return (
                f"{name} is {path}, a relative path. It starts in the folder in which the command was started, "
                f"{os.getcwd()}, and there is no such file. Beside the playbook there is one, {old}, which releases "
                "before 1.1 used. Use its full path, or move it. Nothing was sent."
            )
    return None


def _relative(value: t.Any) -> str | None:
    """Return the path with variables expanded, if it is relative. ``~`` may be another user's home, so it stays."""
    path = os.path.expandvars(value) if isinstance(value, str) else ""
    return path if path and not os.path.isabs(path) and not path.startswith("~") else None


def _holds_paths(spec: Spec, skip: t.Collection[str]) -> bool:
    return any(
        (option.get("type") == "path" and name not in skip) or _holds_paths(option.get("options") or {}, skip)
        for name, option in spec.items()
    )
