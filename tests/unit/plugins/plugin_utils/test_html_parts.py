# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts that the report and the handover page share."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils import html_parts


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (0, "0"), (12345, "12,345"), (3.25, "3.2"), (12.4, "12"), (2.0, "2")]
)
def test_numbers(value: t.Any, shown: str) -> None:
    assert html_parts.number(value) == shown


def test_initials() -> None:
    names = ("acme store", "Émile", "", "…", None)
    assert [html_parts.initials(name) for name in names] == ["AS", "É", "?", "?", "?"]


def test_a_link_too_long_for_a_code_gets_none() -> None:
    assert "<svg" in (html_parts.qr_code("https://x.example/") or "")
    assert html_parts.qr_code("https://x.example/" + "a" * 9000) is None


def test_an_icon_is_embedded_or_left_out() -> None:
    icon = "data:image/png;base64,iVBORw0KGgo="
    assert html_parts.embedded_icon(icon) == icon
    wrong = (
        None,
        "",
        "https://x.example/icon.png",
        "data:image/svg+xml;base64,AAAA",
        icon + '" onload="x',
        icon + "\n",
    )
    assert [html_parts.embedded_icon(one) for one in wrong] == [None] * len(wrong)


def test_links_of_a_page_are_web_addresses() -> None:
    assert html_parts.href("http://x.example/a b") == "http://x.example/a%20b"
    assert [html_parts.href(one) for one in ("javascript:alert(1)", "x.example", None)] == [None] * 3
