# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ledger knows of clients and members, read without a login."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.partnerops.saas.plugins.module_utils.errors import invalid
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import mip_connection
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.vendors import connection_spec

_READ = (
    "SELECT marketplace, kind, email, id, state, blocked, intent FROM entry WHERE api = ? "
    "ORDER BY marketplace, kind, email"
)


def ledger_entries(options: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """Return the rows of the API's ledger, as ``mip_ledger_info`` does; none if there is no ledger.

    :param options: connection options of MIP; the environment has the others
    :raises ApiError: if the options are wrong, or the ledger can't be read
    """
    checked = ArgumentSpecValidator(connection_spec("mip")).validate(dict(options))
    if checked.error_messages:
        raise invalid(" ".join(checked.error_messages))
    connection = mip_connection(checked.validated_parameters)
    ledger = Ledger(connection.ledger_path, connection.base)
    with ledger.file.opened(Deadline(connection.deadline), create=False) as file:
        rows = file.execute(_READ, (ledger.api,)).fetchall() if file is not None else []
    names = ("marketplace_id", "kind", "email", "id", "state", "blocked", "intent")
    return [
        {**dict(zip(names, row)), "marketplace_id": int(row[0]) if row[0] else None, "blocked": _flag(row[5])}
        for row in rows
    ]


def _flag(value: t.Any) -> bool | None:
    return None if value is None else bool(value)
