# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ledger: created atomically, private, survives a kill, trusts no foreign file, locks one row at a time."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import threading
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Entry, Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.member import MemberSpec, ensure_member
from ansible_collections.partnerops.saas.plugins.module_utils.state import sqlite_store
from ansible_collections.partnerops.saas.tests.support.failures import failure

EMAIL = "U@x.example"


def path_of(ledger: Ledger) -> Path:
    return Path(ledger.store.path)  # type: ignore[attr-defined]


def invite(ledger: Ledger, email: str = EMAIL, seconds: float = 20) -> None:
    with ledger.row("member", 7, email, Deadline(seconds)) as row:
        row.begin("add")
        row.invited(None)


def peek(ledger: Ledger, email: str = EMAIL, seconds: float = 20) -> Entry:
    return ledger.peek("member", 7, email, Deadline(seconds))


def test_it_is_private_and_so_are_its_folders(tmp_path: Path) -> None:
    ledger = Ledger.at(str(tmp_path / "a" / "b" / "ledger.sqlite3"), "https://cloud.mip.to")
    old = os.umask(0)
    try:
        invite(ledger)
    finally:
        os.umask(old)
    ledger.store.close()
    path = path_of(ledger)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]
    assert [one.name for one in path.parent.iterdir()] == ["ledger.sqlite3", "ledger.sqlite3.locks"] or [
        one.name for one in path.parent.iterdir()
    ] == ["ledger.sqlite3.locks", "ledger.sqlite3"]
    assert list((path.parent / "ledger.sqlite3.locks").iterdir()) == []


def test_a_loose_mode_is_tightened(ledger: Ledger) -> None:
    invite(ledger)
    path_of(ledger).chmod(0o644)
    assert peek(ledger).present
    assert stat.S_IMODE(path_of(ledger).stat().st_mode) == 0o600


def test_reading_makes_nothing(ledger: Ledger) -> None:
    assert peek(ledger) == Entry()
    assert ledger.fact("x", Deadline(5)) is None
    with ledger.row("member", 7, EMAIL, Deadline(5), check_mode=True) as row:
        row.learned(5, blocked=True)
        assert row.entry.present
    assert not path_of(ledger).parent.exists()


def test_rows_are_kept_apart(ledger: Ledger) -> None:
    invite(ledger)
    assert peek(ledger, "u@X.EXAMPLE").present
    assert not peek(ledger, "v@x.example").present
    assert not ledger.peek("member", 8, EMAIL, Deadline(5)).present
    assert not ledger.peek("client", 7, EMAIL, Deadline(5)).present
    other = Ledger.at(ledger.store.path, "https://cloud.mip.to/api/v1")  # type: ignore[attr-defined]
    assert not peek(other).present


def test_what_a_row_goes_through(ledger: Ledger) -> None:
    with ledger.row("client", 7, EMAIL, Deadline(20)) as row:
        row.begin("register")
        entry = ledger.peek("client", 7, EMAIL, Deadline(5))
        assert (entry.state, entry.intent, entry.present, entry.absent) == ("unknown", "register", False, False)
        assert entry.intent_at
        assert entry.sent_by
        assert entry.sent_by.startswith(f"{os.getpid()}@")
        row.undo()
        assert ledger.peek("client", 7, EMAIL, Deadline(5)) == Entry()
        row.begin("register")
        row.learned(20, blocked=False)
        assert ledger.peek("client", 7, EMAIL, Deadline(5)) == Entry(id=20, state="present", blocked=False)
        row.begin_toggle()
        entry = ledger.peek("client", 7, EMAIL, Deadline(5))
        assert (entry.blocked, bool(entry.toggle_at), entry.present) == (None, True, True)
        row.learned(20, blocked=None)  # a login that does not say leaves it unknown
        assert row.entry.toggle_at
        row.toggled(20, blocked=True)
        assert ledger.peek("client", 7, EMAIL, Deadline(5)) == Entry(id=20, state="present", blocked=True)
        row.begin("remove")
        assert not ledger.peek("client", 7, EMAIL, Deadline(5)).present
        row.removed(20)
        assert ledger.peek("client", 7, EMAIL, Deadline(5)) == Entry(id=20, state="absent")
        row.learned(21, blocked=None)  # another client with the same address
        assert ledger.peek("client", 7, EMAIL, Deadline(5)) == Entry(id=21, state="present")


def test_another_id_takes_nothing_over(ledger: Ledger) -> None:
    with ledger.row("member", 7, EMAIL, Deadline(20)) as row:
        row.toggled(20, blocked=True)
        row.rename(21)
        assert row.entry == Entry(id=21, state="present")
        row.removed(21)
        row.rename(22)
        assert row.entry == Entry(id=22)
        row.other()
        assert row.entry == Entry()


