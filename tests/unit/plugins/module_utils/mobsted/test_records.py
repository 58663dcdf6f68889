# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows in every spelling, and the hosts to which a tenant's password may be sent."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import AppRecord, Row, TenantRecord

MASTER = "https://ppp-admin.mobsted.com"
#: The spelling of the vendor's API page.
SEED = {
    "UserLogin": "Owner@acme.example",
    "TenantName": "a23r56k8",
    "ServerName": "mobsted.com",
    "UserPassword": "pw",
    "Email": "Owner@acme.example",
}
#: The spelling of the vendor's table page.
PAGE = {
    "Email": "Owner@acme.example",
    "tenant": "a23r56k8",
    "server": "mobsted.com",
    "url": "https://a23r56k8-admin.mobsted.com/",
    "defaultPassword": "pw",
    "tenantCreated": "2020-09-01 09:50:18",
}


def flat(fields: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"id": "17", "type": "objects", **fields}


def nested(fields: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"id": "17", "type": "objects", "attributes": fields}


@pytest.mark.parametrize("shape", [flat, nested])
@pytest.mark.parametrize("fields", [SEED, PAGE, {**SEED, **PAGE}])
def test_both_spellings(shape, fields):
    record = TenantRecord.read(shape(fields))
    assert record.public() == {
        "id": "17",
        "email": "Owner@acme.example",
        "url": "https://a23r56k8-admin.mobsted.com",
        "server": "mobsted.com",
        "name": "a23r56k8",
        "login": "Owner@acme.example",
        "created": "2020-09-01 09:50:18" if "tenantCreated" in fields else None,
    }
    assert record.password == "pw"
    assert record.complete
    assert record.is_of(" owner@ACME.example")
    assert not record.is_of("other@acme.example")
    assert "pw" not in repr(record)


def test_the_typing_error_in_the_platform():
    assert TenantRecord.read({"tenentCreated": "2020"}).created == "2020"


def test_name_and_server_follow_from_the_url():
    public = TenantRecord.read({"Email": "a@b.example", "url": "https://a23r56k8-admin.mobsted.com"}).public()
    assert (public["name"], public["server"]) == ("a23r56k8", "mobsted.com")


@pytest.mark.parametrize("url", [None, "https://other.example", "https://[::1", "nonsense"])
def test_a_url_of_another_form_says_nothing(url):
    public = TenantRecord(id=None, email="a@b.example", url=url).public()
    assert (public["name"], public["server"]) == (None, None)


def test_nulls_of_the_vendor_s_own_example():
    record = TenantRecord.read(nested({"Email": "a@b.example", **dict.fromkeys(SEED.keys() - {"Email"})}))
    assert (record.email, record.login, record.password, record.url) == ("a@b.example", "a@b.example", None, None)
    assert not record.complete
    assert record.base() is None


def test_a_login_that_differs_from_the_address():
    record = TenantRecord.read({"Email": "a@b.example", "UserLogin": "c@d.example"})
    assert (record.email, record.login) == ("a@b.example", "c@d.example")
    assert record.is_of("A@b.example")
    assert record.is_of("c@D.example")


@pytest.mark.parametrize(
    ("value", "text"), [(17, "17"), ("17", "17"), (1.5, "1.5"), (None, None), ("", None), (True, None), ([], None)]
)
def test_texts(value, text):
    assert Row({"id": value}).text("ID") == text


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), ("5", 5), ("-", "-"), (1.5, 1.5), (True, None), (None, None), ({}, None), ("1" * 16, "1" * 16)],
)
def test_numbers(value, number):
    assert Row({"attributes": {"AppsTotal": value}}).number("appsTotal") == number


def test_the_row_s_own_id_wins():
    assert Row({"id": "17", "attributes": {"id": "99", "Id": "98"}}).text("id") == "17"
    assert Row({"attributes": {"id": "99"}}).text("id") == "99"
    assert Row({"id": "17", "attributes": ["odd"]}).text("id") == "17"


def test_counters():
    stats = TenantRecord.read(nested({"appsTotal": "3", "objectsTotal": 250, "bcLastLogin": "2020-09-01"})).stats()
    assert (stats["apps_total"], stats["end_users_total"], stats["last_login"]) == (3, 250, "2020-09-01")
    assert stats["installs_total"] is None
    assert set(TenantRecord(id=None, email=None).stats().values()) == {None}


