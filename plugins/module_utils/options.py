# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One table of connection options for each vendor.

From it come the argument specs of the modules, their environment fallbacks, the options of the lookup and inventory
plugins, the AWX credential types, and a test that compares it with the doc fragments.
"""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .errors import invalid

#: Paths of the Mobsted API that the vendor does not publish, below ``/api/v8`` (source: see docs/api/mobsted.yaml).
MOBSTED_PATHS: dict[str, str | None] = {
    "objects": "objects",
    "applications": "applications",
    "refresh": "refresh",
    "push": None,
}


@dataclass(frozen=True)
class Option:
    """A connection option as ansible-core's argument spec wants it, with the environment variable behind it."""

    name: str
    type: str = "str"
    env: str | None = None
    default: t.Any = None
    required: bool = False
    no_log: bool | None = None
    choices: tuple[str, ...] | None = None
    suboptions: dict[str, t.Any] | None = None
    extra: dict[str, t.Any] = field(default_factory=dict)

    def spec(self, fallback: t.Callable[..., t.Any]) -> dict[str, t.Any]:
        """The entry for ``argument_spec``."""
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


def _common(prefix: str, timeout: int) -> tuple[Option, ...]:
    return (
        Option("timeout", "int", f"{prefix}_TIMEOUT", timeout),
        Option("deadline", "int", f"{prefix}_DEADLINE", 300),
        Option("retries", "int", f"{prefix}_RETRIES", 4),
        Option("validate_certs", "bool", f"{prefix}_VALIDATE_CERTS", True),
        Option("ca_path", "path", f"{prefix}_CA_PATH"),
    )


MOBSTED: tuple[Option, ...] = (
    Option("api_url", env="MOBSTED_API_URL", required=True),
    Option("api_login", env="MOBSTED_API_LOGIN"),
    Option("api_password", env="MOBSTED_API_PASSWORD", no_log=True),
    Option("api_token", env="MOBSTED_API_TOKEN", no_log=True),
    *_common("MOBSTED", 90),
    Option("settle", "int", "MOBSTED_SETTLE", 60),
    Option("token_cache", env="MOBSTED_TOKEN_CACHE", default="run", choices=("run", "none"), no_log=False),
    Option(
        "api_paths",
        "dict",
        suboptions={name: {"type": "str"} for name in MOBSTED_PATHS},
    ),
)

MIP: tuple[Option, ...] = (
    Option("api_url", env="MIP_API_URL", default="https://cloud.mip.to"),
    Option("api_email", env="MIP_API_EMAIL"),
    Option("api_password", env="MIP_API_PASSWORD", no_log=True),
    Option("api_public_key", env="MIP_API_PUBLIC_KEY", no_log=True),
    Option("api_private_key", env="MIP_API_PRIVATE_KEY", no_log=True),
    Option("signing", env="MIP_SIGNING", default="hmac_sha1", choices=("hmac_sha1", "keys", "none")),
    Option("ledger_path", "path", "MIP_LEDGER_PATH", "~/.local/share/partnerops/mip-ledger.sqlite3"),
    *_common("MIP", 30),
)

VENDORS: dict[str, tuple[Option, ...]] = {"mobsted": MOBSTED, "mip": MIP}


def from_environment(*names: str) -> str:
    """Return the first of these environment variables that is set, for the ``fallback`` of an option.

    An empty one counts as not set, unlike with ansible-core's ``env_fallback``: ``MOBSTED_TIMEOUT=`` is how CI systems
    pass a variable that nobody filled in.

    :raises AnsibleFallbackNotFound: if none is set
    """
    for name in names:
        value = os.environ.get(name)
        if value:
            return value
    raise AnsibleFallbackNotFound


def argument_spec(vendor: str) -> dict[str, dict[str, t.Any]]:
    """The connection options of one vendor as an argument spec (ansible-core's format)."""
    return {option.name: option.spec(from_environment) for option in VENDORS[vendor]}


def registry_spec() -> dict[str, t.Any]:
    """``tenant_registry``: Mobsted's connection as one option of a MIP module, with the same environment.

    The environment counts also where the option is not given at all. ``api_url`` is only missed where it is needed.
    """
    options = argument_spec("mobsted")
    options["api_url"].pop("required")
    return {"type": "dict", "options": options, "apply_defaults": True}


