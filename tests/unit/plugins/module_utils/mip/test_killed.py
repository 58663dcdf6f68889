# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kill a run at each of its moments in turn, and run it again: nothing forbidden happens, and it converges.

``fake_mip.py`` defines the moments: before and after every call and every commit. tests/integration/test_killed.py
shows that a real SIGKILL has the same effect.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import replace

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mip.client import ClientSpec, ensure_client
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import MipConnection
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.member import MemberSpec, ensure_member
from ansible_collections.partnerops.saas.plugins.module_utils.mip.outcome import Outcome
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Clock
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.fake_mip import FakeMip, Killed

EMAIL = "u@x.example"
PASSWORD = "user-password"
CONNECTION = MipConnection(base="https://cloud.mip.to", public_key="p" * 32, private_key="q" * 32, retries=0)
Spec = t.Union[ClientSpec, MemberSpec]


def client(**wish: t.Any) -> ClientSpec:
    return ClientSpec(7, EMAIL, **wish)


def member(**wish: t.Any) -> MemberSpec:
    return MemberSpec(7, EMAIL, **wish)


def run(ledger: Ledger, spec: Spec, *, check_mode: bool = False) -> Outcome:
    """Run once, with nothing kept from an earlier run."""
    context = RunContext()
    try:
        api = MipAPI.of(CONNECTION, context)
        fresh = Ledger.at(ledger.store.path, CONNECTION.base)  # type: ignore[attr-defined]
        if isinstance(spec, ClientSpec):
            return ensure_client(api, fresh, spec, Deadline(300), check_mode=check_mode)
        return ensure_member(api, fresh, spec, Deadline(300), check_mode=check_mode)
    finally:
        context.close()


def mute(mip: FakeMip) -> None:
    """Leave the state out of responses to a toggle."""
    mip.block_answer = "none"


#: Name: what existed before, what ran before, what is killed, whether the next run converges without help.
SCENARIOS: dict[str, tuple[t.Callable[[FakeMip], t.Any], list[Spec], Spec, bool]] = {
    "register": (lambda mip: None, [], client(password=PASSWORD), True),
    "register and block": (lambda mip: None, [], client(password=PASSWORD, blocked=True), True),
    "block": (lambda mip: None, [client(password=PASSWORD)], client(blocked=True), True),
    "block in silence": (mute, [client(password=PASSWORD)], client(blocked=True), True),
    "block with a password": (
        lambda mip: None,
        [client(password=PASSWORD)],
        client(password=PASSWORD, blocked=True),
        True,
    ),
    "probe what is blocked": (
        lambda mip: mip.client(EMAIL, blocked=True),
        [],
        client(client_id=21, blocked=True),
        True,
    ),
    "probe what is not": (lambda mip: mip.client(EMAIL), [], client(client_id=21, blocked=True), True),
    "unblock what is not": (lambda mip: mip.client(EMAIL), [], client(client_id=21, blocked=False), True),
    "remove": (lambda mip: None, [client(password=PASSWORD)], client(state="absent"), True),
    "invite": (lambda mip: None, [], member(), False),
    "invite a user": (lambda mip: mip.user(EMAIL), [], member(password=PASSWORD), False),
    "invite and block": (lambda mip: mip.user(EMAIL), [], member(password=PASSWORD, blocked=True), True),
    "remove a member": (lambda mip: mip.user(EMAIL), [member(password=PASSWORD)], member(state="absent"), True),
    "unblock a member": (
        lambda mip: mip.user(EMAIL),
        [member(password=PASSWORD, blocked=True)],
        member(user_id=21, blocked=False),
        True,
    ),
}


def truth(mip: FakeMip, spec: Spec) -> tuple[str, bool | None]:
    """Return MIP's state."""
    if isinstance(spec, ClientSpec):
        found = mip.of(EMAIL)
        return ("present", found["is_blocked"]) if found else ("absent", None)
    known = [ident for ident, user in mip.users.items() if user["email"] == EMAIL and ident in mip.members]
    return ("present", mip.members[known[0]]) if known else ("absent", None)


