# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters as Ansible has them. What they make is tested with ``plugin_utils/snippets.py``."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter import (
    mobsted_app_link,
    mobsted_install_check_html,
    mobsted_prompt_js,
)


@pytest.mark.parametrize(
    ("module", "name", "good", "bad"),
    [
        (mobsted_app_link, "mobsted_app_link", ("https://x.example/", "u"), ("javascript:1", "u")),
        (mobsted_prompt_js, "mobsted_prompt_js", ("push",), ("push", "toggle")),
        (mobsted_install_check_html, "mobsted_install_check_html", ("u", "https://x.example/c.js"), ("u",)),
    ],
)
def test_a_filter(module: t.Any, name: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    found = module.FilterModule().filters()
    assert list(found) == [name]
    assert isinstance(found[name](*good), str)
    with pytest.raises(AnsibleFilterError, match=f"^{name}: "):
        found[name](*bad)
