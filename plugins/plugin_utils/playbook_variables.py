# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find misspelt variables of the playbooks.

Ansible ignores a variable that nobody reads. ``-e partner_max_create=5`` would then limit nothing, and a scheduled
check with ``-e partner_failon=drift`` would always succeed.
"""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.hints import meant
from ansible_collections.partnerops.saas.plugins.module_utils.vendors import VENDORS

#: The variables of all playbooks: a file of variables can serve several of them.
VARIABLES = (
    "partner_concurrency",
    "partner_credentials_dest",
    "partner_credentials_plaintext",
    "partner_credentials_vault_id",
    "partner_export_overwrite",
    "partner_export_path",
    "partner_fail_on",
    "partner_handover_credentials",
    "partner_handover_language",
    "partner_handover_path",
    "partner_handover_tenants",
    "partner_handover_texts",
    "partner_max_creates",
    "partner_mip_connection",
    "partner_mobsted_connection",
    "partner_on_error",
    "partner_on_stale_credentials",
    "partner_plan_path",
    "partner_report_icons",
    "partner_report_path",
    "partner_state_file",
    "partner_transcript_path",
)
#: What the playbooks themselves set and what resembles a variable. It is there if one run imports several playbooks.
OWN = ("partner_fails_on", "partner_mip", "partner_mobsted", "partner_plan")


def mistakes(names: t.Iterable[str], connections: t.Mapping[str, t.Collection[t.Any]]) -> list[str]:
    """Return a sentence for each variable that is nearly one of the playbooks', and for each unknown connection option.

    Other names are the user's own: an inventory may have a ``partner_name``, and a play that sets
    ``partner_state_file`` may have a ``partner_state`` beside it.

    :param names: variables that are set
    :param connections: by vendor, the keys of ``partner_mobsted_connection`` and ``partner_mip_connection``
    """
    found = []
    names = set(names)
    missing = [name for name in VARIABLES if name not in names]
    for name in sorted(names - {*VARIABLES, *OWN}):
        known = meant(name, missing)
        if known:
            found.append(f"{name} is no variable of this playbook. Did you mean {known}? Correct its name.")
    for vendor, given in connections.items():
        options = [option.name for option in VENDORS[vendor]]
        for name in sorted(map(str, given)):
            if name not in options:
                known = meant(name, options)
                step = f"Did you mean {known!r}?" if known else f"It takes {', '.join(options)}."
                found.append(f"partner_{vendor}_connection has the key {name!r}, which is no connection option. {step}")
    return found
