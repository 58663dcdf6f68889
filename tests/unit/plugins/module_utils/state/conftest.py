# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines that share a database."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.state.machines import Machine


@pytest.fixture
def machine(database: str) -> t.Iterator[Machine]:
    """Yield a machine whose database has the tables."""
    made = Machine(database)
    made.store.ready(Deadline(10))
    yield made
    made.store.close()


@pytest.fixture
def other(machine: Machine, database: str) -> t.Iterator[Machine]:
    """Yield another machine at the same database."""
    made = Machine(database)
    yield made
    made.store.close()
