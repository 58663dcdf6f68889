# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Read and write the ledger as JSON lines: one row or fact per line, sorted, for backups and moves."""

from __future__ import annotations

import contextlib
import json
import typing as t

from ..errors import ApiError, invalid
from ..identity import account_key, email_key
from ..run.files import replace_file
from .sqlite_schema import MOVED
from .store import Entry, Key, merged

Facts = list[tuple[str, str, str]]
Rows = tuple[list[tuple[Key, Entry]], Facts]
#: the largest id that both stores can keep
_MOST = 2**63 - 1
_INTENTS = ("add", "register", "remove")


def public(key: Key, entry: Entry) -> dict[str, t.Any]:
    """Return a row as results show it."""
    _api, marketplace, kind, email = key
    toggle = "toggle" if entry.toggle_at else None
    return {
        "kind": kind,
        # A database may hold a row that somebody wrote by hand.
        "marketplace_id": (int(marketplace) if marketplace.isdecimal() else marketplace) if marketplace else None,
        "email": email,
        "id": entry.id,
        "state": entry.state,
        "blocked": entry.blocked,
        "intent": entry.intent or toggle,
        "at": entry.intent_at or entry.toggle_at or entry.changed_at,
        "by": entry.sent_by,
    }


def name_of(shown: t.Mapping[str, t.Any]) -> str:
    """Return the name that messages use for a row."""
    market = f" of marketplace {shown['marketplace_id']}" if shown["marketplace_id"] is not None else ""
    return f"{shown['kind']} {shown['email']}{market}"


def line_of(key: Key, entry: Entry) -> str:
    """Return a row as one line."""
    row = {"api": key[0], **public(key, entry), "toggle_at": entry.toggle_at, "changed_at": entry.changed_at}
    return json.dumps(row, ensure_ascii=False) + "\n"


def export(entries: t.Iterable[tuple[Key, Entry]], facts: t.Iterable[tuple[str, str, str]]) -> str:
    """Return rows and facts as JSON lines."""
    fact_lines = [json.dumps({"api": api, "fact": name, "value": value}) + "\n" for api, name, value in facts]
    return "".join([*(line_of(key, entry) for key, entry in entries), *fact_lines])


def is_sqlite(path: str) -> bool:
    """Return whether a file is an SQLite database, by its first bytes.

    :raises ApiError: ``invalid_input`` if it can't be read
    """
    try:
        with open(path, "rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError as error:
        raise invalid(
            f"import_path {path} can't be read: {error.strerror}. Correct import_path. Nothing was imported."
        ) from None


def read_lines(path: str, api: str) -> Rows:
    """Read JSON lines.

    :param api: for rows that name none
    :raises ApiError: ``invalid_input``, with the number of the line
    """
    rows: dict[Key, Entry] = {}
    facts: Facts = []
    try:
        with open(path, encoding="utf-8-sig") as file:  # some editors put a mark in front
            lines = file.read().split("\n")  # not splitlines(): some of what it splits at may be in a text
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise invalid(
            f"import_path {path} can't be read: {why}. Give a ledger, or a file that mip_ledger exported. Nothing was "
            "imported."
        ) from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _object(line)
            if "fact" in row:
                fact = (_text(row, "api"), _text(row, "fact"), _text(row, "value"))
                facts += [fact] if fact[1] != MOVED else []  # says of one file that it is out of date
                continue
            key, entry = _row(row, api)
        except (ValueError, KeyError) as error:
            why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise invalid(
                f"import_path {path}, line {number}: {why}. Correct the line, or export the ledger again. Nothing was "
                "imported."
            ) from None
        rows[key] = merged(rows[key], entry) if key in rows else entry
    return list(rows.items()), facts


def _object(line: str) -> dict[str, t.Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("it is not valid JSON") from None
    if not isinstance(row, dict):
        raise ValueError("it is not a JSON object ({...})")
    for name in ("api", "email", "intent", "at", "toggle_at", "changed_at", "by"):
        if row.get(name) is not None:
            _text(row, name)
    return row


def _text(row: dict[str, t.Any], name: str) -> str:
    """Return a text that both stores can keep."""
    value = row[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is {json.dumps(value)}, not a text")
    if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
        raise ValueError(f"{name} is {value!r}, which holds a character that can't be kept")
    return value


def _api(text: str) -> str:
    """Return the key of an API that a line names by its key, or by its URL."""
    try:
        return account_key(text if "://" in text else f"https://{text}")
    except ValueError:
        raise ValueError(f"api is {text!r}, which is neither a host with a path nor a URL") from None


def _row(row: dict[str, t.Any], api: str) -> tuple[Key, Entry]:
    kind, state, market = row["kind"], row["state"], row.get("marketplace_id")
    if kind not in ("user", "client", "member") or state not in ("present", "absent", "unknown"):
        raise ValueError(f"kind {kind!r} and state {state!r} do not occur in a ledger")
    for name in ("id", "marketplace_id"):
        if row.get(name) is None:
            continue
        if isinstance(row[name], bool) or not isinstance(row[name], int):
            raise ValueError(f"{name} is {row[name]!r}, not a number")
        if abs(row[name]) > _MOST or (name == "marketplace_id" and row[name] < 1):
            raise ValueError(f"{name} is {row[name]}, which is no id")
    if row.get("blocked") is not None and not isinstance(row["blocked"], bool):
        raise ValueError(f"blocked is {row['blocked']!r}, not true, false or null")
    intent, at = row.get("intent"), row.get("at")
    if intent not in (None, "toggle", *_INTENTS):
        raise ValueError(f"intent {intent!r} does not occur in a ledger")
    if (market is None) != (kind == "user"):
        raise ValueError("a client or member has a marketplace_id, a user has none")
    toggle = row.get("toggle_at") or (at if intent == "toggle" else None)
    if "@" not in (row["email"] or ""):
        raise ValueError(f"email is {json.dumps(row['email'])}, not an address")
    known = _api(row["api"]) if row.get("api") else api
    entry = Entry(
        id=row.get("id"),
        state=state,
        blocked=row.get("blocked"),
        intent=intent if intent in _INTENTS else None,
        intent_at=at if intent in _INTENTS else None,
        toggle_at=toggle,
        sent_by=row.get("by"),
        changed_at=row.get("changed_at") or at,
    )
    return (known, "" if market is None else str(market), kind, email_key(row["email"])), entry


def write_file(path: str, text: str, *, check_mode: bool) -> bool:
    """Write a file with mode 0600, completely or not at all; return whether it changed.

    :raises ApiError: ``invalid_input``
    """
    content = text.encode()
    try:
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            if file.read() == content:
                return False
        if check_mode:
            return True
        replace_file(path, content, prefix=".ledger-")
    except OSError as error:
        raise _unwritable(path, error) from None
    return True


def _unwritable(path: str, error: OSError) -> ApiError:
    return invalid(f"export_path {path} can't be written: {error.strerror}. Correct export_path, or free some space.")
