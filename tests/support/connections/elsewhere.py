# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The local connection under another name, so that every task runs as a module."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: elsewhere
short_description: The local connection under another name
description: So that nothing takes it for the controller.
author: tests
extends_documentation_fragment: [connection_pipelining]
options: {}
"""


class Connection(Local):
    """See the module's docstring."""

    transport = "elsewhere"
    has_pipelining = True
