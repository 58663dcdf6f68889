# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of ``mip_account_info`` to its result: what can be found out without a call that reads."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.account_info import run_account_info
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Script, refused

Tell = t.Callable[..., t.Any]
USER = {"id": 3, "email": "owner@mip.example", "marketplaces": [{"id": 7}, {"id": 1}]}


@pytest.fixture
def tell(api: Script, context: RunContext, tmp_path: Path) -> Tell:
    def make(**params: t.Any) -> t.Any:
        base = {"api_url": "https://cloud.mip.to", "ledger_path": str(tmp_path / "new" / "ledger.sqlite3")}
        result = run_account_info(Task({**base, **params}, context=context))
        result["told"] = {line[2:].split(":")[0]: line for line in result["lines"]}
        return result

    return make


LOGIN = {"api_email": "owner@mip.example", "api_password": "owner-password"}


def test_a_login(api: Script, tell: Tell) -> None:
    api.expect("POST", "/login").json({"status": "ok", "keys": {}, "user": USER})
    result = tell(**LOGIN)
    assert result["ok"]
    assert result["account"] == {"url": "https://cloud.mip.to", "user_id": 3, "marketplaces": [1, 7]}
    assert "belongs to 1, 7" in result["told"]["marketplaces"]


def test_a_user_without_marketplaces(api: Script, tell: Tell) -> None:
    api.expect("POST", "/login").json({"status": "ok", "user": {**USER, "marketplaces": []}})
    assert "lists none" in tell(**LOGIN)["told"]["marketplaces"]


def test_a_refused_login(api: Script, tell: Tell) -> None:
    api.expect("POST", "/login").json({"status": "error", "error": "AccessDenied"}, 403)
    result = tell(**LOGIN)
    assert not result["ok"]
    assert result["told"]["reachable"].startswith("✓")
    assert "AccessDenied" in result["told"]["login"]
    assert "api_email and api_password" in result["told"]["login"]


def test_no_connection(api: Script, tell: Tell) -> None:
    api.expect("POST", "/login").fails(refused())
    assert tell(**LOGIN, retries=0)["told"]["reachable"].startswith("✗")


def test_keys_alone_can_not_be_tried(tell: Tell) -> None:
    result = tell(api_public_key="p" * 32, api_private_key="q" * 32)
    assert result["ok"]
    assert result["told"]["keys"].startswith("– keys: given")


def test_nothing_to_log_in_with(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = tell(ledger_path=str(tmp_path / "file" / "ledger"))
    assert "api_email" in result["told"]["login"]
    assert "ledger_path" in result["told"]["ledger"]
    assert list(tell(api_url="http://mip.example")["told"]) == ["settings"]
