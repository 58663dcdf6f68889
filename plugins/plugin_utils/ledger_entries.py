# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ledger knows of clients and members, read without a login."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.partnerops.saas.plugins.module_utils.errors import invalid
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.identity import account_key
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import mip_connection
from ansible_collections.partnerops.saas.plugins.module_utils.state.lines import public
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import open_store
from ansible_collections.partnerops.saas.plugins.module_utils.vendors import connection_spec
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import context_of_process


def ledger_entries(options: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """Return the rows of the API's ledger, as ``mip_ledger_info`` does; none if there is no ledger.

    :param options: connection options of MIP; the environment has the others
    :raises ApiError: if the options are wrong, or the ledger can't be read
    """
    checked = ArgumentSpecValidator(connection_spec("mip")).validate(dict(options))
    if checked.error_messages:
        raise invalid(" ".join(checked.error_messages))
    connection = mip_connection(checked.validated_parameters)
    store = open_store(connection.state, context_of_process())
    deadline = Deadline(connection.deadline)
    rows = store.entries(deadline, account_key(connection.base)) if store.status(deadline)["exists"] else []
    return [public(key, entry) for key, entry in rows]
