# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event source ``partnerops.saas.tenants`` for ansible-rulebook: what happens to the tenants of a master account."""

from __future__ import annotations

import asyncio
import importlib
import sys
import time
import typing as t
from pathlib import Path

from ansible.plugins.loader import init_plugin_loader

DOCUMENTATION = r"""
name: tenants
short_description: Events on the tenants of a Mobsted master account
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Polls app ID 1 of the master account, and emits an event for each thing that happened since the last poll.
  - Each event has C(type). All but C(poll_failed) have C(email) and C(tenant), the record without credentials.
  - C(tenant_new) has C(declared), which is true, false, or null if O(state_file) is not set or a template hides an
    address in it.
  - C(tenant_changed) has C(fields), the names of the fields that changed, and C(was), their values before.
  - C(threshold) has C(counter), C(was), C(now) and C(limit).
  - C(poll_failed) has C(msg) and C(failure). It is emitted when polling starts to fail.
  - The very first poll only learns what exists.
options:
  api_url:
    description:
      - The connection options are those of the modules, with the same environment variables. See
        M(partnerops.saas.mobsted_tenant_info).
    type: str
  delay:
    description:
      - Seconds between two polls.
    type: float
    default: 60
  state_file:
    description:
      - State file that declares the tenants. It is read at each poll. A relative path starts in the current folder.
    type: path
  thresholds:
    description:
      - Limits of counters, each one number or a list. The counters are the keys of C(stats) in
        M(partnerops.saas.mobsted_tenant_info). The event is emitted when a counter reaches the limit from below.
    type: dict
  seen_path:
    description:
      - File that keeps what was seen and reported, so that a restart misses nothing and reports nothing twice. An event
        counts as reported when its actions have ended. Without it, the first poll after each start only learns what
        exists. It contains addresses of tenants, but no secrets. Only one rulebook can use it, for one account.
    type: path
"""

EXAMPLES = r"""
- partnerops.saas.tenants:
    api_url: "{{ mobsted_url }}"
    api_login: "{{ mobsted_login }}"
    api_password: "{{ mobsted_password }}"
    delay: 300
    state_file: partner-state.yml
    seen_path: tenants.seen
    thresholds:
      installs_total: [100, 1000]
"""


#: How the names of ansible-rulebook's tasks begin that run an action.
ACTION = "action::"
#: Turns of the event loop within which the actions of an event have started, and the seconds that they may take.
TURNS, LONGEST = 20, 600.0


async def main(queue: t.Any, args: dict[str, t.Any]) -> None:
    """Poll for ever. One client is used all the time, in a thread, since it waits for the network."""
    feedback = args.pop("eda_feedback_queue", None)
    watch = await asyncio.to_thread(_start, args)
    try:
        while True:
            for step in await asyncio.to_thread(watch.poll):
                if step.event is not None:
                    await queue.put(step.event)
                    if feedback is not None:
                        await feedback.get()
                    await _acted(getattr(queue, "queue", queue))
                watch.keep(step)
            watch.tidy()
            await asyncio.sleep(watch.delay)
    finally:
        watch.close()


async def _acted(queue: asyncio.Queue[t.Any]) -> None:
    """Wait until the actions of an event have ended: if the rulebook is stopped before, the event is emitted again.

    ansible-rulebook has no call for this, but it runs its actions in this event loop. Those of other sources are waited
    for too, since those of the event may be queued behind them. Nothing here takes longer than it must: what ends
    between an action and its record is emitted twice.
    """
    until = time.monotonic() + LONGEST
    while not queue.empty():
        await asyncio.sleep(0.001)
    while time.monotonic() < until:
        for _turn in range(TURNS):
            await asyncio.sleep(0)
        running = [task for task in asyncio.all_tasks() if task.get_name().startswith(ACTION)]
        if not running:
            return
        await asyncio.wait(running, timeout=until - time.monotonic())


def _start(args: dict[str, t.Any]) -> t.Any:
    """Make the collection importable, as nobody has done it in this process, and log in."""
    if not any(type(finder).__name__ == "_AnsibleCollectionFinder" for finder in sys.meta_path):
        init_plugin_loader([str(Path(__file__).absolute().parents[7])])
    module = importlib.import_module("ansible_collections.partnerops.saas.plugins.plugin_utils.tenant_watch")
    return module.TenantWatch(args)
