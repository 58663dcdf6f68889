# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes that modules document, and the membership in an action group."""

from __future__ import annotations


class ModuleDocFragment:
    """Every module extends ``partnerops.saas.attributes`` and the part of its action group.

    The names of parts must differ from the names of the files in this folder. ansible-core looks for a file first, so
    ``partnerops.saas.attributes.mobsted`` would load ``mobsted.py`` instead.
    """

    # All of these are supported, unless the module's own `attributes` or the part INFO say otherwise.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when
      in diff mode.
    support: full
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the system controlled or queried by the module has not changed in a relevant way.
    support: full
  action:
    description:
      - Has an action plugin that runs the task in the Ansible process on the controller if the connection is local.
        This saves starting Python for each task and each item of a loop.
    support: full
    details:
      - With any other connection, with O(ignore:become) or O(ignore:async), or if the Python that runs Ansible does not
        have C(requests), the task runs as an ordinary module.
  async:
    description: Supports being used with the C(async) keyword.
    support: full
"""

    # For modules that only read. They name this part before the one above, because the first value of a key stays.
    INFO = r"""
options: {}
attributes:
  check_mode:
    details:
      - This action does not modify state.
  diff_mode:
    support: N/A
    details:
      - This action does not modify state.
  idempotent:
    details:
      - This action does not modify state.
"""

    ACTIONGROUP_MOBSTED = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/partnerops.saas.mobsted) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - partnerops.saas.mobsted
"""

    ACTIONGROUP_MIP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/partnerops.saas.mip) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - partnerops.saas.mip
"""
