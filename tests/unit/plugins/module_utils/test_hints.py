# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next step, added to what ansible-core says about wrong options."""

from __future__ import annotations

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
    return with_hint(text, operation(module))


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
    ],
)
def test_the_next_step(monkeypatch, module, args, hints):
    monkeypatch.delenv("MOBSTED_API_URL", raising=False)
    text = message(module, **args)
    for hint in hints:
        assert hint in text
    assert text.endswith("Nothing was sent.")
