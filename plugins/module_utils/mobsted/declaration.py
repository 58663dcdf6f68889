# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Read the declaration of a fleet, and check all of it before anything is sent."""

from __future__ import annotations

import typing as t

from ..bulk.batch import BATCH_OPTIONS, MAX_CREATES, check_batch_options
from ..emails import check_email
from ..errors import invalid
from ..identity import email_key, name_key
from ..operation import Result, Task
from .app import APP_OPTIONS, AppSpec
from .credentials import CREDENTIALS
from .fleet import FleetApp, FleetTenant
from .icon import read_icon

_APPS: dict[str, t.Any] = {"type": "list", "elements": "dict", "default": [], "options": APP_OPTIONS}

FLEET_OPTIONS: dict[str, dict[str, t.Any]] = {
    "tenants": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "email": {"type": "str", "required": True},
            "tenant_password": {"type": "str", "no_log": True},
            "apps": _APPS,
        },
    },
    "apps": _APPS,
    "on_stale_credentials": {"type": "str", "choices": ["fail", "warn"], "default": "fail", "no_log": False},
    **BATCH_OPTIONS,
    **MAX_CREATES,
    **CREDENTIALS,
}


def icons(params: Result) -> t.Iterator[tuple[Result, str]]:
    """Yield where the parameters, which may not be checked yet, name a file."""
    tenants = params.get("tenants")
    places = [params, *(tenants if isinstance(tenants, list) else ())]
    for group in (place.get("apps") for place in places if isinstance(place, dict)):
        for app in group if isinstance(group, list) else ():
            if isinstance(app, dict):
                yield app, "icon"


def declared(task: Task) -> tuple[list[FleetTenant], FleetTenant]:
    """Return the declared tenants and the master account's apps, all checked before anything is sent.

    :raises ApiError: ``invalid_input``, naming the place
    """
    params = task.params
    check_batch_options(params)
    checked: dict[str, str | None] = {}
    places: dict[str, str] = {}
    tenants = []
    for number, tenant in enumerate(params["tenants"]):
        where = f"tenants[{number}]"
        email = check_email(tenant["email"], f"{where}.email")
        key = email_key(email)
        if key in places:
            raise invalid(
                f"{places[key]}.email and {where}.email are the same address, {email}. Remove one. Nothing was sent."
            )
        places[key] = where
        apps = _apps(task, tenant.get("apps") or (), where + ".", email, checked)
        tenants.append(FleetTenant(email=email, password=tenant.get("tenant_password") or None, apps=apps))
    return tenants, FleetTenant(apps=_apps(task, params["apps"], "", None, checked))


def _apps(
    task: Task, apps: t.Sequence[Result], where: str, tenant: str | None, icons_read: dict[str, str | None]
) -> list[FleetApp]:
    places: dict[str, tuple[str, str | None]] = {}
    made = []
    for number, app in enumerate(apps):
        place = f"{where}apps[{number}]"
        spec = AppSpec.read({**app, "icon": None, "tenant": tenant}, place + ".")
        icon = app.get("icon") or None
        if icon and icon not in icons_read:
            icons_read[icon] = read_icon(icon, place + ".")[1]
            if icons_read[icon]:
                task.warn(icons_read[icon] or "")
        name = name_key(spec.name)
        before, app_id = places.get(name, ("", None))
        # Two apps of one name can only be distinguished by their ids.
        if before and (app_id is None or spec.app_id is None or app_id == spec.app_id):
            raise invalid(
                f"{before}.name and {place}.name are the same, {spec.name!r}. Rename one, or give both an app_id. "
                "Nothing was sent."
            )
        places[name] = (place, spec.app_id)
        made.append(FleetApp(spec=spec, icon=icon))
    return made
