# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating tenants and apps: what is sent, every envelope of the response, refusals."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import Connection
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.icon import Icon
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import HOST
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.pages import URL, page
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.proofs import no_app, no_tenant


@pytest.fixture
def client(token_client: MobstedAPI) -> MobstedAPI:
    return token_client


AUTH = {"email": "o@acme.example", "phone": "", "password": "0123456789abcdef"}


@pytest.mark.parametrize(
    "body",
    [
        {"url": URL, "authentication": AUTH},
        {"data": {"url": URL, "authentication": AUTH}},
        {"data": {"attributes": {"url": URL, "authentication": AUTH}}},
        {"data": [{"id": "9", "attributes": {"url": URL, "authentication": AUTH}}]},
        {"data": {"url": URL}, "authentication": AUTH},
        {"data": [], "url": URL, "authentication": AUTH},
    ],
)
@pytest.mark.parametrize("status", [200, 201])
def test_envelopes_of_a_new_tenant(api, client, context, deadline, body, status):
    headers = {"Content-Type": "application/json", "Authorization": "Bearer given-token"}
    api.expect("POST", "partners", json={"email": "o@acme.example"}, headers=headers).json(body, status)
    created = client.create_tenant("o@acme.example", no_tenant(), deadline)
    assert (created.url, created.login, created.password) == (URL, "o@acme.example", AUTH["password"])
    assert created.id == ("9" if isinstance(body.get("data"), list) and body["data"] else None)
    assert context.secrets.shown == {AUTH["password"]}


@pytest.mark.parametrize(
    ("body", "missing", "keys"),
    [
        ({}, "url and authentication.password are missing", "nothing"),
        ({"url": URL}, "authentication.password is missing", "url"),
        ({"authentication": AUTH}, "url is missing", "authentication.password, authentication.phone"),
        (
            {"data": {"url": "", "authentication": {"password": ""}}},
            "url and",
            "authentication, authentication.password, data",
        ),
        ({"ErrorText": "Email exists"}, "url and", "ErrorText"),
    ],
)
def test_an_incomplete_response_names_its_keys_and_no_value(api, client, deadline, body, missing, keys):
    api.expect("POST", "partners").json(body)
    error = failure(lambda: client.create_tenant("o@acme.example", no_tenant(), deadline))
    assert (error.code, error.executed) == ("invalid_response", None)
    assert missing in error.msg
    assert keys in error.msg
    assert AUTH["password"] not in error.msg
    assert error.result["created"].password == (body.get("authentication") or {}).get("password")


def test_a_refused_tenant(api, client, deadline):
    api.expect("POST", "partners").json({"message": "taken"}, 409)
    assert failure(lambda: client.create_tenant("o@acme.example", no_tenant(), deadline)).code == "duplicate"


def test_the_apps_of_an_account(api, client, deadline):
    data = [
        {"id": "1", "attributes": {"Name": "My Sub Accounts"}},
        {"id": "a0581239-2029", "attributes": {"Name": "Help"}},
        {"id": 5, "attributes": {"Name": "Store"}},
    ]
    page(api, 1, data, 1, "applications", pageSize="200")
    assert [(app.id, app.name) for app in client.apps(deadline)] == [
        ("1", "My Sub Accounts"),
        ("a0581239-2029", "Help"),
        ("5", "Store"),
    ]


def test_a_path_of_the_user_s_own_for_apps(api, context, deadline):
    one = MobstedAPI(Connection(base=HOST, token="t", paths=(("applications", "apps"),)), context)
    page(api, 1, [{"id": 1, "Name": "My Sub Accounts"}], 1, "apps")
    one.apps(deadline)


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"id": "78", "type": "applications", "attributes": {"uuid": "u"}}], "meta": {"applicationId": 78}},
        {"data": {"id": 78}},
        {"data": [], "meta": {"applicationId": 78}},
        {"meta": {"applications": {"affected": 1, "applicationId": "78"}}},
    ],
)
def test_envelopes_of_a_new_app(api, client, deadline, body):
    fields = {"name": "Störe", "isPWAless": "1"}
    icon = Icon("icon.png", b"\x89PNG\r\n", "image/png")
    expected = {**fields, "icon": ("icon.png", "image/png", b"\x89PNG\r\n")}
    api.expect("POST", "applications", form=expected, headers={"Authorization": "Bearer given-token"}).json(body)
    assert client.create_app(fields, icon, no_app("Störe"), deadline).id == "78"


def test_without_an_icon_it_is_a_form_all_the_same(api, client, deadline):
    def multipart(request: t.Any) -> bool:
        return request.headers["Content-Type"].startswith("multipart/form-data; boundary=")

    api.expect("POST", "applications", form={"name": "Store", "icon": None}, when=multipart).json({"data": {"id": 5}})
    assert client.create_app({"name": "Store"}, None, no_app(), deadline).id == "5"


@pytest.mark.parametrize(
    "body", [{}, {"data": []}, {"meta": {"applications": {"affected": 1}}}, {"data": [{"id": True}], "meta": []}]
)
def test_a_new_app_without_an_id(api, client, deadline, body):
    api.expect("POST", "applications").json(body)
    error = failure(lambda: client.create_app({"name": "Store"}, None, no_app(), deadline))
    assert (error.code, error.executed) == ("invalid_response", None)


def test_a_refused_app(api, client, deadline):
    api.expect("POST", "applications").json({"errors": {"icon": ["is too large"]}}, 422)
    error = failure(lambda: client.create_app({"name": "Store"}, None, no_app(), deadline))
    assert (error.code, error.message) == ("invalid_input", "icon: is too large")
