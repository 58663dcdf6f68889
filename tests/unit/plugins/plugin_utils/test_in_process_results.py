# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of the actions: which files it finds, and what its results show."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleError, AnsibleFileNotFound

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run import secrets as secrets_module
from ansible_collections.partnerops.saas.plugins.plugin_utils import in_process as module
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.stubbed_action import asynchronous, remote

# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [lambda stub: None, asynchronous])
@pytest.mark.parametrize("name", ["~/icon.png", "$ICONS/icon.png"])
def test_a_file_is_found_as_copy_finds_it(make, change, name):
    stub = make(icon=name)
    stub.task.environment = [{"HOME": "/icons", "ICONS": "/icons"}]
    change(stub)
    stub.run()
    stub.action._find_needle.assert_called_once_with("files", "/icons/icon.png")
    assert (stub.params if stub.tasks else stub.module_args)["icon"] == "/found//icons/icon.png"


def test_a_vaulted_file_is_decrypted_under_its_own_name(make, tmp_path):
    def run(task: Task) -> dict[str, t.Any]:
        path = Path(task.params["icon"])
        return {"name": path.name, "content": path.read_text(), "path": str(path)}

    decrypted = tmp_path / "tmp1234"
    decrypted.write_text("an icon")
    stub = make(run, icon="icon.svg")
    stub.loader.get_real_file.side_effect = lambda path: str(decrypted)
    result = stub.run()
    assert (result["name"], result["content"]) == ("icon.svg", "an icon")
    assert not Path(result["path"]).exists()
    stub.loader.cleanup_tmp_file.assert_called_once_with(str(decrypted))


@pytest.mark.parametrize("change", [lambda stub: None, remote])
def test_a_file_that_is_nowhere(make, change):
    stub = make(icon="missing.png")
    change(stub)
    stub.action._find_needle.side_effect = AnsibleFileNotFound("Could not find or access 'missing.png'")
    result = stub.run()
    assert result["failed"] is True
    assert result["failure"]["code"] == "invalid_input"
    assert "missing.png" in result["msg"]
    assert "Nothing was sent" in result["msg"]
    assert stub.tasks == []
    stub.action._execute_module.assert_not_called()


@pytest.mark.parametrize("way", [lambda _stub: None, remote])
def test_whose_file_is_none_or_can_not_be_read(make, tmp_path, way):
    stub = make(icon="x")
    way(stub)
    stub.action._find_needle.side_effect = lambda _kind, _name: str(tmp_path)
    result = stub.run()
    assert result["msg"] == f"icon is a folder: {tmp_path}. Name a file. Nothing was sent."
    os.mkfifo(tmp_path / "pipe")
    stub.action._find_needle.side_effect = lambda _kind, _name: str(tmp_path / "pipe")
    assert stub.run()["msg"] == f"icon is not a file: {tmp_path / 'pipe'}. Name a file. Nothing was sent."
    stub.action._find_needle.side_effect = lambda _kind, _name: __file__
    stub.loader.get_real_file.side_effect = AnsibleError("A vault secret must be specified.")
    result = stub.run()
    assert result["msg"] == "icon can't be read: A vault secret must be specified. Check the file. Nothing was sent."
    assert result["failure"]["code"] == "invalid_input"


def test_a_failure_names_the_file_and_not_its_copy(make):
    stub = make(icon="a.png")
    remote(stub)
    copy = "/remote/tmp/file-0/a.png"
    stub.action._execute_module.return_value = {"failed": True, "msg": f"not an image: {copy}.", "warnings": [copy]}
    result = stub.run()
    assert (result["msg"], result["warnings"]) == ("not an image: /found/a.png.", ["/found/a.png"])


def test_a_decrypted_file_is_cleaned_up_after_a_failure(make, tmp_path):
    seen: list[str] = []

    def run(task: Task) -> dict[str, t.Any]:
        seen.append(task.params["icon"])
        raise ApiError("forbidden", "May not.")

    stub = make(run, icon="icon.png")
    (tmp_path / "tmp1234").touch()
    stub.loader.get_real_file.side_effect = lambda path: str(tmp_path / "tmp1234")
    assert stub.run()["failure"]["code"] == "forbidden"
    assert not Path(seen[0]).exists()
    stub.loader.cleanup_tmp_file.assert_called_once_with(str(tmp_path / "tmp1234"))


def test_a_file_goes_to_the_other_machine_with_the_module(make):
    stub = make(icon="icons/a.png")
    remote(stub)
    stub.loader.get_real_file.side_effect = lambda path: f"/decrypted{path}"
    stub.run()
    stub.action._transfer_file.assert_called_once_with("/decrypted/found/icons/a.png", "/remote/tmp/file-0/a.png")
    stub.action._fixup_perms2.assert_called_once_with(("/remote/tmp", "/remote/tmp/file-0", "/remote/tmp/file-0/a.png"))
    assert stub.module_args["icon"] == "/remote/tmp/file-0/a.png"
    assert stub.task.args["icon"] == "icons/a.png"
    stub.loader.cleanup_tmp_file.assert_called_once_with("/decrypted/found/icons/a.png")
    stub.action._remove_tmp_path.assert_called_once_with("/remote/tmp")


