# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An action of a test module, with stubs for what ansible-core gives an action."""

from __future__ import annotations

import os
import shlex
import typing as t
from pathlib import Path
from unittest.mock import MagicMock

from ansible_collections.partnerops.saas.plugins.module_utils.operation import Operation, Task
from ansible_collections.partnerops.saas.plugins.plugin_utils.in_process import InProcessAction

CONNECTION = {"api_url": "https://ppp-admin.mobsted.com", "api_token": "given-token"}
Run = t.Callable[[Task], dict[str, t.Any]]


class StubbedAction:
    """An action of the module ``mobsted_thing`` that runs a function, which gets each of ``tasks``."""

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
                    "file": {"type": "path"},
                    "nested": {"type": "dict", "options": {"file": {"type": "path"}}},
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
        self.connection._shell.quote = shlex.quote
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
        self.action._low_level_execute_command = MagicMock(return_value={"rc": 0})
        self.action._find_needle = MagicMock(side_effect=lambda _kind, name: f"/found/{name}")

    def _tmp(self) -> None:
        self.connection._shell.tmpdir = "/remote/tmp"

    def run(self, **task_vars: t.Any) -> dict[str, t.Any]:
        return self.action.run(None, task_vars)

    @property
    def params(self) -> dict[str, t.Any]:
        """The parameters that the operation got."""
        return self.tasks[0].params

    @property
    def module_args(self) -> dict[str, t.Any]:
        """The arguments that the module got."""
        return self.action._execute_module.call_args.kwargs["module_args"]


def remote(stub: StubbedAction) -> None:
    stub.connection.transport = "ssh"


def become(stub: StubbedAction) -> None:
    stub.connection.become = MagicMock()


def asynchronous(stub: StubbedAction) -> None:
    stub.task.async_val = 30
