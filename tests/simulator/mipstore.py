# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MIP's state in one world: users, marketplaces, their clients, members and open invitations."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .options import MipOptions

BASE36 = "abcdefghijklmnopqrstuvwxyz0123456789"


def mip_date() -> str:
    """Return a date as MIP writes it: ISO 8601, milliseconds, an offset (seed)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass
class Person:
    """A user of the platform, or a client of one marketplace; each has one key pair."""

    id: int
    email: str
    password: str
    created: str
    public: str = ""
    private: str = ""
    is_blocked: bool = False
    profile: dict[str, Any] = field(default_factory=dict)


@dataclass
class Marketplace:
    """A marketplace (``cid``): its owner, its clients, its members (user ID -> blocked) and who is invited."""

    id: int
    name: str
    owner: int
    clients: dict[int, Person] = field(default_factory=dict)
    members: dict[int, bool] = field(default_factory=dict)
    invited: set[str] = field(default_factory=set)


class MipStore:
    """Users by ID and by e-mail, marketplaces by ID. IDs are integers and never reused."""

    def __init__(self, options: MipOptions, rng: random.Random, owner_email: str, owner_password: str) -> None:
        self.options, self.rng = options, rng
        self.users: dict[int, Person] = {}
        self.by_email: dict[str, Person] = {}
        self.markets: dict[int, Marketplace] = {}
        self.keys: dict[str, Person] = {}
        self.sso: dict[str, str] = {}
        self._next = 20
        self.owner = self.add_user(owner_email, owner_password)
        for number in options.marketplaces:
            self.markets[number] = Marketplace(number, f"Marketplace {number}", self.owner.id)

    def token(self) -> str:
        """Return 32 lower-case letters and digits, as in the page's samples (seed)."""
        return "".join(self.rng.choices(BASE36, k=32))

    def _person(self, email: str, password: str) -> Person:
        person = Person(self._next, email.lower(), password, mip_date())
        self._next += 1
        self.give_keys(person)
        return person

    def give_keys(self, person: Person) -> None:
        """Give a new key pair; the old one stops working."""
        self.keys.pop(person.public, None)
        person.public, person.private = self.token(), self.token()
        self.keys[person.public] = person

    def add_user(self, email: str, password: str) -> Person:
        """Register a user; with ``member_joins: immediate``, open invitations become memberships."""
        person = self._person(email, password)
        self.users[person.id] = self.by_email[person.email] = person
        for market in self.markets.values():
            if person.email in market.invited and self.options.member_joins == "immediate":
                self.join(market, person)
        return person

    def add_client(self, market: Marketplace, email: str, password: str) -> Person:
        """Register a client of one marketplace."""
        person = self._person(email, password)
        market.clients[person.id] = person
        return person

    def join(self, market: Marketplace, user: Person) -> None:
        """Make a user a member; an existing membership stays as it is."""
        market.invited.discard(user.email)
        market.members.setdefault(user.id, False)

    def accept(self, market: Marketplace, email: str, password: str) -> Person:
        """Accept an invitation: register a user if there is none, and add the membership."""
        user = self.by_email.get(email.lower()) or self.add_user(email, password)
        self.join(market, user)
        return user

    def remove_client(self, market: Marketplace, client_id: int) -> Person | None:
        """Remove a client, with its keys. None if there is no such client."""
        person = market.clients.pop(client_id, None)
        if person:
            self.keys.pop(person.public, None)
        return person

    @staticmethod
    def client_of(market: Marketplace, email: str) -> Person | None:
        """Return the client of a marketplace with this e-mail, ignoring case."""
        return next((item for item in market.clients.values() if item.email == email.lower()), None)

    def marketplaces_of(self, user: Person) -> list[dict[str, Any]]:
        """Return what LOGIN USER lists. The list is in the seed, empty; the shape of an entry is inferred."""
        result = []
        for market in self.markets.values():
            if market.owner == user.id or user.id in market.members:
                result.append(
                    {
                        "id": market.id,
                        "name": market.name,
                        "is_owner": market.owner == user.id,
                        "is_blocked": market.members.get(user.id, False),
                    }
                )
        return result

    @staticmethod
    def user_view(user: Person, **more: Any) -> dict[str, Any]:
        """Return the ``user`` object (seed)."""
        return {
            "id": user.id,
            "created": user.created,
            "email": user.email,
            "first_name": None,
            "last_name": None,
            "phone": None,
            **user.profile,
            "avatar": None,
            "is_blocked": user.is_blocked,
            "is_mango_verified": False,
            "mango_pay_id": None,
            "favorites": [],
            **more,
        }

    @staticmethod
    def client_view(client: Person) -> dict[str, Any]:
        """Return the ``client`` object (seed)."""
        billing = dict.fromkeys(("first_name", "last_name", "address", "postcode", "country", "NIP", "birth_day"))
        return {
            "id": client.id,
            "created": client.created,
            "email": client.email,
            "first_name": None,
            "last_name": None,
            "phone": None,
            **client.profile,
            "billing_data": billing,
            "is_blocked": client.is_blocked,
            "favorites": [],
        }
