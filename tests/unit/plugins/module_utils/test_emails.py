# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as an e-mail address."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.emails import check_email, check_tenant
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.identity import email_key


@pytest.mark.parametrize(
    "good", ["owner@acme.example", "o.w-n+er_1@mail.acme.example", "ö@bücher.example", "a'b@acme.example", "A@B.io"]
)
def test_addresses(good):
    assert check_email(f"  {good}\n") == good


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "",
        "  ",
        "owner",
        "owner@acme",
        "@acme.example",
        "owner@",
        "own er@acme.example",
        "owner@acme..example",
        "o..r@acme.example",
        "a@b@acme.example",
        "owner@-acme.example",
        "owner@acme.example/path",
        "owner@acme.example?x=1",
        "Owner <owner@acme.example>",
        "a@acme.example,b@acme.example",
        "owner@acme.e",
        "own\u202eer@acme.example",
        "x" * 250 + "@acme.example",
    ],
)
def test_no_addresses(bad):
    with pytest.raises(ApiError, match=r"tenants\[2\]\.email is not an e-mail address.*Nothing was sent") as caught:
        check_email(bad, "tenants[2].email")
    assert caught.value.code == "invalid_input"
    assert len(caught.value.msg) < 250


def test_case_does_not_count():
    assert email_key(" Owner@ACME.example ") == email_key("owner@acme.example")


def test_an_address_with_a_masked_secret_is_refused():
    with pytest.raises(ApiError) as caught:
        check_email("owner@ac********.example", "tenants[0].email")
    assert caught.value.code == "invalid_input"
    assert "tenants[0].email contains ********" in str(caught.value)


def test_a_tenant_is_an_address_or_left_out():
    assert (check_tenant(None), check_tenant(" owner@acme.example ")) == (None, "owner@acme.example")
    for empty in ("", " "):
        with pytest.raises(ApiError, match="tenant is empty: give an address, or leave the option out"):
            check_tenant(empty)
