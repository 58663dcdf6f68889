# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New passwords of a fleet: in the file, otherwise in the result."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.bulk import batch
from ansible_collections.partnerops.saas.plugins.module_utils.errors import invalid
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import fleet as fleet_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import run_fleet
from ansible_collections.partnerops.saas.tests.support.scripted import Script
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.fleets import (
    Controller,
    CredentialsFile,
    created,
    failing,
    listing,
    row,
)


def test_half_a_response_without_a_record_loses_no_password(api: Script, fleet: t.Any) -> None:
    credentials_file = CredentialsFile()
    listing(api)
    api.expect("POST", "partners").json({"authentication": {"email": "a@a.example", "password": "half-an-answer"}})
    listing(api)
    error = failing(fleet("a@a.example", settle=0, controller=Controller(credentials_file)))
    assert error.code == "unknown_outcome"
    assert error.result["tenants"][0]["credentials"]["password"] == "half-an-answer"
    assert credentials_file.batches == []


def test_credentials_go_to_the_file_and_not_in_the_result(api: Script, fleet: t.Any) -> None:
    credentials_file = CredentialsFile()
    listing(api, row(1, "there@a.example"))
    api.expect("POST", "partners").json(created(9, "new@a.example"))
    result = run_fleet(fleet("there@a.example", "new@a.example", controller=Controller(credentials_file)))
    assert credentials_file.batches == [["new@a.example"], ["there@a.example"]]
    assert "credentials" not in result["tenants"][1]
    assert "new-password-9" not in str(result)


def test_what_was_made_is_kept_although_the_time_is_up(
    api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TimeIsUp(BaseException):
        """Like ansible-core's task time-out."""

    def interrupted(self: t.Any, jobs: t.Any, tick: t.Any) -> None:
        tick()  # nothing is there yet
        for job in jobs:
            job()
        raise TimeIsUp

    monkeypatch.setattr(batch.Pool, "run", interrupted)
    credentials_file = CredentialsFile()
    listing(api)
    api.expect("POST", "partners").json(created(1, "a@a.example"))
    with pytest.raises(TimeIsUp):
        run_fleet(fleet("a@a.example", controller=Controller(credentials_file)))
    assert credentials_file.batches == [["a@a.example"]]


def test_a_file_that_can_not_be_written_any_more_stops_the_fleet_and_loses_no_password(
    api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()
    bulk_run, stop = batch.Pool.run, batch.Pool.stop

    class Slow(CredentialsFile):
        def keep(self, outcomes: t.Sequence[t.Any], check_mode: bool) -> bool:
            raise invalid("credentials_dest could not be written.")

    def stopping(self: t.Any) -> None:
        stop(self)
        stopped.set()

    def often(self: t.Any, jobs: t.Any, tick: t.Any) -> None:
        bulk_run(self, jobs, tick, every=0.001)

    def wait_for_the_first(self: t.Any, email: str, absent: t.Any, deadline: t.Any) -> t.Any:
        if email == "b@a.example":
            assert stopped.wait(10)
        return create(self, email, absent, deadline)

    create = fleet_module.MobstedAPI.create_tenant
    monkeypatch.setattr(batch.Pool, "run", often)
    monkeypatch.setattr(batch.Pool, "stop", stopping)
    monkeypatch.setattr(fleet_module.MobstedAPI, "create_tenant", wait_for_the_first)
    listing(api)
    api.expect("POST", "partners").json(created(1, "a@a.example"))
    api.expect("POST", "partners").json(created(2, "b@a.example"))
    error = failing(fleet("a@a.example", "b@a.example", "c@a.example", controller=Controller(Slow())))
    assert error.msg.startswith("1 of 3 failed, 2 created, 1 not started. credentials_dest: ")
    assert [one.get("credentials", {}).get("password") for one in error.result["tenants"]] == [
        "new-password-1",
        "new-password-2",
        None,
    ]
