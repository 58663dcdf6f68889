# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Mobsted's connection options, and their checked values."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..errors import invalid
from ..options import (
    STATE,
    Option,
    argument_spec,
    check_header_value,
    check_texts,
    checked_numbers,
    common_options,
)
from ..state.store import StateSettings, state_settings
from ..urls import check_api_url

#: Paths of the Mobsted API that the vendor does not publish, below ``/api/v8`` (source: see docs/api/mobsted.yaml).
MOBSTED_PATHS: dict[str, str | None] = {
    "objects": "object",
    "applications": "applications",
    "refresh": "refresh",
    "push": None,
}

MOBSTED: tuple[Option, ...] = (
    Option("api_url", env="MOBSTED_API_URL", required=True),
    Option("api_login", env="MOBSTED_API_LOGIN"),
    Option("api_password", env="MOBSTED_API_PASSWORD", no_log=True),
    Option("api_token", env="MOBSTED_API_TOKEN", no_log=True),
    *common_options("MOBSTED", 90),
    *STATE,
    Option("settle", "int", "MOBSTED_SETTLE", 60),
    Option("token_cache", env="MOBSTED_TOKEN_CACHE", default="run", choices=("run", "none"), no_log=False),
    Option(
        "api_paths",
        "dict",
        suboptions={name: {"type": "str"} for name in MOBSTED_PATHS},
    ),
)


def registry_spec() -> dict[str, t.Any]:
    """Return ``tenant_registry``: Mobsted's connection as one option of a MIP module, with the same environment.

    The environment counts even if the option is not given at all. ``api_url`` is only required when it is used.
    """
    options = argument_spec(MOBSTED)
    options["api_url"].pop("required")
    return {"type": "dict", "options": options, "apply_defaults": True}


#: What a message about a wrong URL says.
USUAL_URL = (
    "It is the address of the account's admin site alone, such as https://ppp-admin.mobsted.com, without a path."
)


@dataclass(frozen=True)
class Connection:
    """How to reach one account of one vendor. Hashable, so that it can be the key of a client cache.

    Times are in seconds. ``base`` has no trailing slash and no query.
    """

    base: str
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    timeout: float = 90
    deadline: float = 300
    retries: int = 4
    settle: float = 60
    validate_certs: bool = True
    ca_path: str | None = None
    token_cache: str = "run"  # noqa: S105 - no secret
    paths: tuple[tuple[str, str | None], ...] = ()
    state: StateSettings = field(default_factory=StateSettings)

    def fixed(self, name: str) -> bool:
        """Return whether the user gave a path."""
        return bool(dict(self.paths).get(name))

    def path(self, name: str) -> str | None:
        """Return an overridable path below the API root, or None if neither vendor nor user sets it."""
        return dict(self.paths).get(name) or MOBSTED_PATHS.get(name)


def mobsted_connection(params: t.Mapping[str, t.Any]) -> Connection:
    """Return the checked connection of a Mobsted account.

    :raises ApiError: ``invalid_input``, before anything is sent.
    """
    check_texts(params, argument_spec(MOBSTED))
    base = check_api_url(params.get("api_url"), ("/api/v8",), env="MOBSTED_API_URL")
    login, password, token = (params.get(name) or None for name in ("api_login", "api_password", "api_token"))
    if not token and not (login and password):
        missing = [name for name, value in (("api_login", login), ("api_password", password)) if not value]
        raise invalid(
            f"No credentials for {base}: {' and '.join(missing)} {'are' if missing[1:] else 'is'} missing. Set "
            "api_login and api_password, or "
            "api_token (environment: MOBSTED_API_LOGIN, MOBSTED_API_PASSWORD, MOBSTED_API_TOKEN)."
        )
    check_header_value(token, "api_token")
    paths = {name: value.strip("/") for name, value in (params.get("api_paths") or {}).items() if value}
    for name, value in paths.items():
        if (
            "://" in value
            or "?" in value
            or "#" in value
            or ".." in value.split("/")
            or any(c.isspace() for c in value)
        ):
            raise invalid(f"api_paths.{name} must be a path below /api/v8, such as 'objects'.")
    return Connection(
        base=base,
        login=login,
        password=password,
        token=token,
        validate_certs=params.get("validate_certs") is not False,
        ca_path=params.get("ca_path") or None,
        token_cache=params.get("token_cache") or "run",
        paths=tuple(sorted(paths.items())),
        state=state_settings(params),
        **checked_numbers(params),
    )
