# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The tenant: look it up in app ID 1, create it if it is missing, find out the outcome of a create."""

from __future__ import annotations

import contextlib
import re
import typing as t
from dataclasses import dataclass

from ..errors import ApiError, words_and_fact
from ..http.deadline import Deadline
from ..identity import account_key, email_key, nearest
from ..run.locks import hold
from ..run.settle import settle
from ..state.store import create_locks
from .api import MobstedAPI
from .listing import Absent, TenantListing
from .records import Created, TenantRecord

#: Refusals of a create that may mean that the tenant or app exists, and words that say so under any status.
_MAY_EXIST = frozenset(("duplicate", "invalid_input"))
_EXISTS = re.compile(
    r"(?i)\bexist(?!ence)|\b(already|duplicate[ds]?|taken|in use|registered|not unique|must be unique)\b"
)


@dataclass
class TenantOutcome:
    """The outcome of a tenant. ``record`` is None if it would be created in check mode."""

    email: str
    changed: bool
    record: TenantRecord | None
    password: str | None = None
    login: str | None = None
    reconciled: bool = False

    @property
    def credentials(self) -> dict[str, t.Any] | None:
        """Return login and password if this run created the tenant; in check mode, what is known of them in advance."""
        if not self.changed:
            return None
        if self.record is None:
            return {"login": self.email, "password": None}
        return {"login": self.login or self.record.login, "password": self.password or self.record.password}

    def public(self) -> dict[str, t.Any]:
        """Return the result key ``tenant``."""
        return (self.record or TenantRecord(id=None, email=self.email, login=self.email)).public()

    def diff(self) -> dict[str, t.Any]:
        """Return what changed, without secrets."""
        after = {"email": self.email, "state": "present"}
        return {"before": {"email": self.email, "state": "absent"} if self.changed else after, "after": after}


def look_up(
    client: MobstedAPI,
    email: str,
    deadline: Deadline,
    listing: TenantListing | None = None,
) -> TenantRecord | Absent:
    """Return the record of an address, or the proof that there is none.

    :param listing: what the caller has listed already
    :raises ApiError: ``ambiguous`` if several records have the address; ``invalid_response`` if the list proves
        nothing; any failure of the look-up
    """
    if listing is None:
        listing = client.search_tenants(email, deadline)
    record = listing.find(email) or client.made.tenant(email)
    if record is None and listing.incomplete and listing.searched:
        listing = client.tenant_listing(deadline, counters=False)
        record = listing.find(email)
    return listing.absent(email) if record is None else record


def find_tenant(client: MobstedAPI, email: str, deadline: Deadline) -> TenantRecord | None:
    """Return the record of an address, or None if it is proven that there is none.

    :raises ApiError: as :func:`look_up` does
    """
    found = look_up(client, email, deadline)
    return None if isinstance(found, Absent) else found


def ensure_tenant(
    client: MobstedAPI,
    email: str,
    deadline: Deadline,
    *,
    check_mode: bool = False,
    listing: TenantListing | None = None,
) -> TenantOutcome:
    """Make sure that the tenant exists.

    :param listing: what the caller has listed; if another run created the same since, it is looked up again
    :raises ApiError: ``unknown_outcome`` if a create was sent and its outcome can't be found out
    """
    if check_mode:
        found = look_up(client, email, deadline, listing)
        return TenantOutcome(email, True, None) if isinstance(found, Absent) else TenantOutcome(email, False, found)
    key = (account_key(client.connection.base), "tenant", email_key(email))
    shared = create_locks(client.connection.state, client.context)
    with hold(key, deadline, shared, client.context.warn) as lock:
        usable = listing if listing is not None and not lock.used_since(listing.read_at) else None
        found = look_up(client, email, deadline, usable)
        if isinstance(found, Absent) and lock.unfinished():
            found = _appeared(client, email, deadline, lock.unfinished())
        if not isinstance(found, Absent):
            return TenantOutcome(email, False, found)
        lock.use()
        try:
            outcome = _outcome(email, client.create_tenant(email, found, deadline), None)
        except ApiError as error:
            if error.executed is False:
                lock.refused()
            outcome = _after_failure(client, email, deadline, error)
        if outcome.changed and outcome.record:
            client.made.add_tenant(outcome.record)
        return outcome


