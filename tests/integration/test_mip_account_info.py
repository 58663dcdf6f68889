# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``partnerops.saas.mip_account_info`` against the simulator; test_preflight.py shows it in its playbook."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import TaskResult, run_task

INFO = "partnerops.saas.mip_account_info"


def account_info(env: dict[str, str], **how: t.Any) -> TaskResult:
    """Return the result of the task, which succeeds whatever it finds."""
    result = run_task(INFO, {}, env=env, **how).check().task("Task")
    assert not result.changed
    assert len(result["lines"]) == len(result["checks"])
    return result


def point(result: TaskResult, name: str) -> dict[str, t.Any]:
    return dict(next(one for one in result["checks"] if one["name"] == name))


def test_everything_works(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    for check in (False, True):
        result = account_info(world_env, home=tmp_path, check=check)
        assert result["ok"] is True
        assert [one["name"] for one in result["checks"]] == [
            "reachable", "TLS", "login", "marketplaces", "signing", "ledger",
        ]  # fmt: skip
        assert all(one["ok"] for one in result["checks"] if one["needed"])
        assert point(result, "signing")["ok"] is None  # MIP has no call that reads
        assert (result["account"]["url"], result["account"]["marketplaces"]) == (world.mip_url, [1, 7])
        assert isinstance(result["account"]["user_id"], int)
    assert {entry["template"] for entry in world.log(vendor="mip")} == {"/login"}
    assert not (tmp_path / ".local").exists()


def test_a_user_without_a_marketplace(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("mip_user", email="new@x.example", password="new-password-1")
    env = {**world_env, "MIP_API_EMAIL": "new@x.example", "MIP_API_PASSWORD": "new-password-1"}
    result = account_info(env)
    assert result["account"]["marketplaces"] == []
    assert point(result, "marketplaces")["ok"] is None
    assert "owns the marketplace" in point(result, "marketplaces")["mend"]


def test_keys_cannot_be_tried(world: t.Any) -> None:
    keys = {"MIP_API_PUBLIC_KEY": world.mip_public_key, "MIP_API_PRIVATE_KEY": world.mip_private_key}
    result = account_info({"MIP_API_URL": world.mip_url, **keys})
    assert (result["ok"], point(result, "keys")["ok"]) == (True, None)
    assert result["account"] == {"url": world.mip_url, "user_id": None, "marketplaces": None}
    assert world.log(vendor="mip") == []
    assert world.mip_private_key not in str(result.result)


@pytest.mark.parametrize(
    ("changes", "name", "setting"),
    [
        ({"MIP_API_PASSWORD": "Wrong-One-77"}, "login", "api_password"),
        ({"MIP_API_EMAIL": "", "MIP_API_PASSWORD": ""}, "login", "api_email"),
        ({"MIP_API_URL": "http://127.0.0.1:9", "MIP_RETRIES": "0"}, "reachable", "api_url"),
        ({"MIP_API_URL": "http://mip.example"}, "settings", "https://"),
        ({"MIP_LEDGER_PATH": "/dev/null/ledger"}, "ledger", "ledger_path"),
    ],
)
def test_what_does_not_work_is_reported_with_its_setting(
    world_env: dict[str, str], changes: dict[str, str], name: str, setting: str
) -> None:
    result = account_info({**world_env, **changes})
    assert result["ok"] is False
    failed = point(result, name)
    assert (failed["ok"], failed["needed"]) == (False, True)
    assert setting in f"{failed['detail']} {failed['mend']}"
    assert "Wrong-One-77" not in str(result.result)
