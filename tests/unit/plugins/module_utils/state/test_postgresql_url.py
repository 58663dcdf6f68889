# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``state_url``: what is refused before a password leaves the machine, and that no message shows a secret."""

from __future__ import annotations

import sys

import psycopg
import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.state.postgresql_url import (
    Target,
    driver,
    read_url,
    refused_connection,
)

PLACE = "the database x at db.example"


def refused(url: str, password: str | None = None) -> str:
    with pytest.raises(ApiError) as caught:
        read_url(url, password)
    assert (caught.value.code, caught.value.executed) == ("invalid_input", False)
    assert "Nothing was sent." in caught.value.msg
    return caught.value.msg


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://u:p@127.0.0.1:5433/x", "the database x at 127.0.0.1"),
        ("postgres://u@localhost/x", "the database x at localhost"),
        ("postgresql://u@[::1]/x", "the database x at ::1"),
        ("postgresql:///x", "the database x at a local socket"),
        ("postgresql:///x?host=/run/postgresql", "the database x at /run/postgresql"),
        ("postgresql://u@/x?hostaddr=127.0.0.1", "the database x at 127.0.0.1"),
        ("postgresql://u@127.0.0.1", "the database u at 127.0.0.1"),
        (" postgresql://u@127.0.0.1/x\n", "the database x at 127.0.0.1"),
        ("postgresql://u:p@db.example/x?sslmode=verify-full", PLACE),
        ("postgresql://u:p@db.example/x?sslmode=verify-ca", PLACE),
    ],
)
def test_what_is_accepted(url: str, place: str) -> None:
    assert read_url(url, None).place == place


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://u:secret-word@127.0.0.1/x", "must be the URL of a PostgreSQL database"),
        ("host=127.0.0.1 password=secret-word", "must be the URL of a PostgreSQL database"),
        ("", "must be the URL of a PostgreSQL database"),
        ("postgresql://u:secret-word@127.0.0.1/x?nonsense=1", "not a valid URL"),
        ("postgresql://u:secret%zz-word@127.0.0.1/x", "percent-encoded"),
        ("postgresql://u:secret-word@[127.0.0.1/x", "not a valid URL"),
        ("postgresql://u:secret-word@127.0.0.1/x?connect_timeout=soon", "not a valid URL"),
        ("postgresql://secret:\0word@127.0.0.1/x", "not a valid URL"),
        ("postgresql://u:secret-word@127.0.0.1/x?service=prod", "not a service"),
        ("postgresql://u:secret-word@db.example/x", "db.example without verified TLS (sslmode is prefer)"),
        ("postgresql://u:secret-word@db.example/x?sslmode=require", "sslmode is require"),
        ("postgresql://u:secret-word@127.0.0.1,db.example/x", "db.example"),
        ("postgresql://u:secret-word@127.0.0.1/x?hostaddr=192.0.2.1", "192.0.2.1"),
    ],
)
def test_what_is_refused_and_shows_no_secret(url: str, why: str) -> None:
    said = refused(url)
    assert why in said
    assert "secret" not in said


def test_a_password_that_libpq_would_cut_short_is_refused() -> None:
    with pytest.raises(ApiError, match="not a valid URL") as caught:
        read_url("postgresql://u@127.0.0.1/x", "secret\0word")
    assert "secret" not in caught.value.msg


def test_the_environment_of_libpq_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://u@db.example/x"
    assert "without verified TLS" in refused(url)
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert read_url(url, None).place == PLACE
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.9")
    monkeypatch.setenv("PGSSLMODE", "require")
    assert "192.0.2.9" in refused("postgresql://u@127.0.0.1/x")
    monkeypatch.setenv("PGSERVICE", "prod")
    assert "PGSERVICE" in refused("postgresql://u@127.0.0.1/x")


def test_every_spelling_of_every_secret_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    found = read_url("postgresql://u:a%20b@127.0.0.1/x?sslpassword=key-word", None)
    assert set(found.secrets) == {"a b", "a%20b", "key-word"}
    assert found.params["password"] == "a b"
    assert (found.role, found.params["user"]) == ("u", "u")
    assert read_url("postgresql://u@127.0.0.1/x", None).secrets == ()
    monkeypatch.setenv("PGPASSWORD", "of the environment")
    assert read_url("postgresql://u@127.0.0.1/x", None).secrets == ("of the environment",)


def test_state_password_wins_over_the_url() -> None:
    assert read_url("postgresql://u:old@127.0.0.1/x", "new: 100% /").params["password"] == "new: 100% /"


def test_of_several_hosts_the_one_that_can_be_written_to_is_used() -> None:
    def attributes(target: Target) -> object:
        return target.params.get("target_session_attrs")

    two = "postgresql://u@127.0.0.1,[::1]/x"
    assert read_url(two, None).place == "the database x at 127.0.0.1,::1"
    assert attributes(read_url(two, None)) == "read-write"
    assert attributes(read_url(f"{two}?target_session_attrs=any", None)) == "any"
    assert attributes(read_url("postgresql://u@127.0.0.1/x", None)) is None


def test_a_missing_or_old_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psycopg.Connection, "cancel_safe")
    assert f"psycopg 3.2 or newer, and {sys.executable} has {psycopg.__version__}" in refused("postgresql:///x")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "-m pip install 'psycopg[binary]>=3.2'" in refused("postgresql:///x")
    monkeypatch.undo()
    assert driver() is psycopg


@pytest.mark.parametrize(
    ("said", "code", "advice"),
    [
        ('FATAL:  password authentication failed for user "u"', "auth_failed", "Correct the user in state_url"),
        ("fe_sendauth: no password supplied", "auth_failed", "state_password"),
        ('FATAL:  role "nobody" does not exist', "auth_failed", "Correct the user in state_url"),
        ("SSL error: certificate verify failed", "tls", "Check sslmode and sslrootcert"),
        ("server does not support SSL, but SSL was required", "tls", "Check sslmode and sslrootcert"),
        ("FATAL: unsupported startup parameter: options", "invalid_input", "connection pooler"),
        ("session is read-only", "invalid_input", "most likely a standby"),
        ('FATAL:  permission denied for database "x"', "auth_failed", "give the role this right"),
        ('FATAL:  role "u" is not permitted to log in', "auth_failed", "give the role this right"),
        ("FATAL:  sorry, too many clients already", "unreachable", "lower 'concurrency'"),
        ('FATAL:  too many connections for role "u"', "unreachable", "raise the limit"),
        ("FATAL:  remaining connection slots are reserved for roles", "unreachable", "raise the limit"),
        ('FATAL:  database "ssl" does not exist', "unreachable", "correct state_url"),
        ("connection refused\n\tIs the server running?", "unreachable", "No other store is used instead"),
        ('FATAL:  database "x" does not exist', "unreachable", "correct state_url"),
    ],
)
def test_why_a_server_refuses(said: str, code: str, advice: str) -> None:
    error = refused_connection(PLACE, psycopg.OperationalError(said))
    assert (error.code, error.executed) == (code, False)
    assert error.msg.startswith("The database x at db.example ")
    assert advice in error.msg
    assert error.msg.endswith("Nothing was sent.")
    assert "\n" not in error.msg
