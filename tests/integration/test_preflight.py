# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``partnerops.saas.preflight``: what works on accounts of many kinds, without a write."""

from __future__ import annotations

import json
import typing as t
import urllib.parse
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.simulator.client import Simulator, call
from ansible_collections.partnerops.saas.tests.support.harness import ROOT, Run, connection_env, run_playbook

PLAYBOOK = "partnerops.saas.preflight"


def preflight(env: dict[str, str], **options: t.Any) -> Run:
    return run_playbook(PLAYBOOK, env=env, **options)


def lines(run: Run, platform: str = "Mobsted") -> dict[str, str]:
    """Return the line of each check, with its mark, by the name of the check."""
    told = run.task(platform)["msg"]
    return {line[2:].split(":")[0]: line for line in told}


@pytest.mark.smoke
def test_all_is_well(world: t.Any, world_env: dict[str, str]) -> None:
    world.do("tenant_add", email="owner@acme.example")
    run = preflight(world_env).check()
    told = lines(run)
    assert list(told) == ["reachable", "TLS", "login", "refresh", "app ID 1", "apps", "push"]
    assert all(told[name].startswith("✓") for name in ("reachable", "login", "refresh", "app ID 1", "apps"))
    assert "plain http to this machine" in told["TLS"]
    assert "/api/v8/object, columns as on the vendor's API page" in told["app ID 1"]
    mip = lines(run, "MIP")
    assert mip["marketplaces"] == "✓ marketplaces: this user belongs to 1, 7"
    assert run.changed == 0
    assert run.task("Check that everything required works").msg == "Ready to go."
    assert {entry["method"] for entry in world.log(vendor="mobsted")} == {"GET"}
    assert {entry["template"] for entry in world.log(vendor="mip")} == {"/login"}
    for secret in (world.password, world.mip_password, world.tenant("owner@acme.example")["password"]):
        assert secret not in run.output


@pytest.mark.parametrize(
    ("options", "name", "text"),
    [
        ({"objects_path": "object"}, "app ID 1", "read at /api/v8/object, "),
        ({"spelling": "page"}, "app ID 1", "columns as on the vendor's table page"),
        ({"spelling": "both"}, "app ID 1", "API page and table page"),
        ({"tenants": 0}, "app ID 1", "it has no tenants yet"),
        ({"refresh": False}, "refresh", "! refresh: /api/v8/refresh does not renew tokens"),
        ({"refresh": 501}, "refresh", "a new login takes its place"),
    ],
)
def test_accounts_differ(simulator: t.Any, options: dict[str, t.Any], name: str, text: str) -> None:
    with simulator.world(**{"tenants": 1, **options}) as world:
        assert text in lines(preflight(connection_env(world)).check())[name]


@pytest.fixture
def tls_world() -> t.Iterator[t.Any]:
    """Yield a world that is also served over TLS."""
    python = ROOT / ".venv" / "bin" / "python"
    with Simulator.start(tls=True, python=str(python)) as running, running.world() as made:
        yield made


def test_tls(tls_world: t.Any) -> None:
    env = {**connection_env(tls_world), "MOBSTED_API_URL": tls_world.mobsted_tls_url, "MOBSTED_RETRIES": "0"}
    env = {key: value for key, value in env.items() if not key.startswith("MIP_")}
    run = preflight(env).check(2)
    assert lines(run)["TLS"].startswith("✗ TLS")
    assert "ca_path" in lines(run)["TLS"]
    assert "Mobsted TLS" in run.task("Check that everything required works").msg
    run = preflight({**env, "MOBSTED_CA_PATH": str(tls_world.simulator.ca_file)}).check()
    assert lines(run)["TLS"] == "✓ TLS: the certificate is trusted"
    run = preflight({**env, "MOBSTED_VALIDATE_CERTS": "false"}).check()
    assert "the certificate is not verified → Set validate_certs to true" in lines(run)["TLS"]


@pytest.mark.parametrize(
    ("changes", "name", "mend"),
    [
        ({"MOBSTED_API_PASSWORD": "Wrong-One-77"}, "login", "api_login and api_password"),
        ({"MOBSTED_API_URL": "http://127.0.0.1:9", "MOBSTED_RETRIES": "0"}, "reachable", "api_url"),
        ({"MOBSTED_API_URL": "http://mobsted.example"}, "settings", "https://"),
        ({"MOBSTED_API_PASSWORD": ""}, "settings", "api_password is missing"),
        ({"MOBSTED_API_PASSWORD": "", "MOBSTED_API_TOKEN": "No-Good-Token-1"}, "login", "api_token"),
    ],
)
def test_what_does_not_work(
    world: t.Any, world_env: dict[str, str], changes: dict[str, str], name: str, mend: str
) -> None:
    run = preflight({**world_env, **changes}).check(2)
    told = lines(run)[name]
    assert told.startswith("✗")
    assert mend in told
    assert f"Not ready: Mobsted {name}." in run.task("Check that everything required works").msg
    assert lines(run, "MIP")["login"].startswith("✓")
    assert not any(secret in run.output for secret in ("Wrong-One-77", "No-Good-Token-1", world.password))


