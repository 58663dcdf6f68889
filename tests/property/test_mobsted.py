# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants and apps: declared, run, killed and changed from outside, in any order."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from ansible_collections.partnerops.saas.tests.property.machine import SETTINGS, Machine
from ansible_collections.partnerops.saas.tests.support.driver import connection

EMAILS = ("ann@acme.example", "bob@acme.example", "cid@acme.example")
SPELLINGS = st.sampled_from([*EMAILS, "Ann@Acme.example", "BOB@ACME.EXAMPLE"])
NAMES = st.sampled_from(["Store", "Blog", "{{ 7 * 7 }}"])
SITE = "https://store.acme.example"


class Partner(Machine):
    """A master account."""

    paths: t.ClassVar[list[str]] = ["/api/v8/auth", "/api/v8/object", "/api/v8/partners", "/api/v8/applications", "*"]
    writes: t.ClassVar[list[str]] = ["/api/v8/partners", "/api/v8/applications"]

    def __init__(self) -> None:
        super().__init__()
        self.master = {**connection(self.world), "settle": 0}
        self.declared: dict[str, set[str]] = {}
        self.changed_passwords: dict[str, str] = {}
        self.first = self.world.apps()[0]

    @rule(email=SPELLINGS)
    def tenant(self, email: str) -> None:
        """Declare a tenant."""
        self.declared.setdefault(email.lower(), set())
        self.run("mobsted_tenant", {**self.master, "email": email})

    @rule(email=SPELLINGS, name=NAMES)
    def app(self, email: str, name: str) -> None:
        """Declare an app of a tenant that may not exist."""
        result = self.run("mobsted_pwa_app", {**self.master, **self._app(email, name)})
        if result is not None and not result.get("failed"):
            self.declared.setdefault(email.lower(), set()).add(name)

    @rule(declared=st.dictionaries(SPELLINGS, st.sets(NAMES, max_size=2), max_size=3))
    def fleet(self, declared: dict[str, set[str]]) -> None:
        """Declare many at once."""
        declared = {email.lower(): names for email, names in declared.items()}
        for email, names in declared.items():
            self.declared.setdefault(email, set()).update(names)
        self.run("mobsted_fleet", {**self.master, **self._fleet(declared)})

    @rule(email=st.sampled_from(EMAILS))
    def somebody_makes_a_tenant(self, email: str) -> None:
        """Create a tenant from outside."""
        if email not in self._there():
            self.world.do("tenant_add", email=email)

    @rule(email=st.sampled_from(EMAILS), name=NAMES)
    def somebody_makes_an_app(self, email: str, name: str) -> None:
        """Create an app from outside."""
        if email in self._there() and name not in [app["name"] for app in self.world.apps(email)]:
            self.world.do("app_add", email=email, name=name)

    @rule(email=st.sampled_from(EMAILS))
    def somebody_changes_the_password(self, email: str) -> None:
        """Change a password from outside, so that the one on record is stale."""
        if email in self._there():
            self.changed_passwords[email] = "another-word"
            self.world.do("tenant_password", email=email, password="another-word")

    @rule()
    def tokens_end(self) -> None:
        """Let all tokens expire."""
        self.world.do("tokens_expire", all=True)

    @invariant()
    def the_registry_is_untouched(self) -> None:
        """App ID 1 of the master account is unchanged, and no other app has its name."""
        apps = self.world.apps()
        assert apps[0] == self.first
        assert [app["name"] for app in apps].count(self.first["name"]) == 1

    def converge(self) -> None:
        """See ``Machine``."""
        self.healthy("mobsted_fleet", {**self.master, **self._fleet(self.declared)})
        for email, names in self.declared.items():
            self.healthy("mobsted_tenant", {**self.master, "email": email})
            for name in names:
                self.healthy("mobsted_pwa_app", {**self.master, **self._app(email, name)})
        there = {email: {app["name"] for app in self.world.apps(email)} for email in self._there()}
        assert all(names <= there[email] for email, names in self.declared.items())

    def _there(self) -> list[str]:
        return [row["email"] for row in self.world.state()["tenants"]]

    def _password(self, email: str) -> dict[str, str]:
        password = self.changed_passwords.get(email.lower())
        return {"tenant_password": password} if password else {}

    def _app(self, email: str, name: str) -> dict[str, t.Any]:
        return {"tenant": email, "name": name, "website_url": SITE, **self._password(email)}

    def _fleet(self, declared: dict[str, set[str]]) -> dict[str, t.Any]:
        tenants = [
            {
                "email": email,
                **self._password(email),
                "apps": [{"name": name, "website_url": SITE} for name in sorted(names)],
            }
            for email, names in declared.items()
        ]
        return {"tenants": tenants, "concurrency": 3}


@pytest.mark.usefixtures("no_waiting")
def test_tenants_and_apps(simulator: t.Any) -> None:
    made = type("Bound", (Partner,), {"simulator": simulator})
    run_state_machine_as_test(made, settings=SETTINGS)
