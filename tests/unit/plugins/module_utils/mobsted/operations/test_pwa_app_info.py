# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mobsted_pwa_app_info`` to its result."""

from __future__ import annotations

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app_info import run_pwa_app_info
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import (
    EMAIL,
    TENANT,
    app,
    listing,
    tenant_found,
    tenant_missing,
)


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
    tenant_missing(api)
    failure(lambda: run_pwa_app_info(make_task(tenant=EMAIL)), "not_found")
