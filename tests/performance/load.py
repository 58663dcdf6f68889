# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many runs at once over overlapping declarations, and one run over very many tenants."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
import time
import typing as t
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.partnerops.saas.tests.support.harness import clean_environment, connection_env, python_of

SITE = "https://store.acme.example"


@dataclass
class Load:
    """The outcome of a load."""

    seconds: float
    failed: list[str]
    tenants: Counter[str]
    apps: Counter[tuple[str, str]]
    mails: Counter[str]
    created: int


def play(tenants: list[str], members: list[str]) -> list[dict[str, t.Any]]:
    """Return one run: a fleet with an app in each tenant, single tenants, and members of a marketplace."""
    app = {"name": "Store", "website_url": SITE}
    return [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "Fleet",
                    "partnerops.saas.mobsted_fleet": {"tenants": [{"email": one, "apps": [app]} for one in tenants]},
                },
                {
                    "name": "Apps",
                    "partnerops.saas.mobsted_pwa_app": {**app, "name": "Blog", "tenant": "{{ item }}"},
                    "loop": tenants[:3],
                },
                {
                    "name": "Marketplace",
                    "partnerops.saas.mip_marketplace": {
                        "marketplace_id": 7,
                        "members": [{"email": one} for one in members],
                        "clients": [{"email": one, "password": "a-password-1"} for one in members],
                    },
                },
            ],
        }
    ]


def overlapping(world: t.Any, runs: int = 20, each: int = 12, pool: int = 40) -> Load:
    """Start this many runs of ``ansible-playbook`` at the same moment, each over some of the same tenants.

    :param each: tenants that a run declares, out of ``pool``
    """
    python = python_of()
    rng = random.Random(7)
    emails = [f"owner{number}@acme.example" for number in range(pool)]
    with tempfile.TemporaryDirectory(prefix="saas-load-") as scratch:
        home = Path(scratch)
        environment = {**clean_environment(home, python), **connection_env(world)}
        environment["MIP_LEDGER_PATH"] = str(home / "ledger.sqlite3")
        processes = []
        start = time.monotonic()
        for number in range(runs):
            source = home / f"play{number}.yml"
            source.write_text(json.dumps(play(rng.sample(emails, each), rng.sample(emails, 4))), encoding="utf-8")
            processes.append(
                subprocess.Popen(
                    [str(python.with_name("ansible-playbook")), str(source)],
                    env=environment,
                    cwd=home,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
        outputs = [process.communicate(timeout=600)[0] for process in processes]
        seconds = time.monotonic() - start
    state = world.state()
    return Load(
        seconds,
        [output for process, output in zip(processes, outputs, strict=True) if process.returncode],
        Counter(row["email"] for row in state["tenants"]),
        Counter((account, app["name"]) for account, apps in state["apps"].items() for app in apps),
        Counter(mail["to"] for mail in state["outbox"] if mail["kind"] == "invitation"),
        world.counts()["tenants_created"],
    )
