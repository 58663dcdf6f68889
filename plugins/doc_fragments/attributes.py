# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes that modules document, and the membership in an action group."""

from __future__ import annotations


class ModuleDocFragment:
    """Every module extends ``partnerops.saas.attributes`` or ``.info``, and the part of its group."""

    # For modules that write: all three are supported, unless the module's own `attributes` say otherwise.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed, or needs changing in C(check_mode), when in diff mode.
    support: full
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the system controlled or queried by the module has not changed in a relevant way.
    support: full
  action:
    description:
      - Has a corresponding action plugin, which runs the task inside the controller's process where the connection is
        local.
        This saves a new Python process for each task and each item of a loop.
    support: full
    details:
      - With any other connection, O(ignore:become), O(ignore:async), or without C(requests) in the controller's
        Python, the task
        runs as modules do.
  async:
    description: Supports being used with the C(async) keyword.
    support: full
"""

    # For modules that only read.
    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
    details:
      - This action does not modify state.
  diff_mode:
    description: Will return details on what has changed, or needs changing in C(check_mode), when in diff mode.
    support: N/A
    details:
      - This action does not modify state.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the system controlled or queried by the module has not changed in a relevant way.
    support: full
    details:
      - This action does not modify state.
  action:
    description:
      - Has a corresponding action plugin, which runs the task inside the controller's process where the connection is
        local.
        This saves a new Python process for each task and each item of a loop.
    support: full
    details:
      - With any other connection, O(ignore:become), O(ignore:async), or without C(requests) in the controller's
        Python, the task
        runs as modules do.
  async:
    description: Supports being used with the C(async) keyword.
    support: full
"""

    MOBSTED = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/partnerops.saas.mobsted) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - partnerops.saas.mobsted
"""

    MIP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/partnerops.saas.mip) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - partnerops.saas.mip
"""
