# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages as users meet them in a playbook, on the oldest and the newest ansible-core: place and next step at once.

What needs no playbook is in ``tests/faults/test_messages.py``, which goes through all messages.
"""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import connection_env, edge_cores, run_playbook
from ansible_collections.partnerops.saas.tests.support.plays import play

OURS = "partnerops.saas."
EMAIL = "owner@acme.example"
SITE = "https://store.acme.example"
APPS = [{"name": "One", "website_url": SITE}, {"name": "Two", "website_url": SITE}]
MEMBER = {"marketplace_id": 7, "email": EMAIL}

#: Name, module, options (``@url`` and ``@mip`` are the account's), and what the message must contain, in this order.
CASES: list[tuple[str, str, dict[str, t.Any], list[str]]] = [
    ("no address", "mobsted_tenant", {"email": EMAIL, "api_url": ""}, ["api_url", "MOBSTED_API_URL"]),
    (
        "web UI",
        "mobsted_tenant_info",
        {"api_url": "@url/front"},
        ["/front/api/v8/auth returned", "Check api_url", "/front' looks wrong", "without a path"],
    ),
    (
        "MIP's web UI",
        "mip_member",
        {**MEMBER, "api_url": "@mip/app/"},
        ["Check api_url", "/app' looks wrong", "default"],
    ),
    (
        "other marketplace",
        "mip_member",
        {**MEMBER, "marketplace_id": 99},
        ["/member/99/add returned", "lists the marketplaces", "99 is not one of them"],
    ),
    (
        "unsigned",
        "mip_member",
        {**MEMBER, "signing": "none"},
        ["It was not signed", "signing is 'none'", "MIP_SIGNING"],
    ),
    ("no icon", "mobsted_pwa_app", {**APPS[0], "icon": "none.png", "tenant": EMAIL}, ["'One' of owner@", "none.png"]),
    ("no bundle", "mobsted_tenant_info", {"ca_path": "/nowhere/ca.pem"}, ["ca_path names /nowhere/ca.pem", "PEM"]),
    ("no removal", "mobsted_pwa_app", {**APPS[0], "state": "absent"}, ["state", "no way to remove"]),
    (
        "no removal of a tenant",
        "mobsted_fleet",
        {"tenants": [{"email": EMAIL, "state": "absent"}]},
        ["state", "no way to remove a tenant"],
    ),
    (
        "a link for another marketplace",
        "mip_sso_link",
        {**MEMBER, "kind": "client", "marketplace_id": 99},
        ["lists the marketplaces 1, 7", "99 is not one of them"],
    ),
    (
        "absent from another marketplace",
        "mip_client",
        {**MEMBER, "marketplace_id": 99, "client_id": 5, "state": "absent"},
        ["lists the marketplaces 1, 7", "99 is not one of them"],
    ),
    ("other spelling", "mobsted_tenant", {"email": EMAIL, "e-mail": EMAIL}, ["Did you mean 'email'"]),
    ("no id", "mip_client", {"email": EMAIL}, ["marketplace_id", "Add it"]),
    ("wrong id", "mip_client", {"email": EMAIL, "marketplace_id": "seven"}, ["marketplace_id", "Correct this value"]),
    (
        "two apps of one tenant",
        "mobsted_fleet",
        {"tenants": [{"email": EMAIL, "apps": APPS}]},
        ["app 'One' of owner@acme.example, app 'Two' of owner@acme.example: ", "tenant_password"],
    ),
]


@pytest.mark.parametrize("core", edge_cores())
def test_a_message_says_where_and_what_to_do(simulator: t.Any, core: str, tmp_path: Path) -> None:
    with simulator.world() as world:
        world.do("tenant_add", email=EMAIL)
        world.do(
            "tenant_edit", email=EMAIL, attributes={"UserPassword": "old-password", "defaultPassword": "old-password"}
        )
        tasks = []
        for name, module, args, _words in CASES:
            given = dict(args)
            if "@" in str(given.get("api_url", "")):
                given["api_url"] = given["api_url"].replace("@url", world.mobsted_url).replace("@mip", world.mip_url)
            tasks.append({"name": name, OURS + module: given, "ignore_errors": True})
        env = {**connection_env(world), "MIP_LEDGER_PATH": str(tmp_path / "ledger.sqlite3")}
        run = run_playbook(play(tasks), env=env, core=core).check()
        assert world.outbox() == []
    for name, _module, _args, words in CASES:
        found = run.task(name)
        assert found.failed, name
        rest = found.msg
        for word in words:
            assert word in rest, (name, word, found.msg)
            rest = rest[rest.index(word) + len(word) :]
    assert run.task("two apps of one tenant").msg.count("Most likely its owner changed it") == 1


CLIENT = "mip:\n  marketplaces:\n    - id: 7\n      clients:\n        - email: a@x.example\n          password: "
#: State files with one fault, and the beginning of the line that says so.
STATES = {
    "indentation": (
        "mobsted:\n  tenants:\n    - email: a@x.example\n     apps: []\n",
        "state.yml:4:6: is not valid YAML: while parsing a block collection, did not find expected '-' indicator. Most "
        "likely the indentation is wrong",
    ),
    "tab": ("mobsted:\n\ttenants: []\n", "state.yml:2:1: is not valid YAML: "),
    "colon": ("mobsted: a: b\n", "state.yml:1:11: is not valid YAML: mapping values are not allowed in this context."),
    "variable": (
        CLIENT + '"{{ vault_nope }}"\n',
        "state.yml:6:21: mip.marketplaces[0].clients[0].password uses a variable that is not defined: 'vault_nope'",
    ),
    "icon": (
        "mobsted:\n  apps:\n    - name: S\n      website_url: https://s.example\n      icon: none.png\n",
        "state.yml:5:7: mobsted.apps[0].icon can't be read: ",
    ),
    "removal": (
        "mobsted:\n  tenants:\n    - email: a@x.example\n      state: absent\n",
        "state.yml:4:7: mobsted.tenants[0].state is not known. Mobsted documents no way to remove a tenant",
    ),
    "text": (
        "mip:\n  marketplaces:\n    - id: 7\n      members: [a@x.example]\n",
        "state.yml:4:17: mip.marketplaces[0].members[0] must be a mapping (key: value), not text.",
    ),
}


@pytest.mark.parametrize("core", edge_cores())
def test_a_fault_of_the_state_has_one_line(world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str) -> None:
    for name, (text, start) in STATES.items():
        (tmp_path / "state.yml").write_text(text)
        extra = {"partner_state_file": "state.yml"}
        run = run_playbook("partnerops.saas.converge", extra_vars=extra, env=world_env, cwd=tmp_path, core=core).check(
            2
        )
        [_head, line] = run.task("Validate the state file")["msg"]
        assert line.startswith(start), name
        assert "converge.yml" not in line
    assert world.counts()["requests"] == 0


@pytest.mark.parametrize("core", edge_cores())
def test_apps_one_level_too_far_left_are_said(
    world: t.Any, world_env: dict[str, str], tmp_path: Path, core: str
) -> None:
    text = (
        "mobsted:\n  tenants:\n    - email: a@x.example\n  apps:\n    - {name: S, website_url: 'https://s.example'}\n"
    )
    (tmp_path / "state.yml").write_text(text)
    extra = {"partner_state_file": "state.yml"}
    run = run_playbook("partnerops.saas.converge", extra_vars=extra, env=world_env, cwd=tmp_path, core=core, check=True)
    [warning] = run.check().task("Show the warnings")["msg"]
    assert warning.startswith("state.yml:4:3: mobsted.apps belongs to the master account itself.")
    assert "If it is meant for a@x.example, indent it further." in warning
