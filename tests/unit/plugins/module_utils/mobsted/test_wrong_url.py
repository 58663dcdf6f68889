# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ``api_url`` that leads to something other than the API: the message says so, with what it usually looks like."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.accounts import enter
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import Connection
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import TenantRecord
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Expected, Script

USUAL = "such as https://ppp-admin.mobsted.com, without a path."


def page(call: Expected) -> None:
    call.html(200, "Sign in")


def missing_page(call: Expected) -> None:
    call.html(404, "Not Found")


def unknown_route(call: Expected) -> None:
    call.json("Route not found", 501)


def missing_route(call: Expected) -> None:
    call.json({"message": "Not Found"}, 404)


def failing(client: MobstedAPI) -> ApiError:
    with pytest.raises(ApiError) as caught:
        client.apps(Deadline(10))
    return caught.value


@pytest.mark.parametrize("answer", [page, missing_page, unknown_route, missing_route])
@pytest.mark.parametrize("path", ["/front", "/front/login", "/api/v7"])
def test_a_path_that_is_wrong(api: Script, context: RunContext, answer: object, path: str) -> None:
    answer(api.expect("GET", f"{path}/api/v8/auth"))  # type: ignore[operator]
    base = HOST + path
    error = failing(MobstedAPI.of(Connection(base=base, login="partner@example.com", password="secret"), context))
    assert f"Check api_url, which is {base}: its path '{path}' looks wrong." in error.msg
    assert error.msg.endswith(USUAL)
    assert error.path == f"{path}/api/v8/auth"


@pytest.mark.parametrize("answer", [page, missing_page, unknown_route])
def test_a_host_that_is_no_account(api: Script, client: MobstedAPI, answer: object) -> None:
    answer(api.expect("GET", "/api/v8/auth"))  # type: ignore[operator]
    error = failing(client)
    assert "ppp-admin.mobsted.com responds, but not as the API." in error.msg
    assert error.msg.endswith(USUAL)


def test_a_refused_login_says_nothing_of_the_path(api: Script, client: MobstedAPI) -> None:
    api.expect("GET", "/api/v8/auth").json("Wrong password", 403)
    assert "looks wrong" not in failing(client).msg


def test_a_token_needs_no_login_and_gets_the_hint_all_the_same(api: Script, context: RunContext) -> None:
    api.expect("GET", "/front/api/v8/applications").html(404, "Not Found")
    error = failing(MobstedAPI.of(Connection(base=f"{HOST}/front", token="given-token"), context))
    assert "its path '/front' looks wrong" in error.msg


def test_a_tenants_url_is_that_of_its_record(api: Script, token_client: MobstedAPI) -> None:
    record = TenantRecord(id="1", email="o@acme.example", url="https://a-admin.mobsted.com", login="o", password="p")
    api.expect("GET", "auth", host="https://a-admin.mobsted.com").html(404, "Not Found")
    with pytest.raises(ApiError) as caught:
        enter(token_client, record, None, Deadline(10))
    assert caught.value.msg.endswith("Check the url that app ID 1 has for o@acme.example: https://a-admin.mobsted.com.")
