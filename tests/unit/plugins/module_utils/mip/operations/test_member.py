# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_member`` to its result, and ``require_tenant``."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.member import run_member
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import EMAIL, OK, Make


def test_a_member_and_the_warnings_of_a_failure(make: Make, api: Script) -> None:
    api.expect("POST", "/member/7/add", json={"email": EMAIL}).fails(reset())
    assert failure(lambda: run_member(make())).code == "unknown_outcome"
    task = make()
    assert run_member(task)["member"]["state"] == "unconfirmed"
    assert "no known outcome" in task.warnings[0]
    api.expect("POST", "/member/7/block/20").json({"status": "error"}, 404)
    task = make(user_id=20, blocked=True)
    error = failure(lambda: run_member(task))
    assert error.code == "not_found"
    assert "warnings" not in error.result
    assert "no known outcome" in task.warnings[0]


def registry(**more: t.Any) -> dict[str, t.Any]:
    return {"require_tenant": True, "tenant_registry": {"api_url": HOST, "api_token": "given-token", **more}}


def test_an_unknown_address_is_refused_and_a_known_one_is_not(make: Make, api: Script) -> None:
    api.expect("GET", "object").json({"data": []})
    api.expect("GET", "object").json({"data": [], "meta": {"last_page": 1}})  # is there one nearly like it?
    error = failure(lambda: run_member(make(**registry())))
    assert error.code == "not_found"
    assert "require_tenant" in error.msg
    api.expect("GET", "object").json({"data": [{"id": "1", "attributes": {"Email": EMAIL}}]})
    api.expect("POST", "/member/7/add").json(OK)
    assert run_member(make(**registry()))["changed"]
    assert not run_member(make(**registry()))["changed"]


def test_a_registry_that_is_missing_is_named(make: Make) -> None:
    for given in (None, {}, {"api_url": HOST}):
        error = failure(lambda: run_member(make(require_tenant=True, tenant_registry=given)))  # noqa: B023
        assert error.code == "invalid_input"
        assert "tenant_registry" in error.msg


class Predicting:
    """A controller that has seen a tenant be created in check mode."""

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        assert kind.startswith("tenants-")
        return {EMAIL}


def test_in_check_mode_a_tenant_may_be_one_that_would_be_created(make: Make) -> None:
    assert run_member(make(check_mode=True, controller=Predicting(), **registry()))["changed"]
