# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of ``mobsted_push`` to its result: a message is sent once, to a path that the user names."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.push import run_push
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Expected, Script, refused, reset

PUSH = {"app_id": 78, "ext_id": "user-1", "title": "Hello", "text": "A message", "api_paths": {"push": "push/send"}}
TENANT = "https://a23r56k8-admin.mobsted.com"


def send(api: Script) -> Expected:
    body = {"applicationId": 78, "extId": "user-1", "title": "Hello", "message": "A message"}
    return api.expect("POST", "push/send", json=body, headers={"Content-Type": "application/json"})


def test_a_message_is_sent(api, make_task):
    send(api).json({"ok": True})
    pushed = {"tenant": None, "app_id": 78, "ext_id": "user-1", "title": "Hello", "response": {"ok": True}}
    assert run_push(make_task(**PUSH)) == {"changed": True, "push": pushed}


def test_a_message_from_a_tenant_s_account(api, make_task):
    row = {"id": "17", "Email": "o@acme.example", "url": TENANT, "server": "mobsted.com", "defaultPassword": "pw1"}
    api.expect("GET", "object", host=HOST).json({"data": [row], "meta": {"last_page": 1}})
    api.login(host=TENANT, query={"password": "pw1"})
    api.expect("POST", "push/send", host=TENANT).raw(b"OK")
    pushed = run_push(make_task(tenant="o@acme.example", **PUSH))["push"]
    assert (pushed["tenant"], pushed["response"]) == ("o@acme.example", "OK")


def test_a_response_that_repeats_the_token(api, make_task):
    task = make_task(**PUSH)
    task.context.secrets.add("the-token-of-it")
    send(api).json({"data": [{"said": "got the-token-of-it", "affected": 1}]})
    assert run_push(task)["push"]["response"] == {"data": [{"said": "got ********", "affected": 1}]}


def test_an_unknown_tenant(api, make_task):
    for size in ("20", "200"):  # a search, and then the whole list
        api.expect("GET", "object", query={"pageSize": size}).json({"data": [], "meta": {"last_page": 1}})
    failure(lambda: run_push(make_task(tenant="o@acme.example", **PUSH)), "not_found")


def test_check_mode_sends_nothing(api, make_task):
    result = run_push(make_task(check_mode=True, **PUSH))
    assert (result["changed"], result["push"]["response"]) == (True, None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ext_id": " "}, "ext_id is empty"),
        ({"title": ""}, "title is empty"),
        ({"text": "\n"}, "message is empty"),
        ({"app_id": 0}, "not an app id"),
        ({"api_paths": None}, "api_paths.push is missing"),
        ({"tenant": "acme"}, "tenant is not an e-mail address"),
    ],
)
def test_what_is_refused_before_anything_is_sent(api, make_task, change, said):
    assert said in failure(lambda: run_push(make_task(**{**PUSH, **change})), "invalid_input").msg


LOST: list[t.Callable[[Expected], Expected]] = [
    lambda call: call.html(502),
    lambda call: call.fails(reset()),
    lambda call: call.after(1000),
    lambda call: call.html(200),
    lambda call: call.json({"ErrorText": "No such user"}),
]


@pytest.mark.parametrize("lose", LOST, ids=["502", "reset", "slow", "page", "error under 200"])
def test_a_message_whose_outcome_is_unknown_is_never_sent_again(api, make_task, lose):
    lose(send(api))
    error = failure(lambda: run_push(make_task(**PUSH)), "unknown_outcome")
    assert "It is not sent again automatically" in error.msg


def test_a_message_that_was_not_sent_is(api, make_task):
    send(api).fails(refused())
    send(api).json({})
    assert run_push(make_task(**PUSH))["changed"] is True


def test_a_refused_message(api, make_task):
    send(api).json({"message": "No such app"}, 404)
    assert failure(lambda: run_push(make_task(**PUSH)), "not_found").message == "No such app"
