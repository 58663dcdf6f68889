# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The PWA wrapper app: list the account's apps, create the one that is missing, report what differs.

The API documents neither update nor removal of an app, so a difference is reported as drift and never repaired. App
names are not stated to be unique, so an app is known by its exact name until the user gives its id.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..emails import check_tenant
from ..errors import ApiError, invalid, words_and_fact
from ..http.deadline import Deadline
from ..identity import account_key, name_key, names_match, url_key
from ..run.locks import Held, hold
from ..run.settle import settle
from ..state.store import create_locks
from .api import MobstedAPI
from .icon import Icon, read_icon
from .listing import Absent, AppListing
from .match import near_warning, pick, protected, renamed, same_warning
from .records import FIELDS, REGISTRY_ID, AppRecord, check_app_id, predicted_app_result
from .renamed import remember, renamed_before
from .tenant import may_exist

#: The options that declare an app, in ``partnerops.saas.mobsted_pwa_app`` and in a fleet.
APP_OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "str", "required": True},
    **{name: {"type": "str"} for name in FIELDS},
    "icon": {"type": "path"},
    "app_id": {"type": "raw"},
    "on_drift": {"type": "str", "choices": ["warn", "fail", "ignore"], "default": "warn"},
    "state": {"type": "str", "choices": ["present"], "default": "present"},
}


