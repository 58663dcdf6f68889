# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of ``mip_user`` and ``mip_client`` to their results."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.client import run_client
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.user import run_user
from ansible_collections.partnerops.saas.tests.support.scripted import Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import OK, PERSON, Make, failure


def test_a_user(make: Make, api: Script) -> None:
    api.expect("POST", "/login").json({**OK, "user": {**PERSON, "marketplaces": [{"id": 9}, 7]}})
    result = run_user(make(password="user-password"))
    assert (result["changed"], result["user"]["marketplaces"], result["user"]["blocked"]) == (False, [7, 9], False)


def test_a_client_and_its_warnings(make: Make, api: Script) -> None:
    api.expect("POST", "/login/client/7").json({"status": "error"}, 403)
    task = make(password="user-password", client_id=20)
    result = run_client(task)
    assert (result["changed"], result["client"]["id"], result["probed"]) == (False, 20, False)
    assert "client_id" in task.warnings[0]


@pytest.mark.parametrize("name", ["marketplace_id", "client_id"])
def test_ids_are_positive(name: str, make: Make) -> None:
    assert failure(lambda: run_client(make(**{name: 0}))).code == "invalid_input"
