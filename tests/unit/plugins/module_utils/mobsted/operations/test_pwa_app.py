# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mobsted_pwa_app`` to its result."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app import run_pwa_app
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import HOST
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import (
    EMAIL,
    SITE,
    TENANT,
    app,
    create,
    listing,
    tenant_found,
    tenant_missing,
)


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
    listing(api, host=TENANT, headers=bearer)  # the listing lags behind
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
    tenant_missing(api)
    assert EMAIL in failure(lambda: run_pwa_app(make_task(tenant=EMAIL, name="Store")), "not_found").msg


class Predicting:
    """A controller: an earlier task of this check run would create these tenants."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        return self.names


def test_check_mode_predicts_an_app_in_a_tenant_that_would_be_created(api, make_task):
    api.expect("GET", "object", query={"pageSize": "20"}).json({"data": [], "meta": {"last_page": 1}})
    task = make_task(tenant=EMAIL, name="Store", website_url=SITE, check_mode=True, controller=Predicting(EMAIL))
    result = run_pwa_app(task)
    assert result["changed"] is True
    assert (result["app"]["id"], result["app"]["tenant"]) == (None, EMAIL)


@pytest.mark.parametrize(("check_mode", "names"), [(True, ["other@acme.example"]), (False, [EMAIL])])
def test_a_tenant_that_was_not_predicted_is_missing(api, make_task, check_mode, names):
    tenant_missing(api)
    task = make_task(tenant=EMAIL, name="Store", check_mode=check_mode, controller=Predicting(*names))
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
