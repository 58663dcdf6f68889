# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_ledger`` to its result: there and back, twice, in check mode, with rows that differ."""

from __future__ import annotations

import functools
import json
import sqlite3
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.ledger import OPERATION, run_ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.ledger_info import run_ledger_info
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Result, perform
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state.lines import read_lines
from ansible_collections.partnerops.saas.tests.support import postgres as servers
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.support.ledgers import old_ledger
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mip.tasks import Make

THEN = "2026-01-01T00:00:00+00:00"
Run = t.Callable[..., Result]


def row(email: str, state: str = "present", **more: t.Any) -> dict[str, t.Any]:
    return {"kind": "member", "marketplace_id": 7, "email": email, "state": state, **more}


def fact(name: str, value: str) -> dict[str, t.Any]:
    return {"api": "cloud.mip.to", "fact": name, "value": value}


@pytest.fixture(params=["file", "postgresql"])
def store(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> dict[str, t.Any]:
    """Return the options of an empty store, of each kind."""
    if request.param == "file":
        return {"ledger_path": str(tmp_path / "target.sqlite3")}
    return {"ledger_path": None, "state_url": database}


@pytest.fixture
def lines(tmp_path: Path) -> t.Callable[..., str]:
    """Return a function that writes rows into a file, and returns its path."""

    def write(*rows: dict[str, t.Any], name: str = "in.jsonl") -> str:
        (tmp_path / name).write_text("".join(json.dumps(one) + "\n" for one in rows))
        return str(tmp_path / name)

    return write


@pytest.fixture
def load(make: Make, context: RunContext) -> Run:
    """Return a function that imports into a store."""

    def run(store: dict[str, t.Any], path: str, **more: t.Any) -> Result:
        try:
            return run_ledger(make(**{**store, "import_path": path, "on_conflict": "fail", **more}))
        finally:
            context.end_task()

    return run


@pytest.fixture
def content(make: Make, context: RunContext) -> t.Callable[[dict[str, t.Any]], dict[str, t.Any]]:
    """Return a function that returns the rows of a store, by address."""

    def read(store: dict[str, t.Any]) -> dict[str, t.Any]:
        found = run_ledger_info(make(**store, email=None, marketplace_id=None))["entries"]
        context.end_task()
        return {one["email"]: one for one in found}

    return read


Content = t.Callable[[dict[str, t.Any]], dict[str, t.Any]]


def test_import_check_again(store: dict[str, t.Any], lines: t.Callable[..., str], load: Run, content: Content) -> None:
    path = lines(row("a@x.example", id=3, blocked=True), row("b@x.example", "absent"), fact("user_block", "sets"))
    checked = load(store, path, check_mode=True)
    assert (checked["changed"], checked["imported"], checked["store"]["exists"]) == (True, 2, False)
    assert checked["diff"]["before"] == ""
    assert [json.loads(line)["email"] for line in checked["diff"]["after"].splitlines()] == [
        "a@x.example",
        "b@x.example",
    ]
    assert content(store) == {}
    done = load(store, path)
    assert (done["changed"], done["imported"], done["unchanged"], done["conflicts"]) == (True, 2, 0, [])
    assert (done["exported"], done["store"]["exists"]) == (0, True)
    assert {email: one["state"] for email, one in content(store).items()} == {
        "a@x.example": "present",
        "b@x.example": "absent",
    }
    for check_mode in (True, False):
        again = load(store, path, check_mode=check_mode)
        assert (again["changed"], again["imported"], again["unchanged"]) == (False, 0, 2)
        assert again["diff"] == {"before": "", "after": ""}


def test_facts_alone_are_imported_once(store: dict[str, t.Any], lines: t.Callable[..., str], load: Run) -> None:
    path = lines(fact("user_block", "sets"))
    assert [load(store, path)["changed"] for _twice in range(2)] == [True, False]
    assert not load(store, lines(fact("user_block", "toggles")))["changed"]  # what is known here is newer


def test_of_two_migrations_the_later_one_counts(
    store: dict[str, t.Any], lines: t.Callable[..., str], load: Run, make: Make, context: RunContext, tmp_path: Path
) -> None:
    """It tells which rows may be about another spelling of an address: those of both ledgers."""
    for day, changed in (("02", True), ("01", False), ("03", True)):
        when = {"api": "", "fact": "migrated_at", "value": f"2026-01-{day}T00:00:00+00:00"}
        assert load(store, lines(when))["changed"] is changed
    run_ledger(make(**store, export_path=str(tmp_path / "out.jsonl")))
    context.end_task()
    assert "2026-01-03" in (tmp_path / "out.jsonl").read_text()


def test_export_and_back(
    store: dict[str, t.Any], lines: t.Callable[..., str], load: Run, content: Content, make: Make, tmp_path: Path
) -> None:
    load(
        store,
        lines(
            row("a@x.example", id=3, intent="toggle", at=THEN, by="1@pc"),
            row("grüße@x.example", "absent", intent="add", at=THEN),
            {**row("me@x.example"), "kind": "user", "marketplace_id": None},
            {**row("a@x.example", blocked=False), "api": "other.example"},
            fact("user_block", "sets"),
        ),
    )
    out = tmp_path / "out.jsonl"

    def export(**more: t.Any) -> Result:
        return run_ledger(make(**store, export_path=str(out), **more))

    checked = export(check_mode=True)
    assert (checked["changed"], checked["exported"], out.exists()) == (True, 4, False)
    for changed in (True, False):
        done = export()
        assert (done["changed"], done["exported"], done["imported"], done["conflicts"]) == (changed, 4, 0, [])
        assert bool(done["diff"]["after"]) is changed
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    back = {"ledger_path": str(tmp_path / "back.sqlite3"), "state_url": None}
    assert load(back, str(out))["imported"] == 4
    assert content(back) == content(store)
    again = tmp_path / "again.jsonl"
    run_ledger(make(**back, export_path=str(again)))
    assert read_lines(str(again), "") == read_lines(str(out), "")
    assert fact("user_block", "sets") in [json.loads(line) for line in again.read_text().splitlines()]


@pytest.mark.parametrize("mine_first", [True, False])
def test_rows_that_contradict_each_other(
    mine_first: bool, store: dict[str, t.Any], lines: t.Callable[..., str], load: Run, content: Content
) -> None:
    safe = [row("a@x.example", intent="add", at=THEN), row("b@x.example", id=4, blocked=True)]
    weak = [row("a@x.example"), row("b@x.example", "absent", id=4)]
    first, second = (safe, weak) if mine_first else (weak, safe)
    load(store, lines(*first, fact("x", "mine")))
    before = content(store)
    path = lines(*second, row("new@x.example"), fact("x", "theirs"), fact("y", "new"))
    error = failure(lambda: load(store, path))
    assert (error.code, error.executed) == ("duplicate", False)
    assert "2 rows in" in error.msg
    assert "member a@x.example of marketplace 7; member b@x.example of marketplace 7" in error.msg
    assert [one["imported"]["state"] for one in error.result["conflicts"]] == [one["state"] for one in second]
    assert content(store) == before
    checked = load(store, path, on_conflict="safer", check_mode=True)
    assert (checked["changed"], len(checked["conflicts"]), content(store) == before) == (True, 2, True)
    done = load(store, path, on_conflict="safer")
    assert (done["changed"], len(done["conflicts"])) == (True, 2)
    assert (done["imported"], done["unchanged"]) == ((1, 2) if mine_first else (3, 0))
    found = content(store)
    assert (found["a@x.example"]["intent"], found["b@x.example"]["state"]) == ("add", "present")
    assert found["new@x.example"]["state"] == "present"
    assert load(store, path, on_conflict="safer")["changed"] is False


def test_many_conflicts_are_counted_and_ten_are_named(lines: t.Callable[..., str], load: Run, tmp_path: Path) -> None:
    store = {"ledger_path": str(tmp_path / "target.sqlite3")}
    people = [f"p{number:02}@x.example" for number in range(12)]
    load(store, lines(*(row(one) for one in people)))
    error = failure(lambda: load(store, lines(*(row(one, "absent") for one in people))))
    assert "12 rows in" in error.msg
    assert "p09@x.example of marketplace 7 and 2 more. Nothing was imported" in error.msg
    assert len(error.result["conflicts"]) == 12


def test_an_api_of_its_own_is_kept(lines: t.Callable[..., str], load: Run, make: Make, tmp_path: Path) -> None:
    store = {"ledger_path": str(tmp_path / "target.sqlite3")}
    load(store, lines({**row("a@x.example"), "api": "other.example:443/"}))
    assert run_ledger_info(make(**store, email=None))["entries"] == []
    [one] = run_ledger_info(make(**store, email=None, api_url="https://other.example"))["entries"]
    assert one["email"] == "a@x.example"


# -- from a file to a database ----------------------------------------------------------------------------------------


def test_a_file_that_was_imported_is_not_used_any_more(
    lines: t.Callable[..., str], load: Run, content: Content, database: str, tmp_path: Path
) -> None:
    old = {"ledger_path": str(tmp_path / "old.sqlite3")}
    shared = {"ledger_path": None, "state_url": database}
    load(old, lines(row("a@x.example", id=3), row("b@x.example", "absent"), fact("user_block", "sets")))
    before = content(old)
    assert load(shared, old["ledger_path"], check_mode=True)["imported"] == 2
    assert content(old) == before  # check mode marks nothing
    assert load(shared, old["ledger_path"])["imported"] == 2
    assert content(shared) == before
    error = failure(lambda: content(old))
    assert (error.code, error.executed) == ("invalid_input", False)
    assert "was imported elsewhere (into the database" in error.msg
    assert servers.PASSWORD not in error.msg
    assert "Set state_url" in error.msg
    again = load(shared, old["ledger_path"])
    assert (again["changed"], again["unchanged"]) == (False, 2)


def test_a_refused_import_leaves_the_file_in_use(
    lines: t.Callable[..., str], load: Run, content: Content, database: str, tmp_path: Path
) -> None:
    old = {"ledger_path": str(tmp_path / "old.sqlite3")}
    shared = {"ledger_path": None, "state_url": database}
    load(old, lines(row("a@x.example", "absent")))
    load(shared, lines(row("a@x.example")))
    assert failure(lambda: load(shared, old["ledger_path"])).code == "duplicate"
    assert content(old)["a@x.example"]["state"] == "absent"
    assert content(shared)["a@x.example"]["state"] == "present"


@pytest.mark.parametrize("link", [False, True])
def test_a_ledger_is_not_imported_into_itself(
    link: bool, lines: t.Callable[..., str], load: Run, content: Content, tmp_path: Path
) -> None:
    store = {"ledger_path": str(tmp_path / "target.sqlite3")}
    load(store, lines(row("a@x.example")))
    path = tmp_path / "link" if link else tmp_path / "target.sqlite3"
    if link:
        path.symlink_to(tmp_path / "target.sqlite3")
    error = failure(lambda: load(store, str(path)))
    assert error.code == "invalid_input"
    assert "import_path is the ledger itself" in error.msg
    assert list(content(store)) == ["a@x.example"]


# -- what is refused --------------------------------------------------------------------------------------------------


def test_files_that_are_refused(load: Run, lines: t.Callable[..., str], tmp_path: Path) -> None:
    store = {"ledger_path": str(tmp_path / "target.sqlite3")}
    assert "can't be read" in failure(lambda: load(store, str(tmp_path / "none.jsonl"))).msg
    wrong = lines(row("a@x.example"), {**row("b@x.example"), "state": "gone"})
    assert "line 2" in failure(lambda: load(store, wrong)).msg
    foreign = tmp_path / "foreign.sqlite3"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE x (y)")
    connection.close()
    assert "not a ledger of this collection" in failure(lambda: load(store, str(foreign))).msg
    assert not Path(store["ledger_path"]).exists()


def test_an_import_needs_a_ledger_if_one_is_required(load: Run, lines: t.Callable[..., str], tmp_path: Path) -> None:
    store = {"ledger_path": str(tmp_path / "target.sqlite3"), "ledger_missing": "fail"}
    assert "ledger_missing is 'fail'" in failure(lambda: load(store, lines(row("a@x.example")))).msg


def test_no_message_shows_the_password(
    make: Make, lines: t.Callable[..., str], context: RunContext, closed_port: int
) -> None:
    secret, more = "secret word/1", "secret%20word%2F1"
    url = f"postgresql://u:{more}@127.0.0.1:{closed_port}/x"
    options = {"ledger_path": None, "import_path": lines(row("a@x.example")), "on_conflict": "fail"}
    for given in ({"state_url": url}, {"state_url": url + "?service=x"}, {"state_url": f"mysql://u:{more}@h/x"}):
        result = perform(OPERATION, make(**options, **given))
        assert (result["failed"], result["changed"]) == (True, False)
        assert secret not in str(result)
        assert more not in str(result)
    assert context.secrets.scrub(f"{secret} {more}") == "******** ********"
    with pytest.raises(ApiError, match="state_password is set, but state_url is not"):
        run_ledger(make(**options, state_password=secret))


def test_a_row_that_says_too_much_is_the_same_when_it_is_imported_again(
    load: Run, store: dict[str, t.Any], lines: t.Callable[..., str]
) -> None:
    """Somebody may have written that who was removed is blocked: what nobody can know is not kept, the first time."""
    path = lines(row("a@x.example", "absent", blocked=True), row("b@x.example", blocked=True, toggle_at=THEN))
    done, again = load(store, path), load(store, path)
    assert (done["changed"], done["imported"]) == (True, 2)
    assert (again["changed"], again["unchanged"]) == (False, 2)


def test_check_mode_leaves_the_ledger_that_it_reads_as_it_is(
    load: Run, store: dict[str, t.Any], tmp_path: Path
) -> None:
    """A ledger of version 1.0 is migrated when it is opened, also to be imported."""
    path = tmp_path / "old.sqlite3"
    old_ledger(path, ("cloud.mip.to", "a@x.example", None, "present", None, None))
    before = {one.name: one.read_bytes() for one in tmp_path.glob("old*")}
    checked = load(store, str(path), check_mode=True)
    assert (checked["changed"], checked["imported"]) == (True, 1)
    assert {one.name: one.read_bytes() for one in tmp_path.glob("old*")} == before
    assert load(store, str(path))["imported"] == 1


def test_a_ledger_that_can_not_be_imported_is_named_as_such(load: Run, store: dict[str, t.Any], tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE x (y)")
    other.close()
    before = path.read_bytes()
    for check_mode in (True, False):
        error = failure(functools.partial(load, store, str(path), check_mode=check_mode))
        assert error.msg.startswith(f"{path} is an SQLite file, but not a ledger")
        assert error.msg.endswith("Set another 'import_path'. Nothing was imported.")
    assert path.read_bytes() == before


def test_an_empty_file_is_warned_about(store: dict[str, t.Any], make: Make, tmp_path: Path) -> None:
    """What a full disk left of a ledger is no file of SQLite any more."""
    (tmp_path / "empty.sqlite3").touch()
    task = make(**{**store, "import_path": str(tmp_path / "empty.sqlite3"), "on_conflict": "fail"})
    assert not run_ledger(task)["changed"]
    assert any("has no rows. If it was a ledger, it is damaged" in text for text in task.warnings)
