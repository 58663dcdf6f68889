# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module × every outcome × nasty secrets, at ``-vvvv``: no output and no file contains a secret.

The secrets reach the play in a file of variables, since ansible-core itself shows excerpts of playbooks. A secret that
the user is meant to get (a new password, a sign-on link) is usable in a registered variable and is not shown either.
On the module path before ansible-core 2.22, this needs the task's own ``no_log``.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import types
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils import basic
from ansible.module_utils.testing import patch_module_args

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.tests.support.counts import count
from ansible_collections.partnerops.saas.tests.support.driver import connection, modules, operation
from ansible_collections.partnerops.saas.tests.support.harness import (
    ALL_CORES,
    CONNECTIONS,
    available_cores,
    run_ansible,
    run_playbook,
)
from ansible_collections.partnerops.saas.tests.support.leaks import files_below, leaks
from ansible_collections.partnerops.saas.tests.support.messages import secrets_of
from ansible_collections.partnerops.saas.tests.support.modules import EXAMPLES, OLD, filled, prepare

PLUGINS = Path(__file__).parent / "plugins"
CORES = available_cores()
#: Passwords of everybody. The first five contain whatever a URL, JSON or a shell writes differently.
SECRETS = {
    "nasty": {
        "master": 'Ma"ster&1/+ ä%41',
        "tenant": "Te'nant/2+& \"ö\\n",
        "owner": "Ow}ner$&3=/+ ü#",
        "user": 'us/er+4 "&%20é',
        "client": "cl<i>ent5&amp;/+ \u0142",
        "other": 'ot her\t6+/&"ß',
        "token": 'to/ken+7=&"%41',
    },
    "short": {
        "master": "q7#z",
        "tenant": "x&9k",
        "owner": "w/4j",
        "user": "v+3y",
        "client": 'j"8w',
        "other": "z 6q",
        "token": "k%5x",
    },
}
OUTCOMES = ("success", "error", "reset before login", "reset after login", "invalid answer", "refused token")
#: Modules that talk to a vendor; what is shown of the state's password is in tests/integration/test_shared_state.py.
SENDING = [module for module, use in EXAMPLES.items() if not use.sends_nothing]
#: A module takes half a second: resets, whose messages hold nothing of the API, are left out there but with CORES=all.
AS_MODULE = OUTCOMES if ALL_CORES else tuple(outcome for outcome in OUTCOMES if not outcome.startswith("reset"))


class Scene(t.NamedTuple):
    """A task and the world in which it runs."""

    module: str
    outcome: str
    world: t.Any

    @property
    def name(self) -> str:
        """Return the task's name."""
        return f"{self.module}, {self.outcome}"

    def fails(self) -> bool:
        """Return whether the task has to fail."""
        return self.outcome != "success" and not EXAMPLES[self.module].reports_failures


def set_the_scene(world: t.Any, module: str, outcome: str, secrets: dict[str, str]) -> None:
    """Prepare the world and its fault."""
    use = EXAMPLES[module]
    prepare(world, secrets)
    main = {"method": use.method, "path": use.path, "vendor": operation(module).vendor, "times": None}
    login = {"path": use.login, "vendor": operation(module).vendor, "times": None}
    # An API that echoes what it was sent. Nobody could recognize a secret that the task was not given.
    echo = " and ".join(secrets[name] for name in given(module, outcome))
    if outcome == "error":
        world.fault("status", status=422, body={"errors": [{"detail": f"not with {echo}"}]}, **main)
    elif outcome == "reset before login":
        world.fault("reset", when="before", **login)
    elif outcome == "reset after login":
        world.fault("reset", when="before", **main)
    elif outcome == "invalid answer":
        page = f"<html><title>{echo}</title><body>{echo}</body></html>"
        world.fault("html", body=page, when="before", **main)


def given(module: str, outcome: str) -> list[str]:
    """Return the names of the secrets that the task is given."""
    use = EXAMPLES[module]
    own = [name for name in SECRETS["nasty"] if f"@{name}" in repr(use.args)]
    login = "master" if operation(module).vendor == "mobsted" else "owner"
    return [*own, "token" if outcome == "refused token" else login]


