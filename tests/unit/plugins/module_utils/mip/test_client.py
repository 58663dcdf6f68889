# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and clients: what is known, what is sent, what the result says, and the same when run again."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.staged import (
    EMAIL,
    PASSWORD,
    Stage,
    failure,
)

# -- users ------------------------------------------------------------------------------------------------------------


def test_a_user_is_registered_once(stage: Stage) -> None:
    done = stage.four(stage.user, "/register")
    assert done.public()["id"] == 21
    assert "probed" not in done.result()
    assert stage.ledger.peek("user", None, EMAIL, Deadline(5)).id == 21


def test_another_password_is_no_other_user(stage: Stage) -> None:
    stage.user()
    error = failure(lambda: stage.user(password="another-password"))
    assert (error.code, error.status) == ("duplicate", 400)
    assert "another password" in error.msg
    assert stage.ledger.peek("user", None, EMAIL, Deadline(5)).intent is None


@pytest.mark.parametrize(
    ("status", "code"), [(403, "auth_failed"), (422, "auth_failed"), (409, "duplicate"), (404, "not_found")]
)
def test_why_a_registration_is_refused(status: int, code: str, stage: Stage) -> None:
    stage.mip.lose = {"/register": str(status)}
    assert failure(stage.user).code == code


@pytest.mark.parametrize("run", ["user", "client"])
def test_a_lost_registration_that_was_done_is_reconciled(run: str, stage: Stage) -> None:
    stage.mip.lose = {"/register": "after"}
    done = getattr(stage, run)(password=PASSWORD)
    assert (done.changed, done.reconciled, done.public()["id"]) == (True, True, 21)
    assert stage.mip.count("/register") == 1
    assert not getattr(stage, run)(password=PASSWORD).changed


@pytest.mark.parametrize("run", ["user", "client"])
def test_a_lost_registration_that_does_not_show_is_told(run: str, stage: Stage) -> None:
    stage.mip.lose = {"/register": "before"}
    error = failure(lambda: getattr(stage, run)(password=PASSWORD))
    assert error.code == "unknown_outcome"
    assert stage.mip.count("/register") == 1
    assert stage.mip.count("/login") > 3
    stage.mip.forget()
    assert getattr(stage, run)(password=PASSWORD).changed


# -- clients ----------------------------------------------------------------------------------------------------------


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
    stage.four(stage.client, "/remove", state="absent", blocked=False)  # a blocked one is removed as it is


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
    assert stage.client(blocked=False).changed  # now the ledger knows it
    assert stage.client(password=PASSWORD, state="absent").changed
    assert stage.mip.of(EMAIL) is None


def test_an_id_is_enough(stage: Stage) -> None:
    ident = stage.mip.client(EMAIL)
    assert not stage.client(client_id=ident).changed
    stage.four(stage.client, "/remove", state="absent", client_id=ident)
    assert failure(lambda: stage.client(client_id=ident)).code == "invalid_input"  # removed: it takes a password


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


# -- the toggle -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("wish", [True, False])
def test_an_unknown_state_is_found_out_by_at_most_two_toggles(wish: bool, real: bool, stage: Stage) -> None:
    ident = stage.mip.client(EMAIL, blocked=real)
    foreseen = stage.client(check=True, client_id=ident, blocked=wish)
    assert (foreseen.changed, foreseen.probed, stage.mip.calls) == (True, True, [])
    done = stage.client(client_id=ident, blocked=wish)
    assert stage.mip.clients[ident]["is_blocked"] is wish
    assert (done.changed, done.probed, done.public()["blocked"]) == (real != wish, True, wish)
    assert stage.mip.count("/block") == (1 if real != wish else 2)
    again = stage.client(client_id=ident, blocked=wish)
    assert (again.changed, again.probed) == (False, False)
    assert stage.mip.count("/block") == (1 if real != wish else 2)


