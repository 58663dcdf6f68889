# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which listed app is the declared one, after a run created one, and what is warned of."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import Absent
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.match import near_warning, pick, same_warning
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import AppRecord
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import (
    EMAIL,
    REGISTRY,
    app,
    listed,
    spec,
)


def made(name: str | None = "Store", number: int = 7) -> AppRecord:
    """Return the app that this run created."""
    found = AppRecord.read(app(number, name))
    assert found is not None
    return found


def test_a_created_app_is_there_although_the_list_lags_behind() -> None:
    mine = made()
    assert pick(spec(), listed(app(5, "Other")), mine) is mine
    unnamed = made(None)
    assert pick(spec(), listed(), unnamed) is unnamed


def test_a_created_app_that_is_listed_by_its_name() -> None:
    found = pick(spec(), listed(app(7)), made())
    assert isinstance(found, AppRecord)
    assert found.id == "7"


@pytest.mark.parametrize("number", [7, 8])
def test_a_created_app_under_another_name(number: int) -> None:
    """Whether the list shows it now (7) or an earlier one of the run did."""
    error = failure(
        lambda: pick(spec(), listed(app(number, "St?re" if number == 7 else "Other")), made("St?re")), "ambiguous"
    )
    assert "was created with id 7, but the API lists it as 'St?re'" in str(error)
    assert "app_id: 7" in str(error)


def test_a_name_that_may_be_the_declared_one() -> None:
    declared = spec(name="Café am Markt")
    error = failure(lambda: pick(declared, listed(app(9, "Caf? am Markt"))), "ambiguous")
    assert "'Caf? am Markt' (id 9)" in str(error)
    found = pick(spec(name="Café am Markt", app_id=9), listed(app(9, "Caf? am Markt")))
    assert isinstance(found, AppRecord)


def test_app_1_is_not_taken_for_a_damaged_name_but_that_of_a_tenant_is() -> None:
    name = "My Sub Accounts and others"
    assert isinstance(pick(spec(name=name), listed(REGISTRY)), Absent)
    row = {"id": "1", "attributes": {"Name": "My Sub Accounts and o"}}
    assert "(id 1)" in str(failure(lambda: pick(spec(name=name, tenant=EMAIL), listed(row)), "ambiguous"))


@pytest.mark.parametrize(
    ("declared", "there", "told"),
    [
        ("Café", "Cafe\u0301", []),
        ("A & B", "A &amp; B", ["The app 'A & B' is listed as 'A &amp; B' (id 5), which is taken as the same."]),
    ],
)
def test_another_spelling(declared: str, there: str, told: list[str]) -> None:
    record = AppRecord.read(app(5, there))
    assert record is not None
    assert same_warning(spec(name=declared), record) == told


def test_no_name_is_no_other_spelling() -> None:
    assert same_warning(spec(), made(None)) == []


@pytest.mark.parametrize(
    ("declared", "there", "close"),
    [
        ("Store", "store", "store"),
        ("Acme Store", "Acme Stroe", "Acme Stroe"),
        ("Acme Store", "AcmeStore", "AcmeStore"),
        ("Store", "Shop", None),
        ("A1", "B2", None),
    ],
)
def test_almost_the_same_name(declared: str, there: str, close: str | None) -> None:
    told = [f"The new app {declared!r} is named almost like an existing one, {close!r}."] if close else []
    assert near_warning(spec(name=declared), listed(app(5, there))) == told
    of_tenant = near_warning(spec(name=declared, tenant=EMAIL), listed(app(5, there)))
    assert of_tenant == [text.replace(" is named", f" of {EMAIL} is named") for text in told]


def test_app_1_is_no_example() -> None:
    assert near_warning(spec(name="My Sub Account"), listed(REGISTRY)) == []
