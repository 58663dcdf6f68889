# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action behind every module: in process where the connection is local, as the module elsewhere.

tests/integration/test_twins.py compares both paths for real, on every release of ansible-core; here is each decision by
itself.
"""

from __future__ import annotations

import datetime
import logging
import os
import typing as t
import warnings

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.plugin_utils import in_process as module
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController
from ansible_collections.partnerops.saas.plugins.plugin_utils.in_process import plain, surroundings
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.made import (
    CONNECTION,
    asynchronous,
    become,
    remote,
)

# -- where it runs ----------------------------------------------------------------------------------------------------


def test_a_local_connection_runs_in_process(make):
    made = make(email="o@acme.example")
    result = made.run()
    assert result["changed"] is True
    assert made.params["email"] == "o@acme.example"
    assert made.params["timeout"] == 90
    made.action._execute_module.assert_not_called()


@pytest.mark.parametrize("change", [remote, become, asynchronous])
def test_elsewhere_the_module_runs(make, change):
    made = make(email="o@acme.example")
    change(made)
    assert made.run()["by"] == "module"
    assert made.tasks == []
    assert made.module_args == {**CONNECTION, "email": "o@acme.example"}


def test_without_requests_the_module_runs(make, monkeypatch):
    monkeypatch.setattr(module, "HAS_REQUESTS", False)
    made = make()
    assert made.run()["by"] == "module"


def test_the_module_gets_a_copy_of_the_arguments(make):
    """ansible-core writes its own keys into what it is given."""
    made = make()
    remote(made)
    made.run()
    assert made.module_args is not made.task.args


@pytest.mark.parametrize(("seconds", "native", "wrap"), [(0, False, False), (30, False, True), (30, True, False)])
def test_async_is_wrapped_by_ansible_and_keeps_its_folder(make, seconds, native, wrap):
    made = make()
    remote(made)
    made.task.async_val, made.connection.has_native_async = seconds, native
    made.run()
    assert made.action._execute_module.call_args.kwargs["wrap_async"] is wrap
    assert made.action._remove_tmp_path.called is not wrap


# -- modes and arguments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [True, False])
def test_check_and_diff_mode(make, mode):
    made = make()
    made.task.check_mode = made.task.diff = mode
    made.run()
    assert (made.tasks[0].check_mode, made.tasks[0].diff_mode) == (mode, mode)
    assert isinstance(made.tasks[0].controller, ActionController)


def test_aliases_and_defaults(make):
    made = make(address="o@acme.example")
    made.run()
    assert made.params["email"] == "o@acme.example"
    assert made.params["validate_certs"] is True


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
    made = make(**args)
    result = made.run()
    assert (result["failed"], result["changed"]) == (True, False)
    assert said in result["msg"]
    assert made.tasks == []


def test_a_missing_argument(make):
    made = make()
    del made.task.args["api_url"]
    assert made.run()["msg"] == "missing required arguments: api_url"


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


class Tagged(str):
    """As ansible-core 2.19 hands values out."""

    __slots__ = ()


class Vaulted:
    """As ansible-core 2.18 hands vaulted values out: text that is decrypted when it is asked for."""

    def __str__(self) -> str:
        return "decrypted"


def test_plain_values():
    tagged = {Tagged("key"): [Tagged("x"), (1, True), {2.5}, None, Vaulted(), datetime.date(2026, 1, 2)]}
    found = plain(tagged)
    assert found == {"key": ["x", [1, True], [2.5], None, "decrypted", "2026-01-02"]}
    assert {type(key) for key in found} == {str}
    assert [type(value) for value in found["key"][:2]] == [str, list]
    assert plain(True).__class__ is bool
    assert plain(type("Number", (int,), {})(5)).__class__ is int
    assert plain(type("Real", (float,), {})(5.5)).__class__ is float
    assert plain(datetime.time(1, 2)) == "01:02:00"


# -- surroundings -----------------------------------------------------------------------------------------------------


def test_the_environment_of_the_task_counts_and_is_gone_afterwards(make, monkeypatch):
    monkeypatch.setenv("MOBSTED_SETTLE", "5")
    seen: dict[str, str | None] = {}

    def run(task: Task) -> dict[str, t.Any]:
        seen.update({name: os.environ.get(name) for name in ("HTTPS_PROXY", "NUMBER")})
        return {"settle": task.params["settle"], "retries": task.params["retries"]}

    made = make(run)
    made.task.environment = [{"MOBSTED_RETRIES": "7", "HTTPS_PROXY": "http://p.example", "NUMBER": 5}]
    result = made.run()
    assert (result["settle"], result["retries"]) == (5, 7)
    assert seen == {"HTTPS_PROXY": "http://p.example", "NUMBER": "5"}
    assert "NUMBER" not in os.environ
    assert os.environ["MOBSTED_SETTLE"] == "5"


def test_it_runs_in_the_folder_of_the_playbook(make, tmp_path):
    before = os.getcwd()
    folder = make(lambda _task: {"folder": os.getcwd()}).run()["folder"]
    assert folder == str(tmp_path)
    assert os.getcwd() == before


def test_a_folder_that_is_gone_is_no_obstacle(make, tmp_path):
    made = make(lambda _task: {"folder": os.getcwd()})
    made.loader.get_basedir.return_value = str(tmp_path / "gone")
    assert made.run()["folder"] == os.getcwd()


def test_surroundings_are_restored_after_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("KEPT", "before")
    log, level, folder = logging.getLogger("urllib3"), logging.getLogger("urllib3").level, os.getcwd()

    def interrupted() -> None:
        with surroundings({"KEPT": "after", "NEW": "1"}, str(tmp_path)):
            inside()
            raise KeyboardInterrupt

    def inside() -> None:
        assert os.environ["KEPT"] == "after"
        assert log.level == logging.CRITICAL  # urllib3 logs addresses with their query
        with warnings.catch_warnings(record=True) as caught:
            warnings.warn("not verified", stacklevel=1)
        assert caught == []

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (os.environ["KEPT"], "NEW" in os.environ, log.level, os.getcwd()) == ("before", False, level, folder)


# -- what the tasks of a worker share ---------------------------------------------------------------------------------


def test_items_of_a_loop_share_what_the_process_has(make, tmp_path):
    first, second = make(), make()
    first.run()
    second.run()
    context = first.tasks[0].context
    assert second.tasks[0].context is context
    assert context.store.shared


def test_a_forked_worker_has_its_own(make, monkeypatch):
    first, second = make(), make()
    first.run()
    monkeypatch.setattr(module.os, "getpid", lambda: -1)
    second.run()
    assert second.tasks[0].context is not first.tasks[0].context
    assert len(module._RUNTIMES) == 1
