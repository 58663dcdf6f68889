# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store of a run: private, written atomically, locked between threads and processes, swept."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import stat
import subprocess
import sys
import tempfile
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run import locks
from ansible_collections.partnerops.saas.plugins.module_utils.run import store as module
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.run.store import FOLDER, RunStore, digest, sweep


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return the temporary folder of a run, as Ansible creates it."""
    made = tmp_path / f"ansible-local-{os.getpid()}abcd_123"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, run: Path) -> RunStore:
    """Return a store of either kind."""
    return RunStore(str(run) if request.param == "folder" else None)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_read(store):
    with store.locked("key", Deadline(5)) as slot:
        assert slot.read() == {}
        slot.write({"token": "ä", "until": 1.5})
        assert slot.read() == {"token": "ä", "until": 1.5}
    assert store.peek("key") == {"token": "ä", "until": 1.5}
    assert store.peek("other") == {}


def test_a_value_that_was_read_is_a_copy(store):
    store.put("key", {"a": 1})
    store.peek("key")["a"] = 2
    assert store.peek("key") == {"a": 1}


def test_the_lock_is_free_again_after_an_error(store):
    with pytest.raises(RuntimeError), store.locked("key", Deadline(5)):
        raise RuntimeError
    with store.locked("key", Deadline(5)):
        pass


def test_only_a_store_with_a_folder_is_shared(run):
    RunStore(str(run)).put("key", {"a": 1})
    assert RunStore(str(run)).peek("key") == {"a": 1}
    RunStore().put("key", {"a": 1})
    assert RunStore().peek("key") == {}


def test_permissions(run):
    old = os.umask(0)
    try:
        store = RunStore(str(run))
        with store.locked("key", Deadline(5)) as slot:
            slot.write({"a": 1})
    finally:
        os.umask(old)
    assert mode(run / FOLDER) == 0o700
    assert {path.name: mode(path) for path in (run / FOLDER).iterdir()} == {"key.json": 0o600, "key.lock": 0o600}


def test_two_stores_of_a_run_see_the_same(run):
    RunStore(str(run)).put("key", {"a": 1})
    assert RunStore(str(run)).peek("key") == {"a": 1}


@pytest.mark.parametrize("content", ["", '{"a": ', "[1]", '"text"', "null", "\ud800".encode("utf-8", "surrogatepass")])
def test_a_torn_or_foreign_value_counts_as_none(run, content):
    store = RunStore(str(run))
    store.put("key", {"a": 1})
    (run / FOLDER / "key.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert store.peek("key") == {}
    store.put("key", {"a": 2})
    assert store.peek("key") == {"a": 2}


def test_a_value_that_others_could_read_or_write_is_not_used(run):
    store = RunStore(str(run))
    store.put("key", {"a": 1})
    (run / FOLDER / "key.json").chmod(0o640)
    assert store.peek("key") == {}


def test_a_link_is_not_followed(run, tmp_path):
    store = RunStore(str(run))
    target = tmp_path / "elsewhere.json"
    target.write_text('{"a": 1}')
    target.chmod(0o600)
    store.put("other", {})
    (run / FOLDER / "key.json").symlink_to(target)
    assert store.peek("key") == {}
    store.put("key", {"a": 2})  # replaces the link, not its target
    assert json.loads(target.read_text()) == {"a": 1}


def test_a_value_that_cannot_be_written_leaves_the_old_one(run):
    store = RunStore(str(run))
    store.put("key", {"a": 1})
    with pytest.raises(TypeError):
        store.put("key", {"a": object()})
    assert store.peek("key") == {"a": 1}
    assert [path.name for path in (run / FOLDER).iterdir()] == ["key.json"]


def prepared(kind: str, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run / FOLDER
    if kind == "link":
        (run / "real").mkdir(mode=0o700)
        folder.symlink_to(run / "real")
    elif kind == "file":
        folder.touch(0o600)
    else:
        folder.mkdir(mode=0o755 if kind == "open" else 0o700)
    if kind == "foreign":
        monkeypatch.setattr(module.os, "geteuid", lambda: os.getuid() + 1)


@pytest.mark.parametrize("kind", ["link", "file", "open", "foreign"])
def test_a_folder_that_somebody_prepared_is_not_used(run, monkeypatch, kind):
    prepared(kind, run, monkeypatch)
    store = RunStore(str(run))
    with store.locked("key", Deadline(5)) as slot:
        slot.write({"token": "secret"})
        assert slot.read() == {"token": "secret"}
    assert RunStore(str(run)).peek("key") == {}
    assert [path for path in run.rglob("*") if path.is_file() and path.stat().st_size] == []


def test_threads_take_turns(store):
    def count() -> None:
        for _time in range(50):
            with store.locked("key", Deadline(30)) as slot:
                slot.write({"n": slot.read().get("n", 0) + 1})

    threads = [threading.Thread(target=count, daemon=True) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert store.peek("key") == {"n": 200}


def _count(parent: str) -> None:
    store = RunStore(parent)
    for _time in range(50):
        with store.locked("key", Deadline(30)) as slot:
            slot.write({"n": slot.read().get("n", 0) + 1})


def test_processes_take_turns(run):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_count, args=(str(run),)) for _number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert RunStore(str(run)).peek("key") == {"n": 150}


def busy(call: t.Callable[[], t.Any]) -> None:
    with pytest.raises(ApiError) as caught:
        call()
    assert (caught.value.code, caught.value.executed) == ("timeout", False)
    assert "Another task of this run" in caught.value.msg


def enter(store: RunStore, deadline: Deadline) -> None:
    with store.locked("key", deadline):
        pytest.fail("two holders at once")


def test_a_thread_that_holds_on_for_too_long(store):
    with store.locked("key", Deadline(5)):
        busy(lambda: enter(store, Deadline(0.01)))
        with store.locked("another", Deadline(5)):
            pass


def test_a_process_that_holds_on_for_too_long(run, clock):
    with RunStore(str(run)).locked("key", Deadline(5)):
        busy(lambda: enter(RunStore(str(run)), Deadline(5)))
    assert len(clock.slept) > 40


def test_keys_are_unreadable():
    made = digest("https://a.example", "me@b.example", "s3cret")
    assert made != digest("https://a.example", "me@b.example", "other")
    assert digest("a", None) == digest("a", "")
    assert digest("ab", "c") != digest("a", "bc")
    assert len(made) == 64
    assert made.isalnum()


# -- runs that were killed --------------------------------------------------------------------------------------------


def left_behind(root: Path, name: str, folder_mode: int = 0o700) -> Path:
    folder = root / name / FOLDER
    folder.mkdir(parents=True)
    folder.chmod(folder_mode)
    (folder / "token.json").touch(0o600)
    return folder


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_every_task_sweeps_what_killed_runs_left(run, dead_pid):
    dead = left_behind(run.parent, f"ansible-local-{dead_pid}abcdefgh")
    RunContext(str(run))  # even if the run has nothing to keep
    assert not dead.exists()
    assert dead.parent.exists()  # the rest belongs to Ansible


@pytest.mark.parametrize("name", ["ansible-local-{pid}abcdefgh", "ansible-local-{dead}abc", "other-{dead}abcdefgh"])
def test_what_is_alive_or_not_a_run_stays(tmp_path, dead_pid, name):
    kept = left_behind(tmp_path, name.format(pid=os.getpid(), dead=dead_pid))
    sweep(str(tmp_path))
    assert kept.exists()


def test_what_is_not_ours_alone_stays(tmp_path, dead_pid):
    kept = left_behind(tmp_path, f"ansible-local-{dead_pid}abcdefgh", 0o755)
    sweep(str(tmp_path))
    assert kept.exists()


@pytest.mark.parametrize("error", [PermissionError, OverflowError])
def test_a_process_that_cannot_be_asked_is_taken_as_alive(monkeypatch, error):
    def kill(_pid: int, _signal: int) -> None:
        raise error

    monkeypatch.setattr(module.os, "kill", kill)
    assert module._alive(1)


# -- a disk that is full, or any other trouble of the file system -----------------------------------------------------

TROUBLE = [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT, errno.EMFILE, errno.ENOENT]


@pytest.mark.parametrize("number", TROUBLE)
@pytest.mark.parametrize("call", ["tempfile.mkstemp", "os.replace", "os.open", "os.mkdir", "fcntl.flock", "os.close"])
def test_trouble_with_files_fails_nothing(run: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    def fails(*_args: t.Any, **_how: t.Any) -> t.NoReturn:
        raise OSError(number, os.strerror(number))

    store = RunStore(str(run))
    with monkeypatch.context() as patch:
        place = {"tempfile": tempfile, "os": os, "fcntl": locks.fcntl}[call.partition(".")[0]]
        patch.setattr(place, call.partition(".")[2], fails)
        with store.locked("key", Deadline(5)) as slot:
            slot.write({"a": 1})
            assert slot.read() == {"a": 1}
        assert store.peek("key") == {"a": 1}
    store.put("key", {"a": 2})
    assert store.peek("key") == {"a": 2}
    if call != "os.mkdir":  # without a folder it stays in memory
        assert RunStore(str(run)).peek("key") == {"a": 2}
