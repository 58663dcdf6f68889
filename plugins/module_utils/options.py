# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""One table of connection options for each vendor.

The argument specs of the modules, their environment fallbacks, the options of the lookup and inventory plugins and the
AWX credential types are made from it, and a test compares it with the doc fragments.
"""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass

from ansible.module_utils.errors import AnsibleFallbackNotFound
from ansible.module_utils.parsing.convert_bool import boolean

from .errors import invalid


@dataclass(frozen=True)
class Option:
    """A connection option, as ansible-core's argument spec wants it, with its environment variable."""

    name: str
    type: str = "str"
    env: str | None = None
    default: t.Any = None
    required: bool = False
    no_log: bool | None = None
    choices: tuple[str, ...] | None = None
    suboptions: dict[str, t.Any] | None = None

    def spec(self, fallback: t.Callable[..., t.Any]) -> dict[str, t.Any]:
        """Return the entry for ``argument_spec``."""
        made: dict[str, t.Any] = {"type": self.type}
        if self.env:
            made["fallback"] = (fallback, [self.env])
        if self.default is not None:
            made["default"] = self.default
        if self.required:
            made["required"] = True
        if self.no_log is not None:
            made["no_log"] = self.no_log
        if self.choices:
            made["choices"] = list(self.choices)
        if self.suboptions:
            made["options"] = self.suboptions
        return made

    def refuses(self, text: str | None) -> bool:
        """Return whether ansible-core refuses this value of the environment variable. A blank one is not set."""
        if not text or text.isspace():
            return False
        if self.type == "int":
            return not re.fullmatch(r"\s*[-+]?[0-9]+\s*", text)
        if self.type == "bool":
            try:
                boolean(text)
            except TypeError:
                return True
            return False
        return bool(self.choices) and text not in (self.choices or ())


def common_options(prefix: str, timeout: int) -> tuple[Option, ...]:
    """Return the options that both vendors have, with a vendor's prefix and time-out."""
    return (
        Option("timeout", "int", f"{prefix}_TIMEOUT", timeout),
        Option("deadline", "int", f"{prefix}_DEADLINE", 300),
        Option("retries", "int", f"{prefix}_RETRIES", 4),
        Option("validate_certs", "bool", f"{prefix}_VALIDATE_CERTS", True),
        Option("ca_path", "path", f"{prefix}_CA_PATH"),
    )


def from_environment(*names: str) -> str:
    """Return the first of these environment variables that is set, as the ``fallback`` of an option.

    Unlike with ansible-core's ``env_fallback``, an empty or blank variable counts as not set: ``MOBSTED_TIMEOUT=`` is
    how CI systems pass a variable that nobody filled in.

    :raises AnsibleFallbackNotFound: if none is set
    """
    for name in names:
        value = os.environ.get(name)
        if value and not value.isspace():
            return value
    raise AnsibleFallbackNotFound


#: Where the ledger is unless the user says otherwise.
LEDGER_PATH = "~/.local/share/partnerops/mip-ledger.sqlite3"

#: Where the ledger and the create locks are shared by all machines. Both vendors' modules take these options; lookup
#: and inventory, which only read from the vendor, don't.
STATE: tuple[Option, ...] = (
    Option("state_url", env="PARTNEROPS_STATE_URL", no_log=True),
    Option("state_password", env="PARTNEROPS_STATE_PASSWORD", no_log=True),
    Option("ledger_missing", env="MIP_LEDGER_MISSING", default="create", choices=("create", "fail")),
)


def without_state(options: t.Iterable[Option]) -> tuple[Option, ...]:
    """Return connection options without those of the shared store."""
    return tuple(option for option in options if option not in STATE)


def argument_spec(options: t.Iterable[Option]) -> dict[str, dict[str, t.Any]]:
    """Return connection options as an argument spec (ansible-core's format)."""
    return {option.name: option.spec(from_environment) for option in options}


#: A day in seconds. Sockets and locks can't wait much longer.
MOST = 86_400


def checked_numbers(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the numbers among the options, checked.

    :raises ApiError: ``invalid_input``
    """
    least = {"timeout": 1, "deadline": 1, "retries": 0, "settle": 0}
    found: dict[str, t.Any] = {}
    for name, low in least.items():
        value = params.get(name)
        if value is None:
            continue
        if value < low:
            raise invalid(f"{name} is {value}: it must be at least {low}.")
        if value > MOST:
            raise invalid(f"{name} is {value}: it must be at most {MOST}.")
        found[name] = value
    return found


def check_texts(params: t.Any, spec: t.Mapping[str, t.Any], where: str = "") -> None:
    """Reject ``true`` as a number, which ansible-core takes for one, and text that is not UTF-8.

    An environment variable in another encoding has such text. File names may be such, but have no null character.

    :param spec: the options, as an argument spec
    :raises ApiError: ``invalid_input``, naming the option
    """
    for name, option in spec.items():
        value = params.get(name) if isinstance(params, dict) else None
        for number, one in enumerate(value if isinstance(value, list) else (value,)):
            place = f"{where}{name}[{number}]" if isinstance(value, list) else f"{where}{name}"
            if option.get("options"):
                check_texts(one, option["options"], f"{place}.")
            elif isinstance(one, bool) and option.get("type") == "int":
                raise invalid(f"{place} is true or false in YAML, but a number is needed there. Nothing was sent.")
            elif isinstance(one, str) and option.get("type") != "path" and not is_utf8(one):
                raise invalid(
                    f"{place} is not UTF-8 text. It may come from an environment variable or a file in another "
                    "encoding: save that as UTF-8. Nothing was sent."
                )
            elif isinstance(one, str) and option.get("type") == "path" and "\0" in one:
                raise invalid(f"{place} contains a null character, which no path has: correct it. Nothing was sent.")


def is_utf8(text: str) -> bool:
    """Return whether a text can be written as UTF-8: one from an environment in another encoding can't."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def check_header_value(value: str | None, option: str) -> None:
    """Reject a token or key with impossible characters: often a line break that was read with it from a file."""
    if value and not all("!" <= character <= "~" for character in value):
        raise invalid(
            f"{option} contains white space, a line break or a character that is not ASCII, which no token or key has. "
            "Copy it again. Nothing was sent."
        )
