# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A value is what the user wrote: one that YAML has changed is refused before anything is sent."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.tests.support.harness import edge_cores, run_playbook

PLAY = """\
- hosts: localhost
  gather_facts: false
  vars:
    word: text
    number: 7
  tasks:
    - name: A number
      partnerops.saas.mip_client: {marketplace_id: 7, email: buyer@acme.example, password: 01234567}
      ignore_errors: true
    - name: A boolean
      partnerops.saas.mobsted_pwa_app: {name: No, website_url: "https://a.example"}
      ignore_errors: true
    - name: In a list, as a module
      partnerops.saas.mobsted_fleet: {apps: [{name: A, website_url: "https://a.example", splash_color: }]}
      environment: {}
      vars: {ansible_connection: local}
      ignore_errors: true
    - name: A comment
      partnerops.saas.mobsted_pwa_app:
        name: A
        website_url: "https://a.example"
        splash_color: #1557b0
      ignore_errors: true
    - name: A comment, by args
      partnerops.saas.mobsted_pwa_app:
      args: {name: A, website_url: "https://a.example", title: }
      ignore_errors: true
    - name: A template that gives nothing
      partnerops.saas.mobsted_pwa_app: {name: A, website_url: "https://a.example", title: "{{ nothing }}"}
      vars: {nothing: }
      check_mode: true
    - name: A text
      partnerops.saas.mobsted_tenant: {email: "{{ word }}@acme.example"}
      check_mode: true
    - name: A template that ends as text
      partnerops.saas.mobsted_pwa_app: {name: "{{ number | string }}", website_url: "https://a.example"}
      check_mode: true
"""


@pytest.mark.parametrize("core", edge_cores())
def test_what_yaml_changes_is_refused(world: t.Any, world_env: dict[str, str], core: str) -> None:
    run = run_playbook(PLAY, env=world_env, core=core).check()
    refused = {
        "A number": "password is a number in YAML: put it in quotes.",
        "A boolean": "name is true or false in YAML: put it in quotes.",
        "A comment": "splash_color is empty: give it a value, or leave the key out. Text that starts with '#'",
        "A comment, by args": "title is empty: give it a value, or leave the key out.",
        "In a list, as a module": "apps[0].splash_color is empty: give it a value, or leave the key out.",
    }
    for name, text in refused.items():
        assert run.task(name).failed
        assert run.task(name).msg.startswith(text)
        assert run.task(name).failure["code"] == "invalid_input"
    assert run.task("A template that ends as text")["app"]["name"] == "7"
    assert run.task("A template that gives nothing").changed
    assert {entry["method"] for entry in world.log()} <= {"GET"}
