# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to a Mobsted account: what is accepted, and what is refused before anything is sent."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import mip_connection
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import (
    MOBSTED,
    Connection,
    mobsted_connection,
    registry_spec,
)
from ansible_collections.partnerops.saas.plugins.module_utils.options import STATE, check_texts
from ansible_collections.partnerops.saas.plugins.module_utils.urls import check_api_url, is_loopback
from ansible_collections.partnerops.saas.plugins.module_utils.vendors import VENDORS, connection_spec

GOOD = {"api_url": "https://ppp-admin.mobsted.com", "api_login": "a@b.example", "api_password": "s3cret"}


def refusal(**changes: object) -> str:
    with pytest.raises(ApiError) as caught:
        mobsted_connection({**GOOD, **changes})
    assert caught.value.code == "invalid_input"
    assert caught.value.executed is False
    assert "s3cret" not in caught.value.msg
    return caught.value.msg


@pytest.mark.parametrize(
    "url",
    [
        "https://ppp-admin.mobsted.com",
        "https://ppp-admin.mobsted.com/",
        "https://ppp-admin.mobsted.com/api/v8",
        "https://ppp-admin.mobsted.com/api/v8/",
        "  https://ppp-admin.mobsted.com  ",
        "HTTPS://PPP-admin.mobsted.com",
    ],
)
def test_spellings_of_the_url(url):
    assert mobsted_connection({**GOOD, "api_url": url}).base == "https://ppp-admin.mobsted.com"


def test_a_prefix_and_a_port_stay():
    base = mobsted_connection({**GOOD, "api_url": "https://ppp.example:8443/mobsted/api/v8/"}).base
    assert base == "https://ppp.example:8443/mobsted"


def test_an_ipv6_address():
    assert check_api_url("http://[::1]:8080/") == "http://[::1]:8080"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "api_url is missing"),
        (None, "api_url is missing"),
        ("ppp-admin.mobsted.com", "not a valid URL: 'ppp-admin.mobsted.com'. It has no https:// in front"),
        ("ppp-admin.mobsted.com:443/api/v8", "It has no https:// in front"),
        ("ftp://ppp-admin.mobsted.com", "not a valid URL: 'ftp://ppp-admin.mobsted.com'. It should look like"),
        ("https://me:s3cret@a.example:port", "not a valid URL. It should look like"),
        ("https://a.example:port?token=s3cret", "not a valid URL. It should look like"),
        ("https://", "not a valid URL"),
        ("https://[::1", "not a valid URL"),
        ("https://a.example:port", "not a valid URL"),
        ("https://a.exa mple", "not a valid URL"),
        ("https://a.exa\nmple", "not a valid URL"),
        ("https://me:s3cret@a.example", "must not contain a user name"),
        ("https://a.example?password=s3cret", "query or a fragment"),
        ("https://a.example#part", "query or a fragment"),
        ("http://ppp-admin.mobsted.com", "credentials would be sent unencrypted"),
        ("http://127.0.0.1.evil.example", "unencrypted"),
        ("http://localhost.evil.example", "unencrypted"),
        ("http://128.0.0.1", "unencrypted"),
        ("http://127.0.0.²", "unencrypted"),
    ],
)
def test_urls_that_are_refused(url, said):
    assert said in refusal(api_url=url)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "acme-admin.localhost", "127.0.0.1", "127.255.0.9", "::1"]
)
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", [None, "", "127.1", "127.0.0.256", "127.0.0.x", "notlocalhost", "::2", "0.0.0.0"])
def test_not_loopback(host):
    assert not is_loopback(host)


def test_a_token_alone_is_sufficient():
    made = mobsted_connection({"api_url": "https://a.example", "api_token": "t"})
    assert (made.token, made.login, made.password) == ("t", None, None)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"api_password": None}, "api_password is missing"),
        ({"api_login": ""}, "api_login is missing"),
        ({"api_login": None, "api_password": ""}, "api_login and api_password are missing"),
    ],
)
def test_missing_credentials_are_named(changes, missing):
    said = refusal(**changes)
    assert missing in said
    assert "MOBSTED_API_TOKEN" in said


@pytest.mark.parametrize(("name", "value"), [("timeout", 0), ("deadline", -1), ("retries", -1), ("settle", -5)])
def test_numbers_out_of_range(name, value):
    assert refusal(**{name: value}).startswith(f"{name} is {value}")


def test_numbers_in_range():
    made = mobsted_connection({**GOOD, "timeout": 1, "deadline": 2, "retries": 0, "settle": 0})
    assert (made.timeout, made.deadline, made.retries, made.settle) == (1, 2, 0, 0)


@pytest.mark.parametrize("token", ["s3cret\n", "s3 cret", "s3cret\u00e4", "\ts3cret"])
def test_tokens_that_no_header_can_hold(token):
    assert refusal(api_token=token).startswith("api_token contains")


@pytest.mark.parametrize("path", ["https://evil.example/x", "objects?x=1", "objects#x", "../v9/objects", "obj ects"])
def test_paths_that_are_refused(path):
    assert refusal(api_paths={"objects": path}).startswith("api_paths.objects must be a path")


