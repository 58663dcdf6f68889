# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proofs of absence, which only a complete listing can give."""

from __future__ import annotations

from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import Absent, AppListing, TenantListing
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.paging import Pages
from ansible_collections.partnerops.saas.tests.support.scripted import HOST


def no_tenant(email: str = "o@acme.example", base: str = HOST) -> Absent:
    """Prove that an address is free."""
    return TenantListing(base, Pages([], None, None)).absent(email)


def no_app(name: str = "Store", base: str = HOST) -> Absent:
    """Prove that a name is free."""
    return AppListing(base, Pages([], None, None)).absent(name)
