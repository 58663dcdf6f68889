# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start a playbook beside the test, to stop or kill it at a chosen moment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import typing as t
from pathlib import Path

from ansible_collections.partnerops.saas.tests.support.harness import clean_environment, python_of
from ansible_collections.partnerops.saas.tests.support.processes import kill_all


@contextlib.contextmanager
def playbook_started(
    tasks: t.Sequence[t.Mapping[str, t.Any]], home: Path, env: t.Mapping[str, str]
) -> t.Iterator[subprocess.Popen[bytes]]:
    """Run tasks on localhost; when the block is left, kill what is left of the run, workers included.

    :param home: HOME of the run, made if it is missing
    :param env: added to the clean environment
    """
    python = python_of()
    environment = {**clean_environment(home, python), **env}
    environment.pop("ANSIBLE_CALLBACKS_ENABLED")  # nobody reads the results
    play = home / "play.json"
    play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]), "utf-8")
    process = subprocess.Popen(
        [str(python.with_name("ansible-playbook")), str(play)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that a signal to the group does not hit the tests
    )
    try:
        yield process
    finally:
        kill_all(process.pid)
        with contextlib.suppress(ProcessLookupError):  # whoever is left of its group, if it has ended already
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        play.unlink()
