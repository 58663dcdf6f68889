# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# pylint: disable=unused-import
"""Fixtures: counts over all workers."""

from __future__ import annotations

from ansible_collections.partnerops.saas.tests.support.counts import (  # noqa: F401 -- hooks
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