@dataclass(frozen=True)
class Connection:
    """How one account of one vendor is reached. Hashable, so that it can be the key of a client cache.

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

    def path(self, name: str) -> str | None:
        """An overridable path below the API root, or None where neither vendor nor user gives one."""
        return dict(self.paths).get(name) or MOBSTED_PATHS.get(name)


@dataclass(frozen=True)
class MipConnection:
    """How MIP is reached and calls to it are signed; the key of a client cache, too. Times are in seconds.

    ``base`` has no trailing slash and no query; it ends with the API's prefix, if there is one.
    """

    base: str
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    public_key: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    signing: str = "hmac_sha1"
    ledger_path: str = ""
    timeout: float = 30
    deadline: float = 300
    retries: int = 4
    validate_certs: bool = True
    ca_path: str | None = None

    @property
    def can_log_in(self) -> bool:
        """Whether a key pair can be had by logging in."""
        return bool(self.email and self.password)

    @property
    def can_sign(self) -> bool:
        """Whether there is what ``signing`` needs."""
        return self.signing == "none" or self.can_log_in or bool(self.public_key and self.private_key)


def is_loopback(host: str | None) -> bool:
    """True for ``localhost``, names below it (RFC 6761), 127.0.0.0/8 and ::1."""
    name = (host or "").lower().rstrip(".")
    if name in ("localhost", "::1") or name.endswith(".localhost"):
        return True
    parts = name.split(".")
    return parts[0] == "127" and len(parts) == 4 and all(re.fullmatch("[0-9]{1,3}", p) and int(p) < 256 for p in parts)


def check_url(url: str | None, option: str, suffixes: t.Iterable[str] = ()) -> str:
    """The base URL without trailing slash and known suffixes; refuses what a credential must not be sent to.

    :raises ApiError: ``invalid_input`` for anything but https (http to a loopback address is allowed), and for a URL
        with user information, query or fragment.
    """
    text = (url or "").strip()
    if not text:
        raise invalid(
            f"{option} is missing: give the option, or the environment variable that the documentation names."
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise invalid(f"{option} is not a valid URL: expected something like https://ppp-admin.mobsted.com.") from None
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() or ord(c) < 32 for c in text):
        raise invalid(f"{option} is not a valid URL: expected something like https://ppp-admin.mobsted.com.")
    if parts.username is not None or parts.password is not None:
        raise invalid(f"{option} must not hold a user name or password: use the options for the login.")
    if parts.query or parts.fragment:
        raise invalid(f"{option} must not hold a query or a fragment.")
    if parts.scheme == "http" and not is_loopback(host):
        raise invalid(
            f"{option} uses http:// to {host}: credentials would travel in clear. Use https://; plain http is only "
            "allowed to a loopback address."
        )
    path = parts.path.rstrip("/")
    for suffix in suffixes:
        if path.endswith(suffix):
            path = path[: -len(suffix)].rstrip("/")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{'' if port is None else f':{port}'}{path}"


#: A day in seconds; what is much longer, no socket and no lock can wait for.
MOST = 86_400


def _numbers(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
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


def _header_value(value: str | None, option: str) -> None:
    """Refuse a token or key that can't be one: often a line break that was read with it from a file."""
    if value and not all("!" <= character <= "~" for character in value):
        raise invalid(
            f"{option} holds white space, a line break or a character that is not ASCII, which no token or key has. "
            "Nothing was sent."
        )


def mobsted_connection(params: t.Mapping[str, t.Any]) -> Connection:
    """The checked connection of a Mobsted account.

    :raises ApiError: ``invalid_input``, before anything is sent.
    """
    base = check_url(params.get("api_url"), "api_url", ("/api/v8",))
    login, password, token = (params.get(name) or None for name in ("api_login", "api_password", "api_token"))
    if not token and not (login and password):
        missing = [name for name, value in (("api_login", login), ("api_password", password)) if not value]
        raise invalid(
            f"No credentials for {base}: {' and '.join(missing)} missing. Give api_login and api_password, or "
            "api_token (environment: MOBSTED_API_LOGIN, MOBSTED_API_PASSWORD, MOBSTED_API_TOKEN)."
        )
    _header_value(token, "api_token")
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
        **_numbers(params),
    )


def mip_connection(params: t.Mapping[str, t.Any]) -> MipConnection:
    """The checked connection of MIP. Whether credentials are needed is known only where a call is signed.

    :raises ApiError: ``invalid_input``, before anything is sent.
    """
    names = ("api_email", "api_password", "api_public_key", "api_private_key")
    email, password, public, private = (params.get(name) or None for name in names)
    if bool(public) != bool(private):
        raise invalid(
            f"{'api_private_key' if public else 'api_public_key'} is missing: a key pair is api_public_key and "
            "api_private_key together (environment: MIP_API_PUBLIC_KEY, MIP_API_PRIVATE_KEY)."
        )
    _header_value(public, "api_public_key")
    _header_value(private, "api_private_key")
    numbers = _numbers(params)
    numbers.pop("settle", None)
    return MipConnection(
        base=check_url(params.get("api_url"), "api_url"),
        email=email,
        password=password,
        public_key=public,
        private_key=private,
        signing=params.get("signing") or "hmac_sha1",
        ledger_path=params.get("ledger_path") or "",
        validate_certs=params.get("validate_certs") is not False,
        ca_path=params.get("ca_path") or None,
        **numbers,
    )