def check(mip: FakeMip, spec: Spec, resource: t.Mapping[str, t.Any]) -> None:
    """Check that the result agrees with MIP's state."""
    state, blocked = truth(mip, spec)
    if resource["blocked"] is not None:
        assert resource["blocked"] is blocked
    if resource["state"] not in ("unknown", "unconfirmed") and (isinstance(spec, ClientSpec) or state == "present"):
        assert resource["state"] == state
    if isinstance(spec, MemberSpec) and resource["state"] == "present":
        assert state == "present" or EMAIL in mip.mails[mip.removals :]


def look(mip: FakeMip, ledger: Ledger, spec: Spec) -> None:
    """Return what a task that only wants presence reports at that moment."""
    wish = replace(spec, state="present", blocked=None)
    try:
        found = run(ledger, wish, check_mode=True)
    except ApiError as error:
        # Unknown, or known to be absent: then only a password is missing.
        gone = error.code == "invalid_input" and truth(mip, spec)[0] == "absent"
        if error.code != "undetermined" and not gone:
            raise
        return
    if not found.made:
        check(mip, wish, found.public())


def mend(mip: FakeMip, ledger: Ledger, spec: Spec, most: int) -> tuple[Outcome | None, Spec]:
    """Run three more times, with what the user is asked for; check how many e-mails were sent."""
    last: Outcome | None = None
    for _again in range(3):
        mip.forget()
        try:
            last = run(ledger, spec)
        except ApiError as error:
            if error.code == "undetermined":  # only a login shows the state
                assert mip.block_answer == "none"
                assert mip.count("/block") in (0, 2)
                spec = replace(spec, password=PASSWORD)
            elif error.code == "not_found":
                # Nobody was invited, so nobody can be blocked; a second invitation is for the user to decide.
                warned = error.result["warnings"][0]
                assert "no known outcome" in warned
                assert not mip.members
                spec = replace(spec, on_unconfirmed="resend")  # type: ignore[arg-type]
            else:
                raise
            continue
        assert mip.count("/block") <= 2
        assert len(mip.mails) <= most
        check(mip, spec, last.public())
    return last, spec


@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_at_every_moment(name: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: t.Any) -> None:
    before, earlier, wish, converges = SCENARIOS[name]
    moment = 0
    while True:
        moment += 1
        spec = wish
        with monkeypatch.context() as patch:
            mip, ledger = FakeMip(patch), Ledger.at(str(tmp_path / f"{moment}.sqlite3"), CONNECTION.base)
            before(mip)
            for one in earlier:
                run(ledger, one)
            invited = len(mip.mails)
            mip.forget()
            mip.kill_at = moment
            try:
                run(ledger, spec)
            except Killed:
                pass
            else:
                break  # the run has no more moments
            assert mip.count("/block") <= 2
            look(mip, ledger, wish)
            last, spec = mend(mip, ledger, spec, len(mip.mails) if wish.state == "absent" else invited + 1)
            assert last is not None, f"moment {moment} does not come to an end"
            assert last.changed is False
            assert not any("/block" in call or "/add" in call or "/remove" in call for call in mip.calls)
            if converges or last.public()["state"] == "present":
                state, blocked = truth(mip, spec)
                if spec.state == "absent":
                    assert state == "absent"
                elif not converges:
                    assert mip.mails == [EMAIL]
                elif spec.blocked is not None:
                    assert blocked is spec.blocked
            assert len(mip.mails) <= 1
    assert moment > 4, "nothing was killed"


@pytest.mark.parametrize("blocked", [True, False])
def test_killed_twice_in_a_row(blocked: bool, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: t.Any) -> None:
    """The run that repairs is killed as well, at each of its moments."""
    spec = client(client_id=21, blocked=True)
    for first in range(1, 8):
        for second in range(1, 8):
            with monkeypatch.context() as patch:
                mip, ledger = FakeMip(patch), Ledger.at(str(tmp_path / f"{first}-{second}.sqlite3"), CONNECTION.base)
                mip.client(EMAIL, blocked=blocked)
                for at in (first, second):
                    mip.forget()
                    mip.kill_at = at
                    with contextlib.suppress(Killed):
                        run(ledger, spec)
                mip.forget()
                last = run(ledger, spec)
                check(mip, spec, last.public())
                assert truth(mip, spec) == ("present", True)
                assert mip.count("/block") <= 2
                mip.forget()
                assert not run(ledger, spec).changed
                assert mip.calls == []
