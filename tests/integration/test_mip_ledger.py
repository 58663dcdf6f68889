# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_ledger`` against the simulator: from laptops to a shared database, and back."""

from __future__ import annotations

import json
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import run_task

SAAS = "partnerops.saas."
LEDGER, INFO, MEMBER = f"{SAAS}mip_ledger", f"{SAAS}mip_ledger_info", f"{SAAS}mip_member"
FILE = ".local/share/partnerops/mip-ledger.sqlite3"


def row(email: str, state: str = "present", **more: t.Any) -> dict[str, t.Any]:
    return {"kind": "member", "marketplace_id": 7, "email": email, "state": state, **more}


def lines(path: Path, *rows: dict[str, t.Any]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return str(path)


def entries(env: dict[str, str], home: Path) -> dict[str, dict[str, t.Any]]:
    found = run_task(INFO, {}, env=env, home=home).check().task("Task")
    return {one["email"]: one for one in found["entries"]}


def test_do_again_check_check_again(world_env: dict[str, str], database: str, tmp_path: Path) -> None:
    env = {**world_env, "PARTNEROPS_STATE_URL": database}
    how: dict[str, t.Any] = {"env": env, "home": tmp_path}
    args = {"import_path": lines(tmp_path / "in.jsonl", row("a@x.example", id=3), row("b@x.example", "absent"))}
    checked = run_task(LEDGER, args, check=True, diff=True, **how).check()
    assert (checked.task("Task").changed, checked.task("Task")["imported"]) == (True, 2)
    assert "a@x.example" in checked.stdout
    assert entries(env, tmp_path) == {}
    done = run_task(LEDGER, args, **how).check().task("Task")
    assert (done.changed, done["imported"], done["unchanged"], done["conflicts"]) == (True, 2, 0, [])
    for check in (False, True):
        again = run_task(LEDGER, args, check=check, **how).check().task("Task")
        assert (again.changed, again["imported"], again["unchanged"]) == (False, 0, 2)
    out = tmp_path / "out.jsonl"
    for changed in (True, False):
        assert run_task(LEDGER, {"export_path": str(out)}, **how).check().task("Task").changed is changed
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [json.loads(line)["email"] for line in out.read_text().splitlines()] == ["a@x.example", "b@x.example"]
    other = run_task(LEDGER, {"import_path": str(out)}, env=world_env, home=tmp_path / "laptop").check().task("Task")
    assert (other["imported"], other["store"]["kind"]) == (2, "file")
    assert entries(world_env, tmp_path / "laptop") == entries(env, tmp_path)


@pytest.mark.parametrize("mine_first", [True, False])
def test_rows_that_contradict_each_other(
    mine_first: bool, world_env: dict[str, str], database: str, tmp_path: Path
) -> None:
    env = {**world_env, "PARTNEROPS_STATE_URL": database}
    how: dict[str, t.Any] = {"env": env, "home": tmp_path}
    safe = [row("a@x.example", intent="add", at="2026-01-01T00:00:00+00:00"), row("b@x.example", id=4, blocked=True)]
    weak = [row("a@x.example"), row("b@x.example", "absent", id=4)]
    first, second = (safe, weak) if mine_first else (weak, safe)
    run_task(LEDGER, {"import_path": lines(tmp_path / "1", *first)}, **how).check()
    before = entries(env, tmp_path)
    args = {"import_path": lines(tmp_path / "2", *second, row("new@x.example"))}
    failed = run_task(LEDGER, args, **how).check(2).task("Task")
    assert failed.failure["code"] == "duplicate"
    assert "member a@x.example of marketplace 7; member b@x.example" in failed.msg
    assert len(failed["conflicts"]) == 2
    assert entries(env, tmp_path) == before
    args["on_conflict"] = "safer"
    done = run_task(LEDGER, args, **how).check().task("Task")
    assert (done.changed, len(done["conflicts"])) == (True, 2)
    found = entries(env, tmp_path)
    assert (found["a@x.example"]["intent"], found["b@x.example"]["state"]) == ("add", "present")
    assert found["b@x.example"]["blocked"] is True
    assert not run_task(LEDGER, args, **how).check().task("Task").changed


def test_a_laptop_moves_to_the_database(world: t.Any, world_env: dict[str, str], database: str, tmp_path: Path) -> None:
    shared = {**world_env, "PARTNEROPS_STATE_URL": database}
    for laptop in ("one", "two"):
        args = {"marketplace_id": 7, "email": f"{laptop}@x.example"}
        run_task(MEMBER, args, env=world_env, home=tmp_path / laptop).check()
        path = str(tmp_path / laptop / FILE)
        for again in (False, True):
            done = run_task(LEDGER, {"import_path": path}, env=shared, home=tmp_path / laptop).check().task("Task")
            assert done.changed is not again
        refused = run_task(MEMBER, args, env=world_env, home=tmp_path / laptop).check(2).task("Task")
        assert refused.failure["code"] == "invalid_input"
        assert "state_url (PARTNEROPS_STATE_URL)" in refused.msg
    for laptop in ("one", "two"):
        args = {"marketplace_id": 7, "email": f"{laptop}@x.example"}
        assert not run_task(MEMBER, args, env=shared, home=tmp_path / "ci").check().task("Task").changed
    assert len(world.outbox()) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "line 1"),
        ('{"kind": "member"}', "'state' is missing"),
        ('{"kind": "member", "state": "gone"}', "'gone'"),
        ('{"kind": "user", "state": "present", "marketplace_id": 7, "email": "a@x.example"}', "a user has none"),
        ('{"kind": "user", "state": "present", "id": "7", "email": "a@x.example"}', "not a number"),
        ("[]", "line 1"),
        (None, "can't be read"),
    ],
)
def test_what_can_not_be_imported_is_named(
    text: str | None, why: str, world_env: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    if text is not None:
        path.write_text(text)
    failed = run_task(LEDGER, {"import_path": str(path)}, env=world_env, home=tmp_path).check(2).task("Task")
    assert failed.failure["code"] == "invalid_input"
    assert why in failed.msg
    assert "Nothing was imported" in failed.msg
    assert not (tmp_path / FILE).exists()


def test_a_missing_ledger_is_refused_or_warned_about(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    args = {"marketplace_id": 7, "email": "a@x.example"}
    strict = {**world_env, "MIP_LEDGER_MISSING": "fail"}
    for check in (True, False):
        failed = run_task(MEMBER, args, check=check, env=strict, home=tmp_path).check(2).task("Task")
        assert failed.failure["code"] == "invalid_input"
        assert "ledger_missing is 'fail'" in failed.msg
    assert world.log(vendor="mip") == []
    made = run_task(MEMBER, args, env=world_env, home=tmp_path).check().task("Task")
    assert "nobody is known, and everybody declared is registered or invited" in " ".join(made["warnings"]), made[
        "warnings"
    ]
    assert not run_task(MEMBER, args, env=strict, home=tmp_path).check().task("Task").changed
