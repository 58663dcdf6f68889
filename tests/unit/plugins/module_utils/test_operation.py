# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turning the outcome of an operation into a result, and what the tasks of a process share."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import Connection
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Operation, Task, perform
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext

SECRET = "s3cret-value"


def run(function: t.Callable[[Task], t.Any], **task: t.Any) -> dict[str, t.Any]:
    made = Task({}, **task)
    made.context.secrets.add(SECRET)
    return perform(Operation("mobsted_thing", "mobsted", {}, function), made)


def raising(error: BaseException) -> t.Callable[[Task], t.Any]:
    def function(_task: Task) -> t.NoReturn:
        raise error

    return function


def test_a_success():
    assert run(lambda task: {"tenant": 1}) == {
        "changed": False,
        "tenant": 1,
        "reconciled": False,
        "request_attempts": 0,
    }
    done = run(lambda task: {"changed": True, "reconciled": True})
    assert done == {"changed": True, "reconciled": True, "request_attempts": 0}


def test_the_diff_is_only_shown_in_diff_mode():
    assert "diff" not in run(lambda task: {"diff": {}})
    assert run(lambda task: {"diff": {"before": 1}}, diff_mode=True)["diff"] == {"before": 1}


def test_attempts_are_the_most_of_any_resource():
    def function(task: Task) -> dict[str, t.Any]:
        task.deadline(10).tried(2)
        task.deadline(10).tried(1)
        return {}

    assert run(function)["request_attempts"] == 2


def test_an_expected_failure():
    error = ApiError("forbidden", "May not.", method="POST", path="/x", status=403, message="no")
    assert run(raising(error)) == {
        "failed": True,
        "changed": False,
        "msg": "May not.",
        "failure": {"code": "forbidden", "method": "POST", "path": "/x", "status": 403, "message": "no"},
        "reconciled": False,
        "request_attempts": 0,
    }


def test_what_was_achieved_before_a_failure_is_kept():
    result = run(raising(ApiError("unknown_outcome", "x", result={"credentials": {"password": "p"}, "changed": True})))
    assert result["credentials"] == {"password": "p"}
    assert result["changed"] is True
    assert result["failed"] is True


def test_a_failure_never_shows_a_secret():
    error = ApiError("server_error", f"It said {SECRET}", message=f"wrong: {SECRET}", path=f"/x/{SECRET}")
    result = run(raising(error))
    assert SECRET not in str(result)
    assert result["failure"]["message"] == "wrong: ********"


@pytest.mark.parametrize("error", [KeyError(SECRET), RuntimeError(f"with {SECRET}"), SystemExit(SECRET)])
def test_an_unexpected_exception_is_a_clean_failure(error):
    try:
        raise ValueError(f"the cause has {SECRET}, too")
    except ValueError as cause:
        error.__cause__ = cause
    result = run(raising(error))
    assert (result["failed"], result["changed"]) == (True, False)
    assert type(error).__name__ in result["msg"]
    assert "mobsted_thing failed with an unexpected error" in result["msg"]
    assert result["failure"]["code"] == "unknown_outcome"
    assert "Traceback" in result["exception"]
    assert SECRET not in str(result)
    assert "the cause" not in str(result)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit()])
def test_what_ends_the_process_is_not_held_up(error):
    with pytest.raises(type(error)):
        run(raising(error))


def test_warnings_are_scrubbed_and_given_once():
    task = Task({})
    task.context.secrets.add(SECRET)
    task.warn(f"about {SECRET}")
    task.warn(f"about {SECRET}")
    assert task.warnings == ["about ********"]


def test_connection_options_come_first_and_own_options_win():
    made = Operation("x", "mobsted", {"email": {"type": "str"}, "timeout": {"type": "float"}}, lambda task: {})
    spec = made.argument_spec()
    assert spec["email"] == {"type": "str"}
    assert spec["timeout"] == {"type": "float"}
    assert "api_url" in spec
    assert list(made.files({})) == []


class Client:
    def __init__(self, connection: Connection, context: RunContext) -> None:
        self.connection, self.context, self.closed = connection, context, 0

    def close(self) -> None:
        self.closed += 1


def test_one_client_for_each_account():
    context = RunContext()
    one, other = Connection(base="https://a.example"), Connection(base="https://b.example")
    first = context.client(Client, one)
    assert context.client(Client, Connection(base="https://a.example")) is first
    assert context.client(Client, other) is not first
    assert context.client(Client, one, ("proxy",)) is not first
    assert first.context is context


def test_clients_are_closed():
    context = RunContext()
    first = context.client(Client, Connection(base="https://a.example"))
    other = context.client(Client, Connection(base="https://b.example"))
    context.release(first)
    assert (first.closed, other.closed) == (1, 0)
    assert context.client(Client, Connection(base="https://a.example")) is not first
    context.close()
    assert (first.closed, other.closed) == (1, 1)


def test_where_tokens_are_kept(tmp_path):
    context = RunContext(str(tmp_path))
    for scope in ("run", "none"):
        context.store_for(scope).put("key", {"scope": scope})
    assert RunContext(str(tmp_path)).store.peek("key") == {"scope": "run"}
    assert context.store_for("none").peek("key") == {"scope": "none"}
