# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the API and a fake controller, for the tests of the fleet."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import run_fleet
from ansible_collections.partnerops.saas.tests.support.scripted import Script

MakeTask = t.Callable[..., t.Any]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def row(number: int, email: str, **more: t.Any) -> dict[str, t.Any]:
    attributes = {
        "UserLogin": email,
        "TenantName": f"name{number}",
        "ServerName": "mobsted.com",
        "UserPassword": f"first-password-{number}",
        **more,
    }
    return {"id": number, "attributes": attributes}


def rows(*given: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"data": list(given), "meta": {"last_page": 1}}


def app_row(number: int, name: str, **more: t.Any) -> dict[str, t.Any]:
    return {"id": number, "attributes": {"Name": name, **more}}


def created(number: int, email: str) -> dict[str, t.Any]:
    password = f"new-password-{number}"
    return {"url": f"https://new{number}-admin.mobsted.com", "authentication": {"email": email, "password": password}}


def counts(**some: int) -> dict[str, int]:
    kinds = ("declared", "created", "unchanged", "drifted", "unverified", "failed", "skipped")
    return {**dict.fromkeys(kinds, 0), **some}


def listing(api: Script, *rows: dict[str, t.Any], path: str = "object", **more: t.Any) -> None:
    if path == "applications" and "1" not in [str(one["id"]) for one in rows]:
        rows = (app_row(1, "My Sub Accounts"), *rows)
    api.expect("GET", path, **more).json({"data": list(rows), "meta": {"last_page": 1}})


class Controller:
    """A fake controller: records progress and predictions."""

    def __init__(self, credentials_file: t.Any = None) -> None:
        self.kept, self.lines, self.remembered = credentials_file, [], set()  # type: ignore[var-annotated]

    def credentials_file(self, _params: t.Any) -> t.Any:
        return self.kept

    progress_interval = 1.0

    def progress(self, text: str) -> None:
        self.lines.append(text)

    def clear_progress(self) -> None:
        self.lines.append("")

    def predicted(self, _kind: str, names: t.Iterable[str] = ()) -> set[str]:
        self.remembered |= set(names)
        return self.remembered


class CredentialsFile:
    """A fake credentials file: keeps batches in memory."""

    def __init__(self, error: ApiError | None = None) -> None:
        self.batches: list[list[str]] = []
        self.error = error

    def keep(self, outcomes: t.Sequence[t.Any], check_mode: bool) -> bool:
        if self.error:
            raise self.error
        self.batches.append([outcome.email for outcome in outcomes])
        return any(outcome.changed for outcome in outcomes)


def failing(task: t.Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        run_fleet(task)
    return caught.value