def task_of(scene: Scene, as_module: bool, core: str) -> list[dict[str, t.Any]]:
    """Return the task, and one that uses what it registered."""
    use = EXAMPLES[scene.module]
    names = {key: "{{ secrets['" + key + "'] }}" for key in SECRETS["nasty"]}
    args = {**filled(use.args, names), "retries": 0, "deadline": 4}
    if operation(scene.module).vendor == "mobsted":
        args |= {"api_url": scene.world.mobsted_url, "api_login": scene.world.login, "settle": 0}
        args |= {"api_password": names["master"]}
        if scene.outcome == "refused token":
            args |= {"api_token": names["token"]}
            args.pop("api_password")
            args.pop("api_login")
    else:
        args |= {"api_url": scene.world.mip_url, "api_email": scene.world.mip_email, "api_password": names["owner"]}
        if scene.module not in ("mip_sso_link", "mip_password_reset"):
            args |= {"ledger_path": f"~/ledgers/{scene.world.id}.sqlite3"}
        if scene.outcome == "refused token":
            args |= {"api_public_key": "p" * 32, "api_private_key": names["token"]}
            args.pop("api_password")
            args.pop("api_email")
    masked = use.shows_secret and as_module and core != "2.22"
    return [
        {
            "name": scene.name,
            f"partnerops.saas.{scene.module}": args,
            "register": "got",
            "ignore_errors": True,
            **({"no_log": True} if masked else {}),
        }
    ]


def scenes(
    simulator: t.Any, secrets: dict[str, str], stack: contextlib.ExitStack, outcomes: t.Sequence[str]
) -> list[Scene]:
    """Return all modules in all situations."""
    made = []
    for module in SENDING:
        for outcome in outcomes:
            if outcome == "refused token" and module in ("mip_user", "mip_password_reset"):
                continue  # nothing is signed
            world = stack.enter_context(
                simulator.world(password=secrets["master"], mip={"owner_password": secrets["owner"]})
            )
            set_the_scene(world, module, outcome, secrets)
            made.append(Scene(module, outcome, world))
    return made


def scan(what: str, text: str, secrets: set[str]) -> None:
    """Check that no output and no file contains a secret."""
    count("outputs scanned")
    found = leaks(text, secrets)
    assert not found, f"{what}:\n" + "\n".join(found)


def test_every_module_is_used() -> None:
    assert sorted(EXAMPLES) == modules()


def _cases() -> list[t.Any]:
    oldest, newest = CORES[0], CORES[-1]
    found = [("nasty", True, oldest, "diff"), ("nasty", True, newest, "diff")]  # the longest ones
    found += [("nasty", False, core, mode) for core in sorted({oldest, newest}) for mode in ("diff", "check")]
    found += [("short", False, oldest, "diff"), ("nasty", False, "2.21", "diff")]
    found += [("nasty", False, newest, "json")]
    if ALL_CORES:
        found += [("nasty", False, oldest, "json"), ("short", False, newest, "diff")]
        found += [("short", True, core, "check") for core in CORES]
    return [case for case in found if case[2] in CORES]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "as_module", "core", "mode"), _cases())
def test_nothing_is_shown(simulator: t.Any, tmp_path: Path, kind: str, as_module: bool, core: str, mode: str) -> None:
    secrets = SECRETS[kind]
    with contextlib.ExitStack() as stack:
        # A short path, since ansible-core 2.21 and newer create a socket below it.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="saas-")))
        played = scenes(simulator, secrets, stack, AS_MODULE if as_module else OUTCOMES)
        tasks = [task for scene in played for task in task_of(scene, as_module, core)]
        play = {"hosts": "here", "gather_facts": False, "tasks": tasks}
        env = {
            "ANSIBLE_CONNECTION_PLUGINS": str(CONNECTIONS),
            "ANSIBLE_LOG_PATH": str(home / "ansible.log"),
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "false",
            **_json_callback(mode),
        }
        inventory = tmp_path / "hosts"
        inventory.write_text(
            f"here ansible_connection={'elsewhere' if as_module else 'local'} "
            "ansible_python_interpreter='{{ ansible_playbook_python }}'\n",
            encoding="utf-8",
        )
        run = run_playbook(
            [play],
            extra_vars={"secrets": secrets},
            inventory=inventory,
            core=core,
            home=home,
            env=env,
            diff=mode != "check",
            check=mode == "check",
            verbosity=4,
            timeout=600,
        ).check()
        hidden = set(secrets.values()) | set().union(*(secrets_of(scene.world) for scene in played))
        # No task may fail for another reason: a suite that shows nothing proves nothing.
        for scene in played:
            found = run.task(scene.name)
            if mode != "check":
                assert found.failed == scene.fails(), (scene.name, found.msg)
        scan("standard output", run.stdout, hidden)
        scan("standard error", run.stderr, hidden)
        for path, content in files_below(home):
            scan(str(path.relative_to(home)), content, hidden)
        for found in run.results:
            if core != "2.22":  # from 2.22 on, the result has the real values, and only the display is masked
                shown = {key: value for key, value in found.result.items() if key != "got"}
                scan(f"result of {found.task}", json.dumps(shown), hidden)
        count("tasks whose output was scanned", len(tasks))


