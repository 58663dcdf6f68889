# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The local connection under another name: tasks run as modules, although on this machine."""

from __future__ import annotations

DOCUMENTATION = r"""
name: notlocal
short_description: The local connection, not recognised as such
author: PartnerOps contributors (@partnerops)
version_added: 1.0.0
description:
  - For the benchmark.
"""

from ansible.plugins.connection.local import Connection as Local


class Connection(Local):
    """The local connection in all but name."""

    transport = "notlocal"
