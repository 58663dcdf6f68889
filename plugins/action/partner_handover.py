# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the pages that clients get. All of it happens on the controller: the module only has the documentation."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase

from ansible_collections.partnerops.saas.plugins.plugin_utils.handover import NO_CODES, HandoverError
from ansible_collections.partnerops.saas.plugins.plugin_utils.handover_files import Pages
from ansible_collections.partnerops.saas.plugins.plugin_utils.html_parts import HAS_SEGNO
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted

Result = dict[str, t.Any]
SPEC: Result = {
    "tenants": {"type": "list", "elements": "dict", "required": True},
    "path": {"type": "path", "required": True},
    "language": {"type": "raw", "default": "en"},
    "texts": {"type": "path"},
    "logins": {"type": "list", "elements": "dict", "default": [], "no_log": True},
}
WRONG = "tenants must be those of partnerops.saas.mobsted_fleet_info, and logins those of mobsted_tenant_info."


class ActionModule(ActionBase):
    """Check the options, write, and say what was written."""

    _supports_check_mode = True
    _supports_diff = True
    _requires_connection = False

    def run(self, tmp: t.Any = None, task_vars: Result | None = None) -> Result:
        """Write the pages."""
        result: Result = super().run(tmp, task_vars) or {}
        checked = ArgumentSpecValidator(SPEC).validate(plain(self._task.args))
        if checked.error_messages:
            unsupported = isinstance(checked.errors[0], UnsupportedError)
            head = f"Unsupported parameters for ({self._task.action}) module: " if unsupported else ""
            raise AnsibleError(f"{head}{checked.errors.msg}")
        given = checked.validated_parameters
        pages = None
        try:
            folder = os.path.abspath(given["path"])
            pages = Pages(folder, given["language"], given["texts"] or "", given["logins"])
            pages.write(given["tenants"], check_mode=self._task.check_mode)
        except HandoverError as error:
            result.update(failed=True, msg=str(error))
        except OSError as error:
            why = f"{error.strerror}. Create the folder, or correct path and its permissions."
            result.update(failed=True, msg=f"path is {given['path']}, and the pages can't be written there: {why}")
        except (KeyError, TypeError, AttributeError):
            result.update(failed=True, msg=WRONG)
        result.update(untrusted(pages.result()) if pages else {})
        if not HAS_SEGNO:
            result["warnings"] = [NO_CODES]
        return result
