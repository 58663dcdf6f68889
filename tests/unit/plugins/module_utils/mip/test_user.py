# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: registered once, reconciled after a lost response, refused."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.rig import EMAIL, PASSWORD, Rig, failure


def test_a_user_is_registered_once(rig: Rig) -> None:
    done = rig.four(rig.user, "/register")
    assert done.public()["id"] == 21
    assert "probed" not in done.result()
    assert rig.ledger.peek("user", None, EMAIL, Deadline(5)).id == 21


def test_another_password_is_no_other_user(rig: Rig) -> None:
    rig.user()
    error = failure(lambda: rig.user(password="another-password"))
    assert (error.code, error.status) == ("duplicate", 400)
    assert "another password" in error.msg
    assert rig.ledger.peek("user", None, EMAIL, Deadline(5)).intent is None


@pytest.mark.parametrize(
    ("status", "code"), [(403, "auth_failed"), (422, "auth_failed"), (409, "duplicate"), (404, "not_found")]
)
def test_why_a_registration_is_refused(status: int, code: str, rig: Rig) -> None:
    rig.mip.lose = {"/register": str(status)}
    assert failure(rig.user).code == code


@pytest.mark.parametrize("run", ["user", "client"])
def test_a_lost_registration_that_was_done_is_reconciled(run: str, rig: Rig) -> None:
    rig.mip.lose = {"/register": "after"}
    done = getattr(rig, run)(password=PASSWORD)
    assert (done.changed, done.reconciled, done.public()["id"]) == (True, True, 21)
    assert rig.mip.count("/register") == 1
    assert not getattr(rig, run)(password=PASSWORD).changed


@pytest.mark.parametrize("run", ["user", "client"])
def test_a_lost_registration_that_does_not_show_is_reported(run: str, rig: Rig) -> None:
    rig.mip.lose = {"/register": "before"}
    error = failure(lambda: getattr(rig, run)(password=PASSWORD))
    assert error.code == "unknown_outcome"
    assert rig.mip.count("/register") == 1
    assert rig.mip.count("/login") > 3
    rig.mip.forget()
    assert getattr(rig, run)(password=PASSWORD).changed
