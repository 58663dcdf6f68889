# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Run an operation as an ordinary module, in the Python of the task's host."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .errors import invalid
from .hints import with_hint
from .http.transport import HAS_REQUESTS, REQUESTS_ERROR
from .operation import UNSENT, Operation, Task, perform
from .run import job
from .run.context import VERBOSE, RunContext
from .run.secrets import Secrets, core_registry

_MISSING = (
    " Install it with 'python -m pip install requests'. If it is installed for Ansible itself but not for this "
    "Python, set ansible_python_interpreter to "
    "'{{ ansible_playbook_python }}' for this host."
)


class _Module(AnsibleModule):
    """An ``AnsibleModule`` whose output may end up in a file. ``secrets`` is set as soon as there are any."""

    secrets: Secrets | None = None
    operation: Operation | None = None

    def exit_json(self, **result: t.Any) -> None:
        """See ``AnsibleModule``."""
        super().exit_json(**self._output(result))

    def fail_json(self, msg: str, **result: t.Any) -> None:
        """Fail, see ``AnsibleModule``, whose own checks of the options end here, too."""
        if "failure" not in result and self.operation and not result.get("exception"):
            msg = with_hint(msg, self.operation)
            result = {**UNSENT, **result, "failure": invalid(msg).as_dict()}
        super().fail_json(**self._output({"msg": msg, **result}))

    def _output(self, result: dict[str, t.Any]) -> dict[str, t.Any]:
        return job.for_the_file(result, self, self.secrets) if job.is_asynchronous() else result


def run_module(operation: Operation) -> None:
    """Check the arguments, run the operation, and return its result: the ``main`` of every module."""
    unprotected = job.protect() if job.is_asynchronous() else None
    _Module.operation = operation  # its constructor checks the options already
    module = _Module(argument_spec=operation.argument_spec(), supports_check_mode=True, **operation.constraints)
    if not HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests") + _MISSING, exception=REQUESTS_ERROR)
    task = Task(dict(module.params), module.check_mode, module._diff, RunContext())
    secrets = module.secrets = task.context.secrets
    secrets.add(*module.no_log_values)
    requests_log: list[str] = []
    if module._verbosity >= VERBOSE:
        task.context.trace = requests_log.append
    if unprotected:
        module.fail_json(msg=unprotected.msg, failure=unprotected.as_dict())
    given = [name for name in operation.controller_only if module.params.get(name)]
    if given:
        module.fail_json(
            f"{', '.join(given)} can only be served by the controller. Run the task with a local connection, without "
            "become and async."
        )
    try:
        result = perform(operation, task)
    finally:
        task.context.close()
    if core_registry() is None:
        module.no_log_values.update(secrets.mask_values())
    for text in task.warnings:
        module.warn(text)
    if requests_log:
        result["requests_log"] = requests_log  # the action plugin shows it and removes it from the result
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
