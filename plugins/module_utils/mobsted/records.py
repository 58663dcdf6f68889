# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Rows of the Mobsted API in one spelling.

The sub-accounts' table in app ID 1 is known in two spellings: that of the API page (``UserLogin``, ``TenantName``,
``ServerName``, ``UserPassword``; ``seed``) and that of the table page (``Email``, ``tenant``, ``server``, ``url``,
``defaultPassword``, ``tenantCreated``; ``page``, with the typo ``tenentCreated`` in ``code``). Values may be null, and
may be in ``attributes`` or directly in the row.
"""

from __future__ import annotations

import functools
import html
import math
import re
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from ..errors import ApiError, invalid
from ..identity import email_key, id_text, id_value, visible
from ..urls import is_loopback

#: The id of the app of a master account whose objects are its sub-accounts (``seed``).
REGISTRY_ID = "1"
#: Result keys of an app that may contain its link, in the order in which a person is given one.
LINKS = ("short_url", "link_instant", "link_managed")
#: Option of the module, field of the create form (``seed``).
FIELDS = {
    "title": "title",
    "description": "description",
    "splash_color": "splashColor",
    "panel_color": "panelColor",
    "website_url": "webSiteUrl",
    "widget_html": "widgetDescription",
    "push_widget_html": "pushWidgetDescription",
    "save_widget_html": "saveWidgetDescription",
}
_STATS = {
    "launches_1_day": "launchApp1day",
    "launches_7_days": "launchApp7days",
    "launches_30_days": "launchApp30days",
    "launches_total": "launchAppTotal",
    "installs_1_day": "appInstall1day",
    "installs_7_days": "appInstall7days",
    "installs_total": "appInstall",
    "install_button_clicks": "appButtonInstall",
    "apps_total": "appsTotal",
    "apps_wrapper": "appsPwaLess",
    "apps_mu": "appsMu",
    "end_users_total": "objectsTotal",
    "end_users_7_days": "objects7days",
    "end_users_30_days": "objects30days",
    "events_total": "eventsTotal",
    "traffic_total": "trafficTotal",
    "last_login": "bcLastLogin",
}


def check_app_id(value: t.Any, where: str = "") -> str:
    """Return the id of an app as text.

    :raises ApiError: ``invalid_input`` for anything else, such as a boolean
    """
    text = id_text(value)
    if text is None or text.lower() in ("0", "true", "false", "none") or text.startswith("-"):
        raise invalid(
            f"{where}app_id is {value!r}, which is not an app id: app ids are numbers, 1 or higher. Nothing was sent."
        )
    return text


@functools.lru_cache(maxsize=256)
def _lowered(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names in lower case. The rows of a list all have the same ones, so the result is cached."""
    return tuple(str(name).lower() for name in names)


