# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show a partner's declared state on both platforms, built from nothing in the simulator (``make demo``).

Converge twice (the second run must change nothing), then write the report.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import harness

STATE = ROOT / "playbooks" / "example" / "partner-state.yml"
WORK = ROOT / ".cache" / "demo"
BOLD, GREEN, RED, PLAIN = ("\033[1m", "\033[32m", "\033[31m", "\033[0m") if sys.stdout.isatty() else ("", "", "", "")


class DemoError(Exception):
    """An error: the demo did not show what it promises."""


def say(text: str) -> None:
    """Print a heading of the demo, set apart from Ansible's output."""
    print(f"\n{BOLD}▶ {text}{PLAIN}", flush=True)


def start_simulator() -> tuple[subprocess.Popen[bytes], dict[str, t.Any]]:
    """Start the simulated vendors; return the process and what it wrote when it was ready."""
    ready = WORK / "ready.json"
    command = [sys.executable, str(ROOT / "tests" / "simulator"), "--port", "0"]
    command += ["--ready-file", str(ready), "--parent", str(os.getpid())]
    with open(WORK / "simulator.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        try:
            return process, json.loads(ready.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            time.sleep(0.02)
    process.kill()
    process.wait()
    raise DemoError(f"the simulator did not start:\n{(WORK / 'simulator.log').read_text(encoding='utf-8')}")


def play(name: str, variables: dict[str, t.Any], environment: dict[str, str]) -> harness.Run:
    """Run a playbook of the collection by its full name, and show its output."""
    print(f"  $ ansible-playbook partnerops.saas.{name}\n", flush=True)
    colour = {"ANSIBLE_NOCOLOR": "false", "ANSIBLE_FORCE_COLOR": "true"} if sys.stdout.isatty() else {}
    run = harness.run_playbook(
        f"partnerops.saas.{name}",
        extra_vars=variables,
        env={**environment, **colour},
        cwd=WORK,
        home=WORK / "home",
        live=True,
    )
    if run.rc:
        raise DemoError(f"partnerops.saas.{name} failed with exit code {run.rc}")
    return run


def show() -> None:
    """Run the demo."""
    if not STATE.is_file():
        raise DemoError(f"there is no {STATE.relative_to(ROOT)} yet")
    # The example's passwords are variables named vault_…; the demo invents them.
    names = sorted(set(re.findall(r"\bvault_\w+", STATE.read_text(encoding="utf-8"))))
    vault = WORK / "vault-password"
    vault.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    vault.chmod(0o600)
    variables: dict[str, t.Any] = {
        "partner_state_file": str(STATE),
        "partner_credentials_dest": str(WORK / "credentials.yml"),
        "partner_report_path": str(WORK / "partner-report.html"),
        **{name: secrets.token_urlsafe(12) for name in names},
    }
    say("Starting the two vendors, simulated")
    process, info = start_simulator()
    world = info["default"]
    print(f"  Mobsted {world['mobsted']['url']}\n  MIP     {world['mip']['url']}")
    environment = {
        "MOBSTED_API_URL": world["mobsted"]["url"],
        "MOBSTED_API_LOGIN": world["mobsted"]["login"],
        "MOBSTED_API_PASSWORD": world["mobsted"]["password"],
        "MIP_API_URL": world["mip"]["url"],
        "MIP_API_EMAIL": world["mip"]["email"],
        "MIP_API_PASSWORD": world["mip"]["password"],
        "ANSIBLE_VAULT_PASSWORD_FILE": str(vault),
    }
    try:
        say("Converging: everything in the state file is created")
        first = play("converge", variables, environment)
        if not first.changed:
            raise DemoError("the first run changed nothing")
        say("Converging again: nothing must change")
        second = play("converge", variables, environment)
        if second.changed:
            raise DemoError(f"the second run says changed={second.changed}")
        if (ROOT / "playbooks" / "report.yml").is_file():
            say("Reporting")
            play("report", variables, environment)
    finally:
        process.terminate()
        process.wait()
    print(f"\n{GREEN}✓{PLAIN} first run: changed={first.changed} in {first.seconds:.1f} s")
    print(f"{GREEN}✓{PLAIN} second run: changed=0 in {second.seconds:.1f} s")
    kept = (("credentials, encrypted", "credentials.yml"), ("report", "partner-report.html"))
    for what, name in kept:
        if (WORK / name).exists():
            print(f"{GREEN}✓{PLAIN} {what}: {(WORK / name).relative_to(ROOT)}")


def main() -> int:
    """Run the demo and print how long it took."""
    start = time.monotonic()
    try:
        shutil.rmtree(WORK, ignore_errors=True)
        (WORK / "home").mkdir(parents=True)
        show()
    except (DemoError, TimeoutError) as exc:
        print(f"\n{RED}✗ {exc}{PLAIN}", file=sys.stderr)
        return 1
    print(f"\n{BOLD}The demo took {time.monotonic() - start:.0f} s.{PLAIN}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
