# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An app: created, reconciled, compared."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import app_key, ensure_app
from ansible_collections.partnerops.saas.plugins.module_utils.run.locks import hold
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Expected, Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import (
    LOOKS,
    SITE,
    app,
    create,
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
def test_a_lost_response_of_a_create_that_was_executed(api, client, clock, lose):
    listing(api)
    lose(create(api, name="Store"))
    listing(api)
    listing(api, app(78))
    outcome = ensure_app(client, spec(website_url=SITE), Deadline(600))
    assert (outcome.changed, outcome.reconciled, outcome.public()["id"]) == (True, True, 78)


@pytest.mark.parametrize("lose", LOST, ids=LOST_IDS)
def test_a_lost_response_of_a_create_that_was_not_executed(api, client, clock, lose):
    listing(api)
    lose(create(api, name="Store"))
    for _look in range(LOOKS):
        listing(api)
    error = failure(lambda: ensure_app(client, spec(website_url=SITE), Deadline(600)), "unknown_outcome")
    assert "The request was not sent again" in error.msg


def killed_while_creating(client: MobstedAPI) -> None:
    with hold(app_key(client, "Store"), Deadline(1)) as held:
        held.use()
        raise KeyboardInterrupt


def test_what_a_killed_run_sent_is_waited_for(api, client, clock):
    with pytest.raises(KeyboardInterrupt):
        killed_while_creating(client)
    for _look in range(2):
        listing(api)
    listing(api, app(78))
    outcome = ensure_app(client, spec(website_url=SITE), Deadline(600))
    assert (outcome.changed, outcome.public()["id"]) == (False, 78)


def test_what_a_killed_run_did_not_send_is_created_after_a_while(api, client, clock):
    with pytest.raises(KeyboardInterrupt):
        killed_while_creating(client)
    start = clock.now
    for _look in range(8):
        listing(api)
    create(api, name="Store").json({"data": [{"id": "78", "attributes": {}}]})
    outcome = ensure_app(client, spec(website_url=SITE), Deadline(600))
    assert outcome.changed is True
    assert 9 < clock.now - start < 20


def test_two_apps_after_a_lost_response(api, client, clock):
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


def test_a_refusal_that_says_that_the_name_is_in_use(api, client, deadline):
    listing(api)
    create(api).json({"message": "Name has already been taken"}, 422)
    listing(api)
    failure(lambda: ensure_app(client, spec(website_url=SITE), deadline), "duplicate")


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
        ("title", "Store", "title", None),  # null: the column is listed, but without a value
        ("title", "Store", "unrelated", "x"),  # not listed at all
        ("title", None, "title", "Anything"),  # not declared
        ("description", "", "description", ""),
    ],
)
def test_what_is_no_drift(api, client, option, declared, column, actual):
    assert drift(api, client, {column: actual}, **{option: declared}) == []


def test_a_website_in_the_platform_that_is_no_address(api, client):
    assert drift(api, client, {"webSiteUrl": "https://[::1"}, website_url=SITE)[0]["actual"] == "https://[::1"
