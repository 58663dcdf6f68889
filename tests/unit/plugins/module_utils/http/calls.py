# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests and a transport, for the tests of the transport."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Request, Transport
from ansible_collections.partnerops.saas.tests.support.scripted import HOST

SECRET = "s3cret-in-the-query"


def make(**options: t.Any) -> Transport:
    return Transport(HOST, **{"timeout": 90, "retries": 4, "validate_certs": True, "ca_path": None, **options})


def read(path: str = "/api/v8/auth") -> t.Callable[[], Request]:
    return lambda: Request("GET", HOST + path, params={"password": SECRET}, safe=True)


def write(path: str = "/api/v8/partners") -> t.Callable[[], Request]:
    return lambda: Request("POST", HOST + path, data=b"{}", headers={"Authorization": f"Bearer {SECRET}"})


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert SECRET not in str(caught.value) + repr(caught.value.as_dict())
    assert "{tries}" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value
