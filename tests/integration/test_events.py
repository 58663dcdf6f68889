# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source ``partnerops.saas.tenants``, in this process and under ansible-rulebook, which needs Java 17."""

from __future__ import annotations

import ast
import contextlib
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.plugins.plugin_utils.tenant_watch import TenantWatch
from ansible_collections.partnerops.saas.tests.support.driver import connection
from ansible_collections.partnerops.saas.tests.support.harness import (
    COLLECTIONS,
    ROOT,
    clean_environment,
    connection_env,
    environment_python,
)

JAVA = shutil.which("java", path=f"{os.environ.get('JAVA_HOME', '')}/bin{os.pathsep}{os.environ.get('PATH', '')}")
needs_java = pytest.mark.skipif(JAVA is None, reason="ansible-rulebook needs Java 17")
Event = dict[str, t.Any]
#: What a tenant's record can have, on top of what the simulator fills in.
FIRST, SECOND, NEW, LATER = (
    "tenant00001@clients.example",
    "tenant00002@clients.example",
    "new@x.example",
    "later@x.example",
)


def told(event: Event) -> tuple[t.Any, ...]:
    """Return what identifies an event: its type, its tenant and what it is about."""
    return (event["type"], event.get("email"), event.get("limit") or tuple(event.get("fields", ())))


# -- in this process --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def watching(world: t.Any, **args: t.Any) -> t.Iterator[t.Callable[[], list[Event]]]:
    """Yield a function that looks once and returns the events."""
    watch = TenantWatch({**connection(world), "retries": 0, **args})

    def look() -> list[Event]:
        events = []
        for step in watch.poll():
            if step.event is not None:
                events.append(step.event)
            watch.keep(step)
        watch.tidy()
        return events

    try:
        yield look
    finally:
        watch.close()


def test_what_is_reported(simulator: t.Any, tmp_path: Path) -> None:
    state = tmp_path / "state.yml"
    state.write_text(f"mobsted: {{tenants: [{{email: {LATER.upper()}}}]}}\n", encoding="utf-8")
    limits = {"installs_total": [20, 30], "apps_total": 5}
    with simulator.world(tenants=2) as world, watching(world, state_file=str(state), thresholds=limits) as look:
        assert look() == []
        assert look() == []
        for email in (NEW, LATER):
            world.do("tenant_add", email=email)
            world.do("tenant_edit", email=email, attributes={"appInstall": 0})
        new, later = look()
        assert (new["type"], new["email"], new["declared"]) == ("tenant_new", NEW, False)
        assert (later["type"], later["email"], later["declared"]) == ("tenant_new", LATER, True)
        assert set(new["tenant"]) == {"id", "email", "url", "server", "name", "login", "created"}
        world.do("tenant_edit", email=FIRST, attributes={"url": "https://moved.example", "appInstall": 35})
        changed, *crossed = look()
        assert (changed["type"], changed["fields"]) == ("tenant_changed", ["url"])
        assert changed["tenant"]["url"] == "https://moved.example"
        assert changed["was"]["url"] != changed["tenant"]["url"]
        keys = ("type", "counter", "was", "now", "limit")
        assert [tuple(one[key] for key in keys) for one in crossed] == [
            ("threshold", "installs_total", 12, 35, 20),
            ("threshold", "installs_total", 12, 35, 30),
        ]
        assert look() == []
        world.do("tenant_edit", email=FIRST, attributes={"appInstall": 21})
        assert look() == []
        world.do("tenant_edit", email=FIRST, attributes={"appInstall": 30})
        assert [told(event) for event in look()] == [("threshold", FIRST, 30)]
        text = json.dumps([new, later, changed, *crossed])
        assert not [
            row for row in world.state()["tenants"] if row["password"] in text or row["recorded_password"] in text
        ]
        assert world.counts()["logins"] == 1


def test_polling_that_fails_is_reported_once_and_loses_nothing(simulator: t.Any, tmp_path: Path) -> None:
    state = tmp_path / "state.yml"
    state.write_text("mobsted: {}\n", encoding="utf-8")
    with simulator.world(tenants=1) as world, watching(world, state_file=str(state), deadline=5) as look:
        assert look() == []
        world.do("tenant_add", email=NEW)
        world.fault("status", status=503, path="/api/v8/object", times=2)
        world.fault("status", status=403, path="/api/v8/object", times=1, body={"message": f"no {world.password}"})
        events = [*look(), *look(), *look()]
        assert [(one["type"], one["failure"]["code"]) for one in events] == [
            ("poll_failed", "server_error"),
            ("poll_failed", "forbidden"),
        ]
        assert world.password not in json.dumps(events)
        state.write_text("mobsted: [\n", encoding="utf-8")
        (bad,) = look()
        assert "state.yml" in bad["msg"]
        state.write_text("mobsted: {tenants: [{email: '{{ someone }}'}]}\n", encoding="utf-8")
        assert [(told(event), event["declared"]) for event in look()] == [(("tenant_new", NEW, ()), None)]
        world.fault("status", status=503, path="/api/v8/object", times=1)
        assert [told(event)[0] for event in look()] == ["poll_failed"]  # it had worked in between


