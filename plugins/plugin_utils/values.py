# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse a value that YAML turned into something else: an option that takes text gets what the user wrote.

YAML reads ``password: 01234567`` as the number 342391 and ``name: No`` as false. Ansible turns both into text without a
word, and an account gets a password that nobody typed.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from datetime import date, time, timedelta

from ansible.module_utils.parsing.convert_bool import BOOLEANS

from ansible_collections.partnerops.saas.plugins.plugin_utils.state_file import join

#: Types that YAML makes and that are no text. Encrypted values of ansible-core are of types of their own, and are text.
_KINDS: tuple[tuple[t.Any, str], ...] = (
    (bool, "true or false in YAML"),
    ((int, float), "a number in YAML"),
    (date, "a date in YAML"),
    ((time, timedelta), "a time"),
    ((bytes, bytearray), "binary data"),
    (Mapping, "a mapping"),
    ((list, tuple, set, frozenset), "a list"),
)
#: Digits of a number. Databases store no more for an id, and Python refuses to read thousands of them.
LONGEST_NUMBER = 18


def kind_of(value: t.Any) -> str:
    """Say in words what a value is."""
    if value is None:
        return "empty"
    return next((word for kind, word in _KINDS if isinstance(value, kind)), "text")


def wrong_text(value: t.Any) -> str | None:
    """Say what is wrong with the value of an option that takes text, or return None."""
    kind = kind_of(value)
    if kind == "text":
        return None
    if value is None:
        return "is empty: give it a value, or leave the key out. Text that starts with '#' needs quotes."
    if kind in ("a list", "a mapping", "binary data", "a time"):
        return f"must be text, not {kind}."
    return f"is {kind}: put it in quotes."


def is_template(value: t.Any) -> bool:
    """Return whether a value is a template that has not been evaluated, so that nothing is known of it."""
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def wrong_value(value: t.Any, option: Mapping[str, t.Any]) -> str | None:
    """Say what is wrong with a value that is neither a list nor a mapping of options, or return None."""
    if is_template(value):
        return None
    kind = option.get("type", "str")
    if kind in ("str", "path"):
        wrong = wrong_text(value)
    elif value is None:
        wrong = "is empty: give it a value, or leave the key out."
    elif kind == "int":
        wrong = _wrong_number(value)
    elif kind == "bool":
        known = isinstance(value, (bool, str, int)) and (value.lower() if isinstance(value, str) else value) in BOOLEANS
        wrong = None if known else f"must be true or false, not {_shown(value)}."
    else:
        wrong = None
    choices = option.get("choices")
    if wrong is None and choices and value not in choices:
        wrong = f"must be one of {', '.join(map(str, choices))}, not {value!r}."
    return wrong


def _wrong_number(value: t.Any) -> str | None:
    digits = value.strip().lstrip("-") if isinstance(value, str) and value.isascii() else ""
    if isinstance(value, bool) or not (isinstance(value, int) or digits.isdecimal()):
        return f"must be a whole number, not {_shown(value)}."
    if len(digits) > LONGEST_NUMBER or (isinstance(value, int) and abs(value) >= 10**LONGEST_NUMBER):
        return f"must be a number of at most {LONGEST_NUMBER} digits."
    return None


def _shown(value: t.Any) -> str:
    return repr(value)[:60] if isinstance(value, (str, float)) else kind_of(value)


def changed_by_yaml(args: Mapping[str, t.Any], options: Mapping[str, t.Any], path: str = "") -> t.Iterator[str]:
    """Yield a sentence for each argument of a task that takes text and did not get one.

    Outermost arguments may be null, which means omitted everywhere in Ansible; in a list it is refused.
    """
    for name, value in args.items():
        option = options.get(name)
        if option is None or (value is None and not path):
            continue
        here, inner = join(path, name), option.get("options")
        kind = option.get("type", "str")
        if inner and kind == "list" and isinstance(value, (list, tuple)):
            for number, one in enumerate(value):
                if isinstance(one, Mapping):
                    yield from changed_by_yaml(one, inner, join(here, number))
        elif inner and kind == "dict" and isinstance(value, Mapping):
            yield from changed_by_yaml(value, inner, here)
        elif kind in ("str", "path"):
            wrong = wrong_text(value)
            if wrong:
                yield f"{here} {wrong}"


def bounded(value: t.Any) -> int:
    """Return a whole number that may be text; one that is too long for any id is cut to a number that is no id."""
    text = value.strip() if isinstance(value, str) else ""
    return 10**20 if len(text) > 20 else int(text or value)


def left_empty(written: t.Any, action: str, options: Mapping[str, t.Any]) -> t.Iterator[str]:
    """Yield a sentence for each argument that takes text and that the task's own YAML leaves empty.

    ``splash_color: #1557b0`` is one: the colour is a comment. A template that gives null still means omitted.

    :param written: the task as it is in the playbook, before any template
    """
    if not isinstance(written, Mapping):
        return
    name = action.rpartition(".")[2]
    for key, args in written.items():
        if isinstance(args, Mapping) and str(key).rpartition(".")[2] in (name, "args", "action", "local_action"):
            for one, value in args.items():
                if value is None and one in options and options[one].get("type", "str") in ("str", "path"):
                    yield f"{one} {wrong_text(None)}"
