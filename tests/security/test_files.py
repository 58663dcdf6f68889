# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: those of others are not trusted or overwritten, ours are private, and icons are regular files."""

from __future__ import annotations

import json
import os
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run import store as store_module
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.driver import connection, run
from ansible_collections.partnerops.saas.tests.support.harness import run_task

OLD = "owner@acme.example"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50


def others(path: Path) -> int:
    """Return the permissions of everybody else."""
    return stat.S_IMODE(path.lstat().st_mode) & 0o077


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch) -> t.Callable[[], None]:
    """Return a function after which every existing file belongs to somebody else."""
    real = os.geteuid()

    def become() -> None:
        monkeypatch.setattr(os, "geteuid", lambda: real + 1)

    return become


def test_the_store_of_a_run_is_closed_to_others(world: t.Any, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        run("mobsted_tenant", {**connection(world), "email": OLD}, context=RunContext(str(tmp_path)))
    finally:
        os.umask(before)
    folder = tmp_path / store_module.FOLDER
    files = list(folder.iterdir())
    assert any(
        json.loads(path.read_text())["access_token"]
        for path in files
        if path.name.startswith("token-") and path.suffix == ".json"
    )
    assert [path for path in (folder, *files) if others(path)] == []
    assert world.counts()["logins"] == 1
    run("mobsted_tenant", {**connection(world), "email": OLD}, context=RunContext(str(tmp_path)))
    assert world.counts()["logins"] == 1


@pytest.mark.parametrize("how", ["link", "open", "foreign", "file"])
def test_a_store_that_is_not_ours_is_not_used(world: t.Any, tmp_path: Path, foreign: t.Any, how: str) -> None:
    store, folder = tmp_path / "run", tmp_path / "prepared"
    store.mkdir()
    folder.mkdir(mode=0o700)
    if how == "link":
        (store / store_module.FOLDER).symlink_to(folder)
    elif how == "file":
        (store / store_module.FOLDER).touch(0o600)
    else:
        (store / store_module.FOLDER).mkdir(mode=0o777 if how == "open" else 0o700)
        (store / store_module.FOLDER).chmod(0o777 if how == "open" else 0o700)
    if how == "foreign":
        foreign()
    result = run("mobsted_tenant", {**connection(world), "email": OLD}, context=RunContext(str(store)))
    assert not result.get("failed"), result["msg"]
    assert list(folder.iterdir()) == []
    assert how == "file" or list((store / store_module.FOLDER).iterdir()) == []


@pytest.mark.parametrize("how", ["link", "open"])
def test_a_token_file_that_is_not_ours_is_not_believed(world: t.Any, tmp_path: Path, how: str) -> None:
    context = RunContext(str(tmp_path))
    run("mobsted_tenant", {**connection(world), "email": OLD}, context=context)
    (token,) = (tmp_path / store_module.FOLDER).glob("token-*.json")
    text = json.dumps({**json.loads(token.read_text()), "access_token": "planted"})
    token.unlink()
    planted = tmp_path / "planted.json"
    planted.write_text(text, encoding="utf-8")
    if how == "link":
        planted.chmod(0o600)
        token.symlink_to(planted)
    else:
        token.write_text(text, encoding="utf-8")
        token.chmod(0o644)
    result = run("mobsted_tenant", {**connection(world), "email": OLD}, context=RunContext(str(tmp_path)))
    assert not result.get("failed"), result["msg"]
    assert "planted" not in repr(world.log())
    assert planted.read_text() == text


@pytest.mark.parametrize("how", ["link", "folder", "foreign", "no ledger", "empty", "open folder"])
def test_a_ledger_that_is_not_ours_is_not_used(world: t.Any, tmp_path: Path, foreign: t.Any, how: str) -> None:
    folder = tmp_path / "ledgers"
    folder.mkdir(mode=0o700)
    ledger, other = folder / "ledger.sqlite3", tmp_path / "other"
    if how == "link":
        other.touch()
        ledger.symlink_to(other)
    elif how == "folder":
        ledger.mkdir()
    elif how == "no ledger":
        ledger.write_bytes(b"root:x:0:0:root\n" * 100)
    elif how == "empty":
        ledger.touch(0o600)
    elif how == "open folder":
        folder.chmod(0o777)
    elif how == "foreign":
        args = {**connection(world, "mip"), "ledger_path": str(ledger), "marketplace_id": 7, "email": OLD}
        assert run("mip_member", args)["changed"]
        world.clear_log()
        foreign()
    args = {**connection(world, "mip"), "ledger_path": str(ledger), "marketplace_id": 7, "email": "new@acme.example"}
    result = run("mip_member", args)
    assert result["failed"]
    assert result["failure"]["code"] in ("invalid_input", "undetermined"), result["msg"]
    assert str(folder) in result["msg"]
    assert world.log() == []
    assert not other.exists() or other.stat().st_size == 0


def test_a_ledger_is_closed_to_others(world: t.Any, tmp_path: Path) -> None:
    args = {**connection(world, "mip"), "marketplace_id": 7, "email": OLD}
    before = os.umask(0)
    try:
        run("mip_member", {**args, "ledger_path": str(tmp_path / "a" / "b" / "ledger.sqlite3")})
    finally:
        os.umask(before)
    made = list((tmp_path / "a").rglob("*"))
    assert made
    assert [path for path in (tmp_path / "a", *made) if others(path)] == []


@pytest.mark.parametrize("how", ["link", "dangling link", "folder", "no folder", "fifo", "device"])
def test_credentials_go_to_a_file_of_our_own(world: t.Any, world_env: dict[str, str], tmp_path: Path, how: str) -> None:
    target, other = tmp_path / "logins.yml", tmp_path / "other.yml"
    if how == "link":
        other.write_text("a: 1\n", encoding="utf-8")
        target.symlink_to(other)
    elif how == "dangling link":
        target.symlink_to(other)
    elif how == "folder":
        target.mkdir()
    elif how == "fifo":
        os.mkfifo(target)
    elif how == "device":
        target = Path("/dev/null")
    elif how == "no folder":
        target = tmp_path / "none" / "logins.yml"
    args = {"email": OLD, "credentials_dest": str(target), "credentials_plaintext": True}
    failed = run_task("partnerops.saas.mobsted_tenant", args, env=world_env).check(2).task("Task")
    assert failed.failure["code"] == "invalid_input"
    assert str(target) in failed.msg
    assert world.log() == []
    assert not other.exists() or other.read_text() == "a: 1\n"


def test_credentials_are_closed_to_others(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    target = tmp_path / "logins.yml"
    target.write_text("old@acme.example: {url: u, login: l, password: p}\n", encoding="utf-8")
    target.chmod(0o666)
    args = {"email": OLD, "credentials_dest": "keys/../logins.yml", "credentials_plaintext": True}
    (tmp_path / "keys").mkdir()
    run_task("partnerops.saas.mobsted_tenant", args, env=world_env, cwd=tmp_path).check()
    assert others(target) == 0
    text = target.read_text(encoding="utf-8")
    assert "old@acme.example" in text
    assert world.tenant(OLD)["password"] in text
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".logins")] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("passwd", b"root:x:0:0\n"),
        ("key.pem", b"-----BEGIN PRIVATE KEY-----\n"),
        ("logins.yml", b"a: 1\n"),
        ("icon.png.yml", b"a: 1\n"),
        ("fifo.png", None),
    ],
)
def test_an_icon_is_an_image(world: t.Any, tmp_path: Path, name: str, content: bytes | None) -> None:
    """A path that leads elsewhere must not send a file of the controller to the vendor."""
    path = tmp_path / name
    os.mkfifo(path) if content is None else path.write_bytes(content)
    for given in (path, tmp_path / "x" / ".." / name):
        (tmp_path / "x").mkdir(exist_ok=True)
        args = {"name": "Store", "website_url": "https://a.example", "icon": str(given)}
        result = run("mobsted_pwa_app", {**connection(world), **args})
        assert result["failure"]["code"] == "invalid_input", result
        assert "icon" in result["msg"]
    link = tmp_path / "harmless.dat"
    link.symlink_to(path)
    assert run("mobsted_pwa_app", {**connection(world), **args, "icon": str(link)})["failed"]
    assert world.log() == []


@pytest.mark.parametrize("name", ['a"b.png', "a\nb.png", "a;b=c.png", "\u0142.png", "x" * 200 + ".png"])
def test_the_name_of_an_icon_stays_a_name(world: t.Any, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PNG)
    args = {"name": "Store", "website_url": "https://a.example", "icon": str(tmp_path / name)}
    assert run("mobsted_pwa_app", {**connection(world), **args})["changed"]
    (sent,) = world.log(method="POST")
    assert list(sent["body"]["files"]) == ["icon"]
    assert sent["body"]["files"]["icon"]["filename"] == "icon.png"
    assert sent["body"]["files"]["icon"]["size"] == len(PNG)
    assert set(sent["body"]["fields"]) == {"name", "title", "isPWAless", "webSiteUrl"}
