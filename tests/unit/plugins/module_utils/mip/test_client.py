# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients: what is known, what is sent, what the result says, and what a second run does."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.rig import EMAIL, PASSWORD, Rig, failure


def test_a_client_is_registered_once(rig: Rig) -> None:
    done = rig.four(rig.client, "/register", password=PASSWORD)
    assert done.public()["blocked"] is False
    assert rig.four(rig.client, "/remove", state="absent").public()["state"] == "absent"
    assert rig.four(rig.client, "/register", password=PASSWORD).public()["id"] == 22


def test_a_client_is_registered_and_blocked_at_once(rig: Rig) -> None:
    done = rig.four(rig.client, "/block", password=PASSWORD, blocked=True)
    assert rig.mip.clients[21]["is_blocked"] is True
    assert not done.probed
    assert rig.mip.count("/register") == 1


def test_a_client_is_blocked_and_unblocked_by_the_ledger(rig: Rig) -> None:
    rig.client(password=PASSWORD)
    rig.four(rig.client, "/block", blocked=True)
    rig.four(rig.client, "/block", blocked=False)
    rig.four(rig.client, "/block", blocked=True)
    assert rig.mip.count("/login") == 0
    rig.four(rig.client, "/remove", state="absent", blocked=False)  # a blocked client is removed as it is


def test_without_anything_known_it_names_what_to_give(rig: Rig) -> None:
    rig.mip.client(EMAIL)
    for check in (False, True):
        error = failure(lambda: rig.client(check=check))  # noqa: B023
        assert error.code == "undetermined"
        assert "'password'" in error.msg
        assert "'client_id'" in error.msg
        error = failure(lambda: rig.client(check=check, state="absent"))  # noqa: B023
        assert error.code == "undetermined"
        assert "'client_id'" in error.msg
    assert rig.mip.calls == []


def test_a_refused_login_is_never_absent(rig: Rig) -> None:
    rig.mip.client(EMAIL, "their-own-password")
    error = failure(lambda: rig.client(password=PASSWORD, state="absent"))
    assert error.code == "undetermined"
    assert "does not prove that it is absent" in error.msg
    assert failure(lambda: rig.client(password=PASSWORD)).code == "duplicate"
    assert rig.mip.of(EMAIL)


def test_a_login_finds_a_client_of_somebody_else(rig: Rig) -> None:
    ident = rig.mip.client(EMAIL, blocked=True)
    found = rig.client(password=PASSWORD, blocked=True)
    assert (found.changed, found.public()["id"], found.probed) == (False, ident, False)
    assert rig.client(blocked=False).changed  # now the ledger knows
    assert rig.client(password=PASSWORD, state="absent").changed
    assert rig.mip.of(EMAIL) is None


def test_an_id_is_enough(rig: Rig) -> None:
    ident = rig.mip.client(EMAIL)
    assert not rig.client(client_id=ident).changed
    rig.four(rig.client, "/remove", state="absent", client_id=ident)
    assert failure(lambda: rig.client(client_id=ident)).code == "invalid_input"  # removed: needs a password


def test_a_changed_password_is_reported_and_not_registered_over(rig: Rig) -> None:
    rig.client(password=PASSWORD)
    rig.mip.clients[21]["password"] = "their-own-password"
    found = rig.client(password=PASSWORD)
    assert (found.changed, rig.mip.count("/register")) == (False, 1)
    assert "refused (403)" in found.warnings[0]


def test_an_id_that_is_another_is_refused(rig: Rig) -> None:
    rig.mip.client(EMAIL)
    other = rig.mip.client("other@x.example")
    error = failure(lambda: rig.client(password=PASSWORD, client_id=other, blocked=True))
    assert error.code == "invalid_input"
    error = failure(lambda: rig.client(client_id=other, blocked=True))
    assert error.code == "invalid_input"
    assert "other@x.example" in error.msg
    assert rig.mip.clients[other]["is_blocked"] is False
    assert rig.mip.count("/block") == 2


def test_the_task_is_believed_before_the_ledger(rig: Rig) -> None:
    rig.client(password=PASSWORD, blocked=True)
    del rig.mip.clients[21]
    ident = rig.mip.client(EMAIL)
    found = rig.client(client_id=ident, blocked=True)
    assert (found.changed, found.probed) == (True, True)
    assert "as id 21" in found.warnings[0]
    assert not rig.client(blocked=True).changed


def test_a_client_who_is_gone_counts_as_removed(rig: Rig) -> None:
    rig.client(password=PASSWORD)
    rig.mip.clients.clear()
    assert failure(lambda: rig.client(blocked=True)).code == "not_found"
    assert not rig.client(state="absent").changed
    assert rig.client(password=PASSWORD).changed


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_lost_removal_is_reported_and_done_by_the_next_run(how: str, rig: Rig) -> None:
    rig.client(password=PASSWORD)
    rig.mip.forget()
    rig.mip.lose = {"/remove": how}
    error = failure(lambda: rig.client(state="absent"))
    assert error.code == "unknown_outcome"
    assert error.result["client"]["state"] == "unknown"
    assert rig.mip.count("/remove") == 1
    rig.mip.forget()
    error = failure(rig.client)
    assert error.code == "undetermined"
    assert "a call to remove it" in error.msg
    assert rig.client(state="absent").changed is (how == "before")
    assert rig.mip.of(EMAIL) is None


@pytest.mark.parametrize("part", ["/remove", "/block", "/register"])
def test_a_refused_write_changes_nothing_that_is_known(part: str, rig: Rig) -> None:
    if part != "/register":
        rig.client(password=PASSWORD)
    before = rig.ledger.peek("client", 7, EMAIL, Deadline(5))
    rig.mip.lose = {part: "403"}
    spec = {"/remove": {"state": "absent"}, "/block": {"blocked": True}, "/register": {"password": PASSWORD}}[part]
    assert failure(lambda: rig.client(**spec)).executed is False  # type: ignore[arg-type]
    assert rig.ledger.peek("client", 7, EMAIL, Deadline(5)) == before
    rig.mip.forget()
    assert rig.client(**spec).changed  # type: ignore[arg-type]
