# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_sso_link`` to its result."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.sso_link import run_sso_link
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import EMAIL, OK, Make


@pytest.mark.parametrize(("kind", "path"), [("user", "/login-email"), ("client", "/client/login-email")])
def test_a_link(kind: str, path: str, make: Make, api: Script, context: RunContext) -> None:
    nothing = run_sso_link(make(kind=kind, check_mode=True))
    assert (nothing["changed"], nothing["sso"]["url"], nothing["sso"]["hash"]) == (True, None, None)
    url = "https://x.example/login-otp/" + "h" * 32
    api.expect("POST", path).json({**OK, "data": {"hash": "h" * 32, "url": url}})
    made = run_sso_link(make(kind=kind))
    assert made["sso"] == {"kind": kind, "email": EMAIL, "marketplace_id": 7, "url": url, "hash": "h" * 32}
    assert {url, "h" * 32} <= context.secrets.shown
    api.expect("POST", path).fails(reset())
    assert failure(lambda: run_sso_link(make(kind=kind))).code == "unknown_outcome"
    api.expect("POST", path).json({"status": "error"}, 404)
    assert failure(lambda: run_sso_link(make(kind=kind))).code == "not_found"
    bare = make(kind=kind, api_public_key=None, api_private_key=None)
    assert failure(lambda: run_sso_link(bare)).code == "invalid_input"
