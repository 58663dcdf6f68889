# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Find the declared app among those that the API lists.

App names are not stated to be unique, and servers return some of them changed. So a name that may be a damaged form of
the declared one is never taken as proof that the app is missing.
"""

from __future__ import annotations

import typing as t
import unicodedata

from ..errors import ApiError
from ..identity import names_match, nearest
from .listing import Absent, AppListing
from .records import REGISTRY_ID, AppRecord

if t.TYPE_CHECKING:
    from .app import AppSpec


def protected() -> ApiError:
    """Return the error for app ID 1: it has all tenants' records, and the vendor asks not to touch it (``seed``)."""
    return ApiError(
        "protected_app",
        "App ID 1 of the master account contains the records of all tenants. It is never matched, changed or shadowed: "
        "choose another name or app_id. Nothing was sent that changes anything.",
    )


def pick(spec: AppSpec, listing: AppListing, made: AppRecord | None = None) -> AppRecord | Absent:
    """Return the declared app among those of the account, or the proof that there is none.

    :param made: the app that this run created with this name
    :raises ApiError: ``protected_app``; ``ambiguous``; ``not_found`` (for ``app_id``);
        ``invalid_response`` if the list is not complete
    """
    related = listing.related(spec.name)
    named = related["exact"] or related["same"]
    if spec.tenant is None and any(app.id == REGISTRY_ID for app in named):
        raise protected()
    if spec.app_id is not None:
        return _by_id(spec, listing, [*related["exact"], *related["same"], *related["lossy"]])
    if len(named) > 1:
        ids = ", ".join(app.id for app in named)
        raise ApiError(
            "ambiguous",
            f"{len(named)} apps are named {spec.name!r} (ids {ids}). Nothing was changed. Pick one with app_id.",
        )
    if named:
        return named[0]
    if made is not None:
        listed = listing.by_id(made.id)
        if listed is not None:
            raise renamed(spec, listed)
        if made.name and names_match(spec.name, made.name) not in ("exact", "same"):
            raise renamed(spec, made)  # as an earlier listing of this run has shown
        return made  # the list lags behind
    lossy = [app for app in related["lossy"] if spec.tenant is not None or app.id != REGISTRY_ID]
    if lossy:
        raise ApiError(
            "ambiguous",
            f"There is no app {spec.name!r}, but {_listed(lossy[0])}, which may be the same name, cut short or with "
            f"characters replaced. Nothing was created. If it is this app, declare it as {lossy[0].name!r}, or pick it "
            f"with app_id: {lossy[0].id}. If it is another one, choose a name that differs more.",
        )
    return listing.absent(spec.name)


def _by_id(spec: AppSpec, listing: AppListing, named: list[AppRecord]) -> AppRecord:
    app = listing.by_id(spec.app_id or "")
    if app is None:
        listing.whole()
        raise ApiError(
            "not_found",
            f"The account has no app with id {spec.app_id}. Correct app_id, or leave it out to create {spec.name!r}.",
        )
    if app not in named:
        raise ApiError(
            "not_found",
            f"The app with id {app.id} is named {app.name!r}, not {spec.name!r}. Correct app_id or name.",
        )
    return app


def _listed(app: AppRecord) -> str:
    return f"one is listed as {app.name!r} (id {app.id})"


def renamed(spec: AppSpec, listed: AppRecord) -> ApiError:
    """Return the error for an app that was created and is listed under another name."""
    return ApiError(
        "ambiguous",
        f"The app {spec.name!r} was created with id {listed.id}, but the API lists it as {listed.name!r}. Declare it "
        f"by that name, or pick it with app_id: {listed.id}; otherwise the next run would not recognise it.",
    )


def same_warning(spec: AppSpec, record: AppRecord) -> list[str]:
    """Warn that the app is listed under another spelling of its name."""
    if record.name is None or unicodedata.normalize("NFC", record.name) == unicodedata.normalize("NFC", spec.name):
        return []
    return [
        f"The app {spec.name!r}{_of(spec)} is listed as {record.name!r} (id {record.id}), which is taken as the same."
    ]


def near_warning(spec: AppSpec, listing: AppListing) -> list[str]:
    """Warn that a new app is named almost like an existing one."""
    names = [app.name or "" for app in listing.records if app.id != REGISTRY_ID]
    case = [app.name for app in listing.related(spec.name)["case"]]
    close = case[0] if case else nearest(spec.name, names)
    if close is None:
        return []
    return [f"The new app {spec.name!r}{_of(spec)} is named almost like an existing one, {close!r}."]


def _of(spec: AppSpec) -> str:
    return f" of {spec.tenant}" if spec.tenant else ""
