# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults, log, counts, keep-alive, TLS, start and end of the process."""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from simulator.client import Simulator, World

from simulator_calls import Mobsted, mip_call, send

Make = Callable[..., World]
SIMULATOR = Path(__file__).resolve().parents[2] / "simulator"


def test_status_before_and_after(world: World, master: Mobsted) -> None:
    world.fault("status", status=503, headers={"Retry-After": "2"}, path="/api/v8/partners", method="POST")
    world.fault("status", status=500, when="after", path="/api/v8/partners")
    first = master.call("POST", "partners", {"email": "a@x.example"})
    assert (first.status, first.headers["retry-after"], world.state()["tenants"]) == (503, "2", [])
    assert master.call("POST", "partners", {"email": "a@x.example"}).status == 500
    assert len(world.state()["tenants"]) == 1
    log = world.log(path="/api/v8/partners")
    assert [entry["executed"] for entry in log] == [False, True]
    assert [entry["fault"]["kind"] for entry in log] == ["status", "status"]
    assert log[0]["body"] == {"email": "a@x.example"}


def test_nth_times_and_account(world: World, master: Mobsted) -> None:
    world.fault("status", status=502, nth=2, times=2, path="/api/v8/obj*", account="master")
    assert [master.objects().status for _time in range(4)] == [200, 502, 502, 200]
    world.clear_faults()
    world.fault("status", status=418, times=None, account="nobody")
    assert master.objects().status == 200
    world.clear_faults()
    world.fault("status", status=418, times=None, probability=0.5)
    assert {master.objects().status for _time in range(60)} == {200, 418}


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("secure", [False, True])
def test_reset(simulator: Simulator, world: World, master: Mobsted, *, when: str, made: int, secure: bool) -> None:
    world.fault("reset", when=when, path="/api/v8/partners")
    context = ssl.create_default_context(cafile=simulator.ca_file)
    url = (world.mobsted_tls_url if secure else world.mobsted_url) or ""
    with pytest.raises((ConnectionResetError, ssl.SSLError)):
        send("POST", url + "/api/v8/partners", b'{"email": "a@x.example"}', master.headers, context=context)
    assert len(world.state()["tenants"]) == made


