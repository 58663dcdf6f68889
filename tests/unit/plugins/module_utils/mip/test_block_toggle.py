# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The block toggle: sent only if the state has to change, at most twice, never retried."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.staged import (
    EMAIL,
    PASSWORD,
    Stage,
    failure,
)


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
