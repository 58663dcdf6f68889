# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The connection options of both vendors, by the vendor's name."""

from __future__ import annotations

import typing as t

from .mip.connection import MIP
from .mobsted.connection import MOBSTED
from .options import Option, argument_spec

VENDORS: dict[str, tuple[Option, ...]] = {"mobsted": MOBSTED, "mip": MIP}


def connection_spec(vendor: str) -> dict[str, dict[str, t.Any]]:
    """Return the connection options of one vendor as an argument spec."""
    return argument_spec(VENDORS[vendor])
