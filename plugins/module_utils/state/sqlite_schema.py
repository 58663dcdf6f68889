# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The layout of the ledger file, and its migration from the layout of version 1.0."""

from __future__ import annotations

import typing as t

from ..identity import account_key, email_key
from .store import Entry, Key, merged, now

#: "MIP1": identifies the file as a ledger of this collection
APPLICATION = 0x4D495031
VERSION = 2
#: Facts about the ledger itself, kept under an empty API.
MOVED, MIGRATED = "moved", "migrated_at"

_COLUMNS = ("id", "state", "blocked", "intent", "intent_at", "toggle_at", "sent_by", "changed_at", "rev")
_NAMES = ", ".join(_COLUMNS)
READ = f"SELECT {_NAMES} FROM entry WHERE api = ? AND marketplace = ? AND kind = ? AND email = ?"  # noqa: S608
ALL = f"SELECT api, marketplace, kind, email, {_NAMES} FROM entry"  # noqa: S608
WRITE = f"""
    INSERT INTO entry (api, marketplace, kind, email, {_NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (api, marketplace, kind, email) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)} WHERE entry.rev = ?
"""  # noqa: S608
LEARN = "INSERT OR REPLACE INTO fact (api, name, value) VALUES (?, ?, ?)"

SCHEMA = (
    """
    CREATE TABLE entry (
        api TEXT NOT NULL,          -- host, port and path of the API
        marketplace TEXT NOT NULL,  -- empty for users of the platform
        kind TEXT NOT NULL CHECK (kind IN ('user', 'client', 'member')),
        email TEXT NOT NULL,        -- as addresses are compared
        id INTEGER,
        state TEXT NOT NULL CHECK (state IN ('present', 'absent', 'unknown')),
        blocked INTEGER CHECK (blocked IN (0, 1)),  -- null: not known
        intent TEXT,                -- a write that was about to be sent and has no outcome
        intent_at TEXT,
        toggle_at TEXT,             -- the same for a block or unblock
        sent_by TEXT,               -- process that wrote the intent
        changed_at TEXT NOT NULL,
        rev INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (api, marketplace, kind, email)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE fact (api TEXT NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY (api, name)) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)


def entry_of(values: t.Sequence[t.Any]) -> Entry:
    """Make an entry from the columns that are read."""
    found = dict(zip(_COLUMNS, values))
    found["blocked"] = None if found["blocked"] is None else bool(found["blocked"])
    return Entry(**found)


def values_of(key: Key, entry: Entry, seen: int) -> tuple[t.Any, ...]:
    """Return the parameters of ``WRITE``."""
    values = {name: getattr(entry, name) for name in _COLUMNS}
    values["changed_at"] = entry.changed_at or now()
    values["rev"] = seen + 1
    return (*key, *values.values(), seen)


def migrate(connection: t.Any) -> None:
    """Migrate a ledger of layout 1 to this one, inside a transaction.

    Version 1.0 knew an account by the spelling of its URL and an address by its case-folded form. Rows about the same
    thing become one, and the safer state wins. An old row does not show from which spelling its address was folded
    (``strasse@`` may have been ``straße@``): see ``Ledger.read``.
    """
    connection.execute("ALTER TABLE entry ADD COLUMN rev INTEGER NOT NULL DEFAULT 1")
    rows: dict[Key, Entry] = {}
    for row in connection.execute(ALL):
        key = (api_key(row[0]), row[1], row[2], email_key(row[3]))
        entry = entry_of(row[4:])
        rows[key] = merged(rows[key], entry) if key in rows else entry
    facts = {
        (api_key(api), name): value for api, name, value in connection.execute("SELECT api, name, value FROM fact")
    }
    connection.execute("DELETE FROM entry")
    connection.execute("DELETE FROM fact")
    for key, entry in rows.items():
        connection.execute(WRITE, values_of(key, entry, 0))
    for (api, name), value in facts.items():
        connection.execute(LEARN, (api, name, value))
    connection.execute(LEARN, ("", MIGRATED, now()))
    connection.execute(f"PRAGMA user_version = {VERSION}")


def api_key(old: str) -> str:
    """Return the key of an API that version 1.0 kept as host and path; it did not keep the scheme."""
    host, slash, path = old.partition("/")
    for port in (":443", ":80"):
        host = host.removesuffix(port)
    return account_key(f"https://{host}{slash}{path}")
