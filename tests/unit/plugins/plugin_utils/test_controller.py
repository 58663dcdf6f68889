# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only the controller can do for a task."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import MagicMock

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils import controller as module
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController


@pytest.fixture
def run(tmp_path: Path) -> str:
    """Return the temporary folder of a run."""
    folder = tmp_path / "ansible-local-1abcdefgh"
    folder.mkdir()
    return str(folder)


def test_predictions_of_check_mode_are_known_to_other_workers_of_the_run(run):
    one, other = (ActionController(MagicMock(), RunContext(run)) for _worker in range(2))
    assert one.predicted("tenants") == set()
    assert one.predicted("tenants", ["b@x.example", "a@x.example"]) == {"a@x.example", "b@x.example"}
    assert other.predicted("tenants", iter(["a@x.example"])) == {"a@x.example", "b@x.example"}
    assert other.predicted("apps") == set()


def shown(monkeypatch, run, terminal):
    display = MagicMock()
    monkeypatch.setattr(module, "Display", lambda: display)
    monkeypatch.setattr(module, "_TERMINAL", terminal)
    monkeypatch.setattr(module, "_COLUMNS", 10)
    controller = ActionController(MagicMock(), RunContext(run))
    controller.progress("3 of 10,\x1b[2J now app")
    controller.clear_progress()
    return controller.progress_interval, display.display.call_args_list


def test_progress_is_redrawn_in_place_on_a_terminal(monkeypatch, run):
    interval, calls = shown(monkeypatch, run, terminal=True)
    assert interval <= 1
    assert [args[0] for args, _how in calls] == ["\r\x1b[K3 of 10,[", "\r\x1b[K"]
    assert all(how == {"stderr": True, "newline": False, "screen_only": True} for _args, how in calls)


def test_elsewhere_progress_is_a_line_a_minute_on_standard_error(monkeypatch, run):
    interval, calls = shown(monkeypatch, run, terminal=False)
    assert interval == 60
    assert calls == [(("3 of 10,[2J now app",), {"stderr": True})]


def test_without_credentials_dest_there_is_no_file(run):
    assert ActionController(MagicMock(), RunContext(run)).credentials_file({"credentials_dest": None}) is None


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_name_of_the_credentials_file(run, empty):
    with pytest.raises(ApiError, match="credentials_dest is empty"):
        ActionController(MagicMock(), RunContext(run)).credentials_file({"credentials_dest": empty})


def test_the_credentials_file(monkeypatch, run):
    credentials_file, loader, context = MagicMock(), MagicMock(), RunContext(run)
    monkeypatch.setattr(module, "CredentialsFile", credentials_file)
    params = {"credentials_dest": "x.yml"}
    assert ActionController(loader, context).credentials_file(params) is credentials_file.of.return_value
    credentials_file.of.assert_called_once_with(params, loader, context, False)