# -- files that must not be used --------------------------------------------------------------------------------------


def spoil(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_bytes(b"not a database, but some text that is long enough to be one" * 20)
    elif how == "cut":
        path.write_bytes(content[:5000])
    elif how == "page":
        path.write_bytes(content[:4096] + b"\xff" * 4096 + content[8192:])
    elif how == "dropped":
        connection = sqlite3.connect(path)
        connection.execute("DROP TABLE entry")
        connection.commit()
        connection.close()


@pytest.mark.parametrize("how", ["empty", "text", "cut", "page", "dropped"])
def test_a_damaged_one_is_an_error_and_stays_as_it_is(ledger: Ledger, how: str) -> None:
    for number in range(40):
        invite(ledger, f"user-{number}@x.example")
    ledger.store.close()
    path = path_of(ledger)
    spoil(path, how)
    content = path.read_bytes()
    for _two in range(2):
        fresh = Ledger.at(str(path), "https://cloud.mip.to")
        error = failure(lambda: invite(fresh))  # noqa: B023
        assert error.code == "undetermined"
        assert "damaged" in error.msg
        assert str(path) in error.msg
        assert failure(lambda: peek(fresh)).code == "undetermined"  # noqa: B023
    assert path.read_bytes() == content


def test_damage_between_two_tasks_is_an_error(ledger: Ledger) -> None:
    invite(ledger)
    ledger.store.close()
    path_of(ledger).write_bytes(b"x" * 9000)
    assert failure(lambda: peek(ledger)).code == "undetermined"


def test_another_programs_database_is_left_alone(ledger: Ledger) -> None:
    path = path_of(ledger)
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    error = failure(lambda: invite(ledger))
    assert error.code == "invalid_input"
    assert "not a ledger" in error.msg


def test_a_newer_layout_is_refused(ledger: Ledger) -> None:
    invite(ledger)
    connection = sqlite3.connect(path_of(ledger))
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    error = failure(lambda: peek(Ledger.at(ledger.store.path, "https://cloud.mip.to")))  # type: ignore[attr-defined]
    assert error.code == "invalid_input"
    assert "newer release" in error.msg


def test_a_link_a_folder_and_foreign_files_are_refused(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of(ledger)
    invite(ledger)
    path.rename(path.with_name("real"))
    path.symlink_to("real")
    assert "symbolic link" in failure(lambda: peek(ledger)).msg
    path.unlink()
    path.mkdir()
    assert "not a file" in failure(lambda: peek(ledger)).msg
    path.rmdir()
    path.with_name("real").rename(path)
    journal = Path(f"{path}-journal")
    journal.symlink_to("elsewhere")
    assert str(journal) in failure(lambda: peek(ledger)).msg
    journal.unlink()
    monkeypatch.setattr(sqlite_store.os, "geteuid", lambda: os.getuid() + 1)
    assert "belongs to another user" in failure(lambda: peek(ledger)).msg


def test_a_folder_that_everybody_may_write_to_is_refused(ledger: Ledger) -> None:
    folder = path_of(ledger).parent
    folder.mkdir()
    folder.chmod(0o777)
    assert "everybody can write" in failure(lambda: invite(ledger)).msg
    folder.chmod(0o1777)  # like /tmp
    invite(ledger)
    folder.chmod(0o777)
    assert "everybody can write" in failure(lambda: peek(ledger)).msg


def test_locks_that_are_not_ones_own_are_refused(ledger: Ledger) -> None:
    folder = Path(f"{ledger.store.path}.locks")  # type: ignore[attr-defined]
    folder.parent.mkdir()
    folder.symlink_to(".")
    assert str(folder) in failure(lambda: invite(ledger)).msg


@pytest.mark.parametrize("path", ["", "/dev/null/x/ledger.sqlite3"])
def test_a_place_that_can_not_be_is_named(path: str) -> None:
    error = failure(lambda: invite(Ledger.at(path, "https://cloud.mip.to")))
    assert error.code == "invalid_input"
    assert "ledger" in error.msg


def test_without_sqlite_it_says_so(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "HAS_SQLITE", False)
    assert "sqlite3" in failure(lambda: peek(ledger)).msg


def test_what_was_sent_and_can_not_be_written_is_reported(ledger: Ledger) -> None:
    with ledger.row("member", 7, EMAIL, Deadline(20)) as row:
        row.begin("add")
        connection = sqlite3.connect(path_of(ledger))
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        connection.commit()
        connection.close()
        error = failure(lambda: row.invited(None))
        assert (error.code, error.executed) == ("unknown_outcome", True)
        assert "disk full" in error.msg
    assert peek(ledger).intent == "add"


def test_a_deleted_one_starts_over_and_nothing_old_gets_in(ledger: Ledger) -> None:
    invite(ledger)
    path = path_of(ledger)
    path.unlink()
    Path(f"{path}-journal").write_bytes(b"left behind")
    path.with_name(f".{path.name}.new-left").write_bytes(b"by a killed run")
    assert peek(ledger) == Entry()
    invite(ledger, "v@x.example")
    assert not peek(ledger).present
    assert peek(ledger, "v@x.example").present
    ledger.store.close()
    assert {one.name for one in path.parent.iterdir()} == {path.name, f"{path.name}.locks"}


# -- several processes ------------------------------------------------------------------------------------------------


def test_a_row_is_held_by_one_and_another_is_free(ledger: Ledger) -> None:
    with ledger.row("member", 7, EMAIL, Deadline(20)):
        error = failure(lambda: invite(ledger, EMAIL.lower(), 0.3))
        assert error.code == "timeout"
        assert "Nothing was sent" in error.msg
        invite(ledger, "v@x.example")
    invite(ledger)


def test_many_threads_make_one_ledger_and_lose_nothing(ledger: Ledger) -> None:
    order: list[str] = []
    errors: list[Exception] = []

    def work(number: int) -> None:
        try:
            with ledger.row("member", 7, EMAIL, Deadline(60)) as row:
                order.append("in")
                row.toggled(number + 1, blocked=bool(number % 2))
                time.sleep(0.005)
                order.append("out")
            invite(ledger, f"u{number}@x.example", 60)
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert order == ["in", "out"] * 12
    assert all(peek(ledger, f"u{number}@x.example").present for number in range(12))


def test_a_killed_holder_lets_go_and_its_intent_stays(ledger: Ledger) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover
        try:
            with ledger.row("member", 7, EMAIL, Deadline(20)) as row:
                row.begin("add")
                os.write(writing, b"x")
                time.sleep(60)
        finally:
            os._exit(1)
    assert os.read(reading, 1) == b"x"
    assert failure(lambda: invite(ledger, EMAIL, 0.3)).code == "timeout"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    with ledger.row("member", 7, EMAIL, Deadline(20)) as row:
        assert row.entry.intent == "add"
        assert row.entry.sent_by
        assert row.entry.sent_by.startswith(f"{child}@")


def test_a_busy_file_is_waited_for(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    invite(ledger)
    holder = sqlite3.connect(path_of(ledger), isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(0.3, lambda: holder.execute("COMMIT"))
    timer.start()
    invite(ledger, "v@x.example")
    timer.join()
    holder.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(sqlite_store, "LEAST_WAIT", 0.1)
    assert peek(ledger, "v@x.example", 0.1).present  # a reader does not wait
    error = failure(lambda: invite(ledger, "w@x.example", 0.1))
    assert error.code == "timeout"
    holder.execute("COMMIT")
    holder.close()


def test_facts_are_kept_for_each_api(ledger: Ledger) -> None:
    ledger.learn("client-block-answer", "silent", Deadline(5))
    assert ledger.fact("client-block-answer", Deadline(5)) == "silent"
    other = Ledger.at(ledger.store.path, "https://other.example")  # type: ignore[attr-defined]
    assert other.fact("client-block-answer", Deadline(5)) is None


def test_a_ledger_that_fails_after_the_mail_hides_nothing(rig: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every access after the intent fails: the result says that the invitation was sent, and no text denies it."""
    write = sqlite_store.SqliteStore.write

    def failing(store: sqlite_store.SqliteStore, *args: t.Any, sent: bool, **kwargs: t.Any) -> Entry:
        if sent:
            raise store._translated(sqlite3.OperationalError("database is locked"), sent)
        return write(store, *args, sent=sent, **kwargs)

    monkeypatch.setattr(sqlite_store.SqliteStore, "write", failing)
    with pytest.raises(ApiError) as caught:
        ensure_member(rig.api, rig.ledger, MemberSpec(7, "a@x.example"), Deadline(20))
    error = caught.value
    assert (error.code, error.executed, error.result["changed"]) == ("unknown_outcome", True, True)
    assert error.result["member"]["state"] == "present"
    assert "Nothing was sent" not in error.msg
    assert rig.mip.mails == ["a@x.example"]
