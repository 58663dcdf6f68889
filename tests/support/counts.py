# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count what a suite tried, across all pytest workers, and print it at the end.

A conftest.py imports the three hooks; tests call ``count("faults tried")``.
"""

from __future__ import annotations

import collections
import typing as t

import pytest

COUNTS: collections.Counter[str] = collections.Counter()


def count(what: str, number: int = 1) -> None:
    """Add to a counter."""
    COUNTS[what] += number


def pytest_sessionfinish(session: t.Any) -> None:
    """Hand a worker's counters to the main process."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["counts"] = dict(COUNTS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: t.Any, error: t.Any) -> None:
    """Add the counters of a worker that has finished."""
    COUNTS.update(getattr(node, "workeroutput", {}).pop("counts", {}))


def pytest_terminal_summary(terminalreporter: t.Any) -> None:
    """Print the counters on one line."""
    if COUNTS:
        terminalreporter.write_line("; ".join(f"{what}: {number}" for what, number in sorted(COUNTS.items())))
        COUNTS.clear()  # several conftest.py files may import the hooks
