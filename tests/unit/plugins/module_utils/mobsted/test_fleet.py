# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``plugins/module_utils/mobsted/fleet.py`` and ``operations/fleet.py``: what is sent, and what is told."""

from __future__ import annotations

import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.bulk import batch, items, plan
from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError, invalid
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import fleet as fleet_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.declaration import icons
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations import fleet as fleet_operation
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import run_fleet
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Script, reset

MakeTask = t.Callable[..., t.Any]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def row(number: int, email: str, **more: t.Any) -> dict[str, t.Any]:
    attributes = {
        "UserLogin": email,
        "TenantName": f"name{number}",
        "ServerName": "mobsted.com",
        "UserPassword": f"first-password-{number}",
        **more,
    }
    return {"id": number, "attributes": attributes}


def app_row(number: int, name: str, **more: t.Any) -> dict[str, t.Any]:
    return {"id": number, "attributes": {"Name": name, **more}}


def created(number: int, email: str) -> dict[str, t.Any]:
    password = f"new-password-{number}"
    return {"url": f"https://new{number}-admin.mobsted.com", "authentication": {"email": email, "password": password}}


def counts(**some: int) -> dict[str, int]:
    kinds = ("declared", "created", "unchanged", "drifted", "unverified", "failed", "skipped")
    return {**dict.fromkeys(kinds, 0), **some}


def listing(api: Script, *rows: dict[str, t.Any], path: str = "object", **more: t.Any) -> None:
    if path == "applications" and "1" not in [str(one["id"]) for one in rows]:
        rows = (app_row(1, "My Sub Accounts"), *rows)
    api.expect("GET", path, **more).json({"data": list(rows), "meta": {"last_page": 1}})


@pytest.fixture
def fleet(make_task: MakeTask) -> t.Callable[..., t.Any]:
    """A task of ``partnerops.saas.mobsted_fleet``, one request at a time so that the script knows the order."""

    def make(*tenants: t.Any, **more: t.Any) -> t.Any:
        declared = [{"email": one, "apps": []} if isinstance(one, str) else {"apps": [], **one} for one in tenants]
        given = {"tenants": declared, "apps": [], "concurrency": 1, "on_error": "continue", **more}
        return make_task(**given)

    return make


class Controller:
    """What a controller would do, to look at."""

    def __init__(self, credentials_file: t.Any = None) -> None:
        self.kept, self.lines, self.foreseen = credentials_file, [], set()  # type: ignore[var-annotated]

    def credentials_file(self, _params: t.Any) -> t.Any:
        return self.kept

    progress_interval = 1.0

    def progress(self, text: str) -> None:
        self.lines.append(text)

    def clear_progress(self) -> None:
        self.lines.append("")

    def predicted(self, _kind: str, names: t.Iterable[str] = ()) -> set[str]:
        self.foreseen |= set(names)
        return self.foreseen


class CredentialsFile:
    """Keeps what it is given in memory."""

    def __init__(self, error: ApiError | None = None) -> None:
        self.batches: list[list[str]] = []
        self.error = error

    def keep(self, outcomes: t.Sequence[t.Any], check_mode: bool) -> bool:
        if self.error:
            raise self.error
        self.batches.append([outcome.email for outcome in outcomes])
        return any(outcome.changed for outcome in outcomes)


