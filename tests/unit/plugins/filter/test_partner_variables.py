# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partner_variables``: misspelt variables of the playbooks."""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter import partner_variables as plugin
from ansible_collections.partnerops.saas.plugins.plugin_utils.playbook_variables import OWN, VARIABLES
from ansible_collections.partnerops.saas.tests.support.harness import ROOT

partner_variables = plugin.FilterModule().filters()["partner_variables"]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_playbooks.rst"
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("partner_max_create", "partner_max_creates"),
        ("partner_failon", "partner_fail_on"),
        ("partner_mobsted_conection", "partner_mobsted_connection"),
        ("partner_state", "partner_state_file"),
        ("PARTNER_FAIL_ON", "partner_fail_on"),
        ("partner_on_stale_credential", "partner_on_stale_credentials"),
    ],
)
def test_a_misspelt_variable(name: str, meant: str) -> None:
    [told] = partner_variables([name, "partner_concurrency", "partner_name"])
    assert told == f"{name} is no variable of this playbook. Did you mean {meant}? Correct its name."


def test_a_similar_name_beside_the_variable_itself() -> None:
    """A play that imports ``converge`` may keep what it read in a variable of its own."""
    assert partner_variables(["partner_state", "partner_state_file"]) == []


def own_names(tasks: list[dict[str, t.Any]]) -> t.Iterator[str]:
    """Yield what tasks leave behind for a later play."""
    for task in tasks:
        yield from [task["register"]] if "register" in task else []
        yield from task.get("ansible.builtin.set_fact", {})
        yield from own_names(task.get("block", []))


def test_names_of_others_and_of_the_playbooks_themselves() -> None:
    """One run can import several playbooks, and facts and registered results stay."""
    plays = [play for path in PLAYBOOKS for play in yaml.safe_load(path.read_text(encoding="utf-8"))]
    own = {name for play in plays for name in (*play["vars"], *own_names(play["tasks"]))}
    assert set(OWN) <= own
    assert partner_variables(["partner_name", "partner_email", "partner_domain", "partner_id", *sorted(own)]) == []


def test_the_guide_lists_the_variables() -> None:
    listed = re.findall(r"^   \* - ``(partner_\w+)``", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted({*listed, "partner_transcript_path"}) == list(VARIABLES)


def test_keys_of_the_connections() -> None:
    told = partner_variables([], {"url": "x", "api_login": "x", "api_pasword": "hunter2"}, {"colour": "x"})
    assert told[0] == (
        "partner_mobsted_connection has the key 'api_pasword', which is no connection option. Did you mean "
        "'api_password'?"
    )
    assert told[1].endswith("has the key 'url', which is no connection option. Did you mean 'api_url'?")
    assert told[2].startswith("partner_mip_connection has the key 'colour', which is no connection option. It takes ")
    assert "hunter2" not in str(told)
    assert partner_variables([], "https://x.example", None) == []  # the playbooks refuse it


def test_anything_else_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="varnames"):
        partner_variables({"partner_fail_on": []})
