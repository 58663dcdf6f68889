# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print how ``make test`` went: a line for each session of its stages, then the counts. Exit with 1 if one failed."""

from __future__ import annotations

import json
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

CACHE = Path(__file__).resolve().parents[1] / ".cache"
MARKS = {"success": "✓", "skipped": "–"}


def counts(session: str, state: str) -> Counter[str]:
    """Return how many tests of a session passed, failed and were skipped; one without tests counts as a test."""
    found: Counter[str] = Counter()
    for report in (CACHE / "junit" / session).glob("*.xml"):
        for case in ET.parse(report).iter("testcase"):
            ends = {child.tag for child in case}
            found["failed" if ends & {"failure", "error"} else "skipped" if "skipped" in ends else "passed"] += 1
    if state == "success":
        return found or Counter(passed=1)
    return found if state == "skipped" or found["failed"] else found + Counter(failed=1)


def main(stages: list[str]) -> int:
    """Print the summary of STAGES."""
    total: Counter[str] = Counter()
    for stage in stages:
        report = CACHE / "logs" / f"{stage}.json"
        sessions = [{"name": stage, "result": "failed", "reason": "it did not get as far as a report"}]
        for session in json.loads(report.read_text(encoding="utf-8"))["sessions"] if report.exists() else sessions:
            found = counts(session["name"], session["result"])
            notes = [f"{number} {end}" for end, number in found.items()]
            notes += [f"{session['result']}: {session['reason']}"] if session.get("reason") else []
            mark, seconds = MARKS.get(session["result"], "✗"), session.get("duration") or 0
            print(f"{mark} {session['name']:<18} {seconds:6.1f} s  {', '.join(notes)}")
            total += found
    seconds = time.time() - (CACHE / "logs" / ".started").stat().st_mtime
    print(f"\n{seconds // 60:.0f} min {seconds % 60:.0f} s; what each stage printed is in .cache/logs")
    print(
        f"{total['passed']} passed, {total['failed']} failed" + f", {total['skipped']} skipped" * bool(total["skipped"])
    )
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
