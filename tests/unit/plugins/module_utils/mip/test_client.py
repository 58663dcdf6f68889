# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients: what is known, what is sent, what the result says, and what a second run does."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.staged import (
    EMAIL,
    PASSWORD,
    Stage,
    failure,
)


def test_a_client_is_registered_once(stage: Stage) -> None:
    done = stage.four(stage.client, "/register", password=PASSWORD)
    assert done.public()["blocked"] is False
    assert stage.four(stage.client, "/remove", state="absent").public()["state"] == "absent"
    assert stage.four(stage.client, "/register", password=PASSWORD).public()["id"] == 22


def test_a_client_is_registered_and_blocked_at_once(stage: Stage) -> None:
    done = stage.four(stage.client, "/block", password=PASSWORD, blocked=True)
    assert stage.mip.clients[21]["is_blocked"] is True
    assert not done.probed
    assert stage.mip.count("/register") == 1


def test_a_client_is_blocked_and_unblocked_by_the_ledger(stage: Stage) -> None:
    stage.client(password=PASSWORD)
    stage.four(stage.client, "/block", blocked=True)
    stage.four(stage.client, "/block", blocked=False)
    stage.four(stage.client, "/block", blocked=True)
    assert stage.mip.count("/login") == 0
    stage.four(stage.client, "/remove", state="absent", blocked=False)  # a blocked client is removed as it is


def test_without_anything_known_it_names_what_to_give(stage: Stage) -> None:
    stage.mip.client(EMAIL)
    for check in (False, True):
        error = failure(lambda: stage.client(check=check))  # noqa: B023
        assert error.code == "undetermined"
        assert "'password'" in error.msg
        assert "'client_id'" in error.msg
        error = failure(lambda: stage.client(check=check, state="absent"))  # noqa: B023
        assert error.code == "undetermined"
        assert "'client_id'" in error.msg
    assert stage.mip.calls == []


def test_a_refused_login_is_never_absent(stage: Stage) -> None:
    stage.mip.client(EMAIL, "their-own-password")
    error = failure(lambda: stage.client(password=PASSWORD, state="absent"))
    assert error.code == "undetermined"
    assert "does not tell that it is absent" in error.msg
    assert failure(lambda: stage.client(password=PASSWORD)).code == "duplicate"
    assert stage.mip.of(EMAIL)


def test_a_login_finds_a_client_of_somebody_else(stage: Stage) -> None:
    ident = stage.mip.client(EMAIL, blocked=True)
    found = stage.client(password=PASSWORD, blocked=True)
    assert (found.changed, found.public()["id"], found.probed) == (False, ident, False)
    assert stage.client(blocked=False).changed  # now the ledger knows
    assert stage.client(password=PASSWORD, state="absent").changed
    assert stage.mip.of(EMAIL) is None


def test_an_id_is_enough(stage: Stage) -> None:
    ident = stage.mip.client(EMAIL)
    assert not stage.client(client_id=ident).changed
    stage.four(stage.client, "/remove", state="absent", client_id=ident)
    assert failure(lambda: stage.client(client_id=ident)).code == "invalid_input"  # removed: needs a password


def test_a_changed_password_is_told_and_not_registered_over(stage: Stage) -> None:
    stage.client(password=PASSWORD)
    stage.mip.clients[21]["password"] = "their-own-password"
    found = stage.client(password=PASSWORD)
    assert (found.changed, stage.mip.count("/register")) == (False, 1)
    assert "refused (403)" in found.warnings[0]


def test_an_id_that_is_another_is_refused(stage: Stage) -> None:
    stage.mip.client(EMAIL)
    other = stage.mip.client("other@x.example")
    error = failure(lambda: stage.client(password=PASSWORD, client_id=other, blocked=True))
    assert error.code == "invalid_input"
    error = failure(lambda: stage.client(client_id=other, blocked=True))
    assert error.code == "invalid_input"
    assert "other@x.example" in error.msg
    assert stage.mip.clients[other]["is_blocked"] is False
    assert stage.mip.count("/block") == 2


def test_the_task_is_believed_before_the_ledger(stage: Stage) -> None:
    stage.client(password=PASSWORD, blocked=True)
    del stage.mip.clients[21]
    ident = stage.mip.client(EMAIL)
    found = stage.client(client_id=ident, blocked=True)
    assert (found.changed, found.probed) == (True, True)
    assert "as id 21" in found.warnings[0]
    assert not stage.client(blocked=True).changed


def test_a_client_who_is_gone_counts_as_removed(stage: Stage) -> None:
    stage.client(password=PASSWORD)
    stage.mip.clients.clear()
    assert failure(lambda: stage.client(blocked=True)).code == "not_found"
    assert not stage.client(state="absent").changed
    assert stage.client(password=PASSWORD).changed


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_lost_removal_is_told_and_done_by_the_next_run(how: str, stage: Stage) -> None:
    stage.client(password=PASSWORD)
    stage.mip.forget()
    stage.mip.lose = {"/remove": how}
    error = failure(lambda: stage.client(state="absent"))
    assert error.code == "unknown_outcome"
    assert error.result["client"]["state"] == "unknown"
    assert stage.mip.count("/remove") == 1
    stage.mip.forget()
    error = failure(stage.client)
    assert error.code == "undetermined"
    assert "a call to remove it" in error.msg
    assert stage.client(state="absent").changed is (how == "before")
    assert stage.mip.of(EMAIL) is None


@pytest.mark.parametrize("part", ["/remove", "/block", "/register"])
def test_a_refused_write_changes_nothing_that_is_known(part: str, stage: Stage) -> None:
    if part != "/register":
        stage.client(password=PASSWORD)
    before = stage.ledger.peek("client", 7, EMAIL, Deadline(5))
    stage.mip.lose = {part: "403"}
    spec = {"/remove": {"state": "absent"}, "/block": {"blocked": True}, "/register": {"password": PASSWORD}}[part]
    assert failure(lambda: stage.client(**spec)).executed is False  # type: ignore[arg-type]
    assert stage.ledger.peek("client", 7, EMAIL, Deadline(5)) == before
    stage.mip.forget()
    assert stage.client(**spec).changed  # type: ignore[arg-type]
