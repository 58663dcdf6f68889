# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person and a task, for the tests of MIP's operations."""

from __future__ import annotations

import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task

EMAIL = "u@x.example"
OK = {"status": "ok"}
PERSON = {"id": 20, "email": EMAIL, "is_blocked": False}
Make = t.Callable[..., Task]
