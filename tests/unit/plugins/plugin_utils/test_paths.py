# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Relative paths start in the folder in which the command was started, whichever way the task runs."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.paths import VARIABLES, relative_paths
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.stubbed_action import (
    CONNECTION,
    StubbedAction,
    asynchronous,
    become,
    remote,
)

Make = t.Callable[..., StubbedAction]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the command starts; the playbook is in another one."""
    folder = tmp_path / "start"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


SPEC: dict[str, dict[str, t.Any]] = {
    "path": {"type": "path"},
    "text": {"type": "str"},
    "plain": {"type": "dict", "options": {"text": {"type": "str"}}},
    "one": {"type": "dict", "options": {"path": {"type": "path"}}},
    "many": {"type": "list", "elements": "dict", "options": {"path": {"type": "path"}, "icon": {"type": "path"}}},
}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"path": "a.pem", "text": "b.pem"}, ["a.pem"]),
        ({"path": "$FOLDER/a.pem"}, ["below/a.pem"]),
        ({"path": "$ROOT/a.pem"}, []),
        ({"path": "/a.pem"}, []),
        ({"path": "~/a.pem"}, []),
        ({"path": ""}, []),
        ({"path": None, "one": None, "many": None}, []),
        ({"path": 5, "one": "text", "many": ["text"]}, []),
        ({"plain": {"path": "a.pem"}}, []),
        ({"one": {"path": "a.pem"}}, ["a.pem"]),
        ({"many": [{"path": "a.pem", "icon": "b.png"}, {"path": "c.pem"}]}, ["a.pem", "c.pem"]),
    ],
)
def test_relative_paths_are_found(monkeypatch: pytest.MonkeyPatch, values: dict[str, t.Any], found: list[str]) -> None:
    monkeypatch.setenv("FOLDER", "below")
    monkeypatch.setenv("ROOT", "/root")
    assert [one.path for one in relative_paths(SPEC, values, {"icon"})] == found


def test_the_variables_are_those_of_the_options_and_of_the_library() -> None:
    assert set(VARIABLES) >= {"MIP_LEDGER_PATH", "MOBSTED_CA_PATH", "MIP_CA_PATH", "REQUESTS_CA_BUNDLE"}


def test_in_process_the_working_directory_is_that_of_the_command(make: Make, start: Path) -> None:
    result = make(lambda _task: {"folder": os.getcwd()}, file="a.txt").run()
    assert result["folder"] == str(start)


@pytest.mark.parametrize("change", [asynchronous, become])
def test_a_module_on_this_machine_gets_absolute_paths(
    make: Make, start: Path, monkeypatch: pytest.MonkeyPatch, change: t.Callable[[StubbedAction], None]
) -> None:
    stub = make(file="a.txt", nested={"file": "b.txt"}, icon="c.png")
    change(stub)
    stub.run()
    assert stub.module_args == {
        **CONNECTION,
        "file": str(start / "a.txt"),
        "nested": {"file": str(start / "b.txt")},
        "icon": "/remote/tmp/file-0/c.png" if stub.connection.become else "/found/c.png",
    }


def test_a_module_on_another_machine_gets_them_as_they_are(make: Make, start: Path) -> None:
    stub = make(file="a.txt")
    remote(stub)
    stub.run()
    assert stub.module_args["file"] == "a.txt"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (asynchronous, {"MOBSTED_CA_PATH": "ca.pem", "REQUESTS_CA_BUNDLE": "task.pem"}),
        (become, {"REQUESTS_CA_BUNDLE": "task.pem"}),
    ],
)
def test_variables_of_a_module_on_this_machine_are_absolute(
    make: Make,
    start: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: t.Callable[[StubbedAction], None],
    expected: dict[str, str],
) -> None:
    """A task that becomes another user does not get this process's own environment."""
    monkeypatch.setenv("MOBSTED_CA_PATH", "ca.pem")
    stub = make()
    stub.task.environment = [{"REQUESTS_CA_BUNDLE": "task.pem"}]
    change(stub)
    seen: list[t.Any] = []

    def execute(**_more: t.Any) -> dict[str, t.Any]:
        seen.extend(stub.task.environment)
        return {}

    stub.action._execute_module.side_effect = execute
    stub.run()
    found = {name: value for more in seen[1:] for name, value in more.items() if name in VARIABLES}
    assert found == {name: str(start / file) for name, file in expected.items()}
    assert stub.task.environment == [{"REQUESTS_CA_BUNDLE": "task.pem"}]


@pytest.mark.parametrize("change", [None, asynchronous])
@pytest.mark.parametrize("by_variable", [False, True])
def test_a_file_next_to_the_playbook_is_not_left_behind_in_silence(
    make: Make,
    start: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: t.Callable[[StubbedAction], None] | None,
    by_variable: bool,
) -> None:
    name = "MOBSTED_CA_PATH" if by_variable else "file"
    stub = make(**({} if by_variable else {"file": "old.txt"}))
    if by_variable:
        monkeypatch.setenv(name, "old.txt")
    if change:
        change(stub)
    (tmp_path / "old.txt").touch()
    result = stub.run()
    assert result["failure"]["code"] == "invalid_input"
    assert str(tmp_path / "old.txt") in result["msg"]
    assert str(start) in result["msg"]
    assert result["msg"].startswith(("file is", "ca_path is", "MOBSTED_CA_PATH is"))
    assert stub.tasks == []
    stub.action._execute_module.assert_not_called()
    (start / "old.txt").touch()
    assert not stub.run().get("failed")


def test_a_file_that_is_looked_up_otherwise_is_no_concern(make: Make, start: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert not make(icon="a.png").run().get("failed")
