# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The collection's version, for the User-Agent header. A test compares it with ``galaxy.yml``."""

from __future__ import annotations

VERSION = "1.1.0"
