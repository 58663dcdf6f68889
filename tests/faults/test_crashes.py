# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill a run at each of its events in turn, and run it again.

``tests/support/crashes.py`` lists the events. After the next run nothing exists twice, nobody got a second e-mail,
every new tenant's password is kept, and no file contains a secret that the user did not ask for.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.run import locks
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController
from ansible_collections.partnerops.saas.tests.support.background import playbook_started
from ansible_collections.partnerops.saas.tests.support.crashes import killed
from ansible_collections.partnerops.saas.tests.support.driver import connection, duplicates, run, snapshot
from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook
from ansible_collections.partnerops.saas.tests.support.leaks import files_below, leaks
from ansible_collections.partnerops.saas.tests.support.ledgers import old_ledger
from ansible_collections.partnerops.saas.tests.support.processes import kill_all
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("no_waiting")

OWNER, SITE = "owner@acme.example", "https://shop.acme.example"
CLIENT_PASSWORD, USER_PASSWORD = "password-of-the-client", "password-of-the-user"
SECRETS = [("default", VaultSecret(b"sesame"))]
QUICK = {"retries": 1, "deadline": 20, "settle": 1}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
APPS = [{"name": "Shop", "website_url": SITE}, {"name": "News", "website_url": SITE, "icon": "icon.png"}]