class Row:
    """A row's attributes by name, regardless of case and place."""

    def __init__(self, row: t.Mapping[str, t.Any]) -> None:
        inner = row.get("attributes")
        self.fields: dict[str, t.Any] = dict(zip(_lowered(tuple(row)), row.values()))
        if "attributes" in row:
            del self.fields["attributes"]
        if isinstance(inner, dict):
            fields = dict(zip(_lowered(tuple(inner)), inner.values()))
            if "id" in self.fields:
                fields.pop("id", None)
            self.fields.update(fields)

    def text(self, *names: str) -> str | None:
        """Return the first of the named values that is not empty, as text."""
        for name in names:
            value = self.fields.get(name.lower())
            if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value) != "":
                return str(value)
            if isinstance(value, float) and math.isfinite(value):
                return str(value)
        return None

    def number(self, name: str) -> int | float | str | None:
        """Return a counter, as a number if it is one."""
        value = self.fields.get(name.lower())
        if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value):
            return int(value)
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class TenantRecord:
    """One row of app ID 1.

    ``password`` is the first, generated one; it becomes invalid once the client changes it (``page``).
    """

    id: str | None
    email: str | None
    url: str | None = None
    server: str | None = None
    name: str | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    created: str | None = None
    addresses: tuple[str, ...] = ()
    row: Row | None = field(default=None, repr=False, compare=False)

    @classmethod
    def read(cls, raw: t.Mapping[str, t.Any], *, keep: bool = True) -> TenantRecord:
        """Read a row in either spelling.

        :param keep: the row itself, of which the counters are read later
        """
        row = Row(raw)
        email, login = row.text("Email"), row.text("UserLogin")
        server, name = row.text("ServerName", "server"), row.text("TenantName", "tenant")
        return cls(
            id=id_text(row.fields.get("id")),
            email=email or login,
            url=row.text("url"),
            server=server,
            name=name,
            login=login or email,
            password=row.text("UserPassword", "defaultPassword"),
            created=row.text("tenantCreated", "tenentCreated"),
            addresses=_addresses(email, login),
            row=row if keep else None,
        )

    @classmethod
    def listed(cls, raw: t.Mapping[str, t.Any], *, keep: bool = True) -> TenantRecord | None:
        """Read a row of a list; None if it has no address."""
        record = cls.read(raw, keep=keep)
        return record if record.addresses else None

    def is_of(self, email: str) -> bool:
        """Return whether the record belongs to an e-mail address, ignoring case."""
        return email_key(email) in self.addresses

    @property
    def complete(self) -> bool:
        """Return whether the record has all that is needed to use the tenant."""
        return bool(self.password and (self.url or (self.name and self.server)))

    def base(self) -> str | None:
        """Return the admin URL.

        It is the record's own, or ``https://<tenant>-admin.<server>`` (``inferred`` from the vendor's examples).
        """
        if self.url:
            return self.url.rstrip("/")
        if self.name and self.server:
            scheme = "http" if is_loopback(_host_of(self.server)) else "https"
            return f"{scheme}://{self.name}-admin.{self.server}"
        return None

    def public(self) -> dict[str, t.Any]:
        """Return the result key ``tenant``."""
        url = self.base()
        parts = (self.name, self.server) if self.name and self.server else _from_url(url)
        return {
            "id": self.id,
            "email": self.email,
            "url": url,
            "server": self.server or parts[1],
            "name": self.name or parts[0],
            "login": self.login,
            "created": self.created,
        }

    def stats(self) -> dict[str, t.Any]:
        """Return the record's counters; those that the row doesn't have are None."""
        row = self.row
        return {name: row.number(column) if row else None for name, column in _STATS.items()}

    def trusted_base(self, master: str) -> str:
        """Return the tenant's URL, if a password may be sent there.

        It may if the host is under the record's own server and the scheme is https. Plain http is only for a simulator
        on this machine: a loopback host, if the master itself is one. A record without server is checked against the
        master's own server.

        :param master: the checked base URL of the master account
        :raises ApiError: ``invalid_response``
        """
        base = self.base()
        if base is None:
            raise _distrust(self, "it has neither a url nor a tenant name and server")
        if self.name and not re.fullmatch(r"[A-Za-z0-9_-]{1,63}", self.name):
            raise _distrust(self, "its tenant name is not a host label")
        if self.server and not re.fullmatch(r"[A-Za-z0-9._-]+(:\d{1,5})?", self.server):
            raise _distrust(self, "its server is not a host name")
        try:
            parts, own = urlsplit(base), urlsplit(master)
            port = parts.port
        except ValueError:
            raise _distrust(self, "its url is not valid") from None
        host = (parts.hostname or "").lower()
        if not _is_plain(base, parts):
            raise _distrust(self, "its url is more than host and path")
        if is_loopback(own.hostname) and is_loopback(host):
            self._check_simulated(parts, own, host, port)
        else:
            self._check_under(self.server or _server_of(own), parts, host, port)
        return re.sub(r"/api/v8$", "", base)

    def _check_simulated(self, parts: t.Any, own: t.Any, host: str, port: int | None) -> None:
        """Make sure that a URL of this machine is that of the simulator, or of a server that the record names."""
        same = (parts.scheme, port) == (own.scheme, own.port)
        here = same and (host == own.hostname or host.endswith(".localhost"))
        if not (here or (self.server and _lies_under(host, port, self.server))):
            raise _distrust(self, f"its url points to another server ({parts.netloc})")

    def _check_under(self, server: str, parts: t.Any, host: str, port: int | None) -> None:
        """Make sure that a URL is https, and under a server."""
        if is_loopback(host):
            raise _distrust(self, f"its url points to this machine ({parts.netloc})")
        if parts.scheme != "https":
            raise _distrust(self, f"its url is not https ({parts.scheme}://{host})")
        if not _lies_under(host, port, server):
            raise _distrust(self, f"its url points to {host}, which is not under {server}")


def _is_plain(base: str, parts: t.Any) -> bool:
    """Return whether a URL is a host in ASCII and a path: no user, query or escapes, nothing a parser may misread."""
    host, more = parts.hostname or "", (parts.query, parts.fragment)
    if not host or not host.isascii() or any(more) or parts.username is not None or parts.password is not None:
        return False
    return not ("\\" in base or "%" in parts.netloc or any(c.isspace() or ord(c) < 33 for c in base))


