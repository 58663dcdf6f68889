# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members: what is known, what is sent, what the result says, and what a second run does."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.rig import EMAIL, PASSWORD, Rig, failure

# -- members ----------------------------------------------------------------------------------------------------------


def test_a_member_is_invited_once(rig: Rig) -> None:
    rig.four(rig.member, "/add")
    assert rig.mip.mails == [EMAIL]
    failure(lambda: rig.member(state="absent"))
    ident = rig.mip.user(EMAIL)
    rig.mip.members[ident] = False
    rig.four(rig.member, "/remove", state="absent", user_id=ident)
    rig.four(rig.member, "/add")
    assert rig.mip.mails == [EMAIL, EMAIL]


def test_an_id_comes_from_the_user_the_login_or_what_was_seen(rig: Rig) -> None:
    rig.mip.user(EMAIL)
    rig.member()
    error = failure(lambda: rig.member(state="absent"))
    assert error.code == "undetermined"
    assert "'user_id'" in error.msg
    assert "'password'" in error.msg
    assert failure(lambda: rig.member(blocked=True)).code == "undetermined"
    assert rig.member(password=PASSWORD, blocked=True).public()["id"] == 21
    rig.four(rig.member, "/block", blocked=False)  # the ledger has learned the id
    rig.four(rig.member, "/remove", state="absent")
    rig.mip.user("v@x.example")
    rig.user(email="v@x.example")
    assert rig.member(email="v@x.example", blocked=True).public()["id"] == 22  # from the ledger's row of the user


def test_nobody_is_invited_whose_block_could_not_be_reached(rig: Rig) -> None:
    assert failure(lambda: rig.member(blocked=True)).code == "undetermined"
    assert rig.mip.mails == []


def test_who_has_not_accepted_can_not_be_blocked(rig: Rig) -> None:
    rig.user()
    rig.mip.act = refusing(rig.mip.act)  # type: ignore[method-assign]
    error = failure(lambda: rig.member(blocked=True))
    assert error.code == "not_found"
    assert "has not accepted" in error.msg
    assert error.result["changed"] is True
    assert error.result["member"]["state"] == "present"
    assert rig.mip.mails == [EMAIL]


def refusing(original: t.Any) -> t.Any:
    """Simulate an API that adds nobody before the invitation is accepted."""

    def act(path: str, body: t.Any) -> t.Any:
        return (404, {"status": "error"}) if "/block" in path else original(path, body)

    return act


def test_an_id_says_that_the_member_is_there(rig: Rig) -> None:
    ident = rig.mip.user(EMAIL)
    rig.mip.members[ident] = False
    for check in (True, False):
        found = rig.member(check=check, user_id=ident, guard=rig.guard())
        assert (found.changed, found.public()["state"], found.public()["id"]) == (False, "present", ident)
        assert "no invitation was sent" in found.warnings[0]
    assert not rig.member(user_id=ident).warnings  # the ledger knows it now
    assert not rig.member().changed
    assert (rig.mip.calls, rig.asked) == ([], [])
    rig.four(rig.member, "/block", user_id=ident, blocked=True)
    rig.four(rig.member, "/remove", user_id=ident, state="absent")
    rig.four(rig.member, "/add", user_id=ident)  # the ledger says that the member was removed


def test_an_id_with_a_login_that_does_not_list_it_is_invited(rig: Rig) -> None:
    ident = rig.mip.user(EMAIL)
    rig.four(rig.member, "/add", user_id=ident, password=PASSWORD)


def test_a_login_that_lists_the_marketplace_saves_the_invitation(rig: Rig) -> None:
    ident = rig.mip.user(EMAIL)
    rig.mip.members[ident] = False
    found = rig.member(password=PASSWORD)
    assert (found.changed, found.public()["id"], rig.mip.mails) == (False, ident, [])
    assert not rig.member().changed


def test_a_list_without_the_marketplace_proves_nothing(rig: Rig) -> None:
    ident = rig.mip.user(EMAIL)
    rig.mip.lists = False
    assert rig.member(password=PASSWORD).changed
    assert not rig.member(password=PASSWORD).changed
    assert rig.member(password=PASSWORD, state="absent").changed
    assert ident not in rig.mip.members
    assert not rig.member(password=PASSWORD, state="absent").changed
    assert rig.mip.count("/remove") == 1


def test_a_refused_login_is_reported(rig: Rig) -> None:
    found = rig.member(password="wrong-password")
    assert found.changed
    assert "refused (403)" in found.warnings[0]


def test_ids_that_differ(rig: Rig) -> None:
    ident = rig.mip.user(EMAIL)
    assert failure(lambda: rig.member(password=PASSWORD, user_id=99)).code == "invalid_input"
    rig.member(user_id=99)
    found = rig.member(user_id=ident)
    assert (found.changed, found.public()["id"]) == (False, ident)
    assert "is used" in found.warnings[0]


