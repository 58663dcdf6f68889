# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep new credentials in a YAML file, encrypted with Ansible Vault (``credentials_dest``).

The vendor shows a new tenant's password once, so whatever can be wrong with the file is found before a tenant is
created. Nothing of it is ever on disk in clear unless the user asked for that.
"""

from __future__ import annotations

import contextlib
import os
import stat
import typing as t
from collections.abc import Mapping

import yaml
from ansible import constants as C  # noqa: N812 -- its usual name
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, is_encrypted, match_encrypt_secret, parse_vaulttext_envelope

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError, invalid
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.identity import email_key
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant import TenantOutcome
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.run.locks import close_lock, flock
from ansible_collections.partnerops.saas.plugins.module_utils.run.store import digest
from ansible_collections.partnerops.saas.plugins.plugin_utils.values import wrong_text

#: Seconds to wait for another task that writes the same file.
_PATIENCE = 60
_HEAD = "# Logins of Mobsted tenants, kept by partnerops.saas. Comments are not kept when an entry is added.\n"

_Loader: t.Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: t.Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class CredentialsFile:
    """One file. :meth:`of` creates it, and checks everything that can be checked beforehand.

    :param path: an absolute path
    :param loader: ansible-core's loader, which has the run's vault secrets
    :param vault_id: the vault identity that encrypts, or None for the one that ``ansible-vault`` would use
    :param plaintext: write in clear if the run has no vault secret
    """

    def __init__(self, path: str, loader: t.Any, context: RunContext, vault_id: str | None, plaintext: bool) -> None:
        self.path = path
        self._vault = loader._vault
        self._context = context
        self._vault_id = vault_id
        self._plaintext = plaintext
        #: vault id and secret that the file is encrypted with, as far as it has been read
        self._found: tuple[str, t.Any] | None = None
        #: what the file held when this process last read or wrote it, and how it looked from outside then
        self._known: tuple[tuple[int, ...] | None, dict[str, t.Any]] | None = None

    @classmethod
    def of(
        cls, params: t.Mapping[str, t.Any], loader: t.Any, context: RunContext, check_mode: bool = False
    ) -> CredentialsFile:
        """Open the file that a task's options name.

        :raises ApiError: ``invalid_input`` for whatever would keep the credentials from being written
        """
        path = os.path.abspath(os.path.expanduser(params["credentials_dest"]))
        vault_id = params.get("credentials_vault_id") or None
        credentials_file = cls(path, loader, context, vault_id, bool(params.get("credentials_plaintext")))
        try:
            credentials_file._secret()
            credentials_file._check_place()
            credentials_file._read()
            if not check_mode:
                credentials_file._prove()
        except ApiError as error:
            raise invalid(f"{error} Nothing was sent.") from None
        return credentials_file

    def keep(self, outcomes: t.Sequence[TenantOutcome], check_mode: bool) -> bool:
        """Write the credentials of new tenants, and entries that are missing for older ones.

        :returns: whether the file changed, or would change in check mode
        :raises ApiError: ``invalid_input`` if the file can no longer be written; it is then unchanged
        """
        if check_mode:
            return bool(self._merged(self._read(), outcomes))
        try:
            with self._locked():
                entries = self._read()
                more = self._merged(entries, outcomes)
                if more:
                    new = set(map(email_key, more))
                    self._write({**{key: entry for key, entry in entries.items() if email_key(key) not in new}, **more})
        except OSError as error:
            raise self._refused(
                f"could not be written ({error.strerror}). Free some space, or name another file"
            ) from None
        except (ValueError, AnsibleError, yaml.YAMLError) as error:  # a password may hold what YAML can't write
            raise self._refused(f"could not be written ({type(error).__name__}). Name another file") from None
        return bool(more)

    # -- entries --------------------------------------------------------------------------------------------------

    def _merged(self, entries: Mapping[str, t.Any], outcomes: t.Sequence[TenantOutcome]) -> dict[str, dict[str, t.Any]]:
        """Return the entries to set. A new tenant's entry replaces an old one; others are added only if missing."""
        there = {
            email_key(email): entry
            for email, entry in entries.items()
            if isinstance(entry, Mapping) and entry.get("password")
        }
        more: dict[str, dict[str, t.Any]] = {}
        for outcome in outcomes:
            if not outcome.changed and email_key(outcome.email) in there:
                continue
            known = outcome.credentials or {}
            record = outcome.record
            login = known.get("login") or (record.login if record else None)
            password = known.get("password") or (record.password if record else None)
            if password:
                self._context.secrets.add(password)
                entry = {"url": outcome.public()["url"], "login": login, "password": password}
                if there.get(email_key(outcome.email)) != entry:
                    more[outcome.email] = entry
            elif outcome.changed and record is None:
                more[outcome.email] = {}  # predicted in check mode
        return more

    # -- the file -------------------------------------------------------------------------------------------------

    def _check_place(self) -> None:
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise self._refused(f"can't be written: there is no folder {folder}. Create it, or name another file")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise self._refused(
                f"can't be written: the folder {folder} is not writable. Change its permissions, or name another file"
            )
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._refused(f"can't be read ({error.strerror}). Name another file") from None
        if stat.S_ISLNK(found.st_mode):
            raise self._refused(
                "is a symbolic link, and credentials are not written through links. Name the file itself"
            )
        if not stat.S_ISREG(found.st_mode):
            raise self._refused("is not a file. Name a file")
        if found.st_uid != os.geteuid():
            raise self._refused("is owned by another user. Run as its owner, or name another file")
        if not os.access(self.path, os.R_OK | os.W_OK):
            raise self._refused("can't be read and written by this user. Change its permissions, or name another file")

    def _read(self) -> dict[str, t.Any]:
        look = self._look()
        if self._known is not None and self._known[0] == look:
            return self._known[1]
        entries: t.Any = {}
        if look is not None:
            try:
                with open(self.path, "rb") as file:
                    content = file.read()
                if is_encrypted(content):
                    label = parse_vaulttext_envelope(content)[3]
                    content, _vault_id, secret = self._vault.decrypt_and_get_vault_id(content)
                    self._found = (label, secret)
            except OSError as error:
                raise self._refused(f"can't be read ({error.strerror}). Name another file") from None
            except AnsibleError:
                raise self._refused(
                    "can't be decrypted with the vault secrets of this run. Pass the right one with --vault-id"
                ) from None
            try:
                entries = yaml.load(content, Loader=_Loader)  # noqa: S506 -- a safe loader, where it can be the fast one
                node = yaml.compose(content, Loader=_Loader)
            except (yaml.YAMLError, ValueError):  # bytes that are no text, or a date that is none
                raise self._refused("is not valid YAML. Correct it, or name another file") from None
            if isinstance(node, yaml.MappingNode):  # it has both of two equal keys, of which a dict has one
                self._refuse_doubles([str(key.value) for key, _entry in node.value])
        entries = {} if entries is None else entries
        if not isinstance(entries, dict) or not all(isinstance(email, str) for email in entries):
            raise self._refused("is not a mapping from e-mail addresses to entries. Name another file")
        self._refuse_changed(entries)
        self._known = (look, entries)
        return entries

    def _refuse_doubles(self, names: t.Sequence[str]) -> None:
        """One of two entries for one address would be lost, and either may be the right one."""
        first: dict[str, str] = {}
        for name in names:
            key = email_key(name)
            if key in first:
                raise self._refused(f"has two entries for one address ({first[key]} and {name}): remove one of them")
            first[key] = name

    def _refuse_changed(self, entries: Mapping[str, t.Any]) -> None:
        """Refuse a value that is no text: 0123 is 83 in YAML, and would be written back as such."""
        for email, entry in entries.items():
            for key in ("url", "login", "password") if isinstance(entry, Mapping) else ():
                wrong = wrong_text(entry[key]) if entry.get(key) is not None else None
                if wrong:
                    raise self._refused(f"has an entry for {email} whose {key} {wrong.rstrip('.')}")

    def _write(self, entries: dict[str, t.Any]) -> None:
        text = _HEAD + yaml.dump(entries, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
        content = self._encrypted(text)  # before there is a file that a kill could leave behind
        self._check_place()
        self._sweep()
        try:
            with os.fdopen(self._new_scratch(), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(self._scratch(), self.path)
        finally:
            self._sweep()
        self._known = (self._look(), entries)

    def _scratch(self) -> str:
        """Return the file that is written first. Its name is short, so that any target name can be written."""
        folder, name = os.path.split(self.path)
        return os.path.join(folder, f".partnerops-{digest(name)[:16]}.tmp")

    def _new_scratch(self) -> int:
        """Make the scratch file, for this user alone, and return its handle."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(self._scratch(), flags, 0o600)

    def _sweep(self) -> None:
        """Remove what a killed run left. Call it under the lock: nobody else is writing then."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._scratch())

    def _prove(self) -> None:
        """Make the scratch file once before anything is created, and remove what an earlier run left of it."""
        try:
            with self._locked():
                self._sweep()
                handle = self._new_scratch()
                try:
                    os.write(handle, b"#")
                finally:
                    os.close(handle)
                    self._sweep()
        except OSError as error:
            raise self._refused(f"can't be written ({error.strerror}). Free some space, or name another file") from None

    def _look(self) -> tuple[int, ...] | None:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refused(f"can't be read ({error.strerror}). Name another file") from None
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def _encrypted(self, text: str) -> bytes:
        found = self._secret()
        return (
            text.encode() if found is None else VaultLib(self._vault.secrets).encrypt(text, found[1], vault_id=found[0])
        )

    def _secret(self) -> tuple[str, t.Any] | None:
        """Return the vault id and secret to encrypt with, or None to write in clear.

        A file keeps its own; for a new one they are chosen as ``ansible-vault`` does.
        """
        secrets = self._vault.secrets or []
        if self._found and self._vault_id in (None, self._found[0]):
            return self._found
        if not secrets:
            if self._plaintext:
                return None
            raise invalid(
                "credentials_dest needs a vault secret, and this run has none. Pass one (--vault-password-file, "
                "--vault-id or ANSIBLE_VAULT_PASSWORD_FILE), or set credentials_plaintext to write it unencrypted."
            )
        wanted = self._vault_id or C.DEFAULT_VAULT_ENCRYPT_IDENTITY
        try:
            vault_id, secret = match_encrypt_secret(secrets, encrypt_vault_id=wanted)
        except AnsibleError:
            there = ", ".join(sorted({str(name) for name, _secret in secrets}))
            option = "credentials_vault_id" if self._vault_id else "the setting vault_encrypt_identity"
            raise invalid(
                f"{option} names the vault id {wanted!r}, which this run does not have. It has: {there}. Name one of "
                "these, or pass the missing one with --vault-id."
            ) from None
        return vault_id, secret

    @contextlib.contextmanager
    def _locked(self) -> t.Iterator[None]:
        """Keep out the other tasks of this run and, if the file system can lock folders, all other runs."""
        with self._context.store.locked("credentials-" + digest(self.path), Deadline(_PATIENCE)):
            handle = os.open(os.path.dirname(self.path), os.O_RDONLY | os.O_CLOEXEC)
            try:
                with contextlib.suppress(OSError):  # some file systems can't lock a folder
                    flock(handle, Deadline(_PATIENCE), self._busy)
                yield
            finally:
                close_lock(handle)

    def _busy(self) -> ApiError:
        return ApiError(
            "timeout",
            f"Another run has been writing credentials_dest {self.path} for more than {_PATIENCE} s. Run again.",
        )

    def _refused(self, why: str) -> ApiError:
        return invalid(f"credentials_dest {self.path} {why}.")
