# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An app's declaration, and which of the account's apps it is."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import AppSpec
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import Absent
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.match import pick
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import AppRecord
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import (
    EMAIL,
    SITE,
    app,
    listed,
    spec,
)

# -- the declaration --------------------------------------------------------------------------------------------------


def test_the_form(api):
    declared = spec(
        website_url=SITE,
        description="d",
        splash_color="#dbdbdb",
        panel_color="#FFFFFF",
        widget_html="<b>w</b>",
        push_widget_html="p",
        save_widget_html="s",
    )
    assert declared.form() == {
        "name": "Store",
        "title": "Store",
        "isPWAless": "1",
        "webSiteUrl": SITE,
        "description": "d",
        "splashColor": "#dbdbdb",
        "panelColor": "#FFFFFF",
        "widgetDescription": "<b>w</b>",
        "pushWidgetDescription": "p",
        "saveWidgetDescription": "s",
    }
    assert spec(title="T").form()["title"] == "T"
    assert spec(title="").form()["title"] == ""


@pytest.mark.parametrize("name", ["", " Store", "Store\n", "Sto\nre", "\tStore", None])
def test_names_that_are_refused(name):
    assert "Nothing was sent" in failure(lambda: AppSpec.read({"name": name}, "apps[3]."), "invalid_input").msg


@pytest.mark.parametrize("colour", ["", "red", "#fff", "dbdbdb", "#dbdbdg", "#dbdbdb ", "#dbdbdb\n", "#ＦＦＦＦＦＦ"])
@pytest.mark.parametrize("option", ["splash_color", "panel_color"])
def test_colours_that_are_refused(option, colour):
    error = failure(lambda: AppSpec.read({"name": "x", option: colour}, "apps[3]."), "invalid_input")
    assert error.msg.startswith(f"apps[3].{option} is")
    assert "#rrggbb" in error.msg


@pytest.mark.parametrize(
    "url", ["", "store.example", "ftp://store.example", "https://", "https://a b.example", "https://[::1"]
)
def test_websites_that_are_refused(url):
    assert "website_url is" in failure(lambda: spec(website_url=url), "invalid_input").msg


@pytest.mark.parametrize("url", ["http://store.example", "https://bücher.example/a?b=c#d", "https://[::1]:8080/"])
def test_websites(url):
    assert spec(website_url=url).fields["website_url"] == url


@pytest.mark.parametrize("number", [0, -1])
def test_app_ids_start_at_1(number):
    failure(lambda: spec(app_id=number), "invalid_input")


def test_app_1_of_the_account_itself_is_protected():
    error = failure(lambda: spec(app_id=1), "protected_app")
    assert "never matched, changed or shadowed" in error.msg
    assert spec(app_id=1, tenant=EMAIL).app_id == "1"  # a tenant's first app is like any other


def test_a_tenant_is_an_address():
    assert "tenant is not an e-mail address" in failure(lambda: spec(tenant="acme"), "invalid_input").msg
    assert spec(tenant=f" {EMAIL} ").tenant == EMAIL


# -- finding it -------------------------------------------------------------------------------------------------------


def test_the_name_is_compared_exactly():
    apps = listed(app(5, "store"), app(6, "Store "), app(8, "Store"))
    found = pick(spec(), apps)
    assert isinstance(found, AppRecord)
    assert found.id == "8"
    assert isinstance(pick(spec(name="STORE"), apps), Absent)


def test_two_spellings_of_one_letter_are_one_name():
    assert isinstance(pick(spec(name="Caf\u00e9"), listed(app(5, "Cafe\u0301"))), AppRecord)


def test_several_apps_of_one_name_are_ambiguous():
    apps = listed(app(5), app(6))
    assert "(ids 5, 6)" in failure(lambda: pick(spec(), apps), "ambiguous").msg
    found = pick(spec(app_id=6), apps)
    assert isinstance(found, AppRecord)
    assert found.id == "6"


def test_an_app_id_that_is_not_there():
    assert "no app with id 9" in failure(lambda: pick(spec(app_id=9), listed(app(5))), "not_found").msg


def test_an_app_id_of_another_name():
    error = failure(lambda: pick(spec(app_id=5), listed(app(5, "Other"))), "not_found")
    assert "'Other', not 'Store'" in error.msg


def test_the_name_of_app_1_is_protected_in_the_account_itself():
    apps = listed(app(1, "My Sub Accounts"), app(7, "My Sub Accounts"))
    failure(lambda: pick(spec(name="My Sub Accounts"), apps), "protected_app")
    failure(lambda: pick(spec(name="My Sub Accounts", app_id=7), apps), "protected_app")
    assert isinstance(pick(spec(name="My Sub Accounts", tenant=EMAIL), listed(app(1, "My Sub Accounts"))), AppRecord)
