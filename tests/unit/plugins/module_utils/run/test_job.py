# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of an asynchronous job; tests/integration/test_async.py tests it with real jobs."""

from __future__ import annotations

import errno
import os
import stat
import types
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run import job
from ansible_collections.partnerops.saas.plugins.module_utils.run import secrets as secrets_module
from ansible_collections.partnerops.saas.plugins.module_utils.run.secrets import Secrets

COMMAND = "/usr/bin/python3 /tmp/a b/AnsiballZ_async_wrapper.py j42 60 false /tmp/a b/AnsiballZ_thing.py _"


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the jobs' folder with two that have started; this process's parent writes the first."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    for name in ("j42.7", "j421.8"):
        (folder / name).write_text("{}")
        (folder / name).chmod(0o644)
    monkeypatch.setenv("ANSIBLE_ASYNC_DIR", str(folder))
    monkeypatch.setattr(job, "_command_of_parent", lambda: COMMAND)
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_is_for_the_user_alone(jobs: Path) -> None:
    assert job.protect() is None
    assert {path.name: mode(path) for path in jobs.iterdir()} == {"j42.7": 0o600, "j42.7.tmp": 0o600, "j421.8": 0o644}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("/usr/bin/python3 /tmp/other.py j42 60", "was not recognised"),
        (COMMAND.replace("j42", "j4"), "was not found in"),
    ],
)
def test_a_file_that_is_not_found_is_refused(
    jobs: Path, monkeypatch: pytest.MonkeyPatch, command: str, why: str
) -> None:
    monkeypatch.setattr(job, "_command_of_parent", lambda: command)
    error = job.protect()
    assert error is not None
    assert error.code == "invalid_input"
    assert why in error.msg
    assert "Run the task without async. Nothing was sent." in error.msg


def test_a_file_that_somebody_else_prepared_is_refused(jobs: Path) -> None:
    (jobs / "j42.7.tmp").touch()
    error = job.protect()
    assert error is not None
    assert "only you may read the job's file" in error.msg


def test_a_file_that_cannot_be_made_is_refused(jobs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(path: str, *_how: int) -> t.NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device", path)

    monkeypatch.setattr(job.os, "open", no_space)
    error = job.protect()
    assert error is not None
    assert "j42.7.tmp cannot be protected (No space left on device)" in error.msg


def test_the_command_of_the_parent_is_found_with_and_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.os, "getppid", os.getpid)
    assert "python" in job._command_of_parent()
    monkeypatch.setattr(job, "open", _not_found, raising=False)
    monkeypatch.setattr(job.subprocess, "run", lambda command, **_how: types.SimpleNamespace(stdout=" ".join(command)))
    assert job._command_of_parent() == f"ps -o args= -p {os.getpid()}"
    monkeypatch.setattr(job.subprocess, "run", _not_found)
    assert job._command_of_parent() == ""


def _not_found(*_args: t.Any, **_how: t.Any) -> t.NoReturn:
    raise FileNotFoundError


def test_before_2_22_the_result_stays(context: t.Any) -> None:
    result = {"a": "secret-value"}
    assert job.for_the_file(result, types.SimpleNamespace(), context.secrets) is result


def test_from_2_22_on_only_what_is_meant_to_be_returned_is_in_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets_module, "_register_secrets", lambda _values: None)
    secrets = Secrets()
    secrets.add("master&password", "a-token")
    secrets.show("new-password")
    module = types.SimpleNamespace(no_log_values={"master&password", "pw"}, params={"password": "pw", "name": "pwned"})
    result = {
        "credentials": {"password": "new-password"},
        "msg": "master%26password of pwned",
        "list": [("a-token", 5, None, True)],
    }
    assert job.for_the_file(result, module, secrets) == {
        "credentials": {"password": "new-password"},
        "msg": "******** of pwned",
        "list": [["********", 5, None, True]],
        "invocation": {"module_args": {"password": "********", "name": "pwned"}},
        "_ansible_new_secrets": ["bmV3LXBhc3N3b3Jk", "new-password"],
    }


def test_ansible_core_does_not_list_every_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even if the module's own check of its options fails."""
    monkeypatch.setattr(secrets_module, "_register_secrets", lambda _values: None)
    flushed: list[bool] = []
    tracker = types.SimpleNamespace(flush=lambda: flushed.append(True))
    module = types.SimpleNamespace(_new_secrets=tracker, no_log_values={"a-password"}, params={"p": "a-password"})
    assert job.for_the_file({"msg": "a-password is wrong"}, module, None) == {
        "msg": "******** is wrong",
        "invocation": {"module_args": {"p": "********"}},
        "_ansible_new_secrets": [],
    }
    assert flushed == [True]