@pytest.mark.parametrize("stop", range(8))
def test_killed_between_any_two_events(simulator: t.Any, tmp_path: Path, stop: int) -> None:
    """Whatever was emitted before is not emitted again, and the rest is emitted after the restart."""
    args = {"seen_path": str(tmp_path / "seen"), "thresholds": {"installs_total": [20, 30]}}
    with simulator.world(tenants=2) as world:
        with watching(world, **args) as look:
            assert look() == []
        for email in (NEW, LATER):
            world.do("tenant_add", email=email)
            world.do("tenant_edit", email=email, attributes={"appInstall": 25})
        world.do("tenant_edit", email=FIRST, attributes={"TenantName": "moved", "appInstall": 40})
        watch = TenantWatch({**connection(world), **args})
        events: list[Event] = []
        for step in watch.poll():
            if step.event is not None:
                if len(events) == stop:
                    break
                events.append(step.event)
            watch.keep(step)
        watch.close()
        with watching(world, **args) as look:
            events += look()
            assert look() == []
    assert sorted(map(told, events)) == sorted(
        [
            ("tenant_changed", FIRST, ("name",)),
            ("threshold", FIRST, 20),
            ("threshold", FIRST, 30),
            *[
                (kind, email, about)
                for email in (NEW, LATER)
                for kind, about in (("tenant_new", ()), ("threshold", 20))
            ],
        ]
    )


def test_no_template_gets_into_a_playbook(simulator: t.Any) -> None:
    with simulator.world() as world, watching(world) as look:
        assert look() == []
        world.do("tenant_add", email="{{lookup('pipe','id')}}@x.example")
        world.do("tenant_add", email="{%raw%}{#a@x.example")
        text = json.dumps(look())
        assert text.count("tenant_new") == 2
        assert not re.search(r"\{[{%#]", text)


# -- under ansible-rulebook -------------------------------------------------------------------------------------------


class Rulebook:
    """ansible-rulebook, running."""

    def __init__(self, world: t.Any, folder: Path, rulebook: str, **variables: t.Any) -> None:
        python = environment_python("rulebook")
        self.out = folder / f"out-{time.monotonic_ns()}"
        (folder / "vars.yml").write_text(yaml.safe_dump({"partner_delay": 0.3, **variables}), encoding="utf-8")
        (folder / "inventory.yml").write_text(
            "all: {hosts: {localhost: {ansible_connection: local}}}", encoding="utf-8"
        )
        environment = {
            **clean_environment(folder, python),
            **{key: value for key, value in connection_env(world).items() if key.startswith("MOBSTED_")},
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
            **{name: os.environ[name] for name in ("JAVA_HOME",) if name in os.environ},
        }
        command = [str(python.with_name("ansible-rulebook")), "--rulebook", rulebook, "--inventory", "inventory.yml"]
        with open(self.out, "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [*command, "--vars", "vars.yml"], cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT
            )

    def wait(self, done: t.Callable[[], t.Any], seconds: float = 120) -> None:
        """Wait until something is the case."""
        until = time.monotonic() + seconds
        while not done():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < until, self.text()
            time.sleep(0.1)

    def text(self) -> str:
        """Return what it has printed."""
        return self.out.read_text(encoding="utf-8")

    def events(self) -> list[Event]:
        """Return the events that print_event has printed."""
        return [ast.literal_eval(line) for line in self.text().splitlines() if line.startswith("{'")]

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it by a signal."""
        self.process.send_signal(number)
        self.process.wait(60)

    def __enter__(self) -> Rulebook:
        return self

    def __exit__(self, *_args: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(60)


PRINTING = """
- name: All events
  hosts: all
  sources:
    - name: tenants
      partnerops.saas.tenants:
        delay: "{{ partner_delay }}"
        seen_path: seen
        thresholds: {installs_total: [20]}
  rules:
    - name: Print
      condition: event.type is defined
      action:
        print_event:
          pretty: false
