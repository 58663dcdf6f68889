# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The tables of the shared state in PostgreSQL, as numbered migrations."""

from __future__ import annotations

#: Not part of a layout: who owns a schema that exists already may not be allowed to make one.
SCHEMA = "CREATE SCHEMA IF NOT EXISTS partnerops;"
#: What each layout adds to the previous one. Never change one that was released: add another.
MIGRATIONS = (
    """
CREATE TABLE partnerops.meta (version integer NOT NULL);
INSERT INTO partnerops.meta (version) VALUES (0);
CREATE TABLE partnerops.entry (
    api text NOT NULL,          -- host, port and path of the API
    marketplace text NOT NULL,  -- empty for users of the platform
    kind text NOT NULL CHECK (kind IN ('user', 'client', 'member')),
    email text NOT NULL,        -- as addresses are compared
    id bigint,
    state text NOT NULL CHECK (state IN ('present', 'absent', 'unknown')),
    blocked boolean,            -- null: not known
    intent text,                -- a write that was about to be sent and has no outcome
    intent_at text,
    toggle_at text,             -- the same for a block or unblock
    sent_by text,               -- process and machine that wrote the intent
    changed_at text NOT NULL,
    rev bigint NOT NULL,        -- counts the changes of the row
    PRIMARY KEY (api, marketplace, kind, email)
);
CREATE TABLE partnerops.fact (
    api text NOT NULL,
    name text NOT NULL,
    value text,
    PRIMARY KEY (api, name)
);
CREATE TABLE partnerops.creation (
    key text PRIMARY KEY,       -- account, kind and name of a tenant or app
    at timestamptz NOT NULL     -- when it was last created; infinity: under way
);
""",
)
VERSION = len(MIGRATIONS)

#: What the role of a run needs once the tables exist.
RIGHTS = """
GRANT USAGE ON SCHEMA partnerops TO {role};
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA partnerops TO {role};
"""


def rights(role: str) -> str:
    """Return the grants for ``role``, quoted as SQL writes an identifier: it may be called ``my-role``."""
    return RIGHTS.format(role='"' + role.replace('"', '""') + '"').strip()


def script(since: int, role: str) -> str:
    """Return the SQL for an administrator to run if the role of a run may not."""
    parts = [*([] if since else [SCHEMA]), *(sql.strip() for sql in MIGRATIONS[since:])]
    return "\n".join([*parts, f"UPDATE partnerops.meta SET version = {VERSION};", rights(role)])  # noqa: S608
