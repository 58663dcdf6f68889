# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the result of every task to a file of JSON lines, for tests/support/harness.py.

A line is an object with ``event``: ``task`` and ``item`` have ``host``, ``task``, ``action``, ``status``, ``ignored``,
``item`` and ``result``; ``stats`` has ``hosts``. ``result`` is what a callback receives: results of tasks with
``no_log`` are censored.
"""

from __future__ import annotations

import json
import os
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_results
type: aggregate
short_description: Task results as JSON lines
description:
  - Writes one JSON object a line to the file named in the environment variable E(TASK_RESULTS_FILE).
requirements:
  - Set E(ANSIBLE_CALLBACKS_ENABLED) to V(task_results).
"""


class CallbackModule(CallbackBase):
    """See the module's docstring."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_results"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, line: dict[str, t.Any]) -> None:
        path = os.environ.get("TASK_RESULTS_FILE")
        if path:
            with open(path, "a", encoding="utf-8") as handle:
                handle.write(json.dumps(line, default=str, sort_keys=True) + "\n")

    def _result(self, event: str, status: str, result: t.Any, ignored: bool = False) -> None:
        # ansible-core has public attributes from 2.19 on; before, only those with an underscore.
        public = hasattr(result, "result")
        data = dict(result.result if public else result._result)
        task = result.task if public else result._task
        host = result.host if public else result._host
        self._write(
            {
                "event": event,
                "host": host.get_name(),
                "task": task.get_name().strip(),
                "action": task.action,
                "status": status,
                "ignored": bool(ignored),
                "item": data.get(data.get("ansible_loop_var", "item")),
                "result": data,
            }
        )

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._result("task", "ok", result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._result("task", "failed", result, ignore_errors)

    def v2_runner_on_skipped(self, result: t.Any) -> None:
        self._result("task", "skipped", result)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        self._result("task", "unreachable", result)

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        self._result("item", "ok", result)

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        self._result("item", "failed", result)

    def v2_runner_item_on_skipped(self, result: t.Any) -> None:
        self._result("item", "skipped", result)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        self._write({"event": "stats", "hosts": {host: stats.summarize(host) for host in sorted(stats.processed)}})
