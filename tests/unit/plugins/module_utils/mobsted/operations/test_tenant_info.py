# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mobsted_tenant_info`` to its result."""

from __future__ import annotations

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant_info import run_tenant_info
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.tenants import (
    EMAIL,
    PASSWORD,
    record,
    search,
)


def test_info_on_one_tenant(api, make_task):
    search(api, email="Owner@ACME.example")
    search(api, record(appsTotal="3"))
    result = run_tenant_info(make_task(email="Owner@ACME.example"))
    assert result["changed"] is False
    assert [(one["id"], one["stats"]["apps_total"]) for one in result["tenants"]] == [("17", 3)]
    assert PASSWORD not in str(result)


def test_info_on_no_tenant(api, make_task):
    search(api)
    assert run_tenant_info(make_task(email=EMAIL))["tenants"] == []


def test_info_shows_what_is_ambiguous(api, make_task):
    search(api, record(17), record(18))
    assert [one["id"] for one in run_tenant_info(make_task(email=EMAIL))["tenants"]] == ["17", "18"]


def test_info_on_all_with_credentials(api, make_task, context):
    api.expect("GET", "object", query={"query": None}).json({"data": [record()], "meta": {"last_page": 1}})
    result = run_tenant_info(make_task(include_credentials=True))
    assert result["tenants"][0]["credentials"] == {"login": EMAIL, "password": PASSWORD}
    assert PASSWORD in context.secrets.shown