def test_an_open_invitation_can_not_be_withdrawn_and_that_is_reported(rig: Rig) -> None:
    rig.member()
    gone = rig.member(state="absent", user_id=99)
    assert not gone.changed
    assert "can be accepted later" in gone.warnings[0]
    assert not rig.member(state="absent", user_id=99).warnings


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_lost_invitation_is_never_sent_again(how: str, rig: Rig) -> None:
    rig.mip.lose = {"/add": how}
    error = failure(rig.member)
    assert error.code == "unknown_outcome"
    assert error.result["member"]["state"] == "unconfirmed"
    assert error.result["changed"] is False
    rig.mip.forget()
    for check in (False, True, False):
        again = rig.member(check=check)
        assert (again.changed, again.public()["state"]) == (False, "unconfirmed")
        assert "resend" in again.warnings[0]
        assert failure(lambda: rig.member(check=check, on_unconfirmed="fail")).code == "undetermined"  # noqa: B023
    assert rig.mip.count("/add") == 0
    assert rig.member(check=True, on_unconfirmed="resend").changed
    assert rig.member(on_unconfirmed="resend").changed
    assert not rig.member(on_unconfirmed="resend").changed
    assert len(rig.mip.mails) == (1 if how == "before" else 2)


def test_a_lost_invitation_is_found_by_a_login(rig: Rig) -> None:
    rig.mip.user(EMAIL)
    rig.mip.lose = {"/add": "after"}
    done = rig.member(password=PASSWORD)
    assert (done.changed, done.reconciled) == (True, True)
    rig.mip.forget()
    assert (rig.member().changed, rig.mip.mails) == (False, [EMAIL])


def test_an_unconfirmed_member_is_confirmed_by_a_login_or_a_block(rig: Rig) -> None:
    ident = rig.mip.user(EMAIL)
    rig.mip.lose = {"/add": "after"}
    failure(rig.member)
    rig.mip.forget()
    done = rig.member(user_id=ident, blocked=True)
    assert (done.changed, done.public()["state"]) == (True, "present")
    assert not rig.member().warnings
    rig.mip.user("v@x.example")
    rig.mip.lose = {"/add": "after"}
    failure(lambda: rig.member(email="v@x.example"))
    rig.mip.forget()
    assert rig.member(email="v@x.example", password=PASSWORD).public()["state"] == "present"
    assert rig.mip.count("/add") == 0


@pytest.mark.parametrize(("status", "changed"), [("400", None), ("403", None), ("409", False)])
def test_an_invitation_that_was_refused_was_not_sent(status: str, changed: t.Any, rig: Rig) -> None:
    rig.mip.lose = {"/add": status}
    if changed is None:
        assert failure(rig.member).executed is False
        rig.mip.forget()
        assert rig.member().changed
    else:
        assert rig.member().changed is changed  # already a member
        rig.mip.forget()
        assert rig.member().changed is False


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_lost_removal_of_a_member(how: str, rig: Rig) -> None:
    ident = rig.mip.user(EMAIL)
    rig.member()
    assert rig.member(user_id=ident).public()["id"] == ident
    rig.mip.lose = {"/remove": how}
    error = failure(lambda: rig.member(state="absent", user_id=ident))
    assert error.code == "unknown_outcome"
    rig.mip.forget()
    kept = rig.member()
    assert (kept.changed, kept.public()["state"]) == (False, "unconfirmed")
    assert "removal" in kept.warnings[0]
    assert rig.member(state="absent").changed is (how == "before")
    assert rig.member().changed


# -- require_tenant ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["client", "member"])
def test_the_guard_is_asked_only_where_something_may_be_created(kind: str, rig: Rig) -> None:
    run, spec = getattr(rig, kind), {"password": PASSWORD} if kind == "client" else {}
    no = rig.guard(known=False)
    for check in (True, False):
        assert failure(lambda: run(check=check, guard=no, **spec)).code == "not_found"  # noqa: B023
    assert rig.mip.calls == []
    assert not rig.ledger.peek(kind, 7, EMAIL, Deadline(5)).intent
    assert run(guard=rig.guard(), **spec).result()["tenant"] == {"email": EMAIL, "id": "4"}
    assert run(guard=no, **spec).result()["tenant"] is None
    assert rig.asked == [EMAIL]
    rig.mip.user(EMAIL)
    run(guard=no, state="absent", **({"user_id": 99} if kind == "member" else {}))


def test_the_guard_is_not_asked_where_an_invitation_is_unconfirmed(rig: Rig) -> None:
    rig.mip.lose = {"/add": "after"}
    failure(rig.member)
    rig.mip.forget()
    rig.member(guard=rig.guard())
    assert rig.asked == []
    rig.member(guard=rig.guard(), on_unconfirmed="resend")
    assert rig.asked == [EMAIL]


@pytest.mark.parametrize("kind", ["client", "member"])
def test_a_look_up_that_is_not_required_only_warns(kind: str, rig: Rig) -> None:
    run, spec = getattr(rig, kind), {"password": PASSWORD} if kind == "client" else {}
    unknown = rig.guard(required=False, known=False)
    for check in (True, False):
        made = run(check=check, guard=unknown, **spec)
        assert made.changed
        assert made.warnings == [f"{EMAIL} is no tenant"]
        assert made.result()["tenant"] is None
    again = run(guard=unknown, **spec)
    assert (again.changed, again.warnings) == (False, [])


def test_a_client_who_can_log_in_is_not_looked_up(rig: Rig) -> None:
    rig.mip.client(EMAIL, PASSWORD)
    rig.client(guard=rig.guard(required=False), password=PASSWORD)
    assert rig.asked == []
