# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An app: created, compared, and the tasks around it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import ensure_app
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app import run_pwa_app
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app_info import run_pwa_app_info
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Expected, Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import (
    EMAIL,
    LOOKS,
    SITE,
    TENANT,
    app,
    create,
    failure,
    listed,
    listing,
    spec,
)


@pytest.fixture
def client(token_client: MobstedAPI) -> MobstedAPI:
    return token_client


# -- creating it ------------------------------------------------------------------------------------------------------


def test_an_app_that_is_missing(api, client, deadline):
    listing(api, app(5, "Other"))
    response = {
        "data": [{"id": "78", "attributes": {"uuid": "u", "QRCodeUrl": "/qr.png"}}],
        "meta": {"applicationId": 78},
    }
    create(api, name="Store", isPWAless="1", webSiteUrl=SITE).json(response)
    outcome = ensure_app(client, spec(website_url=SITE), deadline)
    assert (outcome.changed, outcome.reconciled, outcome.drift) == (True, False, [])
    public = outcome.public()
    assert (public["id"], public["name"], public["qr_url"]) == (78, "Store", f"{HOST}/qr.png")
    assert outcome.diff()["before"] == {"name": "Store", "state": "absent"}
    assert outcome.diff()["after"]["website_url"] == SITE


def test_without_a_website_it_cannot_be_created(api, client, deadline):
    listing(api)
    assert "website_url" in failure(lambda: ensure_app(client, spec(), deadline), "invalid_input").msg


def test_an_app_that_exists_needs_no_website(api, client, deadline):
    listing(api, app(5))
    outcome = ensure_app(client, spec(), deadline)
    assert outcome.changed is False
    assert outcome.diff()["before"] == outcome.diff()["after"]


def test_check_mode_sends_no_write(api, client, deadline):
    listing(api)
    outcome = ensure_app(client, spec(website_url=SITE), deadline, check_mode=True)
    assert outcome.changed is True
    assert outcome.public()["id"] is None
    assert outcome.public()["name"] == "Store"


def test_a_listing_of_the_caller_s_is_used(api, client, deadline):
    assert ensure_app(client, spec(), deadline, listing=listed(app(5))).changed is False


LOST: list[t.Callable[[Expected], Expected]] = [
    lambda call: call.html(502),
    lambda call: call.html(504),
    lambda call: call.json({}, 500),
    lambda call: call.fails(reset()),
    lambda call: call.after(1000),
    lambda call: call.raw(b'{"data": [{"id"'),
    lambda call: call.html(200),
    lambda call: call.json({"data": []}),
]
LOST_IDS = ["502", "504", "500", "reset", "slow", "truncated", "page", "no id"]


@pytest.mark.parametrize("lose", LOST, ids=LOST_IDS)
def test_a_lost_answer_of_a_create_that_was_executed(api, client, clock, lose):
    listing(api)
    lose(create(api, name="Store"))
    listing(api)
    listing(api, app(78))
    outcome = ensure_app(client, spec(website_url=SITE), Deadline(600))
    assert (outcome.changed, outcome.reconciled, outcome.public()["id"]) == (True, True, 78)


@pytest.mark.parametrize("lose", LOST, ids=LOST_IDS)
def test_a_lost_answer_of_a_create_that_was_not_executed(api, client, clock, lose):
    listing(api)
    lose(create(api, name="Store"))
    for _look in range(LOOKS):
        listing(api)
    error = failure(lambda: ensure_app(client, spec(website_url=SITE), Deadline(600)), "unknown_outcome")
    assert "It was not sent again" in error.msg


def test_two_apps_after_a_lost_answer(api, client, clock):
    listing(api)
    create(api).html(502)
    listing(api, app(5), app(6))
    failure(lambda: ensure_app(client, spec(website_url=SITE), Deadline(600)), "ambiguous")


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_because_somebody_was_quicker(api, client, deadline, status):
    listing(api)
    create(api).json({}, status)
    listing(api, app(5))
    assert ensure_app(client, spec(website_url=SITE), deadline).changed is False


@pytest.mark.parametrize(("status", "code"), [(409, "duplicate"), (422, "invalid_input")])
def test_a_refusal_without_an_app(api, client, deadline, status, code):
    listing(api)
    create(api).json({"message": "icon is too large"}, status)
    listing(api)
    error = failure(lambda: ensure_app(client, spec(website_url=SITE), deadline), code)
    assert error.message == "icon is too large"


def test_another_refusal(api, client, deadline):
    listing(api)
    create(api).json({}, 403)
    failure(lambda: ensure_app(client, spec(website_url=SITE), deadline), "forbidden")


# -- drift ------------------------------------------------------------------------------------------------------------


