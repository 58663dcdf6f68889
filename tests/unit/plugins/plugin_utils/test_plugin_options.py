# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of lookup and inventory, whose documentation is that of the modules."""

from __future__ import annotations

import os
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleError

from ansible_collections.partnerops.saas.plugins.doc_fragments import mobsted, mobsted_plugin
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError, invalid
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import MOBSTED
from ansible_collections.partnerops.saas.plugins.module_utils.options import STATE, without_state
from ansible_collections.partnerops.saas.plugins.plugin_utils import plugin_options

MODULE = yaml.safe_load(mobsted.ModuleDocFragment.DOCUMENTATION)["options"]
PLUGIN = yaml.safe_load(mobsted_plugin.ModuleDocFragment.DOCUMENTATION)["options"]


class Plugin:
    """A plugin with these options: name to (value, origin)."""

    def __init__(self, **given: tuple[t.Any, str]) -> None:
        self.given = given

    def get_option_and_origin(self, option: str) -> tuple[t.Any, t.Any]:
        return self.given.get(option, (None, "default"))


class Templar:
    def template(self, value: t.Any) -> t.Any:
        return f"evaluated {value}" if isinstance(value, str) else value


def test_the_documentation_is_that_of_the_table_and_of_the_modules() -> None:
    state = {option.name for option in STATE}
    assert list(PLUGIN) == [name for name in MODULE if name not in state]
    assert set(PLUGIN) == {option.name for option in MOBSTED} - state
    for option in without_state(MOBSTED):
        told, module = PLUGIN[option.name], MODULE[option.name]
        assert told["type"] == option.type
        assert told.get("default") == option.default == module.get("default")
        assert told.get("choices") == module.get("choices") == (list(option.choices) if option.choices else None)
        assert [one["name"] for one in told.get("env", [])] == ([option.env] if option.env else [])
        assert [one["name"] for one in told["vars"]] == [f"mobsted_{option.name}"]
        assert set(told.get("suboptions", {})) == set(option.suboptions or {})


def test_only_what_may_be_a_template_is_evaluated() -> None:
    plugin = Plugin(
        api_url=("{{ url }}", "var: mobsted_api_url"),
        api_password=("{{ 7 * 7 }}", "env: MOBSTED_API_PASSWORD"),
        api_login=("{{ login }}", "Direct"),
    )
    found = plugin_options.mobsted_params(plugin, Templar(), ("var",))
    assert found["api_url"] == "evaluated {{ url }}"
    assert (found["api_password"], found["api_login"]) == ("{{ 7 * 7 }}", "{{ login }}")
    assert plugin_options.mobsted_params(plugin, Templar(), ("var", "Direct"))["api_login"] == "evaluated {{ login }}"


def test_empty_variables_are_hidden_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBSTED_VALIDATE_CERTS", "")
    monkeypatch.setenv("MOBSTED_TIMEOUT", "5")
    monkeypatch.setenv("MOBSTED_RETRIES", " ")
    monkeypatch.setenv("OTHER", "")
    with plugin_options.no_empty_variables():
        assert not {"MOBSTED_VALIDATE_CERTS", "MOBSTED_RETRIES"} & set(os.environ)
        assert (os.environ["MOBSTED_TIMEOUT"], os.environ["OTHER"]) == ("5", "")
    assert (os.environ["MOBSTED_VALIDATE_CERTS"], os.environ["MOBSTED_RETRIES"]) == ("", " ")


@pytest.mark.parametrize(
    ("given", "variables", "environment", "place"),
    [
        ({"validate_certs": "yess"}, {}, "", "Correct validate_certs."),
        ({}, {"mobsted_validate_certs": "yess"}, "", "the variable mobsted_validate_certs"),
        ({}, {}, "yess", "the environment variable MOBSTED_VALIDATE_CERTS"),
    ],
)
def test_a_typing_error_does_not_turn_certificates_off(
    monkeypatch: pytest.MonkeyPatch, given: t.Any, variables: t.Any, environment: str, place: str
) -> None:
    monkeypatch.setenv("MOBSTED_VALIDATE_CERTS", environment)
    with pytest.raises(AnsibleError, match=place) as caught:
        plugin_options.check_booleans(given, variables)
    assert "must be true or false, not 'yess'" in str(caught.value)


@pytest.mark.parametrize("value", ["true", "No", "1", True, False, None, "{{ checked }}"])
def test_booleans_that_are_fine(monkeypatch: pytest.MonkeyPatch, value: t.Any) -> None:
    monkeypatch.setenv("MOBSTED_VALIDATE_CERTS", " ")
    plugin_options.check_booleans({"validate_certs": value})


@pytest.mark.parametrize(("paths", "why"), [({"object": "x"}, "has no key 'object'"), ("objects", "dictionary")])
def test_paths_are_checked_as_modules_do(paths: t.Any, why: str) -> None:
    with pytest.raises(ApiError, match=why):
        plugin_options.mobsted_params(Plugin(api_paths=(paths, "Direct")), Templar(), ())


ACCOUNT = {"api_url": "https://ppp-admin.mobsted.com", "api_login": "a@x.example"}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"api_url": "https://PPP-admin.mobsted.com/api/v8/"}, True),
        ({"api_login": "A@x.example"}, True),
        ({"api_token": "a-token", "api_password": "a-password", "timeout": 5}, True),
        ({"api_url": "https://qqq-admin.mobsted.com"}, False),
        ({"api_login": "b@x.example"}, False),
        ({"api_login": None, "api_token": "a-token"}, False),
        ({"api_login": None}, False),
    ],
)
def test_the_key_of_an_account(change: dict[str, t.Any], same: bool) -> None:
    key = plugin_options.cache_key(ACCOUNT)
    assert (plugin_options.cache_key({**ACCOUNT, **change}) == key) is same
    assert key.isalnum()  # the name of the file reveals nothing


def test_two_tokens_have_two_keys() -> None:
    one, other = ({"api_url": "https://ppp-admin.mobsted.com", "api_token": token} for token in ("a-token", "b-token"))
    assert plugin_options.cache_key(one) != plugin_options.cache_key(other)


def test_a_failure_is_the_plugins_own_and_holds_no_secret() -> None:
    plugin = Plugin(api_password=("Very-Secret-1", "Direct"))
    seen: list[t.Any] = []

    def use() -> None:
        with plugin_options.mobsted_task(plugin, Templar(), (), {"more": 1}) as task:
            seen.append((task.params["more"], task.params["api_password"]))
            raise invalid("It said Very-Secret-1.")

    with pytest.raises(AnsibleError) as caught:
        use()
    assert seen == [(1, "Very-Secret-1")]
    assert "Very-Secret-1" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_options, "HAS_REQUESTS", False)
    with (
        pytest.raises(AnsibleError, match="-m pip install requests"),
        plugin_options.mobsted_task(Plugin(), Templar(), ()),
    ):
        pass


def test_misspelt_options_are_refused_and_other_unknown_ones_named() -> None:
    known = ["include_credentials", "api_url"]
    assert plugin_options.check_names(["api_url", "_internal"], known, "this lookup") is None
    assert plugin_options.check_names(["colour"], known, "this lookup") == (
        "this lookup has no option 'colour', which is ignored. Remove it, or correct its name."
    )
    with pytest.raises(AnsibleError, match="Did you mean 'include_credentials'"):
        plugin_options.check_names(["include_credential"], known, "this lookup")
