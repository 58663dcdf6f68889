# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a task's options to its result: what the modules ``mip_*`` check, ask and return."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.client import run_client
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.member import run_member
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.password_reset import run_password_reset
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.sso_link import run_sso_link
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.user import run_user
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Clock, Script, reset

EMAIL = "u@x.example"
OK = {"status": "ok"}
PERSON = {"id": 20, "email": EMAIL, "is_blocked": False}
Make = t.Callable[..., Task]


@pytest.fixture
def make(api: Script, mip_clock: Clock, context: RunContext, tmp_path: Path) -> Make:
    """A task with a key pair and these options."""

    def of(**params: t.Any) -> Task:
        modes = {name: params.pop(name) for name in ("check_mode", "controller") if name in params}
        given = {
            "api_url": "https://cloud.mip.to/",
            "api_public_key": "p" * 32,
            "api_private_key": "q" * 32,
            "ledger_path": str(tmp_path / "ledger.sqlite3"),
            "marketplace_id": 7,
            "email": f" {EMAIL}",
            "deadline": 60,
            "settle": 5,
            **params,
        }
        return Task(given, context=context, **modes)

    return of


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value


def test_a_user(make: Make, api: Script) -> None:
    api.expect("POST", "/login").json({**OK, "user": {**PERSON, "marketplaces": [{"id": 9}, 7]}})
    result = run_user(make(password="user-password"))
    assert (result["changed"], result["user"]["marketplaces"], result["user"]["blocked"]) == (False, [7, 9], False)


KEYS = {"privateKey": "k" * 32, "publicKey": "l" * 32}


def test_the_keys_and_billing_data_of_a_client(make: Make, api: Script) -> None:
    billing = {"first_name": "A", "postcode": 81, "NIP": "5", "country": None}
    client = {**PERSON, "billing_data": billing, "favorites": [3]}
    api.expect("POST", "/login/client/7").json({**OK, "keys": KEYS, "client": client})
    result = run_client(make(password="user-password", return_keys=True))
    assert result["keys"] == {"private_key": "k" * 32, "public_key": "l" * 32}
    shown = {"first_name": "A", "postcode": "81", "nip": "5"}
    empty = dict.fromkeys(("last_name", "address", "country", "birth_day"))
    assert (result["client"]["billing_data"], result["client"]["favorites"]) == ({**shown, **empty}, [3])


def test_keys_that_no_response_had(make: Make, api: Script) -> None:
    task = make(client_id=20, return_keys=True)
    assert run_client(task)["keys"] is None
    assert "Give the client's password" in task.warnings[0]
    api.expect("POST", "/login").json({**OK, "user": PERSON})
    assert run_user(make(password="user-password", return_keys=True))["keys"] is None


def test_a_client_and_its_warnings(make: Make, api: Script) -> None:
    api.expect("POST", "/login/client/7").json({"status": "error"}, 403)
    task = make(password="user-password", client_id=20)
    result = run_client(task)
    assert (result["changed"], result["client"]["id"], result["probed"]) == (False, 20, False)
    assert "client_id" in task.warnings[0]


def test_a_member_and_the_warnings_of_a_failure(make: Make, api: Script) -> None:
    api.expect("POST", "/member/7/add", json={"email": EMAIL}).fails(reset())
    assert failure(lambda: run_member(make())).code == "unknown_outcome"
    task = make()
    assert run_member(task)["member"]["state"] == "unconfirmed"
    assert "no known outcome" in task.warnings[0]
    api.expect("POST", "/member/7/block/20").json({"status": "error"}, 404)
    task = make(user_id=20, blocked=True)
    error = failure(lambda: run_member(task))
    assert error.code == "not_found"
    assert "warnings" not in error.result
    assert "no known outcome" in task.warnings[0]


@pytest.mark.parametrize("name", ["marketplace_id", "client_id"])
def test_ids_are_positive(name: str, make: Make) -> None:
    assert failure(lambda: run_client(make(**{name: 0}))).code == "invalid_input"


@pytest.mark.parametrize(("kind", "path"), [("user", "/login-email"), ("client", "/client/login-email")])
def test_a_link(kind: str, path: str, make: Make, api: Script, context: RunContext) -> None:
    nothing = run_sso_link(make(kind=kind, check_mode=True))
    assert (nothing["changed"], nothing["sso"]["url"], nothing["sso"]["hash"]) == (True, None, None)
    url = "https://x.example/login-otp/" + "h" * 32
    api.expect("POST", path).json({**OK, "data": {"hash": "h" * 32, "url": url}})
    made = run_sso_link(make(kind=kind))
    assert made["sso"] == {"kind": kind, "email": EMAIL, "marketplace_id": 7, "url": url, "hash": "h" * 32}
    assert {url, "h" * 32} <= context.secrets.shown
    api.expect("POST", path).fails(reset())
    assert failure(lambda: run_sso_link(make(kind=kind))).code == "unknown_outcome"
    api.expect("POST", path).json({"status": "error"}, 404)
    assert failure(lambda: run_sso_link(make(kind=kind))).code == "not_found"
    bare = make(kind=kind, api_public_key=None, api_private_key=None)
    assert failure(lambda: run_sso_link(bare)).code == "invalid_input"


@pytest.mark.parametrize(("kind", "path"), [("user", "/forgot-password"), ("client", "/forgot-password/client")])
def test_a_reset(kind: str, path: str, make: Make, api: Script) -> None:
    foreseen = run_password_reset(make(kind=kind, check_mode=True))
    assert foreseen == {"changed": True, "password_reset": {"kind": kind, "email": EMAIL, "message": None}}
    api.expect("POST", path).json({**OK, "message": "Email has been sent."})
    assert run_password_reset(make(kind=kind))["password_reset"]["message"] == "Email has been sent."
    api.expect("POST", path).fails(reset())
    assert failure(lambda: run_password_reset(make(kind=kind))).code == "unknown_outcome"
    api.expect("POST", path).json({"status": "error"}, 400)
    assert failure(lambda: run_password_reset(make(kind=kind))).code == "invalid_input"


# -- require_tenant ---------------------------------------------------------------------------------------------------


def registry(**more: t.Any) -> dict[str, t.Any]:
    return {"require_tenant": True, "tenant_registry": {"api_url": HOST, "api_token": "given-token", **more}}


def test_an_unknown_address_is_refused_and_a_known_one_is_not(make: Make, api: Script) -> None:
    api.expect("GET", "object").json({"data": []})
    api.expect("GET", "object").json({"data": [], "meta": {"last_page": 1}})  # is there one nearly like it?
    error = failure(lambda: run_member(make(**registry())))
    assert error.code == "not_found"
    assert "require_tenant" in error.msg
    api.expect("GET", "object").json({"data": [{"id": "1", "attributes": {"Email": EMAIL}}]})
    api.expect("POST", "/member/7/add").json(OK)
    assert run_member(make(**registry()))["changed"]
    assert not run_member(make(**registry()))["changed"]


def test_a_registry_that_is_missing_is_named(make: Make) -> None:
    for given in (None, {}, {"api_url": HOST}):
        error = failure(lambda: run_member(make(require_tenant=True, tenant_registry=given)))  # noqa: B023
        assert error.code == "invalid_input"
        assert "tenant_registry" in error.msg


class Foreseen:
    """A controller that has seen a tenant be created in check mode."""

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        assert kind.startswith("tenants-")
        return {EMAIL}


def test_in_check_mode_a_tenant_may_be_one_that_would_be_created(make: Make) -> None:
    assert run_member(make(check_mode=True, controller=Foreseen(), **registry()))["changed"]
