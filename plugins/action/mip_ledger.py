# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ``partnerops.saas.mip_ledger`` in the controller's process if the connection is local."""

from __future__ import annotations

from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.ledger import OPERATION
from ansible_collections.partnerops.saas.plugins.plugin_utils.in_process import InProcessAction


class ActionModule(InProcessAction):
    """See ``plugin_utils/in_process.py``."""

    operation = OPERATION
