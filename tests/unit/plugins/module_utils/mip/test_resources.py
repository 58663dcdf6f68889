# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, clients and members: what is known, what is sent, what the result says, and the same when run again."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.effort import Effort
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mip.client import MipClient
from ansible_collections.partnerops.saas.plugins.module_utils.mip.customer import ClientSpec, ensure_client
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.member import MemberSpec, ensure_member
from ansible_collections.partnerops.saas.plugins.module_utils.mip.outcome import Outcome
from ansible_collections.partnerops.saas.plugins.module_utils.mip.user import UserSpec, ensure_user
from ansible_collections.partnerops.saas.plugins.module_utils.options import MipConnection
from ansible_collections.partnerops.saas.plugins.module_utils.runtime import Runtime
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.acted import Acted
from ansible_collections.partnerops.saas.tests.unit.scripted import Clock

EMAIL = "u@x.example"
PASSWORD = "user-password"


class Stage:
    """A client, a ledger, MIP acted out."""

    def __init__(self, mip: Acted, ledger: Ledger, runtime: Runtime) -> None:
        self.mip, self.ledger, self.runtime = mip, ledger, runtime
        connection = MipConnection(base="https://cloud.mip.to", public_key="p" * 32, private_key="q" * 32, retries=0)
        self.api = MipClient.of(connection, runtime)
        self.asked: list[str] = []

    def user(self, check: bool = False, **spec: t.Any) -> Outcome:
        wish = UserSpec(**{"email": EMAIL, "password": PASSWORD, **spec})
        return ensure_user(self.api, self.ledger, wish, Effort(300), check_mode=check)

    def client(self, check: bool = False, guard: t.Any = None, **spec: t.Any) -> Outcome:
        wish = ClientSpec(**{"marketplace_id": 7, "email": EMAIL, **spec})
        return ensure_client(self.api, self.ledger, wish, Effort(300), check_mode=check, guard=guard)

    def member(self, check: bool = False, guard: t.Any = None, **spec: t.Any) -> Outcome:
        wish = MemberSpec(**{"marketplace_id": 7, "email": EMAIL, **spec})
        return ensure_member(self.api, self.ledger, wish, Effort(300), check_mode=check, guard=guard)

    def guard(self, email: str, _effort: Effort) -> None:
        self.asked.append(email)

    def four(self, run: t.Callable[..., Outcome], writes: str, **spec: t.Any) -> Outcome:
        """Check, do, again, check again: each says what it should, and nothing is sent that should not be."""
        self.mip.calls.clear()
        foreseen = run(check=True, **spec)
        assert self.mip.count(writes) == 0
        done = run(**spec)
        assert (foreseen.changed, done.changed) == (True, True)
        assert foreseen.public().keys() == done.public().keys()
        wanted = foreseen.diff()["after"]
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


@pytest.fixture
def stage(mip_clock: Clock, monkeypatch: pytest.MonkeyPatch, ledger: Ledger, runtime: Runtime) -> Stage:
    return Stage(Acted(monkeypatch), ledger, runtime)


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert PASSWORD not in str(caught.value) + str(caught.value.as_dict()) + str(caught.value.result)
    return caught.value


# -- users ------------------------------------------------------------------------------------------------------------


def test_a_user_is_registered_once(stage: Stage) -> None:
    done = stage.four(stage.user, "/register")
    assert done.public()["id"] == 21
    assert "probed" not in done.result()
    assert stage.ledger.peek("user", None, EMAIL, Effort(5)).id == 21


def test_another_password_is_no_other_user(stage: Stage) -> None:
    stage.user()
    error = failure(lambda: stage.user(password="another-password"))
    assert (error.code, error.status) == ("duplicate", 400)
    assert "another password" in error.msg
    assert stage.ledger.peek("user", None, EMAIL, Effort(5)).intent is None


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
    before = stage.ledger.peek("client", 7, EMAIL, Effort(5))
    stage.mip.lose = {part: "403"}
    spec = {"/remove": {"state": "absent"}, "/block": {"blocked": True}, "/register": {"password": PASSWORD}}[part]
    assert failure(lambda: stage.client(**spec)).executed is False  # type: ignore[arg-type]
    assert stage.ledger.peek("client", 7, EMAIL, Effort(5)) == before
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
            answer = original(path, body)
            if "/block" in path:
                stage.mip.lose = {"/block": how}
            return answer

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
        status, answer = original(path, body)
        if "/block" in path:
            answer["client"]["is_blocked"] = False
        return status, answer

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
        found = stage.member(check=check, user_id=ident, guard=stage.guard)
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

    def no(email: str, _effort: Effort) -> None:
        raise ApiError("not_found", f"{email} is no tenant")

    for check in (True, False):
        assert failure(lambda: run(check=check, guard=no, **spec)).code == "not_found"  # noqa: B023
    assert stage.mip.calls == []
    assert not stage.ledger.peek(kind, 7, EMAIL, Effort(5)).intent
    run(guard=stage.guard, **spec)
    run(guard=no, **spec)
    assert stage.asked == [EMAIL]
    stage.mip.user(EMAIL)
    run(guard=no, state="absent", **({"user_id": 99} if kind == "member" else {}))


def test_the_guard_is_not_asked_where_an_invitation_is_unconfirmed(stage: Stage) -> None:
    stage.mip.lose = {"/add": "after"}
    failure(stage.member)
    stage.mip.forget()
    stage.member(guard=stage.guard)
    assert stage.asked == []
    stage.member(guard=stage.guard, on_unconfirmed="resend")
    assert stage.asked == [EMAIL]