def _addresses(*texts: str | None) -> tuple[str, ...]:
    """Return the keys of a record's addresses, including one that was escaped for HTML."""
    plain = dict.fromkeys(form for text in texts if text for form in (text, html.unescape(text)))
    return tuple(dict.fromkeys(filter(None, map(email_key, plain))))


def _distrust(record: TenantRecord, why: str) -> ApiError:
    number = f" (id {record.id})" if record.id else ""
    return ApiError(
        "invalid_response",
        f"The record of {record.email}{number} in app ID 1 can't be used: {why}. No credential was sent "
        "there. Correct the record, or work in that account directly with api_url, api_login and api_password.",
    )


def _host_of(server: str) -> str:
    return server.rsplit(":", 1)[0] if server.count(":") == 1 else server


def _server_of(parts: t.Any) -> str:
    """Return the server behind an admin host: ``ppp-admin.mobsted.com`` is an account of ``mobsted.com``."""
    host = (parts.hostname or "").lower()
    return host.split(".", 1)[1] if host.count(".") > 1 else host


def _lies_under(host: str, port: int | None, server: str) -> bool:
    name = _host_of(server).lower().rstrip(".")
    wanted = server.rsplit(":", 1)[1] if server.count(":") == 1 else None
    if "." not in name and not is_loopback(name):
        return False
    inside = host == name or host.endswith("." + name)
    return inside and (
        port in (None, 443) if wanted is None and not is_loopback(host) else wanted is None or str(port) == wanted
    )


def _from_url(url: str | None) -> tuple[str | None, str | None]:
    """Return tenant name and server of an admin URL, if it has the usual form."""
    try:
        host = urlsplit(url or "").netloc
    except ValueError:
        host = ""
    found = re.fullmatch(r"([A-Za-z0-9_-]+?)-admin\.(.+)", host)
    return (found.group(1), found.group(2)) if found else (None, None)


@dataclass(frozen=True)
class AppRecord:
    """One app of an account, as the list or the response to a create shows it."""

    id: str
    name: str | None
    row: Row = field(repr=False, compare=False)

    @classmethod
    def read(cls, raw: t.Mapping[str, t.Any]) -> AppRecord | None:
        """Read a row of ``GET applications``; None if it has no usable id."""
        row = Row(raw)
        found = (id_text(row.fields.get(name)) for name in ("id", "applicationid"))
        ident = next((one for one in found if one not in (None, "0")), None)
        return None if ident is None else cls(ident, row.text("Name"), row)

    @classmethod
    def listed(cls, raw: t.Mapping[str, t.Any]) -> AppRecord | None:
        """Read a row of a list, which must have a name as well."""
        app = cls.read(raw)
        return app if app and visible(app.name or "").strip() else None

    def completed(self, listed: AppRecord) -> AppRecord:
        """Return the response to a create with what only the list shows of the app, such as its title."""
        shown = {key: value for key, value in self.row.fields.items() if value not in (None, "")}
        return AppRecord(self.id, self.name, Row({**listed.row.fields, **shown}))

    def public(self, base: str, tenant: str | None, name: str | None = None) -> dict[str, t.Any]:
        """Return the result key ``app``. Relative URLs are resolved against the account's admin URL (``code``)."""
        row = self.row
        return {
            "id": id_value(self.id),
            "uuid": row.text("uuid"),
            "name": self.name or name,
            "tenant": tenant,
            "short_url": row.text("ShortCodeUrl"),
            "qr_url": _absolute(base, row.text("QRCodeUrl")),
            "icon_url": _absolute(base, row.text("ThumbImageUrl")),
            "link_instant": row.text("LonglinkInstant"),
            "link_managed": row.text("LonglinkManaged"),
            "created": row.text("DateCreate"),
            **{option: row.text(column) for option, column in FIELDS.items()},
        }


def predicted_app_result(name: str, tenant: str | None) -> dict[str, t.Any]:
    """Return the result key ``app`` of an app that would be created."""
    return {**dict.fromkeys(AppRecord("", None, Row({})).public("", None)), "name": name, "tenant": tenant}


def _absolute(base: str, url: str | None) -> str | None:
    try:
        return urljoin(base + "/", url) if url else None
    except ValueError:
        return url


class Created(t.NamedTuple):
    """The response to the creation of a tenant. The vendor shows ``password`` only this once."""

    url: str | None
    login: str | None
    password: str | None
    id: str | None
