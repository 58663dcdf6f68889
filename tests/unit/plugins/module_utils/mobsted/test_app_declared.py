# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An app: its declaration, its icon, and which of the account's apps it is."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import icon as module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app import AppSpec
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.icon import read_icon
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import Absent
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.match import pick
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import AppRecord
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import (
    EMAIL,
    PNG,
    SITE,
    app,
    failure,
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
    assert spec(app_id=1, tenant=EMAIL).app_id == "1"  # a tenant's first app is an app like others


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
