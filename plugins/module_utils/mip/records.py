# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Read what MIP's responses say about a user or a client (``seed``): an id may be text, anything may be missing."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..http.response import text_of
from ..identity import email_key, id_text

#: The largest integer of both kinds of ledgers.
MOST_ID = 2**63 - 1
#: Names of an entry of ``marketplaces``; the page shows the list only empty (``seed``), so entries are ``inferred``.
_MARKETPLACE_ID = ("id", "cid", "company_id", "marketplace_id", "companyId")
#: Options that clients and members share.
PERSON_OPTIONS: dict[str, dict[str, t.Any]] = {
    "email": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "blocked": {"type": "bool"},
}
_TEXTS = ("created", "first_name", "last_name", "phone")
#: Of ``billing_data``: each field's name in the result and in the response.
_BILLING = {
    **{name: name for name in ("first_name", "last_name", "address", "postcode", "country")},
    "nip": "NIP",
    "birth_day": "birth_day",
}


class Pair(t.NamedTuple):
    """A key pair."""

    public: str
    private: str


@dataclass(frozen=True)
class Person:
    """A user of the platform, or a client of a marketplace.

    :param blocked: ``is_blocked`` of the response, None if it is not in it
    :param marketplaces: id to ``is_blocked`` there (or None); None if the response has no such list
    """

    id: int | None
    email: str | None = None
    blocked: bool | None = None
    created: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    avatar: str | None = None
    marketplaces: dict[int, bool | None] | None = field(default=None, compare=False)
    billing_data: dict[str, str | None] | None = field(default=None, compare=False)
    favorites: list[t.Any] | None = field(default=None, compare=False)
    mango_verified: bool | None = None
    mango_pay_id: str | None = None
    keys: Pair | None = field(default=None, compare=False, repr=False)

    @classmethod
    def read(cls, raw: t.Mapping[str, t.Any]) -> Person:
        """Read the object ``user`` or ``client``."""
        listed, favorites = raw.get("marketplaces"), raw.get("favorites")
        return cls(
            id=number(raw.get("id")),
            email=text_of(raw.get("email")),
            blocked=_flag(raw.get("is_blocked")),
            avatar=text_of(raw.get("avatar")),
            billing_data=_billing(raw.get("billing_data")),
            favorites=favorites if isinstance(favorites, list) else None,
            mango_verified=_flag(raw.get("is_mango_verified")),
            mango_pay_id=_text(raw.get("mango_pay_id")),
            marketplaces=_marketplaces(listed) if isinstance(listed, list) else None,
            created=text_of(raw.get("created")),
            first_name=text_of(raw.get("first_name")),
            last_name=text_of(raw.get("last_name")),
            phone=text_of(raw.get("phone")),
        )

    def is_other_than(self, email: str) -> bool:
        """Return whether the response is about an address other than the one that was meant."""
        return self.email is not None and email_key(self.email) != email_key(email)

    def facts(self) -> dict[str, str | None]:
        """Return what is known of a person besides id, address and state."""
        return {name: getattr(self, name) for name in _TEXTS}


def person_in(value: t.Any, ident: int | None = None) -> Person | None:
    """Return the person in a response that the page leaves out: an object, a list, or nothing (``seed``)."""
    rows = [row for row in (value if isinstance(value, list) else [value]) if isinstance(row, dict)]
    people = [Person.read(row) for row in rows]
    named = [person for person in people if ident is not None and person.id == ident]
    if named:
        return named[0]
    return people[0] if len(people) == 1 and people[0].id is None else None


def number(value: t.Any) -> int | None:
    """Return an id as a number, even if it comes as text; None for one that no database can store."""
    if isinstance(value, float):
        value = id_text(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_ID else None


def _marketplaces(listed: list[t.Any]) -> dict[int, bool | None]:
    found: dict[int, bool | None] = {}
    for one in listed:
        values = [one.get(name) for name in _MARKETPLACE_ID] if isinstance(one, dict) else [one]
        ident = next((number(value) for value in values if number(value) is not None), None)
        if ident is not None:
            found[ident] = _flag(one.get("is_blocked")) if isinstance(one, dict) else None
    return found


def _billing(raw: t.Any) -> dict[str, str | None] | None:
    return {name: _text(raw.get(given)) for name, given in _BILLING.items()} if isinstance(raw, dict) else None


def _text(value: t.Any) -> str | None:
    """Return a value that the page only shows as null: text, or a number as text."""
    number_of = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if number_of else text_of(value)


def _flag(value: t.Any) -> bool | None:
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    return value if isinstance(value, bool) else None