@pytest.mark.parametrize(
    ("path", "name", "mend"),
    [
        ("/api/v8/object*", "app ID 1", "master account"),
        ("/api/v8/applications", "apps", "api_paths.applications"),
    ],
)
def test_paths_that_are_not_there(world: t.Any, world_env: dict[str, str], path: str, name: str, mend: str) -> None:
    world.fault("status", status=404, path=path, times=None)
    run = preflight(world_env).check(2)
    assert lines(run)[name].startswith("✗")
    assert mend in lines(run)[name]


def test_a_token_alone(world: t.Any, world_env: dict[str, str]) -> None:
    query = urllib.parse.urlencode({"login": world.login, "password": world.password})
    token = str(call("GET", f"{world.mobsted_url}/api/v8/auth?{query}")["access_token"])
    env = {**world_env, "MOBSTED_API_TOKEN": token, "MOBSTED_API_LOGIN": "", "MOBSTED_API_PASSWORD": ""}
    run = preflight(env).check()
    assert "api_token is given" in lines(run)["login"]
    assert lines(run)["apps"].startswith("✓")
    assert token not in run.output


def test_mip_as_far_as_it_can_be_checked(world: t.Any, world_env: dict[str, str], tmp_path: Path) -> None:
    mip = {key: value for key, value in world_env.items() if key.startswith("MIP_")}
    run = preflight(mip).check()
    assert not run.tasks("Mobsted") or run.task("Mobsted").status == "skipped"
    run = preflight({**mip, "MIP_API_PASSWORD": "Wrong-One-77"}).check(2)
    assert "api_email and api_password" in lines(run, "MIP")["login"]
    assert "Wrong-One-77" not in run.output
    file = tmp_path / "file"
    file.touch()
    keys = {"MIP_API_PUBLIC_KEY": world.mip_public_key, "MIP_API_PRIVATE_KEY": world.mip_private_key}
    run = preflight({"MIP_API_URL": world.mip_url, **keys, "MIP_LEDGER_PATH": str(file / "ledger")}).check(2)
    assert "can't be tried" in lines(run, "MIP")["keys"]
    assert "ledger_path" in lines(run, "MIP")["ledger"]
    assert world.mip_private_key not in run.output


def test_dicts_in_place_of_the_environment(world: t.Any) -> None:
    variables = {
        "partner_mobsted_connection": {
            "api_url": world.mobsted_url,
            "api_login": world.login,
            "api_password": world.password,
            "api_paths": {"push": "push"},
        },
        "partner_mip_connection": {
            "api_url": world.mip_url,
            "api_email": world.mip_email,
            "api_password": world.mip_password,
        },
    }
    run = preflight({}, extra_vars=variables).check()
    assert "/api/v8/push is set" in lines(run)["push"]
    assert lines(run, "MIP")["login"].startswith("✓")
    assert world.password not in run.output
    assert "must be dicts" in preflight({}, extra_vars={"partner_mip_connection": "x"}).check(2).failures[0].msg


def test_nothing_is_set_up() -> None:
    run = preflight({}).check(2)
    assert "MOBSTED_API_URL" in run.failures[0].msg


@pytest.mark.parametrize("name", ["transcript.yml", "made/transcript.json"])
def test_a_transcript(simulator: t.Any, tmp_path: Path, name: str) -> None:
    """It is written below the folder of the command, also if something does not work."""
    (tmp_path / "made").mkdir()
    with simulator.world(tenants=1, ids="number", refresh=501) as world:
        world.fault("status", status=500, path="/login", vendor="mip", times=None)
        run = preflight(connection_env(world), extra_vars={"partner_transcript_path": name}, cwd=tmp_path).check(2)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert not [secret for secret in (world.password, world.login, world.mip_email, world.id) if secret in text]
    found = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    expected = [
        "mobsted: GET /api/v8/refresh: status 501, whose body is not described",
        "mobsted: GET /api/v8/object: data[].id is integer, described as string",
        "mobsted: GET /api/v8/applications: data[].id is integer, described as string",
        "mip: POST /login: status 500, whose body is not described",
    ]
    assert found["differences"] == expected
    assert run.task("Differences from the description of the APIs")["msg"] == expected
    assert run.changed == 0
    assert oct((tmp_path / name).stat().st_mode)[-3:] == "600"


def test_a_transcript_that_cannot_be_written(world_env: dict[str, str], tmp_path: Path) -> None:
    run = preflight(world_env, extra_vars={"partner_transcript_path": "nowhere/x.yml"}, cwd=tmp_path).check(2)
    assert "partner_transcript_path must name a file in a folder that exists" in run.failures[0].msg
