# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of Mobsted's unit tests."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import MakeTask


@pytest.fixture
def fleet(make_task: MakeTask) -> t.Callable[..., t.Any]:
    """Return a function that creates a task of ``mobsted_fleet``, with one request at a time."""

    def make(*tenants: t.Any, **more: t.Any) -> t.Any:
        declared = [{"email": one, "apps": []} if isinstance(one, str) else {"apps": [], **one} for one in tenants]
        given = {"tenants": declared, "apps": [], "concurrency": 1, "on_error": "continue", **more}
        return make_task(**given)

    return make
