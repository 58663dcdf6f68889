# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What MIP's refusals add for the user: which marketplaces the login lists, that nothing was signed, a wrong path."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.tests.support.scripted import Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.signing import (
    OK,
    OWNER,
    PRIVATE,
    PUBLIC,
    USER,
    Connect,
    failure,
    pair,
)

LISTED = "The login of owner@mip.example lists the marketplaces 7, 9, and 8 is not one of them."
Call = t.Callable[[MipAPI, Deadline], t.Any]


@pytest.fixture
def logged_in(connect: Connect, api: Script) -> MipAPI:
    """Return a client whose login lists the marketplaces 9 and 7."""
    user = {**USER, "marketplaces": [{"id": 9}, {"id": 7}]}
    api.expect("POST", "/login").json({**OK, "keys": pair(), "user": user})
    return connect(**OWNER)


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/member/8/add", lambda mip, deadline: mip.add_member(8, "u@x.example", deadline)),
        ("/member/8/remove/20", lambda mip, deadline: mip.remove_member(8, 20, deadline)),
        ("/client/8/block/20", lambda mip, deadline: mip.toggle_client(8, 20, deadline)),
        ("/register/client/8", lambda mip, deadline: mip.register_client(8, "u@x.example", "user-password", deadline)),
        ("/login-email", lambda mip, deadline: mip.link_user("u@x.example", 8, deadline)),
    ],
)
def test_a_marketplace_that_the_login_does_not_list(
    path: str, call: Call, logged_in: MipAPI, api: Script, deadline: Deadline
) -> None:
    api.expect("POST", path).json({"status": "error", "error": "AccessDenied"}, 403)
    error = failure(lambda: call(logged_in, deadline))
    assert error.code == "forbidden"
    assert LISTED in error.msg
    assert len(api.seen) == 2  # nothing is asked for the hint


def test_an_unknown_marketplace(logged_in: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/member/8/add").json({"status": "error", "error": "NotFound"}, 404)
    error = failure(lambda: logged_in.add_member(8, "u@x.example", deadline))
    assert error.code == "not_found"
    assert LISTED in error.msg


def test_a_link_for_an_unknown_marketplace(logged_in: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/client/login-email").json({"status": "error", "error": "NotFound"}, 404)
    assert LISTED in failure(lambda: logged_in.link_client("u@x.example", 8, deadline)).msg


@pytest.mark.parametrize("kind", ["client", "member"])
def test_nobody_counts_as_removed_from_a_marketplace_of_others(
    kind: str, logged_in: MipAPI, api: Script, deadline: Deadline
) -> None:
    remove = logged_in.remove_client if kind == "client" else logged_in.remove_member
    api.expect("POST", f"/{kind}/8/remove/20").json({"status": "error", "error": "NotFound"}, 404)
    error = failure(lambda: remove(8, 20, deadline))
    assert (error.code, error.executed) == ("not_found", False)
    assert LISTED in error.msg
    api.expect("POST", f"/{kind}/7/remove/20").json({"status": "error", "error": "NotFound"}, 404)
    assert remove(7, 20, deadline) is False


def test_another_run_task_knows_the_list_from_the_store(
    logged_in: MipAPI, connect: Connect, api: Script, deadline: Deadline
) -> None:
    logged_in.prepare(deadline)
    api.expect("POST", "/member/8/add").json({"status": "error"}, 404)
    assert LISTED in failure(lambda: connect(**OWNER).add_member(8, "u@x.example", deadline)).msg


def test_nothing_is_said_of_a_marketplace_that_is_listed(logged_in: MipAPI, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/member/7/add").json({"status": "error"}, 403)
    assert "lists the marketplaces" not in failure(lambda: logged_in.add_member(7, "u@x.example", deadline)).msg


def test_nothing_is_said_without_a_login(connect: Connect, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/member/8/add").json({"status": "error"}, 403)
    given = connect(public_key=PUBLIC, private_key=PRIVATE)
    assert "lists the marketplaces" not in failure(lambda: given.add_member(8, "u@x.example", deadline)).msg


@pytest.mark.parametrize("status", [401, 403])
def test_a_call_that_was_not_signed_says_so(status: int, connect: Connect, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/member/7/add").json({"status": "error", "error": "AccessDenied"}, status)
    error = failure(lambda: connect(signing="none").add_member(7, "u@x.example", deadline))
    assert "It was not signed, since signing is 'none'." in error.msg
    assert "MIP_SIGNING" in error.msg


@pytest.mark.parametrize("base", ["https://cloud.mip.to/app", "https://cloud.mip.to/app/login"])
@pytest.mark.parametrize("status", [200, 404, 405])
def test_a_page_at_the_login_means_a_wrong_path(
    base: str, status: int, connect: Connect, api: Script, deadline: Deadline
) -> None:
    api.expect("POST", f"/{base.partition('mip.to/')[2]}/login").html(status, "Welcome")
    error = failure(lambda: connect(base=base, **OWNER).add_member(7, "u@x.example", deadline))
    assert f"Check api_url, which is {base}: its path '/app" in error.msg
    assert "The default is https://cloud.mip.to" in error.msg


def test_a_page_without_a_login(connect: Connect, api: Script, deadline: Deadline) -> None:
    api.expect("POST", "/client/7/remove/20").html(404, "Not Found")
    error = failure(lambda: connect(signing="none").remove_client(7, 20, deadline))
    assert "cloud.mip.to responds, but not as the API" in error.msg
