# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks between the runs of one user."""

from __future__ import annotations

import errno
import json
import os
import tempfile
import threading
import time
import types
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run import locks

KEY = ("https://ppp-admin.mobsted.com", "app", "Store")


def no_entry(_uid: int) -> t.NoReturn:
    raise KeyError


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty temporary folder in place of that of the machine."""
    folder = tmp_path / "machine-wide"
    folder.mkdir()
    monkeypatch.setattr(locks, "PLACES", (str(folder),))
    monkeypatch.setattr(locks.pwd, "getpwuid", no_entry)
    return folder


def test_a_second_holder_waits_for_the_first() -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with locks.hold(KEY, Deadline(10)):
            order.append("second")

    other = threading.Thread(target=second)
    other.start()
    with locks.hold(KEY, Deadline(10)):
        inside.set()
        time.sleep(0.1)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_beyond_the_deadline_it_gives_up_and_says_so() -> None:
    with locks.hold(KEY, Deadline(10)), pytest.raises(ApiError) as error, locks.hold(KEY, Deadline(0.05)):
        pass
    assert error.value.code == "timeout"
    assert "Nothing was sent" in str(error.value)


def test_a_creation_is_known_to_who_listed_before_it() -> None:
    before = time.time()
    with locks.hold(KEY, Deadline(1)) as held:
        assert not held.used_since(0)
        held.use()
        assert held.used_since(time.time() + 1000)  # still running
    with locks.hold(KEY, Deadline(1)) as held:
        assert held.used_since(before)
        assert not held.used_since(time.time() + 1)
    other = ("https://ppp-admin.mobsted.com", "app", "Other")
    with locks.hold(other, Deadline(1)) as held:
        assert not held.used_since(before)


def test_a_creation_that_did_not_end_stays_under_way() -> None:
    def create() -> None:
        with locks.hold(KEY, Deadline(1)) as held:
            held.use()
            raise ApiError("server_error", "lost")

    with pytest.raises(ApiError):
        create()
    with locks.hold(KEY, Deadline(1)) as held:
        assert held.used_since(time.time() + 1000)


def killed_while_creating(key: tuple[str, ...]) -> None:
    with locks.hold(key, Deadline(1)) as held:
        assert held.unfinished() == 0
        held.use()
        raise KeyboardInterrupt


def test_a_creation_whose_owner_died_may_go_on_for_a_while(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        killed_while_creating(KEY)
    with locks.hold(KEY, Deadline(1)) as held:
        assert locks.GRACE - 5 < held.unfinished() <= locks.GRACE
    began = time.time()
    monkeypatch.setattr(locks.time, "time", lambda: began + locks.GRACE + 1)
    with locks.hold(KEY, Deadline(1)) as held:
        assert held.unfinished() == 0
        assert held.used_since(began)
    with locks.hold(KEY, Deadline(1)) as held:
        held.use()
    with locks.hold(KEY, Deadline(1)) as held:
        assert held.unfinished() == 0
    (file,) = next(iter(temporary.iterdir())).iterdir()
    (key,) = json.loads(file.read_text())
    file.write_text(json.dumps({key: 1e12}))  # as version 1.0 marked a creation under way
    with locks.hold(KEY, Deadline(1)) as held:
        assert (held.unfinished(), held.used_since(began)) == (0, True)


def test_a_creation_that_never_ended_is_forgotten_after_a_day(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "STRIPES", 1)
    with pytest.raises(KeyboardInterrupt):
        killed_while_creating(("a",))
    later = time.time() + locks.REMEMBERED + 1
    monkeypatch.setattr(locks.time, "time", lambda: later)
    with locks.hold(("b",), Deadline(1)) as held:
        held.use()
    (file,) = next(iter(temporary.iterdir())).iterdir()
    assert len(json.loads(file.read_text())) == 1


def test_two_keys_on_one_file_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "STRIPES", 1)
    with locks.hold(("a",), Deadline(1)) as held:
        held.use()
    with locks.hold(("b",), Deadline(1)) as held:
        assert not held.used_since(0)
        held.use()
    with locks.hold(("a",), Deadline(1)) as held:
        assert held.used_since(0)


def test_a_torn_file_counts_as_a_creation_under_way(temporary: Path) -> None:
    with locks.hold(KEY, Deadline(1)) as held:
        held.use()
    (file,) = next(iter(temporary.iterdir())).iterdir()
    file.write_text('{"torn')
    with locks.hold(KEY, Deadline(1)) as held:
        assert held.used_since(time.time() + 1000)
    file.write_text("[]")
    with locks.hold(KEY, Deadline(1)) as held:
        assert not held.used_since(0)


def test_the_folder_is_the_users_alone(temporary: Path) -> None:
    with locks.hold(KEY, Deadline(1)):
        pass
    (folder,) = temporary.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("spoil", ["open", "link", "file"])
def test_a_folder_that_is_not_ours_is_not_used(temporary: Path, spoil: str) -> None:
    folder = temporary / f"partnerops-saas-{os.geteuid()}"
    if spoil == "open":
        folder.mkdir()
        folder.chmod(0o777)
    elif spoil == "link":
        (temporary / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(temporary / "elsewhere")
    else:
        folder.touch()
    with locks.hold(KEY, Deadline(1)) as held:
        held.use()
        assert not held.used_since(0)
    assert not any((temporary / "elsewhere").glob("*"))
    assert folder.is_file() or not any(folder.iterdir())


def test_a_linked_file_is_not_followed(temporary: Path) -> None:
    with locks.hold(KEY, Deadline(1)):
        pass
    (file,) = next(iter(temporary.iterdir())).iterdir()
    file.unlink()
    target = temporary / "target"
    file.symlink_to(target)
    with locks.hold(KEY, Deadline(1)) as held:
        held.use()
    assert not target.exists()


def test_without_a_folder_the_work_goes_on_with_a_warning(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> None:
    def refused(*_args: t.Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locks.os, "makedirs", refused)
    said: list[str] = []
    with locks.hold(KEY, Deadline(1), warn=said.append) as held:
        held.use()
        assert not held.used_since(0)
    assert not any(temporary.iterdir())
    assert "Permission denied" in said[0]
    assert "state_url" in said[0]


def test_a_file_system_that_cannot_lock_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: t.Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", refused)
    said: list[str] = []
    with locks.hold(KEY, Deadline(1), warn=said.append):
        pass
    assert "No locks available" in said[0]


def test_the_environment_does_not_move_the_locks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TMPDIR", "HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    tempfile.tempdir = None
    with locks.hold(KEY, Deadline(10)):
        for name in ("TMPDIR", "HOME"):
            monkeypatch.setenv(name, str(tmp_path / "another"))
        with pytest.raises(ApiError), locks.hold(KEY, Deadline(0.05)):
            pass


def test_the_home_of_the_passwd_database_comes_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(locks, "PLACES", (str(tmp_path / "missing"),))
    monkeypatch.setattr(locks.pwd, "getpwuid", lambda _uid: types.SimpleNamespace(pw_dir=str(home)))
    with locks.hold(KEY, Deadline(1)) as held:
        held.use()
    assert len(list((home / ".local" / "state" / "partnerops-saas").iterdir())) == 1


def test_a_refused_creation_is_forgotten() -> None:
    def create() -> None:
        with locks.hold(KEY, Deadline(1)) as held:
            held.use()
            held.refused()
            raise ApiError("forbidden", "no")

    with pytest.raises(ApiError):
        create()
    with locks.hold(KEY, Deadline(1)) as held:
        assert not held.used_since(0)
        held.use()
    with pytest.raises(ApiError):
        create()
    with locks.hold(KEY, Deadline(1)) as held:  # the earlier creation is still known
        assert held.used_since(time.time() - 60)
        assert not held.used_since(time.time() + 1000)


@pytest.mark.parametrize("written", [0, 1])
def test_a_full_disk_stops_a_creation_only_before_it(monkeypatch: pytest.MonkeyPatch, written: int) -> None:
    left = [written]
    pwrite = os.pwrite

    def full(*args: t.Any) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        return pwrite(*args)

    monkeypatch.setattr(locks.os, "pwrite", full)
    if not written:
        with pytest.raises(ApiError) as error, locks.hold(KEY, Deadline(1)) as held:
            held.use()
        assert error.value.code == "invalid_input"
        assert "Nothing was sent" in str(error.value)
        return
    with locks.hold(KEY, Deadline(1)) as held:
        held.use()
    with locks.hold(KEY, Deadline(1)) as held:
        assert held.used_since(time.time() + 1000)  # as if it were still running: others look again


@pytest.mark.parametrize("content", ['{"%s": "soon"}', '{"%s": null}', '{"%s": {}}', "[" * 200_000])
def test_a_damaged_file_counts_as_a_creation_under_way(temporary: Path, content: str) -> None:
    with locks.hold(KEY, Deadline(1)) as held:
        held.use()
    (file,) = next(iter(temporary.iterdir())).iterdir()
    (key,) = json.loads(file.read_text())
    file.write_text(content.replace("%s", key))
    with locks.hold(KEY, Deadline(1)) as held:
        assert held.used_since(time.time() + 1000)
        held.use()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_an_error_on_closing_hides_no_result(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    close = os.close

    def fails(handle: int) -> None:
        close(handle)
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", fails)
        with locks.hold(KEY, Deadline(1)) as held:
            held.use()
    with locks.hold(KEY, Deadline(1)) as held:
        assert held.used_since(0)