class Place:
    """The folders of one case: of the user, of temporary files, and of the locks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home, self.tmp, self.var = (root / name for name in ("home", "tmp", "var"))
        for folder in (root, self.home, self.tmp, self.var):
            folder.mkdir()
        (self.home / "icon.png").write_bytes(PNG)
        self.ledger = self.home / "mip" / "ledger.sqlite3"
        self.logins = self.home / "logins.yml"


Args = t.Callable[[Place], dict[str, t.Any]]


def _nothing(world: t.Any, place: Place) -> None:
    """Start with empty accounts."""


def _tenant_there(world: t.Any, place: Place) -> None:
    world.do("tenant_add", email=OWNER)


def _client_there(world: t.Any, place: Place) -> None:
    world.do("mip_client", marketplace_id=7, email="c@acme.example", password=CLIENT_PASSWORD)


def _old_logins(world: t.Any, place: Place) -> None:
    """There is a file already, encrypted as a whole."""
    text = yaml.safe_dump({"old@acme.example": {"url": SITE, "login": "old@acme.example", "password": "old-password"}})
    place.logins.write_bytes(VaultLib(SECRETS).encrypt(text, SECRETS[0][1], vault_id="default"))


def _old_ledger(world: t.Any, place: Place) -> None:
    """Version 1.0 invited somebody, and left it open whether somebody else was."""
    place.ledger.parent.mkdir(mode=0o700)
    api = Ledger.at(str(place.ledger), world.mip_url).api
    rows = [("m1@acme.example", None, "present", None, None), ("m2@acme.example", None, "unknown", None, "add")]
    old_ledger(place.ledger, *((api, *row) for row in rows))


def _fleet(place: Place, **more: t.Any) -> dict[str, t.Any]:
    apps = [{**app, "icon": str(place.home / app["icon"])} if "icon" in app else app for app in APPS]
    tenants = [{"email": OWNER, "apps": apps}, {"email": "second@acme.example"}]
    return {**QUICK, "tenants": tenants, "credentials_dest": str(place.logins), "concurrency": 1, **more}


def _members(place: Place) -> dict[str, t.Any]:
    people = [{"email": "m1@acme.example"}, {"email": "m2@acme.example"}]
    return {"marketplace_id": 7, "members": people, "concurrency": 1}


def _marketplace(place: Place) -> dict[str, t.Any]:
    clients = [{"email": "c@acme.example", "password": CLIENT_PASSWORD, "blocked": True}]
    return {**_members(place), "clients": clients}


@dataclass(frozen=True)
class Case:
    """A task to kill.

    :param least: so many kills at least
    :param before: what exists
    """

    module: str
    args: Args
    least: int
    before: t.Callable[[t.Any, Place], None] = _nothing
    secrets: tuple[str, ...] = ()


CASES = {
    "tenant": Case(
        "mobsted_tenant", lambda place: {**QUICK, "email": OWNER, "credentials_dest": str(place.logins)}, 40
    ),
    "tenant in an old file": Case(
        "mobsted_tenant",
        lambda place: {**QUICK, "email": OWNER, "credentials_dest": str(place.logins)},
        40,
        _old_logins,
        ("old-password",),
    ),
    "fleet": Case("mobsted_fleet", _fleet, 85),
    "fleet in clear": Case("mobsted_fleet", lambda place: _fleet(place, credentials_plaintext=True), 85),
    "app": Case(
        "mobsted_pwa_app",
        lambda place: {**QUICK, "tenant": OWNER, "name": "Shop", "website_url": SITE},
        35,
        _tenant_there,
    ),
    "marketplace": Case("mip_marketplace", _marketplace, 150, secrets=(CLIENT_PASSWORD,)),
    "old ledger": Case("mip_marketplace", _members, 80, _old_ledger),
    "client": Case(
        "mip_client",
        lambda place: {"marketplace_id": 7, "email": "c@acme.example", "password": CLIENT_PASSWORD, "state": "absent"},
        85,
        _client_there,
        (CLIENT_PASSWORD,),
    ),
    "member": Case("mip_member", lambda place: {"marketplace_id": 7, "email": "m1@acme.example"}, 75),
    "user": Case(
        "mip_user", lambda place: {"email": "u@acme.example", "password": USER_PASSWORD}, 70, secrets=(USER_PASSWORD,)
    ),
}


def work(case: Case, world: t.Any, place: Place, pid: int) -> dict[str, t.Any]:
    """Run the task as a process of its own would, in the folders of the case."""
    parent = place.tmp / f"ansible-local-{pid}abcdefgh"
    parent.mkdir(mode=0o700)
    context = RunContext(str(parent))
    loader = DataLoader()
    loader.set_vault_secrets([] if "credentials_plaintext" in case.args(place) else SECRETS)
    vendor = "mip" if case.module.startswith("mip") else "mobsted"
    given = {**connection(world, vendor), **case.args(place)}
    if vendor == "mip":
        given.update(ledger_path=str(place.ledger), retries=1, deadline=20)
    try:
        return run(case.module, given, context=context, controller=ActionController(loader, context))
    finally:
        context.close()


def again(case: Case, world: t.Any, place: Place) -> dict[str, t.Any]:
    """Run the task in this process; Ansible removes the folder of the run at the end."""
    result = work(case, world, place, os.getpid())
    shutil.rmtree(place.tmp / f"ansible-local-{os.getpid()}abcdefgh")
    assert not result.get("failed"), result["msg"]
    return result


def kept(place: Place) -> dict[str, str]:
    """Return the passwords in the credentials file."""
    if not place.logins.exists():
        return {}
    content = place.logins.read_bytes()
    text = VaultLib(SECRETS).decrypt(content) if content.startswith(b"$ANSIBLE_VAULT") else content
    return {email: entry["password"] for email, entry in yaml.safe_load(text).items()}


def in_clear(case: Case, world: t.Any, place: Place) -> list[str]:
    """Return where a secret is in clear that the user did not ask for."""
    state = world.state()
    secrets = [world.password, world.mip_password, world.mip_public_key, world.mip_private_key, *case.secrets]
    secrets += [tenant["password"] for tenant in state["tenants"]]
    asked = {place.logins} if "credentials_plaintext" in case.args(place) else set()
    files = [(path, text) for path, text in files_below(place.root) if path not in asked]
    found = [f"{path}: {leak}" for path, text in files for leak in leaks(text, secrets)]
    # Tokens, too: nothing of a dead run may stay.
    return found + [str(path) for path in place.root.rglob("ansible-local-*/partnerops-saas")]


def check(case: Case, world: t.Any, place: Place) -> None:
    """Check what has to hold after the next run."""
    first = again(case, world, place)
    assert duplicates(world) == []
    assert in_clear(case, world, place) == []
    assert not list(place.home.glob(".partnerops-*"))
    if "credentials_dest" in case.args(place):
        passwords = {tenant["email"]: tenant["password"] for tenant in world.state()["tenants"]}
        assert passwords.items() <= kept(place).items()
        assert case.before is not _old_logins or kept(place)["old@acme.example"] == "old-password"
    before = snapshot(world)
    assert not again(case, world, place)["changed"], first
    assert snapshot(world) == before


@pytest.fixture
def memory(tmp_path: Path) -> t.Iterator[Path]:
    """Yield a folder in memory, if there is such a place: a kill loses nothing that a disk would keep."""
    fast = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=fast)) if os.access(fast, os.W_OK) else tmp_path
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", CASES)
def test_killed_at_every_event(name: str, simulator: t.Any, memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, kills = CASES[name], 0
    monkeypatch.setattr("tempfile.tempdir", None)
    while True:
        place = Place(memory / str(kills))
        monkeypatch.setattr(locks, "PLACES", (str(place.var),))
        monkeypatch.setenv("HOME", str(place.home))
        monkeypatch.setenv("TMPDIR", str(place.tmp))
        with simulator.world() as world:
            case.before(world, place)
            done = not killed(lambda pid: _done(work(case, world, place, pid)), kills + 1)  # noqa: B023
            check(case, world, place)
        shutil.rmtree(place.root)
        if done:
            break
        kills += 1
    assert kills >= case.least


def _done(result: dict[str, t.Any]) -> None:
    assert not result.get("failed"), result["msg"]


def test_the_campaign_has_hundreds_of_kills() -> None:
    assert sum(case.least for case in CASES.values()) >= 700


# -- whole runs of ansible-playbook -----------------------------------------------------------------------------------

#: The request that is under way at the kill: vendor, path, and whether the vendor still executes it.
UNDER_WAY = [
    ("mobsted", "/api/v8/partners", "before"),
    ("mobsted", "/api/v8/partners", "after"),
    ("mobsted", "/api/v8/applications", "after"),
    ("mip", "/register/client/7", "after"),
    ("mip", "/client/7/block/*", "after"),
    ("mip", "/member/7/add", "before"),
    ("mip", "/member/7/add", "after"),
]


@pytest.mark.parametrize(("vendor", "path", "when"), UNDER_WAY)
def test_a_playbook_killed_with_all_its_processes(
    vendor: str, path: str, when: str, world: t.Any, tmp_path: Path
) -> None:
    place = Place(tmp_path / "place")
    (place.root / "vault").write_text("sesame")
    ledger = {"ledger_path": str(place.ledger)}
    tasks = [
        {"partnerops.saas.mobsted_fleet": _fleet(place)},
        {"partnerops.saas.mip_marketplace": {**_marketplace(place), **ledger}},
    ]
    environment = {**connection_env(world), "ANSIBLE_VAULT_PASSWORD_FILE": str(place.root / "vault")}
    rule = world.fault("stall", vendor=vendor, method="POST", path=path, when=when, seconds=60)
    with playbook_started(tasks, place.home, environment) as process:
        wait_until(lambda: _hits(world, rule), process=process)
        assert kill_all(process.pid) > 1
    world.clear_faults()
    for changed in (True, False):
        play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
        found = run_playbook(play, env=environment, home=place.home).check()
        assert duplicates(world) == []
        assert changed or found.changed == 0
    case = CASES["marketplace"]
    assert in_clear(case, world, place) == []
    passwords = {tenant["email"]: tenant["password"] for tenant in world.state()["tenants"]}
    assert (len(passwords), kept(place)) == (2, passwords)
    invited = sum(mail["kind"] == "invitation" for mail in world.outbox())
    assert invited == (1 if (path, when) == ("/member/7/add", "before") else 2)


def _hits(world: t.Any, rule: int) -> int:
    return next(one["hits"] for one in world.faults() if one["id"] == rule)
