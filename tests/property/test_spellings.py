# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever knows a thing again takes no two spellings for two things, and no two things for one.

``tests/support/pairs.py`` makes the pairs. Each goes through everything that keeps or compares identities.
"""

from __future__ import annotations

import typing as t
import unicodedata
from pathlib import Path
from types import SimpleNamespace

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils import identity
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip import auth as mip_auth
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import MipConnection
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.marketplace import _declared
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.member import member_spec
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import accounts, app, auth, tenant
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import Connection
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.declaration import declared
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.fleet import FleetTenant, undeclared_apps
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import AppListing, TenantListing
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.memory import Memory
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.paging import Pages
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import AppRecord, TenantRecord
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant import TenantOutcome
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.run.store import RunStore
from ansible_collections.partnerops.saas.plugins.plugin_utils import credentials_file
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController
from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import read_state
from ansible_collections.partnerops.saas.plugins.plugin_utils.plugin_options import cache_key
from ansible_collections.partnerops.saas.tests.support import pairs
from ansible_collections.partnerops.saas.tests.support.driver import connection, run
from ansible_collections.partnerops.saas.tests.support.pairs import Pair

URLS, ADDRESSES, NAMES = pairs.urls(), pairs.addresses(), pairs.names()
BASE, SITE, OWNER = "https://ppp-admin.mobsted.com", "https://shop.example", "owner@acme.example"
#: Given a pair, says whether the two were taken for one.
Judge = t.Callable[[Pair], bool]


def wrong(given: t.Iterable[Pair], taken_for_one: Judge) -> list[Pair]:
    """Return the pairs that are judged wrongly."""
    return [pair for pair in given if taken_for_one(pair) is not pair.same]


def test_there_are_enough_pairs_of_both_kinds() -> None:
    everything = [*URLS, *ADDRESSES, *NAMES]
    assert len({(pair.one, pair.other) for pair in everything}) >= 500
    assert min(sum(pair.same for pair in everything), sum(not pair.same for pair in everything)) >= 200


def refuses(check: t.Callable[[], t.Any], words: str) -> bool:
    """Return whether a check refuses, with these words."""
    try:
        check()
    except ApiError as error:
        said = str(error)
    else:
        return False
    assert words in said
    return True


class _StopHereError(Exception):
    """The lock is reached."""


def locked(monkeypatch: pytest.MonkeyPatch, module: t.Any, work: t.Callable[[], t.Any]) -> tuple[str, ...]:
    """Return the key that a piece of work locks first."""
    seen: list[tuple[str, ...]] = []

    def hold(key: tuple[str, ...], *_more: t.Any) -> t.NoReturn:
        seen.append(key)
        raise _StopHereError

    monkeypatch.setattr(module, "hold", hold)
    with pytest.raises(_StopHereError):
        work()
    return seen[0]


def client(base: str, store: RunStore | None = None) -> t.Any:
    """Return what is left of a client where nothing is sent."""
    return SimpleNamespace(
        connection=Connection(base.strip(), "p@x.example", "secret"),
        context=RunContext(),
        made=Memory(store or RunStore(), base),
    )


def known(ledger: Ledger, email: str) -> bool:
    return ledger.peek("member", 7, email, Deadline(10)).present


def invite(ledger: Ledger, email: str) -> None:
    with ledger.row("member", 7, email, Deadline(10)) as row:
        row.invited(1)


def app_record(name: str, number: int = 2) -> AppRecord:
    found = AppRecord.read({"id": str(number), "attributes": {"Name": name}})
    assert found is not None
    return found


# -- accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", [None, *ADDRESSES[:40]])
def test_accounts(login: Pair | None) -> None:
    """With a pair of logins, an account is the same if both are."""
    for pair in URLS[:40] if login else URLS:
        one, other = (
            identity.account_key(url, mail) for url, mail in zip(pair[:2], login[:2] if login else (None,) * 2)
        )
        assert (one == other) is (pair.same and (login is None or login.same)), (pair, login)


def test_accounts_in_the_ledger(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.sqlite3")

    def one(pair: Pair) -> bool:
        email = f"p{URLS.index(pair)}@x.example"
        invite(Ledger.at(path, pair.one), email)
        return known(Ledger.at(path, pair.other), email)

    assert wrong(URLS, one) == []


def test_accounts_in_the_token_store_of_each_vendor() -> None:
    context = RunContext()

    def tokens(url: str, login: str) -> str:
        made = auth.Tokens(Connection(url, login, "secret"), context.store, context.secrets, lambda *_a: None)  # type: ignore[arg-type]
        return made._key

    def keys(url: str, login: str) -> str:
        made = mip_auth.KeyRing(MipConnection(url, login, "secret"), context.store, context.secrets, lambda *_a: None)  # type: ignore[arg-type]
        return made._key

    for key in (tokens, keys):
        assert wrong(URLS, lambda pair: key(pair.one, OWNER) == key(pair.other, OWNER)) == []  # noqa: B023
        assert wrong(ADDRESSES, lambda pair: key(BASE, pair.one) == key(BASE, pair.other)) == []  # noqa: B023


def test_accounts_in_the_cache_of_the_inventory() -> None:
    def key(url: str, login: str) -> str:
        return cache_key({"api_url": url, "api_login": login})

    assert wrong(URLS, lambda pair: key(pair.one, OWNER) == key(pair.other, OWNER)) == []
    assert wrong(ADDRESSES, lambda pair: key(BASE, pair.one) == key(BASE, pair.other)) == []


def test_accounts_in_locks_proofs_and_what_the_run_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_lock(pair: Pair) -> bool:
        keys = {
            locked(monkeypatch, tenant, lambda: tenant.ensure_tenant(client(url), OWNER, Deadline(9)))  # noqa: B023
            for url in pair[:2]
        }
        return len(keys) == 1

    def by_memory(pair: Pair) -> bool:
        store = RunStore()
        Memory(store, pair.one).add_app("Store", app_record("Store"))
        return Memory(store, pair.other).app("Store") is not None

    def by_proof(pair: Pair) -> bool:
        proof = AppListing(pair.one, Pages([], None, None)).absent("Store")
        try:
            proof.spend(pair.other, "app", "Store")
        except RuntimeError:
            return False
        return True

    for judge in (by_lock, by_memory, by_proof):
        assert wrong(URLS, judge) == []


def test_accounts_in_predictions() -> None:
    def one(pair: Pair) -> bool:
        context = RunContext()
        task = Task({}, True, context=context, controller=ActionController(None, context, True))
        accounts.predicted_tenants(task, client(pair.one), [OWNER])
        return bool(accounts.predicted_tenants(task, client(pair.other)))

    assert wrong(URLS, one) == []


# -- addresses --------------------------------------------------------------------------------------------------------


def test_addresses_in_the_ledger(tmp_path: Path) -> None:
    ledger = Ledger.at(str(tmp_path / "ledger.sqlite3"), BASE)

    def one(pair: Pair) -> bool:
        invite(ledger, pair.one)
        return known(ledger, pair.other)

    assert wrong(ADDRESSES, lambda pair: identity.email_key(pair.one) == identity.email_key(pair.other)) == []
    assert wrong(ADDRESSES, one) == []


def test_addresses_in_locks_and_what_the_run_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_lock(pair: Pair) -> bool:
        work = tenant.ensure_tenant
        keys = {locked(monkeypatch, tenant, lambda: work(client(BASE), email, Deadline(9))) for email in pair[:2]}  # noqa: B023
        return len(keys) == 1

    def by_memory(pair: Pair) -> bool:
        store = RunStore()
        Memory(store, BASE).add_tenant(TenantRecord("1", pair.one))
        return Memory(store, BASE).tenant(pair.other) is not None

    for judge in (by_lock, by_memory):
        assert wrong(ADDRESSES, judge) == []


def test_addresses_in_a_listing() -> None:
    def one(pair: Pair) -> bool:
        record = TenantRecord.read({"id": "1", "attributes": {"Email": pair.one}})
        listing = TenantListing(BASE, Pages([record], None, None))
        assert (listing.undeclared([pair.other]) == []) is (listing.find(pair.other) is not None)
        return listing.find(pair.other) is not None

    assert wrong(ADDRESSES, one) == []


def test_addresses_in_a_credentials_file(tmp_path: Path) -> None:
    (tmp_path / "logins").mkdir()
    loader = SimpleNamespace(_vault=SimpleNamespace(secrets=[]))

    def outcome(email: str, *, new: bool) -> TenantOutcome:
        record = TenantRecord("1", email, url=BASE, login=email, password="first-password")
        return TenantOutcome(email, new, record, "first-password" if new else None, email)

    def one(pair: Pair) -> bool:
        path = tmp_path / "logins" / f"{ADDRESSES.index(pair)}.yml"
        params = {"credentials_dest": str(path), "credentials_plaintext": True}
        file = credentials_file.CredentialsFile.of(params, loader, RunContext())
        assert file.keep([outcome(pair.one, new=True)], check_mode=False)
        return not file.keep([outcome(pair.other, new=False)], check_mode=False)

    assert wrong(ADDRESSES, one) == []


def test_addresses_in_predictions() -> None:
    def one(pair: Pair) -> bool:
        context = RunContext()
        task = Task({}, True, context=context, controller=ActionController(None, context, True))
        accounts.predicted_tenants(task, client(BASE), [pair.one])
        return len(accounts.predicted_tenants(task, client(BASE), [pair.other])) == 1

    assert wrong(ADDRESSES, one) == []


def test_addresses_in_declarations() -> None:
    def in_fleet(pair: Pair) -> bool:
        params: dict[str, t.Any] = {"tenants": [{"email": email} for email in pair[:2]], "apps": [], "concurrency": 4}
        return refuses(lambda: declared(Task({**params, "stop_after": 10})), "are the same address")

    def in_state(pair: Pair) -> bool:
        people = [{"email": email.strip()} for email in pair[:2]]
        market = {"id": 7, "clients": people, "members": people}
        found = read_state({"mobsted": {"tenants": people}, "mip": {"marketplaces": [market]}}, "/")["errors"]
        assert all("is the same address as" in text for text in found), found
        assert len(found) in (0, 3)
        return bool(found)

    def in_marketplace(pair: Pair) -> bool:
        people = [{"email": email} for email in pair[:2]]
        return refuses(lambda: _declared(people, "members", lambda one: member_spec(one, 7)), "are the same address")

    for judge in (in_fleet, in_state, in_marketplace):
        assert wrong(ADDRESSES, judge) == []


def test_tenants_that_are_looked_up(simulator: t.Any, no_waiting: None) -> None:
    with simulator.world() as world:
        context = RunContext()

        def one(pair: Pair) -> bool:
            world.do("tenant_add", email=pair.one.strip())
            context.begin(pair.one)
            given = {**connection(world), "retries": 0, "settle": 0, "email": pair.other}
            found = run("mobsted_tenant", given, context=context)
            assert not found.get("failed"), (pair, found["msg"])
            return not found["changed"]

        plain = [pair for pair in ADDRESSES if searchable(pair)]
        assert len(plain) >= 100
        assert wrong(plain[::2], one) == []
        context.close()


def searchable(pair: Pair) -> bool:
    """Return whether a search that compares text can find the address.

    The simulated vendor stores capitals such as É in lower case (see the next test), and no search finds a domain that
    was registered in full-width letters.
    """
    texts = "".join(unicodedata.normalize("NFC", text.rpartition("@")[0]) for text in pair[:2])
    return "\uff41" not in pair.one.lower() and not any(c.isupper() and not c.isascii() for c in texts)


def test_an_address_that_the_vendor_folds_is_refused_with_the_spelling_to_declare(
    world: t.Any, no_waiting: None
) -> None:
    given = {**connection(world), "retries": 0, "settle": 0, "email": "École@acme.example"}
    assert run("mobsted_tenant", given)["changed"]
    again = run("mobsted_tenant", given)
    assert (again["changed"], again["failure"]["code"]) == (False, "duplicate")
    assert "app ID 1 has a record of école@acme.example. If it is the same client, declare" in again["msg"]
    assert world.counts()["tenants_created"] == 1


# -- names ------------------------------------------------------------------------------------------------------------


def test_names_in_listings_proofs_and_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_match(pair: Pair) -> bool:
        return identity.names_match(pair.one, pair.other) in ("exact", "same")

    def by_listing(pair: Pair) -> bool:
        found = AppListing(BASE, Pages([app_record(pair.one)], None, None)).related(pair.other)
        return bool(found["exact"] or found["same"])

    def by_lock(pair: Pair) -> bool:
        keys = {
            locked(monkeypatch, app, lambda: app.ensure_app(client(BASE), app.AppSpec(name), Deadline(9)))  # noqa: B023
            for name in pair[:2]
        }
        return len(keys) == 1

    def by_memory(pair: Pair) -> bool:
        store = RunStore()
        Memory(store, BASE).add_app(pair.one, app_record(pair.one))
        return Memory(store, BASE).app(pair.other) is not None

    def by_declaration(pair: Pair) -> bool:
        fleet = FleetTenant(apps=declared(Task({**FLEET, "apps": [{"name": pair.other.strip()}]}))[1].apps)
        return not undeclared_apps(fleet, AppListing(BASE, Pages([app_record(pair.one)], None, None)))

    for judge in (by_match, by_listing, by_lock, by_memory, by_declaration):
        assert wrong(NAMES, judge) == []


FLEET: dict[str, t.Any] = {"tenants": [], "apps": [], "concurrency": 4, "stop_after": 10}


def test_names_in_declarations() -> None:
    def in_fleet(pair: Pair) -> bool:
        apps = [{"name": name.strip()} for name in pair[:2]]
        return refuses(lambda: declared(Task({**FLEET, "apps": apps})), "are the same, ")

    def in_state(pair: Pair) -> bool:
        apps = [{"name": name.strip(), "website_url": SITE} for name in pair[:2]]
        found = read_state({"mobsted": {"tenants": [{"email": OWNER, "apps": apps}]}}, "/")["errors"]
        assert all("is the same name as" in text for text in found), found
        return bool(found)

    for judge in (in_fleet, in_state):
        assert wrong(NAMES, judge) == []


def test_apps_that_are_looked_up(simulator: t.Any, no_waiting: None) -> None:
    """A name that may be a damaged form of another one is ambiguous: neither one app nor two."""
    with simulator.world() as world:
        context = RunContext()

        def one(pair: Pair) -> bool:
            email = f"t{NAMES.index(pair)}@acme.example"
            world.do("tenant_add", email=email, apps=[pair.one])
            context.begin(email)
            given = {**connection(world), "retries": 0, "settle": 0, "tenant": email, "name": pair.other.strip()}
            found = run("mobsted_pwa_app", {**given, "website_url": SITE}, context=context)
            if found.get("failed"):
                assert (found["failure"]["code"], pair.same) == ("ambiguous", False), (pair, found["msg"])
                return False
            return not found["changed"]

        assert wrong(NAMES[::3], one) == []
        context.close()
