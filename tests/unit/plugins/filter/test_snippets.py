# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The snippet filters as Ansible loads them; plugin_utils/test_snippets.py tests the snippets."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter import snippets

FILTERS = snippets.FilterModule().filters()


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("mobsted_app_link", ("https://x.example/", "u"), ("javascript:1", "u")),
        ("mobsted_prompt_js", ("push",), ("push", "toggle")),
        ("mobsted_install_check_html", ("u", "https://x.example/c.js"), ("u",)),
    ],
)
def test_a_filter(name: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    assert isinstance(FILTERS[name](*good), str)
    with pytest.raises(AnsibleFilterError, match=f"^{name}: "):
        FILTERS[name](*bad)


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(
        AnsibleFilterError,
        match=r"^mobsted_app_link: missing a required argument: 'extid'. See ansible-doc -t filter partnerops.saas\.",
    ):
        FILTERS["mobsted_app_link"]("https://x.example/")


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """Collect what the filters display."""
    found = MagicMock()
    monkeypatch.setattr(snippets, "Display", lambda: found)
    return found


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("mobsted_app_link", ("https://x.example/", "jane@x.example")),
        ("mobsted_install_check_html", ("jane@x.example", "https://x.example/c.js")),
    ],
)
def test_personal_data_gets_one_warning_without_it(display: MagicMock, name: str, values: tuple[str, ...]) -> None:
    FILTERS[name](*values)
    (text,) = display.warning.call_args.args
    assert text.startswith(f"{name}: extid is an e-mail address.")
    assert "jane" not in text
    FILTERS[name](*(value.replace("jane@x.example", "100500") for value in values))
    assert display.warning.call_count == 1


def test_the_filters_are_those_that_are_documented() -> None:
    assert sorted(FILTERS) == ["mobsted_app_link", "mobsted_install_check_html", "mobsted_prompt_js"]
