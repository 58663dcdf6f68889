# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules as modules: a few of them with a real AnsibleModule and its output, against a scripted API."""

from __future__ import annotations

import contextlib
import importlib
import json
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.partnerops.saas.plugins.module_utils import ansible_module as runner
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Operation, Task
from ansible_collections.partnerops.saas.plugins.module_utils.run import secrets
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script

EMAIL = "owner@acme.example"
MODULES = "ansible_collections.partnerops.saas.plugins.modules."


@contextlib.contextmanager
def arguments(given: dict[str, t.Any]) -> t.Iterator[None]:
    """Set what AnsibleModule reads, on every release."""
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:  # before 2.19
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
            yield
    else:
        with patch_module_args(given):
            yield


Main = t.Callable[..., tuple[int, dict[str, t.Any]]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Main:
    """Run the ``main`` of a module; return its exit code and what it printed."""

    def made(main: t.Callable[[], None], **given: t.Any) -> tuple[int, dict[str, t.Any]]:
        modes = {f"_ansible_{name}": given.pop(name) for name in ("check_mode", "diff", "verbosity") if name in given}
        args = {"api_url": HOST, "api_token": "given-token", "_ansible_remote_tmp": "/tmp", **given, **modes}
        args = {key: value for key, value in args.items() if value is not None}
        with arguments(args), pytest.raises(SystemExit) as ended:
            main()
        return int(str(ended.value.code)), json.loads(capsys.readouterr().out)

    return made


def main_of(name: str) -> t.Callable[[], None]:
    return importlib.import_module(MODULES + name).main


def own(function: t.Callable[[Task], dict[str, t.Any]], **declared: t.Any) -> t.Callable[[], None]:
    """Return the ``main`` of a test's own module."""
    options = declared.pop("options", {})
    return lambda: runner.run_module(Operation("mobsted_thing", "mobsted", options, function, **declared))


def found(api: Script, path: str, *rows: dict[str, t.Any]) -> None:
    api.expect("GET", path).json({"data": list(rows), "meta": {"last_page": 1}})


def test_mobsted_tenant(api, run):
    found(api, "object")
    response = {"url": "https://x-admin.mobsted.com", "authentication": {"email": EMAIL, "password": "new-password"}}
    api.expect("POST", "partners").json(response)
    code, result = run(main_of("mobsted_tenant"), email=EMAIL, diff=True)
    assert code == 0
    assert result["changed"] is True
    assert result["tenant"]["url"] == response["url"]
    assert result["credentials"] == {"login": EMAIL, "password": "new-password"}
    assert result["diff"]["before"]["state"] == "absent"


def test_mobsted_tenant_in_check_mode(api, run):
    found(api, "object")
    code, result = run(main_of("mobsted_tenant"), email=EMAIL, check_mode=True)
    assert (code, result["changed"], result["tenant"]["id"]) == (0, True, None)


def test_mobsted_tenant_info(api, run):
    found(api, "object", {"id": "17", "Email": EMAIL})
    assert run(main_of("mobsted_tenant_info"))[1]["tenants"][0]["id"] == "17"


def test_mobsted_pwa_app(api, run, tmp_path):
    icon = tmp_path / "icon.png"
    icon.write_bytes(b"\x89PNG\r\n\x1a\n")
    registry = {"id": 1, "Name": "My Sub Accounts"}
    found(api, "applications", registry)
    api.expect("POST", "applications", form={"name": "Store"}).json({"data": [{"id": "78"}]})
    found(api, "applications", registry, {"id": 78, "Name": "Store"})
    result = run(main_of("mobsted_pwa_app"), name="Store", website_url="https://s.example", icon=str(icon))[1]
    assert (result["changed"], result["app"]["id"]) == (True, 78)


def test_mobsted_pwa_app_info(api, run):
    found(api, "applications", {"id": 1, "Name": "My Sub Accounts"}, {"id": 5, "Name": "Store"})
    assert run(main_of("mobsted_pwa_app_info"), name="Store")[1]["apps"][0]["id"] == 5


@pytest.mark.parametrize("name", ["mobsted_account_info", "mip_account_info"])
def test_a_diagnosis_does_not_fail(run, name):
    given = {"api_url": "http://api.example"}
    if name.startswith("mip"):
        given["api_token"] = None  # type: ignore[assignment]
    code, result = run(main_of(name), **given)
    assert (code, result["ok"], result["changed"]) == (0, False, False)
    assert "unencrypted" in str(result["checks"])


def test_a_failure_is_one_that_programs_can_read(api, run):
    api.expect("GET", "object").json({"message": "No."}, 403)
    code, result = run(main_of("mobsted_tenant"), email=EMAIL)
    assert (code, result["failed"], result["changed"]) == (1, True, False)
    assert result["failure"] == {
        "code": "forbidden",
        "method": "GET",
        "path": "/api/v8/object",
        "status": 403,
        "message": "No",
    }


def test_what_only_the_controller_can_serve_is_refused_before_anything_is_sent(api, run):
    code, result = run(main_of("mobsted_tenant"), email=EMAIL, credentials_dest="x.yml")
    assert code == 1
    assert "credentials_dest can only be served by the controller" in result["msg"]
    assert result["failure"]["code"] == "invalid_input"


def test_without_requests_it_says_what_is_missing(run, monkeypatch):
    monkeypatch.setattr(runner, "HAS_REQUESTS", False)
    monkeypatch.setattr(runner, "REQUESTS_ERROR", "Traceback of the import")
    code, result = run(main_of("mobsted_tenant"), email=EMAIL)
    assert code == 1
    assert "requests" in result["msg"]
    assert "ansible_playbook_python" in result["msg"]


def leaking(task: Task) -> dict[str, t.Any]:
    task.context.secrets.add("access-token", "pass/word")
    task.context.secrets.show("new-password")
    task.warn("about access-token")
    return {"texts": ["given-token", "access-token", "pass%2Fword"], "credentials": {"password": "new-password"}}


def test_secrets_are_masked_by_the_module_before_2_22(run, monkeypatch):
    told: list[t.Any] = []
    # With the controller's code loaded, as here, core's own functions would display these instead of returning them.
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda _self, text: told.append(text))
    masked: set[str] = set()
    output = basic.AnsibleModule.exit_json

    def recording(module: t.Any, **result: t.Any) -> None:
        masked.update(module.no_log_values)
        output(module, **result)

    monkeypatch.setattr(basic.AnsibleModule, "exit_json", recording)
    result = run(own(leaking))[1]
    assert {"given-token", "access-token", "pass/word", "pass%2Fword"} <= masked
    assert "new-password" not in masked
    assert result["credentials"] == {"password": "new-password"}
    assert told == ["about ********"]


def test_secrets_are_left_to_the_registry_of_2_22(run, monkeypatch):
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda _self, _text: None)
    registered: set[str] = set()
    monkeypatch.setattr(secrets, "_register_secrets", registered.update)
    run(own(leaking))
    assert {"given-token", "access-token", "new-password"} <= registered


def test_sessions_are_closed_whatever_happens(run, monkeypatch):
    closed: list[int] = []
    monkeypatch.setattr(runner.RunContext, "close", lambda self: closed.append(1))

    def failing(_task: Task) -> dict[str, t.Any]:
        raise ApiError("forbidden", "May not.")

    assert run(own(failing))[0] == 1
    assert closed == [1]


@pytest.mark.parametrize("verbosity", [2, 3])
def test_requests_are_returned_at_vvv_for_the_action(run, verbosity):
    def function(task: Task) -> dict[str, t.Any]:
        task.context.observe("GET /given-token: 200")
        return {}

    result = run(own(function), verbosity=verbosity)[1]
    assert result.get("requests_log") == (["GET /********: 200"] if verbosity == 3 else None)
