# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links and snippets: what they consist of, and what cannot break out of them."""

from __future__ import annotations

import html.parser

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.snippets import (
    SnippetError,
    app_link,
    install_check_html,
    js_string,
    personal_data,
    prompt_js,
)

HOSTILE = "{{ 7*7 }}</script><script>alert(1)</script>'\"\\`\n\u2028\u2029\u202e&<!--{%"
APP = {"id": 78, "link_instant": "https://t1.mobsted.com/pwa/?appid=78&widget=instant", "link_managed": ""}


@pytest.mark.parametrize(
    ("app", "options", "expected"),
    [
        (APP, {}, "https://t1.mobsted.com/pwa/?appid=78&widget=instant&utm_extid=u-1"),
        (APP, {"kind": "managed"}, "https://t1.mobsted.com/pwa/?appid=78&widget=instant&utm_extid=u-1"),
        (
            {**APP, "link_managed": "https://m.example/?a=1"},
            {"kind": "managed"},
            "https://m.example/?a=1&utm_extid=u-1",
        ),
        ({"id": 5, "link_managed": "https://m.example/"}, {}, "https://m.example/?utm_extid=u-1"),
        ("https://x.example/?utm_extid=old&b=2#top", {}, "https://x.example/?b=2&utm_extid=u-1#top"),
        ("https://x.example/a b?q='\"<>é", {}, "https://x.example/a%20b?q=%27%22%3C%3E%C3%A9&utm_extid=u-1"),
        ("http://127.0.0.1:80/?a%20b", {}, "http://127.0.0.1:80/?a%20b&utm_extid=u-1"),
        ("http://x.example/", {}, "http://x.example/?utm_extid=u-1"),
        (
            {"id": 78, "qr_url": "https://a_b-admin.mobsted.com/tenants/a/qr.png"},
            {},
            "https://a_b.mobsted.com/pwa/?appid=78&utm_extid=u-1",
        ),
        (
            {"id": "78"},
            {"tenant": {"url": "https://t1-admin.mobsted.com", "name": "x", "server": "y.example"}},
            "https://t1.mobsted.com/pwa/?appid=78&utm_extid=u-1",
        ),
        (
            {"id": 78},
            {"tenant": {"name": "t1", "server": "mobsted.com"}},
            "https://t1.mobsted.com/pwa/?appid=78&utm_extid=u-1",
        ),
    ],
)
def test_links(app: object, options: dict, expected: str) -> None:
    assert app_link(app, "u-1", **options) == expected


@pytest.mark.parametrize(("user", "expected"), [(100500, "100500"), ("A/b c&d=é+%", "A%2Fb%20c%26d%3D%C3%A9%2B%25")])
def test_the_user_is_encoded_and_keeps_its_case(user: object, expected: str) -> None:
    assert app_link("https://x.example/", user) == f"https://x.example/?utm_extid={expected}"


def test_a_hostile_user_is_nothing_but_a_value() -> None:
    link = app_link("https://x.example/", HOSTILE)
    assert not set(link) & set("{}<>'\"\\`\n ")
    assert link.isascii()
    assert link.count("&") == 0


@pytest.mark.parametrize(
    ("app", "user", "why"),
    [
        ("javascript:alert(1)", "u", "https://"),
        ("ftp://x.example/", "u", "https:// address, not 'ftp://…'"),
        ("owner@acme.example", "u", "https:// address, not 'owner@acme.example'"),
        ({"id": 1, "link_instant": "data:text/html,x"}, "u", "https://"),
        ("https://user:pw@x.example/", "u", "plain host"),
        ("https://x.example\\@evil.example/", "u", "plain host"),
        ("https://x.example:port/", "u", "not a valid URL"),
        ("", "u", "empty"),
        (None, "u", "empty"),
        ("https://x.example/", "", "extid"),
        ("https://x.example/", None, "extid"),
        ("https://x.example/", True, "extid"),
        ({"id": 78}, "u", "tenant"),
        ({"id": None, "link_instant": None}, "u", "mobsted_pwa_app"),
        ({"id": 78, "qr_url": "https://a-admin.evil<>/x"}, "u", "tenant"),
    ],
)
def test_what_is_no_link(app: object, user: object, why: str) -> None:
    with pytest.raises(SnippetError, match=why):
        app_link(app, user)


@pytest.mark.parametrize(
    ("extid", "kind"),
    [
        ("jane@x.example", "an e-mail address"),
        (" jane+shop@mail.x.example\n", "an e-mail address"),
        ("jane%40x.example", "an e-mail address"),
        ("jäne@bücher.example", "an e-mail address"),
        ("+49 171 1234567", "a telephone number"),
        ("%2B491711234567", "a telephone number"),
        ("+1 (212) 555-0100", "a telephone number"),
        ("100500", None),
        (100500, None),
        ("491711234567", None),
        ("user@7", None),
        ("a1b2-c3d4", None),
        ("+7", None),
    ],
)
def test_personal_data_is_recognised(extid: object, kind: str | None) -> None:
    assert personal_data(extid) == kind


def test_an_unknown_kind_of_link() -> None:
    with pytest.raises(SnippetError, match="instant"):
        app_link(APP, "u", kind="other")


def test_prompts() -> None:
    assert prompt_js("push") == "parent.postMessage({ type: 'mobsted.api', showwidget: 'push' }, '*');"
    assert prompt_js("save", "hide") == "parent.postMessage({ type: 'mobsted.api', hidewidget: 'save' }, '*');"
    for name, action in (("", "show"), (None, "show"), ("push", "toggle"), ({}, "show")):
        with pytest.raises(SnippetError):
            prompt_js(name, action)


def test_a_javascript_string_can_not_be_left() -> None:
    text = js_string(HOSTILE)
    assert text[0] == text[-1] == "'"
    assert not set(text[1:-1]) & set("'\"<>&`\n{\u2028\u2029\u202e")
    assert text.isascii()


class Elements(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict]] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_install_check() -> None:
    text = install_check_html(HOSTILE, "https://x.example/check.js?a=1&b=\"'><script>", "answer")
    parser = Elements()
    parser.feed(text)
    assert parser.seen == [
        ("script", {"src": "https://x.example/check.js?a=1&b=%22%27%3E%3Cscript%3E", "type": "text/javascript"}),
        ("script", {"type": "text/javascript"}),
    ]
    assert text.count("</script>") == 2
    assert "window.answer = (async function () { return await window.mbst.checkPwaInstalled('" in text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("u", "http://x.example/a.js"), "https://"),
        (("u", None), "script_url"),
        (("", "https://x.example/a.js"), "extid"),
        (("u", "https://x.example/a.js", "a;b"), "variable"),
    ],
)
def test_what_is_no_install_check(arguments: tuple, why: str) -> None:
    with pytest.raises(SnippetError, match=why):
        install_check_html(*arguments)
