# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls and failures, for the tests of logging in."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.tests.support.scripted import Script


def apps(api: Script, token: str, status: int = 200) -> None:
    body = {"data": [{"id": "1", "Name": "My Sub Accounts"}], "meta": {"last_page": 1}} if status == 200 else {}
    api.expect("GET", "applications", headers={"Authorization": f"Bearer {token}"}).json(body, status)


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert "master-password" not in str(caught.value) + str(caught.value.as_dict())
    return caught.value
