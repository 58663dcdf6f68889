# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory ``mobsted_tenants`` against a scripted API."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils import plugin_options
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script

Read = t.Callable[..., InventoryData]


@pytest.fixture
def read(api: Script, context: RunContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    monkeypatch.setattr(plugin_options, "context_of_process", lambda: context)
    path = tmp_path / "mobsted_tenants.yml"

    def make(text: str = "", cache: bool = True) -> InventoryData:
        head = f"plugin: partnerops.saas.mobsted_tenants\napi_url: {HOST}\napi_token: given-token\n"
        path.write_text(head + text, encoding="utf-8")
        inventory = InventoryData()
        plugin = inventory_loader.get("partnerops.saas.mobsted_tenants")
        assert plugin.verify_file(str(path))
        plugin.parse(inventory, DataLoader(), str(path), cache)
        if "cache: true" in text:
            plugin.update_cache_if_changed()  # as the inventory manager does
        inventory.reconcile_inventory()
        return inventory

    return make


def rows(*pairs: tuple[t.Any, str, str]) -> dict[str, t.Any]:
    data = [{"id": number, "Email": email, "tenant": name, "server": "x.example"} for number, email, name in pairs]
    return {"data": data, "meta": {"last_page": 1}}


def test_hosts_groups_and_variables(api: Script, read: Read) -> None:
    api.expect("GET", "object").json(rows((1, "a@x.example", "a1"), (2, "b@x.example", "b1")))
    found = read("strict: true\ncompose: {up: mobsted_name | upper}\nkeyed_groups: [{key: mobsted_server}]\n")
    assert sorted(found.hosts) == ["a@x.example", "b@x.example"]
    assert [host.name for host in found.groups["mobsted_tenants"].hosts] == ["a@x.example", "b@x.example"]
    assert "_x_example" in found.groups
    values = found.hosts["a@x.example"].vars
    assert (values["mobsted_id"], values["up"], values["ansible_connection"]) == ("1", "A1", "local")
    assert values["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    assert not any("password" in key or "credentials" in key for key in values)


def test_a_misspelt_option_is_refused(read: Read) -> None:
    """Otherwise the account of the environment is read, instead of the one in the file."""
    with pytest.raises(AnsibleError, match=r"mobsted_tenants.yml has no option 'api_ur'. Did you mean 'api_url'"):
        read("api_ur: https://other.example\n")


def test_another_unknown_option_gets_a_warning(api: Script, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    api.expect("GET", "object").json(rows())
    told: list[str] = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda _self, text, *_more, **_how: told.append(text))
    read("colour: red\nstrict: true\ncache: false\n")
    assert [text for text in told if "has no option 'colour', which is ignored" in text]
    assert "strict" not in str(told)


@pytest.mark.parametrize(
    ("kind", "pairs", "names"),
    [
        ("email", [(1, "../x@y.example", "a"), (2, "{{x}}@y.example", "b")], ["tenant-1", "tenant-2"]),
        ("email", [(3, "@y.example", "c")], ["tenant-3"]),
        ("email", [(1, "a@y.example", "a"), (2, "A@y.example", "b")], ["tenant-1", "tenant-2"]),
        ("name", [(1, "a@y.example", "localhost"), (2, "b@y.example", "b_1-x")], ["b_1-x", "tenant-1"]),
        ("id", [(7, "a@y.example", "a")], ["tenant-7"]),
        ("name", [("{{x}}", "a@y.example", "ALL"), (2, "b@y.example", "b")], ["b"]),
    ],
)
def test_names_that_are_fit(api: Script, read: Read, kind: str, pairs: list[t.Any], names: list[str]) -> None:
    api.expect("GET", "object").json(rows(*pairs))
    assert sorted(read(f"hostname: {kind}\n").hosts) == names


def test_the_cache_is_used_and_renewed(api: Script, read: Read, tmp_path: Path) -> None:
    text = f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {tmp_path / 'cache'}\n"
    api.expect("GET", "object").json(rows((1, "a@x.example", "a1")))
    assert sorted(read(text).hosts) == ["a@x.example"]
    assert sorted(read(text).hosts) == ["a@x.example"]
    api.expect("GET", "object").json(rows((1, "new@x.example", "a1")))
    assert sorted(read(text, cache=False).hosts) == ["new@x.example"]


def test_a_failure_is_reported(api: Script, read: Read) -> None:
    api.expect("GET", "object").json({}, 403)
    with pytest.raises(AnsibleParserError, match="403"):
        read()