def drift(api: Script, client: MobstedAPI, actual: dict[str, t.Any], **declared: t.Any) -> list[dict[str, t.Any]]:
    return ensure_app(client, spec(**declared), Deadline(9), listing=listed(app(5, **actual))).drift


def test_what_differs_is_drift(api, client):
    actual = {"title": "Old", "splashColor": "#000000", "webSiteUrl": "https://old.example", "description": ""}
    assert drift(api, client, actual, title="New", splash_color="#ffffff", website_url=SITE, description="d") == [
        {"field": "title", "declared": "New", "actual": "Old"},
        {"field": "description", "declared": "d", "actual": None},
        {"field": "splash_color", "declared": "#ffffff", "actual": "#000000"},
        {"field": "website_url", "declared": SITE, "actual": "https://old.example"},
    ]


@pytest.mark.parametrize(
    ("option", "declared", "column", "actual"),
    [
        ("splash_color", "#ABCDEF", "SplashColor", "#abcdef"),
        ("website_url", "https://store.example", "WebSiteUrl", "HTTPS://Store.Example/"),
        ("widget_html", "<p>\r\na</p>\n", "widgetDescription", "<p>\na</p>"),
        ("title", "Store", "title", None),  # null: the list has the column, but doesn't tell
        ("title", "Store", "unrelated", "x"),  # not told at all
        ("title", None, "title", "Anything"),  # not declared
        ("description", "", "description", ""),
    ],
)
def test_what_is_no_drift(api, client, option, declared, column, actual):
    assert drift(api, client, {column: actual}, **{option: declared}) == []


def test_a_website_in_the_platform_that_is_no_address(api, client):
    assert drift(api, client, {"webSiteUrl": "https://[::1"}, website_url=SITE)[0]["actual"] == "https://[::1"


# -- the task ---------------------------------------------------------------------------------------------------------


def tenant_found(api: Script, **fields: t.Any) -> None:
    row = {"Email": EMAIL, "url": TENANT, "server": "mobsted.com", "defaultPassword": "on-record", **fields}
    api.expect("GET", "object", host=HOST).json({"data": [{"id": "17", "attributes": row}], "meta": {"last_page": 1}})


def no_tenant(api: Script) -> None:
    api.expect("GET", "object", host=HOST).json({"data": [], "meta": {"last_page": 1}})


def test_in_the_account_itself(api, make_task):
    listing(api, host=HOST)
    create(api, name="Store").json({"data": [{"id": "78"}]})
    listing(api, app(78))
    result = run_pwa_app(make_task(name="Store", website_url=SITE))
    assert result["changed"] is True
    assert (result["app"]["id"], result["app"]["tenant"], result["drift"]) == (78, None, [])
    assert result["diff"]["before"]["state"] == "absent"


def test_in_a_tenant_s_account(api, make_task, context):
    tenant_found(api)
    api.login("tenant-token", host=TENANT, query={"login": EMAIL, "password": "on-record"})
    bearer = {"Authorization": "Bearer tenant-token"}
    listing(api, host=TENANT, headers=bearer)
    api.expect("POST", "applications", host=TENANT, headers=bearer).json({"data": [{"id": "78"}]})
    listing(api, host=TENANT, headers=bearer)  # it lags behind
    result = run_pwa_app(make_task(tenant=EMAIL, name="Store", website_url=SITE))
    assert result["app"]["tenant"] == EMAIL
    assert "on-record" in context.secrets.hidden


def test_with_the_password_that_the_client_chose(api, make_task, context):
    tenant_found(api)
    api.login(host=TENANT, query={"password": "chosen"})
    listing(api, app(5), host=TENANT)
    run_pwa_app(make_task(tenant=EMAIL, tenant_password="chosen", name="Store"))
    assert "chosen" in context.secrets.hidden


def test_a_record_without_a_password(api, make_task):
    tenant_found(api, defaultPassword=None)
    error = failure(lambda: run_pwa_app(make_task(tenant=EMAIL, name="Store")), "stale_credentials")
    assert "tenant_password" in error.msg


def test_a_password_on_record_that_has_been_changed(api, make_task):
    tenant_found(api)
    api.expect("GET", "auth", host=TENANT).json({}, 401)
    error = failure(lambda: run_pwa_app(make_task(tenant=EMAIL, name="Store")), "stale_credentials")
    assert error.status == 401
    assert "Most likely its owner changed it" in error.msg
    assert "on-record" not in error.msg


def test_a_given_password_that_is_wrong(api, make_task):
    tenant_found(api)
    api.expect("GET", "auth", host=TENANT).json({}, 401)
    error = failure(lambda: run_pwa_app(make_task(tenant=EMAIL, tenant_password="chosen", name="Store")), "auth_failed")
    assert "refused tenant_password" in error.msg
    assert "chosen" not in error.msg


