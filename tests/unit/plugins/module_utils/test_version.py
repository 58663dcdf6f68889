# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version in the User-Agent."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.partnerops.saas.plugins.module_utils.version import VERSION


def test_it_is_the_version_of_the_collection():
    galaxy = Path(__file__).resolve().parents[4] / "galaxy.yml"
    found = re.search(r"^version: *\"?([^\s\"]+)", galaxy.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    assert found.group(1) == VERSION