# -- where a password may be sent -------------------------------------------------------------------------------------


def record(url: str | None = None, server: str | None = "mobsted.com", name: str | None = "acme") -> TenantRecord:
    return TenantRecord(id="17", email="o@acme.example", url=url, server=server, name=name)


@pytest.mark.parametrize(
    ("row", "base"),
    [
        (record(), "https://acme-admin.mobsted.com"),
        (record("https://acme-admin.mobsted.com/"), "https://acme-admin.mobsted.com"),
        (record("https://acme-admin.mobsted.com/api/v8"), "https://acme-admin.mobsted.com"),
        (record("https://acme-admin.mobsted.com:443"), "https://acme-admin.mobsted.com:443"),
        (record("https://ACME-admin.Mobsted.COM"), "https://ACME-admin.Mobsted.COM"),
        (record("https://mobsted.com"), "https://mobsted.com"),
        (record("https://acme-admin.private.example", "private.example"), "https://acme-admin.private.example"),
        (record("https://acme.example:8443", "acme.example:8443"), "https://acme.example:8443"),
        (record(None, "private.example:8443"), "https://acme-admin.private.example:8443"),
        (record("https://acme-admin.mobsted.com", None), "https://acme-admin.mobsted.com"),
        (record(name="domotel_stats"), "https://domotel_stats-admin.mobsted.com"),
    ],
)
def test_trusted(row, base):
    assert row.trusted_base(MASTER) == base


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (record(name=None), "neither a url nor a tenant name"),
        (record(server=None, name="acme"), "neither a url nor a tenant name"),
        (record(name="evil.example/"), "tenant name is not a host label"),
        (record(name="evil.example#"), "tenant name is not a host label"),
        (record(server="evil.example/x"), "server is not a host name"),
        (record(server="a@evil.example"), "server is not a host name"),
        (record(server="evil.example?x="), "server is not a host name"),
        (record("https://evil.example"), "is not under mobsted.com"),
        (record("https://evil.example", None), "is not under mobsted.com"),
        (record("https://evilmobsted.com"), "is not under"),
        (record("https://mobsted.com.evil.example"), "is not under"),
        (record("https://acme-admin.mobsted.com."), "is not under"),
        (record("https://acme-admin.mobsted.com:8443"), "is not under"),
        (record("https://acme-admin.mobsted.com", "com"), "is not under"),
        (record("https://acme-admin.mobsted.com", "mobsted.com:8443"), "is not under"),
        (record("http://acme-admin.mobsted.com"), "not https"),
        (record("ftp://acme-admin.mobsted.com"), "not https"),
        (record("HTTP://acme-admin.mobsted.com"), "not https"),
        (record("//acme-admin.mobsted.com"), "not https"),
        (record("acme-admin.mobsted.com"), "more than host and path"),
        (record("https://acme-admin.mobsted.com@evil.example"), "more than host and path"),
        (record("https://me@acme-admin.mobsted.com"), "more than host and path"),
        (record("https://:pw@acme-admin.mobsted.com"), "more than host and path"),
        (record("https://evil.example\\.mobsted.com"), "more than host and path"),
        (record("https://evil.example\\@acme.mobsted.com"), "more than host and path"),
        (record("https://evil.example%2f.mobsted.com"), "more than host and path"),
        (record("https://evil%2eexample.mobsted.com"), "more than host and path"),
        (record("https://acme.mobsted.com?x=1"), "more than host and path"),
        (record("https://acme.mobsted.com#x"), "more than host and path"),
        (record("https://acme.mob\tsted.com"), "more than host and path"),
        (record("https://acme.mobsted.com\n.evil.example"), "more than host and path"),
        (record("https://\x01acme.mobsted.com"), "more than host and path"),
        (record("https://"), "more than host and path"),
        (record("https://[::1"), "not valid"),
        (record("https://acme.mobsted.com:port"), "not valid"),
        (record("https://evil.example\u2100.mobsted.com"), "not valid"),  # ℀ would become a/c
        (record("https://acme.m\u043ebsted.com"), ""),  # a Cyrillic letter
        (record("https://acme\u3002mobsted\u3002com"), ""),  # ideographic full stops
        (record("https://b\u00fccher.mobsted.com"), ""),  # not an admin host
        (record("https://localhost", "localhost"), ""),
        (record("https://127.0.0.1", "127.0.0.1"), ""),
        (record("http://127.0.0.1:8080", "127.0.0.1:8080"), ""),
        (record("https://127.0.0.\u00b2", "127.0.0.2"), ""),
        (record("https://[::1]", None), ""),
    ],
)
def test_not_trusted(row, why):
    with pytest.raises(ApiError) as caught:
        row.trusted_base(MASTER)
    assert (caught.value.code, caught.value.executed) == ("invalid_response", False)
    assert why in caught.value.msg
    assert "No credential was sent there" in caught.value.msg
    assert "(id 17)" in caught.value.msg