def test_paths():
    made = mobsted_connection({**GOOD, "api_paths": {"objects": "/object/", "push": "push/send", "refresh": None}})
    assert [made.path(name) for name in ("objects", "push", "refresh", "applications")] == [
        "object",
        "push/send",
        "refresh",
        "applications",
    ]
    assert Connection(base="x").path("push") is None


def test_defaults_of_the_interface():
    made = mobsted_connection(GOOD)
    assert (made.timeout, made.deadline, made.retries, made.settle) == (90, 300, 4, 60)
    assert made.validate_certs is True
    assert made.token_cache == "run"
    assert mobsted_connection({**GOOD, "validate_certs": False}).validate_certs is False


def test_a_connection_is_a_key_and_shows_no_secret():
    made = mobsted_connection({**GOOD, "api_token": "t0ken"})
    assert hash(made) == hash(mobsted_connection({**GOOD, "api_token": "t0ken"}))
    assert "s3cret" not in repr(made)
    assert "t0ken" not in repr(made)


def test_every_option_but_the_paths_has_its_variable():
    variables = {option.name: option.env for option in MOBSTED}
    assert variables.pop("api_paths") is None
    assert [variables.pop(option.name) for option in STATE] == [
        "PARTNEROPS_STATE_URL",
        "PARTNEROPS_STATE_PASSWORD",
        "MIP_LEDGER_MISSING",
    ]
    assert variables == {name: f"MOBSTED_{name.upper()}" for name in variables}


@pytest.mark.parametrize("vendor", sorted(VENDORS))
def test_an_empty_variable_is_not_set(monkeypatch, vendor):
    defaults = {option.name: option.default for option in VENDORS[vendor]}
    needed = {"api_url": GOOD["api_url"]}
    for option in VENDORS[vendor]:
        if option.env:
            monkeypatch.setenv(option.env, "")
    checked = ArgumentSpecValidator(connection_spec(vendor)).validate(needed)
    assert checked.error_messages == []
    assert {**checked.validated_parameters, "ledger_path": None} == {**defaults, **needed, "ledger_path": None}
    monkeypatch.setenv(f"{vendor.upper()}_TIMEOUT", "7")
    assert ArgumentSpecValidator(connection_spec(vendor)).validate(needed).validated_parameters["timeout"] == 7


@pytest.mark.parametrize(("given", "missing"), [("public", "private"), ("private", "public")])
def test_half_a_key_pair_is_named(given, missing):
    with pytest.raises(ApiError, match=f"api_{missing}_key is missing") as caught:
        mip_connection({"api_url": "https://cloud.mip.to", f"api_{given}_key": "x"})
    assert "MIP_API_PRIVATE_KEY" in str(caught.value)


def test_an_empty_variable_of_a_required_option_is_missing(monkeypatch):
    monkeypatch.setenv("MOBSTED_API_URL", "")
    errors = ArgumentSpecValidator(connection_spec("mobsted")).validate({}).error_messages
    assert errors == ["missing required arguments: api_url"]


def test_secret_options_are_no_log():
    spec = connection_spec("mobsted")
    assert {name for name, option in spec.items() if option.get("no_log")} == {
        "api_password",
        "api_token",
        "state_url",
        "state_password",
    }
    assert spec["token_cache"]["choices"] == ["run", "none"]


def test_the_registry_option_has_the_options_of_mobsted():
    assert set(registry_spec()["options"]) == set(connection_spec("mobsted"))


@pytest.mark.parametrize(
    ("option", "value"), [("timeout", 86_401), ("deadline", 10**12), ("settle", -1), ("retries", -1)]
)
def test_numbers_that_no_clock_can_wait_for(option: str, value: int) -> None:
    params = {"api_url": "https://ppp-admin.mobsted.com", "api_token": "token", option: value}
    with pytest.raises(ApiError) as error:
        mobsted_connection(params)
    assert error.value.code == "invalid_input"
    assert option in str(error.value)


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"api_password": "pass\udce4word"}, "api_password"),
        ({"tags": ["a", "b\udce4"]}, "tags[1]"),
        ({"tenants": [{"email": "x\udce4"}]}, "tenants[0].email"),
    ],
)
def test_a_text_that_is_not_utf8_is_refused(params, place):
    spec = {
        "api_password": {"type": "str"},
        "tags": {"type": "list", "elements": "str"},
        "tenants": {"type": "list", "elements": "dict", "options": {"email": {"type": "str"}}},
    }
    with pytest.raises(ApiError) as caught:
        check_texts(params, spec)
    assert caught.value.msg.startswith(f"{place} is not UTF-8 text. It may come from an environment variable")


def test_file_names_may_be_in_any_encoding():
    check_texts({"icon": "x\udce4.png", "name": "ä"}, {"icon": {"type": "path"}, "name": {"type": "str"}})
    with pytest.raises(ApiError, match="icon contains a null character, which no path has: correct it"):
        check_texts({"icon": "x\0"}, {"icon": {"type": "path"}})


@pytest.mark.parametrize("value", [True, False])
def test_true_is_no_number(value: bool) -> None:
    spec = {"people": {"type": "list", "options": {"user_id": {"type": "int"}, "blocked": {"type": "bool"}}}}
    with pytest.raises(ApiError, match=r"^people\[1\]\.user_id is true or false in YAML, but a number is needed"):
        check_texts({"people": [{"user_id": 1, "blocked": value}, {"user_id": value}]}, spec)
