# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of responses drawn at random: nothing doubled, no password lost, no wrong "absent".

A failure names its number: ``ODD_ANSWERS_FIRST=<number> ODD_ANSWERS=1`` runs that one alone.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
import typing as t
from pathlib import Path

import pytest
import requests.adapters

from ansible_collections.partnerops.saas.plugins.module_utils.http import retry
from ansible_collections.partnerops.saas.plugins.module_utils.run import locks
from ansible_collections.partnerops.saas.tests.property.odd_answers import Vendor
from ansible_collections.partnerops.saas.tests.support.counts import count
from ansible_collections.partnerops.saas.tests.support.driver import run
from ansible_collections.partnerops.saas.tests.support.failures import code_of
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Clock

#: Sequences of three runs, each with about four responses.
FIRST, NUMBER = int(os.environ.get("ODD_ANSWERS_FIRST", "0")), int(os.environ.get("ODD_ANSWERS", "1500"))
PARTS = 4
BASE = {"api_url": HOST, "api_token": "token", "retries": 1, "deadline": 60, "settle": 2}
NAMES = (
    "Store",
    "Tom & Jerry's",
    'The "Shop" <b>',
    "Two  spaces",
    "Café Zürich",
    "7",
    "1.50",
    "Łódź ☕ Bar",
    "A name that is much longer than some servers like it",
    "&amp;",
)
EMAILS = ("owner@acme.example", "o'brien@acme.example", "a+b@acme.example", "kontakt@bücher.example")
SITE = "https://store.acme.example"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clock:
    """Replace the time, so that nobody waits."""
    made = Clock()
    for name, module in list(sys.modules.items()):
        if name.startswith("ansible_collections.partnerops.saas.plugins.") and getattr(module, "time", None) is time:
            monkeypatch.setattr(module, "time", made)
    monkeypatch.setattr(retry.random, "uniform", lambda _low, high: high)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(locks, "PLACES", (str(tmp_path),))
    return made


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("part", range(PARTS))
def test_odd_responses(monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    vendor: list[Vendor] = []
    monkeypatch.setattr(
        requests.adapters.HTTPAdapter, "send", lambda _adapter, request, **_how: vendor[0].send(request)
    )
    answers = drawn = reached = 0
    for number in range(FIRST + part, FIRST + NUMBER, PARTS):
        rng = random.Random(number)
        vendor[:] = [Vendor(rng)]
        try:
            rng.choice((_tenant, _tenant, _app, _app, _push))(vendor[0], rng)
        except Exception as error:
            raise AssertionError(f"sequence {number}: {error}") from error
        answers += vendor[0].answers
        drawn += vendor[0].drawn
        reached += vendor[0].creates
    count("odd answers tried", answers)
    count("odd answers that were wrong", drawn)
    if NUMBER >= 1500:
        assert reached > NUMBER / PARTS / 4  # otherwise the rest proves nothing
        assert answers * PARTS > 10_000


def _draw(rng: random.Random, vendor: Vendor) -> None:
    vendor.odd = rng.choice((0.0, 0.2, 0.4, 0.7))


def _tenant(vendor: Vendor, rng: random.Random) -> None:
    email = rng.choice(EMAILS)
    if rng.random() < 0.4:
        vendor.tenants.append({"id": 5, "email": email.upper() if rng.random() < 0.3 else email, "password": "old"})
    before = len(vendor.tenants)
    for _run in range(3):
        _draw(rng, vendor)
        there = len(vendor.tenants)
        result = run("mobsted_tenant", {**BASE, "email": email})
        if result.get("failed"):
            assert "exception" not in result, result
        if len(vendor.tenants) > there and not result.get("failed"):
            assert result["credentials"]["password"] == vendor.tenants[-1]["password"], result
        if result["changed"]:
            assert len(vendor.tenants) > before, result
        _never_absent(vendor, rng, email)
    vendor.odd = 0.0
    assert not run("mobsted_tenant", {**BASE, "email": email}).get("failed")
    assert len(vendor.tenants) == max(before, 1), f"{len(vendor.tenants)} tenants"


def _never_absent(vendor: Vendor, rng: random.Random, email: str) -> None:
    """Check that nothing that exists is reported as absent."""
    if not any(one["email"] == email for one in vendor.tenants):
        return
    info = run("mobsted_tenant_info", {**BASE, "email": email})
    assert info.get("failed") or info["tenants"], info
    app = run("mobsted_pwa_app", {**BASE, "tenant": email, "name": "Store", "deadline": 20})
    assert "has no tenant" not in app.get("msg", ""), app


def _app(vendor: Vendor, rng: random.Random) -> None:
    name = rng.choice(NAMES)
    for number, other in enumerate(rng.sample(NAMES, rng.randrange(4)), 2):
        vendor.apps.append({"id": number, "name": other})
    there = sum(app["name"] == name for app in vendor.apps)
    last: dict[str, t.Any] = {}
    for _run in range(3):
        _draw(rng, vendor)
        before = len(vendor.apps)
        last = run("mobsted_pwa_app", {**BASE, "name": name, "website_url": SITE})
        assert "exception" not in last, last
        assert len(vendor.apps) - before <= 1
        if last["changed"]:
            assert len(vendor.apps) > before, last
    vendor.odd = 0.0
    last = run("mobsted_pwa_app", {**BASE, "name": name, "website_url": SITE})
    assert code_of(last) in ("ok", "ambiguous"), last
    if vendor.names not in ("ascii", "cut"):
        assert code_of(last) == "ok", last
    number = sum(app["name"] == name for app in vendor.apps)
    assert number <= max(there, 1), f"{number} apps"


def _push(vendor: Vendor, rng: random.Random) -> None:
    _draw(rng, vendor)
    before = vendor.pushes
    push = {"app_id": 2, "ext_id": "u", "title": "T", "message": "M", "api_paths": {"push": "push"}}
    result = run("mobsted_push", {**BASE, **push})
    assert vendor.pushes - before <= 1
    if vendor.pushes == before:
        assert result.get("failed") or vendor.drawn, result
