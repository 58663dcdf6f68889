# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key pairs, signatures and responses, for the tests of the API and of its authentication."""

from __future__ import annotations

import hashlib
import hmac
import typing as t

import pytest
import requests

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI

PUBLIC, PRIVATE = "p" * 32, "q" * 32
OWNER = {"email": "owner@mip.example", "password": "owner-password"}
USER = {"id": 20, "email": "u@x.example", "is_blocked": False, "created": "2021-06-08T16:09:25.159+02:00"}
OK = {"status": "ok"}
SENT = {"status": "ok", "message": "Email has been sent."}
Connect = t.Callable[..., MipAPI]


def pair(number: int = 1) -> dict[str, str]:
    return {"publicKey": f"public-{number}-" + "a" * 20, "privateKey": f"private-{number}-" + "b" * 20}


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    text = str(caught.value) + str(caught.value.as_dict())
    for secret in ("owner-password", PRIVATE, "private-1", "user-password"):
        assert secret not in text
    return caught.value


def signed(request: requests.PreparedRequest, public: str = PUBLIC, private: str = PRIVATE) -> bool:
    body = request.body if isinstance(request.body, bytes) else b""
    path = request.path_url
    wanted = hmac.new(private.encode(), public.encode() + path.encode() + body, hashlib.sha1).hexdigest()
    return request.headers.get("X-public") == public and request.headers.get("X-hmac") == wanted


def unsigned(request: requests.PreparedRequest) -> bool:
    return not any(name.lower().startswith("x-") for name in request.headers)
