# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partner_export``; plugin_utils/test_export.py tests the text."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter import partner_export as plugin
from ansible_collections.partnerops.saas.plugins.plugin_utils import untrusted
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.existing import account, app, person, tenant

partner_export = plugin.FilterModule().filters()["partner_export"]
NONE = dict.fromkeys(("tenants", "apps", "marketplaces", "clients", "members", "left_out", "unread"), 0)


def body(made: dict[str, t.Any]) -> str:
    """Return the file below its head."""
    return str(made["text"]).partition("---\n")[2]


def test_an_account() -> None:
    made = partner_export(account(tenant("o@acme.example", app(5, "Shop")), apps=[app(6, "Own")]))
    assert body(made) == (
        'mobsted:\n  apps:\n    - name: "Own"\n  tenants:\n    - email: "o@acme.example"\n      apps:\n'
        '        - name: "Shop"\n'
    )
    assert made["counts"] == {**NONE, "tenants": 1, "apps": 2}


def test_the_name_is_in_the_command() -> None:
    assert "-e partner_state_file=acme.yml --check" in partner_export(account(), name="acme.yml")["text"]


@pytest.mark.parametrize("given", [None, "", [], {}, {"skipped": True}])
def test_anything_else_leaves_mobsted_out(given: t.Any) -> None:
    assert body(partner_export(given, [person("client", "c@x.example", id=12)])) == (
        'mip:\n  marketplaces:\n    - id: 7\n      clients:\n        - email: "c@x.example"\n          client_id: 12\n'
    )
    assert body(partner_export(given)) == "mobsted: {}\n"


@pytest.mark.parametrize(
    "given",
    [{"tenants": 1}, {"tenants": [], "apps": [{}]}, {"tenants": ["x"], "apps": []}, {"tenants": None, "apps": []}],
)
def test_no_result_of_the_module(given: dict[str, t.Any]) -> None:
    with pytest.raises(AnsibleFilterError, match=r"needs the result of partnerops\.saas\.mobsted_fleet_info"):
        partner_export(given)


def test_text_of_the_api_is_no_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before ansible-core 2.19, all text is a template unless it is marked; here, in angle brackets."""
    monkeypatch.setattr(untrusted, "trust_as_template", None)
    monkeypatch.setattr("ansible.utils.unsafe_proxy.wrap_var", lambda text: f"<{text}>")
    text = partner_export(account(apps=[app(6, "{{ 1 + 1 }}")]))["text"]
    assert (text[0], text[-1]) == ("<", ">")
    assert 'name: !unsafe "{{ 1 + 1 }}"' in text
