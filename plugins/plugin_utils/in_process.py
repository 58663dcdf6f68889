# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin behind every module: the same operation, inside the controller's process.

A module task costs a new Python of some 200 ms; this costs a few. It has to behave as the module does in everything
that a user can see, so each of the known differences is met here, one by one: ``environment:``, the working directory,
types, masking, ``become``, ``async``, time-outs, warnings, ``invocation``. Where it can't, the module runs instead.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
import typing as t
import warnings
from collections.abc import Mapping
from datetime import date, time

from ansible import constants as C  # noqa: N812 - as all of Ansible calls it
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.release import __version__ as CORE_VERSION  # noqa: N812
from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import HAS_REQUESTS
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Operation, Result, Task, perform
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.run.secrets import core_registry, present
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController

#: Before 2.19, ansible-core hides the message of a failed task along with its result; later it shows it by itself.
CENSORS_MESSAGES = tuple(map(int, CORE_VERSION.split(".")[:2])) < (2, 19)

#: The runtime of this process: a worker is forked for each task and host, and runs all items of a loop.
_RUNTIMES: dict[int, RunContext] = {}


def context_of_process() -> RunContext:
    """Clients, tokens and secrets of this worker. Never made at import: that happens before the fork."""
    pid = os.getpid()
    if pid not in _RUNTIMES:
        _RUNTIMES.clear()
        _RUNTIMES[pid] = RunContext(C.DEFAULT_LOCAL_TMP)
    return _RUNTIMES[pid]


