# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw ``docs/docsite/site/report.png``, the picture of the report in the README and on the site.

Run it with the Python of ``.venv`` after a change of the report. It converges the example state in the simulator, gives
the tenants some usage, and photographs the page that ``partnerops.saas.report`` writes. It needs Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import typing as t
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "support")]

from playwright.sync_api import ViewportSize, sync_playwright

import harness

STATE = ROOT / "playbooks" / "example" / "partner-state.yml"
PICTURE = ROOT / "docs" / "docsite" / "site" / "report.png"
SIZE: ViewportSize = {"width": 1120, "height": 700}
#: The page on a desktop and, scrolled to the tenants, on a phone.
FRAMES = """<!DOCTYPE html><meta charset="utf-8"><style>
body { margin: 0; background: #dfe5ec; overflow: hidden; }
iframe { position: absolute; border: 0; background: #fff; border-radius: 12px; transform-origin: 0 0;
  box-shadow: 0 10px 40px #0003; }
.desktop { left: 30px; top: 30px; width: 1000px; height: 880px; transform: scale(.76); }
.phone { left: 800px; top: 34px; width: 390px; height: 830px; transform: scale(.75); border: 8px solid #1b2230;
  border-radius: 36px; }
</style><iframe class="desktop" src="partner-report.html" scrolling="no"></iframe>
<iframe class="phone" src="partner-report.html#tenants" scrolling="no"></iframe>"""
LIMIT = 150_000
#: tenant, launches and installs a day
USAGE = (("acme", 412, 31), ("borealis", 268, 12), ("cobalt", 0, 0), ("dune", 57, 4))


def main() -> int:
    """Draw the picture; return the exit code."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        print("Chromium is missing: install it first.", file=sys.stderr)
        return 1
    start = import_module("simulator.client").Simulator.start
    with tempfile.TemporaryDirectory() as folder, start() as simulator, simulator.world() as world:
        page = _report(world, Path(folder))
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            view = browser.new_page(viewport=SIZE)
            view.goto(page.as_uri())
            view.screenshot(path=PICTURE)
            browser.close()
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(ROOT)}: {size} bytes")
    return 0 if size <= LIMIT else 1


def _report(world: t.Any, folder: Path) -> Path:
    """Write a report that shows every part of it: usage, a drift, an undeclared tenant."""
    environment = harness.connection_env(world)
    variables = {"partner_state_file": str(STATE), "vault_cobalt_password": "a-password-1"}
    harness.run_playbook("partnerops.saas.converge", extra_vars=variables, env=environment, cwd=folder).check()
    world.do("tenant_add", email="owner@dune.example", apps=["Dune Club"])
    for name, launches, installs in USAGE:
        counters = {"launchApp1day": launches, "appInstall1day": installs, "appInstall": installs * 90}
        counters |= {"launchApp7days": launches * 6, "appInstall7days": installs * 5, "launchApp30days": launches * 22}
        world.do("tenant_edit", email=f"owner@{name}.example", attributes=counters)
    harness.run_playbook("partnerops.saas.report", extra_vars=variables, env=environment, cwd=folder).check()
    page = folder / "partner-report.html"
    text = page.read_text(encoding="utf-8")
    host = world.mobsted_url.split("/")[2]
    page.write_text(text.replace(host, "ppp-admin.mobsted.com"), encoding="utf-8")
    frames = folder / "frames.html"
    frames.write_text(FRAMES, encoding="utf-8")
    return frames


if __name__ == "__main__":
    sys.exit(main())
