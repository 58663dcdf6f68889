# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from the API is never a template, before and after ansible-core 2.19."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils import untrusted

VALUE = {"name": "Acme", "{{ key }}": ["{{ 7 * 7 }}", ("{% raw %}", 5), None, True], "open": "{", "close": "}"}


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work as before ansible-core 2.19, with unsafe text in angle brackets."""
    monkeypatch.setattr(untrusted, "trust_as_template", None)
    monkeypatch.setattr("ansible.utils.unsafe_proxy.wrap_var", lambda text: f"<{text}>")


@pytest.mark.usefixtures("old")
def test_before_2_19_text_with_braces_is_marked() -> None:
    assert untrusted.untrusted(VALUE) == {
        "name": "Acme",
        "<{{ key }}>": ["<{{ 7 * 7 }}>", ["<{% raw %}>", 5], None, True],
        "open": "<{>",
        "close": "<}>",
    }
    assert untrusted.template("{{ x }}") == "{{ x }}"


def test_from_2_19_on_only_our_own_text_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted: list[t.Any] = []

    def trust(text: str) -> str:
        trusted.append(text)
        return text

    monkeypatch.setattr(untrusted, "trust_as_template", trust)
    assert untrusted.untrusted(VALUE) is VALUE
    assert untrusted.template("{{ x }}") == "{{ x }}"
    assert trusted == ["{{ x }}"]
