# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print every result as JSON, in full, like callbacks whose output programs read."""

from __future__ import annotations

import json
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: json_lines
type: stdout
short_description: Results as JSON lines
description: One JSON object for each result.
options: {}
"""


class CallbackModule(CallbackBase):
    """See the module's docstring."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "json_lines"

    def _show(self, result: t.Any, **_more: t.Any) -> None:
        data = result.result if hasattr(result, "result") else result._result
        self._display.display(json.dumps(self._clean(data), default=str))

    @staticmethod
    def _clean(data: t.Any) -> t.Any:
        return {key: value for key, value in dict(data).items() if not str(key).startswith("_ansible")}

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = _show
