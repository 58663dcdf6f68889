# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Share the look-ups of tenants and apps among the items of a loop.

One tenant is looked up by a search. A second one suggests that more will follow, so one complete listing of app ID 1
then serves all of them. The apps of an account are listed once. Whoever creates something holds its lock and looks
again if somebody created the same since the listing, as in a fleet.
"""

from __future__ import annotations

import threading
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline
from ..identity import email_key
from ..similar import Similar
from .api import MobstedAPI
from .listing import AppListing, TenantListing
from .records import TenantRecord
from .tenant import find_tenant

#: Seconds for a listing, if the task can continue without it.
PATIENCE = 60.0


class TenantDirectory:
    """What this task knows of app ID 1 of one master account. Threads may share it."""

    def __init__(self, client: MobstedAPI) -> None:
        self.client = client
        self.listing: TenantListing | None = None
        #: why an optional look-up failed: the next items of the loop need not wait for it as well
        self.broken: ApiError | None = None
        self._asked: set[str] = set()
        self._found: dict[str, TenantRecord] = {}
        self._failure: ApiError | None = None
        self._similar: Similar | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, client: MobstedAPI) -> TenantDirectory:
        """Return the directory of an account, which all items of a loop share."""
        return client.context.shared(("tenants", client), lambda: cls(client))

    def listed_for(
        self, email: str, make_deadline: t.Callable[[], Deadline], *, several: bool = False
    ) -> TenantListing | None:
        """Return the complete listing, or None for the first address that is asked for, or if the listing failed.

        :param make_deadline: makes the listing's own deadline
        :param several: more addresses will follow, so the first one gets the listing as well
        """
        with self._lock:
            self._asked.add(email_key(email))
            if self.listing is None and self._failure is None and (several or len(self._asked) > 1):
                self._list(make_deadline())
            return self.listing

    def forget(self) -> None:
        """Drop the listing: something was sent whose outcome is unknown."""
        with self._lock:
            self.listing = self._similar = None
            self._found.clear()

    def list(self, deadline: Deadline) -> TenantListing:
        """Return the complete listing.

        :raises ApiError: if it fails; it is not requested again then
        """
        with self._lock:
            if self.listing is None and self._failure is None:
                self._list(deadline)
            if self._failure is not None:
                raise self._failure
            return t.cast(TenantListing, self.listing)

    def find(self, email: str, deadline: Deadline, make_deadline: t.Callable[[], Deadline]) -> TenantRecord | None:
        """Return the record of an address, or None if there is none now.

        :raises ApiError: ``ambiguous``, or any failure of the look-up
        """
        key = email_key(email)
        listing = self.listed_for(email, make_deadline)
        found = listing.find(email) if listing is not None else self._found.get(key)
        if found is None:  # not in the listing: it may have been created since
            found = find_tenant(self.client, email, deadline)
            if found is not None:
                self._found[key] = found
        return found

    def find_listed(self, email: str, deadline: Deadline) -> TenantRecord | None:
        """Return the record of an address that a search did not find: a search may depend on case or spelling.

        If the listing can't be read, the search counts. Two thirds of the time are kept for what follows.

        :raises ApiError: ``ambiguous``
        """
        try:
            listing = self.list(Deadline(min(deadline.left() / 3, PATIENCE)))
        except ApiError:
            return None
        return listing.find(email)

    def nearest(self, email: str) -> str | None:
        """Return the listed address that this one may be a typo of."""
        if self.listing is None:
            return None
        if self._similar is None:
            self._similar = Similar([record.email for record in self.listing.records if record.email])
        return self._similar.nearest(email)

    def _list(self, deadline: Deadline) -> None:
        try:
            self.listing = self.client.tenant_listing(deadline, counters=False, renews=True).whole()
        except ApiError as error:
            self._failure = error


class AppDirectory:
    """The apps of one account, listed once for all items of a loop."""

    def __init__(self, account: MobstedAPI) -> None:
        self.account = account
        self._kept: list[tuple[int, frozenset[str]]] = []
        self._listing: AppListing | None = None

    @classmethod
    def of(cls, account: MobstedAPI) -> AppDirectory:
        """Return the directory of an account, which all items of a loop share."""
        return account.context.shared(("apps", account), lambda: cls(account))

    def list(self, deadline: Deadline) -> AppListing:
        """Return the apps. A listing that is not complete is not kept.

        :raises ApiError: any failure of the listing
        """
        listing = self._listing or self.account.app_listing(deadline)
        self._listing = listing if listing.incomplete is None else None
        return listing

    def forget(self) -> None:
        """Drop the listing: something was sent whose outcome is unknown."""
        self._listing = None

    def keeps(self, name: str) -> bool:
        """Return whether the API is known to keep such a name unchanged.

        It is if it kept one that is as long and has every kind of character that this one has. So the first app of a
        loop is checked after its creation, and apps with similar names are not.
        """
        length, kinds = _kinds(name)
        return any(length <= most and kinds <= known for most, known in self._kept)

    def kept(self, name: str) -> None:
        """Remember a name that the API lists as it was sent."""
        self._kept.append(_kinds(name))


def _kinds(name: str) -> tuple[int, frozenset[str]]:
    """Return a name's length and the kinds of its characters: letters and digits of ASCII, and each other one."""
    kinds = {"letter" if c.isalpha() else "digit" if c.isdigit() else c for c in name if c.isascii()}
    kinds |= {c for c in name if not c.isascii()}
    # A server may reformat a name that is a number.
    return len(name), frozenset(kinds if "letter" in kinds else {name})
