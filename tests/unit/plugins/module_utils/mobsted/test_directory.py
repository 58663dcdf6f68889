# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look-up for all items of a loop."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.directory import AppDirectory, TenantDirectory
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app import run_pwa_app
from ansible_collections.partnerops.saas.tests.support.scripted import Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import rows

MakeTask = t.Callable[..., t.Any]
SITE = "https://site.example"


def record(number: int, email: str) -> dict[str, t.Any]:
    return {"id": number, "attributes": {"Email": email, "TenantName": f"n{number}", "ServerName": "mobsted.com"}}


def app(number: int, name: str) -> dict[str, t.Any]:
    return {"id": number, "attributes": {"Name": name}}


REGISTRY = app(1, "Tenants")


def test_the_first_is_searched_and_then_all_are_listed(api: Script, token_client: t.Any, deadline: t.Any) -> None:
    one, two = record(1, "a@x.example"), record(2, "b@x.example")
    api.expect("GET", "object", query={"pageSize": "20"}).json(rows(one))
    api.expect("GET", "object", query={"pageSize": "200", "query": None}).json(rows(one, two))
    directory = TenantDirectory.of(token_client)
    for email in ("a@x.example", "a@x.example", "B@x.example", "a@x.example"):
        assert directory.find(email, deadline, lambda: deadline)
    assert TenantDirectory.of(token_client) is directory


def test_what_is_not_listed_may_have_been_created_since(api: Script, token_client: t.Any, deadline: t.Any) -> None:
    directory = TenantDirectory(token_client)
    api.expect("GET", "object").json(rows())
    directory.list(deadline)
    api.expect("GET", "object", query={"pageSize": "20"}).json(rows(record(3, "c@x.example")))
    assert directory.find("c@x.example", deadline, lambda: deadline)


def test_what_a_search_does_not_find_may_be_listed_in_another_case(
    api: Script, token_client: t.Any, deadline: t.Any
) -> None:
    directory = TenantDirectory(token_client)
    api.expect("GET", "object", query={"pageSize": "20"}).json(rows())
    api.expect("GET", "object", query={"pageSize": "200"}).json(rows(record(3, "C@X.example")))
    assert directory.find("c@x.example", deadline, lambda: deadline) is None
    found = directory.find_listed("c@x.example", deadline)
    assert found
    assert found.email == "C@X.example"


def test_a_listing_that_fails_is_not_tried_for_each_item(api: Script, token_client: t.Any, deadline: t.Any) -> None:
    directory = TenantDirectory(token_client)
    api.expect("GET", "object", query={"pageSize": "20"}).json(rows(record(1, "a@x.example")))
    api.expect("GET", "object", query={"pageSize": "200"}).json({}, 403)
    for number, name in enumerate("bc", 2):
        api.expect("GET", "object", query={"pageSize": "20"}).json(rows(record(number, f"{name}@x.example")))
    for name in "abc":
        assert directory.find(f"{name}@x.example", deadline, lambda: deadline)
    with pytest.raises(ApiError):
        directory.list(deadline)


# -- apps -------------------------------------------------------------------------------------------------------------


def test_the_apps_of_a_loop_are_listed_once(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "applications").json(rows(REGISTRY, app(2, "Shop 1")))
    for number in (2, 3):
        api.expect("POST", "applications", form={"name": f"Shop {number}"}).json(
            rows(app(number + 1, f"Shop {number}"))
        )
        if number == 2:  # does the vendor keep the name as it is? The next name is similar
            api.expect("GET", "applications").json(rows(REGISTRY, app(3, "Shop 2")))
    results = [run_pwa_app(make_task(name=f"Shop {number}", website_url=SITE)) for number in (1, 2, 3)]
    assert [one["changed"] for one in results] == [False, True, True]


def test_a_create_without_outcome_is_looked_for_again(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "applications").json(rows(REGISTRY))
    api.expect("POST", "applications").fails(reset())
    api.expect("GET", "applications").json(rows(REGISTRY))
    with pytest.raises(ApiError) as caught:
        run_pwa_app(make_task(name="Shop", website_url=SITE, settle=0))
    assert caught.value.code == "unknown_outcome"
    api.expect("GET", "applications").json(rows(REGISTRY, app(2, "Shop")))
    assert not run_pwa_app(make_task(name="Shop", website_url=SITE, settle=0))["changed"]


def test_an_incomplete_list_is_not_kept(api: Script, token_client: t.Any, deadline: t.Any) -> None:
    directory = AppDirectory(token_client)
    moved = {"data": [REGISTRY, app(2, "Shop")], "meta": {"last_page": 1, "total": 3}}
    for _time in range(3):
        api.expect("GET", "applications").json(moved)
    assert directory.list(deadline).incomplete
    api.expect("GET", "applications").json(rows(REGISTRY, app(2, "Shop")))
    assert directory.list(deadline).incomplete is None
    assert directory.list(deadline).records[1].name == "Shop"


@pytest.mark.parametrize(
    ("name", "keeps"),
    [
        ("Store 9", True),
        ("Acme", True),
        ("A much longer name than that", False),
        ("Store & 9", False),
        ("Störe 9", False),
        ("12345", False),
    ],
)
def test_a_name_is_known_to_be_kept_if_one_like_it_was(token_client: t.Any, name: str, keeps: bool) -> None:
    directory = AppDirectory(token_client)
    assert not directory.keeps(name)
    directory.kept("Store 10 north")
    assert directory.keeps(name) is keeps


def test_after_an_app_was_listed_under_another_name_it_is_looked_for_again(api: Script, make_task: MakeTask) -> None:
    api.expect("GET", "applications").json(rows(REGISTRY))
    api.expect("POST", "applications").json(rows(app(2, "Café")))
    for _look in range(2):
        api.expect("GET", "applications").json(rows(REGISTRY, app(2, "Caf?")))
    for _run in range(2):
        with pytest.raises(ApiError) as caught:
            run_pwa_app(make_task(name="Café", website_url=SITE))
        assert caught.value.code == "ambiguous"
