# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""MIP's connection options, and their checked values."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..errors import invalid
from ..options import LEDGER_PATH, STATE, Option, check_header_value, checked_numbers, common_options
from ..state.store import StateSettings, state_settings
from ..urls import check_api_url

MIP: tuple[Option, ...] = (
    Option("api_url", env="MIP_API_URL", default="https://cloud.mip.to"),
    Option("api_email", env="MIP_API_EMAIL"),
    Option("api_password", env="MIP_API_PASSWORD", no_log=True),
    Option("api_public_key", env="MIP_API_PUBLIC_KEY", no_log=True),
    Option("api_private_key", env="MIP_API_PRIVATE_KEY", no_log=True),
    Option("signing", env="MIP_SIGNING", default="hmac_sha1", choices=("hmac_sha1", "keys", "none")),
    Option("ledger_path", "path", "MIP_LEDGER_PATH", LEDGER_PATH),
    *STATE,
    *common_options("MIP", 30),
)


#: What a message about a wrong URL says.
USUAL_URL = "The default is https://cloud.mip.to; add a path only if the vendor gave you a prefix."


@dataclass(frozen=True)
class MipConnection:
    """How to reach MIP and sign calls to it; also the key of a client cache. Times are in seconds.

    ``base`` has no trailing slash and no query; it ends with the API's prefix, if there is one.
    """

    base: str
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    public_key: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    signing: str = "hmac_sha1"
    state: StateSettings = field(default_factory=StateSettings)
    timeout: float = 30
    deadline: float = 300
    retries: int = 4
    validate_certs: bool = True
    ca_path: str | None = None

    @property
    def can_log_in(self) -> bool:
        """Return whether a key pair can be obtained by logging in."""
        return bool(self.email and self.password)

    @property
    def can_sign(self) -> bool:
        """Return whether ``signing`` has what it needs."""
        return self.signing == "none" or self.can_log_in or bool(self.public_key and self.private_key)


def mip_connection(params: t.Mapping[str, t.Any]) -> MipConnection:
    """Return the checked connection of MIP. Missing credentials are only noticed when a call has to be signed.

    :raises ApiError: ``invalid_input``, before anything is sent.
    """
    names = ("api_email", "api_password", "api_public_key", "api_private_key")
    email, password, public, private = (params.get(name) or None for name in names)
    if bool(public) != bool(private):
        raise invalid(
            f"{'api_private_key' if public else 'api_public_key'} is missing: a key pair is api_public_key and "
            "api_private_key together. Set both, or neither (environment: MIP_API_PUBLIC_KEY, MIP_API_PRIVATE_KEY)."
        )
    check_header_value(public, "api_public_key")
    check_header_value(private, "api_private_key")
    numbers = checked_numbers(params)
    numbers.pop("settle", None)
    return MipConnection(
        base=check_api_url(params.get("api_url"), env="MIP_API_URL", example="https://cloud.mip.to"),
        email=email,
        password=password,
        public_key=public,
        private_key=private,
        signing=params.get("signing") or "hmac_sha1",
        state=state_settings(params),
        validate_certs=params.get("validate_certs") is not False,
        ca_path=params.get("ca_path") or None,
        **numbers,
    )
