# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup ``mobsted_tenant`` against a scripted API."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils import plugin_options
from ansible_collections.partnerops.saas.plugins.plugin_utils.plugin_options import MOBSTED_READING
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script

ACCOUNT = {"api_url": HOST, "api_token": "given-token"}


def rows(*emails: str) -> dict[str, t.Any]:
    data = [
        {"id": number, "Email": email, "tenant": "a", "server": "x.example", "defaultPassword": "first-password"}
        for number, email in enumerate(emails, 1)
    ]
    return {"data": data, "meta": {"last_page": 1}}


@pytest.fixture
def lookup(api: Script, context: RunContext, monkeypatch: pytest.MonkeyPatch) -> t.Any:
    monkeypatch.setattr(plugin_options, "context_of_process", lambda: context)
    return lookup_loader.get("partnerops.saas.mobsted_tenant")


def test_a_record(api: Script, lookup: t.Any) -> None:
    api.expect("GET", "object").json(rows("a@x.example"))
    (found,) = lookup.run(["a@x.example"], {}, **ACCOUNT)
    assert (found["id"], found["url"]) == ("1", "https://a-admin.x.example")
    assert "credentials" not in found


def test_credentials_are_registered(api: Script, lookup: t.Any, context: RunContext) -> None:
    api.expect("GET", "object").json(rows("a@x.example"))
    (found,) = lookup.run(["a@x.example"], {}, include_credentials=True, **ACCOUNT)
    assert found["credentials"] == {"login": "a@x.example", "password": "first-password"}
    assert context.secrets.scrub("first-password") == "********"


def test_nobody_has_the_address(api: Script, lookup: t.Any) -> None:
    api.expect("GET", "object").json(rows())
    api.expect("GET", "object").json(rows())
    assert lookup.run(["a@x.example"], {}, default={"none": 1}, **ACCOUNT) == [{"none": 1}]
    with pytest.raises(AnsibleLookupError, match="has no tenant"):
        lookup.run(["a@x.example"], {}, **ACCOUNT)


def test_what_is_no_address(lookup: t.Any) -> None:
    with pytest.raises(AnsibleLookupError, match="the address to look up is not an e-mail address"):
        lookup.run(["acme"], {}, **ACCOUNT)


def test_empty_variables_are_not_set(api: Script, lookup: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for option in MOBSTED_READING:
        if option.env:
            monkeypatch.setenv(option.env, "")
    api.expect("GET", "object").json(rows("a@x.example"))
    lookup.run(["a@x.example"], {}, **ACCOUNT)
    assert {option.name: lookup.get_option(option.name) for option in MOBSTED_READING} == {
        **{option.name: option.default for option in MOBSTED_READING},
        **ACCOUNT,
    }
