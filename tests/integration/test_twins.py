# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every task twice, in process and as a module, on each release of ansible-core: the results are equal.

One host has the connection ``local``. The other has a connection of the tests that differs only by its name, so the
action hands the task to the module. Each host has its own world with the same accounts. The registered results are
compared key by key, after whatever differs between two worlds (names, ids, dates) has been evened out.
"""

from __future__ import annotations

import datetime
import json
import re
import tempfile
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.partnerops.saas.tests.support.harness import CONNECTIONS, edge_cores, run_playbook

PREFIX = "partnerops.saas."
HOSTS = ("in_process", "as_module")
VAULT_PASSWORD = b"twins"
EMAIL = "owner@acme.example"
SITE = "https://store.acme.example"
PNG = b"\x89PNG\r\n\x1a\n and so on"


class Case(t.NamedTuple):
    """One task: its name, the module, the options, and keywords of the task."""

    name: str
    module: str
    args: dict[str, t.Any]
    more: dict[str, t.Any] = {}


class Vaulted(str):
    """A value that is encrypted in the playbook."""

    __slots__ = ()


def tenant(case: str, more: dict[str, t.Any] | None = None, /, **args: t.Any) -> Case:
    return Case(case, "mobsted_tenant", args, more or {})


def app(case: str, more: dict[str, t.Any] | None = None, /, **args: t.Any) -> Case:
    return Case(case, "mobsted_pwa_app", args, more or {})


CHECK = {"check_mode": True}
DIFF = {"diff": True}
CASES = [
    # Check mode, a change, and no change.
    tenant("check", CHECK, email=EMAIL),
    tenant("check with diff", {**CHECK, **DIFF}, email=EMAIL),
    tenant("create with diff", DIFF, email=EMAIL),
    tenant("again with diff", DIFF, email=EMAIL),
    tenant("again in check mode", CHECK, email=EMAIL),
    tenant("other case", email="OWNER@acme.example"),
    tenant("unicode", email="ö@bücher.example"),
    tenant("white space around", email="  white@acme.example\n"),
    tenant("no_log", {"no_log": True}, email="hidden@acme.example"),
    # Wrong arguments.
    tenant("nothing given"),
    tenant("empty address", email=""),
    tenant("no address", email="owner"),
    tenant("a list for a text", email=["a@b.example", "c@d.example"]),
    tenant("a dict for a text", email={"a": 1}),
    tenant("null where required", email=None),
    tenant("unknown option", email=EMAIL, mail=EMAIL, another=1),
    tenant("unknown and missing", mail=EMAIL),
    tenant("unknown state", email=EMAIL, state="absent"),
    tenant("text for a number", email=EMAIL, timeout="soon"),
    tenant("number out of range", email=EMAIL, retries=-1),
    tenant("fraction for a number", email=EMAIL, retries=1.5),
    tenant("text for a flag", email=EMAIL, validate_certs="maybe"),
    tenant("unknown choice", email=EMAIL, token_cache="never"),
    tenant("text for a dict", email=EMAIL, api_paths="objects"),
    tenant("key=value for a dict", email=EMAIL, api_paths="objects=objects"),
    tenant("unknown suboption", email=EMAIL, api_paths={"objects": "objects", "nope": 1}),
    tenant("bad path", email=EMAIL, api_paths={"objects": "../objects"}),
    tenant("plain http", email=EMAIL, api_url="http://ppp-admin.mobsted.com"),
    tenant("no url at all", email=EMAIL, api_url=""),
    tenant("url with a user", email=EMAIL, api_url="https://me:secret-pw@ppp.example"),
    tenant("missing CA bundle", email=EMAIL, ca_path="missing/ca.pem"),
    # Converted arguments.
    tenant("numbers and flags as text", email=EMAIL, timeout="30", validate_certs="yes", retries="0"),
    tenant("omitted", email=EMAIL, ca_path="{{ omit }}", api_token="{{ omit }}"),
    tenant("nulls", email=EMAIL, api_token=None, ca_path=None, timeout=None, api_paths=None),
    tenant("url with its prefix", email=EMAIL, api_url="{{ url }}/api/v8/"),
    tenant("other path, found on 404", email=EMAIL, api_paths={"objects": "object"}),
    # The environment of the task.
    tenant(
        "environment counts", {"environment": {"MOBSTED_API_LOGIN": "nobody@x.example"}}, email=EMAIL, api_login=None
    ),
    tenant("environment is typed", {"environment": {"MOBSTED_TIMEOUT": "soon"}}, email=EMAIL),
    tenant("environment is a number", {"environment": {"MOBSTED_RETRIES": 0, "MOBSTED_SETTLE": -1}}, email=EMAIL),
    tenant("environment of a choice", {"environment": {"MOBSTED_TOKEN_CACHE": "never"}}, email=EMAIL),
    tenant("CA bundle of the environment", {"environment": {"REQUESTS_CA_BUNDLE": "missing.pem"}}, email=EMAIL),
    tenant(
        "proxy of the environment",
        {"environment": {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "", "no_proxy": ""}},
        email=EMAIL,
        retries=0,
        token_cache="none",
    ),
    tenant("nobody listens", email=EMAIL, api_url="http://127.0.0.1:9", retries=0),
    # Secrets.
    tenant("vaulted", email=Vaulted(EMAIL), api_token=None),
    tenant("vaulted and wrong", email=EMAIL, api_password=Vaulted("wrong-password"), token_cache="none"),
    tenant("wrong", email=EMAIL, api_password="wr ong/pass+word", token_cache="none"),
    tenant("wrong token", email=EMAIL, api_login=None, api_password=None, api_token="wrong-token"),
    tenant("token beside a login", email=EMAIL, api_token="wrong-token"),
    app("secret in the result", name="Store wrong-pass", website_url=SITE, tenant_password="wrong-pass"),
    app("short secret", CHECK, name="Store 1", website_url=SITE, tenant_password="1"),
    app("secret like a flag", CHECK, name="True", website_url=SITE, tenant_password="True"),
    # Apps.
    app("app in check mode", {**CHECK, **DIFF}, name="Störe ☂", website_url=SITE),
    app("app with diff", DIFF, name="Störe ☂", website_url=SITE, description="Zeile 1\nZeile 2", icon="a.png"),
    app("app again", name="Störe ☂", website_url=SITE),
    app("drift is warned about", name="Störe ☂", website_url="https://other.example", title="Other"),
    app("drift fails", name="Störe ☂", website_url="https://other.example", on_drift="fail"),
    app("drift is ignored", name="Störe ☂", title="Other", on_drift="ignore"),
    app("a number as name", CHECK, name=5, website_url=SITE),
    app("a flag as name", CHECK, name=True, website_url=SITE),
    app("a date as description", CHECK, name="x", website_url=SITE, description=datetime.date(2026, 1, 2)),
    app("an app_id as text", name="x", app_id="77"),
    app("an app_id that is none", name="x", app_id="seven"),
    app("app_id 1", name="x", app_id=1),
    app("the name of app 1", name="My Sub Accounts", website_url=SITE),
    app("two apps of one name", name="Twice"),
    app("bad colour", name="x", splash_color="red"),
    app("no website", name="x"),
    app("icon that is missing", name="x", website_url=SITE, icon="missing.png"),
    app("icon that is none", name="x", website_url=SITE, icon="text.txt"),
    app("icon in doubt", name="Doubt", website_url=SITE, icon="doubt.png"),
    app("icon with a variable", name="Variable", website_url=SITE, icon="$ICONS/a.png"),
    app("icon at home", CHECK, name="Home", website_url=SITE, icon="~/home.png"),
    app("icon that is vaulted", name="Vaulted", website_url=SITE, icon="vaulted.svg"),
    app("icon that is empty text", CHECK, name="x", website_url=SITE, icon=""),
    app("in a tenant", name="Store", website_url=SITE, tenant="tenant00001@clients.example"),
    app("in a tenant again", name="Store", website_url=SITE, tenant="tenant00001@clients.example"),
    app("in a tenant that changed its password", name="Store", website_url=SITE, tenant="tenant00002@clients.example"),
    app("in a tenant that is unknown", name="Store", website_url=SITE, tenant="nobody@clients.example"),
    app("a template that is text", CHECK, name="x", website_url=SITE, description="{{ '{{ 1 + 1 }}' }}"),
    # Reading modules.
    Case("tenants", "mobsted_tenant_info", {}),
    Case("one tenant with credentials", "mobsted_tenant_info", {"email": EMAIL, "include_credentials": True}),
    Case("no tenant", "mobsted_tenant_info", {"email": "nobody@x.example"}),
    Case("apps", "mobsted_pwa_app_info", {}),
    Case("apps in check mode", "mobsted_pwa_app_info", {"name": "Store"}, CHECK),
    Case("apps of a tenant", "mobsted_pwa_app_info", {"tenant": "tenant00001@clients.example"}),
    # Keywords.
    tenant("async", {"async": 60, "poll": 1}, email=EMAIL),
    tenant("loop", {"loop": ["a@loop.example", "nobody"], "loop_control": {"label": "x"}}, email="{{ item }}"),
    tenant("until", {"until": "r is success", "retries": 1, "delay": 0}, email="owner"),
]


def play(vault: VaultLib) -> str:
    """Return the playbook: every case, then a file of the registered results for each host."""

    class Dumper(yaml.SafeDumper):
        pass

    def encrypted(dumper: yaml.SafeDumper, value: Vaulted) -> yaml.Node:
        return dumper.represent_scalar("!vault", vault.encrypt(str(value)).decode(), style="|")

    Dumper.add_representer(Vaulted, encrypted)
    tasks: list[dict[str, t.Any]] = []
    for number, case in enumerate(CASES):
        name = "r" if "until" in case.more else f"r_{number}"
        tasks.append(
            {
                "name": case.name,
                PREFIX + case.module: case.args,
                "register": name,
                "ignore_errors": True,
                **case.more,
            }
        )
    names = {case.name: tasks[number]["register"] for number, case in enumerate(CASES)}
    found = ", ".join(f"{json.dumps(name)}: {variable}" for name, variable in names.items())
    tasks.append(
        {
            "name": "Write what was registered",
            "ansible.builtin.copy": {
                "content": "{{ {" + found + "} | to_json }}",
                "dest": "{{ results }}",
                "mode": "0600",
            },
            "delegate_to": "localhost",
            "no_log": True,
        }
    )
    plays = [
        {
            "hosts": ",".join(HOSTS),
            "gather_facts": False,
            "environment": {"ICONS": "{{ playbook_dir }}/files"},
            "module_defaults": {
                f"group/{PREFIX}mobsted": {
                    "api_url": "{{ url }}",
                    "api_login": "{{ login }}",
                    "api_password": "{{ password }}",
                    "settle": 0,
                }
            },
            "tasks": tasks,
        }
    ]
    return yaml.dump(plays, Dumper=Dumper, allow_unicode=True, sort_keys=False)


def prepare(world: t.Any) -> None:
    """Create the same accounts in each world."""
    for _time in range(2):
        world.do("app_add", name="Twice", account=world.master)
    world.do("tenant_password", email="tenant00002@clients.example", password="chosen-by-its-owner")


def evened_out(text: str, world: t.Any, host: str, files: Path) -> str:
    """Return what a host registered, without what differs between two worlds."""
    for number, row in enumerate(world.state()["tenants"]):
        text = text.replace(row["name"], f"<name {number}>")
        for key in ("password", "recorded_password"):
            if row.get(key):
                text = text.replace(row[key], f"<password {number}>")
    text = text.replace(world.login, "<login>").replace(json.dumps(world.password)[1:-1], "<master password>")
    text = re.sub(rf"\b(ppp)?{world.id}\b", "<world>", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+", "<date>", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>", text)
    text = re.sub(r"https://w2m\.local/[0-9a-z]+", "<short url>", text)
    text = re.sub(r"(Valid booleans include: )[^\"]+", r"\1<a set>", text)
    text = text.replace(f"{files}/", "<folder of the module>/")
    text = re.sub(r"/[^\" ]*/ansible-tmp-[^\" /]+/(file-\d+/)?", "<folder of the module>/", text)
    return text.replace(host, "<host>")


#: Keys that only one path has: how a module's output was parsed, and the id of a background job.
NEITHER_HERE_NOR_THERE = {"ansible_parsed", "ansible_job_id", "results_file", "started", "finished", "stdout", "stderr"}


def comparable(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        kept = {key: comparable(inner) for key, inner in value.items() if key not in NEITHER_HERE_NOR_THERE}
        if "invocation" in kept:
            # The path of the icon differs: on the module path the file was copied.
            kept["invocation"] = {**kept["invocation"].get("module_args", {}), "icon": None}
        return kept
    return [comparable(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize("core", edge_cores())
def test_both_ways_give_the_same_result(simulator: t.Any, tmp_path: Path, core: str) -> None:
    vault = VaultLib([("default", VaultSecret(VAULT_PASSWORD))])
    files = {name: tmp_path / name for name in ("vault", "home/home.png")}
    for path in (*files.values(), tmp_path / "files" / "x"):
        path.parent.mkdir(exist_ok=True)
    files["vault"].write_bytes(VAULT_PASSWORD)
    files["home/home.png"].write_bytes(PNG)
    (tmp_path / "files" / "a.png").write_bytes(PNG)
    (tmp_path / "files" / "doubt.png").write_bytes(b"GIF89a")
    (tmp_path / "files" / "text.txt").write_text("hello")
    (tmp_path / "files" / "vaulted.svg").write_bytes(vault.encrypt(b"<svg >\n</svg>"))
    worlds = {host: simulator.world(tenants=2, apps_per_tenant=1) for host in HOSTS}
    inventory: dict[str, t.Any] = {"all": {"hosts": {}}}
    for host, world in worlds.items():
        prepare(world)
        inventory["all"]["hosts"][host] = {
            "ansible_connection": "local" if host == "in_process" else "elsewhere",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "url": world.mobsted_url,
            "login": world.login,
            "password": world.password,
            "results": str(tmp_path / f"{host}.json"),
        }
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory))
    # From 2.21 on, ansible-core creates a socket in the temporary folder, so its path has to be short.
    scratch = tempfile.TemporaryDirectory(prefix="twin-")
    try:
        run = run_playbook(
            play(vault),
            inventory=tmp_path / "hosts.yml",
            cwd=tmp_path,
            home=tmp_path / "home",
            core=core,
            env={
                "TMPDIR": scratch.name,
                "ANSIBLE_CONNECTION_PLUGINS": str(CONNECTIONS),
                "ANSIBLE_VAULT_PASSWORD_FILE": str(files["vault"]),
                "ANSIBLE_PIPELINING": "true",
                "ANSIBLE_ASYNC_DIR": str(tmp_path / "async"),
                "ANSIBLE_INJECT_INVOCATION": "true",
            },
        )
        assert run.task("Write what was registered", "as_module").changed, run.describe()
        first, second = (
            json.loads(evened_out((tmp_path / f"{host}.json").read_text(), world, host, tmp_path / "files"))
            for host, world in worlds.items()
        )
    finally:
        scratch.cleanup()
        for world in worlds.values():
            world.delete()
    first["icon that is missing"].pop("invocation", None)  # the action looks for the file, so no module runs
    pairs = {name: [comparable(first[name]), comparable(second[name])] for name in first}
    differences = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    told = json.dumps(differences, indent=1, sort_keys=True, ensure_ascii=False)
    assert not differences, f"ansible-core {core}: {sorted(differences)}\n{told}"
    assert len(first) == len(CASES)
    assert first["async"]["tenant"]["email"] == EMAIL
    # The cases do what their names say: enough of them change something, and enough fail.
    assert sum(bool(one.get("changed")) for one in first.values()) > 15
    assert sum(bool(one.get("failed")) for one in first.values()) > 35