def test_a_state_that_was_changed_elsewhere_is_put_right(stage: Stage) -> None:
    stage.client(password=PASSWORD)
    stage.mip.clients[21]["is_blocked"] = True
    done = stage.client(blocked=True)
    assert (done.changed, done.probed, stage.mip.clients[21]["is_blocked"]) == (False, True, True)
    assert stage.mip.count("/block") == 2
    assert "changed it elsewhere" in done.warnings[0]


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_lost_toggle_is_told_and_never_repeated(how: str, stage: Stage) -> None:
    stage.client(password=PASSWORD)
    stage.mip.forget()
    stage.mip.lose = {"/block": how}
    error = failure(lambda: stage.client(blocked=True))
    assert error.code == "unknown_outcome"
    assert error.result["client"]["blocked"] is None
    assert stage.mip.count("/block") == 1
    stage.mip.forget()
    assert "no known outcome" in stage.client().warnings[0]
    looked = stage.client(password=PASSWORD)
    assert looked.public()["blocked"] is (how == "after")
    done = stage.client(password=PASSWORD, blocked=True)
    assert (done.changed, done.probed) == (how == "before", False)
    assert stage.mip.clients[21]["is_blocked"] is True


def test_the_second_toggle_may_be_lost_or_refused_and_the_result_says_so(stage: Stage) -> None:
    for how, code in (("before", "unknown_outcome"), ("403", "forbidden")):
        ident = stage.mip.client(f"{how}@x.example", blocked=True)

        original = stage.mip.act

        def act(path: str, body: t.Any, how: str = how, original: t.Any = original) -> t.Any:
            response = original(path, body)
            if "/block" in path:
                stage.mip.lose = {"/block": how}
            return response

        stage.mip.act = act  # type: ignore[method-assign]
        spec: dict[str, t.Any] = {"email": f"{how}@x.example", "client_id": ident, "blocked": True}
        error = failure(lambda: stage.client(**spec))  # noqa: B023
        assert error.code == code
        assert error.result["changed"] is True
        assert error.result["probed"] is True
        assert error.result["client"]["blocked"] is (None if how == "before" else False)
        assert stage.mip.clients[ident]["is_blocked"] is False
        stage.mip.act = original  # type: ignore[method-assign]
        stage.mip.forget()
        assert stage.client(**spec).public()["blocked"] is True
        assert stage.mip.clients[ident]["is_blocked"] is True
        assert stage.mip.count("/block") == 1
        stage.mip.forget()


def test_two_toggles_that_show_the_same_end_it(stage: Stage) -> None:
    ident = stage.mip.client(EMAIL, blocked=True)
    original = stage.mip.act

    def stuck(path: str, body: t.Any) -> t.Any:
        status, response = original(path, body)
        if "/block" in path:
            response["client"]["is_blocked"] = False
        return status, response

    stage.mip.act = stuck  # type: ignore[method-assign]
    error = failure(lambda: stage.client(client_id=ident, blocked=True))
    assert error.code == "undetermined"
    assert stage.mip.count("/block") == 2


@pytest.mark.parametrize("kind", ["client", "member"])
def test_an_answer_that_does_not_tell(kind: str, stage: Stage) -> None:
    stage.mip.block_answer = "none"
    if kind == "client":
        ident = stage.mip.client(EMAIL, blocked=True)
        given = {"client_id": ident}
    else:
        ident = stage.mip.user(EMAIL)
        stage.mip.members[ident] = True
        given = {"user_id": ident}
    run = getattr(stage, kind)
    for expected in (2, 2):  # the second time it is known before anything is sent
        error = failure(lambda: run(blocked=True, **given))
        assert error.code == "undetermined"
        assert "'password'" in error.msg
        assert stage.mip.count("/block") == expected
    if kind == "client":  # from a known state the toggle is enough
        assert stage.client(password=PASSWORD, blocked=False).changed
        assert stage.mip.clients[ident]["is_blocked"] is False
        stage.four(stage.client, "/block", blocked=True)
        assert stage.mip.clients[ident]["is_blocked"] is True
