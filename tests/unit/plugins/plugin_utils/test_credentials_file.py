# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New credentials in a vault file."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.records import TenantRecord
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant import TenantOutcome
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils import credentials_file as module
from ansible_collections.partnerops.saas.plugins.plugin_utils.credentials_file import CredentialsFile

SECRETS = [("main", VaultSecret(b"sesame")), ("other", VaultSecret(b"open"))]


def outcome(email: str, password: str | None = "first-password", changed: bool = True) -> TenantOutcome:
    name = email.partition("@")[0]
    url = f"https://{name}-admin.mobsted.com"
    record = TenantRecord(id="1", email=email, url=url, login=email, password=password)
    return TenantOutcome(email, changed, record, password if changed else None, email)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder."""
    made = tmp_path / "logins"
    made.mkdir()
    return made


@pytest.fixture
def make(folder: Path, context: RunContext) -> t.Callable[..., CredentialsFile]:
    """Return a function that opens ``folder/logins.yml`` in a run, by default with two vault secrets."""

    def make_one(secrets: t.Any = None, **params: t.Any) -> CredentialsFile:
        loader = DataLoader()
        loader.set_vault_secrets(SECRETS if secrets is None else secrets)
        return CredentialsFile.of({"credentials_dest": str(folder / "logins.yml"), **params}, loader, context)

    return make_one


def content(path: Path, secrets: t.Any = None) -> dict[str, t.Any]:
    data = path.read_bytes()
    text = (
        VaultLib(SECRETS if secrets is None else secrets).decrypt(data) if data.startswith(b"$ANSIBLE_VAULT") else data
    )
    return dict(yaml.safe_load(text))


def refused(make: t.Any, *args: t.Any, **params: t.Any) -> str:
    with pytest.raises(ApiError) as caught:
        make(*args, **params)
    assert caught.value.code == "invalid_input"
    assert caught.value.msg.endswith("Nothing was sent.")
    return caught.value.msg


def test_a_new_file_is_encrypted_and_for_the_user_alone(make: t.Any, folder: Path) -> None:
    assert make().keep([outcome("a@x.example"), outcome("b@x.example")], False)
    path = folder / "logins.yml"
    assert path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.2;AES256;main\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(content(path)) == ["a@x.example", "b@x.example"]
    assert content(path)["a@x.example"] == {
        "url": "https://a-admin.mobsted.com",
        "login": "a@x.example",
        "password": "first-password",
    }
    assert [name.name for name in folder.iterdir()] == ["logins.yml"]


def test_entries_are_merged_and_what_was_there_stays(make: t.Any, folder: Path) -> None:
    path = folder / "logins.yml"
    path.write_text("# mine\nold@x.example: {password: kept, note: hello}\nB@x.example: {password: stale}\n")
    path.chmod(0o644)
    credentials_file = make()
    assert credentials_file.keep([outcome("b@x.example"), outcome("c@x.example")], False)
    assert content(path)["old@x.example"] == {"password": "kept", "note": "hello"}
    assert "B@x.example" not in content(path)  # the same tenant, created again
    assert content(path)["b@x.example"]["password"] == "first-password"
    assert path.read_bytes().startswith(b"$ANSIBLE_VAULT")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not make().keep([outcome("b@x.example")], False)


def test_only_missing_entries_of_older_tenants_are_filled(make: t.Any, folder: Path) -> None:
    path = folder / "logins.yml"
    path.write_text("THERE@x.example: {password: mine}\nempty@x.example: {password: ''}\n")
    older = [outcome(f"{name}@x.example", "on-record", changed=False) for name in ("there", "empty", "gone")]
    older.append(outcome("unknown@x.example", None, changed=False))
    assert make().keep(older, True)
    assert path.read_text().startswith("THERE")
    assert make().keep(older, False)
    assert {email: entry["password"] for email, entry in content(path).items()} == {
        "THERE@x.example": "mine",
        "empty@x.example": "on-record",
        "gone@x.example": "on-record",
    }
    before = path.read_bytes()
    assert not make().keep(older, False)
    assert path.read_bytes() == before


def test_check_mode_predicts_and_writes_nothing(make: t.Any, folder: Path) -> None:
    assert make().keep([TenantOutcome("a@x.example", True, None)], True)
    assert not make().keep([outcome("a@x.example", None, changed=False)], True)
    assert list(folder.iterdir()) == []


def test_the_vault_identity(make: t.Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "logins.yml"
    make(credentials_vault_id="other").keep([outcome("a@x.example")], False)
    assert b";other\n" in path.read_bytes()
    monkeypatch.setattr(module.C, "DEFAULT_VAULT_ENCRYPT_IDENTITY", "other")
    make().keep([outcome("b@x.example")], False)
    assert b";other\n" in path.read_bytes()
    assert set(content(path)) == {"a@x.example", "b@x.example"}
    text = refused(make, credentials_vault_id="nope")
    assert "'nope'" in text
    assert "main, other" in text
    monkeypatch.setattr(module.C, "DEFAULT_VAULT_ENCRYPT_IDENTITY", "nope")
    assert "vault_encrypt_identity" in refused(make)


def test_without_a_vault_secret(make: t.Any, folder: Path) -> None:
    assert "credentials_plaintext" in refused(make, [])
    assert make([], credentials_plaintext=True).keep([outcome("a@x.example")], False)
    assert content(folder / "logins.yml")["a@x.example"]["login"] == "a@x.example"
    # With a vault secret, credentials_plaintext is ignored.
    make(credentials_plaintext=True).keep([outcome("b@x.example")], False)
    assert (folder / "logins.yml").read_bytes().startswith(b"$ANSIBLE_VAULT")
    assert "can't be decrypted" in refused(make, [], credentials_plaintext=True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a list\n", "not a mapping"),
        ("1: {password: x}\n", "not a mapping"),
        ("a: [\n", "not valid YAML"),
        ("a: 2026-99-99\n", "not valid YAML"),
        ("a@x.example: {password: 0123}\n", "an entry for a@x.example whose password is a number in YAML: put it in"),
        ("a@x.example: {login: No}\n", "an entry for a@x.example whose login is true or false in YAML"),
        (VaultLib([("x", VaultSecret(b"x"))]).encrypt("a: b", VaultSecret(b"x")).decode(), "can't be decrypted"),
    ],
)
def test_a_file_that_is_something_else_is_left_alone(make: t.Any, folder: Path, text: str, why: str) -> None:
    (folder / "logins.yml").write_text(text)
    assert why in refused(make)
    assert (folder / "logins.yml").read_text() == text


def test_an_empty_file_is_no_mapping_yet(make: t.Any, folder: Path) -> None:
    (folder / "logins.yml").write_text("---\n")
    assert make().keep([outcome("a@x.example")], False)


def test_places_that_are_refused(make: t.Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no folder" in refused(make, credentials_dest=str(folder / "none" / "x.yml"))
    assert "is not a file" in refused(make, credentials_dest=str(folder))
    (folder / "real.yml").write_text("{}")
    (folder / "link.yml").symlink_to(folder / "real.yml")
    assert "symbolic link" in refused(make, credentials_dest=str(folder / "link.yml"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: 4711)
        assert "another user" in refused(make, credentials_dest=str(folder / "real.yml"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda path, mode: path != str(folder))
        assert "is not writable" in refused(make)
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda path, mode: path == str(folder))
        assert "read and written by this user" in refused(make, credentials_dest=str(folder / "real.yml"))
    (folder / "file").write_text("")
    assert "there is no folder" in refused(make, credentials_dest=str(folder / "file" / "x.yml"))


def test_a_path_below_the_home_folder(make: t.Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    make(credentials_dest="~/mine.yml").keep([outcome("a@x.example")], False)
    assert (folder / "mine.yml").exists()


def test_a_write_that_fails_leaves_the_old_file(make: t.Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make().keep([outcome("a@x.example")], False)
    credentials_file = make()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ApiError, match="No space left"):
        credentials_file.keep([outcome("b@x.example")], False)
    assert list(content(folder / "logins.yml")) == ["a@x.example"]
    assert [name.name for name in folder.iterdir()] == ["logins.yml"]


def test_what_others_wrote_meanwhile_is_kept(make: t.Any, folder: Path) -> None:
    files = [make() for _number in range(8)]

    def write(number: int) -> None:
        files[number].keep([outcome(f"t{number}@x.example")], False)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(content(folder / "logins.yml")) == 8


def test_a_file_keeps_its_vault_id(make: t.Any, folder: Path) -> None:
    path = folder / "logins.yml"
    path.write_bytes(VaultLib(SECRETS).encrypt("a@x.example: {password: one}\n", SECRETS[1][1], vault_id=SECRETS[1][0]))
    assert SECRETS[1][0] != SECRETS[0][0]
    assert make().keep([outcome("b@x.example")], False)
    assert path.read_bytes().splitlines()[0].decode().endswith(f";{SECRETS[1][0]}")
    assert set(content(path)) == {"a@x.example", "b@x.example"}
    assert make(credentials_vault_id=SECRETS[0][0]).keep([outcome("c@x.example")], False)
    assert path.read_bytes().splitlines()[0].decode().endswith(f";{SECRETS[0][0]}")


@pytest.mark.parametrize("names", [("a@x.example", "A@X.example"), ("a@x.example", "a@x.example")])
def test_one_address_twice_is_refused(make: t.Any, folder: Path, names: tuple[str, str]) -> None:
    text = "".join(f"{name}: {{password: p{number}}}\n" for number, name in enumerate(names))
    (folder / "logins.yml").write_text(text)
    assert f"two entries for one address ({names[0]} and {names[1]})" in refused(make)
    assert (folder / "logins.yml").read_text() == text


def test_the_longest_name_of_a_file(make: t.Any, folder: Path) -> None:
    path = folder / ("n" * 250 + ".yml")
    assert make(credentials_dest=str(path)).keep([outcome("a@x.example")], False)
    assert list(content(path)) == ["a@x.example"]
    assert "File name too long" in refused(make, credentials_dest=str(folder / ("n" * 256)))


def test_what_a_killed_run_left_is_removed_at_the_start_of_the_next(make: t.Any, folder: Path) -> None:
    left = Path(make()._scratch())
    left.write_text("a@x.example: {password: in clear}\n")
    make()
    assert list(folder.iterdir()) == []


def test_nothing_is_written_before_it_is_encrypted(make: t.Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: t.Any, **_how: t.Any) -> t.NoReturn:
        assert list(folder.iterdir()) == []
        raise KeyboardInterrupt

    credentials_file = make()
    monkeypatch.setattr(VaultLib, "encrypt", fails)
    with pytest.raises(KeyboardInterrupt):
        credentials_file.keep([outcome("a@x.example")], False)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_take_a_file_is_found_before_anything_is_created(
    make: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: t.Any) -> t.NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert "No space left on device" in refused(make)


def test_another_run_that_never_ends_is_not_waited_for(
    make: t.Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0)
    opened = make()
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(ApiError, match=r"Another run has been writing credentials_dest .*Run again") as caught:
            opened.keep([outcome("a@x.example")], check_mode=False)
    finally:
        os.close(handle)
    assert caught.value.code == "timeout"


ODD_PASSWORDS = [
    "=",
    "<<",
    "~",
    "no",
    "1e3",
    "0o17",
    "1:30",
    "- a",
    "a: b",
    "#x",
    "'",
    '"',
    "\\",
    "%x",
    "@x",
    "`x",
    "{{ x }}",
    "!x",
]
ODD_PASSWORDS += [
    "\u2028x",
    "\ufeffx",
    "\x85",
    "\0",
    "\x1b[0m",
    "\U0001f600",
    "e\u0301",
    " x ",
    "x\n",
    "\t",
    "\r\n",
    "\u202e",
    "\x7f",
    "*a",
    "&a",
]


@pytest.mark.parametrize("secrets", [None, []])
@pytest.mark.parametrize("password", ODD_PASSWORDS)
def test_any_password_comes_back_as_it_was(make: t.Any, folder: Path, password: str, secrets: t.Any) -> None:
    plain = {"credentials_plaintext": True} if secrets == [] else {}
    assert make(secrets, **plain).keep([outcome("a@x.example", password)], False)
    assert content(folder / "logins.yml")["a@x.example"]["password"] == password
    assert make(secrets, **plain).keep([outcome("b@x.example")], False)
    assert content(folder / "logins.yml")["a@x.example"]["password"] == password


@pytest.mark.parametrize("secrets", [None, []])
def test_a_password_that_can_not_be_written_is_refused_by_name(make: t.Any, folder: Path, secrets: t.Any) -> None:
    plain = {"credentials_plaintext": True} if secrets == [] else {}
    credentials_file = make(secrets, **plain)
    with pytest.raises(ApiError, match="could not be written"):
        credentials_file.keep([outcome("a@x.example", "\ud800x")], False)
    assert list(folder.iterdir()) == []