def test_two_files_of_one_name_do_not_change_places(make):
    stub = make()
    remote(stub)
    stub.action._copies = {}
    names = [stub.action._transferred(f"/found/{owner}/icon.png", "icon") for owner in ("acme", "globex", "acme")]
    assert names == [f"/remote/tmp/file-{number}/icon.png" for number in (0, 1, 0)]
    assert stub.action._transfer_file.call_count == 2


def test_a_folder_that_can_not_be_made_on_the_other_machine(make):
    stub = make(icon="a.png")
    remote(stub)
    stub.action._low_level_execute_command.return_value = {"rc": 1}
    result = stub.run()
    assert result["failed"] is True
    assert "could not be created on the task's host" in result["msg"]
    stub.action._execute_module.assert_not_called()


def test_a_folder_on_the_other_machine_is_made_once(make):
    stub = make(icon="a.png")
    remote(stub)
    stub.connection._shell.tmpdir = "/remote/already"
    stub.run()
    stub.action._make_tmp_path.assert_not_called()
    assert stub.module_args["icon"] == "/remote/already/file-0/a.png"


def test_a_file_on_this_machine_stays_where_it_is(make):
    stub = make(icon="a.png")
    asynchronous(stub)
    stub.run()
    stub.action._transfer_file.assert_not_called()
    assert stub.module_args["icon"] == "/found/a.png"


def test_a_decrypted_file_is_copied_even_on_this_machine(make):
    """The loader removes its own copy before the module reads it."""
    stub = make(icon="a.png")
    asynchronous(stub)
    stub.loader.get_real_file.side_effect = lambda path: f"/decrypted{path}"
    stub.run()
    assert stub.module_args["icon"] == "/remote/tmp/file-0/a.png"


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
        task.context.secrets.add("access-token")
        return {"a": "pass/word", "b": "pass%2Fword", "c": ["access-token"], "n": 5}

    result = make(run).run()
    assert not {"pass/word", "pass%2Fword", "access-token"} & set(map(str, [result["a"], result["b"], *result["c"]]))
    assert result["n"] == 5


def test_flags_stay_what_they_are(make):
    """A secret option whose value is a word such as "True" must not turn the result's own flags into text."""
    result = make(lambda _task: {"changed": True, "reconciled": False, "none": None}, api_token="True").run()
    assert (result["changed"], result["reconciled"], result["none"]) == (True, False, None)


def showing(task: Task) -> dict[str, t.Any]:
    task.context.secrets.add("new-password")
    task.context.secrets.show("new-password")
    return {"credentials": {"password": "new-password"}}


def test_a_secret_that_the_user_is_meant_to_get_is_usable_and_not_shown(make):
    result = make(showing).run()
    assert result["credentials"] == {"password": "new-password"}
    assert result["_ansible_no_log"] is True


@pytest.mark.parametrize("old", [True, False])
def test_the_message_of_a_failure_is_shown_if_core_would_hide_it(make, monkeypatch, old):
    display = MagicMock()
    monkeypatch.setattr(module, "Display", lambda: display)
    monkeypatch.setattr(module, "BEFORE_2_19", old)

    def run(task: Task) -> dict[str, t.Any]:
        raise ApiError("unknown_outcome", "Nobody knows of new-password.", result=showing(task))

    assert make(run).run()["_ansible_no_log"] is True
    shown = [call.args for call in display.error.call_args_list]
    assert shown == ([("partnerops.saas.mobsted_thing: Nobody knows of ********.",)] if old else [])


@pytest.mark.parametrize("old", [True, False])
def test_the_result_of_a_loop_is_hidden_as_its_items_are(make, monkeypatch, old):
    """Before 2.19, a loop as a whole is hidden only if its task is."""
    monkeypatch.setattr(module, "BEFORE_2_19", old)
    stub, other = make(showing), make()
    for one in (stub, other):
        one.task.no_log = False
        one.run()
    assert (stub.task.no_log, other.task.no_log) == (old, False)


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
    stub = make(email="o@acme.example")
    result = stub.run()
    assert ("invocation" in result) is shown
    if shown:
        shown = result["invocation"]["module_args"]
        assert shown["email"] == "o@acme.example"
        assert shown["api_token"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        assert shown["timeout"] == 90


# -- new credentials that nobody keeps --------------------------------------------------------------------------------

LOGIN = {"login": "a@x.example", "password": "new-password-1"}


@pytest.mark.parametrize("result", [{"credentials": LOGIN}, {"tenants": [{}, {"credentials": LOGIN}]}, {"keys": LOGIN}])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_new_credentials_that_nobody_keeps_get_one_warning(make, result, elsewhere):
    def texts(register, changed):
        found = {"changed": changed, **result}
        stub = make(run=lambda _task: dict(found))
        stub.task.register = register
        if elsewhere:
            stub.connection.transport = "ssh"
            stub.action._execute_module.return_value = dict(found)
        return stub.run().get("warnings", [])

    assert len(texts(None, True)) == 1
    assert "nobody keeps them" in texts(None, True)[0]
    assert texts("made", True) == texts(None, False) == []
