# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action behind every module: in process where the connection is local, as the module elsewhere.

tests/integration/test_twins.py compares both paths for real, on every release of ansible-core; here is each decision
by itself.
"""

from __future__ import annotations

import datetime
import logging
import os
import typing as t
import warnings
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleError, AnsibleFileNotFound

from ansible_collections.partnerops.saas.plugins.module_utils import secrets as secrets_module
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Operation, Task
from ansible_collections.partnerops.saas.plugins.plugin_utils import in_process as module
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController
from ansible_collections.partnerops.saas.plugins.plugin_utils.in_process import InProcessAction, plain, surroundings

CONNECTION = {"api_url": "https://ppp-admin.mobsted.com", "api_token": "given-token"}
Run = t.Callable[[Task], dict[str, t.Any]]


class Made:
    """An action of a test module, and what stands around it."""

    def __init__(self, run: Run, args: dict[t.Any, t.Any], folder: Path) -> None:
        self.tasks: list[Task] = []

        def recording(task: Task) -> dict[str, t.Any]:
            self.tasks.append(task)
            return run(task)

        class Action(InProcessAction):
            operation = Operation(
                name="mobsted_thing",
                vendor="mobsted",
                options={
                    "email": {"type": "str", "aliases": ["address"]},
                    "old": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "partnerops.saas"},
                    "icon": {"type": "path"},
                    "items": {"type": "list", "elements": "dict"},
                    "first": {"type": "str"},
                    "other": {"type": "str"},
                },
                constraints={"mutually_exclusive": [("first", "other")]},
                run=recording,
                files=lambda params: [(params, "icon")],
            )

        self.task = MagicMock(async_val=0, check_mode=False, diff=False, action="partnerops.saas.mobsted_thing")
        self.task.args = {**CONNECTION, **args}
        self.task.environment = []
        self.connection = MagicMock(transport="local", become=None, has_native_async=False)
        self.connection._shell.tmpdir = None
        self.connection._shell.join_path = os.path.join
        self.loader = MagicMock()
        self.loader.get_basedir.return_value = str(folder)
        self.loader.get_real_file.side_effect = lambda path: path
        templar = MagicMock()
        templar.template.side_effect = lambda value, **_more: value
        templar.resolve_variable_expression = templar.template
        self.action = Action(self.task, self.connection, MagicMock(), self.loader, templar, MagicMock())
        self.action._execute_module = MagicMock(return_value={"changed": True, "by": "module"})
        self.action._remove_tmp_path = MagicMock()
        self.action._make_tmp_path = MagicMock(side_effect=self._tmp)
        self.action._transfer_file = MagicMock()
        self.action._fixup_perms2 = MagicMock()
        self.action._find_needle = MagicMock(side_effect=lambda _kind, name: f"/found/{name}")

    def _tmp(self) -> None:
        self.connection._shell.tmpdir = "/remote/tmp"

    def run(self, **task_vars: t.Any) -> dict[str, t.Any]:
        return self.action.run(None, task_vars)

    @property
    def params(self) -> dict[str, t.Any]:
        """What the operation got."""
        return self.tasks[0].params

    @property
    def module_args(self) -> dict[str, t.Any]:
        """What the module got."""
        return self.action._execute_module.call_args.kwargs["module_args"]


@pytest.fixture(autouse=True)
def own_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is left of the tasks of another test."""
    monkeypatch.setattr(module, "_RUNTIMES", {})
    monkeypatch.setattr(module.C, "DEFAULT_LOCAL_TMP", str(tmp_path))


@pytest.fixture
def make(tmp_path: Path) -> t.Callable[..., Made]:
    def made(run: Run = lambda task: {"changed": True}, **args: t.Any) -> Made:
        return Made(run, args, tmp_path)

    return made


# -- where it runs ----------------------------------------------------------------------------------------------------


def test_a_local_connection_runs_in_process(make):
    made = make(email="o@acme.example")
    result = made.run()
    assert result["changed"] is True
    assert made.params["email"] == "o@acme.example"
    assert made.params["timeout"] == 90
    made.action._execute_module.assert_not_called()


def remote(made: Made) -> None:
    made.connection.transport = "ssh"


def become(made: Made) -> None:
    made.connection.become = MagicMock()