def _json_callback(mode: str) -> dict[str, str]:
    folder = str(PLUGINS / "callback")
    if mode != "json":
        return {}
    from ansible_collections.partnerops.saas.tests.support.harness import CALLBACKS

    return {"ANSIBLE_CALLBACK_PLUGINS": f"{CALLBACKS}:{folder}", "ANSIBLE_STDOUT_CALLBACK": "json_lines"}


@pytest.mark.parametrize("core", sorted({CORES[0], CORES[-1]}))
def test_inventory_and_lookup_leave_nothing_behind(simulator: t.Any, core: str) -> None:
    """The inventory's cache and listing contain no password; a task that uses the lookup's does not show it."""
    secrets = SECRETS["nasty"]
    with contextlib.ExitStack() as stack:
        world = stack.enter_context(simulator.world(password=secrets["master"]))
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="saas-")))
        prepare(world, secrets)
        source = home / "mobsted_tenants.yml"
        source.write_text(
            f"plugin: partnerops.saas.mobsted_tenants\napi_url: {world.mobsted_url}\napi_login: {world.login}\n"
            "cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: ~/cache\ncache_timeout: 600\n",
            encoding="utf-8",
        )
        env = {"MOBSTED_API_PASSWORD": secrets["master"], "MOBSTED_API_URL": world.mobsted_url}
        env |= {"MOBSTED_API_LOGIN": world.login, "ANSIBLE_LOG_PATH": str(home / "ansible.log")}
        listed = run_ansible(
            ["ansible-inventory", "-i", str(source), "--list", "-vvvv"], env=env, core=core, home=home
        ).check()
        assert OLD in listed.stdout
        assert any((home / "cache").iterdir())
        expression = "{{ lookup('partnerops.saas.mobsted_tenant', '" + OLD + "', include_credentials=true) }}"
        used = [
            {"ansible.builtin.set_fact": {"found": expression}, "no_log": True},
            {"ansible.builtin.assert": {"that": "found.credentials.password == wanted"}, "no_log": True},
        ]
        play = {"hosts": "localhost", "gather_facts": False, "tasks": used}
        played = run_playbook(
            [play], extra_vars={"wanted": secrets["tenant"]}, env=env, core=core, home=home, verbosity=4
        )
        hidden = set(secrets.values()) | secrets_of(world)
        for run in (listed, played.check()):
            scan("standard output", run.stdout, hidden)
            scan("standard error", run.stderr, hidden)
        for path, content in files_below(home):
            scan(str(path.relative_to(home)), content, hidden)


@pytest.mark.parametrize("module", EXAMPLES)
def test_nothing_reaches_syslog(simulator: t.Any, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """A module logs how it was called, and the log contains no secret."""
    secrets = SECRETS["nasty"]
    told: list[str] = []
    fake = types.SimpleNamespace(
        openlog=lambda *_args: None, syslog=lambda _level, text: told.append(text), LOG_USER=8, LOG_INFO=6
    )
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic, "syslog", fake)
    monkeypatch.setattr(basic, "HAS_SYSLOG", True, raising=False)
    with (
        simulator.world(password=secrets["master"], mip={"owner_password": secrets["owner"]}) as world,
        tempfile.TemporaryDirectory() as home,
    ):
        monkeypatch.setenv("HOME", home)
        prepare(world, secrets)
        use = EXAMPLES[module]
        given_args = {**connection(world, operation(module).vendor), **filled(use.args, secrets)}
        given_args = {operation(module).synonyms.get(key, key): value for key, value in given_args.items()}
        stdout = io.StringIO()
        with contextlib.redirect_stdout(stdout), pytest.raises(SystemExit), patch_module_args(given_args):
            run_module(operation(module))
        hidden = set(secrets.values()) | secrets_of(world)
        assert any("Invoked with" in text for text in told)
        scan("syslog", "\n".join(told), hidden)
        if not use.shows_secret:
            scan("the module's answer", stdout.getvalue(), hidden)
