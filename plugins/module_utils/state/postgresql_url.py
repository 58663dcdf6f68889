# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Read ``state_url`` and reject URLs that a password must not be sent to.

The driver is only imported here, when it is needed.
"""

from __future__ import annotations

import re
import sys
import typing as t
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ..errors import ApiError, invalid, shortened
from ..urls import is_loopback

_EXAMPLE = "postgresql://partnerops@db.example/partnerops?sslmode=verify-full"
#: libpq's parameters that contain a secret
_SECRETS = ("password", "sslpassword", "oauth_client_secret")


@dataclass(frozen=True)
class Target:
    """A checked URL.

    :param params: libpq's connection parameters
    :param place: the name that messages use for the database; without user and password
    :param secrets: the parts of the URL that must not be shown
    """

    params: dict[str, t.Any]
    place: str
    secrets: tuple[str, ...]
    role: str


def driver() -> t.Any:
    """Import psycopg.

    :raises ApiError: ``invalid_input`` if it is missing or too old
    """
    try:
        import psycopg  # noqa: PLC0415 - only needed with a database
    except ImportError:
        raise invalid(
            f"state_url needs the Python library psycopg, and {sys.executable} does not have it. Install it: "
            f"{sys.executable} -m pip install 'psycopg[binary]>=3.2'. Nothing was sent."
        ) from None
    if not hasattr(psycopg.Connection, "cancel_safe"):
        raise invalid(
            f"state_url needs psycopg 3.2 or newer, and {sys.executable} has {psycopg.__version__}. Install it: "
            f"{sys.executable} -m pip install 'psycopg[binary]>=3.2'. Nothing was sent."
        )
    return psycopg


def read_url(url: str, password: str | None) -> Target:
    """Check a URL.

    :raises ApiError: ``invalid_input``, whose message quotes no part of the URL but host names
    """
    psycopg = driver()
    url = url.strip()  # a secret that is read from a file ends in a line feed
    if not url.startswith(("postgresql://", "postgres://")):
        raise invalid(f"state_url must be the URL of a PostgreSQL database, such as {_EXAMPLE}. Nothing was sent.")
    try:
        if "\0" in url + (password or ""):  # libpq would read up to there
            raise ValueError
        params: dict[str, t.Any] = dict(psycopg.conninfo.conninfo_to_dict(url))
        int(params.get("connect_timeout") or 0)
        in_url = urlsplit(url).password
    except (psycopg.Error, ValueError):
        raise invalid(
            f"state_url is not a valid URL; expected something like {_EXAMPLE}. Special characters in a password have "
            "to be percent-encoded, or use state_password. Nothing was sent."
        ) from None
    secrets = {in_url, unquote(in_url)} if in_url else set()
    if password:
        params["password"] = password
    known = {}
    for option in psycopg.pq.Conninfo.get_defaults():
        if option.val is not None:
            known[option.keyword.decode()] = option.val.decode(errors="replace")
    known.update({name: str(value) for name, value in params.items()})
    secrets |= {known[name] for name in _SECRETS if known.get(name)}  # also those of libpq's environment
    if known.get("service"):
        raise invalid(
            "state_url must name the host itself, not a service, and PGSERVICE must not be set. Nothing was sent."
        )
    hosts = [host for host in (known.get("host") or "").split(",") if host]
    addresses = [host for host in (known.get("hostaddr") or "").split(",") if host]
    _check_tls([*hosts, *addresses], known.get("sslmode") or "")
    place = ",".join(hosts or addresses) or "a local socket"
    place = f"the database {known.get('dbname') or known.get('user') or ''} at {place}"
    if len(hosts) > 1:
        params.setdefault("target_session_attrs", "read-write")
    return Target(params, place, tuple(secrets), known.get("user") or "the_role_of_the_run")


def _check_tls(hosts: t.Sequence[str], mode: str) -> None:
    for host in hosts:
        if host.startswith(("/", "@")) or is_loopback(host):
            continue
        if mode not in ("verify-full", "verify-ca"):
            raise invalid(
                f"state_url names the host {host} without verified TLS (sslmode is {mode or 'not set'}): another "
                "server could respond in its place and get the password. Add sslmode=verify-full, and "
                "sslrootcert=… for a CA of your own. Nothing was sent."
            )


def refused_connection(place: str, error: Exception) -> ApiError:
    """Return the error for a server that refuses a connection."""
    words = shortened(error)
    lower = re.sub(r'"[^"]*"', '""', words.lower())  # a database may be called "ssl"
    head = f"{place[0].upper()}{place[1:]} can't be used: {words}."
    if "unsupported startup parameter" in lower or "pgbouncer" in lower:
        return pooler(place)
    if "authentication" in lower or "no password supplied" in lower or ("role" in lower and "does not exist" in lower):
        return ApiError("auth_failed", f"{head} Correct the user in state_url, and state_password. Nothing was sent.")
    if "permission denied" in lower or "not permitted to log in" in lower:
        return ApiError("auth_failed", f"{head} Let an administrator give the role this right. Nothing was sent.")
    if "too many" in lower or "connection slots" in lower:
        return ApiError(
            "unreachable",
            f"{head} Run again when others have ended, lower 'concurrency' and the number of forks, or let an "
            "administrator raise the limit. Nothing was sent.",
        )
    if "certificate" in lower or "ssl" in lower:
        return ApiError("tls", f"{head} Check sslmode and sslrootcert in state_url. Nothing was sent.")
    if "read-only" in lower or "read/write" in lower:
        return read_only(place)
    return ApiError(
        "unreachable",
        f"{head} No other store is used instead: start the database, or correct state_url and state_password. "
        "Nothing was sent.",
    )


def pooler(place: str) -> ApiError:
    """Return the error for a connection pooler."""
    return invalid(
        f"{place[0].upper()}{place[1:]} is behind a connection pooler (such as PgBouncer), which hands one session's "
        "locks to another. Use the address of the server itself in state_url. Nothing was sent."
    )


def read_only(place: str, *, standby: bool = True) -> ApiError:
    """Return the error for a server that can't be written to.

    :param standby: it is one, or may be one
    """
    if not standby:
        return invalid(
            f"{place[0].upper()}{place[1:]} is read-only for this role, and is no standby: most likely "
            "default_transaction_read_only is set for the role, the database or the server. Let an administrator reset "
            "it. Nothing was sent."
        )
    return invalid(
        f"{place[0].upper()}{place[1:]} is read-only: most likely a standby. Use the primary in state_url, or list "
        "all hosts with target_session_attrs=read-write. Nothing was sent."
    )


def wrong_encoding(place: str, encoding: str | None) -> ApiError:
    """Return the error for a database that can't keep every name."""
    return invalid(
        f"{place[0].upper()}{place[1:]} has the encoding {encoding}, which can't store every name. Let an "
        "administrator create one with: createdb --encoding=UTF8 --template=template0. Nothing was sent."
    )
