# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only the controller does for a task: vault, progress, predictions."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import MagicMock

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils import controller as module
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController


@pytest.fixture
def run(tmp_path: Path) -> str:
    """The temporary folder of a run."""
    folder = tmp_path / "ansible-local-1abcdefgh"
    folder.mkdir()
    return str(folder)


def test_predictions_of_check_mode_are_known_to_other_workers_of_the_run(run):
    one, other = (ActionController(MagicMock(), RunContext(run)) for _worker in range(2))
    assert one.predicted("tenants") == set()
    assert one.predicted("tenants", ["b@x.example", "a@x.example"]) == {"a@x.example", "b@x.example"}
    assert other.predicted("tenants", iter(["a@x.example"])) == {"a@x.example", "b@x.example"}
    assert other.predicted("apps") == set()


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_for_a_terminal_and_on_standard_error(monkeypatch, run, terminal):
    display = MagicMock()
    monkeypatch.setattr(module, "Display", lambda: display)
    monkeypatch.setattr(module, "_TERMINAL", terminal)
    ActionController(MagicMock(), RunContext(run)).progress("3 of 10")
    assert display.display.call_args_list == ([(("3 of 10",), {"stderr": True})] if terminal else [])


def test_without_credentials_dest_there_is_no_file(run):
    assert ActionController(MagicMock(), RunContext(run)).credentials_file({"credentials_dest": None}) is None


def test_the_credentials_file(monkeypatch, run):
    credentials_file, loader, context = MagicMock(), MagicMock(), RunContext(run)
    monkeypatch.setattr(module, "CredentialsFile", credentials_file)
    params = {"credentials_dest": "x.yml"}
    assert ActionController(loader, context).credentials_file(params) is credentials_file.of.return_value
    credentials_file.of.assert_called_once_with(params, loader, context)
