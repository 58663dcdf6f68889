# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module's operation inside the controller's process: the base of every action plugin.

A module starts a new Python, which takes some 200 ms; this takes a few. It has to behave like the module in everything
that a user can see, so it deals with each known difference: ``environment:``, types, masking, time-outs, warnings,
``invocation``. With ``become``, with ``async`` or on another machine it cannot, and the module runs instead.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
import typing as t

from ansible import constants as C  # noqa: N812 - as all of Ansible calls it
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.release import __version__ as CORE_VERSION  # noqa: N812
from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.module_utils.errors import invalid
from ansible_collections.partnerops.saas.plugins.module_utils.hints import with_hint
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import HAS_REQUESTS
from ansible_collections.partnerops.saas.plugins.module_utils.operation import (
    UNSENT,
    Operation,
    Result,
    Task,
    perform,
)
from ansible_collections.partnerops.saas.plugins.module_utils.run import job
from ansible_collections.partnerops.saas.plugins.module_utils.run.secrets import core_registry, present, texts_of
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController
from ansible_collections.partnerops.saas.plugins.plugin_utils.paths import (
    left_behind,
    relative_paths,
    relative_variables,
)
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import (
    context_of_process,
    plain,
    show_requests,
    surroundings,
)
from ansible_collections.partnerops.saas.plugins.plugin_utils.values import changed_by_yaml, left_empty

#: Before 2.19, ansible-core hides a failed task's message along with its result, and does not hide the items of a loop
#: in the result of the whole loop.
BEFORE_2_19 = tuple(map(int, CORE_VERSION.split(".")[:2])) < (2, 19)

#: The same text for all items of a loop, so that Ansible shows it once.
DROPPED = (
    "New credentials were created, and nobody keeps them: the task has no 'register', and they are in no file. Set "
    "credentials_dest, or register the result. A tenant's first password is in its record in app ID 1 until the client "
    "changes it: partnerops.saas.mobsted_tenant_info reads it."
)
#: The result of a task in the background comes when no action sees it any more.
BACKGROUND = (
    "This task runs in the background and has no 'register': if it creates credentials, nobody keeps them. Register "
    "it, and get the result with ansible.builtin.async_status."
)