def failing(task: t.Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        run_fleet(task)
    return caught.value


def test_only_what_is_missing_is_sent(api: Script, fleet: t.Any) -> None:
    listing(
        api,
        row(1, "there@a.example"),
        row(2, "Other@a.example"),
        only_query={"applicationId": "1", "page": "1", "pageSize": "200"},
    )
    api.expect("POST", "partners", json={"email": "new@a.example"}).json(created(9, "new@a.example"))
    result = run_fleet(fleet("THERE@a.example", "new@a.example", diff_mode=True))
    assert [one["email"] for one in result["tenants"]] == ["THERE@a.example", "new@a.example"]
    assert [one["changed"] for one in result["tenants"]] == [False, True]
    assert result["tenants"][0]["tenant"]["id"] == "1"
    assert "credentials" not in result["tenants"][0]
    assert result["tenants"][1]["credentials"] == {"login": "new@a.example", "password": "new-password-9"}
    assert result["tenants"][1]["tenant"]["name"] == "new9"
    assert result["undeclared"] == ["Other@a.example"]
    assert result["summary"] == {
        "tenants": counts(declared=2, created=1, unchanged=1),
        "apps": counts(),
        "undeclared": 1,
        "requests": 2,
    }
    assert result["diff"]["after"] == " tenant new@a.example (https://new9-admin.mobsted.com)\n"
    assert result["diff"]["prepared"].splitlines() == [
        "? tenant Other@a.example is not declared",
        "Done: 1 created, 0 differs, 0 unverified, 1 not declared, 1 in sync",
    ]


def test_nothing_to_do(api: Script, fleet: t.Any) -> None:
    listing(api, row(1, "there@a.example"))
    result = run_fleet(fleet("there@a.example", diff_mode=True))
    assert not result["changed"]
    line = "Done: 0 created, 0 differs, 0 unverified, 0 not declared, 1 in sync"
    assert result["diff"] == {"before": "", "after": "", "prepared": line + "\n"}
    assert result["plan"]["line"] == line


def test_apps_of_old_and_new_tenants_and_of_the_master(api: Script, fleet: t.Any) -> None:
    shop = {"name": "Shop", "website_url": "https://shop.example"}
    listing(api, row(1, "there@a.example"))
    listing(api, app_row(1, "Tenants"), path="applications", host=HOST)
    api.expect("POST", "applications", host=HOST, form={"name": "Portal"}).json({"data": [app_row(5, "Portal")]})
    api.login("t1", host="https://name1-admin.mobsted.com", query={"password": "first-password-1"})
    listing(api, app_row(3, "Shop", webSiteUrl="https://shop.example"), path="applications")
    api.expect("POST", "partners").json(created(9, "new@a.example"))
    api.login("t2", host="https://new9-admin.mobsted.com", query={"password": "new-password-9"})
    listing(api, path="applications", host="https://new9-admin.mobsted.com")
    api.expect("POST", "applications", host="https://new9-admin.mobsted.com").json({"data": [app_row(7, "Shop")]})
    result = run_fleet(
        fleet(
            {"email": "there@a.example", "apps": [shop]},
            {"email": "new@a.example", "apps": [shop]},
            apps=[{"name": "Portal", "website_url": "https://p.example"}],
        )
    )
    assert result["apps"][0]["app"]["id"] == 5
    assert [one["apps"][0]["changed"] for one in result["tenants"]] == [False, True]
    assert result["tenants"][1]["apps"][0]["app"]["tenant"] == "new@a.example"
    assert result["summary"]["apps"]["created"] == 2
    assert result["summary"]["requests"] == 9


def test_check_mode_predicts_tenants_and_their_apps(api: Script, fleet: t.Any) -> None:
    controller = Controller()
    listing(api)
    declared = {"email": "New@a.example", "apps": [{"name": "Shop", "website_url": "https://s.example"}]}
    result = run_fleet(fleet(declared, check_mode=True, diff_mode=True, controller=controller))
    assert result["changed"]
    assert result["tenants"][0]["tenant"]["id"] is None
    assert result["tenants"][0]["apps"][0]["changed"]
    assert result["tenants"][0]["credentials"] == {"login": "New@a.example", "password": None}
    assert result["diff"]["after"].splitlines() == [
        " tenant New@a.example",
        " app 'Shop' of New@a.example",
        "     website_url: 'https://s.example'",
    ]
    assert result["diff"]["prepared"] == "Plan: 2 to create, 0 differs, 0 unverified, 0 not declared, 0 in sync\n"
    assert controller.foreseen == {"new@a.example"}


def test_check_mode_tells_of_an_app_that_could_not_be_created(api: Script, fleet: t.Any) -> None:
    listing(api)
    error = failing(fleet({"email": "new@a.example", "apps": [{"name": "Shop"}]}, check_mode=True))
    assert error.code == "invalid_input"
    assert "app 'Shop' of new@a.example: " in error.msg
    assert "website_url" in error.msg


def test_a_failing_tenant_fails_alone_and_its_apps_are_not_started(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("POST", "partners").json({"errors": "no such domain"}, status=422)
    api.expect("GET", "object").json({"data": []})  # is it there after all?
    api.expect("POST", "partners").json(created(2, "b@a.example"))
    bad = {"email": "a@a.example", "apps": [{"name": "Shop", "website_url": "https://s.example"}]}
    error = failing(fleet(bad, "b@a.example"))
    assert error.msg.startswith("1 of 3 failed, 1 created, 1 not started. tenant a@a.example: ")
    assert error.code == "invalid_input"
    first, second = error.result["tenants"]
    assert first["failed"]
    assert first["failure"]["status"] == 422
    assert first["tenant"] is None
    assert first["apps"][0]["failed"] is False
    assert "its tenant failed" in first["apps"][0]["msg"]
    assert second["changed"]
    assert error.result["summary"]["apps"]["skipped"] == 1
    assert error.result["changed"]


def test_stop_starts_nothing_more(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("POST", "partners").json(created(1, "a@a.example"))
    api.expect("POST", "partners").json({"error": "forbidden"}, status=403)
    error = failing(fleet("a@a.example", "b@a.example", "c@a.example", on_error="stop"))
    states = [(one["changed"], one["failed"]) for one in error.result["tenants"]]
    assert states == [(True, False), (False, True), (False, False)]
    assert "on_error is 'stop'" in error.result["tenants"][2]["msg"]
    assert error.result["summary"]["tenants"] == counts(declared=3, created=1, failed=1, skipped=1)


def test_two_records_of_one_address_stop_before_anything_is_created(api: Script, fleet: t.Any) -> None:
    listing(api, row(1, "a@a.example"), row(2, "A@a.example"))
    error = failing(fleet("b@a.example", "a@a.example", on_error="stop"))
    assert error.code == "ambiguous"
    assert error.result["summary"]["tenants"]["skipped"] == 1


def test_stale_credentials_fail_the_apps_and_not_the_tenant(api: Script, fleet: t.Any) -> None:
    apps = [{"name": name, "website_url": "https://s.example"} for name in ("One", "Two")]
    listing(api, row(1, "a@a.example"))
    api.expect("GET", "auth").json({"error": "wrong"}, status=401)
    error = failing(fleet({"email": "a@a.example", "apps": apps}))
    assert error.code == "stale_credentials"
    assert error.result["tenants"][0]["failed"] is False
    assert [app["failure"]["code"] for app in error.result["tenants"][0]["apps"]] == ["stale_credentials"] * 2


def test_a_lost_answer_is_reconciled(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("POST", "partners").fails(reset())
    api.expect("GET", "object").json({"data": [row(4, "a@a.example")]})
    result = run_fleet(fleet("a@a.example"))
    assert result["reconciled"]
    assert result["tenants"][0]["reconciled"]
    assert result["tenants"][0]["credentials"]["password"] == "first-password-4"


def test_half_an_answer_without_a_record_loses_no_password(api: Script, fleet: t.Any) -> None:
    credentials_file = CredentialsFile()
    listing(api)
    api.expect("POST", "partners").json({"authentication": {"email": "a@a.example", "password": "half-an-answer"}})
    listing(api)
    error = failing(fleet("a@a.example", settle=0, controller=Controller(credentials_file)))
    assert error.code == "unknown_outcome"
    assert error.result["tenants"][0]["credentials"]["password"] == "half-an-answer"
    assert credentials_file.batches == []


def test_a_record_without_password_is_warned_of(api: Script, fleet: t.Any) -> None:
    listing(api)
    api.expect("POST", "partners").fails(reset())
    api.expect("GET", "object").json({"data": [row(4, "a@a.example", UserPassword="")]})
    task = fleet("a@a.example", settle=0)
    assert run_fleet(task)["tenants"][0]["reconciled"]
    assert "reset it by e-mail" in task.warnings[0]


def test_a_new_tenant_elsewhere_is_looked_up_before_its_password_is_sent(api: Script, fleet: t.Any) -> None:
    elsewhere = {**created(1, "a@a.example"), "url": "https://new1-admin.elsewhere.example"}
    listing(api)
    api.expect("POST", "partners").json(elsewhere)
    full = row(1, "a@a.example", ServerName="elsewhere.example", TenantName="new1")
    api.expect("GET", "object").json({"data": [full]})
    api.login(host="https://new1-admin.elsewhere.example", query={"password": "first-password-1"})
    listing(api, path="applications")
    api.expect("POST", "applications").json({"data": [app_row(1, "Shop")]})
    shop = {"name": "Shop", "website_url": "https://s.example"}
    assert run_fleet(fleet({"email": "a@a.example", "apps": [shop]}))["changed"]


def test_drift_is_warned_of_or_fails(api: Script, fleet: t.Any) -> None:
    apps = [
        {"name": name, "website_url": "https://want.example", "on_drift": drift}
        for name, drift in (("One", "warn"), ("Two", "fail"), ("Three", "ignore"))
    ]
    there = [
        app_row(number, name, webSiteUrl="https://has.example")
        for number, name in ((2, "One"), (3, "Two"), (4, "Three"))
    ]
    listing(api)
    listing(api, *there, path="applications")
    task = fleet(apps=apps, diff_mode=True)
    error = failing(task)
    assert len(task.warnings) == 1
    assert "'One'" in task.warnings[0]
    assert [one["failed"] for one in error.result["apps"]] == [False, True, False]
    assert error.result["apps"][1]["drift"][0]["actual"] == "https://has.example"
    assert error.result["diff"]["prepared"].startswith("~ app 'One': website_url is 'https://has.example', declared ")


def test_many_drifts_are_told_once(api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_operation, "WARNED", 1)
    monkeypatch.setattr(plan, "UNDECLARED_SHOWN", 1)
    listing(api, row(1, "x@a.example"), row(2, "y@a.example"))
    listing(api, *(app_row(n, f"App{n}", webSiteUrl="https://has.example") for n in (2, 3)), path="applications")
    apps = [{"name": f"App{n}", "website_url": "https://want.example"} for n in (2, 3)]
    task = fleet(apps=apps, diff_mode=True)
    result = run_fleet(task)
    assert len(task.warnings) == 2
    assert task.warnings[1].startswith("1 more apps differ")
    assert "? and 1 more are not declared" in result["diff"]["prepared"]


def test_many_failures_are_all_named(api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "REASONS_SHOWN", 1)
    listing(api)
    for _number in range(2):
        api.expect("POST", "partners").json({"error": "no"}, status=403)
    error = failing(fleet("a@a.example", "b@a.example"))
    assert error.msg.endswith("And: tenant b@a.example.")


def test_a_defect_is_reported_with_its_item(api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: t.Any, **_more: t.Any) -> t.Any:
        raise RuntimeError("a defect")

    monkeypatch.setattr(fleet_module, "ensure_tenant", broken)
    listing(api)
    error = failing(fleet("a@a.example"))
    assert error.code == "unknown_outcome"
    assert "a defect" in error.result["tenants"][0]["msg"]
    assert "RuntimeError" in error.result["exception"]


def test_a_failing_listing_fails_the_task_before_anything_is_sent(api: Script, fleet: t.Any) -> None:
    api.expect("GET", "object").json({"error": "no"}, status=403)
    error = failing(fleet("a@a.example"))
    assert error.code == "forbidden"
    assert error.result == {}


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (
            {"tenants": ["a@a.example", "b@a.example", "A@A.example"]},
            "tenants[0].email and tenants[2].email are the same",
        ),
        ({"tenants": ["no address"]}, "tenants[0].email"),
        ({"tenants": [], "concurrency": 33}, "concurrency is 33"),
        ({"tenants": [], "concurrency": 0}, "concurrency is 0"),
        ({"tenants": [], "apps": [{"name": "A"}, {"name": "A"}]}, "apps[0].name and apps[1].name are the same"),
        (
            {"tenants": [{"email": "a@a.example", "apps": [{"name": "A", "splash_color": "red"}]}]},
            "tenants[0].apps[0].splash_color",
        ),
        (
            {"tenants": [{"email": "a@a.example", "apps": [{"name": "é"}, {"name": "e\u0301"}]}]},
            "tenants[0].apps[0].name and tenants[0].apps[1].name are the same",
        ),
        ({"tenants": [], "apps": [{"name": "A", "icon": "/nowhere/x.png"}]}, "apps[0].icon can't be read"),
    ],
)
def test_a_bad_declaration_is_refused_before_anything_is_sent(
    fleet: t.Any, declared: dict[str, t.Any], text: str
) -> None:
    tenants = declared.pop("tenants")
    error = failing(fleet(*tenants, **declared))
    assert error.code == "invalid_input"
    assert text in error.msg


def test_apps_of_one_name_with_ids_of_their_own(api: Script, fleet: t.Any) -> None:
    listing(api)
    listing(api, app_row(2, "A"), app_row(3, "A"), path="applications")
    result = run_fleet(fleet(apps=[{"name": "A", "app_id": 2}, {"name": "A", "app_id": 3}]))
    assert [one["app"]["id"] for one in result["apps"]] == [2, 3]


def test_an_icon_is_sent_and_doubts_are_told_once(api: Script, fleet: t.Any, tmp_path: Path) -> None:
    good, odd = tmp_path / "good.png", tmp_path / "odd.png"
    good.write_bytes(PNG)
    odd.write_bytes(b"GIF89a")
    listing(api)
    listing(api, path="applications")
    for name, content in (("One", PNG), ("Two", b"GIF89a"), ("Three", b"GIF89a")):
        icon = ("good.png", "image/png", PNG) if content == PNG else ("icon.gif", "image/gif", content)
        form = {"name": name, "icon": icon}
        api.expect("POST", "applications", form=form).json({"data": [app_row(5, name)]})
    files = (("One", good), ("Two", odd), ("Three", odd))
    task = fleet(apps=[{"name": n, "icon": str(p), "website_url": "https://x.example"} for n, p in files])
    run_fleet(task)
    assert len(task.warnings) == 1


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
        """As ansible-core's task time-out."""

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


def test_a_long_listing_has_a_deadline_for_each_thousand(api: Script, fleet: t.Any) -> None:
    rows = [row(number, f"t{number}@a.example") for number in range(1, 2001)]
    for page in range(10):
        part = rows[200 * page : 200 * page + 200]
        api.expect("GET", "object").after(40).json({"data": part, "meta": {"last_page": 10}})
    assert run_fleet(fleet())["summary"]["undeclared"] == 2000


def test_a_file_that_can_not_be_written_any_more_stops_the_fleet_and_loses_no_password(
    api: Script, fleet: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = threading.Event()
    bulk_run = batch.Pool.run

    class Slow(CredentialsFile):
        def keep(self, outcomes: t.Sequence[t.Any], check_mode: bool) -> bool:
            flushed.set()
            raise invalid("credentials_dest could not be written.")

    def often(self: t.Any, jobs: t.Any, tick: t.Any) -> None:
        bulk_run(self, jobs, tick, every=0.001)

    def wait_for_the_first(self: t.Any, email: str, absent: t.Any, deadline: t.Any) -> t.Any:
        if email == "b@a.example":
            assert flushed.wait(10)
        return create(self, email, absent, deadline)

    create = fleet_module.MobstedAPI.create_tenant
    monkeypatch.setattr(batch.Pool, "run", often)
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


def test_where_icons_stand_even_in_parameters_of_a_wrong_form() -> None:
    good: dict[str, t.Any] = {"apps": [{"icon": "a"}], "tenants": [{"apps": [{"icon": "b"}, {}]}]}
    assert [place.get(key) for place, key in icons(good)] == ["a", "b", None]
    assert list(icons({"apps": "x", "tenants": ["y", {"apps": "z"}, {"apps": [1]}]})) == []
    assert list(icons({"tenants": "x"})) == []
