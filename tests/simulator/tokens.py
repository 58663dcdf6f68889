# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens like the vendor's: three base64url parts, HS256 (seed; claims: inferred from the sample)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import random
import time
import uuid
from dataclasses import dataclass, field


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


_HEADER = _part(b'{"typ":"JWT","alg":"HS256"}')


def jwt(key: bytes, issuer: str, expires: float, useruuid: str) -> str:
    """Return a signed token; ``expires`` is a Unix time in seconds. ``uid`` is random, so that all tokens differ."""
    claims = {
        "iss": issuer,
        "nbf": int(time.time()),
        "exp": math.ceil(expires),
        "uid": str(uuid.uuid4()),
        "sub": "api",
        "objuuid": "",
        "useruuid": useruuid,
    }
    signed = f"{_HEADER}.{_part(json.dumps(claims, separators=(',', ':')).encode())}"
    return f"{signed}.{_part(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


@dataclass
class TokenBook:
    """The tokens of one account: token -> Unix time (seconds) at which it expires."""

    access: dict[str, float] = field(default_factory=dict)
    refresh: dict[str, float] = field(default_factory=dict)
    #: access token -> Unix time at which it was issued
    issued: dict[str, float] = field(default_factory=dict)

    def issue(
        self, key: bytes, issuer: str, ttl: float, refresh_ttl: float, limit: int | None
    ) -> tuple[str, str, float]:
        """Issue a pair and its expiry; with ``limit``, only that many of the newest access tokens stay valid."""
        now = time.time()
        useruuid = str(uuid.UUID(int=random.getrandbits(128)))
        access, refresh = jwt(key, issuer, now + ttl, useruuid), jwt(key, issuer, now + refresh_ttl, useruuid)
        self.access[access], self.refresh[refresh] = now + ttl, now + refresh_ttl
        self.issued[access] = now
        while limit is not None and len(self.access) > limit:
            del self.access[next(iter(self.access))]
        return access, refresh, now + ttl

    def valid(self, token: str, after: float = 0.0) -> bool:
        """Return whether ``token`` is a live access token of this account that was issued ``after`` seconds ago."""
        begun = time.time() - self.issued.get(token, 0.0) >= after
        return begun and self.access.get(token, 0.0) > time.time()

    def valid_refresh(self, token: str) -> bool:
        """Return whether ``token`` is a refresh token of this account that has not expired."""
        return self.refresh.get(token, 0.0) > time.time()

    def expire(self, refresh_too: bool = False) -> int:
        """Expire every access token (and refresh token, if asked). Return how many expired."""
        count = len(self.access) + (len(self.refresh) if refresh_too else 0)
        self.access.clear()
        if refresh_too:
            self.refresh.clear()
        return count
