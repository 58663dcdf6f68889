# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""A listing that knows whether it is complete, or why not. Only a complete one can prove that something is absent.

Nothing at Mobsted can be removed through the API, so an unneeded create is permanent. Therefore a create requires an
:class:`Absent`, only a complete :class:`Listing` without a match makes one, and each serves for a single create. See
"What counts as proof" in ``docs/docsite/rst/guide_errors.rst``.
"""

from __future__ import annotations

import threading
import typing as t

from ..errors import ApiError
from ..identity import account_key, email_key, names_match
from .paging import Pages, R
from .records import REGISTRY_ID, AppRecord, TenantRecord

_SEAL = object()


class Absent:
    """Proof that something is absent. Only a listing makes it, and it serves for one create."""

    __slots__ = ("_lock", "_spent", "account", "kind", "name")

    def __init__(self, seal: object, account: str, kind: str, name: str) -> None:
        if seal is not _SEAL:
            raise TypeError("only a complete Listing without a match proves that something is absent")
        self.account, self.kind, self.name = account, kind, name
        self._spent = False
        self._lock = threading.Lock()

    def spend(self, account: str, kind: str, name: str) -> None:
        """Use the proof for the create of exactly this thing.

        :raises RuntimeError: if it proves something else, or was used before: the create would be a guess
        """
        if not isinstance(self, Absent) or (account_key(account), kind, name) != (self.account, self.kind, self.name):
            raise RuntimeError(f"a create of {kind} {name!r} was tried without proof that it is absent")
        with self._lock:
            if self._spent:
                raise RuntimeError(f"a create of {kind} {name!r} was tried twice on one proof")
            self._spent = True


class Listing(t.Generic[R]):
    """All rows of one listing.

    :param base: URL of the account
    :param pages: what was read; None for a listing that was never read and proves nothing
    :param read_at: Unix time before the first page
    """

    def __init__(self, base: str, pages: Pages[R] | None, read_at: float = 0.0) -> None:
        self.base = base
        self.read_at = read_at
        self.records: list[R] = pages.records if pages else []
        self.incomplete: str | None = pages.doubt if pages else "it was not read"
        self._response = pages.response if pages else None

    def whole(self) -> t.Any:
        """Return this listing if it is complete.

        :raises ApiError: ``invalid_response``, with the reason
        """
        if self.incomplete is None:
            return self
        why = f"the list can't be trusted to be complete: {self.incomplete}"
        if self._response is None:
            raise ApiError("invalid_response", f"{self.base}: {why}. Run again later.", executed=False)
        raise self._response.invalid(why)

    def _prove(self, kind: str, name: str) -> Absent:
        self.whole()
        return Absent(_SEAL, account_key(self.base), kind, name)


class TenantListing(Listing[TenantRecord]):
    """Records of app ID 1: all, or those that a search for one address found.

    :param searched: the address that was searched for
    """

    def __init__(
        self, base: str, pages: Pages[TenantRecord] | None, read_at: float = 0.0, searched: str | None = None
    ) -> None:
        super().__init__(base, pages, read_at)
        self.searched = searched
        self._index: dict[str, list[TenantRecord]] = {}
        for record in self.records:
            for address in set(record.addresses):
                self._index.setdefault(address, []).append(record)

    def all_of(self, email: str) -> list[TenantRecord]:
        """Return the records of an address."""
        return self._index.get(email_key(email), [])

    def find(self, email: str) -> TenantRecord | None:
        """Return the record of an address; None only means that it is not in this list.

        :raises ApiError: ``ambiguous``
        """
        found = self.all_of(email)
        if len(found) > 1:
            ids = ", ".join(str(row.id) for row in found)
            raise ApiError(
                "ambiguous",
                f"{len(found)} records in app ID 1 have the address {email} (ids {ids}). Nothing was changed. Find out "
                "in the platform which one is right and give the other another address.",
            )
        return found[0] if found else None

    def absent(self, email: str) -> Absent:
        """Prove that no record has an address.

        :raises ApiError: ``invalid_response`` if the list is not complete, ``ambiguous`` if the address is in it
        """
        if self.searched is not None and email_key(self.searched) != email_key(email):
            raise RuntimeError(f"a search for {self.searched} proves nothing about {email}")
        if self.all_of(email):
            raise ApiError(
                "ambiguous",
                f"The address {email} is in app ID 1, so no tenant is created for it. Nothing was changed. Run again.",
            )
        return self._prove("tenant", email_key(email))

    def undeclared(self, emails: t.Iterable[str]) -> list[str]:
        """Return the addresses of the undeclared records, in the API's order."""
        declared = set(map(email_key, emails))
        rest = (record for record in self.records if declared.isdisjoint(record.addresses))
        return [record.email for record in rest if record.email]


class AppListing(Listing[AppRecord]):
    """The apps of one account."""

    def by_id(self, ident: str) -> AppRecord | None:
        """Return the app with an id."""
        return next((app for app in self.records if app.id == ident), None)

    def related(self, name: str) -> dict[str, list[AppRecord]]:
        """Return the apps by how their names relate to a declared one: ``exact``, ``same``, ``case``, ``lossy``."""
        found: dict[str, list[AppRecord]] = {"exact": [], "same": [], "case": [], "lossy": []}
        for app in self.records:
            relation = names_match(name, app.name or "")
            if relation:
                found[relation].append(app)
        return found

    def absent(self, name: str) -> Absent:
        """Prove that no app has a name, or one that may be a damaged form of it.

        :raises ApiError: ``invalid_response`` if the list is not complete, ``ambiguous`` if there is such a name
        """
        related = self.related(name)
        there = [*related["exact"], *related["same"], *(app for app in related["lossy"] if app.id != REGISTRY_ID)]
        if there:
            raise ApiError(
                "ambiguous",
                f"An app is listed as {there[0].name!r}, so {name!r} is not created. Nothing was changed. Run again, "
                "or give app_id.",
            )
        return self._prove("app", name)
