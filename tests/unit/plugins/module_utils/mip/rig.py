# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of MIP, a ledger and a fake MIP, for the tests of users, clients and members."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mip.client import ClientSpec, ensure_client
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import MipConnection
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.member import MemberSpec, ensure_member
from ansible_collections.partnerops.saas.plugins.module_utils.mip.outcome import Outcome
from ansible_collections.partnerops.saas.plugins.module_utils.mip.user import UserSpec, ensure_user
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.fake_mip import FakeMip

EMAIL = "u@x.example"
PASSWORD = "user-password"


class Guard:
    """A stand-in for ``mobsted/tenant_guard.py``."""

    def __init__(self, asked: list[str], required: bool, known: bool) -> None:
        self.asked, self.required, self.known = asked, required, known

    def look(self, email: str, warnings: list[str]) -> dict[str, t.Any] | None:
        if self.known:
            self.asked.append(email)
            return {"email": email, "id": "4"}
        if self.required:
            raise ApiError("not_found", f"{email} is no tenant")
        warnings.append(f"{email} is no tenant")
        return None


class Rig:
    """A client, a ledger and a fake MIP."""

    def __init__(self, mip: FakeMip, ledger: Ledger, context: RunContext) -> None:
        self.mip, self.ledger, self.context = mip, ledger, context
        connection = MipConnection(base="https://cloud.mip.to", public_key="p" * 32, private_key="q" * 32, retries=0)
        self.api = MipAPI.of(connection, context)
        self.asked: list[str] = []

    def user(self, check: bool = False, **spec: t.Any) -> Outcome:
        wish = UserSpec(**{"email": EMAIL, "password": PASSWORD, **spec})
        return ensure_user(self.api, self.ledger, wish, Deadline(300), check_mode=check)

    def client(self, check: bool = False, guard: t.Any = None, **spec: t.Any) -> Outcome:
        wish = ClientSpec(**{"marketplace_id": 7, "email": EMAIL, **spec})
        return ensure_client(self.api, self.ledger, wish, Deadline(300), check_mode=check, guard=guard)

    def member(self, check: bool = False, guard: t.Any = None, **spec: t.Any) -> Outcome:
        wish = MemberSpec(**{"marketplace_id": 7, "email": EMAIL, **spec})
        return ensure_member(self.api, self.ledger, wish, Deadline(300), check_mode=check, guard=guard)

    def guard(self, *, required: bool = True, known: bool = True) -> Guard:
        """Return a guard that knows the address as a tenant, or does not."""
        return Guard(self.asked, required, known)

    def four(self, run: t.Callable[..., Outcome], writes: str, **spec: t.Any) -> Outcome:
        """Check, do, do again and check again: each run reports what it should, and sends nothing else."""
        self.mip.calls.clear()
        predicted = run(check=True, **spec)
        assert self.mip.count(writes) == 0
        done = run(**spec)
        assert (predicted.changed, done.changed) == (True, True)
        assert predicted.public().keys() == done.public().keys()
        wanted = predicted.diff()["after"]
        assert {key: value for key, value in done.diff()["after"].items() if wanted[key] is not None} == {
            key: value for key, value in wanted.items() if value is not None
        }
        assert done.diff()["before"] != done.diff()["after"]
        sent = self.mip.count(writes)
        assert sent == 1
        for check in (False, True):
            again = run(check=check, **spec)
            assert (again.changed, self.mip.count(writes)) == (False, sent)
            assert again.diff()["before"] == again.diff()["after"] == done.diff()["after"]
        return done


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert PASSWORD not in str(caught.value) + str(caught.value.as_dict()) + str(caught.value.result)
    return caught.value
