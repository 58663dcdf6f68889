# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a state file: every error has its line and column, and contains no secret."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar

from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import template

SECRETS = [("default", VaultSecret(b"vault password"))]
Read = t.Callable[..., dict[str, t.Any]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read text as a state file, with the lookup."""

    def lookup(text: str | bytes, variables: dict[str, t.Any] | None = None, **options: t.Any) -> dict[str, t.Any]:
        path = tmp_path / "state.yml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        loader = DataLoader()
        loader.set_vault_secrets(SECRETS)
        templar = Templar(loader=loader, variables=variables or {})
        plugin = lookup_loader.get("partnerops.saas.partner_state", loader=loader, templar=templar)
        (found,) = plugin.run([str(path)], variables=variables or {}, **options)
        found["lines"] = [line.removeprefix(str(tmp_path) + "/") for line in found["lines"]]
        return t.cast("dict[str, t.Any]", found)

    return lookup


CLIENT = "mip:\n  marketplaces:\n    - id: 7\n      clients:\n        - email: a@b.example"
GOOD = """\
mobsted:
  tenants:
    - email: owner@acme.example
      apps:
        - name: Acme Store
          website_url: "https://{{ domain }}"
mip:
  marketplaces:
    - id: 7
      clients:
        - {email: buyer@acme.example, password: "{{ vault_password }}"}
"""


def test_templates_are_evaluated(read: Read) -> None:
    found = read(GOOD, {"domain": "store.acme.example", "vault_password": template("{{ inner }}"), "inner": "secret"})
    assert found["lines"] == []
    tenant = found["state"]["mobsted"]["tenants"][0]
    assert tenant["apps"][0]["website_url"] == "https://store.acme.example"
    assert found["state"]["mip"]["marketplaces"][0]["clients"][0]["password"] == "secret"


def test_a_variable_that_is_not_defined_has_its_place(read: Read) -> None:
    found = read(GOOD, {"domain": "store.acme.example"})
    assert found["lines"] == [
        "state.yml:11:49: mip.marketplaces[0].clients[0].password uses a variable that is not defined: "
        "'vault_password' is undefined. Define it, or give it with -e."
    ]
    assert found["errors"][0]["line"] == 11
    assert found["errors"][0]["path"] == "mip.marketplaces[0].clients[0].password"


def test_a_template_that_can_not_be_evaluated_has_its_place(read: Read) -> None:
    (line,) = read("mobsted:\n  apps:\n    - name: '{{ a b }}'\n      website_url: https://a.example\n")["lines"]
    assert line.startswith("state.yml:3:13: mobsted.apps[0].name is a template that can't be evaluated: ")
    assert line.endswith(" Correct it.")


def test_a_required_state_that_is_wrong_fails_with_its_places(read: Read) -> None:
    with pytest.raises(AnsibleLookupError) as caught:
        read("mopsted: {}", required=True)
    assert "is not a valid state. " in str(caught.value)
    assert "state.yml:1:1: mopsted is not known. Did you mean 'mobsted'?" in str(caught.value)


def test_a_half_that_is_not_asked_for_needs_no_variables(read: Read) -> None:
    found = read(GOOD, {"domain": "store.acme.example"}, only=["mobsted"])
    assert found["lines"] == []
    assert set(found["state"]) == {"mobsted"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "mobsted: [",
            "state.yml:2:1: is not valid YAML: while parsing a flow node",
        ),
        ("a: b: c", "state.yml:1:5: is not valid YAML: mapping values are not allowed in this context."),
        ("mobsted:\n\tapps: []", "state.yml:2:1: is not valid YAML"),
        ("mobsted: {apps: []}\nmobsted: {}", "state.yml:2:1: mobsted occurs twice; the first one is in line 1."),
        (
            "mobsted:\n  tenants:\n    - e-mail: owner@acme.example\n",
            "state.yml:3:7: mobsted.tenants[0].e-mail is not known. Did you mean 'email'? Known here: apps, email, ",
        ),
        (
            f"{CLIENT}\n          password: 01234567",
            "state.yml:6:11: mip.marketplaces[0].clients[0].password is a number in YAML: put it in quotes.",
        ),
        (
            "mobsted:\n  apps:\n    - name: No\n",
            "state.yml:3:7: mobsted.apps[0].name is true or false in YAML: put it in quotes.",
        ),
        (
            "mobsted:\n  apps:\n    - name: A\n      splash_color: #1557b0\n",
            "state.yml:4:7: mobsted.apps[0].splash_color is empty: ",
        ),
        ("mobsted:\n  apps:\n    - name: 2024-01-01\n", "state.yml:3:7: mobsted.apps[0].name is a date in YAML: "),
        (
            "mobsted:\n  apps:\n    - name: 2024-99-99\n",
            "state.yml:3:13: mobsted.apps[0].name is not a value that YAML can read: put it in quotes.",
        ),
        (
            "mobsted:\n  apps:\n    - <<: 7\n      name: A\n",
            "state.yml:3:11: is not valid YAML: while constructing a mapping, expected a mapping or list of mappings",
        ),
        (
            "mobsted:\n  tenants: &all\n    - *all\n",
            "state.yml:2:12: mobsted.tenants[0] is an alias of something that contains it. Remove the alias.",
        ),
        (
            "mip:\n  marketplaces:\n    - id: 010\n",
            "state.yml:3:7: mip.marketplaces[0].id is 8 in YAML, but 010 in the file: put it in quotes.",
        ),
        (
            "mip:\n  marketplaces:\n    - id: 1:30\n",
            "state.yml:3:7: mip.marketplaces[0].id is 90 in YAML, but 1:30 in the file: put it in quotes.",
        ),
        (
            "mobsted:\n  apps:\n    - name: !!binary aGVsbG8=\n",
            "state.yml:3:7: mobsted.apps[0].name must be text, not binary data.",
        ),
        ("? [a]\n: 1\nmobsted: {apps: []}\n", "state.yml:1:3: has a key that is a list or a mapping"),
        (
            "mobsted:\n  apps:\n    - name: {{ shop }}\n",
            "state.yml:3:14: mobsted.apps[0].name has a key that is a list or a mapping: a key must be text. A "
            "template needs quotes",
        ),
        ("mobsted: &a\n  apps: *a\n", "state.yml:2:3: mobsted.apps is an alias of something that contains it."),
        ("mobsted:\n  apps: &a\n    - *a\n", "state.yml:2:9: mobsted.apps[0] is an alias of something"),
        ("mobsted: !mine x", "state.yml:1:10: mobsted has the tag !mine, which is not known here"),
        (
            "mobsted:\n  apps:\n    - name: !vault |\n        x\n",
            "state.yml:3:13: mobsted.apps[0].name can't be decrypted",
        ),
    ],
)
def test_an_error_has_its_line_and_column(read: Read, text: str, line: str) -> None:
    found = read(text)
    assert found["lines"], text
    assert found["lines"][0].startswith(line)
    assert len(found["lines"]) == 1


def test_anchors_and_merge_keys(read: Read) -> None:
    app = "&app {name: A, website_url: 'https://a.example'}"
    found = read(f"mobsted:\n  apps:\n    - {app}\n    - {{<<: *app, name: B}}\n    - *app\n")
    assert [app["name"] for app in found["state"]["mobsted"]["apps"]] == ["A", "B", "A"]
    assert found["lines"] == [
        "state.yml:3:13: mobsted.apps[2].name is the same name as mobsted.apps[0].name in line 3. "
        "Remove or correct one of them."
    ]


@pytest.mark.parametrize("number", ["7", "07", "0x7", "'010'", "'{{ 8 }}'"])
def test_an_id_that_yaml_reads_as_it_is_written(read: Read, number: str) -> None:
    assert read(f"mip:\n  marketplaces:\n    - id: {number}\n")["lines"] == []


def test_a_few_lines_that_stand_for_millions_of_values(read: Read) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    (line,) = read("\n".join(lines))["lines"]
    assert "is not valid YAML: aliases repeat more than 1000000 values. Correct this place." in line


def test_an_encrypted_file_and_an_encrypted_value(read: Read) -> None:
    vault = VaultLib(SECRETS)
    found = read(vault.encrypt(GOOD), {"domain": "store.acme.example", "vault_password": "x"})
    assert found["lines"] == []
    value = vault.encrypt("p&ss").decode().replace("\n", "\n            ")
    found = read(f"{CLIENT}\n          password: !vault |\n            {value}\n")
    assert found["lines"] == []
    assert found["state"]["mip"]["marketplaces"][0]["clients"][0]["password"] == "p&ss"


def test_another_vault_password(read: Read) -> None:
    found = read(VaultLib([("default", VaultSecret(b"another"))]).encrypt(GOOD))
    assert found["lines"] == [
        "state.yml: can't be decrypted with the vault secrets of this run. Pass the right one with --vault-id."
    ]


def test_apps_that_were_not_indented_far_enough(read: Read) -> None:
    text = (
        "mobsted:\n  tenants:\n    - email: o@a.example\n  apps:\n    - {name: A, website_url: 'https://a.example'}\n"
    )
    found = read(text)
    assert found["lines"] == []
    assert "mobsted.apps belongs to the master account itself. If it is meant for o@a.example" in found["warnings"][0]
    assert read("mobsted:\n  apps: []\n  tenants:\n    - email: o@a.example\n")["warnings"] == []


def test_no_secret_is_in_an_error(read: Read) -> None:
    secret = "s3cr3t-value"
    text = f"{CLIENT.replace('a@b.example', secret)}\n          password: [{secret}]\n"
    lines = " ".join(read(text)["lines"])
    assert "password must be text, not a list" in lines
    assert lines.count(secret) == 1  # the address, which is no secret