class InProcessAction(ActionBase):
    """The base of an action plugin. A subclass sets its operation and nothing else."""

    operation: t.ClassVar[Operation]
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Run the operation here, or hand the task to the module."""
        base: Result = super().run(tmp, task_vars) or {}
        changed = self._changed_by_yaml()
        if changed:
            return {**base, **_refused(changed)}
        host = (task_vars or {}).get("inventory_hostname")
        reason = self._needs_module()
        way = f"runs as a module: {reason}" if reason else "runs in this process: the connection is local"
        Display().vvv(f"{self._task.action} {way}.", host=host)
        if reason:
            result = self._as_module(task_vars)
            if self._drops_credentials(result):
                result["warnings"] = [*result.get("warnings", ()), DROPPED]
            if self._task.async_val and not self._task.register and "credentials_dest" in self.operation.options:
                Display().warning(BACKGROUND)
            self._show_hidden(result.get("warnings", ()))
            for line in result.pop("requests_log", ()):
                Display().vvv(line, host=host)
            return {**base, **result}
        environment: dict[t.Any, t.Any] = {}
        self._compute_environment_string(environment)
        context = context_of_process()
        show_requests(context, host)
        context.begin(str(self._task._uuid), self._items(task_vars or {}))
        with surroundings(environment):
            checked = ArgumentSpecValidator(self.operation.argument_spec(), **self.operation.constraints).validate(
                self._arguments()
            )
            # Values from the environment and defaults, too: ansible-core knows which options are secret.
            context.secrets.add(*(value for value in checked._no_log_values if isinstance(value, str)))
            task = Task(
                checked.validated_parameters,
                check_mode=self._task.check_mode,
                diff_mode=self._task.diff,
                context=context,
                controller=ActionController(self._loader, context, self._task.check_mode),
            )
            task.warnings += [
                "Both option {option} and its alias {alias} are set.".format(**one) for one in checked._warnings
            ]
            task.deprecations += [{k: v for k, v in one.items() if v is not None} for one in checked._deprecations]
            result = self._refusal(checked) or self._left_behind(task.params) or self._performed(task)
            if self._drops_credentials(result):
                task.warn(DROPPED)
        return {**base, **self._finished(result, task, checked, task_vars)}

    def _drops_credentials(self, result: Result) -> bool:
        """Return whether new credentials are in the result alone, and nobody registers it."""
        if self._task.register or not result.get("changed"):
            return False
        places = [result, *(one for one in result.get("tenants") or () if isinstance(one, dict))]
        return any(place.get("credentials") or place.get("keys") for place in places)

    def _needs_module(self) -> str | None:
        """Return why the task cannot run in this process, or None."""
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}"
        if self._connection.become:
            return "become is set"
        if self._task.async_val:
            return "async is set"
        return None if HAS_REQUESTS else f"the Python library requests is missing in {sys.executable}"

    def _items(self, task_vars: Result) -> int:
        """Return how many items the task's loop has, if that is known without templating it once more, else 1."""
        loop = self._task.loop
        only = loop[0] if isinstance(loop, list) and len(loop) == 1 else loop  # ansible-core makes a list of a template
        named = re.fullmatch(r"\{\{\s*(\w+)\s*\}\}", only) if isinstance(only, str) else None
        items = task_vars.get(named[1]) if named else loop
        return len(items) if isinstance(items, (list, tuple)) and not self._task.loop_with else 1

    def _arguments(self) -> dict[str, t.Any]:
        """Return the arguments by the options' own names. An option given by both names stays, and is refused."""
        args = plain(self._task.args)
        own = self.operation.synonyms
        return {own[key] if key in own and own[key] not in args else key: value for key, value in args.items()}

    def _changed_by_yaml(self) -> str | None:
        spec = self.operation.argument_spec()
        spec.update({name: spec[own] for name, own in self.operation.synonyms.items()})
        wrong = [
            *left_empty(self._task.get_ds(), self._task.action, spec),
            *changed_by_yaml(self._task.args, spec),
        ]
        return (
            f"{' '.join(wrong)} A template that gives no text can end with '| string'. Nothing was sent."
            if wrong
            else None
        )

    def _left_behind(self, params: Result) -> Result | None:
        skip = {key for _place, key in self.operation.files(params)}
        message = left_behind(relative_paths(self.operation.argument_spec(), params, skip), self._loader.get_basedir())
        return _refused(message) if message else None

    def _performed(self, task: Task) -> Result:
        with contextlib.ExitStack() as stack:
            try:
                for place, key in self.operation.files(task.params):
                    if place.get(key):
                        found, what = self._found(task.params, place, key, place[key])
                        place[key] = stack.enter_context(self._real_file(found, what))
            except AnsibleError as error:
                return _refused(str(error))
            return perform(self.operation, task)

    def _found(self, params: Result, place: Result, key: str, name: str) -> tuple[str, str]:
        """Return the path of a file that a task names, found as ``ansible.builtin.copy`` finds its ``src``.

        :returns: the path, and whose file it is
        :raises AnsibleError: with whose file it is, and where it was searched for
        """
        owner = next(
            (
                one.get("email")
                for one in params.get("tenants") or ()
                if isinstance(one, dict) and any(app is place for app in one.get("apps") or ())
            ),
            params.get("tenant"),
        )
        app = f" of the app {place['name']!r}" if place.get("name") else ""
        what = f"{key}{app}{f' of {owner}' if owner else ''}"
        try:
            path = str(self._find_needle("files", name))
        except AnsibleError:
            raise AnsibleError(
                f"{what} was not found: {name}. A relative name is searched for in files/ of the role or "
                "playbook, and beside it. Nothing was sent."
            ) from None
        if os.path.exists(path) and not os.path.isfile(path):
            kind = "a folder" if os.path.isdir(path) else "not a file"
            raise AnsibleError(f"{what} is {kind}: {path}. Name a file. Nothing was sent.")
        return path, what

    def _readable(self, path: str, what: str) -> str:
        """Return the path of a file or, if it is vaulted, of the loader's decrypted copy.

        :raises AnsibleError: with whose file it is
        """
        try:
            return str(self._loader.get_real_file(path))
        except AnsibleError as error:
            why = str(getattr(error, "message", None) or error).splitlines()[0].rstrip(". ")
            raise AnsibleError(f"{what} can't be read: {why}. Check the file. Nothing was sent.") from None

    @contextlib.contextmanager
    def _real_file(self, path: str, what: str) -> t.Iterator[str]:
        """Yield the path of a file or, if it is vaulted, of a decrypted copy of the same name, as a module gets it."""
        source = self._readable(path, what)
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
        return _refused(with_hint(head + checked.errors.msg, self.operation, self._arguments()))

    def _finished(self, result: Result, task: Task, checked: t.Any, task_vars: dict[str, t.Any] | None) -> Result:
        if self._wants_invocation(task_vars):
            result["invocation"] = {"module_args": dict(checked.validated_parameters)}
        for key, entries in (("warnings", task.warnings), ("deprecations", task.deprecations)):
            if entries:
                result[key] = entries
        if core_registry() is not None:
            return result
        secrets = task.context.secrets
        hidden = secrets.mask_values() | {str(value) for value in checked._no_log_values}
        shown = _masked(result, hidden, secrets.shown)
        if shown:
            result["_ansible_no_log"] = True  # usable in a registered variable, not shown
            if BEFORE_2_19:
                # A loop collects this from its items, and the worker sends it back with the result of them all.
                self._task.no_log = True
            if BEFORE_2_19 and result.get("failed"):
                # A fleet that created tenants and then failed has to say what failed. Its message contains no secret.
                Display().error(f"{self._task.action}: {secrets.scrub(str(result.get('msg')))}", wrap_text=False)
        self._show_hidden(task.warnings)
        return result

    def _show_hidden(self, warnings: t.Iterable[str]) -> None:
        """Show the warnings of a result that ansible-core before 2.19 hides together with its warnings."""
        if BEFORE_2_19 and self._task.no_log:
            for text in warnings:
                Display().warning(text)

    def _wants_invocation(self, task_vars: dict[str, t.Any] | None) -> bool:
        try:
            return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
        except AnsibleError:  # before 2.21 there is no such setting, and modules always return it
            return True

    def _as_module(self, task_vars: dict[str, t.Any] | None) -> Result:
        """Run the module, with the files that it needs."""
        args = self._arguments()
        self._copies: dict[str, str] = {}
        environment: dict[t.Any, t.Any] = {}
        self._compute_environment_string(environment)
        wrap = bool(self._task.async_val) and not getattr(self._connection, "has_native_async", False)
        try:
            for place, key in self.operation.files(args):
                if isinstance(place, dict) and place.get(key):
                    with surroundings(environment):
                        name = os.path.expanduser(os.path.expandvars(str(place[key])))
                    found, what = self._found(args, place, key, name)
                    place[key] = self._transferred(found, what)
        except AnsibleError as error:
            return _refused(str(error))
        more = {job.VARIABLE: "1"} if wrap else {}
        if self._connection.transport == "local":
            message = self._anchored(args, environment, more)
            if message:
                return _refused(message)
        with self._environment(more):
            result = self._execute_module(module_args=args, task_vars=task_vars, wrap_async=wrap)
        self._name_sources(result)
        if not wrap:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _anchored(self, args: Result, environment: dict[t.Any, t.Any], more: dict[str, str]) -> str | None:
        """Make relative paths absolute for a module on this machine, which starts in the folder of the playbook.

        :param more: gets the environment variables to set
        :returns: why the task is refused, or None
        """
        # A module that becomes another user does not keep the environment of this process.
        known = {**({} if self._connection.become else os.environ), **environment}
        with surroundings(environment):
            paths = [*relative_paths(self.operation.argument_spec(), args), *relative_variables(known)]
        for place, name, path in paths:
            (more if place is None else place)[name] = os.path.abspath(path)
        return left_behind(paths, self._loader.get_basedir())

    @contextlib.contextmanager
    def _environment(self, more: dict[str, str]) -> t.Iterator[None]:
        """Add variables to the environment of the module."""
        if not more:
            yield
            return
        self._task.environment.append(more)
        try:
            yield
        finally:
            self._task.environment.remove(more)

    def _name_sources(self, result: Result) -> None:
        """Replace the names of copies on the task's host, which are gone by then, by those of the user's files."""
        for path, copy in self._copies.items():
            for key in ("msg", "warnings"):
                text = result.get(key)
                if isinstance(text, str):
                    result[key] = text.replace(copy, path)
                elif isinstance(text, list):
                    result[key] = [one.replace(copy, path) if isinstance(one, str) else one for one in text]

    def _transferred(self, path: str, what: str) -> str:
        """Copy a file to the task's host, in a folder of its own: two icons may have the same name."""
        shell = self._connection._shell
        if path in self._copies:
            return self._copies[path]
        source = self._readable(path, what)
        try:
            if self._connection.transport == "local" and not self._connection.become and source == path:
                return path
            if not shell.tmpdir:
                self._make_tmp_path()
            folder = shell.join_path(shell.tmpdir, f"file-{len(self._copies)}")
            made = self._low_level_execute_command(f"mkdir -p -- {shell.quote(folder)}", sudoable=False)
            if made["rc"]:
                raise AnsibleError(
                    f"The folder for {path} could not be created on the task's host, in {shell.tmpdir}: check "
                    "remote_tmp and the space there."
                )
            target = shell.join_path(folder, os.path.basename(path))
            self._transfer_file(source, target)
            self._fixup_perms2((shell.tmpdir, folder, target))
            self._copies[path] = target
            return target
        finally:
            self._loader.cleanup_tmp_file(source)


def _refused(message: str) -> Result:
    return {"failed": True, "changed": False, "msg": message, "failure": invalid(message).as_dict(), **UNSENT}


def _masked(values: dict[str, t.Any], hidden: set[str], shown: set[str]) -> bool:
    """Mask what is hidden in the values of a dict, and return whether anything is left that is shown.

    Each text counts once, and only the values that need it are masked: a fleet's result and options have megabytes.
    """
    left = False
    for key, value in values.items():
        if key == "invocation":  # its options one by one, since one of them is a password
            left = _masked(value["module_args"], hidden, shown) or left
            continue
        if value is None or isinstance(value, bool):
            continue
        text = "\n".join(set(texts_of(value)))
        found = present(hidden, text)
        if found:
            values[key] = remove_values(value, found)
            text = "\n".join(set(texts_of(values[key])))
        left = left or bool(present(shown, text))
    return left
