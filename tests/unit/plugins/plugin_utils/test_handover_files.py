# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages as files: whole or not at all, with their mode, and named in what ``--diff`` shows."""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.handover_files import Pages, put


def tenants(count: int) -> list[dict[str, t.Any]]:
    app = {"short_url": "https://w.example/x", "created": "2026-11-02 10:00", "splash_color": None}
    return [
        {
            "email": f"o{number}@x.example",
            "failed": False,
            "tenant": {"url": "https://a.x.example", "login": "o", "created": "2026-11-01 10"},
            "apps": [{"name": "Shop", "exists": True, "icon": None, "app": app}],
        }
        for number in range(count)
    ]


def written(
    folder: Path, given: list[dict[str, t.Any]], *, check: bool = False, logins: t.Any = ()
) -> dict[str, t.Any]:
    pages = Pages(str(folder), "en", "", logins)
    pages.write(given, check_mode=check)
    return pages.result()


def test_a_file_is_new_the_same_or_changed(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert [put(str(path), b"one", check_mode=check) for check in (True, False, False)] == ["new", "new", "same"]
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    assert [put(str(path), b"two", check_mode=check) for check in (True, False)] == ["changed", "changed"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["page.html"]


def test_a_page_that_can_not_be_replaced_stays_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"one")

    def full(*_args: t.Any) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        put(str(path), b"two", check_mode=False)
    assert [one.read_bytes() for one in tmp_path.iterdir() if one.is_file()] == [b"one"]


def test_what_a_run_says(tmp_path: Path) -> None:
    given = tenants(3)
    given[1]["failed"] = True
    first = written(tmp_path, given)
    assert (first["changed"], first["without"]) == (True, ["o1@x.example"])
    assert first["diff"] == [
        {"prepared": f"+ {tmp_path}/o0@x.example.html (new)\n+ {tmp_path}/o2@x.example.html (new)\n"}
    ]
    again = written(tmp_path, given)
    assert (again["changed"], again["diff"]) == (False, [])
    assert [one["state"] for one in again["pages"]] == ["same", "same"]
    logins = [{"email": "O2@x.example", "credentials": {"login": "o", "password": "First-Secret"}}]
    last = written(tmp_path, given, logins=logins)
    assert [one["state"] for one in last["pages"]] == ["same", "changed"]
    assert "First-Secret" in (tmp_path / "o2@x.example.html").read_text(encoding="utf-8")
    assert "First-Secret" not in str(last)


def test_a_thousand_pages_take_seconds(tmp_path: Path) -> None:
    """A task for each page took minutes. This bound is a multiple of what a slow machine needs."""
    started = time.monotonic()
    assert len(written(tmp_path, tenants(1000))["pages"]) == 1000
    assert time.monotonic() - started < 60
