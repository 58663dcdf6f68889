# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_user`` to its result."""

from __future__ import annotations

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.user import run_user
from ansible_collections.partnerops.saas.tests.support.scripted import Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import OK, PERSON, Make


def test_a_user(make: Make, api: Script) -> None:
    api.expect("POST", "/login").json({**OK, "user": {**PERSON, "marketplaces": [{"id": 9}, 7]}})
    result = run_user(make(password="user-password"))
    assert (result["changed"], result["user"]["marketplaces"], result["user"]["blocked"]) == (False, [7, 9], False)
