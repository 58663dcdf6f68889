# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members, and who may be one: what is known, what is sent, what the result says, and the same when run again."""

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

# -- members ----------------------------------------------------------------------------------------------------------


def test_a_member_is_invited_once(stage: Stage) -> None:
    stage.four(stage.member, "/add")
    assert stage.mip.mails == [EMAIL]
    failure(lambda: stage.member(state="absent"))
    ident = stage.mip.user(EMAIL)
    stage.mip.members[ident] = False
    stage.four(stage.member, "/remove", state="absent", user_id=ident)
    stage.four(stage.member, "/add")
    assert stage.mip.mails == [EMAIL, EMAIL]


def test_an_id_comes_from_the_user_the_login_or_what_was_seen(stage: Stage) -> None:
    stage.mip.user(EMAIL)
    stage.member()
    error = failure(lambda: stage.member(state="absent"))
    assert error.code == "undetermined"
    assert "'user_id'" in error.msg
    assert "'password'" in error.msg
    assert failure(lambda: stage.member(blocked=True)).code == "undetermined"
    assert stage.member(password=PASSWORD, blocked=True).public()["id"] == 21
    stage.four(stage.member, "/block", blocked=False)  # the ledger learned the id
    stage.four(stage.member, "/remove", state="absent")
    stage.mip.user("v@x.example")
    stage.user(email="v@x.example")
    assert stage.member(email="v@x.example", blocked=True).public()["id"] == 22  # from the user's own row


def test_nobody_is_invited_whose_block_could_not_be_reached(stage: Stage) -> None:
    assert failure(lambda: stage.member(blocked=True)).code == "undetermined"
    assert stage.mip.mails == []


def test_who_has_not_accepted_can_not_be_blocked(stage: Stage) -> None:
    stage.user()
    stage.mip.act = refusing(stage.mip.act)  # type: ignore[method-assign]
    error = failure(lambda: stage.member(blocked=True))
    assert error.code == "not_found"
    assert "has not accepted" in error.msg
    assert error.result["changed"] is True
    assert error.result["member"]["state"] == "present"
    assert stage.mip.mails == [EMAIL]


def refusing(original: t.Any) -> t.Any:
    """An API that makes nobody a member before the invitation is accepted."""

    def act(path: str, body: t.Any) -> t.Any:
        return (404, {"status": "error"}) if "/block" in path else original(path, body)

    return act


def test_an_id_says_that_the_member_is_there(stage: Stage) -> None:
    ident = stage.mip.user(EMAIL)
    stage.mip.members[ident] = False
    for check in (True, False):
        found = stage.member(check=check, user_id=ident, guard=stage.guard())
        assert (found.changed, found.public()["state"], found.public()["id"]) == (False, "present", ident)
        assert "no invitation was sent" in found.warnings[0]
    assert not stage.member(user_id=ident).warnings  # the ledger has it now
    assert not stage.member().changed
    assert (stage.mip.calls, stage.asked) == ([], [])
    stage.four(stage.member, "/block", user_id=ident, blocked=True)
    stage.four(stage.member, "/remove", user_id=ident, state="absent")
    stage.four(stage.member, "/add", user_id=ident)  # the ledger says that it was removed


def test_an_id_with_a_login_that_does_not_list_it_is_invited(stage: Stage) -> None:
    ident = stage.mip.user(EMAIL)
    stage.four(stage.member, "/add", user_id=ident, password=PASSWORD)


def test_a_login_that_lists_the_marketplace_saves_the_invitation(stage: Stage) -> None:
    ident = stage.mip.user(EMAIL)
    stage.mip.members[ident] = False
    found = stage.member(password=PASSWORD)
    assert (found.changed, found.public()["id"], stage.mip.mails) == (False, ident, [])
    assert not stage.member().changed


def test_a_list_without_the_marketplace_proves_nothing(stage: Stage) -> None:
    ident = stage.mip.user(EMAIL)
    stage.mip.lists = False
    assert stage.member(password=PASSWORD).changed
    assert not stage.member(password=PASSWORD).changed
    assert stage.member(password=PASSWORD, state="absent").changed
    assert ident not in stage.mip.members
    assert not stage.member(password=PASSWORD, state="absent").changed
    assert stage.mip.count("/remove") == 1


def test_a_refused_login_is_told(stage: Stage) -> None:
    found = stage.member(password="wrong-password")
    assert found.changed
    assert "refused (403)" in found.warnings[0]


def test_ids_that_differ(stage: Stage) -> None:
    ident = stage.mip.user(EMAIL)
    assert failure(lambda: stage.member(password=PASSWORD, user_id=99)).code == "invalid_input"
    stage.member(user_id=99)
    found = stage.member(user_id=ident)
    assert (found.changed, found.public()["id"]) == (False, ident)
    assert "is believed" in found.warnings[0]


