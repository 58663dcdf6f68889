# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of ``mip_user`` and ``mip_client`` to their results."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.client import run_client
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.user import run_user
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import OK, PERSON, Make


def test_a_user(make: Make, api: Script) -> None:
    api.expect("POST", "/login").json({**OK, "user": {**PERSON, "marketplaces": [{"id": 9}, 7]}})
    result = run_user(make(password="user-password"))
    assert (result["changed"], result["user"]["marketplaces"], result["user"]["blocked"]) == (False, [7, 9], False)


KEYS = {"privateKey": "k" * 32, "publicKey": "l" * 32}


def test_the_keys_and_billing_data_of_a_client(make: Make, api: Script) -> None:
    billing = {"first_name": "A", "postcode": 81, "NIP": "5", "country": None}
    client = {**PERSON, "billing_data": billing, "favorites": [3]}
    api.expect("POST", "/login/client/7").json({**OK, "keys": KEYS, "client": client})
    result = run_client(make(password="user-password", return_keys=True))
    assert result["keys"] == {"private_key": "k" * 32, "public_key": "l" * 32}
    shown = {"first_name": "A", "postcode": "81", "nip": "5"}
    empty = dict.fromkeys(("last_name", "address", "country", "birth_day"))
    assert (result["client"]["billing_data"], result["client"]["favorites"]) == ({**shown, **empty}, [3])


def test_keys_that_no_response_had(make: Make, api: Script) -> None:
    task = make(client_id=20, return_keys=True)
    assert run_client(task)["keys"] is None
    assert "Set the client's password" in task.warnings[0]
    api.expect("POST", "/login").json({**OK, "user": PERSON})
    assert run_user(make(password="user-password", return_keys=True))["keys"] is None


@pytest.mark.parametrize("password", ["", "  "])
def test_a_user_without_a_password_is_not_registered(make: Make, password: str) -> None:
    with pytest.raises(ApiError, match="password is empty: give it a value"):
        run_user(make(password=password))


def test_a_client_and_its_warnings(make: Make, api: Script) -> None:
    api.expect("POST", "/login/client/7").json({"status": "error"}, 403)
    task = make(password="user-password", client_id=20)
    result = run_client(task)
    assert (result["changed"], result["client"]["id"], result["probed"]) == (False, 20, False)
    assert "client_id" in task.warnings[0]


@pytest.mark.parametrize("name", ["marketplace_id", "client_id"])
def test_ids_are_positive(name: str, make: Make) -> None:
    assert failure(lambda: run_client(make(**{name: 0}))).code == "invalid_input"
