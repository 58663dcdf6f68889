# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every action runs the operation of the module with its name."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.in_process import InProcessAction
from ansible_collections.partnerops.saas.tests.support.driver import virtual_modules

FOLDER = Path(__file__).resolve().parents[4] / "plugins" / "action"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in virtual_modules()])
def test_action(name):
    base = "ansible_collections.partnerops.saas.plugins."
    action = importlib.import_module(f"{base}action.{name}").ActionModule
    module = importlib.import_module(f"{base}modules.{name}")
    assert issubclass(action, InProcessAction)
    assert action.operation is module.OPERATION
    assert action.operation.name == name
