# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests here, and a world for each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from simulator.client import Simulator, World

from simulator_calls import Mobsted


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """Yield a running simulator with TLS."""
    with Simulator.start(tls=True) as started:
        yield started


@pytest.fixture
def make_world(simulator: Simulator) -> Iterator[Callable[..., World]]:
    """Yield a function that creates worlds, which are deleted after the test."""
    made: list[World] = []

    def make(**options: Any) -> World:
        made.append(simulator.world(**options))
        return made[-1]

    yield make
    for world in made:
        world.delete()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """Return a world with the default options."""
    return make_world()


@pytest.fixture
def master(world: World) -> Mobsted:
    """Return the master account of ``world``, logged in."""
    return Mobsted(world.mobsted_url, world.login, world.password)
