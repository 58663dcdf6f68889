# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Remember what a run created in an account, so that a list that lags behind does not contradict it.

A tenant's record may be filled in by a queue after the response to its create (``inferred``), and so may a list of
apps. The run's store has one small file for each thing, without any password.
"""

from __future__ import annotations

from dataclasses import fields

from ..identity import account_key, email_key, name_key
from ..run.store import RunStore, digest
from .records import AppRecord, TenantRecord


class Memory:
    """The things that a run created in one account.

    :param store: of the run
    :param base: URL of the account
    """

    def __init__(self, store: RunStore, base: str) -> None:
        self._store = store
        self._account = account_key(base)

    def tenant(self, email: str) -> TenantRecord | None:
        """Return the tenant of an address, without its password."""
        found = self._store.peek(self._key("tenant", email_key(email)))
        return TenantRecord(**{**found, "addresses": tuple(found["addresses"])}) if found else None

    def add_tenant(self, record: TenantRecord) -> None:
        """Remember a tenant."""
        addresses = record.addresses or (email_key(record.email),)
        kept = {one.name: getattr(record, one.name) for one in fields(record) if one.name not in ("password", "row")}
        self._store.put(self._key("tenant", email_key(record.email)), {**kept, "addresses": addresses})

    def app(self, name: str) -> AppRecord | None:
        """Return the app that was created by a name."""
        found = self._store.peek(self._key("app", name_key(name)))
        return AppRecord.read(found["row"]) if found else None

    def add_app(self, name: str, record: AppRecord) -> None:
        """Remember an app under the name with which it was created."""
        self._store.put(self._key("app", name_key(name)), {"row": {**record.row.fields, "id": record.id}})

    def _key(self, kind: str, name: str) -> str:
        return "made-" + digest(self._account, kind, name)