"""


@needs_java
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
def test_nothing_is_missed_or_reported_twice_over_restarts(simulator: t.Any, tmp_path: Path, number: int) -> None:
    (tmp_path / "rulebook.yml").write_text(PRINTING, encoding="utf-8")
    seen: list[Event] = []
    with simulator.world(tenants=2, stats=False) as world:

        def run(expected: int) -> None:
            asked = world.counts()["requests"]
            with Rulebook(world, tmp_path, "rulebook.yml") as running:
                running.wait((tmp_path / "seen").exists)
                running.wait(lambda: world.counts()["requests"] > asked + 2)
                if not expected:
                    world.do("tenant_add", email=NEW)
                running.wait(lambda: len(running.events()) >= max(expected, 1))
                polls = world.counts()["requests"]
                running.wait(lambda: world.counts()["requests"] > polls + 3)  # and no more of them
                running.stop(number)
            seen.extend(running.events())
            assert world.password not in running.text()

        run(0)
        world.do("tenant_add", email=LATER)
        world.do("tenant_edit", email=FIRST, attributes={"url": "https://moved.example"})
        run(2)
        world.do("tenant_add", email="third@x.example")
        run(1)
    assert [told(event) for event in seen] == [
        ("tenant_new", NEW, ()),
        ("tenant_changed", FIRST, ("url",)),
        ("tenant_new", LATER, ()),
        ("tenant_new", "third@x.example", ()),
    ]


@needs_java
@pytest.mark.slow
def test_an_undeclared_tenant_opens_a_pull_request(simulator: t.Any, tmp_path: Path) -> None:
    state = f"---\nmobsted:\n  tenants:\n    - email: {SECOND} # ours\n"
    (tmp_path / "gitconfig").write_text("[user]\nname = Robot\nemail = robot@x.example\n", encoding="utf-8")
    repository, work = tmp_path / "state.git", tmp_path / "work"
    env = {**os.environ, "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")}

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], env=env, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet", "--bare", "--initial-branch", "main", str(repository))
    git("clone", "--quiet", str(repository), str(work))
    (work / "partner-state.yml").write_text(state, encoding="utf-8")
    git("-C", str(work), "add", "--all")
    git("-C", str(work), "commit", "--quiet", "--message", "State")
    git("-C", str(work), "push", "--quiet", "origin", "HEAD:main")
    request = ["sh", "-c", f"git log -1 --format=%s >> {tmp_path}/requests"]
    variables = {"partner_repository": f"file://{repository}", "partner_pull_request": request}
    variables["partner_state_file"] = str(work / "partner-state.yml")
    with (
        simulator.world(tenants=1) as world,
        Rulebook(world, tmp_path, "partnerops.saas.undeclared_tenant", **variables) as running,
    ):
        running.wait((tmp_path / "tenants.seen").exists)
        world.do("tenant_add", email=SECOND)  # declared
        world.do("tenant_add", email=NEW)
        running.wait(lambda: (tmp_path / "requests").exists() or "fatal" in running.text())
        running.stop()
    assert (tmp_path / "requests").read_text(encoding="utf-8").splitlines() == [f"Declare the tenant {NEW}"]
    shown = git("-C", str(repository), "show", "declare-new-x-example:partner-state.yml")
    assert shown == state.replace("  tenants:\n", f"  tenants:\n    - email: {NEW}\n")
    assert git("-C", str(repository), "branch", "--format=%(refname:short)").split() == [
        "declare-new-x-example",
        "main",
    ]


@needs_java
@pytest.mark.slow
def test_a_threshold_notifies(simulator: t.Any, tmp_path: Path) -> None:
    got: list[Event] = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args: t.Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/secret-of-the-hook"
    with (
        simulator.world(tenants=2) as world,
        Rulebook(world, tmp_path, "partnerops.saas.installs", partner_webhook_url=url) as running,
    ):
        running.wait((tmp_path / "installs.seen").exists)
        world.do("tenant_edit", email=FIRST, attributes={"appInstall": 104})
        running.wait(lambda: got)
        running.stop()
    server.shutdown()
    server.server_close()
    assert got == [{"text": f"{FIRST}: installs_total has reached 100 (it was 12 and is 104)."}]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml")), ids=lambda path: path.stem
)
def test_a_rulebook_names_what_there_is(path: Path) -> None:
    for rules in yaml.safe_load(path.read_text(encoding="utf-8")):
        assert all("partnerops.saas.tenants" in source for source in rules["sources"])
        for rule in rules["rules"]:
            for action, args in rule["action"].items():
                if action == "run_playbook":
                    assert (ROOT / "playbooks" / f"{args['name'].removeprefix('partnerops.saas.')}.yml").is_file()
