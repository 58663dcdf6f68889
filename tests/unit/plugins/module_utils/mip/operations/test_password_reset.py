# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_password_reset`` to its result."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.password_reset import run_password_reset
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import Script, reset
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import EMAIL, OK, Make


@pytest.mark.parametrize(("kind", "path"), [("user", "/forgot-password"), ("client", "/forgot-password/client")])
def test_a_reset(kind: str, path: str, make: Make, api: Script) -> None:
    predicted = run_password_reset(make(kind=kind, check_mode=True))
    assert predicted == {"changed": True, "password_reset": {"kind": kind, "email": EMAIL, "message": None}}
    api.expect("POST", path).json({**OK, "message": "Email has been sent."})
    assert run_password_reset(make(kind=kind))["password_reset"]["message"] == "Email has been sent."
    api.expect("POST", path).fails(reset())
    assert failure(lambda: run_password_reset(make(kind=kind))).code == "unknown_outcome"
    api.expect("POST", path).json({"status": "error"}, 400)
    assert failure(lambda: run_password_reset(make(kind=kind))).code == "invalid_input"
