# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Report where an app differs from its declaration, and what could not be compared."""

from __future__ import annotations

from ..errors import ApiError
from ..operation import Task
from .app import AppOutcome
from .records import FIELDS


def report_drift(task: Task, outcome: AppOutcome, icon: str | None = None) -> None:
    """Warn or fail, as ``on_drift`` says, after the outcome's own warnings.

    :param icon: the declared icon
    """
    for text in outcome.warnings:
        task.warn(text)
    if not outcome.drift or outcome.spec.on_drift == "ignore":
        return
    message = drift_message(outcome)
    if outcome.spec.on_drift == "fail":
        result = {"app": outcome.public(), "drift": outcome.drift, "not_compared": not_compared(outcome, icon)}
        raise ApiError("invalid_input", message + " on_drift is 'fail'.", result=result)
    task.warn(message)


def drift_message(outcome: AppOutcome) -> str:
    """Return one sentence on what differs."""
    names = ", ".join(item["field"] for item in outcome.drift)
    place = f" of {outcome.spec.tenant}" if outcome.spec.tenant else ""
    return (
        f"The app {outcome.spec.name!r}{place} differs from its declaration in {names}. The API documents no update: "
        "change the app in the platform, or the declaration."
    )


def not_compared(outcome: AppOutcome | None, icon: str | None = None) -> list[str]:
    """Return the declared options of an existing app that the API does not show, so that nobody thinks them checked.

    :param icon: the declared icon; the API shows its URL, never its content
    """
    if outcome is None or outcome.changed or outcome.record is None:
        return []
    shown = outcome.record.row.fields
    hidden = [
        name for name, column in FIELDS.items() if name in outcome.spec.fields and shown.get(column.lower()) is None
    ]
    return hidden + (["icon"] if icon else [])