def test_a_tenant_that_cannot_be_reached(api, make_task):
    tenant_found(api)
    api.expect("GET", "auth", host=TENANT).json({}, 404)
    failure(lambda: run_pwa_app(make_task(tenant=EMAIL, name="Store")), "not_found")


def test_a_hostile_record_gets_no_password(api, make_task):
    tenant_found(api, url="https://evil.example")
    failure(lambda: run_pwa_app(make_task(tenant=EMAIL, name="Store")), "invalid_response")


def test_a_tenant_that_is_unknown(api, make_task):
    no_tenant(api)
    assert EMAIL in failure(lambda: run_pwa_app(make_task(tenant=EMAIL, name="Store")), "not_found").msg


class Foreseeing:
    """A controller whose check run would have created a tenant."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        return self.names


def test_check_mode_foresees_an_app_in_a_tenant_that_would_be_created(api, make_task):
    no_tenant(api)
    task = make_task(tenant=EMAIL, name="Store", website_url=SITE, check_mode=True, controller=Foreseeing(EMAIL))
    result = run_pwa_app(task)
    assert result["changed"] is True
    assert (result["app"]["id"], result["app"]["tenant"]) == (None, EMAIL)


@pytest.mark.parametrize(("check_mode", "names"), [(True, ["other@acme.example"]), (False, [EMAIL])])
def test_what_was_not_foreseen_is_missing(api, make_task, check_mode, names):
    no_tenant(api)
    task = make_task(tenant=EMAIL, name="Store", check_mode=check_mode, controller=Foreseeing(*names))
    failure(lambda: run_pwa_app(task), "not_found")


@pytest.mark.parametrize("on_drift", ["warn", None])
def test_drift_is_warned_about(api, make_task, on_drift):
    listing(api, app(5, title="Old"))
    task = make_task(name="Store", title="New", on_drift=on_drift)
    result = run_pwa_app(task)
    assert result["changed"] is False
    assert result["drift"] == [{"field": "title", "declared": "New", "actual": "Old"}]
    assert "differs from its declaration in title" in task.warnings[0]


def test_drift_may_be_ignored(api, make_task):
    listing(api, app(5, title="Old"))
    task = make_task(name="Store", title="New", on_drift="ignore")
    assert run_pwa_app(task)["drift"]
    assert task.warnings == []


def test_drift_may_fail(api, make_task):
    tenant_found(api)
    api.login(host=TENANT)
    listing(api, app(5, title="Old"))
    task = make_task(tenant=EMAIL, name="Store", title="New", on_drift="fail")
    error = failure(lambda: run_pwa_app(task), "invalid_input")
    assert f"of {EMAIL} differs" in error.msg
    assert error.result["app"]["id"] == 5
    assert error.result["drift"][0]["field"] == "title"


def test_a_doubtful_icon_is_warned_about(api, make_task, tmp_path):
    path = tmp_path / "icon.png"
    path.write_bytes(b"GIF89a")
    listing(api)
    create(api, icon=("icon.gif", "image/gif", b"GIF89a")).json({"data": [{"id": "78"}]})
    listing(api, app(78))
    task = make_task(name="Store", website_url=SITE, icon=str(path))
    run_pwa_app(task)
    assert "is sent as image/gif" in task.warnings[0]


def test_bad_input_is_refused_before_anything_is_sent(api, make_task):
    failure(lambda: run_pwa_app(make_task(name="Store", panel_color="red")), "invalid_input")
    failure(lambda: run_pwa_app(make_task(name="Store", api_url="http://ppp-admin.mobsted.com")), "invalid_input")


def test_info_on_all_apps(api, make_task):
    listing(api, app(1, "My Sub Accounts"), app(5))
    result = run_pwa_app_info(make_task())
    assert result["changed"] is False
    assert [(one["id"], one["name"], one["tenant"]) for one in result["apps"]] == [
        (1, "My Sub Accounts", None),
        (5, "Store", None),
    ]


def test_info_on_apps_of_one_name_in_a_tenant(api, make_task):
    tenant_found(api)
    api.login(host=TENANT)
    listing(api, app(5), app(6, "Other"), app(7), host=TENANT)
    result = run_pwa_app_info(make_task(tenant=EMAIL, name="Store"))
    assert [(one["id"], one["tenant"]) for one in result["apps"]] == [(5, EMAIL), (7, EMAIL)]


def test_info_on_an_unknown_tenant(api, make_task):
    no_tenant(api)
    failure(lambda: run_pwa_app_info(make_task(tenant=EMAIL)), "not_found")