def test_reset_is_a_reset(world: World) -> None:
    world.fault("reset")
    parts = urlsplit(world.mobsted_url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as sock:
        sock.sendall(f"GET {parts.path}/api/v8/auth HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            sock.recv(1)


def test_stall(world: World, master: Mobsted) -> None:
    world.fault("stall", seconds=0.3, when="after", path="/api/v8/partners")
    start = time.monotonic()
    with pytest.raises(http.client.RemoteDisconnected):
        master.call("POST", "partners", {"email": "a@x.example"})
    assert 0.25 < time.monotonic() - start < 20
    assert len(world.state()["tenants"]) == 1
    world.fault("stall", seconds=30)
    with pytest.raises(TimeoutError):
        send("GET", world.mobsted_url + "/api/v8/auth", timeout=0.2)


@pytest.mark.parametrize("chunked", [False, True])
def test_truncated(world: World, master: Mobsted, chunked: bool) -> None:
    world.fault("truncated", chunked=chunked)
    with pytest.raises(http.client.IncompleteRead):
        master.objects()


@pytest.mark.parametrize("kind", ["drip", "slow_headers"])
def test_slow(world: World, master: Mobsted, kind: str) -> None:
    world.fault(kind, seconds=0.4)
    start = time.monotonic()
    assert master.objects().json["data"] == []
    assert 0.3 < time.monotonic() - start < 20


def test_odd_bodies(world: World, master: Mobsted) -> None:
    for kind in ("html", "empty", "wrong_types", "garbage"):
        world.fault(kind)
    page = master.objects()
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert master.objects().body == b""
    assert not isinstance(master.objects().json["data"], list)
    with pytest.raises(http.client.BadStatusLine):
        master.objects()


def test_redirect_leads_to_another_host(world: World, master: Mobsted) -> None:
    world.fault("redirect")
    world.fault("redirect", status=307, location="https://evil.example/")
    reply = master.objects()
    assert reply.status == 302
    assert urlsplit(reply.headers["location"]).hostname == "localhost"
    assert master.objects().headers["location"] == "https://evil.example/"


def test_enormous_and_bomb(world: World, master: Mobsted) -> None:
    world.fault("enormous")
    world.fault("bomb", bytes=5_000_000)
    parts = urlsplit(world.mobsted_url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path + "/api/v8/object", headers=master.headers)
    answer = connection.getresponse()
    assert len(answer.read(20_000_000)) == 20_000_000
    answer.close()
    connection.close()
    bomb = master.objects()
    assert bomb.headers["content-encoding"] == "gzip"
    assert len(bomb.body) < 100_000


def test_endless_paging(make_world: Make) -> None:
    world = make_world(tenants=5)
    master = Mobsted(world.mobsted_url, world.login, world.password)
    world.fault("endless_paging", times=2, path="/api/v8/object")
    world.fault("endless_paging", last_page="absent", path="/api/v8/object")
    pages = [master.objects(page=page, size=2).json for page in (1, 7, 9)]
    assert [page["meta"] for page in pages] == [
        {"current_page": 1, "last_page": 2},
        {"current_page": 7, "last_page": 8},
        {"current_page": 9},
    ]
    assert all(page["data"] == pages[0]["data"] for page in pages)


def test_expire_tokens(world: World, master: Mobsted) -> None:
    world.fault("expire_tokens")
    assert master.objects().status == 401


def test_faults_strike_mip_too(world: World) -> None:
    world.fault("status", status=500, vendor="mip", path="/login*")
    reply = mip_call(world, "/login", {"email": world.mip_email, "password": world.mip_password})
    assert reply.status == 500
    assert reply.json["status"] == "error"


def test_a_bad_rule_is_refused(world: World) -> None:
    with pytest.raises(Exception, match="400"):
        world.fault("nonsense")
    with pytest.raises(Exception, match="400"):
        world.fault("status", color="red")


def test_keep_alive_is_quick_and_counted(world: World, master: Mobsted) -> None:
    world.clear_log()
    parts = urlsplit(world.mobsted_url)
    connection = http.client.HTTPConnection(parts.netloc)
    times = []
    for _time in range(200):
        start = time.perf_counter()
        connection.request(
            "GET", parts.path + "/api/v8/object?applicationId=1&page=1&pageSize=20", headers=master.headers
        )
        connection.getresponse().read()
        times.append(time.perf_counter() - start)
    connection.close()
    assert statistics.quantiles(times)[0] < 0.002  # the lower quartile: other tests may run beside this one
    counts = world.counts()
    assert (counts["requests"], counts["connections"], counts["max_concurrent"]) == (200, 1, 1)
    assert counts["by_route"] == {"mobsted master GET /api/v8/object": 200}


def test_tls(simulator: Simulator, world: World) -> None:
    context = ssl.create_default_context(cafile=simulator.ca_file)
    url = f"{world.mobsted_tls_url}/api/v8/auth?login={world.login}&password=x"
    assert send("GET", url, context=context).status == 401
    with pytest.raises(ssl.SSLCertVerificationError):
        send("GET", url, context=ssl.create_default_context())


def test_unknown_places_are_404(simulator: Simulator, world: World) -> None:
    for url in (
        "/",
        "/w/nope/mobsted/api/v8/auth",
        f"/w/{world.id}/t/nope/api/v8/auth",
        f"/w/{world.id}/mobsted/x",
        f"/w/{world.id}/mip/x",
    ):
        assert send("GET", simulator.base + url).status == 404
    assert send("GET", f"{simulator.base}/w/{world.id}/mip/login").status == 405


def test_default_world_has_the_documented_login(simulator: Simulator) -> None:
    assert simulator.default.login == "partner@example.com"
    assert simulator.default.password == "simulator-password"
    Mobsted(simulator.default.mobsted_url, simulator.default.login, simulator.default.password)
    owner = {"email": "owner@mip.example", "password": "simulator-password"}
    assert mip_call(simulator.default, "/login", owner).status == 200


@pytest.mark.parametrize("module", [False, True])
def test_process(tmp_path: Path, module: bool) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "simulator"] if module else [sys.executable, str(SIMULATOR)]
    environment = {**os.environ, "PYTHONPATH": str(SIMULATOR.parent)}
    process = subprocess.Popen(
        [*command, "--ready-file", str(ready), "--login", "me@x.example", "--password", "p"],
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout
    line = json.loads(process.stdout.readline())
    assert line == json.loads(ready.read_text())
    assert line["pid"] == process.pid
    assert send("GET", line["base"] + "/w/default/mobsted/api/v8/auth?login=me@x.example&password=p").status == 200
    process.terminate()
    assert process.wait(60) == 0
    process.stdout.close()


def test_it_ends_with_its_parent() -> None:
    parent = subprocess.Popen(["sleep", "60"])
    process = subprocess.Popen([sys.executable, str(SIMULATOR), "--parent", str(parent.pid)], stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline()
    parent.kill()
    parent.wait()
    assert process.wait(60) == 0
    process.stdout.close()


def test_concurrent_requests_are_counted_and_creations_stay_unique(make_world: Make) -> None:
    world = make_world(create_ms=1000)  # so that all of them are under way at once
    master = Mobsted(world.mobsted_url, world.login, world.password)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: master.call("POST", "partners", {"email": "a@x.example"}), range(8)))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 7
    assert len(world.state()["tenants"]) == 1
    assert world.counts()["max_concurrent"] == 8


def test_a_creation_goes_on_when_the_caller_has_gone(make_world: Make) -> None:
    world = make_world(create_ms=2000)
    master = Mobsted(world.mobsted_url, world.login, world.password)
    with pytest.raises(TimeoutError):
        master.call("POST", "partners", {"email": "a@x.example"}, timeout=0.1)
    assert world.state()["tenants"] == []
    until = time.monotonic() + 60
    while world.counts()["under_way"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert [tenant["email"] for tenant in world.state()["tenants"]] == ["a@x.example"]


def test_one_account_on_both_schemes(simulator: Simulator, world: World, master: Mobsted) -> None:
    context = ssl.create_default_context(cafile=simulator.ca_file)
    url = f"{world.mobsted_tls_url}/api/v8/partners"
    made = send("POST", url, b'{"email": "a@x.example"}', master.headers, context=context).json
    assert made["url"].startswith(str(simulator.tls_base))
    assert master.objects().json["data"][0]["attributes"]["url"].startswith(simulator.base)
