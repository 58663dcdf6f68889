# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action behind every module: in process on a local connection, otherwise as the module.

tests/integration/test_twins.py compares both paths on every release of ansible-core; here is each decision by itself.
"""

from __future__ import annotations

import os
import sys
import typing as t
from unittest.mock import MagicMock, call

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run import job
from ansible_collections.partnerops.saas.plugins.plugin_utils import in_process as module
from ansible_collections.partnerops.saas.plugins.plugin_utils import process
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.stubbed_action import (
    CONNECTION,
    asynchronous,
    become,
    remote,
)

# -- where it runs ----------------------------------------------------------------------------------------------------


def test_a_local_connection_runs_in_process(make):
    stub = make(email="o@acme.example")
    result = stub.run()
    assert result["changed"] is True
    assert stub.params["email"] == "o@acme.example"
    assert stub.params["timeout"] == 90
    stub.action._execute_module.assert_not_called()


@pytest.mark.parametrize("change", [remote, become, asynchronous])
def test_elsewhere_the_module_runs(make, change):
    stub = make(email="o@acme.example")
    change(stub)
    assert stub.run()["by"] == "module"
    assert stub.tasks == []
    assert stub.module_args == {**CONNECTION, "email": "o@acme.example"}


def test_without_requests_the_module_runs(make, monkeypatch):
    monkeypatch.setattr(module, "HAS_REQUESTS", False)
    stub = make()
    assert stub.run()["by"] == "module"


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """Collect what the action displays at ``-vvv``."""
    found = MagicMock(verbosity=3)
    for one in (module, process):
        monkeypatch.setattr(one, "Display", lambda: found)
    return found


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda stub: None, "runs in this process: the connection is local."),
        (remote, "runs as a module: the connection is ssh."),
        (become, "runs as a module: become is set."),
        (asynchronous, "runs as a module: async is set."),
    ],
)
def test_where_it_runs_is_displayed_with_the_reason(make, display, change, why):
    stub = make()
    change(stub)
    stub.run(inventory_hostname="one")
    display.vvv.assert_called_once_with(f"partnerops.saas.mobsted_thing {why}", host="one")


def test_without_requests_the_python_is_named(make, display, monkeypatch):
    monkeypatch.setattr(module, "HAS_REQUESTS", False)
    make().run()
    (text,) = display.vvv.call_args.args
    assert text.endswith(f"runs as a module: the Python library requests is missing in {sys.executable}.")


@pytest.mark.parametrize("verbosity", [2, 3])
def test_requests_are_displayed_at_vvv(make, display, verbosity):
    def run(task: Task) -> dict[str, t.Any]:
        task.context.observe("GET /given-token: 200")
        return {}

    display.verbosity = verbosity
    make(run).run(inventory_hostname="one")
    lines = [call for call in display.vvv.call_args_list if "GET" in call.args[0]]
    assert lines == ([call("GET /********: 200", host="one")] if verbosity == 3 else [])


def test_requests_of_a_module_are_displayed_and_not_returned(make, display):
    stub = make()
    remote(stub)
    stub.action._execute_module.return_value = {"changed": True, "requests_log": ["GET /x: 200", "GET /y: 200"]}
    assert stub.run(inventory_hostname="one") == {"changed": True}
    assert [call.args[0] for call in display.vvv.call_args_list[1:]] == ["GET /x: 200", "GET /y: 200"]


def test_the_module_gets_a_copy_of_the_arguments(make):
    """ansible-core adds keys of its own to the arguments."""
    stub = make()
    remote(stub)
    stub.run()
    assert stub.module_args is not stub.task.args


@pytest.mark.parametrize(("seconds", "native", "wrap"), [(0, False, False), (30, False, True), (30, True, False)])
def test_async_is_wrapped_by_ansible_and_keeps_its_folder(make, seconds, native, wrap):
    stub = make()
    remote(stub)
    stub.task.async_val, stub.connection.has_native_async = seconds, native
    stub.run()
    assert stub.action._execute_module.call_args.kwargs["wrap_async"] is wrap
    assert stub.action._remove_tmp_path.called is not wrap


@pytest.mark.parametrize("change", [remote, asynchronous])
def test_the_module_knows_whether_it_is_asynchronous(make, change):
    stub = make()
    change(stub)
    seen: list[dict[str, str]] = []

    def execute(**_more: t.Any) -> dict[str, t.Any]:
        seen.extend(stub.task.environment)
        return {}

    stub.action._execute_module.side_effect = execute
    stub.run()
    assert seen == ([{job.VARIABLE: "1"}] if change is asynchronous else [])
    assert stub.task.environment == []


# -- modes and arguments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [True, False])
def test_check_and_diff_mode(make, mode):
    stub = make()
    stub.task.check_mode = stub.task.diff = mode
    stub.run()
    assert (stub.tasks[0].check_mode, stub.tasks[0].diff_mode) == (mode, mode)
    assert isinstance(stub.tasks[0].controller, ActionController)


def test_aliases_and_defaults(make):
    stub = make(address="o@acme.example")
    stub.run()
    assert stub.params["email"] == "o@acme.example"
    assert stub.params["validate_certs"] is True


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"nope": 1}, "Unsupported parameters for (partnerops.saas.mobsted_thing) module: nope."),
        ({"timeout": "soon"}, "argument 'timeout' is of type"),
        ({"token_cache": "never"}, "value of token_cache must be one of: run, none, got: never"),
        ({"first": "1", "other": "2"}, "parameters are mutually exclusive: first|other"),
        ({"items": ["x"]}, "Elements value for option 'items'"),
    ],
)
def test_arguments_that_are_refused(make, args, said):
    stub = make(**args)
    result = stub.run()
    assert (result["failed"], result["changed"]) == (True, False)
    assert said in result["msg"]
    assert stub.tasks == []


def test_a_missing_argument(make):
    stub = make()
    del stub.task.args["api_url"]
    assert stub.run()["msg"].startswith(
        "missing required arguments: api_url. Set it in the task (with the playbooks of this collection in "
        "partner_mobsted_connection), or set the environment variable "
    )


def test_warnings_and_deprecations_of_the_arguments(make):
    result = make(email="a@b.example", address="a@b.example", old="x").run()
    assert result["warnings"] == ["Both option email and its alias address are set."]
    assert [entry["msg"] for entry in result["deprecations"]] == [
        "Param 'old' is deprecated. See the module docs for more information"
    ]
    assert None not in result["deprecations"][0].values()


def test_warnings_of_the_operation(make):
    def run(task: Task) -> dict[str, t.Any]:
        task.warn("Careful with given-token.")
        return {}

    assert make(run).run()["warnings"] == ["Careful with ********."]


# -- environment -----------------------------------------------------------------------------------------------------


def test_the_environment_of_the_task_counts_and_is_gone_afterwards(make, monkeypatch):
    monkeypatch.setenv("MOBSTED_SETTLE", "5")
    seen: dict[str, str | None] = {}

    def run(task: Task) -> dict[str, t.Any]:
        seen.update({name: os.environ.get(name) for name in ("HTTPS_PROXY", "NUMBER")})
        return {"settle": task.params["settle"], "retries": task.params["retries"]}

    stub = make(run)
    stub.task.environment = [{"MOBSTED_RETRIES": "7", "HTTPS_PROXY": "http://p.example", "NUMBER": 5}]
    result = stub.run()
    assert (result["settle"], result["retries"]) == (5, 7)
    assert seen == {"HTTPS_PROXY": "http://p.example", "NUMBER": "5"}
    assert "NUMBER" not in os.environ
    assert os.environ["MOBSTED_SETTLE"] == "5"