def asynchronous(made: Made) -> None:
    made.task.async_val = 30


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


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [lambda made: None, asynchronous])
@pytest.mark.parametrize("name", ["~/icon.png", "$ICONS/icon.png"])
def test_a_file_is_found_as_copy_finds_it(make, change, name):
    made = make(icon=name)
    made.task.environment = [{"HOME": "/icons", "ICONS": "/icons"}]
    change(made)
    made.run()
    made.action._find_needle.assert_called_once_with("files", "/icons/icon.png")
    assert (made.params if made.tasks else made.module_args)["icon"] == "/found//icons/icon.png"


def test_a_vaulted_file_is_decrypted_under_its_own_name(make, tmp_path):
    def run(task: Task) -> dict[str, t.Any]:
        path = Path(task.params["icon"])
        return {"name": path.name, "content": path.read_text(), "path": str(path)}

    decrypted = tmp_path / "tmp1234"
    decrypted.write_text("an icon")
    made = make(run, icon="icon.svg")
    made.loader.get_real_file.side_effect = lambda path: str(decrypted)
    result = made.run()
    assert (result["name"], result["content"]) == ("icon.svg", "an icon")
    assert not Path(result["path"]).exists()
    made.loader.cleanup_tmp_file.assert_called_once_with(str(decrypted))


@pytest.mark.parametrize("change", [lambda made: None, remote])
def test_a_file_that_is_nowhere(make, change):
    made = make(icon="missing.png")
    change(made)
    made.action._find_needle.side_effect = AnsibleFileNotFound("Could not find or access 'missing.png'")
    result = made.run()
    assert result["failed"] is True
    assert result["failure"]["code"] == "invalid_input"
    assert "missing.png" in result["msg"]
    assert "Nothing was sent" in result["msg"]
    assert made.tasks == []
    made.action._execute_module.assert_not_called()


def test_a_decrypted_file_is_cleaned_up_after_a_failure(make, tmp_path):
    seen: list[str] = []

    def run(task: Task) -> dict[str, t.Any]:
        seen.append(task.params["icon"])
        raise ApiError("forbidden", "May not.")

    made = make(run, icon="icon.png")
    (tmp_path / "tmp1234").touch()
    made.loader.get_real_file.side_effect = lambda path: str(tmp_path / "tmp1234")
    assert made.run()["failure"]["code"] == "forbidden"
    assert not Path(seen[0]).exists()
    made.loader.cleanup_tmp_file.assert_called_once_with(str(tmp_path / "tmp1234"))


def test_a_file_goes_to_the_other_machine_with_the_module(make):
    made = make(icon="icons/a.png")
    remote(made)
    made.loader.get_real_file.side_effect = lambda path: f"/decrypted{path}"
    made.run()
    made.action._transfer_file.assert_called_once_with("/decrypted/found/icons/a.png", "/remote/tmp/a.png")
    made.action._fixup_perms2.assert_called_once_with(("/remote/tmp", "/remote/tmp/a.png"))
    assert made.module_args["icon"] == "/remote/tmp/a.png"
    assert made.task.args["icon"] == "icons/a.png"
    made.loader.cleanup_tmp_file.assert_called_once_with("/decrypted/found/icons/a.png")
    made.action._remove_tmp_path.assert_called_once_with("/remote/tmp")


def test_a_folder_on_the_other_machine_is_made_once(make):
    made = make(icon="a.png")
    remote(made)
    made.connection._shell.tmpdir = "/remote/already"
    made.run()
    made.action._make_tmp_path.assert_not_called()
    assert made.module_args["icon"] == "/remote/already/a.png"


def test_a_file_on_this_machine_stays_where_it_is(make):
    made = make(icon="a.png")
    asynchronous(made)
    made.run()
    made.action._transfer_file.assert_not_called()
    assert made.module_args["icon"] == "/found/a.png"


def test_a_decrypted_file_is_copied_even_on_this_machine(make):
    """The loader removes its own copy before the module reads it."""
    made = make(icon="a.png")
    asynchronous(made)
    made.loader.get_real_file.side_effect = lambda path: f"/decrypted{path}"
    made.run()
    assert made.module_args["icon"] == "/remote/tmp/a.png"


# -- masking ----------------------------------------------------------------------------------------------------------


