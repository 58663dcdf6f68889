# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which store a task's options name, when two rows contradict each other, and what ``preflight`` says of a store."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.diagnosis import Checks
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state import ledger_place
from ansible_collections.partnerops.saas.plugins.module_utils.state.inspect import check_shared, check_store
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import (
    Entry,
    StateSettings,
    contradicts,
    create_locks,
    open_store,
    overtaken,
    prove_locks,
    state_settings,
)
from ansible_collections.partnerops.saas.tests.support import postgres as servers

THEN = "2026-01-01T00:00:00+00:00"


def refused(**params: t.Any) -> str:
    with pytest.raises(ApiError) as caught:
        state_settings(params)
    assert (caught.value.code, caught.value.executed) == ("invalid_input", False)
    return caught.value.msg


def told(settings: StateSettings, context: RunContext) -> tuple[dict[str, t.Any] | None, dict[str, t.Any]]:
    """Return what ``check_store`` returns, and the one point that it adds."""
    checks = Checks()
    found = check_store(checks, settings, Task({}, context=context))
    [point] = checks.points
    return found, point


# -- settings ---------------------------------------------------------------------------------------------------------


def test_a_file_or_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    assert state_settings({}) == StateSettings()
    assert state_settings({"ledger_path": "/a", "ledger_missing": "fail"}) == StateSettings(None, None, "/a", "fail")
    shared = {"state_url": "postgresql:///x", "state_password": "word"}
    assert state_settings(shared) == StateSettings("postgresql:///x", "word")
    monkeypatch.setenv("HOME", "/srv/partner")
    default = "/srv/partner/.local/share/partnerops/mip-ledger.sqlite3"
    assert state_settings({**shared, "ledger_path": default}).ledger_path == ""  # nobody has set it
    said = refused(**shared, ledger_path="/else/where")
    assert "state_url and ledger_path are mutually exclusive" in said
    assert "word" not in said
    assert "state_password is set, but state_url is not" in refused(state_password="word")


def test_settings_show_no_secret() -> None:
    shown = repr(StateSettings("postgresql://u:secret-word@127.0.0.1/x", "other-word"))
    assert "word" not in shown


def test_a_process_has_one_store_for_the_same_settings(
    context: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = StateSettings(ledger_path=str(tmp_path / "ledger"))
    assert open_store(file, context) is open_store(file, context)
    assert open_store(file, context).kind == "file"
    shared = StateSettings("postgresql://u:url-word@127.0.0.1/x", "other-word")
    first = open_store(shared, context)
    assert (first.kind, first.place) == ("postgresql", "the database x at 127.0.0.1")
    assert context.secrets.scrub(f"{shared.url} url-word other-word") == "******** ******** ********"
    assert open_store(shared, context) is first
    monkeypatch.setenv("PGPORT", "1")  # libpq would connect to another server
    assert open_store(shared, context) is not first


def test_create_locks_need_a_database(context: RunContext, tmp_path: Path) -> None:
    file, shared = StateSettings(ledger_path=str(tmp_path / "ledger")), StateSettings("postgresql://u@127.0.0.1/x")
    assert create_locks(file, context) is None
    held: object = create_locks(shared, context)
    assert held is open_store(shared, context)


def test_locks_are_proved_before_anything_is_created(context: RunContext, tmp_path: Path, closed_port: int) -> None:
    lost = StateSettings(f"postgresql://u@127.0.0.1:{closed_port}/x", "secret-word")
    prove_locks(StateSettings(ledger_path=str(tmp_path / "ledger")), Task({}, context=context), 5)
    prove_locks(lost, Task({}, check_mode=True, context=context), 5)
    assert not list(tmp_path.glob("ledger*"))
    with pytest.raises(ApiError, match="No other store is used instead") as caught:
        prove_locks(lost, Task({}, context=context), 5)
    assert (caught.value.code, caught.value.executed) == ("unreachable", False)
    assert "secret-word" not in caught.value.msg


# -- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Entry(5, "present", True), Entry(5, "present", True), False),
        (Entry(5, "present", True), Entry(None, "present", None), False),
        (Entry(5, "present"), Entry(6, "present"), True),
        (Entry(5, "present", True), Entry(5, "present", False), True),
        (Entry(5, "present"), Entry(5, "absent"), True),
        (Entry(5, "present"), Entry(5, "present", intent="remove"), True),
        (Entry(5, "present", toggle_at=THEN), Entry(5, "present"), True),
        (Entry(5, "present", toggle_at=THEN), Entry(5, "present", toggle_at="later"), False),
    ],
)
def test_which_rows_contradict_each_other(one: Entry, other: Entry, expected: bool) -> None:
    for pair in ((one, other), (other, one)):
        assert contradicts(*pair) is expected


