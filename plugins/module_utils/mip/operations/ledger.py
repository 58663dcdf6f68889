# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What ``partnerops.saas.mip_ledger`` does: export the ledger, or import one. Nothing is sent to MIP."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import typing as t

from ...errors import ApiError, counted, invalid
from ...http.deadline import Deadline
from ...identity import account_key
from ...operation import Example, Operation, Result, Task
from ...state.ledger_place import look
from ...state.lines import Rows, export, is_sqlite, line_of, name_of, public, read_lines, write_file
from ...state.sqlite_schema import MIGRATED
from ...state.sqlite_store import SqliteStore
from ...state.store import Entry, Key, Store, contradicts, merged, now, open_store
from ..connection import mip_connection


def run_ledger(task: Task) -> Result:
    """Run ``partnerops.saas.mip_ledger``."""
    connection = mip_connection(task.params)
    store = open_store(connection.state, task.context)
    deadline = task.deadline(connection.deadline)
    if task.params.get("export_path"):
        return _export(task, store, os.path.abspath(task.params["export_path"]), deadline)
    path = os.path.abspath(task.params["import_path"])
    if isinstance(store, SqliteStore) and os.path.realpath(path) == os.path.realpath(store.path):
        raise invalid(f"import_path is the ledger itself, {path}. Set state_url or another ledger_path.")
    if not is_sqlite(path):
        rows = read_lines(path, account_key(connection.base))
        if rows == ([], []):
            task.warn(f"import_path {path} has no rows. If it was a ledger, it is damaged: restore it from a backup.")
        return _import(task, store, rows, deadline)
    with _ledger_at(path, task.check_mode) as source:
        try:
            rows = (source.entries(deadline), source.facts(deadline))
        except ApiError as error:
            words = error.msg.replace(source.path, path).replace("'ledger_path'", "'import_path'")
            raise ApiError(error.code, words.replace("Nothing was sent.", "Nothing was imported.")) from None
        result = _import(task, store, rows, deadline)
        if not task.check_mode:
            source.mark_moved(f"into {store.place}, at {now()}", deadline)
    return result


@contextlib.contextmanager
def _ledger_at(path: str, check_mode: bool) -> t.Iterator[SqliteStore]:
    """Yield the ledger to import from; in check mode a copy, since to open one may migrate it."""
    with tempfile.TemporaryDirectory(prefix="partnerops-") as folder:
        copy = os.path.join(folder, "ledger")
        if check_mode:
            look(path)
            for end in ("", "-wal", "-journal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(path + end, copy + end)
        source = SqliteStore(copy if check_mode else path)
        source.even_moved = True
        try:
            yield source
        finally:
            source.close()


def _export(task: Task, store: Store, path: str, deadline: Deadline) -> Result:
    entries = store.entries(deadline)
    text = export(entries, store.facts(deadline))
    changed = write_file(path, text, check_mode=task.check_mode)
    return {
        "changed": changed,
        "exported": len(entries),
        "imported": 0,
        "unchanged": 0,
        "conflicts": [],
        "store": store.status(deadline),
        "diff": {"before": "", "after": f"{len(entries)} rows in {path}\n" if changed else ""},
    }


def _import(task: Task, store: Store, rows: Rows, deadline: Deadline) -> Result:
    store.ready(deadline, check_mode=task.check_mode)
    there: dict[Key, Entry] = dict(store.entries(deadline))
    wanted: dict[Key, Entry] = {}
    conflicts: list[dict[str, t.Any]] = []
    for key, entry in rows[0]:
        mine = wanted.get(key) or there.get(key)
        if mine is not None and contradicts(mine, entry):
            conflicts.append({**public(key, mine), "imported": public(key, entry)})
        # With itself, too, so that what is imported is the same when it is imported again.
        wanted[key] = merged(mine or entry, entry)
    if conflicts and task.params["on_conflict"] == "fail":
        named = "; ".join(name_of(one) for one in conflicts[:10])
        more = f" and {len(conflicts) - 10} more" if len(conflicts) > 10 else ""
        raise ApiError(
            "duplicate",
            f"{counted(len(conflicts), 'row')} in {store.place} and in import_path differ: {named}{more}. Nothing "
            "was imported. Correct the rows, or set on_conflict=safer to keep the safer state of both: an open intent, "
            "then present, then absent.",
            result={"imported": 0, "unchanged": 0, "conflicts": conflicts},
        )
    new = [(key, entry) for key, entry in wanted.items() if key not in there or there[key] != entry]
    known = {(api, name): value for api, name, value in store.facts(deadline)}
    facts = [fact for fact in rows[1] if fact[:2] not in known or _later(fact, known[fact[:2]])]
    load = [(key, _numbered(entry, there.get(key))) for key, entry in new]
    if (load or facts) and not task.check_mode:
        store.load(load, facts, deadline)
    return {
        "changed": bool(load or facts),
        "exported": 0,
        "imported": len(new),
        "unchanged": len(wanted) - len(new),
        "conflicts": conflicts,
        "store": store.status(deadline),
        "diff": {
            "before": "".join(line_of(key, there[key]) for key, _entry in new if key in there),
            "after": "".join(line_of(key, entry) for key, entry in new),
        },
    }


def _later(fact: tuple[str, str, str], known: str) -> bool:
    """Return whether a fact replaces the known one: the latest of several migrations covers all their rows."""
    return fact[:2] == ("", MIGRATED) and fact[2] > known


def _numbered(entry: Entry, there: Entry | None) -> Entry:
    return Entry(**{**entry.__dict__, "rev": there.rev if there else 0})


OPERATION = Operation(
    name="mip_ledger",
    vendor="mip",
    kind="write",
    options={
        "export_path": {"type": "path"},
        "import_path": {"type": "path"},
        "on_conflict": {"type": "str", "choices": ["fail", "safer"], "default": "fail"},
    },
    constraints={
        "mutually_exclusive": [("export_path", "import_path")],
        "required_one_of": [("export_path", "import_path")],
    },
    run=run_ledger,
    example=Example({"export_path": "ledger.jsonl"}, "", "", sends_nothing=True),
)
