# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every action runs the operation of the module with its name."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.plugin_utils.in_process import InProcessAction

FOLDER = Path(__file__).resolve().parents[4] / "plugins" / "action"
#: They have no module: their work is on the controller alone.
CONTROLLER_ONLY = {"partner_handover"}
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in CONTROLLER_ONLY])
def test_action(name):
    base = "ansible_collections.partnerops.saas.plugins."
    action = importlib.import_module(f"{base}action.{name}").ActionModule
    module = importlib.import_module(f"{base}modules.{name}")
    assert issubclass(action, InProcessAction)
    assert action.operation is module.OPERATION
    assert action.operation.name == name
