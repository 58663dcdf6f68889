# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The block toggle: sent only if the state has to change, at most twice, never retried."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.rig import EMAIL, PASSWORD, Rig, failure


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("wish", [True, False])
def test_an_unknown_state_is_found_out_by_at_most_two_toggles(wish: bool, real: bool, rig: Rig) -> None:
    ident = rig.mip.client(EMAIL, blocked=real)
    predicted = rig.client(check=True, client_id=ident, blocked=wish)
    assert (predicted.changed, predicted.probed, rig.mip.calls) == (True, True, [])
    done = rig.client(client_id=ident, blocked=wish)
    assert rig.mip.clients[ident]["is_blocked"] is wish
    assert (done.changed, done.probed, done.public()["blocked"]) == (real != wish, True, wish)
    assert rig.mip.count("/block") == (1 if real != wish else 2)
    again = rig.client(client_id=ident, blocked=wish)
    assert (again.changed, again.probed) == (False, False)
    assert rig.mip.count("/block") == (1 if real != wish else 2)


def test_a_state_that_was_changed_elsewhere_is_put_right(rig: Rig) -> None:
    rig.client(password=PASSWORD)
    rig.mip.clients[21]["is_blocked"] = True
    done = rig.client(blocked=True)
    assert (done.changed, done.probed, rig.mip.clients[21]["is_blocked"]) == (False, True, True)
    assert rig.mip.count("/block") == 2
    assert "changed it elsewhere" in done.warnings[0]


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_lost_toggle_is_reported_and_never_repeated(how: str, rig: Rig) -> None:
    rig.client(password=PASSWORD)
    rig.mip.forget()
    rig.mip.lose = {"/block": how}
    error = failure(lambda: rig.client(blocked=True))
    assert error.code == "unknown_outcome"
    assert error.result["client"]["blocked"] is None
    assert rig.mip.count("/block") == 1
    rig.mip.forget()
    assert "no known outcome" in rig.client().warnings[0]
    looked = rig.client(password=PASSWORD)
    assert looked.public()["blocked"] is (how == "after")
    done = rig.client(password=PASSWORD, blocked=True)
    assert (done.changed, done.probed) == (how == "before", False)
    assert rig.mip.clients[21]["is_blocked"] is True


def test_the_second_toggle_may_be_lost_or_refused_and_the_result_says_so(rig: Rig) -> None:
    for how, code in (("before", "unknown_outcome"), ("403", "forbidden")):
        ident = rig.mip.client(f"{how}@x.example", blocked=True)

        original = rig.mip.act

        def act(path: str, body: t.Any, how: str = how, original: t.Any = original) -> t.Any:
            response = original(path, body)
            if "/block" in path:
                rig.mip.lose = {"/block": how}
            return response

        rig.mip.act = act  # type: ignore[method-assign]
        spec: dict[str, t.Any] = {"email": f"{how}@x.example", "client_id": ident, "blocked": True}
        error = failure(lambda: rig.client(**spec))  # noqa: B023
        assert error.code == code
        assert error.result["changed"] is True
        assert error.result["probed"] is True
        assert error.result["client"]["blocked"] is (None if how == "before" else False)
        assert rig.mip.clients[ident]["is_blocked"] is False
        rig.mip.act = original  # type: ignore[method-assign]
        rig.mip.forget()
        assert rig.client(**spec).public()["blocked"] is True
        assert rig.mip.clients[ident]["is_blocked"] is True
        assert rig.mip.count("/block") == 1
        rig.mip.forget()


def test_two_toggles_that_show_the_same_end_it(rig: Rig) -> None:
    ident = rig.mip.client(EMAIL, blocked=True)
    original = rig.mip.act

    def stuck(path: str, body: t.Any) -> t.Any:
        status, response = original(path, body)
        if "/block" in path:
            response["client"]["is_blocked"] = False
        return status, response

    rig.mip.act = stuck  # type: ignore[method-assign]
    error = failure(lambda: rig.client(client_id=ident, blocked=True))
    assert error.code == "undetermined"
    assert rig.mip.count("/block") == 2


@pytest.mark.parametrize("kind", ["client", "member"])
def test_a_response_that_does_not_say(kind: str, rig: Rig) -> None:
    rig.mip.block_answer = "none"
    if kind == "client":
        ident = rig.mip.client(EMAIL, blocked=True)
        given = {"client_id": ident}
    else:
        ident = rig.mip.user(EMAIL)
        rig.mip.members[ident] = True
        given = {"user_id": ident}
    run = getattr(rig, kind)
    for expected in (2, 2):  # the second time the state is known before anything is sent
        error = failure(lambda: run(blocked=True, **given))
        assert error.code == "undetermined"
        assert "'password'" in error.msg
        assert rig.mip.count("/block") == expected
    if kind == "client":  # with a known state, the toggle alone is enough
        assert rig.client(password=PASSWORD, blocked=False).changed
        assert rig.mip.clients[ident]["is_blocked"] is False
        rig.four(rig.client, "/block", blocked=True)
        assert rig.mip.clients[ident]["is_blocked"] is True
