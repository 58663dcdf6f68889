# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Recognise an account that is no master account.

App ID 1 of a master account is the list of tenants. In a client's account it is an ordinary app, without records that
are tenants. Its empty list would read as "there are no tenants yet".
"""

from __future__ import annotations

import contextlib
import typing as t

from ..errors import ApiError
from ..operation import Task
from .listing import AppListing
from .records import REGISTRY_ID

#: What to do about it.
USE_MASTER = "Set api_url, api_login and api_password to those of the master account."


def no_registry(apps: AppListing) -> str | None:
    """Return why app ID 1 of an account has no tenants: it is missing, or it is a wrapper app with a site."""
    return "the account has no app ID 1" if apps.by_id(REGISTRY_ID) is None else ordinary_app(apps)


def ordinary_app(apps: AppListing) -> str | None:
    """Return that app ID 1 is an ordinary app, if the list of apps shows it."""
    app = apps.by_id(REGISTRY_ID)
    if app is not None and (app.row.text("webSiteUrl") or app.row.text("isPWAless") == "1"):
        return f"app ID 1 is the ordinary app {app.name!r}"
    return None


def warn_of_client_account(task: Task, base: str, read: t.Callable[[], AppListing | None]) -> None:
    """Warn if an account without tenants is a client's account. Call it if app ID 1 has no records.

    :param base: URL of the account
    :param read: returns the apps of the account; if they can't be read, nothing is said
    """
    with contextlib.suppress(ApiError):
        apps = read()
        why = ordinary_app(apps) if apps is not None else None
        if why:
            task.warn(f"{base} is probably no master account: {why}, so its empty list proves nothing. {USE_MASTER}")
