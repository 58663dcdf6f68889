# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proof of absence: only a complete listing without a match gives one, and it serves for one create."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import Absent, AppListing, TenantListing
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.memory import Memory
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.paging import Pages
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import AppRecord, TenantRecord
from ansible_collections.partnerops.saas.plugins.module_utils.run.store import RunStore
from ansible_collections.partnerops.saas.tests.support.scripted import HOST
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.proofs import no_app, no_tenant


def tenants(*emails: str, doubt: str | None = None, searched: str | None = None) -> TenantListing:
    rows = [TenantRecord.read({"id": number, "Email": email}) for number, email in enumerate(emails, 1)]
    return TenantListing(HOST, Pages(rows, doubt, None), searched=searched)


def apps(*names: str, doubt: str | None = None) -> AppListing:
    rows = [AppRecord.read({"id": number, "Name": name}) for number, name in enumerate(names, 2)]
    return AppListing(HOST, Pages([row for row in rows if row], doubt, None))


def code(call: t.Callable[[], t.Any]) -> str:
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value.code


def test_a_proof_can_not_be_made_by_hand():
    with pytest.raises(TypeError, match="only a complete Listing"):
        Absent(object(), HOST, "tenant", "o@acme.example")


def test_what_is_not_complete_proves_nothing():
    assert code(lambda: tenants(doubt="rows moved").absent("o@acme.example")) == "invalid_response"
    assert code(lambda: apps(doubt="rows moved").absent("Store")) == "invalid_response"
    assert code(lambda: TenantListing(HOST, None).absent("o@acme.example")) == "invalid_response"
    assert code(lambda: AppListing(HOST, None).whole()) == "invalid_response"


@pytest.mark.parametrize("listed", ["o@acme.example", "O@ACME.example", "o@acme.example."])
def test_an_address_that_is_listed_is_not_absent(listed):
    assert code(lambda: tenants(listed).absent("o@acme.example")) == "ambiguous"


def test_an_address_that_was_escaped_is_found():
    assert tenants("o&#039;brien@acme.example").find("o'brien@acme.example") is not None


@pytest.mark.parametrize("listed", ["Tom & Jerry's", "Tom &amp; Jerry&#x27;s", "Tom ? Jerry?s", "Tom  &  Jerry's"])
def test_a_name_that_is_or_may_be_listed_is_not_absent(listed):
    assert code(lambda: apps(listed).absent("Tom & Jerry's")) == "ambiguous"


def test_a_search_proves_something_of_its_own_address_only():
    search = tenants(searched="O@acme.example")
    assert isinstance(search.absent("o@acme.example"), Absent)
    with pytest.raises(RuntimeError, match="proves nothing"):
        search.absent("other@acme.example")


def test_a_proof_serves_for_one_create():
    proof = no_tenant()
    proof.spend(HOST, "tenant", "o@acme.example")
    with pytest.raises(RuntimeError, match="twice on one proof"):
        proof.spend(HOST, "tenant", "o@acme.example")


@pytest.mark.parametrize(
    ("account", "kind", "name"),
    [
        (HOST, "tenant", "other@acme.example"),
        (HOST, "app", "o@acme.example"),
        ("https://other-admin.mobsted.com", "tenant", "o@acme.example"),
    ],
)
def test_a_proof_of_something_else_is_none(account, kind, name):
    with pytest.raises(RuntimeError, match="without proof"):
        no_tenant().spend(account, kind, name)


@pytest.mark.parametrize("proof", [None, True, "absent", object()])
def test_a_create_takes_nothing_else(api, client, deadline, proof):
    """Nothing is sent: the script expects no call."""
    with pytest.raises(RuntimeError, match="without proof"):
        client.create_tenant("o@acme.example", proof, deadline)
    with pytest.raises(RuntimeError, match="without proof"):
        client.create_app({"name": "Store"}, None, proof, deadline)


def test_a_proof_of_one_name_does_not_make_another(api, client, deadline):
    with pytest.raises(RuntimeError, match="without proof"):
        client.create_app({"name": "Other"}, None, no_app(), deadline)


# -- what a run remembers ----------------------------------------------------------------------------------------------


def test_what_a_run_created_is_remembered_for_its_account_without_a_password(tmp_path):
    store = RunStore(str(tmp_path))
    record = TenantRecord.read(
        {"id": 7, "Email": "O@acme.example", "UserPassword": "s3cret-pw", "url": "https://x.example"}
    )
    Memory(store, HOST).add_tenant(record)
    Memory(store, HOST).add_app("Café", AppRecord.read({"id": "a-1", "uuid": "u"}))  # type: ignore[arg-type]
    again = Memory(RunStore(str(tmp_path)), HOST + ":443/")
    found = again.tenant("o@acme.example")
    assert found is not None
    assert (found.id, found.url, found.password, found.addresses) == (
        "7",
        "https://x.example",
        None,
        ("o@acme.example",),
    )
    app = again.app("Cafe\u0301")
    assert app is not None
    assert (app.id, app.row.text("uuid")) == ("a-1", "u")
    assert Memory(store, "https://other.example").tenant("o@acme.example") is None
    assert not any(b"s3cret-pw" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