@pytest.mark.parametrize(
    ("row", "master", "base"),
    [
        (record(None, "localhost:8080"), "http://ppp-admin.localhost:8080", "http://acme-admin.localhost:8080"),
        (record("http://127.0.0.1:8080/t/acme", None), "http://127.0.0.1:8080/t/ppp", "http://127.0.0.1:8080/t/acme"),
        (record("http://acme-admin.localhost:8080", None), "http://127.0.0.1:8080", "http://acme-admin.localhost:8080"),
        (record("http://127.0.0.1:9090", "127.0.0.1:9090"), "http://127.0.0.1:8080", "http://127.0.0.1:9090"),
    ],
)
def test_a_simulator_on_this_machine_is_trusted_by_a_master_on_it(row, master, base):
    assert row.trusted_base(master) == base


@pytest.mark.parametrize(
    "row",
    [
        record("http://127.0.0.1:9090", None),
        record("https://127.0.0.1:8080", None),
        record("http://127.0.0.2:8080", None),
        record("http://evil.example:8080", "evil.example:8080"),
    ],
)
def test_a_master_on_this_machine_trusts_no_other_server(row):
    with pytest.raises(ApiError):
        row.trusted_base("http://127.0.0.1:8080")


# -- apps -------------------------------------------------------------------------------------------------------------


def test_an_app():
    app = AppRecord.read(
        {
            "id": "78",
            "type": "applications",
            "attributes": {
                "Name": "Store",
                "uuid": "u-1",
                "ShortCodeUrl": "https://w2m.example/x",
                "QRCodeUrl": "/tenants/a/qr/78/qr.png",
                "ThumbImageUrl": "tenants/a/icon.png",
                "LonglinkInstant": "https://i",
                "LonglinkManaged": "https://m",
                "DateCreate": "2020-09-01 09:50:18.107369",
                "Title": "The Store",
                "SPLASHCOLOR": "#1557b0",
                "webSiteUrl": "https://site.example",
                "widgetDescription": "<b>Save</b>",
                "panelColor": "",
            },
        }
    )
    assert app is not None
    assert app.public("https://a-admin.mobsted.com", "o@acme.example") == {
        "id": 78,
        "uuid": "u-1",
        "name": "Store",
        "tenant": "o@acme.example",
        "short_url": "https://w2m.example/x",
        "qr_url": "https://a-admin.mobsted.com/tenants/a/qr/78/qr.png",
        "icon_url": "https://a-admin.mobsted.com/tenants/a/icon.png",
        "link_instant": "https://i",
        "link_managed": "https://m",
        "created": "2020-09-01 09:50:18.107369",
        "title": "The Store",
        "description": None,
        "splash_color": "#1557b0",
        "panel_color": None,
        "website_url": "https://site.example",
        "widget_html": "<b>Save</b>",
        "push_widget_html": None,
        "save_widget_html": None,
    }


@pytest.mark.parametrize("raw", [{"id": 78, "name": "Store"}, {"applicationId": "78", "attributes": {"NAME": "Store"}}])
def test_spellings_of_an_app(raw):
    app = AppRecord.read(raw)
    assert app is not None
    assert (app.id, app.name) == ("78", "Store")


@pytest.mark.parametrize("number", [None, "", " ", True, False, 7.5, [], {}])
def test_a_row_without_a_usable_id_is_no_app(number):
    assert AppRecord.read({"id": number, "Name": "x"}) is None


def test_a_link_that_is_no_address_stays_as_it_is():
    app = AppRecord.read({"id": 1, "QRCodeUrl": "https://[::1", "ThumbImageUrl": "https://cdn.example/i.png"})
    assert app is not None
    public = app.public("https://a.example", None, "declared")
    assert (public["qr_url"], public["icon_url"]) == ("https://[::1", "https://cdn.example/i.png")
    assert public["name"] == "declared"
