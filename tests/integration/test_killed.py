# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real SIGKILL at every moment of a run, and a playbook killed while it waits for a response.

tests/unit/plugins/module_utils/mip/fake_mip.py defines the moments: before and after every call and every commit.
"""

from __future__ import annotations

import os
import signal
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.plugins.module_utils.mip.api import MipAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mip.client import ClientSpec, ensure_client
from ansible_collections.partnerops.saas.plugins.module_utils.mip.connection import MipConnection
from ansible_collections.partnerops.saas.plugins.module_utils.mip.ledger import Ledger
from ansible_collections.partnerops.saas.plugins.module_utils.mip.member import MemberSpec, ensure_member
from ansible_collections.partnerops.saas.plugins.module_utils.mip.outcome import Outcome
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.module_utils.state.sqlite_store import SqliteStore
from ansible_collections.partnerops.saas.plugins.module_utils.state.store import StateSettings
from ansible_collections.partnerops.saas.tests.support.background import playbook_started
from ansible_collections.partnerops.saas.tests.support.harness import run_task
from ansible_collections.partnerops.saas.tests.support.waiting import wait_until

EMAIL = "person@x.example"
PASSWORD = "password of the person"
MEMBER = "partnerops.saas.mip_member"


class Moments:
    """Count what the run passes, and kill its process at one of these moments."""

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at

    def passes(self) -> None:
        """Pass a moment."""
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, kind: t.Any, name: str) -> None:
        """Count the moments before and after a method."""
        method = getattr(kind, name)

        def counted(*args: t.Any, **kwargs: t.Any) -> t.Any:
            self.passes()
            found = method(*args, **kwargs)
            self.passes()
            return found

        setattr(kind, name, counted)


def ensure(world: t.Any, path: Path, spec: ClientSpec | MemberSpec) -> Outcome:
    """Run once, with nothing kept from an earlier run."""
    context = RunContext()
    connection = MipConnection(
        base=world.mip_url,
        public_key=world.mip_public_key,
        private_key=world.mip_private_key,
        state=StateSettings(ledger_path=str(path)),
    )
    try:
        api, ledger = MipAPI.of(connection, context), Ledger.at(str(path), connection.base)
        if isinstance(spec, ClientSpec):
            return ensure_client(api, ledger, spec, Deadline(60))
        return ensure_member(api, ledger, spec, Deadline(60))
    finally:
        context.close()


def killed(world: t.Any, path: Path, spec: ClientSpec | MemberSpec, moment: int) -> bool:
    """Run in a process that is killed at a moment; return False if the run ended before it."""
    child = os.fork()
    if not child:
        code = 1
        try:
            moments = Moments(moment)
            moments.around(SqliteStore, "write")
            moments.around(Transport, "_exchange")
            ensure(world, path, spec)
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def blocked_at(world: t.Any, kind: str, ident: int) -> bool:
    market = world.state()["marketplaces"]["7"]
    if kind == "member":
        return bool(market["members"][str(ident)])
    return bool(next(one for one in market["clients"] if one["id"] == ident)["is_blocked"])


def test_an_invitation_killed_at_every_moment(simulator: t.Any, tmp_path: Path) -> None:
    moment = 0
    while True:
        moment += 1
        with simulator.world() as world:
            path, spec = tmp_path / f"{moment}.sqlite3", MemberSpec(7, EMAIL)
            if not killed(world, path, spec, moment):
                break
            for _again in range(3):
                found = ensure(world, path, spec)
                assert found.public()["state"] in ("present", "unconfirmed")
                assert len(world.outbox()) <= 1
            assert not found.changed
            if found.public()["state"] == "present":
                assert len(world.outbox()) == 1
    assert moment == 7  # three pairs: the intent, the call, the outcome


@pytest.mark.parametrize("was", [True, False])
@pytest.mark.parametrize("wish", [True, False])
@pytest.mark.parametrize("kind", ["client", "member"])
def test_a_probe_killed_at_every_moment(kind: str, wish: bool, was: bool, simulator: t.Any, tmp_path: Path) -> None:
    moment = 0
    while True:
        moment += 1
        with simulator.world() as world:
            path = tmp_path / f"{moment}.sqlite3"
            if kind == "client":
                ident = world.do("mip_client", marketplace_id=7, email=EMAIL)["id"]
                world.do("mip_block", marketplace_id=7, client_id=ident, blocked=was)
                spec: ClientSpec | MemberSpec = ClientSpec(7, EMAIL, client_id=ident, blocked=wish)
            else:
                ident = world.do("mip_accept", marketplace_id=7, email=EMAIL, password=PASSWORD)["id"]
                world.do("mip_block", marketplace_id=7, user_id=ident, blocked=was)
                with Ledger.at(str(path), world.mip_url).row("member", 7, EMAIL, Deadline(10)) as row:
                    row.invited(ident)  # by an earlier run that knew nothing of a block
                spec = MemberSpec(7, EMAIL, user_id=ident, blocked=wish)
            if not killed(world, path, spec, moment):
                assert blocked_at(world, kind, ident) is wish
                break
            world.clear_log()
            found = ensure(world, path, spec)
            toggles = [entry for entry in world.log(vendor="mip") if "/block/" in entry["path"]]
            assert len(toggles) <= 2
            assert found.public()["blocked"] is wish
            assert blocked_at(world, kind, ident) is wish
            world.clear_log()
            assert not ensure(world, path, spec).changed
            assert not [entry for entry in world.log(vendor="mip") if "/block/" in entry["path"]]
            assert world.outbox() == []
    assert moment > 4


def test_a_registration_killed_at_every_moment(simulator: t.Any, tmp_path: Path) -> None:
    moment = 0
    while True:
        moment += 1
        with simulator.world() as world:
            path = tmp_path / f"{moment}.sqlite3"
            spec = ClientSpec(7, EMAIL, password=PASSWORD, blocked=True)
            if not killed(world, path, spec, moment):
                break
            found = ensure(world, path, spec)
            assert found.public()["blocked"] is True
            assert blocked_at(world, "client", found.public()["id"]) is True
            assert len(world.state()["marketplaces"]["7"]["clients"]) == 1
            gone = ClientSpec(7, EMAIL, state="absent")
            if killed(world, path, gone, 1 + moment % 7):
                ensure(world, path, gone)
            assert world.state()["marketplaces"]["7"]["clients"] == []
            with pytest.raises(ApiError) as caught:
                ensure(world, path, ClientSpec(7, EMAIL))
            assert caught.value.code == "invalid_input"
    assert moment > 10


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_playbook_killed_while_it_waits_for_the_response(
    when: str, world: t.Any, world_env: dict[str, str], tmp_path: Path
) -> None:
    world.fault("stall", path="*/member/7/add", when=when, seconds=60)
    home, args = tmp_path / "home", {"marketplace_id": 7, "email": EMAIL}
    with playbook_started([{MEMBER: args}], home, world_env) as process:
        wait_until(lambda: any("/add" in entry["path"] for entry in world.log(vendor="mip")), process=process)
    for _again in range(2):
        found = run_task(MEMBER, args, env=world_env, home=home).check().task("Task")
        assert (found.changed, found["member"]["state"]) == (False, "unconfirmed")
        assert "no known outcome" in found["warnings"][0]
    assert len(world.outbox()) == (1 if when == "after" else 0)
    assert sum("/add" in entry["path"] for entry in world.log(vendor="mip")) == 1
