# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ledgers as version 1.0 wrote them."""

from __future__ import annotations

import sqlite3
import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.plugins.module_utils.state.sqlite_schema import APPLICATION

OLD = """
CREATE TABLE entry (api TEXT NOT NULL, marketplace TEXT NOT NULL, kind TEXT NOT NULL, email TEXT NOT NULL, id INTEGER,
    state TEXT NOT NULL, blocked INTEGER, intent TEXT, intent_at TEXT, toggle_at TEXT, sent_by TEXT,
    changed_at TEXT NOT NULL, PRIMARY KEY (api, marketplace, kind, email)) WITHOUT ROWID;
CREATE TABLE fact (api TEXT NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY (api, name)) WITHOUT ROWID;
"""


def old_ledger(path: Path, *rows: tuple[t.Any, ...]) -> None:
    """Write a ledger as version 1.0 did: (API, address, id, state, blocked, intent)."""
    connection = sqlite3.connect(path)
    connection.executescript(f"{OLD} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 1;")
    for api, email, ident, state, blocked, intent in rows:
        connection.execute(
            "INSERT INTO entry VALUES (?, '7', 'member', ?, ?, ?, ?, ?, '2025-01-01', NULL, 'x', '2025-01-01')",
            (api, email, ident, state, blocked, intent),
        )
    connection.commit()
    connection.close()
    path.chmod(0o600)
