# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The file in which ansible-core leaves the result of an asynchronous task.

``async_wrapper``, the parent of the module, writes it with mode 0644 whatever the umask, and with ``poll: 0`` it stays
until somebody removes it. The result may contain a new password, and from ansible-core 2.22 on, a module's output also
lists every secret that the module used, so that the controller can mask them: the master's password among them.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import subprocess
import typing as t

from ..errors import ApiError, invalid
from .secrets import Secrets, core_registry, present, spellings, texts_of

#: Set by the action plugin, which knows whether the task is asynchronous.
VARIABLE = "PARTNEROPS_SAAS_ASYNC"
_COMMAND = re.compile(r"async_wrapper\S*\s+(j\d+)\s")


def is_asynchronous() -> bool:
    """Return whether this process is a module of an asynchronous task."""
    return bool(os.environ.get(VARIABLE))


def protect() -> ApiError | None:
    """Make the job's file readable to the user alone. Return why that is impossible, or None.

    ``async_wrapper`` writes to a file of this name plus ``.tmp`` and renames it. If that file exists already, its mode
    is kept.
    """
    try:
        path = _path()
        os.chmod(path, 0o600)
        os.close(os.open(path + ".tmp", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except ApiError as error:
        return error
    except OSError as error:
        return _refusal(f"{error.filename} cannot be protected ({error.strerror})")
    return None


def for_the_file(result: dict[str, t.Any], module: t.Any, secrets: Secrets | None) -> dict[str, t.Any]:
    """Return a module's result without any secrets except those that it is meant to return.

    :param module: the ``AnsibleModule``, whose own checks of the options may have failed
    :param secrets: None until they have passed
    """
    if core_registry() is None:  # AnsibleModule masks it
        return result
    if secrets is None:
        secrets = Secrets()
        secrets.add(*module.no_log_values)
    whole = {**result, "invocation": {"module_args": module.params}}
    hidden = present(secrets.mask_values(), "\n".join(set(texts_of(whole))))
    clean: dict[str, t.Any] = _masked(whole, module.no_log_values, sorted(hidden, key=len, reverse=True))
    tracker = getattr(module, "_new_secrets", None)
    if tracker is not None:
        tracker.flush()  # otherwise the output lists every secret that the module used
    shown = {form for secret in secrets.shown for form in spellings(secret)}
    return {**clean, "_ansible_new_secrets": sorted(shown)}  # the controller masks these on display


def _path() -> str:
    found = _COMMAND.search(_command_of_parent())
    if not found:
        raise _refusal("the process that writes it was not recognised")
    folder = os.path.expanduser(os.environ.get("ANSIBLE_ASYNC_DIR") or "~/.ansible_async")
    paths = glob.glob(os.path.join(glob.escape(folder), f"{found[1]}.*"))
    if len(paths) != 1:
        raise _refusal(f"it was not found in {folder}")
    return paths[0]


def _command_of_parent() -> str:
    parent = str(os.getppid())
    with contextlib.suppress(OSError), open(f"/proc/{parent}/cmdline", encoding="utf-8", errors="replace") as file:
        return file.read().replace("\0", " ")
    with contextlib.suppress(OSError):  # not Linux
        # run_command needs an AnsibleModule, and none exists before the file is protected.
        ps = subprocess.run(  # pylint: disable=ansible-bad-function
            ["ps", "-o", "args=", "-p", parent], capture_output=True, text=True, errors="replace", check=False
        )
        return ps.stdout
    return ""


def _refusal(why: str) -> ApiError:
    return invalid(
        f"The result of an asynchronous task may contain passwords, so only you may read the job's file: {why}. Run "
        "the task without async. Nothing was sent."
    )


def _masked(value: t.Any, values: t.Collection[t.Any], hidden: t.Sequence[str]) -> t.Any:
    """Replace values that are secrets, and hidden texts wherever they occur."""
    if isinstance(value, str):
        if value in values:
            return "********"
        for form in hidden:
            value = value.replace(form, "********")
        return value
    if isinstance(value, dict):
        return {key: _masked(inner, values, hidden) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(inner, values, hidden) for inner in value]
    return value