@dataclass(frozen=True)
class AppSpec:
    """A declared app, checked. ``fields`` has what the user gave, by option name."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    icon: Icon | None = None
    tenant: str | None = None
    tenant_password: str | None = field(default=None, repr=False)
    app_id: str | None = None
    on_drift: str = "warn"
    doubt: str | None = None

    @classmethod
    def read(cls, params: t.Mapping[str, t.Any], where: str = "") -> AppSpec:
        """Check what can be checked before anything is sent.

        :param where: prefix for messages, such as ``tenants[3].apps[0].``
        :raises ApiError: ``invalid_input``, or ``protected_app`` for app ID 1 of the account itself
        """
        name = params["name"]
        if not name or name != name.strip() or any(ord(c) < 32 for c in name):
            raise invalid(
                f"{where}name must not be empty, start or end with white space, or contain line breaks. "
                "Nothing was sent."
            )
        given = {option: params[option] for option in FIELDS if params.get(option) is not None}
        for option in ("splash_color", "panel_color"):
            if option in given and not re.fullmatch(r"#[0-9a-fA-F]{6}", given[option]):
                raise invalid(
                    f"{where}{option} is {given[option]!r}: a colour has the form '#rrggbb'. Nothing was sent."
                )
        if "website_url" in given:
            _check_website(given["website_url"], where)
        tenant = check_tenant(params.get("tenant"), where + "tenant")
        app_id = None if params.get("app_id") is None else check_app_id(params["app_id"], where)
        if app_id == REGISTRY_ID and tenant is None:
            raise protected()
        icon, doubt = read_icon(params["icon"], where) if params.get("icon") else (None, None)
        return cls(
            name=name,
            fields=given,
            icon=icon,
            tenant=tenant,
            tenant_password=params.get("tenant_password") or None,
            app_id=app_id,
            on_drift=params.get("on_drift") or "warn",
            doubt=doubt,
        )

    def form(self) -> dict[str, str]:
        """Return the fields of the create form.

        ``isPWAless=1`` makes it a wrapper app, the only kind that the API makes (``seed``).
        """
        sent = {"name": self.name, "title": self.fields.get("title", self.name), "isPWAless": "1"}
        sent.update({FIELDS[option]: value for option, value in self.fields.items()})
        return sent


@dataclass
class AppOutcome:
    """The outcome of an app. ``record`` is None if it would be created in check mode."""

    spec: AppSpec
    changed: bool
    record: AppRecord | None
    base: str
    drift: list[dict[str, t.Any]] = field(default_factory=list)
    reconciled: bool = False
    warnings: list[str] = field(default_factory=list)
    #: it was created, and the API lists it under another name, so that the next run would not recognise it
    misnamed: ApiError | None = None

    def public(self) -> dict[str, t.Any]:
        """Return the result key ``app``."""
        if self.record is not None:
            return self.record.public(self.base, self.spec.tenant, self.spec.name)
        return predicted_app_result(self.spec.name, self.spec.tenant)

    def diff(self) -> dict[str, t.Any]:
        """Return what a run changes; drift is not in it, since no run changes it."""
        actual = {item["field"]: item["actual"] for item in self.drift}
        after = {"name": self.spec.name, "state": "present", **self.spec.fields, **actual}
        if not self.changed:
            return {"before": after, "after": after}
        return {"before": {"name": self.spec.name, "state": "absent"}, "after": after}


def ensure_app(
    client: MobstedAPI,
    spec: AppSpec,
    deadline: Deadline,
    *,
    check_mode: bool = False,
    listing: AppListing | None = None,
) -> AppOutcome:
    """Make sure that the app exists in the client's account.

    :param listing: the account's apps if the caller has just listed them; if another run created the same since, they
        are listed again
    :raises ApiError: ``unknown_outcome`` if a create was sent and its outcome can't be found out
    """
    if check_mode:
        return _ensured(client, spec, deadline, listing or client.app_listing(deadline), None)
    if listing is not None and not isinstance(pick(spec, listing, client.made.app(spec.name)), Absent):
        return _ensured(client, spec, deadline, listing, None)
    shared = create_locks(client.connection.state, client.context)
    with hold(app_key(client, spec.name), deadline, shared, client.context.warn) as lock:
        if listing is None or lock.used_since(listing.read_at):
            listing = client.app_listing(deadline)
        if lock.unfinished() and isinstance(pick(spec, listing, client.made.app(spec.name)), Absent):
            listing = _appeared(client, spec, deadline, lock.unfinished())
        return _ensured(client, spec, deadline, listing, lock)


def _appeared(client: MobstedAPI, spec: AppSpec, deadline: Deadline, seconds: float) -> AppListing:
    """Wait for an app whose create was sent by a killed run, and which the API may still create; return the list."""

    def look() -> AppListing | None:
        listing = client.app_listing(deadline)
        return None if isinstance(pick(spec, listing), Absent) else listing

    wait = min(seconds, client.connection.settle, deadline.left() / 3)
    return settle(look, lambda _found: True, wait, deadline) or client.app_listing(deadline)


def app_key(client: MobstedAPI, name: str) -> tuple[str, ...]:
    """Return the key that two runs lock which would create the same app."""
    return (account_key(client.connection.base), "app", name_key(name))


def predicted_app(spec: AppSpec, base: str) -> AppOutcome:
    """Return what a real run would do about an app in an account that does not exist yet."""
    _need_website(spec)
    return AppOutcome(spec, True, None, base)


def _need_website(spec: AppSpec) -> None:
    if "website_url" not in spec.fields:
        raise invalid(
            f"There is no app {spec.name!r} yet, and website_url, which is needed to create it, is missing. Give "
            "website_url, or correct the name. Nothing was sent."
        )


def _ensured(
    client: MobstedAPI, spec: AppSpec, deadline: Deadline, listing: AppListing, lock: Held | None
) -> AppOutcome:
    base = client.connection.base
    found = pick(spec, listing, client.made.app(spec.name))
    if not isinstance(found, Absent):
        return AppOutcome(spec, False, found, base, drift_of(spec, found), warnings=same_warning(spec, found))
    before = renamed_before(base, spec.name, listing)
    if before is not None:
        raise renamed(spec, before)
    _need_website(spec)
    warnings = near_warning(spec, listing)
    if lock is None:
        return AppOutcome(spec, True, None, base, warnings=warnings)
    lock.use()
    try:
        outcome = AppOutcome(spec, True, client.create_app(spec.form(), spec.icon, found, deadline), base)
    except ApiError as error:
        if error.executed is False:
            lock.refused()
        outcome = _after_failure(client, spec, deadline, error, listing)
    if outcome.changed and outcome.record:
        client.made.add_app(spec.name, outcome.record)
    outcome.warnings += warnings
    return outcome


def _after_failure(
    client: MobstedAPI, spec: AppSpec, deadline: Deadline, error: ApiError, before: AppListing
) -> AppOutcome:
    base = client.connection.base
    if error.executed is not None:
        if may_exist(error):
            found = pick(spec, client.app_listing(deadline))
            if not isinstance(found, Absent):
                return AppOutcome(spec, False, found, base, drift_of(spec, found))
            if error.says_taken:
                raise error.because("duplicate", error.msg)
        raise error

    def look() -> AppRecord | None:
        listing = client.app_listing(deadline)
        related = listing.related(spec.name)
        if related["exact"] or related["same"]:
            found = pick(spec, listing)
            return None if isinstance(found, Absent) else found
        new = [app for app in related["lossy"] if before.by_id(app.id) is None]
        return new[0] if new else None

    record = settle(look, lambda _app: True, client.connection.settle, deadline)
    if record is not None:
        same = names_match(spec.name, record.name or "") in ("exact", "same")
        return AppOutcome(spec, True, record, base, reconciled=True, misnamed=None if same else renamed(spec, record))
    said, fact = words_and_fact(error)
    raise error.because(
        "unknown_outcome",
        f"{said}The outcome of creating the app {spec.name!r} is unknown: {fact} For "
        f"{client.connection.settle:.0f} s no app of this name appeared. The request was not sent again. Run again: "
        "if the app appears in the meantime, nothing is created twice; 'settle' sets how long to look.",
    )


def confirm(client: MobstedAPI, outcome: AppOutcome, deadline: Deadline) -> bool:
    """List the apps once after a create, to see whether the new one has the name that was declared, and its fields.

    A list that is unavailable or lags behind proves nothing.

    :returns: whether it is listed by exactly this name
    :raises ApiError: ``ambiguous`` if the new app is listed under another name: the next run would not recognise it
    """
    spec, record = outcome.spec, outcome.record
    if outcome.misnamed is not None:
        raise outcome.misnamed
    if record is None or outcome.reconciled:  # what a look-up found is as it is listed
        return False
    try:
        listed = client.app_listing(deadline).by_id(record.id)
    except ApiError:
        return False
    if listed is None:
        return False
    if names_match(spec.name, listed.name or "") not in ("exact", "same"):
        client.made.add_app(spec.name, listed)
        remember(client.connection.base, spec.name, listed)
        raise renamed(spec, listed)
    outcome.record = record.completed(listed)
    outcome.warnings += same_warning(spec, listed)
    return listed.name == spec.name


def drift_of(spec: AppSpec, record: AppRecord) -> list[dict[str, t.Any]]:
    """Return where a declared value differs from the list of apps. What the list doesn't show is not compared."""
    found = []
    for option, column in FIELDS.items():
        actual = record.row.text(column)
        declared = spec.fields.get(option)
        if declared is None or column.lower() not in record.row.fields or _equal(option, declared, actual or ""):
            continue
        if actual is None and record.row.fields.get(column.lower()) is None:
            continue  # null: the list has the column but no value
        found.append({"field": option, "declared": declared, "actual": actual})
    return found


def _equal(option: str, declared: str, actual: str) -> bool:
    if option in ("splash_color", "panel_color"):
        return declared.lower() == actual.lower()
    if option == "website_url":
        return url_key(declared) == url_key(actual)
    return declared.strip().replace("\r\n", "\n") == actual.strip().replace("\r\n", "\n")


def _check_website(url: str, where: str) -> None:
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and not any(c.isspace() or ord(c) < 32 for c in url)
        )
    except ValueError:
        good = False
    if not good:
        raise invalid(
            f"{where}website_url is {url[:100]!r}: an address such as https://store.example is needed. Nothing was "
            "sent."
        )
