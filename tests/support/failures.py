# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures, as tests look at them: of a call in this process, and in the result of a module."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError


def failure(call: t.Callable[[], t.Any], code: str | None = None) -> ApiError:
    """Return the error of a call, which must have this code if one is given."""
    with pytest.raises(ApiError) as caught:
        call()
    assert code in (None, caught.value.code)
    return caught.value


def code_of(result: t.Mapping[str, t.Any]) -> str:
    """Return the failure code in a module's result, or ``ok``."""
    return str(result["failure"]["code"]) if result.get("failed") else "ok"
