# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One example use of every module, declared by its operation, for suites that go through all of them."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.operation import Example
from ansible_collections.partnerops.saas.tests.support.driver import modules, operation

OLD, BUYER = "owner@acme.example", "buyer@acme.example"


def _example(name: str) -> Example:
    found = operation(name).example
    if found is None:
        raise AssertionError(f"the operation of {name} declares no example")
    return found


#: Module name: its example.
EXAMPLES: dict[str, Example] = {name: _example(name) for name in modules()}


def filled(value: t.Any, passwords: t.Mapping[str, str]) -> t.Any:
    """Return options with real passwords in place of ``@tenant``, ``@user``, ``@client`` and ``@other``."""
    if isinstance(value, dict):
        return {key: filled(inner, passwords) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, passwords) for inner in value]
    return passwords[value[1:]] if isinstance(value, str) and value.startswith("@") else value


def prepare(world: t.Any, passwords: t.Mapping[str, str]) -> None:
    """Create what the examples build on."""
    world.do("tenant_add", email=OLD, password=passwords["tenant"], apps=["Other"])
    world.do("app_add", email=OLD, name="Store", fields={"webSiteUrl": "https://elsewhere.example"})
    world.do("mip_user", email=OLD, password=passwords["user"])
    world.do("mip_client", marketplace_id=7, email=BUYER, password=passwords["client"])
