# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator against the documents, by requests that schemathesis makes up: allowed ones and forbidden ones."""

from __future__ import annotations

import hashlib
import hmac
import os
import typing as t
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from ansible_collections.partnerops.saas.tests.support.contract import API
from ansible_collections.partnerops.saas.tests.support.counts import count

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
VENDORS = {vendor: schemathesis.openapi.from_path(API / f"{vendor}.yaml") for vendor in ("mobsted", "mip")}
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": (vendor, operation)
    for vendor, document in VENDORS.items()
    for operation in (made.ok() for made in document.get_all_operations() if isinstance(made, Ok))
}


class Caller:
    """Sends the made-up requests as somebody who may."""

    def __init__(self, world: t.Any) -> None:
        self.world = world
        self.session = requests.Session()
        self.session.trust_env = False
        login = {"login": world.login, "password": world.password}
        self.tokens = self.session.get(f"{world.mobsted_url}/api/v8/auth", params=login, timeout=10).json()
        self.user = world.do("mip_user", email="user@acme.example")["id"]
        self.client = world.do("mip_client", marketplace_id=7, email="buyer@acme.example")["id"]
        world.do("mip_accept", marketplace_id=7, email="user@acme.example")

    def send(self, case: t.Any, vendor: str, known: bool) -> requests.Response:
        """With a token or a signature, and with ``known`` about things that are there."""
        base = self.world.mobsted_url if vendor == "mobsted" else self.world.mip_url
        if known and case.path_parameters:
            ident = self.client if "client" in case.path else self.user
            there = {"cid": 7, "id": ident, "tenant": self.world.master, "app": 1}
            case.path_parameters = {name: there[name] for name in case.path_parameters}
        if known and isinstance(case.query, dict) and "applicationId" in case.query:
            case.query = {**case.query, "applicationId": 1, "page": 1}
        how = case.as_transport_kwargs(base_url=base)
        for name in ("Authorization", "X-public", "X-hmac"):
            how["headers"].pop(name, None)
        how.pop("cookies", None)
        prepared = self.session.prepare_request(requests.Request(**how))
        if vendor == "mobsted":
            prepared.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        else:
            body = prepared.body or b""
            body = body.encode() if isinstance(body, str) else body
            path = urlsplit(prepared.url or "").path.encode()
            signed = self.world.mip_public_key.encode() + path + body
            key = self.world.mip_private_key.encode()
            prepared.headers["X-public"] = self.world.mip_public_key
            prepared.headers["X-hmac"] = hmac.new(key, signed, hashlib.sha1).hexdigest()
        return self.session.send(prepared, timeout=10, allow_redirects=False)


@pytest.fixture(scope="module")
def caller(simulator: t.Any) -> t.Iterator[Caller]:
    """One world for all: what it answers must not depend on what is in it."""
    world = simulator.world(tenants=3, apps_per_tenant=1)
    yield Caller(world)
    world.delete()  # without the check of what was sent: that was made up on purpose


@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
def test_what_the_simulator_answers_is_documented(caller: Caller, label: str, mode: GenerationMode) -> None:
    vendor, operation = OPERATIONS[label]
    if mode is GenerationMode.NEGATIVE and not (operation.query or operation.body or operation.path_parameters):
        pytest.fail(f"nothing of {label} can be forbidden")

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def one(case: t.Any, known: bool) -> None:
        count("fuzzed requests")
        answer = caller.send(case, vendor, known)
        allowed = answer.status_code < 500 or (answer.status_code == 501 and "refresh" in label)
        assert allowed, (answer.status_code, answer.text[:200])
        operation.validate_response(answer)

    one()
    assert caller.world.counts()["requests"] > 0
