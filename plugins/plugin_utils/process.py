# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This process: what its tasks share, the surroundings that they run in, and plain values.

Action, lookup, inventory and filter plugins use it alike.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import typing as t
import warnings
from collections.abc import Mapping
from datetime import date, time
from functools import partial

from ansible import constants as C  # noqa: N812 - as all of Ansible calls it
from ansible import context as cli
from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import VERBOSE, RunContext

#: The run context by process id. A worker is forked for each task and host, and runs all items of a loop.
_CONTEXTS: dict[int, RunContext] = {}


def context_of_process() -> RunContext:
    """Return the clients, tokens and secrets of this worker.

    It is created when it is first needed and never at import, which happens before the fork.
    """
    pid = os.getpid()
    if pid not in _CONTEXTS:
        _CONTEXTS.clear()
        _CONTEXTS[pid] = RunContext(C.DEFAULT_LOCAL_TMP)
        _CONTEXTS[pid].predicts = bool(cli.CLIARGS.get("check"))
    return _CONTEXTS[pid]


def show_requests(context: RunContext, host: str | None = None) -> None:
    """Show a line for each request of the context from now on, if the verbosity is ``-vvv`` or more."""
    display = Display()
    context.trace = partial(display.vvv, host=host) if display.verbosity >= VERBOSE else None


def plain(value: t.Any) -> t.Any:
    """Convert a value to what a module gets through JSON.

    That means exact types without tags, vaulted values decrypted, and dates as text.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__add__(value, 0)
    if isinstance(value, float):
        return float.__add__(value, 0.0)
    if isinstance(value, Mapping):
        return {_key(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, (date, time)) else str.__str__(str(value))


def _key(value: t.Any) -> str:
    """Return a key as JSON has it: text. ansible-core's validator fails on any other."""
    key = plain(value)
    return key if isinstance(key, str) else json.dumps(key)


@contextlib.contextmanager
def surroundings(environment: t.Mapping[t.Any, t.Any]) -> t.Iterator[None]:
    """Give a block the surroundings of a module, and restore those of the process afterwards.

    Python's warnings are off, and so is the log of urllib3, since its lines contain URLs with their queries. The
    working directory stays: it is the folder in which the command was started.

    :param environment: the variables that ``environment:`` sets
    """
    given = {str(key): str(value) for key, value in environment.items()}
    saved = {key: os.environ.get(key) for key in given}  # nothing in this collection sets others
    log = logging.getLogger("urllib3")
    level = log.level
    try:
        os.environ.update(given)
        log.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for key, value in saved.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
        log.setLevel(level)
