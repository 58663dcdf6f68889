# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next step, added to what ansible-core says about wrong options."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.partnerops.saas.plugins.module_utils.hints import with_hint
from ansible_collections.partnerops.saas.tests.support.driver import operation


def message(module: str, **args: object) -> str:
    """Return the message that a user gets for these options."""
    checked = ArgumentSpecValidator(operation(module).argument_spec()).validate(args)
    assert checked.errors
    text = checked.errors.msg
    unknown = set(checked.unsupported_parameters) if hasattr(checked, "unsupported_parameters") else set()
    if unknown or "Supported parameters include" in text:
        text = f"Unsupported parameters for ({module}) module: {text}"
    return with_hint(text, operation(module), args)


@pytest.mark.parametrize(
    ("module", "args", "hints"),
    [
        ("mobsted_tenant", {"email": "a@b.example"}, ["MOBSTED_API_URL", "partnerops.saas.preflight"]),
        ("mip_client", {"email": "a@b.example"}, ["marketplace_id"]),
        (
            "mip_client",
            {"email": "a@b.example", "e-mail": "x", "marketplace_id": 7},
            ["Did you mean 'email' instead of 'e-mail'?"],
        ),
        (
            "mobsted_tenant",
            {"api_url": "https://x.example", "emial": "x"},
            ["Did you mean 'email' instead of 'emial'?"],
        ),
        (
            "mip_marketplace",
            {"marketplace_id": 7, "clients": [{"email": "x", "e-mail": "x"}]},
            ["Did you mean 'email'"],
        ),
        (
            "mobsted_pwa_app",
            {"api_url": "https://x.example", "name": "A", "state": "absent"},
            ["Mobsted documents no way to remove a tenant or an app."],
        ),
        ("mip_user", {"email": "a@b.example", "password": "x", "state": "absent"}, ["no way to remove a user"]),
        ("mobsted_tenant", {"email": "a@b.example", "url": "https://x"}, ["Did you mean 'api_url' instead of 'url'?"]),
        (
            "mobsted_fleet",
            {"api_url": "https://x.example", "tenants": ["owner@acme.example"]},
            ["tenants[0] must be a dictionary, such as {email: …}."],
        ),
        (
            "mobsted_fleet",
            {"api_url": "https://x.example", "tenants": [{"email": "a@x.example", "apps": ["Shop"]}]},
            ["tenants[0].apps[0] must be a dictionary, such as {name: …}."],
        ),
        (
            "mobsted_fleet",
            {
                "api_url": "https://x.example",
                "tenants": [{"email": "a@x.example", "app": []}, {"e-mail": "b@x.example"}],
            },
            [
                "tenants[0].app is not known. Did you mean 'apps'?",
                "tenants[1].e-mail is not known. Did you mean 'email'?",
                "tenants[1] has no email.",
            ],
        ),
        (
            "mobsted_fleet",
            {"api_url": "https://x.example", "tenants": [{"email": "a@x.example", "apps": [{"nam": "x"}]}]},
            ["tenants[0].apps[0] has no name."],
        ),
        (
            "mobsted_fleet",
            {"api_url": "https://x.example", "tenants": [{"email": "a@x.example", "state": "absent"}]},
            ["no way to remove a tenant"],
        ),
    ],
)
def test_the_next_step(monkeypatch, module, args, hints):
    monkeypatch.delenv("MOBSTED_API_URL", raising=False)
    text = message(module, **args)
    for hint in hints:
        assert text.count(hint) == 1
    assert text.endswith("Nothing was sent.")
    assert "could not parse JSON" not in text


@pytest.mark.parametrize(
    ("module", "variable", "value"),
    [
        ("mobsted_tenant", "MOBSTED_TIMEOUT", "30s"),
        ("mobsted_tenant", "MOBSTED_VALIDATE_CERTS", "yess"),
        ("mobsted_tenant", "MIP_LEDGER_MISSING", "never"),
        ("mip_user", "MIP_RETRIES", "1.5"),
        ("mip_user", "MIP_SIGNING", "sha1"),
        ("mip_member", "MOBSTED_TIMEOUT", "30s"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch, module, variable, value):
    monkeypatch.setenv(variable, value)
    args = {"api_url": "https://x.example", "email": "a@b.example"}
    more: dict[str, dict[str, t.Any]] = {
        "mip_user": {"password": "x"},
        "mip_member": {"marketplace_id": 7, "tenant_registry": {}},
    }
    text = message(module, **args, **more.get(module, {}))
    assert f"The value comes from the environment variable {variable}: correct it, or leave it empty." in text


def test_a_wrong_option_is_not_blamed_on_a_variable(monkeypatch):
    monkeypatch.setenv("MOBSTED_TIMEOUT", "30")
    text = message("mobsted_tenant", api_url="https://x.example", email="a@b.example", timeout="30s")
    assert "Correct this value." in text
    assert "MOBSTED_TIMEOUT" not in text


@pytest.mark.parametrize("value", ["", " ", "\t"])
def test_a_blank_variable_is_not_set(monkeypatch, value):
    for name in ("MOBSTED_API_URL", "MOBSTED_TIMEOUT", "MOBSTED_VALIDATE_CERTS"):
        monkeypatch.setenv(name, value)
    checked = ArgumentSpecValidator(operation("mobsted_tenant").argument_spec()).validate({"email": "a@b.example"})
    assert checked.error_messages == ["missing required arguments: api_url"]
    assert checked.validated_parameters["timeout"] == 90
