# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An app: declared, found among those of the account, created, compared; and the tasks around it."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.effort import Effort
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import app as module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import (
    AppSpec,
    ensure_app,
    pick,
    read_icon,
)
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app_tasks import run_app, run_app_info
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.client import MobstedClient
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import AppRecord
from ansible_collections.partnerops.saas.tests.unit.scripted import HOST, Expected, Script, reset

EMAIL = "owner@acme.example"
SITE = "https://store.acme.example"
TENANT = "https://a23r56k8-admin.mobsted.com"
#: Looks in a minute: at once, after 0.5, 1, 2, 3 and 5 s, then every 5 s, and at its very end.
LOOKS = 16
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def client(token_client: MobstedClient) -> MobstedClient:
    return token_client


def spec(**params: t.Any) -> AppSpec:
    return AppSpec.read({"name": "Store", **params})


def app(number: int, name: str | None = "Store", **fields: t.Any) -> dict[str, t.Any]:
    return {"id": str(number), "type": "applications", "attributes": {"Name": name, **fields}}


def records(*raw: dict[str, t.Any]) -> list[AppRecord]:
    return [made for made in map(AppRecord.read, raw) if made]


def listing(api: Script, *apps: dict[str, t.Any], **conditions: t.Any) -> Expected:
    return api.expect("GET", "applications", **conditions).json({"data": list(apps), "meta": {"last_page": 1}})


def create(api: Script, **form: t.Any) -> Expected:
    return api.expect("POST", "applications", form=form)


def failure(call: t.Callable[[], t.Any], code: str) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert caught.value.code == code
    return caught.value


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
    assert spec(app_id=1, tenant=EMAIL).app_id == 1  # a tenant's first app is an app like others


def test_a_tenant_is_an_address():
    assert "tenant is not an e-mail address" in failure(lambda: spec(tenant="acme"), "invalid_input").msg
    assert spec(tenant=f" {EMAIL} ").tenant == EMAIL


