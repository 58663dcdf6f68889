# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients and members: declared, run, killed and changed from outside, in any order."""

from __future__ import annotations

import typing as t
from collections import Counter

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from ansible_collections.partnerops.saas.tests.property.machine import SETTINGS, Machine
from ansible_collections.partnerops.saas.tests.support.driver import connection

EMAILS = ("ann@acme.example", "bob@acme.example")
EMAIL = st.sampled_from(EMAILS)
WISH = st.sampled_from([None, True, False])
WORD = "a-password-1"


class Marketplace(Machine):
    """Marketplace 7, of which this ledger is the only memory."""

    paths: t.ClassVar[list[str]] = ["/login", "/login/*", "/register*", "/client/*", "/member/*", "/member/7/add", "*"]
    writes: t.ClassVar[list[str]] = ["/register*", "/client/7/*", "/member/7/*", "/member/7/add"]

    def __init__(self) -> None:
        super().__init__()
        owner = connection(self.world, "mip")
        self.owner = {**owner, "ledger_path": str(self.folder / "ledger.sqlite3"), "marketplace_id": 7}
        self.clients: dict[str, bool | None] = {}
        self.removed: Counter[str] = Counter()

    @rule(email=EMAIL, blocked=WISH)
    def client(self, email: str, blocked: bool | None) -> None:
        """Declare a client."""
        self.clients[email] = blocked
        self.run("mip_client", self._client(email))

    @rule(email=EMAIL)
    def client_goes(self, email: str) -> None:
        """Declare that the client is absent."""
        self.clients.pop(email, None)
        self.run("mip_client", {**self.owner, "email": email, "password": WORD, "state": "absent"})

    @rule(email=EMAIL)
    def member(self, email: str) -> None:
        """Declare a member, which sends an e-mail."""
        self.run("mip_member", {**self.owner, "email": email.upper()})

    @rule(email=EMAIL, blocked=st.booleans())
    def member_is_blocked(self, email: str, blocked: bool) -> None:
        """Declare a blocked member, with the password to look up the state."""
        if self._user(email) is not None:
            self.run("mip_member", {**self.owner, "email": email, "password": WORD, "blocked": blocked})

    @rule(email=EMAIL)
    def member_goes(self, email: str) -> None:
        """Declare that the member is absent; another invitation is allowed afterwards."""
        user = self._user(email)
        if user is not None:
            self.removed[email] += 1
            self.run("mip_member", {**self.owner, "email": email, "user_id": user, "state": "absent"})

    @rule(email=EMAIL)
    def user(self, email: str) -> None:
        """Declare a user."""
        params = {key: value for key, value in self.owner.items() if key != "marketplace_id"}
        self.run("mip_user", {**params, "email": email, "password": WORD})

    @rule(clients=st.sets(EMAIL), members=st.sets(EMAIL))
    def marketplace(self, clients: set[str], members: set[str]) -> None:
        """Declare many at once."""
        self.clients.update(dict.fromkeys(clients))
        wish = {"clients": [{"email": one, "password": WORD} for one in sorted(clients)]}
        self.run("mip_marketplace", {**self.owner, **wish, "members": [{"email": one} for one in sorted(members)]})

    @rule(email=EMAIL)
    def somebody_registers(self, email: str) -> None:
        """Register a client from outside, with the same password."""
        if self._user(email) is None:
            self.world.do("mip_user", email=email, password=WORD)

    @rule(email=EMAIL, blocked=st.booleans())
    def somebody_blocks(self, email: str, blocked: bool) -> None:
        """Block a client or member from outside."""
        for client in self.world.state()["marketplaces"]["7"]["clients"]:
            if client["email"] == email:
                self.world.do("mip_block", marketplace_id=7, client_id=client["id"], blocked=blocked)

    @rule()
    def keys_change(self) -> None:
        """Rotate the owner's keys."""
        self.world.do("mip_rotate")

    @invariant()
    def one_e_mail_for_one_invitation(self) -> None:
        """One invitation sends one e-mail, however often it is declared, fails or is killed."""
        sent = Counter(mail["to"].lower() for mail in self.world.outbox() if mail["kind"] == "invitation")
        for email, number in sent.items():
            assert number <= 1 + self.removed[email], (email, number)

    def converge(self) -> None:
        """See ``Machine``."""
        for email in self.clients:
            self.healthy("mip_client", self._client(email))
        for client in self.world.state()["marketplaces"]["7"]["clients"]:
            wish = self.clients.get(client["email"])
            assert wish is None or client["is_blocked"] == wish
        for email in EMAILS:
            self.healthy("mip_member", {**self.owner, "email": email})

    def _client(self, email: str) -> dict[str, t.Any]:
        wish = {} if self.clients[email] is None else {"blocked": self.clients[email]}
        return {**self.owner, "email": email, "password": WORD, **wish}

    def _user(self, email: str) -> int | None:
        return next((one["id"] for one in self.world.state()["users"] if one["email"] == email), None)


@pytest.mark.usefixtures("no_waiting")
def test_clients_and_members(simulator: t.Any) -> None:
    made = type("Bound", (Marketplace,), {"simulator": simulator})
    run_state_machine_as_test(made, settings=SETTINGS)