def test_an_open_invitation_can_not_be_withdrawn_and_that_is_told(stage: Stage) -> None:
    stage.member()
    gone = stage.member(state="absent", user_id=99)
    assert not gone.changed
    assert "can be accepted later" in gone.warnings[0]
    assert not stage.member(state="absent", user_id=99).warnings


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_lost_invitation_is_never_sent_again(how: str, stage: Stage) -> None:
    stage.mip.lose = {"/add": how}
    error = failure(stage.member)
    assert error.code == "unknown_outcome"
    assert error.result["member"]["state"] == "unconfirmed"
    assert error.result["changed"] is False
    stage.mip.forget()
    for check in (False, True, False):
        again = stage.member(check=check)
        assert (again.changed, again.public()["state"]) == (False, "unconfirmed")
        assert "resend" in again.warnings[0]
        assert failure(lambda: stage.member(check=check, on_unconfirmed="fail")).code == "undetermined"  # noqa: B023
    assert stage.mip.count("/add") == 0
    assert stage.member(check=True, on_unconfirmed="resend").changed
    assert stage.member(on_unconfirmed="resend").changed
    assert not stage.member(on_unconfirmed="resend").changed
    assert len(stage.mip.mails) == (1 if how == "before" else 2)


def test_a_lost_invitation_is_found_by_a_login(stage: Stage) -> None:
    stage.mip.user(EMAIL)
    stage.mip.lose = {"/add": "after"}
    done = stage.member(password=PASSWORD)
    assert (done.changed, done.reconciled) == (True, True)
    stage.mip.forget()
    assert (stage.member().changed, stage.mip.mails) == (False, [EMAIL])


def test_an_unconfirmed_member_is_confirmed_by_a_login_or_a_block(stage: Stage) -> None:
    ident = stage.mip.user(EMAIL)
    stage.mip.lose = {"/add": "after"}
    failure(stage.member)
    stage.mip.forget()
    done = stage.member(user_id=ident, blocked=True)
    assert (done.changed, done.public()["state"]) == (True, "present")
    assert not stage.member().warnings
    stage.mip.user("v@x.example")
    stage.mip.lose = {"/add": "after"}
    failure(lambda: stage.member(email="v@x.example"))
    stage.mip.forget()
    assert stage.member(email="v@x.example", password=PASSWORD).public()["state"] == "present"
    assert stage.mip.count("/add") == 0


@pytest.mark.parametrize(("status", "changed"), [("400", None), ("403", None), ("409", False)])
def test_an_invitation_that_was_refused_was_not_sent(status: str, changed: t.Any, stage: Stage) -> None:
    stage.mip.lose = {"/add": status}
    if changed is None:
        assert failure(stage.member).executed is False
        stage.mip.forget()
        assert stage.member().changed
    else:
        assert stage.member().changed is changed  # a member already
        stage.mip.forget()
        assert stage.member().changed is False


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_lost_removal_of_a_member(how: str, stage: Stage) -> None:
    ident = stage.mip.user(EMAIL)
    stage.member()
    assert stage.member(user_id=ident).public()["id"] == ident
    stage.mip.lose = {"/remove": how}
    error = failure(lambda: stage.member(state="absent", user_id=ident))
    assert error.code == "unknown_outcome"
    stage.mip.forget()
    kept = stage.member()
    assert (kept.changed, kept.public()["state"]) == (False, "unconfirmed")
    assert "removal" in kept.warnings[0]
    assert stage.member(state="absent").changed is (how == "before")
    assert stage.member().changed


# -- require_tenant ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["client", "member"])
def test_the_guard_is_asked_only_where_something_may_be_created(kind: str, stage: Stage) -> None:
    run, spec = getattr(stage, kind), {"password": PASSWORD} if kind == "client" else {}
    no = stage.guard(known=False)
    for check in (True, False):
        assert failure(lambda: run(check=check, guard=no, **spec)).code == "not_found"  # noqa: B023
    assert stage.mip.calls == []
    assert not stage.ledger.peek(kind, 7, EMAIL, Deadline(5)).intent
    assert run(guard=stage.guard(), **spec).result()["tenant"] == {"email": EMAIL, "id": "4"}
    assert run(guard=no, **spec).result()["tenant"] is None
    assert stage.asked == [EMAIL]
    stage.mip.user(EMAIL)
    run(guard=no, state="absent", **({"user_id": 99} if kind == "member" else {}))


def test_the_guard_is_not_asked_where_an_invitation_is_unconfirmed(stage: Stage) -> None:
    stage.mip.lose = {"/add": "after"}
    failure(stage.member)
    stage.mip.forget()
    stage.member(guard=stage.guard())
    assert stage.asked == []
    stage.member(guard=stage.guard(), on_unconfirmed="resend")
    assert stage.asked == [EMAIL]


@pytest.mark.parametrize("kind", ["client", "member"])
def test_a_look_up_that_is_not_required_only_warns(kind: str, stage: Stage) -> None:
    run, spec = getattr(stage, kind), {"password": PASSWORD} if kind == "client" else {}
    unknown = stage.guard(required=False, known=False)
    for check in (True, False):
        made = run(check=check, guard=unknown, **spec)
        assert made.changed
        assert made.warnings == [f"{EMAIL} is no tenant"]
        assert made.result()["tenant"] is None
    again = run(guard=unknown, **spec)
    assert (again.changed, again.warnings) == (False, [])


def test_a_client_who_can_log_in_is_not_looked_up(stage: Stage) -> None:
    stage.mip.client(EMAIL, PASSWORD)
    stage.client(guard=stage.guard(required=False), password=PASSWORD)
    assert stage.asked == []