# -- the icon ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.jpeg", b"\xff\xd8\xff\xdb", "image/jpeg"),
        ("a.gif", b"GIF89a", "image/gif"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("a.ico", b"\x00\x00\x01\x00", "image/x-icon"),
        ("noending", PNG, "image/png"),
        ("wrong.txt", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("A.PNG", PNG, "image/png"),
    ],
)
def test_icons(tmp_path: Path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    icon, doubt = read_icon(str(path))
    assert (icon.name, icon.content, icon.kind, doubt) == (name, content, kind, None)


def test_garbage_with_the_ending_of_an_image_is_sent_with_a_doubt(tmp_path):
    path = tmp_path / "icon.png"
    path.write_bytes(b"not a picture")
    icon, doubt = read_icon(str(path), "apps[3].")
    assert icon.kind == "image/png"
    assert doubt is not None
    assert doubt.startswith("apps[3].icon")


@pytest.mark.parametrize("name", ["my icon.PNG", 'a".png', "ä.png", "x" * 101 + ".png", "a\nb.png"])
def test_an_awkward_file_name_is_not_sent(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(PNG)
    assert read_icon(str(path))[0].name == "icon.png"


def test_an_awkward_name_without_an_ending(tmp_path):
    (tmp_path / "a b").write_bytes(PNG)
    assert read_icon(str(tmp_path / "a b"))[0].name == "icon"


def bad_icon(path: object, said: str) -> None:
    error = failure(lambda: read_icon(str(path), "apps[3]."), "invalid_input")
    assert error.msg.startswith("apps[3].icon")
    assert said in error.msg
    assert "Nothing was sent" in error.msg


def test_icons_that_are_refused(tmp_path, monkeypatch):
    bad_icon(tmp_path / "missing.png", "No such file or directory")
    bad_icon(tmp_path, "is a folder")
    (tmp_path / "empty.png").touch()
    bad_icon(tmp_path / "empty.png", "is an empty file")
    (tmp_path / "text.txt").write_text("hello")
    bad_icon(tmp_path / "text.txt", "neither the content nor the ending")
    monkeypatch.setattr(module, "ICON_LIMIT", 4)
    (tmp_path / "large.png").write_bytes(PNG)
    bad_icon(tmp_path / "large.png", "larger than")


def test_a_pipe_is_no_icon(tmp_path):
    """Opening it would wait for ever."""
    os.mkfifo(tmp_path / "icon.png")
    with pytest.raises(ApiError) as caught:
        read_icon(str(tmp_path / "icon.png"))
    assert "is not a file" in caught.value.msg


def test_an_icon_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "icon.png"
    path.write_bytes(PNG)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything

        def refuse(*_args: t.Any) -> t.NoReturn:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(module, "open", refuse, raising=False)
    bad_icon(path, "Permission denied")


def test_the_icon_is_checked_with_the_declaration(tmp_path):
    failure(lambda: spec(icon=str(tmp_path / "missing.png")), "invalid_input")


# -- finding it -------------------------------------------------------------------------------------------------------


def test_the_name_is_compared_exactly():
    apps = records(app(5, "store"), app(6, "Store "), app(7, None), app(8, "Store"))
    found = pick(spec(), apps)
    assert found is not None
    assert found.id == 8
    assert pick(spec(name="STORE"), apps) is None


def test_two_spellings_of_one_letter_are_one_name():
    assert pick(spec(name="Caf\u00e9"), records(app(5, "Cafe\u0301"))) is not None


def test_several_apps_of_one_name_are_ambiguous():
    apps = records(app(5), app(6))
    assert "(ids 5, 6)" in failure(lambda: pick(spec(), apps), "ambiguous").msg
    found = pick(spec(app_id=6), apps)
    assert found is not None
    assert found.id == 6


def test_an_app_id_that_is_not_there():
    assert "no app with id 9" in failure(lambda: pick(spec(app_id=9), records(app(5))), "not_found").msg


def test_an_app_id_of_another_name():
    error = failure(lambda: pick(spec(app_id=5), records(app(5, "Other"))), "not_found")
    assert "'Other', not 'Store'" in error.msg


def test_the_name_of_app_1_is_protected_in_the_account_itself():
    apps = records(app(1, "My Sub Accounts"), app(7, "My Sub Accounts"))
    failure(lambda: pick(spec(name="My Sub Accounts"), apps), "protected_app")
    failure(lambda: pick(spec(name="My Sub Accounts", app_id=7), apps), "protected_app")
    assert pick(spec(name="My Sub Accounts", tenant=EMAIL), apps[:1]) is not None


# -- creating it ------------------------------------------------------------------------------------------------------


def test_an_app_that_is_missing(api, client, spend):
    listing(api, app(5, "Other"))
    answer = {
        "data": [{"id": "78", "attributes": {"uuid": "u", "QRCodeUrl": "/qr.png"}}],
        "meta": {"applicationId": 78},
    }
    create(api, name="Store", isPWAless="1", webSiteUrl=SITE).json(answer)
    outcome = ensure_app(client, spec(website_url=SITE), spend)
    assert (outcome.changed, outcome.reconciled, outcome.drift) == (True, False, [])
    public = outcome.public()
    assert (public["id"], public["name"], public["qr_url"]) == (78, "Store", f"{HOST}/qr.png")
    assert outcome.diff()["before"] == {"name": "Store", "state": "absent"}
    assert outcome.diff()["after"]["website_url"] == SITE


def test_without_a_website_it_cannot_be_created(api, client, spend):
    listing(api)
    assert "website_url" in failure(lambda: ensure_app(client, spec(), spend), "invalid_input").msg


def test_an_app_that_exists_needs_no_website(api, client, spend):
    listing(api, app(5))
    outcome = ensure_app(client, spec(), spend)
    assert outcome.changed is False
    assert outcome.diff()["before"] == outcome.diff()["after"]


def test_check_mode_sends_no_write(api, client, spend):
    listing(api)
    outcome = ensure_app(client, spec(website_url=SITE), spend, check_mode=True)
    assert outcome.changed is True
    assert outcome.public()["id"] is None
    assert outcome.public()["name"] == "Store"


def test_a_listing_of_the_caller_s_is_used(api, client, spend):
    assert ensure_app(client, spec(), spend, apps=records(app(5))).changed is False


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
    outcome = ensure_app(client, spec(website_url=SITE), Effort(600))
    assert (outcome.changed, outcome.reconciled, outcome.public()["id"]) == (True, True, 78)


@pytest.mark.parametrize("lose", LOST, ids=LOST_IDS)
def test_a_lost_answer_of_a_create_that_was_not_executed(api, client, clock, lose):
    listing(api)
    lose(create(api, name="Store"))
    for _look in range(LOOKS):
        listing(api)
    error = failure(lambda: ensure_app(client, spec(website_url=SITE), Effort(600)), "unknown_outcome")
    assert "It was not sent again" in error.msg


def test_two_apps_after_a_lost_answer(api, client, clock):
    listing(api)
    create(api).html(502)
    listing(api, app(5), app(6))
    failure(lambda: ensure_app(client, spec(website_url=SITE), Effort(600)), "ambiguous")


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_because_somebody_was_quicker(api, client, spend, status):
    listing(api)
    create(api).json({}, status)
    listing(api, app(5))
    assert ensure_app(client, spec(website_url=SITE), spend).changed is False


@pytest.mark.parametrize(("status", "code"), [(409, "duplicate"), (422, "invalid_input")])
def test_a_refusal_without_an_app(api, client, spend, status, code):
    listing(api)
    create(api).json({"message": "icon is too large"}, status)
    listing(api)
    error = failure(lambda: ensure_app(client, spec(website_url=SITE), spend), code)
    assert error.message == "icon is too large"


def test_another_refusal(api, client, spend):
    listing(api)
    create(api).json({}, 403)
    failure(lambda: ensure_app(client, spec(website_url=SITE), spend), "forbidden")


# -- drift ------------------------------------------------------------------------------------------------------------


def drift(api: Script, client: MobstedClient, actual: dict[str, t.Any], **declared: t.Any) -> list[dict[str, t.Any]]:
    return ensure_app(client, spec(**declared), Effort(9), apps=records(app(5, **actual))).drift


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
    api.expect("GET", "objects", host=HOST).json({"data": [{"id": "17", "attributes": row}], "meta": {"last_page": 1}})


def no_tenant(api: Script) -> None:
    api.expect("GET", "objects", host=HOST).json({"data": [], "meta": {"last_page": 1}})


def test_in_the_account_itself(api, make_task):
    listing(api, host=HOST)
    create(api, name="Store").json({"data": [{"id": "78"}]})
    result = run_app(make_task(name="Store", website_url=SITE))
    assert result["changed"] is True
    assert (result["app"]["id"], result["app"]["tenant"], result["drift"]) == (78, None, [])
    assert result["diff"]["before"]["state"] == "absent"


def test_in_a_tenant_s_account(api, make_task, runtime):
    tenant_found(api)
    api.login("tenant-token", host=TENANT, query={"login": EMAIL, "password": "on-record"})
    bearer = {"Authorization": "Bearer tenant-token"}
    listing(api, host=TENANT, headers=bearer)
    api.expect("POST", "applications", host=TENANT, headers=bearer).json({"data": [{"id": "78"}]})
    result = run_app(make_task(tenant=EMAIL, name="Store", website_url=SITE))
    assert result["app"]["tenant"] == EMAIL
    assert "on-record" in runtime.secrets.hidden


def test_with_the_password_that_the_client_chose(api, make_task, runtime):
    tenant_found(api)
    api.login(host=TENANT, query={"password": "chosen"})
    listing(api, app(5), host=TENANT)
    run_app(make_task(tenant=EMAIL, tenant_password="chosen", name="Store"))
    assert "chosen" in runtime.secrets.hidden


def test_a_record_without_a_password(api, make_task):
    tenant_found(api, defaultPassword=None)
    error = failure(lambda: run_app(make_task(tenant=EMAIL, name="Store")), "stale_credentials")
    assert "tenant_password" in error.msg


def test_a_password_on_record_that_has_been_changed(api, make_task):
    tenant_found(api)
    api.expect("GET", "auth", host=TENANT).json({}, 401)
    error = failure(lambda: run_app(make_task(tenant=EMAIL, name="Store")), "stale_credentials")
    assert error.status == 401
    assert "Most likely its owner changed it" in error.msg
    assert "on-record" not in error.msg


def test_a_given_password_that_is_wrong(api, make_task):
    tenant_found(api)
    api.expect("GET", "auth", host=TENANT).json({}, 401)
    error = failure(lambda: run_app(make_task(tenant=EMAIL, tenant_password="chosen", name="Store")), "auth_failed")
    assert "refused tenant_password" in error.msg
    assert "chosen" not in error.msg


def test_a_tenant_that_cannot_be_reached(api, make_task):
    tenant_found(api)
    api.expect("GET", "auth", host=TENANT).json({}, 404)
    failure(lambda: run_app(make_task(tenant=EMAIL, name="Store")), "not_found")


def test_a_hostile_record_gets_no_password(api, make_task):
    tenant_found(api, url="https://evil.example")
    failure(lambda: run_app(make_task(tenant=EMAIL, name="Store")), "invalid_response")


def test_a_tenant_that_is_unknown(api, make_task):
    no_tenant(api)
    assert EMAIL in failure(lambda: run_app(make_task(tenant=EMAIL, name="Store")), "not_found").msg


class Foreseeing:
    """A controller whose check run would have created a tenant."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        return self.names


def test_check_mode_foresees_an_app_in_a_tenant_that_would_be_created(api, make_task):
    no_tenant(api)
    task = make_task(tenant=EMAIL, name="Store", website_url=SITE, check_mode=True, controller=Foreseeing(EMAIL))
    result = run_app(task)
    assert result["changed"] is True
    assert (result["app"]["id"], result["app"]["tenant"]) == (None, EMAIL)


@pytest.mark.parametrize(("check_mode", "names"), [(True, ["other@acme.example"]), (False, [EMAIL])])
def test_what_was_not_foreseen_is_missing(api, make_task, check_mode, names):
    no_tenant(api)
    task = make_task(tenant=EMAIL, name="Store", check_mode=check_mode, controller=Foreseeing(*names))
    failure(lambda: run_app(task), "not_found")


@pytest.mark.parametrize("on_drift", ["warn", None])
def test_drift_is_warned_about(api, make_task, on_drift):
    listing(api, app(5, title="Old"))
    task = make_task(name="Store", title="New", on_drift=on_drift)
    result = run_app(task)
    assert result["changed"] is False
    assert result["drift"] == [{"field": "title", "declared": "New", "actual": "Old"}]
    assert "differs from its declaration in title" in task.warnings[0]


def test_drift_may_be_ignored(api, make_task):
    listing(api, app(5, title="Old"))
    task = make_task(name="Store", title="New", on_drift="ignore")
    assert run_app(task)["drift"]
    assert task.warnings == []


def test_drift_may_fail(api, make_task):
    tenant_found(api)
    api.login(host=TENANT)
    listing(api, app(5, title="Old"))
    task = make_task(tenant=EMAIL, name="Store", title="New", on_drift="fail")
    error = failure(lambda: run_app(task), "invalid_input")
    assert f"of {EMAIL} differs" in error.msg
    assert error.result["app"]["id"] == 5
    assert error.result["drift"][0]["field"] == "title"


def test_a_doubtful_icon_is_warned_about(api, make_task, tmp_path):
    path = tmp_path / "icon.png"
    path.write_bytes(b"not a picture")
    listing(api)
    create(api, icon=("icon.png", "image/png", b"not a picture")).json({"data": [{"id": "78"}]})
    task = make_task(name="Store", website_url=SITE, icon=str(path))
    run_app(task)
    assert "does not have the content" in task.warnings[0]


def test_bad_input_is_refused_before_anything_is_sent(api, make_task):
    failure(lambda: run_app(make_task(name="Store", panel_color="red")), "invalid_input")
    failure(lambda: run_app(make_task(name="Store", api_url="http://ppp-admin.mobsted.com")), "invalid_input")


def test_info_on_all_apps(api, make_task):
    listing(api, app(1, "My Sub Accounts"), app(5))
    result = run_app_info(make_task())
    assert result["changed"] is False
    assert [(one["id"], one["name"], one["tenant"]) for one in result["apps"]] == [
        (1, "My Sub Accounts", None),
        (5, "Store", None),
    ]


def test_info_on_apps_of_one_name_in_a_tenant(api, make_task):
    tenant_found(api)
    api.login(host=TENANT)
    listing(api, app(5), app(6, "Other"), app(7), host=TENANT)
    result = run_app_info(make_task(tenant=EMAIL, name="Store"))
    assert [(one["id"], one["tenant"]) for one in result["apps"]] == [(5, EMAIL), (7, EMAIL)]


def test_info_on_an_unknown_tenant(api, make_task):
    no_tenant(api)
    failure(lambda: run_app_info(make_task(tenant=EMAIL)), "not_found")