def test_secret_options_are_masked_in_the_result(make):
    def run(task: Task) -> dict[str, t.Any]:
        return {"token": task.params["api_token"], "text": "x given-token y", "list": ["given-token"], "flag": True}

    result = make(run).run()
    assert result["token"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert result["text"] == "x ******** y"
    assert "given-token" not in str(result)
    assert result["flag"] is True


def test_secrets_of_the_environment_and_of_the_operation_are_masked(make, monkeypatch):
    monkeypatch.setenv("MOBSTED_API_PASSWORD", "pass/word")

    def run(task: Task) -> dict[str, t.Any]:
        task.runtime.secrets.add("access-token")
        return {"a": "pass/word", "b": "pass%2Fword", "c": ["access-token"], "n": 5}

    result = make(run).run()
    assert not {"pass/word", "pass%2Fword", "access-token"} & set(map(str, [result["a"], result["b"], *result["c"]]))
    assert result["n"] == 5


def test_flags_stay_what_they_are(make):
    """A secret option whose value is a word such as "True" must not turn the result's own flags into text."""
    result = make(lambda _task: {"changed": True, "reconciled": False, "none": None}, api_token="True").run()
    assert (result["changed"], result["reconciled"], result["none"]) == (True, False, None)


def showing(task: Task) -> dict[str, t.Any]:
    task.runtime.secrets.add("new-password")
    task.runtime.secrets.show("new-password")
    return {"credentials": {"password": "new-password"}}


def test_a_secret_that_the_user_is_meant_to_get_is_usable_and_not_shown(make):
    result = make(showing).run()
    assert result["credentials"] == {"password": "new-password"}
    assert result["_ansible_no_log"] is True


@pytest.mark.parametrize("censors", [True, False])
def test_what_failed_is_told_where_core_would_hide_it(make, monkeypatch, censors):
    display = MagicMock()
    monkeypatch.setattr(module, "Display", lambda: display)
    monkeypatch.setattr(module, "CENSORS_MESSAGES", censors)

    def run(task: Task) -> dict[str, t.Any]:
        raise ApiError("unknown_outcome", "Nobody knows of new-password.", result=showing(task))

    assert make(run).run()["_ansible_no_log"] is True
    told = [call.args for call in display.error.call_args_list]
    assert told == ([("partnerops.saas.mobsted_thing: Nobody knows of ********.",)] if censors else [])


def test_other_results_of_the_same_worker_are_shown(make):
    make(showing).run()
    assert "_ansible_no_log" not in make().run()


def test_with_the_registry_of_2_22_nothing_is_masked_here(make, monkeypatch):
    registered: set[str] = set()
    monkeypatch.setattr(secrets_module, "_register_secrets", registered.update)
    result = make(showing).run()
    assert result["credentials"] == {"password": "new-password"}
    assert "_ansible_no_log" not in result
    assert {"new-password", "given-token"} <= registered


def test_an_unexpected_error_is_masked_as_well(make):
    def run(_task: Task) -> dict[str, t.Any]:
        raise RuntimeError("with given-token")

    result = make(run).run()
    assert result["failed"] is True
    assert "given-token" not in str(result)
    assert "RuntimeError" in result["msg"]


# -- invocation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("setting", "shown"), [(True, True), (False, False), (AnsibleError("no such setting"), True)])
def test_invocation(make, monkeypatch, setting, shown):
    original = module.C.config.get_config_value

    def configured(name: str, *args: t.Any, **kwargs: t.Any) -> t.Any:
        if name != "INJECT_INVOCATION":
            return original(name, *args, **kwargs)
        if isinstance(setting, Exception):
            raise setting
        return setting

    monkeypatch.setattr(module.C.config, "get_config_value", configured)
    made = make(email="o@acme.example")
    result = made.run()
    assert ("invocation" in result) is shown
    if shown:
        told = result["invocation"]["module_args"]
        assert told["email"] == "o@acme.example"
        assert told["api_token"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        assert told["timeout"] == 90


# -- what the tasks of a worker share ---------------------------------------------------------------------------------


def test_items_of_a_loop_share_what_the_process_has(make, tmp_path):
    first, second = make(), make()
    first.run()
    second.run()
    runtime = first.tasks[0].runtime
    assert second.tasks[0].runtime is runtime
    assert runtime.store.shared


def test_a_forked_worker_has_its_own(make, monkeypatch):
    first, second = make(), make()
    first.run()
    monkeypatch.setattr(module.os, "getpid", lambda: -1)
    second.run()
    assert second.tasks[0].runtime is not first.tasks[0].runtime
    assert len(module._RUNTIMES) == 1