def plain(value: t.Any) -> t.Any:
    """Arguments as a module gets them through JSON: exact types, no tags, vaulted values decrypted, dates as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__add__(value, 0)
    if isinstance(value, float):
        return float.__add__(value, 0.0)
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, (date, time)) else str.__str__(str(value))


@contextlib.contextmanager
def surroundings(environment: t.Mapping[t.Any, t.Any], folder: str) -> t.Iterator[None]:
    """A module's surroundings: ``environment:``, the playbook's folder, no Python warnings, no log lines with URLs."""
    saved, old, log = dict(os.environ), os.getcwd(), logging.getLogger("urllib3")
    level = log.level
    try:
        os.environ.update({str(key): str(value) for key, value in environment.items()})
        with contextlib.suppress(OSError):
            os.chdir(folder)
        log.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ.clear()
        os.environ.update(saved)
        os.chdir(old)
        log.setLevel(level)


class InProcessAction(ActionBase):
    """Subclasses name their operation, nothing else."""

    operation: t.ClassVar[Operation]
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Run the operation here, or hand the task to the module."""
        base: Result = super().run(tmp, task_vars) or {}
        remote = self._connection.transport != "local" or self._connection.become
        if remote or self._task.async_val or not HAS_REQUESTS:
            return {**base, **self._as_module(task_vars)}
        environment: dict[t.Any, t.Any] = {}
        self._compute_environment_string(environment)
        context = context_of_process()
        context.begin(str(self._task._uuid))
        with surroundings(environment, self._loader.get_basedir()):
            checked = ArgumentSpecValidator(self.operation.argument_spec(), **self.operation.constraints).validate(
                self._arguments()
            )
            # Also what came from the environment and from defaults: ansible-core knows which options are secret.
            context.secrets.add(*(value for value in checked._no_log_values if isinstance(value, str)))
            task = Task(
                checked.validated_parameters,
                check_mode=self._task.check_mode,
                diff_mode=self._task.diff,
                context=context,
                controller=ActionController(self._loader, context),
            )
            task.warnings += [
                "Both option {option} and its alias {alias} are set.".format(**one) for one in checked._warnings
            ]
            task.deprecations += [{k: v for k, v in one.items() if v is not None} for one in checked._deprecations]
            result = self._refusal(checked) or self._performed(task)
        return {**base, **self._finished(result, task, checked, task_vars)}

    def _arguments(self) -> dict[str, t.Any]:
        """The task's arguments under the options' own names; one that is given under both stays, and is refused."""
        args = plain(self._task.args)
        own = self.operation.synonyms
        return {own[key] if key in own and own[key] not in args else key: value for key, value in args.items()}

    def _performed(self, task: Task) -> Result:
        with contextlib.ExitStack() as stack:
            try:
                for place, key in self.operation.files(task.params):
                    if place.get(key):
                        place[key] = stack.enter_context(self._real_file(self._find_needle("files", place[key])))
            except AnsibleError as error:
                return _no_file(error)
            return perform(self.operation, task)

    @contextlib.contextmanager
    def _real_file(self, path: str) -> t.Iterator[str]:
        """The file itself, or where it is vaulted a decrypted copy of the same name, as a module would get it."""
        source = self._loader.get_real_file(path)
        if source == path:
            yield path
            return
        with tempfile.TemporaryDirectory(dir=C.DEFAULT_LOCAL_TMP) as folder:
            target = os.path.join(folder, os.path.basename(path))
            try:
                shutil.copyfile(source, target)
            finally:
                self._loader.cleanup_tmp_file(source)
            yield target

    def _refusal(self, checked: t.Any) -> Result | None:
        if not checked.error_messages:
            return None
        unsupported = isinstance(checked.errors[0], UnsupportedError)
        head = f"Unsupported parameters for ({self._task.action}) module: " if unsupported else ""
        return {"failed": True, "changed": False, "msg": head + checked.errors.msg}

    def _finished(self, result: Result, task: Task, checked: t.Any, task_vars: dict[str, t.Any] | None) -> Result:
        if self._wants_invocation(task_vars):
            result["invocation"] = {"module_args": checked.validated_parameters}
        for key, entries in (("warnings", task.warnings), ("deprecations", task.deprecations)):
            if entries:
                result[key] = entries
        if core_registry() is not None:
            return result
        secrets = task.context.secrets
        hidden = secrets.mask_values() | {str(value) for value in checked._no_log_values}
        shown = False
        for key, value in result.items():
            if value is None or isinstance(value, bool):
                continue
            # Each text once, and only the keys that need it: a fleet's result has megabytes.
            text = "\n".join(set(_texts(value)))
            found = present(hidden, text)
            if found:
                result[key] = remove_values(value, found)
                text = "\n".join(set(_texts(result[key])))
            shown = shown or bool(present(secrets.shown, text))
        if shown:
            result["_ansible_no_log"] = True  # usable in a registered variable, not shown
            if result.get("failed") and CENSORS_MESSAGES:
                # A fleet that made tenants and then failed has to say what failed. Its message holds no secret.
                Display().error(f"{self._task.action}: {secrets.scrub(str(result.get('msg')))}", wrap_text=False)
        return result

    def _wants_invocation(self, task_vars: dict[str, t.Any] | None) -> bool:
        try:
            return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
        except AnsibleError:  # before 2.21 there is no such setting, and a module always tells
            return True

    def _as_module(self, task_vars: dict[str, t.Any] | None) -> Result:
        """Run the module, with the files that it needs beside it."""
        args = self._arguments()
        environment: dict[t.Any, t.Any] = {}
        self._compute_environment_string(environment)
        wrap = bool(self._task.async_val) and not getattr(self._connection, "has_native_async", False)
        try:
            for place, key in self.operation.files(args):
                if isinstance(place, dict) and place.get(key):
                    with surroundings(environment, self._loader.get_basedir()):
                        name = os.path.expanduser(os.path.expandvars(str(place[key])))
                    place[key] = self._transferred(self._find_needle("files", name))
        except AnsibleError as error:
            return _no_file(error)
        result = self._execute_module(module_args=args, task_vars=task_vars, wrap_async=wrap)
        if not wrap:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _transferred(self, path: str) -> str:
        shell = self._connection._shell
        source = self._loader.get_real_file(path)
        try:
            if self._connection.transport == "local" and not self._connection.become and source == path:
                return path
            if not shell.tmpdir:
                self._make_tmp_path()
            target = shell.join_path(shell.tmpdir, os.path.basename(path))
            self._transfer_file(source, target)
            self._fixup_perms2((shell.tmpdir, target))
            return target
        finally:
            self._loader.cleanup_tmp_file(source)


def _no_file(error: AnsibleError) -> Result:
    failure = {"code": "invalid_input", "method": None, "path": None, "status": None, "message": None}
    return {
        "failed": True,
        "changed": False,
        "msg": f"A file was not found: {error} Nothing was sent.",
        "failure": failure,
    }


def _texts(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple, set)):
        for inner in value:
            yield from _texts(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