def test_what_a_row_means() -> None:
    assert (Entry(state="present").present, Entry(state="absent").absent, Entry().open) == (True, True, False)
    assert not Entry(state="present", intent="remove").present
    assert not Entry(state="absent", intent="add").absent
    assert Entry(intent="add").open
    assert Entry(toggle_at=THEN).open


def test_a_row_that_somebody_else_changed() -> None:
    before, after = overtaken("the database x", sent=False), overtaken("the database x", sent=True)
    assert (before.code, before.executed) == ("undetermined", False)
    assert (after.code, after.executed) == ("unknown_outcome", True)
    assert "Nothing was sent" in before.msg
    assert "Nothing was sent" not in after.msg


# -- preflight --------------------------------------------------------------------------------------------------------


def test_preflight_and_a_file(context: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = StateSettings(ledger_path=str(tmp_path / "ledger"))
    found, point = told(settings, context)
    assert (found or {})["exists"] is False
    assert (point["name"], point["ok"]) == ("ledger", True)
    assert "can be kept in" in point["detail"]
    found, point = told(StateSettings(ledger_path=settings.ledger_path, missing="fail"), context)
    assert (point["ok"], point["mend"]) == (False, "Restore it, or set ledger_path.")
    store = open_store(settings, context)
    store.ready(Deadline(10))
    store.load([(("a", "7", "member", "a@x.example"), Entry(intent="add", intent_at=THEN))], [], Deadline(10))
    found, point = told(settings, context)
    assert point["detail"] == f"{settings.ledger_path}, layout 2, 1 open intent"
    monkeypatch.setattr(ledger_place, "writable", lambda _path: False)
    found, point = told(settings, context)
    assert (point["ok"], point["detail"]) == (False, f"{settings.ledger_path} can't be written to")
    assert point["mend"] == "Set ledger_path to a file that you may write."


def test_preflight_and_a_broken_file(context: RunContext, tmp_path: Path) -> None:
    (tmp_path / "ledger").touch()
    found, point = told(StateSettings(ledger_path=str(tmp_path / "ledger")), context)
    assert found is None
    assert (point["ok"], point["mend"]) == (False, "Set ledger_path to a file that you may write.")
    assert "it is empty" in point["detail"]


def test_preflight_and_a_database(context: RunContext, database: str) -> None:
    settings = StateSettings(database)
    found, point = told(settings, context)
    assert (point["name"], point["ok"], (found or {})["exists"]) == ("shared state", True, False)
    assert "can be kept in the database db" in point["detail"]
    open_store(settings, context).ready(Deadline(10))
    found, point = told(settings, context)
    assert ", layout 1, 0 open intents" in point["detail"]
    assert servers.PASSWORD not in str((found, point))


def test_preflight_and_a_role_that_may_not_write(database: str, postgres: servers.Cluster) -> None:
    name = database.rpartition("/")[2]
    role = f"looker_{name}"
    postgres.query(f"CREATE ROLE {role} LOGIN PASSWORD 'role-word'")
    settings = StateSettings(postgres.url(name, role, "role-word"))
    found, point = told(settings, RunContext())
    assert ((found or {})["exists"], (found or {})["writable"], point["ok"]) == (False, False, False)
    assert "may not create the tables, and there are none" in point["detail"]
    open_store(StateSettings(database), RunContext()).ready(Deadline(10))
    postgres.query(f"GRANT USAGE ON SCHEMA partnerops TO {role}", database)
    postgres.query(f"GRANT SELECT ON ALL TABLES IN SCHEMA partnerops TO {role}", database)
    found, point = told(settings, RunContext())
    assert ((found or {})["exists"], (found or {})["writable"], point["ok"]) == (True, False, False)
    assert "may not write to its tables" in point["detail"]
    assert "Roles and rights" in point["mend"]
    with pytest.raises(ApiError, match="GRANT SELECT, INSERT, UPDATE") as caught:
        open_store(settings, RunContext()).ready(Deadline(10))
    assert (caught.value.code, caught.value.executed) == ("invalid_input", False)
    postgres.query(f"GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA partnerops TO {role}", database)
    assert told(settings, RunContext())[1]["ok"]
    open_store(settings, RunContext()).ready(Deadline(10))


def test_preflight_and_a_lost_database(context: RunContext, tmp_path: Path, closed_port: int) -> None:
    checks, task = Checks(), Task({}, context=context)
    assert check_shared(checks, StateSettings(ledger_path=str(tmp_path / "ledger")), task) is None
    assert checks.points == []
    lost = StateSettings(f"postgresql://u:secret-word@127.0.0.1:{closed_port}/x")
    assert check_shared(checks, lost, task) is None
    [point] = checks.points
    assert (point["name"], point["ok"], point["needed"]) == ("shared state", False, True)
    assert "secret-word" not in str(point)
