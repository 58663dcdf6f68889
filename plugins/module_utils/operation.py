# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""A module as data, so that it runs the same way in its own process and in the controller's.

A module file declares one :class:`Operation`. :mod:`.ansible_module` runs it under AnsibleModule;
``plugin_utils/in_process.py`` runs it in the controller's process. Both hand it a :class:`Task` and show its result.
"""

from __future__ import annotations

import traceback
import typing as t
from dataclasses import dataclass, field

from .errors import ApiError
from .http.deadline import Deadline
from .options import check_texts
from .run.context import RunContext
from .vendors import connection_spec

Result = dict[str, t.Any]

#: The common result keys of a task that sent nothing.
UNSENT: t.Mapping[str, t.Any] = {"reconciled": False, "request_attempts": 0}


class Controller(t.Protocol):
    """What only the controller's process can do for a task (implemented in ``plugin_utils``)."""

    @property
    def progress_interval(self) -> float:
        """Seconds between two lines of progress."""

    def credentials_file(self, params: t.Mapping[str, t.Any]) -> t.Any:
        """Return the file of ``credentials_dest``, checked to be usable, or None if the option is not given."""

    def progress(self, text: str) -> None:
        """Show a line at once: on a terminal it replaces the last one, elsewhere it follows it."""

    def clear_progress(self) -> None:
        """Remove the line from a terminal."""

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        """Return what earlier tasks of this check run would have created, and add ``names`` to it."""


@dataclass
class Task:
    """One call of an operation: checked parameters in, warnings out."""

    params: dict[str, t.Any]
    check_mode: bool = False
    diff_mode: bool = False
    context: RunContext = field(default_factory=RunContext)
    controller: Controller | None = None
    warnings: list[str] = field(default_factory=list)
    deprecations: list[dict[str, t.Any]] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)

    def warn(self, text: str) -> None:
        """Add a warning, scrubbed: ansible-core 2.19 to 2.21 print warnings unmasked."""
        clean = self.context.secrets.scrub(text)
        if clean not in self.warnings:
            self.warnings.append(clean)

    def deadline(self, seconds: float) -> Deadline:
        """Return a new deadline for one resource; its tries count towards the task's."""
        made = Deadline(seconds)
        self.deadlines.append(made)
        return made


@dataclass(frozen=True)
class Example:
    """One use of a module. The suites that go through all modules read it here.

    :param args: the options; ``@tenant``, ``@user``, ``@client``, ``@other`` are replaced by passwords of test accounts
    :param method: HTTP method of the request that is the module's purpose
    :param path: path of that request; ``*`` matches an id
    :param login: path of the request that logs in
    :param shows_secret: the module returns a secret that the user is meant to get
    :param sends_nothing: the module works without a vendor
    :param reports_failures: the module succeeds when the API fails, and reports what failed
    """

    args: dict[str, t.Any]
    method: str
    path: str
    login: str = "/api/v8/auth"
    shows_secret: bool = False
    reports_failures: bool = False
    sends_nothing: bool = False


@dataclass(frozen=True)
class Operation:
    """The declaration of a module.

    :param name: the module's name
    :param vendor: the vendor whose connection options it takes
    :param kind: ``read``, ``write`` (idempotent), or ``send`` (changes something in every run)
    :param example: one use of it, for tests
    :param options: its own argument spec
    :param run: does the work; returns the result keys, or raises :class:`.ApiError`
    :param constraints: ``required_if``, ``mutually_exclusive``, … as AnsibleModule takes them
    :param files: which parameters name a file on the controller, as (dict, key); the file is found as
        ansible.builtin.copy finds its ``src``
    :param synonyms: names that users write, such as a vendor's, for options that ansible-core does not let have
        aliases; the action plugin, through which every task goes, replaces them by the option's own name
    :param controller_only: options that only the controller can serve; rejected elsewhere before anything is sent
    """

    name: str
    vendor: str
    options: dict[str, dict[str, t.Any]]
    run: t.Callable[[Task], Result]
    kind: str = "write"
    example: Example | None = None
    constraints: dict[str, t.Any] = field(default_factory=dict)
    files: t.Callable[[Result], t.Iterable[tuple[Result, str]]] = lambda _params: ()
    synonyms: t.Mapping[str, str] = field(default_factory=dict)
    controller_only: tuple[str, ...] = ()

    def argument_spec(self) -> dict[str, dict[str, t.Any]]:
        """Return the connection options together with the operation's own."""
        return {**connection_spec(self.vendor), **self.options}


def perform(operation: Operation, task: Task) -> Result:
    """Run an operation and return a result, whatever happens.

    Catches everything but what is meant to end the process or the task (ansible-core's task time-out is a
    BaseException): before 2.22, ansible-core prints an exception that leaves a module with its secrets.
    """
    secrets = task.context.secrets
    try:
        check_texts(task.params, operation.argument_spec())
        result = {"changed": False, **operation.run(task)}
    except ApiError as error:
        result = {**error.result, "failed": True, "msg": str(error), "failure": error.as_dict()}
        result.setdefault("changed", False)
    except (Exception, SystemExit) as error:  # noqa: BLE001
        trace = secrets.scrub("".join(traceback.format_exception(type(error), error, error.__traceback__, chain=False)))
        unexpected = ApiError(
            "unknown_outcome",
            f"{operation.name} failed with an unexpected error ({type(error).__name__}: {error}). It is not known "
            "whether anything was sent. Run again, and report the error with the options of the task.",
        )
        failure = unexpected.as_dict()
        result = {"failed": True, "changed": False, "msg": unexpected.msg, "failure": failure, "exception": trace}
    finally:
        task.context.end_task()
    for text in task.context.notices:
        task.warn(text)
    task.context.notices.clear()
    for key in ("msg", "failure"):
        if key in result:
            result[key] = scrubbed(result[key], secrets.scrub)
    if task.deadlines:
        result.setdefault("request_attempts", max(deadline.attempts for deadline in task.deadlines))
    for key, value in UNSENT.items():
        result.setdefault(key, value)
    if not task.diff_mode:
        result.pop("diff", None)
    return result


def scrubbed(value: t.Any, scrub: t.Callable[[str], str]) -> t.Any:
    """Replace what is secret in every text of a value."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {key: scrubbed(inner, scrub) for key, inner in value.items()}
    if isinstance(value, list):
        return [scrubbed(inner, scrub) for inner in value]
    return value