def _appeared(client: MobstedAPI, email: str, deadline: Deadline, seconds: float) -> TenantRecord | Absent:
    """Wait for the record of a tenant whose create was sent by a killed run, and which the API may still create."""
    settle(
        lambda: client.search_tenants(email, deadline).find(email),
        lambda row: row.complete,
        min(seconds, client.connection.settle, deadline.left() / 3),
        deadline,
    )
    return look_up(client, email, deadline)


def _outcome(
    email: str, created: Created | None, record: TenantRecord | None, reconciled: bool = False
) -> TenantOutcome:
    if record is None:
        known = created or Created(None, None, None, None)
        record = TenantRecord(
            id=known.id, email=email, url=known.url, login=known.login or email, password=known.password
        )
    password = (created.password if created else None) or record.password
    return TenantOutcome(
        email, True, record, password, (created.login if created else None) or record.login, reconciled
    )


def _after_failure(client: MobstedAPI, email: str, deadline: Deadline, error: ApiError) -> TenantOutcome:
    if error.executed is not None:
        if may_exist(error):
            # The search may depend on case or spelling, so the whole list is compared.
            listing = client.tenant_listing(deadline, counters=False)
            found = listing.find(email)
            if found is not None:  # somebody else was faster
                return TenantOutcome(email, False, found)
            listing.absent(email)
            raise _exists(email, error, listing)
        raise _refused(error)
    created: Created | None = error.result.pop("created", None)
    # The vendor shows a password only this once: whatever fails now, the result must have it.
    once = {}
    if created and created.password:
        once = {"credentials": {"login": created.login or email, "password": created.password}}
    try:
        record = settle(
            lambda: client.search_tenants(email, deadline).find(email),
            lambda row: row.complete or bool(once),
            client.connection.settle,
            deadline,
        )
    except ApiError as ambiguous:
        ambiguous.result = once
        raise
    if record is not None:
        client.context.secrets.show(record.password)
        return _outcome(email, created, record, reconciled=True)
    if not created and says_exists(error):
        # v8 refuses under 500 as well, and a search may depend on case or spelling.
        with contextlib.suppress(ApiError):
            found = client.tenant_listing(deadline, counters=False).find(email)
            if found is not None:
                return TenantOutcome(email, False, found)
    said, fact = words_and_fact(error)
    lost = error.because(
        "unknown_outcome",
        f"{said}The outcome of creating the tenant {email} is unknown: {fact} For "
        f"{client.connection.settle:.0f} s no record of it appeared in app ID 1. The request was not sent again. Run "
        "again: if the record appears in the meantime, nothing is created twice; 'settle' sets how long to look.",
    )
    lost.result = once
    raise lost


def says_exists(error: ApiError) -> bool:
    """Return whether the API's own words say that something of this name or address exists."""
    return bool(_EXISTS.search(error.message or ""))


def may_exist(error: ApiError) -> bool:
    """Return whether a refused create may mean that the tenant or app exists, so that all are listed."""
    return error.code in _MAY_EXIST or says_exists(error)


def _refused(error: ApiError) -> ApiError:
    said = f": {error.message}" if error.message else ""
    if error.code == "forbidden":
        return error.because(
            "forbidden",
            f"The account may not create tenants (POST {error.path} returned {error.status}{said}). Only a master "
            "account may: ask the vendor to mark it as Master/Partner, and check that api_url is the master's.",
        )
    return error


def _exists(email: str, error: ApiError, listing: TenantListing) -> ApiError:
    """Return the error for an address that the API knows, and app ID 1 does not have in this spelling."""
    said = f": {error.message}" if error.message else ""
    near = nearest(email, (record.email for record in listing.records if record.email), most=0)
    return error.because(
        "duplicate" if error.says_taken else error.code,
        f"The API refused to create the tenant {email} (POST {error.path} returned {error.status}{said}), and "
        + (
            f"app ID 1 has a record of {near}. If it is the same client, declare that spelling."
            if near
            else "app ID 1 has no record of it. The address may be in use elsewhere on the platform: every tenant "
            "needs one of its own."
        ),
    )
